//! A server that a test holds, with what was said about it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use wrapped_server::{End, Event, Output, ServerCommand, ServerOptions, WrappedServer};

use crate::marked::{MARK, Mark, PATIENCE};

/// One server, its events and its output.
pub(crate) struct Held {
    pub(crate) server: WrappedServer,
    pub(crate) mark: Mark,
    pub(crate) stdout: Written,
    pub(crate) stderr: Written,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Held {
    /// One of this program's own servers.
    pub(crate) fn serve(arguments: &[&str], options: ServerOptions) -> Self {
        let arguments: Vec<&str> = ["serve"].iter().chain(arguments).copied().collect();
        Self::run("/proc/self/exe", &arguments, options)
    }

    /// Any program.
    pub(crate) fn run(program: &str, arguments: &[&str], options: ServerOptions) -> Self {
        // The path of this program, for it is another one that is `self` when it is executed.
        let own = std::env::current_exe().unwrap();
        let program = match program {
            "/proc/self/exe" => own.into_os_string(),
            other => other.into(),
        };
        let mut command = ServerCommand::new(program, std::env::vars_os());
        for argument in arguments {
            command = command.argument(argument);
        }
        Self::start(command, options)
    }

    pub(crate) fn start(command: ServerCommand, options: ServerOptions) -> Self {
        let (stdout, stderr) = (Written::default(), Written::default());
        let output = Output::new(stdout.clone(), stderr.clone());
        let held = Self::with_output(command, options, output);
        Self {
            stdout,
            stderr,
            ..held
        }
    }

    pub(crate) fn with_output(
        command: ServerCommand,
        options: ServerOptions,
        output: Output,
    ) -> Self {
        let mark = Mark::new();
        let (sender, events) = mpsc::unbounded_channel();
        let command = command.variable(MARK, &mark.0);
        let server = WrappedServer::start(command, options, output, move |event| {
            let _ = sender.send(event);
        });
        Self {
            server,
            mark,
            stdout: Written::default(),
            stderr: Written::default(),
            events,
        }
    }

    /// The first event from now on for which `wanted` gives something.
    pub(crate) async fn event<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        let found = async {
            loop {
                let event = self.events.recv().await.expect("no event came any more");
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap()
    }

    pub(crate) async fn ended(&mut self) -> End {
        tokio::time::timeout(PATIENCE, self.server.ended())
            .await
            .unwrap()
    }

    /// The message of a server that is given up.
    pub(crate) async fn hopeless(&mut self) -> String {
        match self.ended().await {
            End::Hopeless(hopeless) => hopeless.to_string(),
            end @ (End::Stopped | End::Abandoned) => panic!("{end:?}"),
        }
    }

    /// Stops it; nothing is left.
    pub(crate) async fn stop(self) {
        let end = self.server.stop(Duration::from_secs(10)).await;
        assert!(matches!(end, End::Stopped), "{end:?}");
        self.mark.assert_gone_within(Duration::ZERO);
    }
}

/// The started process.
pub(crate) fn started(event: &Event) -> Option<u32> {
    match event {
        Event::Started { pid, .. } => Some(*pid),
        _ => None,
    }
}

/// Options with a short wait and one start.
pub(crate) fn one_start(timeout: Duration) -> ServerOptions {
    let mut options = ServerOptions::default();
    options.timeout = timeout;
    options.failed_starts = 1.try_into().unwrap();
    options
}

/// What was written so far.
#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
