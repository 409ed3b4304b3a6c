//! Kestrel, ASP.NET's server: what it refuses before the host's own code runs, and how it writes an answer.

mod answer;
mod data_rate;
mod host_header;
mod known_headers;
mod path;
mod refusal;

pub(super) use answer::{Answer, Refused};
pub(super) use data_rate::read_in_time;
pub(super) use host_header::has_uri_host;
pub(super) use known_headers::{canonical, place};
pub(super) use path::{escaped_byte, routed, without_dot_segments};
pub(super) use refusal::refusal;
