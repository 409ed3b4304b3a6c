//! Which of a file's keys and certificates is our identity.

use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::X509;

use super::contents::{Contents, Entry, Label};
use super::identity::Identity;
use super::load_error::{LoadError, LoadErrorKind};
use super::path;
use client_cert::Thumbprint;

/// How many identities a refusal lists; the rest is counted.
const MAX_LISTED: usize = 10;

impl Contents {
    /// The identity that is meant: the only one, or the one whose thumbprint or friendly name is selected.
    ///
    /// `at` names the file for the refusal. A key without a certificate counts as one of several.
    ///
    /// # Errors
    ///
    /// No key, no certificate, none or several that can be meant, or a key that no certificate fits.
    pub(super) fn choose(self, at: &str, select: Option<&str>) -> Result<Identity, LoadError> {
        self.refuse_halves(at)?;
        let candidates = self.candidates();
        let meant: Vec<&Candidate<'_>> = candidates
            .iter()
            .filter(|candidate| select.is_none_or(|text| candidate.is_selected_by(text)))
            .collect();
        match (meant.as_slice(), select) {
            ([candidate], _) => self.identity(at, candidate),
            ([], Some(_)) => Err(not_selected(at, &candidates)),
            (several, Some(select)) => Err(ambiguous(at, select, several)),
            _ => Err(several(at, &candidates)),
        }
    }

    fn refuse_halves(&self, at: &str) -> Result<(), LoadError> {
        let certificates = self.certificates.len();
        if self.keys.is_empty() {
            let text = format!(
                "expected a private key, found {certificates} certificates and no private key; export it again with the key"
            );
            return Err(LoadError::new(at, LoadErrorKind::NoKey, text));
        }
        if certificates == 0 {
            let text = "expected a certificate, found a private key alone; export it again with the certificate";
            return Err(LoadError::new(at, LoadErrorKind::NoCertificate, text));
        }
        Ok(())
    }

    /// Every key with each certificate that can be meant by it.
    fn candidates(&self) -> Vec<Candidate<'_>> {
        let mut candidates = Vec::new();
        for (key, label) in &self.keys {
            let fitting = self.fitting(key, label);
            let candidate = |leaf| Candidate { key, label, leaf };
            if fitting.is_empty() {
                candidates.push(candidate(None));
            }
            candidates.extend(fitting.into_iter().map(|leaf| candidate(Some(leaf))));
        }
        candidates
    }

    fn identity(&self, at: &str, candidate: &Candidate<'_>) -> Result<Identity, LoadError> {
        let Some(leaf) = candidate.leaf else {
            let found = self.certificates.iter();
            let found = found.map(|entry| describe(&entry.certificate, &entry.label));
            let text = format!(
                "no certificate in it belongs to its private key (certificates: {}); export the key together with \
                 its own certificate",
                listed(found)
            );
            return Err(LoadError::new(at, LoadErrorKind::KeyDoesNotFit, text));
        };
        if !is_usable(candidate.key) {
            let text = "its key is of a kind that TLS does not sign with, and the call would go out without a \
                        certificate; expected RSA, P-256, P-384, P-521, Ed25519 or Ed448";
            return Err(LoadError::new(at, LoadErrorKind::Unsupported, text));
        }
        let others = self.certificates.iter();
        let others: Vec<&X509> = others
            .filter(|entry| !std::ptr::eq(*entry, leaf))
            .map(|entry| &entry.certificate)
            .collect();
        let intermediates = path::intermediates(&leaf.certificate, &others);
        let (key, leaf) = (candidate.key.clone(), leaf.certificate.clone());
        Identity::new(key, leaf, intermediates, self.warnings.clone()).map_err(|_| {
            let text = "its certificate cannot be encoded";
            LoadError::new(at, LoadErrorKind::Damaged, text)
        })
    }
}

/// A key with one certificate that fits it, or with none.
struct Candidate<'a> {
    key: &'a PKey<Private>,
    label: &'a Label,
    leaf: Option<&'a Entry>,
}

impl Candidate<'_> {
    fn is_selected_by(&self, text: &str) -> bool {
        let named = |label: &Label| label.name.as_deref() == Some(text);
        let thumbprint = text.parse::<Thumbprint>().ok();
        let by_leaf = self.leaf.is_some_and(|entry| {
            let has = |wanted| has_thumbprint(&entry.certificate, &wanted);
            named(&entry.label) || thumbprint.is_some_and(has)
        });
        by_leaf || named(self.label)
    }

    fn describe(&self) -> String {
        match self.leaf {
            Some(entry) => {
                let name = entry.label.name.clone();
                let name = name.or_else(|| self.label.name.clone());
                describe(&entry.certificate, &Label { name, id: None })
            }
            None => format!("a key without its certificate{}", quoted(self.label)),
        }
    }
}

fn not_selected(at: &str, candidates: &[Candidate<'_>]) -> LoadError {
    let text = format!(
        "nothing in it has the selected thumbprint or friendly name; it contains {}; select one of these",
        listed(candidates.iter().map(Candidate::describe))
    );
    LoadError::new(at, LoadErrorKind::NotSelected, text)
}

fn ambiguous(at: &str, select: &str, meant: &[&Candidate<'_>]) -> LoadError {
    let text = format!(
        "{} identities in it are named {select:?}, expected one: {}; select by thumbprint instead",
        meant.len(),
        listed(meant.iter().map(|candidate| candidate.describe()))
    );
    LoadError::new(at, LoadErrorKind::SeveralIdentities, text)
}

fn several(at: &str, candidates: &[Candidate<'_>]) -> LoadError {
    let text = format!(
        "contains several identities, expected one: {}; select the one to present by its thumbprint or friendly name",
        listed(candidates.iter().map(Candidate::describe))
    );
    LoadError::new(at, LoadErrorKind::SeveralIdentities, text)
}

fn listed(entries: impl ExactSizeIterator<Item = String>) -> String {
    let more = entries.len().saturating_sub(MAX_LISTED);
    let mut text = entries.take(MAX_LISTED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

fn describe(certificate: &X509, label: &Label) -> String {
    let thumbprint = certificate
        .to_der()
        .map(|der| Thumbprint::sha1_of(&der).to_string())
        .unwrap_or_default();
    format!("{thumbprint}{}", quoted(label))
}

/// A friendly name as untrusted text.
fn quoted(label: &Label) -> String {
    let name = label.name.as_deref();
    name.map(|name| format!(" named {name:?}"))
        .unwrap_or_default()
}

fn has_thumbprint(certificate: &X509, wanted: &Thumbprint) -> bool {
    certificate
        .to_der()
        .is_ok_and(|der| [Thumbprint::sha1_of(&der), Thumbprint::sha256_of(&der)].contains(wanted))
}

/// Whether TLS 1.2 and 1.3 both have signatures for this kind of key (RFC 8446, section 4.2.3).
fn is_usable(key: &PKey<Private>) -> bool {
    match key.id() {
        Id::RSA | Id::RSA_PSS | Id::ED25519 | Id::ED448 => true,
        Id::EC => key.ec_key().is_ok_and(|key| {
            let curve = key.group().curve_name();
            let curves = [Nid::X9_62_PRIME256V1, Nid::SECP384R1, Nid::SECP521R1];
            curve.is_some_and(|curve| curves.contains(&curve))
        }),
        _ => false,
    }
}
