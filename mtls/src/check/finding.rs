//! One thing that was found, where, what happens because of it and what to do.

use std::borrow::Cow;
use std::fmt;

use app_settings::Problem;
use serde::Serialize;

use crate::printable::printable;

/// How sure it is that something goes wrong.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    /// The app does not start, does not answer, or shows a secret.
    Error,
    /// It runs, and not as it is written.
    Warning,
    /// It depends on what the folder does not say.
    Note,
}

/// What was looked for. The page `docs/check.md` has a line for each.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    DeadSwitch,
    Dialect,
    HostJson,
    FunctionJson,
    Setting,
    UnreadKey,
    KeyBesideCertificate,
    HostEndpoint,
    NoGate,
    ProgramPath,
    ProgramMissing,
    ProgramFormat,
    ExecuteBit,
    ScriptLineEnds,
    Launcher,
    ServerMissing,
    VirtualEnvironment,
    Stack,
    PackageLacks,
    PackageLeaks,
    ExtensionBundle,
    TimeLimit,
    RoutePrefix,
}

/// A line of a file.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(crate) struct Place {
    /// Its name from the app's folder; the name of a setting that no file of the app sets.
    pub(super) file: String,
    /// From 1; absent where the whole file is meant.
    pub(super) line: Option<usize>,
}

/// One thing that was found.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) kind: Kind,
    #[serde(flatten)]
    pub(super) place: Place,
    /// What is there.
    pub(super) found: Cow<'static, str>,
    /// What becomes of it.
    pub(super) happens: Cow<'static, str>,
    /// What to change.
    #[serde(rename = "do")]
    pub(super) action: Cow<'static, str>,
}

impl Finding {
    /// The same as a mistake that something is refused for.
    pub(super) fn problem(&self) -> Problem {
        let text = format!("{}. {} {}", self.found, self.happens, self.action);
        Problem::new(self.place.to_string(), text)
    }
}

impl Place {
    /// A file as a whole.
    pub(super) fn file(name: impl Into<String>) -> Self {
        Self {
            file: name.into(),
            line: None,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

impl Kind {
    /// Its name in both forms of the report.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DeadSwitch => "dead-switch",
            Self::Dialect => "dialect",
            Self::HostJson => "host-json",
            Self::FunctionJson => "function-json",
            Self::Setting => "setting",
            Self::UnreadKey => "unread-key",
            Self::KeyBesideCertificate => "key-beside-certificate",
            Self::HostEndpoint => "host-endpoint",
            Self::NoGate => "no-gate",
            Self::ProgramPath => "program-path",
            Self::ProgramMissing => "program-missing",
            Self::ProgramFormat => "program-format",
            Self::ExecuteBit => "execute-bit",
            Self::ScriptLineEnds => "script-line-ends",
            Self::Launcher => "launcher",
            Self::ServerMissing => "server-missing",
            Self::VirtualEnvironment => "virtual-environment",
            Self::Stack => "stack",
            Self::PackageLacks => "package-lacks",
            Self::PackageLeaks => "package-leaks",
            Self::ExtensionBundle => "extension-bundle",
            Self::TimeLimit => "time-limit",
            Self::RoutePrefix => "route-prefix",
        }
    }
}

/// As `host.json:8`, which editors open.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.file))?;
        match self.line {
            Some(line) => write!(f, ":{line}"),
            None => Ok(()),
        }
    }
}

/// Three lines: where and what, what happens, what to do.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = printable(&self.found);
        let name = self.kind.name();
        writeln!(f, "{}: {}: {found} [{name}]", self.place, self.severity)?;
        for text in [&self.happens, &self.action] {
            writeln!(f, "    {}", printable(text))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ALL: [Kind; 23] = [
        Kind::DeadSwitch,
        Kind::Dialect,
        Kind::HostJson,
        Kind::FunctionJson,
        Kind::Setting,
        Kind::UnreadKey,
        Kind::KeyBesideCertificate,
        Kind::HostEndpoint,
        Kind::NoGate,
        Kind::ProgramPath,
        Kind::ProgramMissing,
        Kind::ProgramFormat,
        Kind::ExecuteBit,
        Kind::ScriptLineEnds,
        Kind::Launcher,
        Kind::ServerMissing,
        Kind::VirtualEnvironment,
        Kind::Stack,
        Kind::PackageLacks,
        Kind::PackageLeaks,
        Kind::ExtensionBundle,
        Kind::TimeLimit,
        Kind::RoutePrefix,
    ];

    #[test]
    fn every_kind_has_one_name_and_a_line_on_its_page() {
        let page = include_str!("../../../docs/check.md");
        let page = page.split("\n## ").next().unwrap();
        let rows = page
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        let documented: BTreeSet<&str> = rows.collect();
        let names: BTreeSet<&str> = ALL.map(Kind::name).into();
        assert_eq!(names.len(), ALL.len());
        assert_eq!(documented, names);
        for kind in ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
