//! How HTTP clients look up names.
//!
//! glibc's `getaddrinfo` loads the modules that `/etc/nsswitch.conf` lists. In a program that is linked statically these have to
//! be of the very glibc that it was linked with: with others it fails or crashes, whatever the name. Such a program, made by
//! `mtls build --static`, looks names up by `/etc/hosts` and the name servers of `/etc/resolv.conf`, both read at the first name,
//! and loads nothing. Every other build uses the system's resolver.
//!
//! What a static program therefore does not do: it reads no `/etc/nsswitch.conf`, and notices no later change of the two files.

#[cfg(any(
    test,
    all(target_os = "linux", target_env = "gnu", target_feature = "crt-static")
))]
mod lookup;

use reqwest::ClientBuilder;

/// Sets how the client looks up names in this build.
///
/// ```
/// let client = name_lookup::configure(reqwest::Client::builder()).build();
/// assert!(client.is_ok());
/// ```
pub fn configure(builder: ClientBuilder) -> ClientBuilder {
    #[cfg(all(target_os = "linux", target_env = "gnu", target_feature = "crt-static"))]
    let builder = builder.dns_resolver(lookup::Lookup::system());
    builder
}
