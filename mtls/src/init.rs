//! `mtls init`: the gate put before the server of an app that exists.

mod change;
mod confirmation;
mod gate_file;
mod host_json;
mod ignored;
mod json_text;
mod plan;
mod server_command;
mod settings;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::failure::Failure;
use crate::output;
use crate::stand_in::Project;

use plan::Plan;

/// What to do once the gate is there.
const NEXT: &str = "\
Every function is secured now, whatever language it is written in. Make one public by \"clientCertificate\": \"none\" at the top
level of its function.json, or in its entry of customHandler.http.routes in host.json. Then, in the app's folder:
  mtls functions    who may call what
  mtls local        the app over real mutual TLS on https://localhost:7443
";

/// Put the gate before the server of an existing app, in any language
///
/// Shows the changes, asks, and makes them: host.json starts bin/gate, which starts what host.json started so far; comments
/// and form stay, and so does the way in which requests arrive. bin/gate is a copy of the gate beside mtls.
/// local.settings.json gets FUNCTIONS_WORKER_RUNTIME=custom and CLIENT_CERT_FRONT_END=development if it has no such settings.
/// A second call changes nothing. --remove takes it all out again.
#[derive(Args)]
pub(crate) struct Init {
    /// The app's folder, with host.json
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,

    /// Take the gate out: the files are as before it was put in
    #[arg(long, conflicts_with = "gate")]
    remove: bool,

    /// The gate's program, if it is not beside mtls
    #[arg(long, value_name = "FILE")]
    gate: Option<PathBuf>,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Show the changes and make none
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
}

impl Init {
    /// Shows the changes, and makes them if they are wanted. Exit 1 if they are not.
    ///
    /// # Errors
    ///
    /// No app, or one that cannot be edited: exit 64, and no file is changed. A file that cannot be written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        Project::find(&self.folder)?;
        let plan = match self.remove {
            true => Plan::removal(&self.folder)?,
            false => Plan::gating(&self.folder, self.gate.as_deref())?,
        };
        output::print(&self.shown(&plan))?;
        if plan.changes.is_empty() || self.dry_run {
            return Ok(ExitCode::SUCCESS);
        }
        if !self.yes && !confirmation::ask("Make these changes?")? {
            return Err(Failure::No("nothing was changed".to_owned()));
        }
        for change in &plan.changes {
            change.make()?;
        }
        if !self.remove {
            output::print(NEXT)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn shown(&self, plan: &Plan) -> String {
        let mut text: Vec<String> = plan
            .changes
            .iter()
            .map(|change| format!("{}\n", change.shown()))
            .collect();
        if plan.changes.is_empty() {
            let there = match self.remove {
                true => "The gate is not there: nothing to change.\n",
                false => "The gate is there already: nothing to change.\n",
            };
            text.push(there.to_owned());
        }
        text.extend(plan.notes.iter().map(|note| format!("note: {note}\n")));
        text.join("")
    }
}
