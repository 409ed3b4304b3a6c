//! The handler's line about the policy in force, for people.

use serde::Deserialize;
use serde_json::Value;

/// A line that has these fields and no other: a server's own line of the same name is passed on as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyLine {
    #[serde(rename = "time")]
    _time: String,
    event: String,
    level: String,
    policy: Option<String>,
    replaced: Option<String>,
    #[serde(default)]
    problems: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
}

impl PolicyLine {
    /// The line, if it is about the policy.
    pub(super) fn parse(line: &Value) -> Option<Self> {
        let event = line.get("event")?.as_str()?;
        let is_ours = event.starts_with("policy-") || event.starts_with("revocation-list");
        is_ours.then(|| Self::deserialize(line).ok()).flatten()
    }

    /// What happened, and then each reason on a line of its own; unescaped.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let version = |name: &str, value: &Option<String>| {
            value
                .as_ref()
                .map_or(String::new(), |value| format!(", {name} {value}"))
        };
        let policy = version("policy", &self.policy);
        let replaced = version("instead of", &self.replaced);
        let first = format!("{}: {}{policy}{replaced}", self.level, self.event);
        let reasons = self.problems.iter().chain(&self.notes);
        std::iter::once(first).chain(reasons.map(|reason| format!("  {reason}")))
    }
}
