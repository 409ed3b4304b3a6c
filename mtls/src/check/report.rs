//! Everything that is known of an app, for people and for programs.

use std::fmt;

use serde::Serialize;

use super::command::base_name;
use super::dialect::{Dialect, Shape};
use super::exposure::OF_THE_HOST;
use super::finding::{Finding, Severity};
use super::subject::Subject;
use crate::functions::Row;
use crate::printable::printable;

/// The whole answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    /// The program of `host.json` and, behind the gate, the server's; absent where `host.json` names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<Program>,
    dialect: Dialect,
    functions: Vec<Row>,
    /// Paths that the host answers by itself.
    never_through_the_handler: [&'static str; 2],
    findings: Vec<Finding>,
    errors: usize,
    warnings: usize,
    notes: usize,
}

/// What is started. Arguments are not shown: they may be secrets.
#[derive(Serialize)]
struct Program {
    /// As `host.json` names it.
    path: String,
    /// The name of the program that the gate starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
}

impl Report {
    /// Puts the findings in order: the worst first, then by place.
    pub(super) fn new(subject: &Subject, mut findings: Vec<Finding>) -> Self {
        findings.sort();
        findings.dedup();
        let count = |severity| {
            let of = findings
                .iter()
                .filter(|finding| finding.severity == severity);
            of.count()
        };
        Self {
            program: Program::of(subject),
            dialect: Dialect::of(subject),
            functions: Row::all(
                &subject.folder,
                &subject.declared.functions,
                subject.declared.root.as_ref(),
            ),
            never_through_the_handler: OF_THE_HOST,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
            findings,
        }
    }

    /// Whether something does not work as it is.
    pub(super) fn has_errors(&self) -> bool {
        self.errors > 0
    }
}

impl Program {
    fn of(subject: &Subject) -> Option<Self> {
        let command = subject.command.as_ref()?;
        let server = command.server().filter(|_| command.is_gate());
        Some(Self {
            path: command.configured.clone(),
            server: server.map(|server| base_name(server.program)),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(program) = &self.program {
            let path = printable(&program.path);
            match &program.server {
                Some(server) => {
                    writeln!(f, "host.json starts {path}, before {}", printable(server))?
                }
                None => writeln!(f, "host.json starts {path}")?,
            }
        }
        let dialect = &self.dialect;
        write!(f, "Requests arrive by {}", dialect.result.name())?;
        match dialect.result == Shape::Proxying {
            true => writeln!(
                f,
                "; from hosts before 2025 by {}",
                dialect.older_hosts.name()
            )?,
            false => writeln!(f)?,
        }
        writeln!(f, "\n{}", Row::table(&self.functions))?;
        writeln!(
            f,
            "The host answers {} by itself: by keys, whatever certificate a caller has.",
            self.never_through_the_handler.join(" and ")
        )?;
        for finding in &self.findings {
            write!(f, "\n{finding}")?;
        }
        writeln!(
            f,
            "\n{}, {}, {}",
            counted(self.errors, "error"),
            counted(self.warnings, "warning"),
            counted(self.notes, "note")
        )
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
