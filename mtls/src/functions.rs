//! `mtls functions`: every function of the app, who may call it, and how its requests arrive.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;
use functions_handler::host::contract;
use rustls_pki_types::UnixTime;
use serde::Serialize;

use crate::app::{self, App};
use crate::failure::Failure;
use crate::front_end::{Demand, Mode};
use crate::output;
use crate::policy::Matrix;

mod row;
mod warnings;

pub(crate) use row::Row;

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

impl List {
    fn new(app: &App, folder: &Path, exclusions: &[String], now: UnixTime) -> Self {
        let app_root = &app.root;
        let enabled = app_root.routes.functions();
        let mut warnings = app.warnings.clone();
        warnings.extend(warnings::of(enabled, exclusions));
        let unreadable = app_root
            .disabled
            .iter()
            .filter(|name| row::switched_off(folder, name, app_root).is_none());
        warnings.extend(unreadable.map(|name| {
            let text =
                "it is switched off, and cannot be read; correct it before it is switched on";
            Problem::new(format!("{name}/{}", contract::FUNCTION_JSON), text)
        }));
        let names_callers = app.policy.callers().any(|caller| caller.name.is_some());
        Self {
            functions: Row::all(folder, enabled, Some(app_root)),
            matrix: names_callers.then(|| Matrix::new(&app.policy, enabled, now)),
            warnings,
        }
    }
}

/// A table, the matrix of callers if there is one, and the warnings below.
impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Row::table(&self.functions))?;
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
