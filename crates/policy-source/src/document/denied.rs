//! Denied certificates: what no rule admits.

use jsonc_parser::ast::Value as Node;
use schemars::JsonSchema;
use serde_json::json;

use super::finding::Findings;
use super::kind::{File, Serial, Sha1, Sha256, Spki, Subject};
use super::place::Place;
use super::reader::{Fields, Read};
use super::text::Text;

/// A certificate, key or number that is denied, whatever rules admit it. It has one of these forms: `sha256`, `sha1`, `spki`,
/// `issuer` with `serial`, or `certificate`.
///
/// Anybody can encode the signature of a certificate anew: its thumbprint changes, and its path is still valid. Where rules
/// compare names, deny by `certificate`, `spki`, or `issuer` with `serial`.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(
    deny_unknown_fields,
    extend("oneOf" = FORMS.map(|key| json!({ "required": [key] }))),
    extend("dependencies" = json!({ "issuer": ["serial"], "serial": ["issuer"] }))
)]
pub struct DeniedEntry {
    /// Where it is.
    #[schemars(skip)]
    pub place: Place,
    /// The SHA-256 thumbprint of a certificate.
    pub sha256: Option<Text<Sha256>>,
    /// The SHA-1 thumbprint of a certificate.
    pub sha1: Option<Text<Sha1>>,
    /// The SHA-256 of a public key (SubjectPublicKeyInfo): every certificate with this key is denied.
    pub spki: Option<Text<Spki>>,
    /// The issuer of a certificate, as RFC 4514 writes it; with `serial`.
    pub issuer: Option<Text<Subject>>,
    /// The serial number of a certificate, in hexadecimal; with `issuer`.
    pub serial: Option<Text<Serial>>,
    /// A file with certificates, relative to this document. Each is denied by its thumbprint, its key, and its issuer with serial
    /// number.
    pub certificate: Option<Text<File>>,
}

/// By what an entry denies; it has exactly one of them.
const FORMS: [&str; 5] = ["sha256", "sha1", "spki", "issuer", "certificate"];

const KEYS: &[&str] = &["sha256", "sha1", "spki", "issuer", "serial", "certificate"];

impl Read for DeniedEntry {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut fields = Fields::of(node, "a denied certificate", KEYS, findings)?;
        require_one_form(&mut fields);
        Some(Self {
            place: fields.place(),
            sha256: fields.optional("sha256"),
            sha1: fields.optional("sha1"),
            spki: fields.optional("spki"),
            issuer: fields.optional("issuer"),
            serial: fields.optional("serial"),
            certificate: fields.optional("certificate"),
        })
    }
}

fn require_one_form(fields: &mut Fields<'_, '_, '_>) {
    let place = fields.place();
    let (issuer, serial) = (fields.has("issuer"), fields.has("serial"));
    let count = FORMS.iter().filter(|form| fields.has(form)).count();
    let found = match (count, issuer, serial) {
        (0, _, false) => "none".to_owned(),
        (_, true, false) => "\"issuer\" without \"serial\"".to_owned(),
        (_, false, true) => "\"serial\" without \"issuer\"".to_owned(),
        (1, ..) => return,
        (count, ..) => format!("{count} of them"),
    };
    let text = format!(
        "expected one of sha256, sha1, spki, certificate, or issuer with serial, found {found}; write one entry for each"
    );
    fields.findings().add(place, text);
}
