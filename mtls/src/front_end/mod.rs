//! The front end: what App Service does between a caller and the host, on this machine.
//!
//! It ends TLS, asks for a client certificate, proves by the handshake that the caller holds its key, removes every
//! spelling of `X-ARR-ClientCert` from the request and sets it from the handshake. It looks at nothing else: an
//! expired or odd certificate is passed on, because that is what the handler meets in Azure.

pub(crate) mod authority;
mod certificate;
mod closing;
pub(crate) mod command;
pub(crate) mod decoration;
mod identity;
mod listeners;
mod mode;
mod passing;
mod server;
mod upstream;

pub(crate) use certificate::Presented;
pub(crate) use closing::closing;
pub(crate) use identity::ServerIdentity;
pub(crate) use listeners::Listeners;
pub(crate) use mode::{Demand, Mode};
pub(crate) use server::FrontEnd;
pub(crate) use upstream::{RemoteServer, Upstream};
