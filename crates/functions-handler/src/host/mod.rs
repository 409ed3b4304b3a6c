//! The Functions host's contract, as data and parsing.
//!
//! ```text
//! host.json + AzureFunctionsJobHost__… ──▶ HostJson ─┬─▶ Function ──▶ Routes
//! <Name>/function.json ──────────────────────────────┘
//!                                                                      ▲
//! raw request path ──▶ RequestPath ────────────── lookup(method, path) ┘
//! ```
//!
//! What the host reads is read here once more, because the host does not tell the handler which function it
//! routed to, and because the path that arrives may belong to another function than the one whose key the host
//! checked. So one [`Routes::lookup`] decides which function runs and which [`Marker`] guards it.
//!
//! Functions with other bindings than HTTP arrive in an [`Envelope`], posted to a path of their own
//! ([`Routes::enveloped`]).
//!
//! Nothing here opens a file, looks at a clock or reads the environment: texts and settings are arguments. What
//! cannot be understood is refused as a [`Problem`](app_settings::Problem), all of them at once, also where the host
//! ignores it: a key that is ignored silently is how a function ends up open.

mod auth_level;
pub mod contract;
pub mod envelope;
pub mod escape;
mod found;
pub mod function_json;
pub mod host_json;
mod http_route;
pub mod json;
mod marker;
pub mod media_type;
pub mod request_path;
pub mod route;
pub mod routes;

pub use auth_level::AuthLevel;
pub use envelope::{
    Allowance, EarlyRequest, Envelope, EnvelopeError, EnvelopeReply, Headers, HttpAnswer,
    HttpRequest, NoRoom, Opening, Room, Triggering,
};
pub use escape::escaped;
pub use function_json::{
    Declaration, Function, HttpTrigger, Methods, Output, RequestShape, Trigger,
};
pub use host_json::{CustomHandler, FunctionTimeout, HostJson, HttpRoute, Profile};
pub use json::JsonError;
pub use marker::Marker;
pub use request_path::{PathRefusal, RequestPath};
pub use route::{RouteError, RoutePrefix, RouteTemplate, RouteValues};
pub use routes::{Declared, Routes, disabled_setting, is_true};
