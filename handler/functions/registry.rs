//! Which body runs under which name.

use std::collections::BTreeMap;
use std::fmt;

use futures_util::future::{BoxFuture, FutureExt as _};

use crate::auth::Permit;

use super::{Invocation, Reply};
#[cfg(feature = "outbound")]
use super::{cert_info, health, outbound_mtls, outbound_mtls::OutboundCalls, public, secured};

/// The bodies by the name of their function.
pub type Registry = BTreeMap<&'static str, FunctionBody>;

/// The bodies of this app: one line each.
#[cfg(feature = "outbound")]
pub fn registry(calls: OutboundCalls) -> Registry {
    Registry::from([
        ("CertInfo", FunctionBody::secured(cert_info::run)),
        ("Health", FunctionBody::public(health::run)),
        (
            "OutboundMtls",
            FunctionBody::secured(move |permit, invocation| {
                outbound_mtls::run(calls.clone(), permit, invocation)
            }),
        ),
        ("PublicFunction", FunctionBody::public(public::run)),
        ("SecuredFunction", FunctionBody::secured(secured::run)),
    ])
}

/// A body, by what it takes.
#[non_exhaustive]
pub enum FunctionBody {
    /// Runs for anyone whom the function's mark lets through.
    Public(Box<dyn Fn(Invocation) -> BoxFuture<'static, Reply> + Send + Sync>),
    /// Runs for callers whom the decision admitted, and cannot be called without the proof.
    Secured(Box<dyn Fn(Permit, Invocation) -> BoxFuture<'static, Reply> + Send + Sync>),
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
}

impl fmt::Debug for FunctionBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public(_) => "Public",
            Self::Secured(_) => "Secured",
        })
    }
}
