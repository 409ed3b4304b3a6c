//! An app of the recorded app's functions, on the engine: each says what it was called with.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::mpsc::{Receiver, Sender, channel};

use client_cert::{Caller, Fitness, FrontEnd, Policy, RoleName, Rule};
use functions_handler::Guard;
use functions_handler::functions::{Invocation, Registry, Reply};
use functions_handler::host::{Function, HostJson, Routes};
use functions_handler::server::{App, Limits};
use serde_json::json;
use test_support::host_recordings::app;

use crate::common::process::final_status;
use crate::common::server::Server;
use crate::common::{Issued, Shape};

/// What a function was called with.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) function: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) params: HashMap<String, String>,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// `None` if it broke off.
    pub(crate) body: Option<Vec<u8>>,
}

impl Seen {
    async fn of(function: String, mut invocation: Invocation) -> Self {
        let head = invocation.head.clone();
        let headers = head.headers.iter();
        let params = invocation.route_values.iter();
        Self {
            function,
            method: head.method.to_string(),
            target: head.uri.to_string(),
            query: invocation.query_pairs(),
            params: params
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
                .collect(),
            body: invocation.body.read(usize::MAX).await.ok().map(Into::into),
        }
    }

    /// The values of a header.
    pub(crate) fn header(&self, name: &str) -> Vec<&[u8]> {
        let lines = self.headers.iter();
        let found = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_slice()).collect()
    }
}

/// Whether every function is public, or each is locked with a role of its own name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Locks {
    Public,
    ByRole,
}

/// The engine with the app behind App Service, under one dialect of the host.
pub(crate) struct Fixture {
    pub(crate) server: Server,
    seen: Receiver<Seen>,
    /// Of each function that a lock was made for, the only one who may call it.
    callers: HashMap<String, Issued>,
}

impl Fixture {
    pub(crate) fn start(dialect: &str, locks: Locks) -> Self {
        let host = app::host_json(dialect).to_string();
        let host = HostJson::parse(host.as_bytes(), std::iter::empty()).unwrap();
        let functions = functions(dialect, locks, &host);
        let names: Vec<String> = functions.iter().map(|one| one.name.clone()).collect();
        let callers: HashMap<String, Issued> = match locks {
            Locks::Public => HashMap::new(),
            Locks::ByRole => names
                .iter()
                .map(|name| (name.clone(), issued(name)))
                .collect(),
        };
        let policy = Policy::new(
            FrontEnd::AppService,
            Fitness::default(),
            callers.iter().map(|(name, issued)| holder(name, issued)),
        );
        let (sender, seen) = channel();
        let registry = registry(&functions, &sender);
        let server = Server::of(|log| {
            let guard = Guard::new(policy.unwrap(), log);
            let routes = Routes::new(functions).unwrap();
            App::new(routes, &[], registry, guard, Limits::default())
        });
        Self {
            server,
            seen,
            callers,
        }
    }

    /// The header value of the caller who may call this function, and no other.
    pub(crate) fn caller(&self, function: &str) -> String {
        self.callers[function].header()
    }

    /// Sends bytes on a connection of their own: the final status, `None` if the connection ended without one, and what
    /// the function saw that ran because of them.
    pub(crate) fn send(&self, bytes: &[u8], is_cut: bool) -> (Option<u16>, Option<Seen>) {
        let mut stream = self.server.connect();
        let _ = stream.write_all(bytes);
        if is_cut {
            let _ = stream.shutdown(std::net::Shutdown::Write);
        }
        let status = final_status(&mut stream);
        (status, self.seen.try_recv().ok())
    }
}

fn functions(dialect: &str, locks: Locks, host: &HostJson) -> Vec<Function> {
    let mark = |name: &str| match locks {
        Locks::Public => json!("none"),
        Locks::ByRole => json!({"roles": [role(name)]}),
    };
    let declared = app::functions(dialect, mark).into_iter();
    let parsed = declared
        .map(|(name, json)| Function::parse(&name, json.to_string().as_bytes(), host).unwrap());
    host.route_functions().into_iter().chain(parsed).collect()
}

fn registry(functions: &[Function], sender: &Sender<Seen>) -> Registry {
    functions
        .iter()
        .fold(Registry::new(), |registry, function| {
            let (name, sender) = (function.name.clone(), sender.clone());
            registry.public(&function.name, move |invocation| {
                let (name, sender) = (name.clone(), sender.clone());
                async move {
                    sender.send(Seen::of(name, invocation).await).unwrap();
                    Reply::ok(&"seen")
                }
            })
        })
}

/// A role of the function's name; names of roles have small letters alone.
fn role(function: &str) -> String {
    function.to_lowercase()
}

fn issued(function: &str) -> Issued {
    Shape::caller(function).valid_today().self_signed()
}

fn holder(function: &str, issued: &Issued) -> Caller {
    let role: RoleName = role(function).parse().unwrap();
    Caller {
        name: Some(role.as_str().parse().unwrap()),
        roles: vec![role],
        rules: vec![Rule::pin(issued.sha256().parse().unwrap())],
        ..Caller::default()
    }
}
