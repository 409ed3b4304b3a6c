//! `mtls openapi`: an OpenAPI 3.1 document of the app.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;
use client_cert::RoleName;
use functions_handler::config::DeniedStatus;
use functions_handler::host::{AuthLevel, Function, HttpTrigger, Marker, Methods};
use serde_json::{Map, Value, json};

use crate::app::{self, App};
use crate::atomic_file::{self, Access};
use crate::failure::Failure;
use crate::output;

mod components;
mod paths;

use crate::route_part::Parameter;
use paths::paths_of;

/// Write an OpenAPI 3.1 document of the app, made from its function.json files
///
/// Secured operations ask for mutualTLS; an optional part of a route becomes a second path. The same files give the
/// same bytes.
#[derive(Args)]
pub(crate) struct OpenApi {
    /// The file to write, instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Overwrite the file if it exists
    #[arg(long, requires = "output")]
    force: bool,
}

/// What an OpenAPI path item can hold, and what a function without `methods` takes.
const METHODS: [&str; 8] = [
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE",
];

impl OpenApi {
    /// Prints or writes the document.
    ///
    /// # Errors
    ///
    /// What stops the handler's start, and a file that exists: exit 64.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let document = document(&app::load(&app::folder()?)?);
        let text = serde_json::to_string_pretty(&document)
            .map_err(|error| Failure::No(error.to_string()))?;
        match &self.output {
            None => output::print(&format!("{text}\n"))?,
            Some(file) => self.write(file, &format!("{text}\n"))?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn write(&self, file: &Path, text: &str) -> Result<(), Failure> {
        let written = match self.force {
            true => atomic_file::replace(file, text.as_bytes(), Access::Public),
            false => atomic_file::create(file, text.as_bytes(), Access::Public),
        };
        written.map_err(|error| {
            let text = match error.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    "it exists; choose another name, or overwrite it with --force".to_owned()
                }
                _ => {
                    format!("cannot be written ({error}); give this user the right to write there")
                }
            };
            Failure::from(Problem::new(file.display().to_string(), text))
        })
    }
}

/// A function that HTTP requests start.
#[derive(Clone, Copy)]
struct Called<'a> {
    name: &'a str,
    http: &'a HttpTrigger,
    denied_status: DeniedStatus,
}

impl<'a> Called<'a> {
    fn of(function: &'a Function, denied_status: DeniedStatus) -> Option<Self> {
        let http = function.http()?;
        Some(Self {
            name: &function.name,
            http,
            denied_status,
        })
    }
}

/// The document. Members are sorted by name, so that nothing but the app decides about its bytes.
fn document(app: &App) -> Value {
    let functions = app.root.routes.functions().iter();
    let http: Vec<Called<'_>> = functions
        .filter_map(|function| Called::of(function, app.denied_status))
        .collect();
    let is_keyed = http.iter().any(|function| is_keyed(function.http));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Functions that ask for mutualTLS admit callers by their client certificate.",
        },
        "paths": paths(&http),
        "components": components::of(is_keyed, app.denied_status),
    })
}

/// All paths. Where two functions meet on one path and method, the first by the host's order has it, as in the host.
fn paths(functions: &[Called<'_>]) -> Map<String, Value> {
    let mut paths: Vec<(String, Map<String, Value>)> = Vec::new();
    for function in functions {
        for (number, variant) in (1..).zip(paths_of(&function.http.route)) {
            let index = paths
                .iter()
                .position(|(text, _)| paths::same(text, &variant.text))
                .unwrap_or_else(|| {
                    paths.push((variant.text.clone(), Map::new()));
                    paths.len() - 1
                });
            let Some((text, item)) = paths.get_mut(index) else {
                continue;
            };
            let parameters = paths::renamed(variant.parameters, text);
            for method in methods(&function.http.methods) {
                item.entry(method.to_ascii_lowercase())
                    .or_insert_with(|| operation(*function, method, number, &parameters));
            }
        }
    }
    let items = paths
        .into_iter()
        .map(|(text, item)| (text, Value::Object(item)));
    items.collect()
}

fn methods(methods: &Methods) -> Vec<&str> {
    match methods {
        Methods::All => METHODS.to_vec(),
        Methods::Listed(listed) => listed.iter().map(String::as_str).collect(),
    }
}

fn operation(function: Called<'_>, method: &str, number: usize, parameters: &[Parameter]) -> Value {
    let http = function.http;
    let method = method.to_ascii_lowercase();
    let mut id = format!("{}_{method}", function.name);
    if number > 1 {
        id.push_str(&format!("_{number}"));
    }
    let mut operation = json!({
        "operationId": id,
        "tags": [function.name],
        "summary": summary(&http.marker),
        "security": security(http),
        "responses": components::responses(!http.marker.is_public(), function.denied_status),
    });
    if !parameters.is_empty() {
        let parameters = parameters.iter().map(Parameter::to_json).collect();
        operation["parameters"] = Value::Array(parameters);
    }
    operation
}

fn summary(marker: &Marker) -> String {
    match marker {
        Marker::Public => "Public".to_owned(),
        Marker::Required => "For callers whose client certificate is admitted".to_owned(),
        Marker::Roles(roles) => format!(
            "For callers whose client certificate is admitted, with one of the roles {}",
            roles
                .iter()
                .map(RoleName::as_str)
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// Alternatives, each with all that it asks for; an empty list for callers who need nothing.
fn security(http: &HttpTrigger) -> Value {
    let mut alternatives: Vec<Map<String, Value>> = match &http.marker {
        Marker::Public if is_keyed(http) => vec![Map::new()],
        Marker::Public => Vec::new(),
        Marker::Required => vec![certificate(&[])],
        Marker::Roles(roles) => roles
            .iter()
            .map(|role| certificate(&[role.as_str()]))
            .collect(),
    };
    if is_keyed(http) {
        for alternative in &mut alternatives {
            alternative.insert(components::FUNCTION_KEY.to_owned(), json!([]));
        }
    }
    json!(alternatives)
}

/// OpenAPI 3.1 lets a requirement of any scheme list roles.
fn certificate(roles: &[&str]) -> Map<String, Value> {
    Map::from_iter([(components::CLIENT_CERTIFICATE.to_owned(), json!(roles))])
}

fn is_keyed(http: &HttpTrigger) -> bool {
    http.auth_level != AuthLevel::Anonymous
}
