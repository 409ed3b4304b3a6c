//! The app: the functions found on disk, paired with their implementations.

use std::collections::HashMap;
use std::sync::Arc;

use app_settings::Problem;
use client_cert::{FrontEnd, Policy};

use crate::functions::{Head, Implementation, Registry};
use crate::guard::Guard;
use crate::host::{Declaration, Function, Routes, contract};
use crate::log::Subject;

use super::body::BodyLimits;
use super::budget::Budget;
use super::entry::Entry;
use super::limits::Limits;
use super::target::Target;

/// Everything that answers a request.
pub struct App {
    routes: Routes<Entry>,
    pub(super) guard: Guard,
    pub(super) limits: Limits,
    pub(super) budget: Arc<Budget>,
}

/// A request that has arrived, and what it is for.
#[derive(Clone)]
pub(super) struct Arrival {
    pub(super) head: Arc<Head>,
    pub(super) subject: Subject,
    pub(super) target: Target,
}

impl App {
    /// What decides about its callers.
    pub(crate) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// An app of the functions in `routes`, with their implementations from `registry`.
    ///
    /// `disabled` are functions with a folder that are switched off; their implementations are not missed.
    ///
    /// # Errors
    ///
    /// Every problem at once: a folder or route without an implementation where there is no fallback, an implementation
    /// without a folder, two under one name, two fallbacks, an implementation that takes a permit although its folder says that the function is public, one of another kind than
    /// the trigger, and envelopes that a caller could imitate.
    pub fn new<S>(
        routes: Routes,
        disabled: &[String],
        registry: Registry<S>,
        guard: Guard,
        limits: Limits,
    ) -> Result<Self, Vec<Problem>> {
        let (entries, mut fallbacks) = registry.into_parts();
        let (mut implementations, mut problems) = by_name(entries);
        let fallback = fallbacks.pop();
        if !fallbacks.is_empty() {
            let text = "expected one fallback, found several; remove all but one";
            problems.push(Problem::new("the registry", text));
        }
        problems.extend(imitable_envelopes(&routes, &guard.policy()));
        let routes =
            routes.pair(
                |function| match (implementations.remove(&function.name), &fallback) {
                    (Some(implementation), _) => Entry::pair(function, implementation),
                    (None, Some(fallback)) => Ok(Entry::handed_on(function, Arc::clone(fallback))),
                    (None, None) => Err(without_implementation(&function)),
                },
            );
        let stray = implementations
            .into_keys()
            .filter(|name| !disabled.contains(name));
        problems.extend(stray.map(|name| without_folder(&name)));
        problems.sort();
        match routes {
            Ok(routes) if problems.is_empty() => Ok(Self {
                routes,
                guard,
                limits,
                budget: Budget::new(limits.envelope_bytes()),
            }),
            Ok(_) => Err(problems),
            Err(mut more) => {
                more.extend(problems);
                Err(more)
            }
        }
    }

    /// The one look-up. `port` is our own.
    pub(super) fn arrival(&self, head: &Arc<Head>, port: u16) -> Arrival {
        Arrival {
            head: Arc::clone(head),
            subject: Subject::new(head.method.as_str(), &head.headers, self.guard.front_end()),
            target: Target::of(head, &self.routes, port),
        }
    }

    /// The most bytes of the body that comes with a request: an envelope holds a caller's body and more. What is handed on
    /// takes no memory here, and the host has its limit.
    pub(super) fn body_limits(&self, target: &Target) -> BodyLimits {
        let host = self.limits.body_bytes;
        match target {
            Target::Envelope(_) => BodyLimits::of(self.limits.envelope_bytes()),
            Target::HandedOn(..) => BodyLimits {
                read: u64::MAX,
                drained: host,
            },
            Target::Probe
            | Target::Nothing
            | Target::Public(..)
            | Target::Secured(..)
            | Target::Preflight(_) => BodyLimits::of(host),
        }
    }
}

/// What is wrong with envelopes unless something in front of the host adds headers to every request.
///
/// The front end of App Service does, and nothing that a caller sends makes it stop. On a developer's machine a caller
/// reaches the host itself, past whatever front end is declared; and without a declaration nothing is known to be there.
/// Nor is it known of the ingress of Container Apps or of any other front end.
/// The host adds headers of its own to what it proxies, but an older host forwards instead, which adds none that
/// envelopes do not have.
pub fn imitable_envelopes(routes: &Routes, policy: &Policy) -> Vec<Problem> {
    match policy.front_end() {
        FrontEnd::AppService => Vec::new(),
        FrontEnd::ContainerApps
        | FrontEnd::Rfc9440
        | FrontEnd::Development
        | FrontEnd::Undeclared => routes.imitable_envelopes(),
    }
}

/// The implementations by the name of their function, and what is wrong with the names.
fn by_name(
    entries: Vec<(String, Implementation)>,
) -> (HashMap<String, Implementation>, Vec<Problem>) {
    let mut implementations = HashMap::new();
    let mut problems = Vec::new();
    for (name, implementation) in entries {
        let text = format!("expected one implementation of {name}, found two; remove one");
        if implementations.insert(name, implementation).is_some() {
            problems.push(Problem::new("the registry", text));
        }
    }
    (implementations, problems)
}

fn without_implementation(function: &Function) -> Problem {
    let what = match function.declaration {
        Declaration::Folder => "folder",
        Declaration::Route { .. } => "route",
    };
    let text = format!(
        "expected an implementation named {} in the app's registry, found none; register one, or remove the {what}",
        function.name
    );
    Problem::new(function.place(), text)
}

fn without_folder(name: &str) -> Problem {
    Problem::new(
        format!("{name}/{}", contract::FUNCTION_JSON),
        format!(
            "expected a folder for the implementation {name} in the app's registry, found none; add it, or remove the \
             implementation"
        ),
    )
}
