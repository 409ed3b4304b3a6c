//! The server in this process, around implementations of a test's own.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use app_settings::Problem;
use client_cert::{Caller, Fitness, FrontEnd, Policy, Rule};
use functions_handler::Guard;
use functions_handler::functions::Registry;
use functions_handler::host::{Function, HostJson, Routes};
use functions_handler::server::{App, Limits, Log, bind, serve};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::Issued;
use super::process::{Answer, PATIENCE};

const HOST_JSON: &str = r#"{"version": "2.0", "customHandler": {"enableForwardingHttpRequest": true, "description": {"defaultExecutablePath": "bin/handler"}}}"#;

/// A function with a route and a mark.
pub fn function(name: &str, route: &str, mark: &Value) -> Function {
    declared(
        name,
        &json!({
            "clientCertificate": mark,
            "bindings": [
                {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous", "route": route},
                {"type": "http", "direction": "out", "name": "res"},
            ],
        }),
    )
}

/// A function by its `function.json`.
pub fn declared(name: &str, json: &Value) -> Function {
    let host = HostJson::parse(HOST_JSON.as_bytes(), std::iter::empty()).unwrap();
    Function::parse(name, json.to_string().as_bytes(), &host).unwrap()
}

/// A server in this process, which ends when it is dropped.
pub struct Server {
    pub port: u16,
    lines: Receiver<Value>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<bool>>,
}

/// An output that hands every line on.
struct Lines(Sender<Value>, Vec<u8>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.extend_from_slice(bytes);
        while let Some(end) = self.1.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.1.drain(..=end).collect();
            let _ = self.0.send(serde_json::from_slice(&line).unwrap());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub fn app<S>(
    functions: Vec<Function>,
    registry: Registry<S>,
    caller: &Issued,
    limits: Limits,
    log: Log,
) -> Result<App, Vec<Problem>> {
    let pin = Rule::pin(caller.sha256().parse().unwrap());
    let lists = Caller::of_lists([pin]);
    let policy = Policy::new(FrontEnd::Development, Fitness::default(), [lists]).unwrap();
    let routes = Routes::new(functions).unwrap();
    App::new(routes, &[], registry, Guard::new(policy, log), limits)
}

impl Server {
    pub fn start<S>(functions: Vec<Function>, registry: Registry<S>, caller: &Issued) -> Self {
        Self::start_within(Limits::default(), functions, registry, caller)
    }

    pub fn start_within<S>(
        limits: Limits,
        functions: Vec<Function>,
        registry: Registry<S>,
        caller: &Issued,
    ) -> Self {
        Self::of(|log| app(functions, registry, caller, limits, log))
    }

    /// A server of this app.
    pub fn of(app: impl FnOnce(Log) -> Result<App, Vec<Problem>>) -> Self {
        let (sender, lines) = channel();
        let log = Log::start(Lines(sender, Vec::new())).unwrap();
        let app = Arc::new(app(log).unwrap());
        let (port_sender, port) = channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async move {
                let listener = bind(0).await.unwrap();
                port_sender
                    .send(listener.local_addr().unwrap().port())
                    .unwrap();
                serve(listener, app, async { drop(stopped.await) }).await
            })
        });
        Self {
            port: port.recv_timeout(PATIENCE).unwrap(),
            lines,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn connect(&self) -> TcpStream {
        let stream =
            TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    pub fn exchange(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut stream).unwrap()
    }

    pub fn line(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    /// Asks the server to end.
    pub fn ask_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Asks the server to end; true if it drained in time.
    pub fn stop(&mut self) -> bool {
        self.ask_to_stop();
        self.thread.take().unwrap().join().unwrap()
    }
}
