//! The app settings of outbound calls: text to typed values.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::password::Password;
use super::source::Source;
use super::trust::Trust;
use app_settings::{
    DeclaredSettings, Environment, HarmlessSetting, NamedFile, Problem, is_key_material,
};
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

/// People lose the padding; what the text decodes to is judged by the loader.
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
    /// Reads the settings; a blank one is unset, and paths are relative to the app root.
    ///
    /// Without a source for the certificate the answer is `None`: nothing is called. No file is opened here.
    ///
    /// # Errors
    ///
    /// All problems at once: an unresolved Key Vault reference, two sources, text of the wrong form, a setting
    /// that has no effect beside the others. No problem repeats a value, and no value is repaired.
    pub fn parse(environment: &Environment, app_root: &Path) -> Result<Option<Self>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut values = BTreeMap::new();
        for name in DECLARED.names() {
            let value = environment.setting(name, &mut problems);
            let wrong = value.and_then(|value| misplaced_character(name, value.expose()));
            problems.extend(wrong.map(|text| Problem::new(*name, text)));
            values.extend(value.map(|value| (*name, value.expose())));
        }
        let mut reader = Reader {
            values,
            app_root,
            problems,
        };
        let source = reader.source();
        let select = reader.text(SELECT).map(|text| text.trim().to_owned());
        let files = reader.trust_anchors();
        let files_only = reader.trust_anchors_only(&files);
        let password = reader.text(PASSWORD).unwrap_or_default().to_owned();
        if !reader.problems.is_empty() {
            return Err(reader.problems);
        }
        Ok(source.map(|source| Self {
            source,
            password: Password::new(password),
            select,
            trust: Trust { files, files_only },
        }))
    }

    /// What selects one of several identities: the setting, else the thumbprint that names the file.
    pub(super) fn selection(&self) -> Option<String> {
        let named = || self.source.thumbprint().map(Thumbprint::hex);
        self.select.clone().or_else(named)
    }
}

/// A line break or quote that came along when a value was copied. Nothing of the kind is taken away: what is meant would
/// be a guess.
fn misplaced_character(name: &str, text: &str) -> Option<String> {
    // PEM has line breaks of its own.
    if name != PEM && text.contains(['\r', '\n', '\0']) {
        return Some(
            "expected one line, found a line break or NUL; store the value without it (base64 -w0)"
                .to_owned(),
        );
    }
    let may_be_quoted = [PASSWORD, SELECT].contains(&name);
    let quote = |quote: char| text.trim().starts_with(quote) && text.trim().ends_with(quote);
    (!may_be_quoted && ['"', '\''].into_iter().any(quote))
        .then(|| "expected the value alone, found quotes around it; remove the quotes".to_owned())
}

struct Reader<'a> {
    values: BTreeMap<&'static str, &'a str>,
    app_root: &'a Path,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.values.get(name).copied()
    }

    fn problem(&mut self, at: &str, text: impl Into<String>) {
        self.problems.push(Problem::new(at, text));
    }

    fn has_problem(&self, at: &str) -> bool {
        self.problems.iter().any(|problem| problem.at() == at)
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

    fn path(&mut self) -> Option<Source> {
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
        Some(Source::Path(file))
    }

    fn described(&self, name: &str) -> String {
        let value = Environment::from_iter([(name, self.text(name).unwrap_or_default())]);
        value
            .get(name)
            .map(|value| value.described())
            .unwrap_or_default()
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
                Some(Source::Thumbprint {
                    upper: file(thumbprint.hex().to_uppercase()),
                    lower: file(thumbprint.hex()),
                    thumbprint,
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

    fn pfx(&mut self) -> Option<Source> {
        let text = self.text(PFX)?;
        if self.has_problem(PFX) {
            return None;
        }
        let refusal = match BASE64.decode(text.trim()).map(Zeroizing::new) {
            // Every PKCS#12 file is one ASN.1 sequence.
            Ok(bytes) if bytes.first() == Some(&0x30) => return Some(Source::Pfx(bytes)),
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

    /// PEM text itself, its line breaks real or written as `\n`, or the name of a file that contains it.
    fn pem(&mut self) -> Option<Source> {
        let text = self.text(PEM)?;
        if text.contains("-----BEGIN") {
            return Some(Source::PemText(Zeroizing::new(text.replace("\\n", "\n"))));
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
        Some(Source::PemFile(file))
    }

    fn trust_anchors(&self) -> Vec<NamedFile> {
        let text = self.text(TRUST_ANCHORS).unwrap_or_default();
        text.split(';')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| NamedFile::new(TRUST_ANCHORS, name, self.app_root))
            .collect()
    }

    fn trust_anchors_only(&mut self, trust_anchors: &[NamedFile]) -> bool {
        let Some(text) = self.text(TRUST_ANCHORS_ONLY) else {
            return false;
        };
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" if trust_anchors.is_empty() => {
                self.problem(
                    TRUST_ANCHORS_ONLY,
                    format!(
                        "expected a file in {TRUST_ANCHORS}, found none: no server could be trusted; name one, or remove this setting"
                    ),
                );
                true
            }
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                let found = HarmlessSetting::new(TRUST_ANCHORS_ONLY).shown(text);
                self.problem(
                    TRUST_ANCHORS_ONLY,
                    format!("expected true or false, found {found}; write one of these"),
                );
                false
            }
        }
    }
}

#[cfg(test)]
mod tests;
