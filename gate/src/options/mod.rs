//! What the command line and the settings say.

mod address;
mod choices;
mod command;

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};

use app_settings::{Environment, Problem};
use upstream::{Address, HostName, UpstreamOptions};
use wrapped_server::{Listen, ReadyWhen, ServerCommand};

use crate::front_end::FrontEnd;
use crate::settings::{EVENT_COMMENTS, HOST, UNDERSCORES, UPSTREAM};

use address::fixed_address;
use choices::{choice, principal, ready_when, strip};
use command::{command, secret, with_variables};

/// Everything that the gate is told.
pub(crate) struct Options {
    /// Whose server it is.
    pub(crate) source: Source,
    /// When it is ready.
    pub(crate) ready_when: ReadyWhen,
    /// What the server gets to see. The address of one that chooses a port at each start is put in later.
    pub(crate) upstream: UpstreamOptions,
    /// What is declared to end the TLS of callers.
    pub(crate) front_end: FrontEnd,
}

/// Whose server it is.
pub(crate) enum Source {
    /// Ours: we start it, and it listens there.
    Started(ServerCommand, Listen),
    /// Somebody else's, who starts it and lets it listen there.
    Attached(SocketAddr),
}

impl Options {
    /// Reads the command line, without our own name, and the settings.
    ///
    /// # Errors
    ///
    /// Every problem at once. No message repeats an argument or a value that may be a secret.
    pub(crate) fn load(
        environment: &Environment,
        arguments: impl Iterator<Item = OsString>,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let command = command(arguments).map_err(|problem| problems.push(problem));
        let fixed = fixed_address(environment, &mut problems);
        let secret = secret(
            environment,
            command.as_ref().is_ok_and(Option::is_some),
            &mut problems,
        );
        let ready_when = ready_when(environment, &mut problems);
        let unset = Address::dangerous(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let upstream = UpstreamOptions {
            host: choice(
                environment,
                HOST,
                &[("own", HostName::OwnName), ("outside", HostName::Outside)],
                &mut problems,
            ),
            strip: strip(environment, &mut problems),
            keep_underscores: choice(
                environment,
                UNDERSCORES,
                &[("drop", false), ("keep", true)],
                &mut problems,
            ),
            event_stream_comments: choice(
                environment,
                EVENT_COMMENTS,
                &[("off", false), ("on", true)],
                &mut problems,
            ),
            principal: principal(environment, &mut problems),
            secret: secret.as_ref().map(|(secret, _)| secret.clone()),
            ..UpstreamOptions::new(fixed.clone().unwrap_or(unset))
        };
        let source = match (command, &fixed) {
            (Err(_), _) => None,
            (Ok(Some(command)), fixed) => {
                let listen = fixed.as_ref().map(Address::socket);
                let listen = listen.map_or(Listen::FreePort, Listen::Address);
                Some(Source::Started(with_variables(command, secret), listen))
            }
            (Ok(None), Some(fixed)) => Some(Source::Attached(fixed.socket())),
            (Ok(None), None) => {
                if !environment.is_set(UPSTREAM) {
                    problems.push(no_server());
                }
                None
            }
        };
        match source {
            Some(source) if problems.is_empty() => Ok(Self {
                source,
                ready_when,
                upstream,
                front_end: FrontEnd::of(environment),
            }),
            Some(_) | None => Err(problems),
        }
    }
}

fn no_server() -> Problem {
    let text = format!(
        "expected the server's command, as in `gate -- python3 server.py`, found none; add it to the arguments in host.json, or set {UPSTREAM}"
    );
    Problem::new("the command line", text)
}
