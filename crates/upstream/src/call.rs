//! What of a call its answer depends on.

use std::sync::Arc;

use http::Method;

use crate::request::{InterimAnswers, Progress};
use crate::{Outside, Prefix};

/// What of a call its answer depends on.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) outside: &'a Outside,
    /// What was taken off its path.
    pub(crate) stripped: Option<&'a Prefix>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) interim: Arc<InterimAnswers>,
}
