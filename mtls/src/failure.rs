//! How a command ends when it cannot do what it was asked.

use std::fmt;
use std::process::ExitCode;

use app_settings::Problem;

/// Why a command stopped, and the code that the process exits with.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The answer is no, or the work failed: exit 1.
    No(String),
    /// Something is configured wrongly: exit 64, all problems at once, one line each.
    Configuration(Vec<Problem>),
}

impl Failure {
    /// Says on standard error what happened, and gives the exit code.
    #[allow(
        clippy::print_stderr,
        reason = "this is the one place where the tool reports a failure"
    )]
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("{self}");
        match self {
            Self::No(_) => ExitCode::from(1),
            Self::Configuration(_) => ExitCode::from(64),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::No(text) => write!(f, "mtls: {text}"),
            Self::Configuration(problems) => {
                for (index, problem) in problems.iter().enumerate() {
                    let line_end = if index + 1 < problems.len() { "\n" } else { "" };
                    write!(f, "mtls: {problem}{line_end}")?;
                }
                Ok(())
            }
        }
    }
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
