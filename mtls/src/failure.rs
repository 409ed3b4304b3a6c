//! How a command ends when it cannot do what it was asked.

use std::process::ExitCode;

use app_settings::Problem;

use crate::journal::Writer;

/// Why a command stopped, and the code that the process exits with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The answer is no, or the work failed: exit 1.
    #[error("mtls: {0}")]
    No(String),
    /// Something is configured wrongly: exit 64, all problems at once, one line each.
    #[error("{}", lines(.0))]
    Configuration(Vec<Problem>),
}

impl Failure {
    /// The exit code where something is configured wrongly (`EX_USAGE` of sysexits.h).
    pub(crate) const CONFIGURATION: u8 = 64;

    /// Says on standard error what happened, and gives the exit code.
    ///
    /// A reader that does not read does not keep the process from ending.
    pub(crate) fn report(&self) -> ExitCode {
        let errors = Writer::new(std::io::stderr(), |_| String::new());
        errors.line(self.to_string());
        errors.close();
        match self {
            Self::No(_) => ExitCode::from(1),
            Self::Configuration(_) => ExitCode::from(Self::CONFIGURATION),
        }
    }
}

/// One line a problem.
fn lines(problems: &[Problem]) -> String {
    let lines = Problem::lines(problems).into_iter();
    let lines: Vec<String> = lines.map(|line| format!("mtls: {line}")).collect();
    lines.join("\n")
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Configuration(vec![problem])
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Configuration(problems)
    }
}
