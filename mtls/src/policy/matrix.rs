//! Who may call which function.

use std::fmt;

use client_cert::{Caller, Policy, Window, rfc3339};
use functions_handler::host::{Function, Marker};
use rustls_pki_types::UnixTime;
use serde::Serialize;

use crate::table::table;

/// The callers of a policy and the functions of an app.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Matrix {
    callers: Vec<Row>,
    /// Functions that anybody may call, without a certificate.
    public: Vec<String>,
    /// Functions that callers of the policy may call, those that nobody may included.
    secured: Vec<String>,
}

/// One caller.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// Absent for the one caller that the two lists describe.
    name: Option<String>,
    roles: Vec<String>,
    counts: Counts,
    /// The secured functions that the caller may call while it counts.
    functions: Vec<String>,
}

/// When a caller is admitted, by its window and those of its rules.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase", tag = "when")]
enum Counts {
    Now,
    Later { from: String },
    Ended,
    WithoutRules,
}

impl Matrix {
    /// Compares roles with what functions ask for; windows are judged at `now`.
    pub(crate) fn new(policy: &Policy, functions: &[Function], now: UnixTime) -> Self {
        let (public, secured): (Vec<&Function>, Vec<&Function>) = functions
            .iter()
            .filter(|function| function.http().is_some())
            .partition(|function| function.http().is_some_and(|http| http.marker.is_public()));
        let rows = policy.callers().map(|caller| Row {
            name: caller.name.as_ref().map(ToString::to_string),
            roles: caller.roles.iter().map(ToString::to_string).collect(),
            counts: Counts::of(caller, now),
            functions: names(secured.iter().filter(|function| may_call(caller, function))),
        });
        Self {
            callers: rows.collect(),
            public: names(public.iter()),
            secured: names(secured.iter()),
        }
    }
}

/// Whether a caller that is admitted has what the function asks for. Public functions ask for nothing.
pub(super) fn may_call(caller: &Caller, function: &Function) -> bool {
    let Some(http) = function.http() else {
        return false;
    };
    match &http.marker {
        Marker::Public => true,
        Marker::Required => !caller.rules.is_empty(),
        Marker::Roles(roles) => {
            !caller.rules.is_empty() && roles.iter().any(|role| caller.roles.contains(role))
        }
    }
}

fn names<'f>(functions: impl Iterator<Item = &'f &'f Function>) -> Vec<String> {
    functions.map(|function| function.name.clone()).collect()
}

impl Counts {
    fn of(caller: &Caller, now: UnixTime) -> Self {
        let windows = caller
            .rules
            .iter()
            .map(|rule| rule.window().intersection(caller.window));
        let windows: Vec<Window> = windows.collect();
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let begins = windows.iter().filter(|window| !window.is_empty());
        let begins = begins.filter_map(|window| window.not_before);
        match begins.filter(|begin| *begin > seconds).min() {
            _ if windows.iter().any(|window| window.contains(now)) => Self::Now,
            Some(begin) => Self::Later {
                from: rfc3339(begin),
            },
            None if windows.is_empty() => Self::WithoutRules,
            None => Self::Ended,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("now"),
            Self::Later { from } => write!(f, "from {from}"),
            Self::Ended => f.write_str("ended"),
            Self::WithoutRules => f.write_str("without rules"),
        }
    }
}

/// One line a caller, one column a secured function.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["CALLER", "COUNTS"].map(ToOwned::to_owned).into_iter();
        let head = head.chain(self.secured.iter().cloned()).collect();
        let mut rows: Vec<Vec<String>> = vec![head];
        rows.extend(self.callers.iter().map(|row| row.cells(&self.secured)));
        f.write_str(&table(&rows))?;
        if !self.public.is_empty() {
            writeln!(f, "\npublic: {}", self.public.join(", "))?;
        }
        Ok(())
    }
}

impl Row {
    fn cells(&self, secured: &[String]) -> Vec<String> {
        let name = self
            .name
            .clone()
            .unwrap_or_else(|| "(the lists)".to_owned());
        let mut cells = vec![name, self.counts.to_string()];
        cells.extend(secured.iter().map(|function| {
            let cell = if self.functions.contains(function) {
                "yes"
            } else {
                "-"
            };
            cell.to_owned()
        }));
        cells
    }
}
