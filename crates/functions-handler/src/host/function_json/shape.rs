//! How the host hands the requests of a function over.

use super::binding::Binding;
use super::function::RequestShape;
use crate::host::host_json::{CustomHandler, HostJson};

/// The host's own rule: an HTTP trigger as the only input and an http output as the only output, else an envelope.
pub(super) fn shape(bindings: &[Binding<'_>], host: &HostJson) -> RequestShape {
    let mut inputs = bindings
        .iter()
        .filter(|binding| binding.direction.is_input());
    let mut outputs = bindings
        .iter()
        .filter(|binding| binding.direction.is_output());
    let plain = match (inputs.next(), inputs.next(), outputs.next(), outputs.next()) {
        (Some(input), None, Some(output), None) => {
            input.is_http_trigger() && output.is_http_output()
        }
        _ => false,
    };
    match plain {
        true => RequestShape::of_http_alone(&host.custom_handler),
        false => RequestShape::Envelope,
    }
}

impl RequestShape {
    /// Of a function with no bindings but an HTTP trigger and an http output. Proxying wins over forwarding.
    pub(in crate::host) fn of_http_alone(handler: &CustomHandler) -> Self {
        match (
            handler.enable_proxying_http_request,
            handler.enable_forwarding_http_request,
        ) {
            (true, _) => Self::Proxying,
            (false, true) => Self::Forwarding,
            (false, false) => Self::Envelope,
        }
    }
}
