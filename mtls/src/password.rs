//! The password of a certificate file: given on the command line, in a variable, or at a prompt.

use std::convert::Infallible;
use std::io::{self, IsTerminal as _};
use std::str::FromStr;

use app_settings::Problem;
use clap::Args;
use zeroize::Zeroizing;

use crate::Failure;

/// A password. It has no `Debug` and no `Display`, and its memory is wiped when it is dropped.
///
/// The command line and the environment that it came from are the system's, and cannot be wiped.
#[derive(Clone)]
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    /// The text, for the library that opens the file.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// The same, for the handler's reader.
    pub(crate) fn for_reader(&self) -> outbound_mtls::Password {
        outbound_mtls::Password::new(self.expose().to_owned())
    }
}

impl FromStr for Password {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

/// `--password` and `--password-env`, for a command that opens or makes one file.
#[derive(Args, Clone)]
pub(crate) struct PasswordArguments {
    /// The file's password; others on this machine can see it in the list of processes
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with = "password_env",
        allow_hyphen_values = true
    )]
    password: Option<Password>,

    /// The environment variable that holds the file's password
    #[arg(long, value_name = "NAME")]
    password_env: Option<String>,
}

impl PasswordArguments {
    /// The password that the command line gives or points to; nothing where it does neither.
    ///
    /// # Errors
    ///
    /// A variable that is not set or is not Unicode text.
    pub(crate) fn given(&self) -> Result<Option<Password>, Problem> {
        resolve(self.password.as_ref(), self.password_env.as_deref())
    }
}

/// The password itself, or the one in the variable `name`; for commands that take several passwords.
///
/// # Errors
///
/// A variable that is not set or is not Unicode text.
pub(crate) fn resolve(
    text: Option<&Password>,
    name: Option<&str>,
) -> Result<Option<Password>, Problem> {
    match (text, name) {
        (Some(text), _) => Ok(Some(text.clone())),
        (None, Some(name)) => in_variable(name).map(Some),
        (None, None) => Ok(None),
    }
}

fn in_variable(name: &str) -> Result<Password, Problem> {
    let problem = |found: &str| {
        Problem::new(
            name,
            format!(
                "expected an environment variable that holds a password, {found}; set it, or use --password"
            ),
        )
    };
    // The standard library panics on such a name.
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(problem("found a name that no variable can have"));
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the variable is named on the command line, and this is the tool's edge"
    )]
    let value = std::env::var(name);
    value
        .map(|text| Password(Zeroizing::new(text)))
        .map_err(|error| match error {
            std::env::VarError::NotPresent => problem("found none of this name"),
            std::env::VarError::NotUnicode(_) => {
                problem("found one whose value is not Unicode text")
            }
        })
}

/// Asks at the terminal, without echo; nothing where nobody could see the question.
///
/// # Errors
///
/// A terminal that cannot be read.
pub(crate) fn ask(question: &str) -> Result<Option<Password>, Failure> {
    if !io::stderr().is_terminal() {
        return Ok(None);
    }
    rpassword::prompt_password(format!("{question}: "))
        .map(|text| Some(Password(Zeroizing::new(text))))
        .map_err(|error| {
            Failure::No(format!(
                "the password could not be read from the terminal: {error}"
            ))
        })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        password: PasswordArguments,
    }

    fn given(arguments: &[&str]) -> Result<Option<String>, String> {
        let arguments = ["command"].iter().chain(arguments);
        let command = Command::try_parse_from(arguments).map_err(|error| error.to_string())?;
        let password = command
            .password
            .given()
            .map_err(|problem| problem.to_string())?;
        Ok(password.map(|password| password.expose().to_owned()))
    }

    #[test]
    fn a_password_comes_from_one_place() {
        // Cargo sets this one for every test.
        let name = env!("CARGO_PKG_NAME");
        for (arguments, expected) in [
            (&[][..], None),
            (&["--password", "a b"], Some("a b")),
            (&["--password", ""], Some("")),
            (&["--password", "-x"], Some("-x")),
            (&["--password-env", "CARGO_PKG_NAME"], Some(name)),
        ] {
            assert_eq!(
                given(arguments),
                Ok(expected.map(str::to_owned)),
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let both = given(&["--password", "geheim", "--password-env", "X"]).unwrap_err();
        assert!(!both.contains("geheim"), "{both}");
        for name in ["MTLS_TEST_UNSET", "", "A=B", "A\0B"] {
            let error = given(&["--password-env", name]).unwrap_err();
            assert!(error.contains("environment variable"), "{error}");
        }
    }
}
