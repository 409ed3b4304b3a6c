//! What was presented, and what was called.

use client_cert::{Certificate, CommonName};
use functions_handler::host::{Function, Marker};
use serde::Serialize;

use super::presented::Presented;
use crate::printable::printable;

/// What was presented; the facts of the certificate that was meant, if it is readable.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts {
    pub(super) source: String,
    pub(super) form: String,
    pub(super) subject: Option<String>,
    pub(super) common_name: Option<String>,
    pub(super) sha1: Option<String>,
    pub(super) sha256: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FunctionFacts {
    pub(super) name: String,
    pub(super) public: bool,
    pub(super) roles: Vec<String>,
}

impl Facts {
    pub(super) fn of(presented: &Presented) -> Self {
        let certificate = presented.certificate.as_ref();
        let common_name = |certificate: &Certificate| match certificate.subject().common_name() {
            CommonName::One(name) => Some(printable(name)),
            CommonName::Absent | CommonName::Several(_) | CommonName::Unreadable => None,
        };
        Self {
            source: presented.source.clone(),
            form: presented.form.clone(),
            subject: certificate.map(|certificate| certificate.subject().to_string()),
            common_name: certificate.and_then(common_name),
            sha1: certificate.map(|certificate| certificate.sha1().hex()),
            sha256: certificate.map(|certificate| certificate.sha256().hex()),
        }
    }
}

impl FunctionFacts {
    pub(super) fn of(function: &Function) -> Self {
        let marker = function.http().map(|http| &http.marker);
        Self {
            name: function.name.clone(),
            public: marker.is_some_and(Marker::is_public),
            roles: match marker {
                Some(Marker::Roles(roles)) => roles.iter().map(ToString::to_string).collect(),
                None | Some(Marker::Public | Marker::Required) => Vec::new(),
            },
        }
    }
}
