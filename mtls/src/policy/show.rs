//! `mtls policy show`: who may call which function.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use rustls_pki_types::UnixTime;

use super::check::functions_here;
use super::document_file::DocumentFile;
use super::matrix::Matrix;
use crate::app;
use crate::failure::Failure;
use crate::output;

/// Show which callers of a policy document may call which functions of the app in this folder
///
/// Roles are compared with what function.json asks for. The column COUNTS says whether a caller is admitted now, later or no
/// longer, by the windows of the document; certificates are not looked at.
#[derive(Args)]
pub(crate) struct Show {
    /// The document; without it, the policy of the app's settings
    file: Option<PathBuf>,

    /// One JSON document instead of a table
    #[arg(long)]
    json: bool,
}

impl Show {
    /// Prints the matrix.
    ///
    /// # Errors
    ///
    /// A document that does not load, a folder without an app, and what stops the handler's start: exit 64.
    pub(super) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        let matrix = match &self.file {
            Some(file) => {
                let opened = DocumentFile::read(file)?.open_or_report()?;
                let functions = functions_here()?.ok_or_else(no_app)?;
                Matrix::new(&opened.policy, &functions, now)
            }
            None => {
                let app = app::load(&app::folder()?)?;
                Matrix::new(&app.policy, app.root.routes.functions(), now)
            }
        };
        if self.json {
            output::print_json(&matrix)?;
        } else {
            output::print(&matrix.to_string())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn no_app() -> Failure {
    let text = "expected an app in this folder, found none; run the command where host.json is";
    app_settings::Problem::new("host.json", text).into()
}
