//! The app as `mtls build --static` makes it, in roots of Debian that have nothing but what `debootstrap` puts there.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod bare_root;
mod calls;
mod stage;
