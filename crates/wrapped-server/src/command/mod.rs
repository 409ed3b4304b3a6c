//! What is run, with which arguments and variables.

mod environment;
mod interpreter;
mod placeholders;
mod port_variables;
mod program;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use interpreter::MissingPart;
pub use port_variables::{PORT_VARIABLES, PortVariable, Value};
pub use program::NotRunnable;

/// The command that is the server.
///
/// Its `Debug` shows the program and the names of variables, never an argument or a value: they may be secrets.
#[derive(Clone)]
pub struct ServerCommand {
    program: OsString,
    arguments: Vec<OsString>,
    inherited: BTreeMap<OsString, OsString>,
    withheld: Vec<OsString>,
    own: BTreeMap<OsString, OsString>,
}

impl ServerCommand {
    /// A program, by its path or to be looked for in `PATH`, and the variables that it inherits.
    pub fn new(
        program: impl Into<OsString>,
        inherited: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            inherited: inherited.into_iter().collect(),
            withheld: Vec::new(),
            own: BTreeMap::new(),
        }
    }

    /// One more argument. `{port}` and `{host}` in it are replaced at each start; there is no way to write them
    /// literally.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// A variable for the server; it wins over an inherited one and over [`PORT_VARIABLES`]. `{port}` and `{host}` in
    /// its value are replaced at each start.
    #[must_use]
    pub fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.own.insert(name.into(), value.into());
        self
    }

    /// A variable that the server does not inherit: a secret of our own.
    #[must_use]
    pub fn withhold(mut self, name: impl Into<OsString>) -> Self {
        self.withheld.push(name.into());
        self
    }

    /// The program as it was given.
    #[must_use]
    pub fn program(&self) -> &OsStr {
        &self.program
    }

    /// Everything that one start needs.
    ///
    /// # Errors
    ///
    /// There is no such program, or it cannot be executed.
    pub(crate) fn prepare(&self, address: SocketAddr) -> Result<Prepared, NotRunnable> {
        let environment = environment::environment(self, address);
        let search_path = environment.get(OsStr::new("PATH")).map(OsString::as_os_str);
        let arguments = self.arguments.iter();
        Ok(Prepared {
            program: program::find(&self.program, search_path)?,
            arguments: arguments
                .map(|argument| placeholders::replaced(argument, address))
                .collect(),
            environment,
        })
    }
}

impl fmt::Debug for ServerCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerCommand")
            .field("program", &self.program)
            .field("arguments", &self.arguments.len())
            .field("variables", &self.own.keys())
            .field("withheld", &self.withheld)
            .finish_non_exhaustive()
    }
}

/// What one start executes. It cannot be formatted: arguments and values may be secrets.
pub(crate) struct Prepared {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: BTreeMap<OsString, OsString>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_argument_and_no_value() {
        let inherited = [("A".into(), "inherited-secret".into())];
        let command = ServerCommand::new("server", inherited)
            .argument("--key=argument-secret")
            .variable("KEY", "variable-secret")
            .withhold("OURS");
        let shown = format!("{command:?}");
        assert!(!shown.contains("secret"), "{shown}");
        for name in ["server", "KEY", "OURS"] {
            assert!(shown.contains(name), "{shown}");
        }
    }
}
