//! The lines that sum calls up.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use client_cert::PolicyVersion;
use serde::Serialize;

use super::calls::{AdmittedCalls, AdmittedKey, CallerKey, Count, Counted};
use super::clock::Timestamp;
use super::decision_line::text;
use super::line_format;

/// The longest line, in bytes. The Functions host sends each line to Application Insights twice, as the message, which may have 32,768
/// characters, and as a property, of which all beyond 8,192 characters are dropped.
const MAX_LINE_BYTES: usize = 8_192;

/// Bytes of a line that are no rows, and more than they can be.
const FRAME_BYTES: usize = 256;

/// One line of a summary: calls under one policy, since when they have been counted.
#[derive(Debug, Serialize)]
pub(super) struct CallsLine<'a> {
    time: Timestamp,
    event: &'static str,
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text")]
    policy: Option<PolicyVersion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    admitted: Vec<AdmittedRow<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    access: Vec<AccessRow<'a>>,
}

/// Calls of one function by one admitted caller.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AdmittedRow<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    thumbprint: &'a str,
    not_after: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation: Option<&'static str>,
    #[serde(flatten)]
    count: CountFields,
}

/// Calls of one function that needed no decision.
#[derive(Debug, Serialize)]
struct AccessRow<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
    #[serde(flatten)]
    count: CountFields,
}

#[derive(Debug, Serialize)]
struct CountFields {
    calls: u64,
    #[serde(skip_serializing_if = "is_zero")]
    failed: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Counted {
    /// The summary, in as few lines as it fits into.
    pub(super) fn lines(&self, now: Timestamp) -> Vec<CallsLine<'_>> {
        let Some(since) = self.since else {
            return Vec::new();
        };
        let mut lines = Lines::new(now, since);
        for (policy, rows) in self.by_policy() {
            lines.begin(policy);
            for row in rows {
                lines.add(line_format::text(&row).len(), |line| {
                    line.admitted.push(row)
                });
            }
        }
        let mut undecided: Vec<_> = self.undecided.iter().collect();
        undecided.sort_by_key(|(function, _)| *function);
        for (function, count) in undecided {
            let row = AccessRow::new(function.as_ref(), *count);
            lines.add(line_format::text(&row).len(), |line| line.access.push(row));
        }
        lines.end()
    }

    /// The rows under each policy, in the order of their functions and callers.
    fn by_policy(&self) -> Vec<(Option<PolicyVersion>, Vec<AdmittedRow<'_>>)> {
        let mut policies = BTreeMap::new();
        for (key, calls) in &self.admitted {
            let version = key.policy.map(|version| version.to_string());
            let (_, rows) = policies
                .entry(version)
                .or_insert_with(|| (key.policy, Vec::new()));
            rows.push(AdmittedRow::new(key, calls));
        }
        let mut policies: Vec<_> = policies.into_values().collect();
        for (_, rows) in &mut policies {
            rows.sort_by_key(|row| (row.function, row.caller, row.rule));
        }
        policies
    }
}

/// Lines that are being filled.
struct Lines<'a> {
    line: CallsLine<'a>,
    bytes: usize,
    full: Vec<CallsLine<'a>>,
}

impl<'a> Lines<'a> {
    fn new(time: Timestamp, since: Timestamp) -> Self {
        Self {
            line: CallsLine {
                time,
                event: "calls",
                since,
                policy: None,
                admitted: Vec::new(),
                access: Vec::new(),
            },
            bytes: FRAME_BYTES,
            full: Vec::new(),
        }
    }

    /// The rows that follow are under this policy.
    fn begin(&mut self, policy: Option<PolicyVersion>) {
        self.next();
        self.line.policy = policy;
    }

    /// Adds a row of so many bytes, with the comma after it.
    fn add(&mut self, bytes: usize, push: impl FnOnce(&mut CallsLine<'a>)) {
        let bytes = bytes.saturating_add(1);
        if self.bytes.saturating_add(bytes) > MAX_LINE_BYTES {
            self.next();
        }
        push(&mut self.line);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Begins another line, unless this one is empty.
    fn next(&mut self) {
        let empty = CallsLine {
            admitted: Vec::new(),
            access: Vec::new(),
            ..self.line
        };
        self.bytes = FRAME_BYTES;
        let line = mem::replace(&mut self.line, empty);
        if !line.admitted.is_empty() || !line.access.is_empty() {
            self.full.push(line);
        }
    }

    fn end(mut self) -> Vec<CallsLine<'a>> {
        self.next();
        self.full
    }
}

impl<'a> AdmittedRow<'a> {
    fn new(key: &'a AdmittedKey, calls: &'a AdmittedCalls) -> Self {
        let principal = calls.first_to_end.principal();
        let (caller, rule) = match &key.caller {
            CallerKey::Name(name) => (Some(name.as_str()), None),
            CallerKey::Rule(rule) => (None, Some(rule.shown())),
        };
        Self {
            function: key.function.as_deref(),
            caller,
            rule,
            thumbprint: principal.sha256_hex(),
            not_after: principal.not_after(),
            revocation: key.revocation,
            count: calls.count.into(),
        }
    }
}

impl<'a> AccessRow<'a> {
    fn new(function: Option<&'a Arc<str>>, count: Count) -> Self {
        Self {
            function: function.map(|name| &**name),
            count: count.into(),
        }
    }
}

impl From<Count> for CountFields {
    fn from(count: Count) -> Self {
        Self {
            calls: count.calls,
            failed: count.failed,
        }
    }
}
