//! The functions that the host makes of `customHandler.http.routes`.

use super::function_json::{Declaration, Function, HttpTrigger, Methods, RequestShape, Trigger};
use super::host_json::HostJson;

/// The methods that reach such a function: those of the first hosts that know routes. Later ones leave TRACE and CONNECT
/// out (`HttpWorkerFunctionProvider.cs`).
const METHODS: [&str; 9] = [
    "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT",
];

impl HostJson {
    /// The functions that the host makes of `customHandler.http.routes`: `http-handler1` of the first entry, and so on.
    ///
    /// The host tries them by name, as it does all functions: `http-handler10` before `http-handler2`.
    pub fn route_functions(&self) -> Vec<Function> {
        let handler = &self.custom_handler;
        let functions = handler.routes.iter().enumerate().map(|(position, entry)| {
            let trigger = HttpTrigger {
                binding: "req".to_owned(),
                route: entry.route.clone(),
                methods: Methods::Listed(METHODS.map(ToOwned::to_owned).into()),
                marker: entry.marker.clone(),
                auth_level: entry.auth_level,
                shape: RequestShape::of_http_alone(handler),
                output: "res".to_owned(),
            };
            Function {
                name: format!("http-handler{}", position + 1),
                declaration: Declaration::Route { index: entry.index },
                trigger: Trigger::Http(trigger),
                outputs: Vec::new(),
            }
        });
        functions.collect()
    }
}
