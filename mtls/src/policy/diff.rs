//! `mtls policy diff`: what a new document changes.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::changes::{self, CallerChanges, Changes, DomainChanges, Presence};
use super::check::functions_here;
use super::document_file::DocumentFile;
use crate::failure::Failure;
use crate::output;
use crate::printable::printable;

/// Compare two policy documents: who gains or loses which functions and rules, and what is denied
///
/// Functions are compared in an app's folder alone. Files of certificates are compared by what they hold. Exit 0: the same; 1:
/// differences; 64: a document does not load.
#[derive(Args)]
pub(crate) struct Diff {
    /// The document that is in force
    old: PathBuf,

    /// The document that is to take its place
    new: PathBuf,

    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// All differences.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Difference {
    callers: Vec<CallerChanges>,
    trust_domains: Vec<DomainChanges>,
    denied: Changes,
}

impl Diff {
    /// Prints the differences.
    ///
    /// # Errors
    ///
    /// Documents that do not load, and an app in this folder that would not start: exit 64.
    pub(super) fn run(&self) -> Result<ExitCode, Failure> {
        let [old, new] = [&self.old, &self.new].map(|path| {
            let opened = DocumentFile::read(path).map_err(|problem| vec![problem]);
            opened.and_then(|file| file.open_or_report())
        });
        let (old, new) = match (old, new) {
            (Ok(old), Ok(new)) => (old, new),
            (old, new) => {
                let problems = [old.err(), new.err()].into_iter().flatten().flatten();
                return Err(Failure::Configuration(problems.collect()));
            }
        };
        let functions = functions_here()?;
        let difference = Difference {
            callers: changes::callers(&old, &new, functions.as_deref()),
            trust_domains: changes::domains(&old, &new),
            denied: changes::denied(&old, &new),
        };
        if self.json {
            output::print_json(&difference)?;
        } else {
            output::print(&difference.to_string())?;
        }
        Ok(match difference.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }
}

impl Difference {
    fn is_empty(&self) -> bool {
        self.callers.is_empty() && self.trust_domains.is_empty() && self.denied.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "no difference");
        }
        for caller in &self.callers {
            head(f, "caller", &caller.name, caller.presence)?;
            let functions = caller.functions.as_ref();
            functions.map_or(Ok(()), |functions| lines(f, "function", functions))?;
            lines(f, "role", &caller.roles)?;
            lines(f, "rule", &caller.rules)?;
        }
        for domain in &self.trust_domains {
            head(f, "trust domain", &domain.name, domain.presence)?;
            lines(f, "anchor", &domain.anchors)?;
            lines(f, "intermediate", &domain.intermediates)?;
            domain
                .keys
                .iter()
                .try_for_each(|key| writeln!(f, "  ~ {key}"))?;
        }
        if !self.denied.is_empty() {
            writeln!(f, "denied")?;
            lines(f, "certificate", &self.denied)?;
        }
        Ok(())
    }
}

fn head(f: &mut fmt::Formatter<'_>, what: &str, name: &str, presence: Presence) -> fmt::Result {
    let note = match presence {
        Presence::Added => " (new)",
        Presence::Removed => " (gone)",
        Presence::Both => "",
    };
    writeln!(f, "{what} {name}{note}")
}

fn lines(f: &mut fmt::Formatter<'_>, what: &str, changes: &Changes) -> fmt::Result {
    for (sign, entries) in [('-', &changes.removed), ('+', &changes.added)] {
        for entry in entries {
            writeln!(f, "  {sign} {what} {}", printable(entry))?;
        }
    }
    Ok(())
}
