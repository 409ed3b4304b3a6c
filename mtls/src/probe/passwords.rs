//! The passwords of an allowed and a denied caller's files, for commands that open both.

use app_settings::Problem;
use clap::Args;

use crate::password::{self, Password};

/// `--allowed-password`, `--denied-password` and their variables; the command itself has `--allowed` and `--denied`.
#[derive(Args)]
pub(crate) struct CallerPasswords {
    /// The password of --allowed; others on this machine can see it in the list of processes
    #[arg(
        long,
        value_name = "TEXT",
        requires = "allowed",
        conflicts_with = "allowed_password_env",
        allow_hyphen_values = true
    )]
    allowed_password: Option<Password>,
    /// The environment variable that holds the password of --allowed
    #[arg(long, value_name = "NAME", requires = "allowed")]
    allowed_password_env: Option<String>,
    /// The password of --denied
    #[arg(
        long,
        value_name = "TEXT",
        requires = "denied",
        conflicts_with = "denied_password_env",
        allow_hyphen_values = true
    )]
    denied_password: Option<Password>,
    /// The environment variable that holds the password of --denied
    #[arg(long, value_name = "NAME", requires = "denied")]
    denied_password_env: Option<String>,
}

impl CallerPasswords {
    /// The password of `--allowed`, where one is given or pointed to.
    ///
    /// # Errors
    ///
    /// A variable that is not set or is not Unicode text.
    pub(crate) fn allowed(&self) -> Result<Option<Password>, Problem> {
        password::resolve(
            self.allowed_password.as_ref(),
            self.allowed_password_env.as_deref(),
        )
    }

    /// The password of `--denied`.
    ///
    /// # Errors
    ///
    /// The same.
    pub(crate) fn denied(&self) -> Result<Option<Password>, Problem> {
        password::resolve(
            self.denied_password.as_ref(),
            self.denied_password_env.as_deref(),
        )
    }
}
