//! A stand-in for the Functions host: its routing, and what it does to a request on the way to the handler.
//!
//! Two dialects: *forwarding*, which every v4 host knows and which distorts most, and *proxying* of newer hosts.
//! Whatever the dialect, functions with other bindings get JSON envelopes, sized and chunked in turn, and what they put on
//! those bindings is printed. Timers and queues start nothing here. Keys (`authLevel`) are not asked for, as under
//! `func start` without `--enableAuth`.

mod cache_control;
mod current;
mod dialect;
mod envelope;
mod forwarding;
mod header_rules;
mod header_values;
mod host;
mod http_client;
mod kestrel;
mod media_type;
mod newtonsoft;
mod project;
mod proxying;
mod query;
mod routing;
mod stop;
mod uri;
mod version;
mod yarp;

pub(crate) use current::CurrentStandIn;
pub(crate) use dialect::{Dialect, HOST_VERSION};
pub(crate) use host::{KESTREL, StandIn};
pub(crate) use project::Project;
pub(crate) use version::HostVersion;
