//! The app settings of outbound calls: text to typed values.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::password::Password;
use super::source::Source;
use super::trust::Trust;
use app_settings::{DeclaredSettings, Problem};
use client_cert::Thumbprint;

const PATH: &str = "OUTBOUND_CLIENT_CERT_PATH";
const THUMBPRINT: &str = "OUTBOUND_CLIENT_CERT_THUMBPRINT";
const FOLDER: &str = "OUTBOUND_CLIENT_CERT_FOLDER";
const PFX: &str = "OUTBOUND_CLIENT_CERT_PFX";
const PEM: &str = "OUTBOUND_CLIENT_CERT_PEM";
const PASSWORD: &str = "OUTBOUND_CLIENT_CERT_PASSWORD";
const SELECT: &str = "OUTBOUND_CLIENT_CERT_SELECT";
const TRUST_ANCHORS: &str = "OUTBOUND_TRUST_ANCHORS";
const TRUST_ANCHORS_ONLY: &str = "OUTBOUND_TRUST_ANCHORS_ONLY";

/// Every setting that is read here. An app that reads them declares them at its start.
pub const DECLARED: DeclaredSettings = DeclaredSettings::new(
    &["OUTBOUND_CLIENT", "OUTBOUND_TRUST"],
    &[
        PATH,
        THUMBPRINT,
        FOLDER,
        PFX,
        PEM,
        PASSWORD,
        SELECT,
        TRUST_ANCHORS,
        TRUST_ANCHORS_ONLY,
    ],
);

/// Where App Service puts certificates on Linux.
const APP_SERVICE_FOLDER: &str = "/var/ssl/private";

/// What App Service leaves in place of a secret that it could not fetch.
const UNRESOLVED: &str = "@Microsoft.KeyVault(";

/// People wrap base64 and lose its padding; what it decodes to is judged by the loader.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What outbound calls need: where our identity comes from and which servers are trusted.
///
/// It holds secrets and cannot be formatted.
pub struct OutboundSettings {
    pub(super) source: Source,
    pub(super) password: Password,
    pub(super) select: Option<String>,
    pub(super) trust: Trust,
}

impl OutboundSettings {
    /// Reads the settings; a blank one is an unset one, and paths are relative to the app root.
    ///
    /// Without a source for the certificate the answer is `None`: nothing is called. No file is opened here.
    ///
    /// # Errors
    ///
    /// All problems at once: an unresolved Key Vault reference, two sources, text of the wrong form, a setting
    /// that would have no effect beside the others.
    pub fn parse(
        get: &dyn Fn(&str) -> Option<String>,
        app_root: &Path,
    ) -> Result<Option<Self>, Vec<Problem>> {
        let mut reader = Reader {
            get,
            app_root,
            problems: Vec::new(),
        };
        reader.refuse_unresolved();
        let source = reader.source();
        let select = reader.text(SELECT).map(|text| text.trim().to_owned());
        let trust_anchors = reader.trust_anchors();
        let trust_anchors_only = reader.trust_anchors_only(&trust_anchors);
        let password = reader
            .text(PASSWORD)
            .map_or_else(Password::none, Password::new);
        if !reader.problems.is_empty() {
            return Err(reader.problems);
        }
        Ok(source.map(|source| Self {
            source,
            password,
            select,
            trust: Trust {
                files: trust_anchors,
                files_only: trust_anchors_only,
            },
        }))
    }

    /// What selects one of several identities: the setting, else the thumbprint that names the file.
    pub(super) fn selection(&self) -> Option<String> {
        let named = || self.source.thumbprint().map(Thumbprint::hex);
        self.select.clone().or_else(named)
    }
}

struct Reader<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    app_root: &'a Path,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<String> {
        (self.get)(name).filter(|text| !text.trim().is_empty() && !text.contains(UNRESOLVED))
    }

    fn problem(&mut self, at: &str, text: impl Into<String>) {
        self.problems.push(Problem::new(at, text));
    }

    fn refuse_unresolved(&mut self) {
        for name in DECLARED.names() {
            if (self.get)(name).is_some_and(|text| text.contains(UNRESOLVED)) {
                self.problem(
                    name,
                    "expected a value, found an unresolved Key Vault reference (@Microsoft.KeyVault); \
                     check the reference and that the app's identity may read the secret",
                );
            }
        }
    }

    fn source(&mut self) -> Option<Source> {
        let set: Vec<&str> = [PATH, THUMBPRINT, PFX, PEM]
            .into_iter()
            .filter(|name| self.text(name).is_some())
            .collect();
        let sources = [self.path(), self.thumbprint(), self.pfx(), self.pem()];
        match set.as_slice() {
            [] => None,
            [_] => sources.into_iter().flatten().next(),
            several => {
                let seen = several.join(", ");
                self.problem(
                    PATH,
                    format!("expected one source of the certificate, found {seen}; keep one"),
                );
                None
            }
        }
    }

    fn path(&self) -> Option<Source> {
        let path = self.text(PATH)?;
        Some(Source::Path(self.app_root.join(path.trim())))
    }

    fn thumbprint(&mut self) -> Option<Source> {
        let folder = self.text(FOLDER);
        let Some(text) = self.text(THUMBPRINT) else {
            if folder.is_some()
                && [PATH, PFX, PEM]
                    .iter()
                    .any(|name| self.text(name).is_some())
            {
                self.problem(
                    FOLDER,
                    format!("has no effect without {THUMBPRINT}; remove it"),
                );
            }
            return None;
        };
        let folder = folder.unwrap_or_else(|| APP_SERVICE_FOLDER.to_owned());
        match text.parse() {
            Ok(thumbprint @ Thumbprint::Sha1(_)) => Some(Source::Thumbprint {
                folder: self.app_root.join(folder.trim()),
                thumbprint,
            }),
            Ok(Thumbprint::Sha256(_)) => {
                self.problem(
                    THUMBPRINT,
                    "expected the SHA-1 thumbprint (40 digits), by which App Service names the file, \
                     seen a SHA-256 one",
                );
                None
            }
            Err(error) => {
                self.problem(THUMBPRINT, error.to_string());
                None
            }
        }
    }

    fn pfx(&mut self) -> Option<Source> {
        let text = Zeroizing::new(self.text(PFX)?);
        let mut packed = Zeroizing::new(String::with_capacity(text.len()));
        packed.extend(text.chars().filter(|c| !c.is_whitespace()));
        match BASE64.decode(packed.as_bytes()).map(Zeroizing::new) {
            // Every PKCS#12 file is one ASN.1 sequence.
            Ok(bytes) if bytes.first() == Some(&0x30) => Some(Source::Pfx(bytes)),
            Ok(_) => {
                self.problem(
                    PFX,
                    "expected the base64 text of a PKCS#12 file, found base64 of something else",
                );
                None
            }
            Err(_) => {
                self.problem(
                    PFX,
                    "expected the base64 text of a PKCS#12 file, found text that is not base64; \
                     a file's name belongs in OUTBOUND_CLIENT_CERT_PATH",
                );
                None
            }
        }
    }

    /// PEM text itself, its line breaks real or written as `\n`, or the name of a file that holds it.
    fn pem(&self) -> Option<Source> {
        let text = Zeroizing::new(self.text(PEM)?);
        if text.contains("-----BEGIN") {
            return Some(Source::PemText(Zeroizing::new(text.replace("\\n", "\n"))));
        }
        Some(Source::PemFile(self.app_root.join(text.trim())))
    }

    fn trust_anchors(&self) -> Vec<PathBuf> {
        let text = self.text(TRUST_ANCHORS).unwrap_or_default();
        text.split(';')
            .map(str::trim)
            .filter(|path| !path.is_empty())
            .map(|path| self.app_root.join(path))
            .collect()
    }

    fn trust_anchors_only(&mut self, trust_anchors: &[PathBuf]) -> bool {
        let Some(text) = self.text(TRUST_ANCHORS_ONLY) else {
            return false;
        };
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" if trust_anchors.is_empty() => {
                self.problem(
                    TRUST_ANCHORS_ONLY,
                    format!(
                        "is true and {TRUST_ANCHORS} names no file, so no server could be trusted"
                    ),
                );
                true
            }
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                self.problem(
                    TRUST_ANCHORS_ONLY,
                    format!("expected true or false, found {text:?}"),
                );
                false
            }
        }
    }
}

#[cfg(test)]
mod tests;
