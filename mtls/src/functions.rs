//! `mtls functions`: every function of the app, who may call it, and how its requests arrive.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use app_settings::{Problem, read_file};
use clap::Args;
use functions_handler::config::{AppRoot, MAX_FILE_BYTES};
use functions_handler::host::{
    AuthLevel, Function, Marker, Methods, RequestShape, Trigger, contract,
};
use rustls_pki_types::UnixTime;
use serde::Serialize;

use crate::app::{self, App};
use crate::failure::Failure;
use crate::front_end::{Demand, Mode};
use crate::output;
use crate::policy::Matrix;
use crate::table::table;

mod warnings;

/// List every function: route, methods, who may call it, and how the host hands requests over
///
/// Reads the project folder as the handler does at its start, with the settings of local.settings.json. Where the
/// handler would not start, prints the same problems and exits 64.
#[derive(Args)]
pub(crate) struct Functions {
    /// Path prefix of clientCertExclusionPaths, to see what it would open; may be repeated
    #[arg(long, value_name = "PATH")]
    exclude: Vec<String>,

    /// One JSON document instead of a table
    #[arg(long)]
    json: bool,
}

impl Functions {
    /// Prints the list. Warnings change no exit code.
    ///
    /// # Errors
    ///
    /// What stops the handler's start: exit 64.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        let folder = app::folder()?;
        let app = app::load(&folder)?;
        let demand = Demand::new(Mode::Optional, &self.exclude);
        let list = List::new(&app, &folder, demand.exclusions(), now);
        if self.json {
            output::print_json(&list)?;
        } else {
            output::print(&list.to_string())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The whole answer.
#[derive(Debug, Serialize)]
struct List {
    functions: Vec<Row>,
    /// Who may call which function; absent where no policy document names callers.
    #[serde(skip_serializing_if = "Option::is_none")]
    matrix: Option<Matrix>,
    warnings: Vec<Problem>,
}

/// One function.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
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

impl List {
    fn new(app: &App, folder: &Path, exclusions: &[String], now: UnixTime) -> Self {
        let app_root = &app.root;
        let enabled = app_root.routes.functions();
        let disabled: Vec<Result<Function, String>> = app_root
            .disabled
            .iter()
            .map(|name| switched_off(folder, name, app_root))
            .collect();
        let mut warnings = app.warnings.clone();
        warnings.extend(warnings::of(enabled, exclusions));
        let mut functions: Vec<Row> = enabled.iter().map(|f| Row::new(f, false)).collect();
        for function in disabled {
            match function {
                Ok(function) => functions.push(Row::new(&function, true)),
                Err(name) => warnings.push(Problem::new(
                    format!("{name}/{}", contract::FUNCTION_JSON),
                    "it is switched off, and cannot be read; correct it before it is switched on",
                )),
            }
        }
        let names_callers = app.policy.callers().any(|caller| caller.name.is_some());
        Self {
            functions,
            matrix: names_callers.then(|| Matrix::new(&app.policy, enabled, now)),
            warnings,
        }
    }
}

/// A function that the handler passes over; the error is its name.
fn switched_off(folder: &Path, name: &str, app_root: &AppRoot) -> Result<Function, String> {
    let mut routes = app_root.host.route_functions().into_iter();
    if let Some(function) = routes.find(|function| function.name == name) {
        return Ok(function);
    }
    let text = read_file(
        &folder.join(name).join(contract::FUNCTION_JSON),
        MAX_FILE_BYTES,
    );
    text.ok()
        .and_then(|text| Function::parse(name, &text, &app_root.host).ok())
        .ok_or_else(|| name.to_owned())
}

impl Row {
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

/// A table, the matrix of callers if there is one, and the warnings below.
impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["FUNCTION", "ROUTE", "METHODS", "CALLERS", "SHAPE"].map(ToOwned::to_owned);
        let rows: Vec<Vec<String>> = std::iter::once(head)
            .chain(self.functions.iter().map(Row::cells))
            .map(Vec::from)
            .collect();
        f.write_str(&table(&rows))?;
        if let Some(matrix) = &self.matrix {
            write!(f, "\n{matrix}")?;
        }
        for (index, warning) in self.warnings.iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            writeln!(f, "{gap}warning: {warning}")?;
        }
        Ok(())
    }
}
