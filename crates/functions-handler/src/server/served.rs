//! A function with its body: what it asks of a caller, and one run of it.

use std::panic::AssertUnwindSafe;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Response, StatusCode};
use serde_json::Value;

use crate::functions::{FunctionBody, Invocation, Outputs, Trigger, TriggerFailed};
use crate::host::{self, Function, Marker, Output, contract};
use app_settings::Problem;
use client_cert::{Permit, Requirement};

use super::refusals::problem;

/// A function with its body.
pub(super) struct Served {
    pub(super) function: Function,
    /// `None` for a public function.
    pub(super) requirement: Option<Requirement>,
    body: FunctionBody,
}

/// What a body did.
pub(super) struct Finished {
    pub(super) response: Response<Bytes>,
    pub(super) outputs: Vec<(Output, Value)>,
}

/// Why a run has no result. The caller learns nothing of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Unfinished {
    /// The body panicked.
    Panicked,
    /// The body took longer than a caller is kept waiting.
    TimedOut,
    /// The body gave a value to a binding that the function does not have, or one that is no JSON.
    Output(String),
    /// The body says so itself.
    Failed(TriggerFailed),
}

impl Finished {
    pub(super) fn without_outputs(response: Response<Bytes>) -> Self {
        Self {
            response,
            outputs: Vec::new(),
        }
    }
}

impl Served {
    /// The function with its body, if they fit together.
    ///
    /// # Errors
    ///
    /// A body that wants a permit while the function is public; a body for callers on a function without any, or the
    /// other way round.
    pub(super) fn new(function: &Function, body: FunctionBody) -> Result<Self, Problem> {
        let requirement = function.http().and_then(|http| requirement(&http.marker));
        match (&function.trigger, &body, &requirement) {
            (host::Trigger::Http(_), FunctionBody::Triggered(_), _) => {
                Err(with_callers(&function.name))
            }
            (
                host::Trigger::Other { kind, .. },
                FunctionBody::Public(_) | FunctionBody::Secured(_),
                _,
            ) => Err(without_callers(&function.name, kind)),
            (host::Trigger::Http(_), FunctionBody::Secured(_), None) => {
                Err(public_with_permit(&function.name))
            }
            _ => Ok(Self {
                function: function.clone(),
                requirement,
                body,
            }),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.function.name
    }

    /// Runs the body for a caller. `permit` is none for public functions alone.
    pub(super) async fn run(
        &self,
        permit: Option<Permit>,
        invocation: Invocation,
    ) -> Result<Finished, Unfinished> {
        let id = invocation.id;
        let run = async {
            match (&self.body, permit) {
                (FunctionBody::Public(run), _) => Some(run(invocation).await),
                (FunctionBody::Secured(run), Some(permit)) => Some(run(permit, invocation).await),
                // `Served::new` refuses such pairs; without a permit nothing secured runs.
                (FunctionBody::Secured(_), None) | (FunctionBody::Triggered(_), _) => None,
            }
        };
        let Some(mut reply) = caught(run).await? else {
            let response = problem(StatusCode::INTERNAL_SERVER_ERROR, id);
            return Ok(Finished::without_outputs(response));
        };
        let outputs = self.bound(reply.take_outputs())?;
        Ok(Finished {
            response: reply.into_response(),
            outputs,
        })
    }

    /// Runs the body for a trigger without a caller.
    pub(super) async fn run_triggered(
        &self,
        trigger: Trigger,
    ) -> Result<Vec<(Output, Value)>, Unfinished> {
        let FunctionBody::Triggered(run) = &self.body else {
            // `Served::new` refuses such a pair.
            return Err(Unfinished::Failed(TriggerFailed("no body for triggers")));
        };
        let outputs = caught(async { run(trigger).await }).await?;
        self.bound(outputs.map_err(Unfinished::Failed)?)
    }

    /// The bindings that values are meant for.
    fn bound(&self, outputs: Outputs) -> Result<Vec<(Output, Value)>, Unfinished> {
        let known = &self.function.outputs;
        let bound = outputs.into_values().into_iter().map(|(name, value)| {
            let output = known.iter().find(|output| output.name == name);
            output.cloned().zip(value).ok_or(Unfinished::Output(name))
        });
        bound.collect()
    }
}

/// What a function's mark asks of a caller; nothing of callers of a public one.
pub fn requirement(marker: &Marker) -> Option<Requirement> {
    match marker {
        Marker::Public => None,
        Marker::Required => Some(Requirement::Admitted),
        Marker::Roles(roles) => Some(Requirement::AnyRole(roles.clone())),
    }
}

/// A panic in a body does not end the process.
async fn caught<T>(run: impl Future<Output = T>) -> Result<T, Unfinished> {
    let run = AssertUnwindSafe(run).catch_unwind().await;
    run.map_err(|_| Unfinished::Panicked)
}

fn public_with_permit(name: &str) -> Problem {
    Problem::new(
        format!("{name}/{}: clientCertificate", contract::FUNCTION_JSON),
        format!(
            "expected \"required\" or roles, since the body {name} takes a permit, found \"none\"; secure the function, or take the permit out of its body"
        ),
    )
}

fn with_callers(name: &str) -> Problem {
    Problem::new(
        format!("{name}/{}", contract::FUNCTION_JSON),
        format!(
            "expected a trigger without a caller, since the body {name} is FunctionBody::triggered, found httpTrigger; register it as secured or public, or change the trigger"
        ),
    )
}

fn without_callers(name: &str, kind: &str) -> Problem {
    Problem::new(
        format!("{name}/{}", contract::FUNCTION_JSON),
        format!(
            "expected an httpTrigger, since the body {name} is for callers, found {kind}; register it as FunctionBody::triggered, or change the trigger"
        ),
    )
}
