//! Where the settings say that our identity comes from.

use std::sync::Arc;

use app_settings::{NamedFile, is_key_material};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use client_cert::Thumbprint;
use managed_identity::ManagedIdentity;

use super::names::{
    FOLDER, KEY_VAULT, PASSWORD, PATH, PEM, PFX, SELECT, THUMBPRINT, setting_for,
    setting_for_thumbprint,
};
use super::reader::Reader;
use crate::encoded_identity::EncodedIdentity;
use crate::form::Form;
use crate::key_vault::{Kept, KeyVault, VaultCertificate};
use crate::password::Password;
use crate::secret_bytes;
use crate::source::{IdentitySource, Origin};

/// Where App Service puts certificates on Linux.
const APP_SERVICE_FOLDER: &str = "/var/ssl/private";

/// People lose the padding; what the text decodes to is judged by the loader.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Reader<'_> {
    /// The source of the identity, if exactly one is set.
    pub(super) fn identity(&mut self) -> Option<IdentitySource> {
        let set: Vec<&str> = [PATH, THUMBPRINT, PFX, PEM, KEY_VAULT]
            .into_iter()
            .filter(|name| self.text(name).is_some())
            .collect();
        let origins = [
            self.path(),
            self.thumbprint(),
            self.pfx(),
            self.pem(),
            self.key_vault(),
        ];
        if set.len() > 1 {
            let found = set.join(", ");
            self.problem(
                PATH,
                format!("expected one source of the certificate, found {found}; keep one"),
            );
            return None;
        }
        let origin = origins.into_iter().flatten().next()?;
        let select = self.text(SELECT).map(|text| text.trim().to_owned());
        let by_thumbprint = matches!(origin, Origin::AppService { .. }) && select.is_none();
        Some(IdentitySource {
            select,
            setting_for: match by_thumbprint {
                true => setting_for_thumbprint,
                false => setting_for,
            },
            ..IdentitySource::new(origin)
        })
    }

    fn password(&self) -> Password {
        Password::new(self.text(PASSWORD).unwrap_or_default().to_owned())
    }

    fn path(&mut self) -> Option<Origin> {
        let text = self.text(PATH)?;
        let file = NamedFile::new(PATH, text, self.app_root);
        if !file.is_shown() && is_key_material(text) {
            let found = self.described(PATH);
            self.problem(
                PATH,
                format!(
                    "expected the name of a PKCS#12 file, found {found}; base64 of such a file belongs in {PFX}, PEM in {PEM}"
                ),
            );
            return None;
        }
        Some(Origin::File {
            file,
            form: Form::Pkcs12,
            password: self.password(),
        })
    }

    fn thumbprint(&mut self) -> Option<Origin> {
        let folder = self.text(FOLDER);
        let Some(text) = self.text(THUMBPRINT) else {
            if folder.is_some()
                && [PATH, PFX, PEM, KEY_VAULT]
                    .iter()
                    .any(|name| self.text(name).is_some())
            {
                self.problem(
                    FOLDER,
                    format!("expected {THUMBPRINT} beside it, without which it has no effect, found none; remove it"),
                );
            }
            return None;
        };
        let folder = folder.unwrap_or(APP_SERVICE_FOLDER);
        match text.parse() {
            Ok(thumbprint @ Thumbprint::Sha1(_)) => {
                let file = |hex: String| {
                    NamedFile::in_folder(FOLDER, folder, &format!("{hex}.p12"), self.app_root)
                };
                Some(Origin::AppService {
                    upper: file(thumbprint.hex().to_uppercase()),
                    lower: file(thumbprint.hex()),
                    thumbprint,
                    password: self.password(),
                })
            }
            Ok(Thumbprint::Sha256(_)) => {
                self.problem(
                    THUMBPRINT,
                    "expected the SHA-1 thumbprint (40 digits), by which App Service names the file, \
                     found a SHA-256 one",
                );
                None
            }
            Err(error) => {
                self.problem(THUMBPRINT, error.to_string());
                None
            }
        }
    }

    fn pfx(&mut self) -> Option<Origin> {
        let text = self.text(PFX)?;
        if self.has_problem(PFX) {
            return None;
        }
        let refusal = match secret_bytes::from_base64(&BASE64, text.trim().as_bytes()) {
            // Every PKCS#12 file is one ASN.1 sequence.
            Ok(bytes) if bytes.first() == Some(&0x30) => {
                let encoded = EncodedIdentity::pkcs12(bytes, self.password()).named(PFX);
                return Some(Origin::Given(Arc::new(encoded)));
            }
            Ok(_) => "found base64 of something else".to_owned(),
            Err(_) => {
                let found = self.described(PFX);
                format!(
                    "found {found}, which cannot be decoded; a file's name belongs in {PATH}, PEM in {PEM}"
                )
            }
        };
        self.problem(
            PFX,
            format!("expected the base64 text of a PKCS#12 file, {refusal}"),
        );
        None
    }

    /// A certificate in Key Vault, read by the identity that Azure's own variables describe.
    fn key_vault(&mut self) -> Option<Origin> {
        let certificate = self.text(KEY_VAULT)?.trim().parse::<VaultCertificate>();
        let certificate = match certificate {
            Ok(certificate) => certificate,
            Err(error) => {
                self.problem(KEY_VAULT, error.to_string());
                return None;
            }
        };
        let environment = self.environment;
        let identity = ManagedIdentity::from_variables(|name| {
            environment.get(name).map(|value| value.expose())
        });
        let Some(identity) = identity else {
            let text = "expected an http or https URL, found something else; Azure sets this variable, so remove yours";
            self.problem("IDENTITY_ENDPOINT", text);
            return None;
        };
        let vault = KeyVault::new(certificate, identity).of_setting(KEY_VAULT);
        let kept = Kept::new(vault.password(self.password()));
        Some(Origin::KeyVault(Box::new(kept)))
    }

    /// PEM text itself, its line breaks real or written as `\n`, or the name of a file that contains it.
    fn pem(&mut self) -> Option<Origin> {
        let text = self.text(PEM)?;
        if text.contains("-----BEGIN") {
            let encoded = EncodedIdentity::pem(text.as_bytes().to_vec(), self.password());
            return Some(Origin::Given(Arc::new(encoded.named(PEM))));
        }
        let file = NamedFile::new(PEM, text, self.app_root);
        if !file.is_shown() && (is_key_material(text) || text.trim().contains(['\r', '\n'])) {
            let found = self.described(PEM);
            self.problem(
                PEM,
                format!(
                    "expected PEM text or the name of a PEM file, found {found}; decode base64 of PEM, and put base64 of a \
                     PKCS#12 file into {PFX}"
                ),
            );
            return None;
        }
        Some(Origin::File {
            file,
            form: Form::Pem,
            password: self.password(),
        })
    }
}
