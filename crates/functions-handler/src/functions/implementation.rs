//! An implementation of a function, by what it takes.

use futures_util::future::{BoxFuture, FutureExt as _};

use client_cert::Permit;

use super::invocation::Invocation;
use super::outputs::Outputs;
use super::reply::Reply;
use super::trigger::{Trigger, TriggerFailed};

pub(crate) type PublicFn = Box<dyn Fn(Invocation) -> BoxFuture<'static, Reply> + Send + Sync>;

pub(crate) type SecuredFn =
    Box<dyn Fn(Permit, Invocation) -> BoxFuture<'static, Reply> + Send + Sync>;

pub(crate) type TriggeredFn =
    Box<dyn Fn(Trigger) -> BoxFuture<'static, Result<Outputs, TriggerFailed>> + Send + Sync>;

/// What the registry holds under one name.
pub(crate) enum Implementation {
    /// Needs no permit.
    Public(PublicFn),
    /// Cannot be called without a permit.
    Secured(SecuredFn),
    /// Runs for a trigger without a caller.
    Triggered(TriggeredFn),
}

impl Implementation {
    pub(super) fn public<F, A>(run: F) -> Self
    where
        F: Fn(Invocation) -> A + Send + Sync + 'static,
        A: Future<Output: Into<Reply>> + Send + 'static,
    {
        Self::Public(Box::new(move |invocation| {
            run(invocation).map(Into::into).boxed()
        }))
    }

    pub(super) fn secured<F, A>(run: F) -> Self
    where
        F: Fn(Permit, Invocation) -> A + Send + Sync + 'static,
        A: Future<Output: Into<Reply>> + Send + 'static,
    {
        Self::Secured(Box::new(move |permit, invocation| {
            run(permit, invocation).map(Into::into).boxed()
        }))
    }

    pub(super) fn triggered<F, A>(run: F) -> Self
    where
        F: Fn(Trigger) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Outputs, TriggerFailed>> + Send + 'static,
    {
        Self::Triggered(Box::new(move |trigger| run(trigger).boxed()))
    }
}
