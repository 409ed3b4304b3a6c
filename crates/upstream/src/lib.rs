#![doc = include_str!("../README.md")]

mod address;
mod admitted;
mod answer;
mod call;
mod connect;
mod exchange;
mod failure;
mod headers;
mod identity;
mod options;
mod outside;
mod passed_back;
mod passed_on;
mod pool;
mod prefix;
mod problem;
mod relay;
mod request;
mod secret;
mod send;
mod upstream;

pub use address::{Address, NotLoopback};
pub use admitted::Admitted;
pub use answer::{BrokenOff, UpstreamBody};
pub use connect::Connect;
pub use exchange::Exchange;
pub use failure::Failure;
pub use headers::EnvelopeError;
pub use identity::Identity;
pub use options::{HostName, Principal, UpstreamOptions};
pub use outside::{IDLE_TIMEOUT, Outside, Scheme};
pub use prefix::{InvalidPrefix, Prefix};
pub use problem::own_answer;
pub use relay::Relay;
pub use secret::{InvalidSecret, Secret};
pub use upstream::Upstream;
