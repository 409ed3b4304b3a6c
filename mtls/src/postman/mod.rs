//! `mtls postman`: what Postman and newman need to call an app with client certificates.
//!
//! Postman chooses a client certificate by a request's address, and gives one address one certificate. So each identity
//! gets an address of its own: on this machine another name of it, elsewhere another spelling of the route prefix,
//! which the Functions host compares without case.

mod addresses;
mod command;
mod files;

pub(crate) use command::Postman;
