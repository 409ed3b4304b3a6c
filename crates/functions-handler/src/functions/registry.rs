//! Which body runs under which name.

use std::collections::BTreeMap;
use std::fmt;

use futures_util::future::{BoxFuture, FutureExt as _};

use client_cert::Permit;

use super::{Invocation, Outputs, Reply, Trigger, TriggerFailed};

/// The bodies by the name of their function.
pub type Registry = BTreeMap<&'static str, FunctionBody>;

/// A body, by what it takes.
#[non_exhaustive]
pub enum FunctionBody {
    /// Runs for anyone whom the function's mark lets through.
    Public(Box<dyn Fn(Invocation) -> BoxFuture<'static, Reply> + Send + Sync>),
    /// Runs for callers whom the decision admitted, and cannot be called without the proof.
    Secured(Box<dyn Fn(Permit, Invocation) -> BoxFuture<'static, Reply> + Send + Sync>),
    /// Runs for what no HTTP request starts, and so has no caller to admit.
    Triggered(
        Box<dyn Fn(Trigger) -> BoxFuture<'static, Result<Outputs, TriggerFailed>> + Send + Sync>,
    ),
}

impl FunctionBody {
    /// A body that needs no permit.
    pub fn public<F, A>(run: F) -> Self
    where
        F: Fn(Invocation) -> A + Send + Sync + 'static,
        A: Future<Output = Reply> + Send + 'static,
    {
        Self::Public(Box::new(move |invocation| run(invocation).boxed()))
    }

    /// A body that needs a permit.
    pub fn secured<F, A>(run: F) -> Self
    where
        F: Fn(Permit, Invocation) -> A + Send + Sync + 'static,
        A: Future<Output = Reply> + Send + 'static,
    {
        Self::Secured(Box::new(move |permit, invocation| {
            run(permit, invocation).boxed()
        }))
    }

    /// A body that a timer, a queue or another trigger without a caller starts.
    pub fn triggered<F, A>(run: F) -> Self
    where
        F: Fn(Trigger) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Outputs, TriggerFailed>> + Send + 'static,
    {
        Self::Triggered(Box::new(move |trigger| run(trigger).boxed()))
    }
}

impl fmt::Debug for FunctionBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public(_) => "Public",
            Self::Secured(_) => "Secured",
            Self::Triggered(_) => "Triggered",
        })
    }
}
