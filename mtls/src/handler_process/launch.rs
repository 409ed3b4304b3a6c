//! What is needed to start the handler.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use app_settings::Problem;
use functions_handler::host::{CustomHandler, contract};
use tokio::process::Child;
use uuid::Uuid;

use super::{Variables, command_line, tether};

/// A program with its arguments, folder, environment and port; the port stays the same over restarts.
pub(crate) struct Launch {
    handler: CustomHandler,
    project: PathBuf,
    environment: Variables,
    port: u16,
    restarts_after_0: bool,
}

impl Launch {
    /// Chooses a free port on 127.0.0.1, unless `host.json` names one, and takes the rest as it is.
    ///
    /// As in the host, the port is closed again before the handler opens it; another program may be faster.
    ///
    /// # Errors
    ///
    /// No free port.
    pub(crate) fn new(
        handler: CustomHandler,
        project: &Path,
        environment: Variables,
        restarts_after_0: bool,
    ) -> Result<Self, Problem> {
        let port = match handler.port {
            Some(port) => port,
            None => free_port()?,
        };
        Ok(Self {
            handler,
            project: project.to_owned(),
            environment,
            port,
            restarts_after_0,
        })
    }

    /// The port on 127.0.0.1 that the handler is told to listen on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether exit code 0 makes the host start it again.
    pub(crate) fn restarts_after_0(&self) -> bool {
        self.restarts_after_0
    }

    /// How long the host probes before it takes the start for a failure.
    pub(crate) fn patience(&self) -> Duration {
        self.handler.initialization_timeout
    }

    /// The program as `host.json` names it.
    pub(crate) fn program(&self) -> &str {
        &self.handler.executable
    }

    /// Starts the program once, under a new worker id.
    ///
    /// Standard input is left alone, as the host leaves it.
    ///
    /// # Errors
    ///
    /// What the operating system says: no such file, no right to execute.
    pub(crate) fn spawn(&self) -> std::io::Result<Child> {
        let variables = self.variables();
        let program = command_line::program(&self.handler.executable, &self.project, &variables);
        let arguments = command_line::arguments(&self.handler.arguments, &variables);
        let directory = match &self.handler.working_directory {
            Some(directory) => self.project.join(directory),
            None => self.project.clone(),
        };
        let program = tether::find(&program, &directory, variables.get("PATH"))?;
        let mut command = tether::tied(&program);
        for (name, _) in Variables::inherited().iter() {
            if variables.get(name).is_none() {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .current_dir(directory)
            .envs(variables.iter())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }

    fn variables(&self) -> Variables {
        let mut variables = self.environment.clone();
        let (port, id) = (self.port.to_string(), Uuid::new_v4().to_string());
        for (name, value) in [
            (contract::LEGACY_PORT_VARIABLE, port.as_str()),
            (contract::PORT_VARIABLE, &port),
            (contract::LEGACY_WORKER_ID_VARIABLE, &id),
            (contract::WORKER_ID_VARIABLE, &id),
            (contract::APP_ROOT_VARIABLE, &self.project.to_string_lossy()),
        ] {
            variables.set(name, value);
        }
        variables
    }
}

fn free_port() -> Result<u16, Problem> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr());
    match address {
        Ok(address) => Ok(address.port()),
        Err(error) => Err(Problem::new(
            "127.0.0.1:0",
            format!("expected a free port for the handler, found: {error}; close some programs"),
        )),
    }
}
