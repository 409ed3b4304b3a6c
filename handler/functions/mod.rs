//! The functions: one file each, and the registry that names them.
//!
//! To add one: a folder with a `function.json`, a file here with a `run`, a line in [`registry`]. A secured
//! implementation takes a [`Permit`](client_cert::Permit), which only the decision can make.

mod cert_info;
mod health;
mod outbound_mtls;
mod public_function;
mod secured_function;

use app_settings::Problem;
use functions_handler::Start;
use functions_handler::functions::Registry;

/// The implementations by the name of their function: one line each.
pub(crate) fn registry(start: &mut Start<'_>) -> Result<Registry, Vec<Problem>> {
    Ok(Registry::new()
        .secured("CertInfo", cert_info::run)
        .public("Health", health::run)
        .secured("OutboundMtls", outbound_mtls::implementation(start)?)
        .public("PublicFunction", public_function::run)
        .secured("SecuredFunction", secured_function::run))
}
