//! What a key file holds, and which of it is our identity.

use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::X509;

use super::identity::{Identity, Warning};
use super::load_error::{LoadError, LoadErrorKind};
use super::path;
use client_cert::Thumbprint;

/// How many identities a refusal lists; the rest is counted.
const MAX_LISTED: usize = 10;

/// What a file calls a key or a certificate.
#[derive(Clone, Default)]
pub(super) struct Label {
    /// The friendly name.
    pub(super) name: Option<String>,
    /// The local key id, which ties a certificate to its key.
    pub(super) id: Option<Vec<u8>>,
}

/// All private keys and certificates of a file, in its order, each once.
#[derive(Default)]
pub(super) struct Contents {
    keys: Vec<(PKey<Private>, Label)>,
    certificates: Vec<(X509, Label)>,
    warnings: Vec<Warning>,
}

impl Contents {
    pub(super) fn add_key(&mut self, key: PKey<Private>, label: Label) {
        if !self.keys.iter().any(|(other, _)| same_key(other, &key)) {
            self.keys.push((key, label));
        }
    }

    pub(super) fn add_certificate(&mut self, certificate: X509, label: Label) {
        if !self
            .certificates
            .iter()
            .any(|(other, _)| same(other, &certificate))
        {
            self.certificates.push((certificate, label));
        }
    }

    pub(super) fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    /// The identity that is meant: the only one, or the one whose thumbprint or friendly name is selected.
    ///
    /// `at` names the file for the refusal. A key without a certificate counts as one of several.
    ///
    /// # Errors
    ///
    /// No key, no certificate, none or several that can be meant, or a key that no certificate fits.
    pub(super) fn choose(self, at: &str, select: Option<&str>) -> Result<Identity, LoadError> {
        self.refuse_halves(at)?;
        let offers = self.offers();
        let meant: Vec<&Offer<'_>> = offers
            .iter()
            .filter(|offer| select.is_none_or(|text| offer.is_selected_by(text)))
            .collect();
        match (meant.as_slice(), select) {
            ([offer], _) => self.identity(at, offer),
            ([], Some(select)) => Err(not_selected(at, select, &offers)),
            _ => Err(several(at, &offers)),
        }
    }

    fn refuse_halves(&self, at: &str) -> Result<(), LoadError> {
        let certificates = self.certificates.len();
        if self.keys.is_empty() {
            let text = format!(
                "holds {certificates} certificates and no private key; export it again with the key"
            );
            return Err(LoadError::new(at, LoadErrorKind::NoKey, text));
        }
        if certificates == 0 {
            let text =
                "holds a private key and no certificate; export it again with the certificate";
            return Err(LoadError::new(at, LoadErrorKind::NoCertificate, text));
        }
        Ok(())
    }

    /// Every key with each certificate that can be meant by it.
    fn offers(&self) -> Vec<Offer<'_>> {
        let mut offers = Vec::new();
        for (key, label) in &self.keys {
            let mut fitting: Vec<&(X509, Label)> = self
                .certificates
                .iter()
                .filter(|(certificate, _)| fits(key, certificate))
                .collect();
            let tied = |entry: &&(X509, Label)| label.id.is_some() && entry.1.id == label.id;
            if fitting.iter().any(tied) {
                fitting.retain(tied);
            }
            if fitting.is_empty() {
                offers.push(Offer {
                    key,
                    label,
                    leaf: None,
                });
            }
            offers.extend(fitting.into_iter().map(|leaf| Offer {
                key,
                label,
                leaf: Some(leaf),
            }));
        }
        offers
    }

    fn identity(&self, at: &str, offer: &Offer<'_>) -> Result<Identity, LoadError> {
        let Some((leaf, _)) = offer.leaf else {
            let text = format!(
                "no certificate in it belongs to its private key (certificates: {}); \
                 export the key together with its own certificate",
                listed(
                    self.certificates
                        .iter()
                        .map(|(c, label)| describe(c, label))
                )
            );
            return Err(LoadError::new(at, LoadErrorKind::KeyDoesNotFit, text));
        };
        if !is_usable(offer.key) {
            let text = "its key is of a kind that TLS does not sign with, and the call would go out without \
                        a certificate; expected RSA, P-256, P-384, P-521, Ed25519 or Ed448";
            return Err(LoadError::new(at, LoadErrorKind::Unsupported, text));
        }
        let others: Vec<&X509> = self
            .certificates
            .iter()
            .map(|(certificate, _)| certificate)
            .filter(|certificate| !same(certificate, leaf))
            .collect();
        let intermediates = path::intermediates(leaf, &others);
        Identity::new(
            offer.key.clone(),
            leaf.clone(),
            intermediates,
            self.warnings.clone(),
        )
        .map_err(|_| {
            LoadError::new(
                at,
                LoadErrorKind::Damaged,
                "its certificate cannot be encoded",
            )
        })
    }
}

/// A key with one certificate that fits it, or with none.
struct Offer<'a> {
    key: &'a PKey<Private>,
    label: &'a Label,
    leaf: Option<&'a (X509, Label)>,
}

impl Offer<'_> {
    fn is_selected_by(&self, text: &str) -> bool {
        let named = |label: &Label| label.name.as_deref() == Some(text);
        let thumbprint = text.parse::<Thumbprint>().ok();
        let by_leaf = self.leaf.is_some_and(|(leaf, label)| {
            named(label) || thumbprint.is_some_and(|wanted| has_thumbprint(leaf, &wanted))
        });
        by_leaf || named(self.label)
    }

    fn describe(&self) -> String {
        match self.leaf {
            Some((leaf, label)) => {
                let name = label.name.clone().or_else(|| self.label.name.clone());
                describe(leaf, &Label { name, id: None })
            }
            None => format!("a key without its certificate{}", quoted(self.label)),
        }
    }
}

fn not_selected(at: &str, select: &str, offers: &[Offer<'_>]) -> LoadError {
    let text = format!(
        "nothing in it has the thumbprint or friendly name {select:?}; it holds {}",
        listed(offers.iter().map(Offer::describe))
    );
    LoadError::new(at, LoadErrorKind::NotSelected, text)
}

fn several(at: &str, offers: &[Offer<'_>]) -> LoadError {
    let text = format!(
        "holds several identities, expected one: {}; set OUTBOUND_CLIENT_CERT_SELECT to the \
         thumbprint or friendly name of the one to present",
        listed(offers.iter().map(Offer::describe))
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

fn fits(key: &PKey<Private>, certificate: &X509) -> bool {
    certificate
        .public_key()
        .is_ok_and(|public| public.id() == key.id() && public.public_eq(key))
}

fn same_key(one: &PKey<Private>, other: &PKey<Private>) -> bool {
    one.id() == other.id() && one.public_eq(other)
}

fn same(one: &X509, other: &X509) -> bool {
    matches!((one.to_der(), other.to_der()), (Ok(one), Ok(other)) if one == other)
}
