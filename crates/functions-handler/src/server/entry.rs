//! A function with its implementation, paired once when the handler starts.

use std::sync::Arc;

use app_settings::Problem;
use client_cert::Requirement;

use crate::functions::{FallbackFn, Implementation, PublicFn, SecuredFn, TriggeredFn};
use crate::host::{Declared, Function, HttpTrigger, Marker, Output, Trigger};

/// A function with its implementation: one that fits it, or the handler does not start.
#[derive(Clone)]
pub(super) enum Entry {
    /// Anybody may call it.
    Public(Arc<Called<PublicFn>>),
    /// Admitted callers may call it.
    Secured(Arc<Secured>),
    /// No HTTP request starts it, so it has no caller.
    Triggered(Arc<Triggered>),
    /// Its calls are handed on to the app's fallback.
    HandedOn(Arc<HandedOn>),
}

/// A function that callers start, and how it runs.
pub(super) struct Called<F> {
    pub(super) name: Arc<str>,
    pub(super) http: HttpTrigger,
    pub(super) outputs: Vec<Output>,
    pub(super) run: F,
}

/// A function that admitted callers start.
pub(super) struct Secured {
    pub(super) called: Called<SecuredFn>,
    pub(super) requirement: Arc<Requirement>,
}

/// A function that no HTTP request starts.
pub(super) struct Triggered {
    pub(super) name: Arc<str>,
    pub(super) binding: String,
    pub(super) outputs: Vec<Output>,
    pub(super) run: TriggeredFn,
}

/// A function without an implementation.
pub(super) struct HandedOn {
    pub(super) name: Arc<str>,
    pub(super) trigger: Trigger,
    /// What is required of its callers; `None` for a public function, and for one that has no caller.
    pub(super) requirement: Option<Arc<Requirement>>,
    pub(super) fallback: FallbackFn,
}

impl HandedOn {
    /// The name of the binding that takes the HTTP response.
    pub(super) fn output(&self) -> &str {
        match &self.trigger {
            Trigger::Http(http) => &http.output,
            Trigger::Other { .. } => "",
        }
    }
}

impl Entry {
    /// The function whose calls are handed on.
    pub(super) fn handed_on(function: Function, fallback: FallbackFn) -> Self {
        let requirement = function.http().and_then(|http| requirement(&http.marker));
        Self::HandedOn(Arc::new(HandedOn {
            name: function.name.into(),
            trigger: function.trigger,
            requirement: requirement.map(Arc::new),
            fallback,
        }))
    }

    /// The function with this implementation.
    ///
    /// A public implementation of a secured function runs for admitted callers, and leaves their permit unused.
    ///
    /// # Errors
    ///
    /// An implementation that takes a permit, for a public function; one for callers, for a function that has none, or
    /// the other way round.
    pub(super) fn pair(
        function: Function,
        implementation: Implementation,
    ) -> Result<Self, Problem> {
        let (place, marker_place) = (function.place(), function.marker_place());
        let Function {
            name,
            trigger,
            outputs,
            ..
        } = function;
        match (trigger, implementation) {
            (Trigger::Http(http), Implementation::Triggered(_)) => {
                Err(with_callers(place, &name, &http.binding))
            }
            (
                Trigger::Other { kind, .. },
                Implementation::Public(_) | Implementation::Secured(_),
            ) => Err(without_callers(place, &name, &kind)),
            (Trigger::Other { binding, .. }, Implementation::Triggered(run)) => {
                Ok(Self::Triggered(Arc::new(Triggered {
                    name: name.into(),
                    binding,
                    outputs,
                    run,
                })))
            }
            (Trigger::Http(http), Implementation::Public(run)) => match requirement(&http.marker) {
                None => Ok(Self::Public(Arc::new(Called {
                    name: name.into(),
                    http,
                    outputs,
                    run,
                }))),
                Some(required) => {
                    let run: SecuredFn = Box::new(move |_, invocation| run(invocation));
                    Ok(Self::secured(name, http, outputs, run, required))
                }
            },
            (Trigger::Http(http), Implementation::Secured(run)) => {
                match requirement(&http.marker) {
                    None => Err(public_with_permit(marker_place, &name)),
                    Some(required) => Ok(Self::secured(name, http, outputs, run, required)),
                }
            }
        }
    }

    /// The function's name, to be shared.
    pub(super) fn name(&self) -> &Arc<str> {
        match self {
            Self::Public(called) => &called.name,
            Self::Secured(secured) => &secured.called.name,
            Self::Triggered(triggered) => &triggered.name,
            Self::HandedOn(to) => &to.name,
        }
    }

    fn secured(
        name: String,
        http: HttpTrigger,
        outputs: Vec<Output>,
        run: SecuredFn,
        requirement: Requirement,
    ) -> Self {
        Self::Secured(Arc::new(Secured {
            called: Called {
                name: name.into(),
                http,
                outputs,
                run,
            },
            requirement: Arc::new(requirement),
        }))
    }
}

impl Declared for Entry {
    fn name(&self) -> &str {
        Entry::name(self)
    }

    fn http(&self) -> Option<&HttpTrigger> {
        match self {
            Self::Public(called) => Some(&called.http),
            Self::Secured(secured) => Some(&secured.called.http),
            Self::Triggered(_) => None,
            Self::HandedOn(to) => match &to.trigger {
                Trigger::Http(http) => Some(http),
                Trigger::Other { .. } => None,
            },
        }
    }
}

/// What a function's marker requires of a caller; `None` for a public function.
pub fn requirement(marker: &Marker) -> Option<Requirement> {
    match marker {
        Marker::Public => None,
        Marker::Required => Some(Requirement::Admitted),
        Marker::Roles(roles) => Some(Requirement::AnyRole(roles.clone())),
    }
}

fn public_with_permit(place: String, name: &str) -> Problem {
    Problem::new(
        place,
        format!(
            "expected \"required\" or roles, since the implementation of {name} takes a permit, found \"none\"; secure the \
             function, or register an implementation without a permit as public"
        ),
    )
}

fn with_callers(place: String, name: &str, binding: &str) -> Problem {
    Problem::new(
        place,
        format!(
            "expected a trigger without a caller, since {name} is registered as triggered, found httpTrigger \"{binding}\"; \
             register it as secured or public, or change the trigger"
        ),
    )
}

fn without_callers(place: String, name: &str, kind: &str) -> Problem {
    Problem::new(
        place,
        format!(
            "expected an httpTrigger, since the implementation of {name} is for callers, found {kind}; register it as \
             triggered, or change the trigger"
        ),
    )
}
