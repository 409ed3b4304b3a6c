//! The names of the settings, and which of them a failure is about.

use app_settings::DeclaredSettings;

use crate::form::{Form, Found};
use crate::load_error::LoadErrorKind;

pub(super) const PATH: &str = "OUTBOUND_CLIENT_CERT_PATH";
pub(super) const THUMBPRINT: &str = "OUTBOUND_CLIENT_CERT_THUMBPRINT";
pub(super) const FOLDER: &str = "OUTBOUND_CLIENT_CERT_FOLDER";
pub(super) const PFX: &str = "OUTBOUND_CLIENT_CERT_PFX";
pub(super) const PEM: &str = "OUTBOUND_CLIENT_CERT_PEM";
pub(super) const KEY_VAULT: &str = "OUTBOUND_CLIENT_CERT_KEY_VAULT";
pub(super) const PASSWORD: &str = "OUTBOUND_CLIENT_CERT_PASSWORD";
pub(super) const SELECT: &str = "OUTBOUND_CLIENT_CERT_SELECT";
pub(super) const TRUST_ANCHORS: &str = "OUTBOUND_TRUST_ANCHORS";
pub(super) const TRUST_ANCHORS_ONLY: &str = "OUTBOUND_TRUST_ANCHORS_ONLY";

/// Every setting that is read here. An app that reads them declares them at its start.
pub const DECLARED: DeclaredSettings = DeclaredSettings::new(
    &["OUTBOUND_CLIENT", "OUTBOUND_TRUST"],
    &[
        PATH,
        THUMBPRINT,
        FOLDER,
        PFX,
        PEM,
        KEY_VAULT,
        PASSWORD,
        SELECT,
        TRUST_ANCHORS,
        TRUST_ANCHORS_ONLY,
    ],
);

impl Form {
    /// The setting that takes the name of such a file.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Pkcs12 => PATH,
            Self::Pem => PEM,
        }
    }
}

/// The setting to change, or to use instead, after a failure of this kind.
pub(super) fn setting_for(kind: LoadErrorKind) -> Option<&'static str> {
    match kind {
        LoadErrorKind::WrongPassword => Some(PASSWORD),
        LoadErrorKind::SeveralIdentities | LoadErrorKind::NotSelected => Some(SELECT),
        LoadErrorKind::WrongFormat { expected, found } => match (expected, found) {
            (Form::Pkcs12, Found::Pem) => Some(PEM),
            (_, Found::Base64) => Some(PFX),
            (Form::Pem, Found::Other) => Some(PATH),
            _ => None,
        },
        _ => None,
    }
}

/// The same, where the thumbprint of a setting selects the identity.
pub(super) fn setting_for_thumbprint(kind: LoadErrorKind) -> Option<&'static str> {
    match kind {
        LoadErrorKind::NotSelected => Some(THUMBPRINT),
        kind => setting_for(kind),
    }
}
