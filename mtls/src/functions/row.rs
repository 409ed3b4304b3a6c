//! One function of an app, as it is listed.

use std::path::Path;

use app_settings::read_file;
use functions_handler::config::{AppRoot, MAX_FILE_BYTES};
use functions_handler::host::{
    AuthLevel, Function, Marker, Methods, RequestShape, Trigger, contract,
};
use serde::Serialize;

use crate::table::table;

/// One function.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    name: String,
    /// What starts it, as `httpTrigger`.
    trigger: String,
    /// The whole path with the host's prefix; none without an HTTP trigger.
    route: Option<String>,
    /// None where the function lists none, which allows all.
    methods: Option<Vec<String>>,
    public: bool,
    /// Empty where no role is asked for.
    roles: Vec<String>,
    auth_level: &'static str,
    disabled: bool,
    shape: &'static str,
}

impl Row {
    /// The functions that are switched on, and then those of `root` that are switched off and can be read.
    pub(crate) fn all(folder: &Path, enabled: &[Function], root: Option<&AppRoot>) -> Vec<Self> {
        let enabled = enabled.iter().map(|function| Self::new(function, false));
        let disabled = root.into_iter().flat_map(|root| {
            let names = root.disabled.iter();
            names.filter_map(|name| switched_off(folder, name, root))
        });
        let disabled = disabled.map(|function| Self::new(&function, true));
        enabled.chain(disabled).collect()
    }

    /// A table for people.
    pub(crate) fn table(rows: &[Self]) -> String {
        let head = ["FUNCTION", "ROUTE", "METHODS", "CALLERS", "SHAPE"].map(ToOwned::to_owned);
        let rows: Vec<Vec<String>> = std::iter::once(head)
            .chain(rows.iter().map(Self::cells))
            .map(Vec::from)
            .collect();
        table(&rows)
    }

    fn new(function: &Function, disabled: bool) -> Self {
        let http = function.http();
        let marker = http.map(|http| &http.marker);
        Self {
            name: function.name.clone(),
            trigger: match &function.trigger {
                Trigger::Http(_) => "httpTrigger".to_owned(),
                Trigger::Other { kind, .. } => kind.clone(),
            },
            route: http.map(|http| format!("/{}", http.route)),
            methods: match http.map(|http| &http.methods) {
                None | Some(Methods::All) => None,
                Some(Methods::Listed(methods)) => Some(methods.clone()),
            },
            public: marker.is_some_and(Marker::is_public),
            roles: match marker {
                Some(Marker::Roles(roles)) => roles.iter().map(ToString::to_string).collect(),
                None | Some(Marker::Public | Marker::Required) => Vec::new(),
            },
            auth_level: match http.map(|http| http.auth_level) {
                Some(AuthLevel::Anonymous) => "anonymous",
                None | Some(AuthLevel::Function) => "function",
                Some(AuthLevel::Admin) => "admin",
            },
            disabled,
            shape: shape(http.map_or(RequestShape::Envelope, |http| http.shape)),
        }
    }

    fn cells(&self) -> [String; 5] {
        let callers = match (&self.route, self.public, self.roles.as_slice()) {
            (None, _, _) => format!("none: {}", self.trigger),
            (Some(_), true, _) => "public".to_owned(),
            (Some(_), false, []) => "secured".to_owned(),
            (Some(_), false, roles) => format!("secured: {}", roles.join(", ")),
        };
        let state = if self.disabled { " (disabled)" } else { "" };
        let methods = match (&self.route, &self.methods) {
            (None, _) => "-".to_owned(),
            (Some(_), None) => "any".to_owned(),
            (Some(_), Some(methods)) => methods.join(","),
        };
        [
            format!("{}{state}", self.name),
            self.route.clone().unwrap_or_else(|| "-".to_owned()),
            methods,
            callers,
            self.shape.to_owned(),
        ]
    }
}

fn shape(shape: RequestShape) -> &'static str {
    match shape {
        RequestShape::Proxying => "proxying",
        RequestShape::Forwarding => "forwarding",
        RequestShape::Envelope => "envelope",
    }
}

/// A function that the handler passes over, if it can be read.
pub(super) fn switched_off(folder: &Path, name: &str, root: &AppRoot) -> Option<Function> {
    let mut routes = root.host.route_functions().into_iter();
    routes.find(|function| function.name == name).or_else(|| {
        let path = folder.join(name).join(contract::FUNCTION_JSON);
        let text = read_file(&path, MAX_FILE_BYTES).ok()?;
        Function::parse(name, &text, &root.host).ok()
    })
}
