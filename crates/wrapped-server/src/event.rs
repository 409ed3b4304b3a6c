//! What happens to the server, for the caller's log.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use http::StatusCode;

use crate::ending::{Ending, Hopeless, LastLinesOf, List, write_listening};
use crate::readiness::NotYet;

/// What happened to the server. Its `Display` is a sentence for the log, without an argument or a variable's value;
/// the last lines are the server's own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A process runs.
    Started {
        /// Its id.
        pid: u32,
        /// The file that is executed.
        program: PathBuf,
        /// Where it is to listen.
        address: SocketAddr,
    },
    /// It is not ready yet: after 2 s, and then every 10 s.
    Waiting {
        /// The time since it was started.
        waited: Duration,
        /// Where it is to listen.
        address: SocketAddr,
        /// What the last look found.
        why: NotYet,
        /// Where its processes listen, as far as that is known.
        listening: Vec<SocketAddr>,
    },
    /// It is ready.
    Ready {
        /// Where it is reached.
        address: SocketAddr,
        /// How many times it has become ready.
        generation: u64,
        /// The time since it was started.
        waited: Duration,
        /// How it answered the probe of a path.
        status: Option<StatusCode>,
    },
    /// It can be reached around us.
    ListensBeyondLoopback {
        /// Where it listens.
        addresses: Vec<SocketAddr>,
    },
    /// It ended, or could not be started. Nobody asked for that.
    Ended {
        /// How.
        ending: Ending,
        /// The last lines of its output, the oldest first.
        last_lines: Vec<String>,
    },
    /// It will be started again.
    Restarting {
        /// The pause.
        after: Duration,
    },
    /// It will not be started again.
    Hopeless(Hopeless),
    /// It was stopped, and nothing of it is left.
    Stopped,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started {
                pid,
                program,
                address,
            } => {
                let program = program.display();
                write!(
                    f,
                    "the server {program} runs as process {pid} and is to listen on {address}"
                )
            }
            Self::Waiting {
                waited,
                address,
                why,
                listening,
            } => {
                let waited = waited.as_secs();
                write!(
                    f,
                    "after {waited} s the server is not ready on {address}: {why}"
                )?;
                write_listening(f, listening)
            }
            Self::Ready {
                address,
                waited,
                status,
                ..
            } => {
                let waited = waited.as_millis();
                write!(f, "the server is ready on {address} after {waited} ms")?;
                let Some(status) = status else { return Ok(()) };
                write!(f, "; it answered the probe with {}", status.as_u16())
            }
            Self::ListensBeyondLoopback { addresses } => write!(
                f,
                "the server listens on {}: it can be reached without a certificate; let it listen on 127.0.0.1",
                List(addresses)
            ),
            Self::Ended { ending, last_lines } => {
                write!(f, "the server {ending}{}", LastLinesOf(last_lines))
            }
            Self::Restarting { after } => {
                write!(f, "the server is started again in {} ms", after.as_millis())
            }
            Self::Hopeless(hopeless) => hopeless.fmt(f),
            Self::Stopped => f.write_str("the server has been stopped"),
        }
    }
}
