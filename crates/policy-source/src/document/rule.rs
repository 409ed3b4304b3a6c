//! A rule: conditions on a certificate, all of which must hold.

use std::hash::Hash;

use jsonc_parser::ast::Value as Node;
use schemars::JsonSchema;
use serde_json::json;

use super::finding::Findings;
use super::kind::{
    CommonName, DerHex, Dns, DomainKind, Instant, Ip, Mail, Oid, Sha1, Sha256, Spki, Subject, Uri,
    UserPrincipalName,
};
use super::place::Place;
use super::reader::{Fields, Read};
use super::text::Text;
use super::window::read_window;

/// A rule lists the certificates that satisfy all of its conditions.
///
/// `sha256`, `sha1` and `spki` name one certificate or one key. All other conditions compare what the certificate says of
/// itself, which anybody can write into a certificate of their own: they need a `domain`, whose authorities must have issued the
/// certificate. What is absent in a certificate never satisfies a condition.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(
    rename_all = "camelCase",
    deny_unknown_fields,
    extend("anyOf" = one_condition()),
    extend("dependencies" = need_domain())
)]
pub struct RuleEntry {
    /// Where it is.
    #[schemars(skip)]
    pub place: Place,
    /// The trust domain under which the rule counts: the certificate must have a verified path to one of its anchors.
    pub domain: Option<Text<DomainKind>>,
    /// The SHA-256 thumbprint: 64 hexadecimal digits, as `openssl x509 -noout -fingerprint -sha256` prints them.
    pub sha256: Option<Text<Sha256>>,
    /// The SHA-1 thumbprint: 40 hexadecimal digits, as the Azure portal shows them. Whoever makes two certificates can give
    /// both one SHA-1; prefer `sha256`.
    pub sha1: Option<Text<Sha1>>,
    /// The SHA-256 of the public key (SubjectPublicKeyInfo), in hexadecimal or base64. It outlives a renewal that keeps the key.
    pub spki: Option<Text<Spki>>,
    /// The subject's common name, compared exactly, case and all. A certificate with several common names has none that counts.
    pub common_name: Option<Text<CommonName>>,
    /// The whole subject, as RFC 4514 writes it (most specific part first). It is compared by its structure, not as text (RFC
    /// 5280, section 7.1).
    pub subject: Option<Text<Subject>>,
    /// A DNS name of the subject alternative names. A leading `*.` takes the place of one whole label.
    pub dns: Option<Text<Dns>>,
    /// A URI of the subject alternative names. A last segment `*` takes the place of one whole segment, `**` of one or more.
    pub uri: Option<Text<Uri>>,
    /// A mail address of the subject alternative names.
    pub email: Option<Text<Mail>>,
    /// An IP address of the subject alternative names.
    pub ip: Option<Text<Ip>>,
    /// A user principal name of the subject alternative names, as Active Directory issues them.
    pub user_principal_name: Option<Text<UserPrincipalName>>,
    /// An extension that the certificate must have.
    pub extension: Option<ExtensionEntry>,
    /// A certificate policy that must be valid for the whole path (RFC 5280, section 6.1).
    pub certificate_policy: Option<Text<Oid>>,
    /// The first instant at which the rule counts; from always without it.
    pub not_before: Option<Text<Instant>>,
    /// The first instant at which the rule no longer counts; for ever without it.
    pub until: Option<Text<Instant>>,
}

impl RuleEntry {
    /// What the rule requires, to compare: two rules with equal conditions list the same certificates.
    pub(super) fn conditions(&self) -> impl Eq + Hash + '_ {
        let extension = self
            .extension
            .as_ref()
            .map(|extension| (&extension.oid, &extension.text, &extension.der));
        let digests = (&self.sha256, &self.sha1, &self.spki);
        let subject = (&self.common_name, &self.subject);
        let alternatives = (
            &self.dns,
            &self.uri,
            &self.email,
            &self.ip,
            &self.user_principal_name,
        );
        (
            &self.domain,
            digests,
            subject,
            alternatives,
            extension,
            &self.certificate_policy,
        )
    }
}

/// How many of [`KEYS`], from the first, name one certificate or one key.
const PINS: usize = 3;

/// How many of [`KEYS`], from the first, are conditions.
const CONDITION_COUNT: usize = 12;

/// Every key of a rule: the pins, the conditions that need a domain, and the others.
const KEYS: &[&str] = &[
    "sha256",
    "sha1",
    "spki",
    "commonName",
    "subject",
    "dns",
    "uri",
    "email",
    "ip",
    "userPrincipalName",
    "extension",
    "certificatePolicy",
    "domain",
    "notBefore",
    "until",
];

/// What a rule compares; one at least is there.
const CONDITIONS: &[&str] = KEYS.split_at(CONDITION_COUNT).0;

/// The conditions that need a domain.
const NEED_DOMAIN: &[&str] = CONDITIONS.split_at(PINS).1;

/// That one condition at least is there, as the schema says it.
fn one_condition() -> serde_json::Value {
    let required = CONDITIONS.iter().map(|key| json!({ "required": [key] }));
    required.collect()
}

/// Which conditions need a domain, as the schema says it.
fn need_domain() -> serde_json::Value {
    let dependencies = NEED_DOMAIN
        .iter()
        .map(|key| ((*key).to_owned(), json!(["domain"])));
    serde_json::Value::Object(dependencies.collect())
}

impl Read for RuleEntry {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut fields = Fields::of(node, "a rule", KEYS, findings)?;
        require_conditions(&mut fields);
        let (not_before, until) = read_window(&mut fields);
        Some(Self {
            place: fields.place(),
            domain: fields.optional("domain"),
            sha256: fields.optional("sha256"),
            sha1: fields.optional("sha1"),
            spki: fields.optional("spki"),
            common_name: fields.optional("commonName"),
            subject: fields.optional("subject"),
            dns: fields.optional("dns"),
            uri: fields.optional("uri"),
            email: fields.optional("email"),
            ip: fields.optional("ip"),
            user_principal_name: fields.optional("userPrincipalName"),
            extension: fields.optional("extension"),
            certificate_policy: fields.optional("certificatePolicy"),
            not_before,
            until,
        })
    }
}

fn require_conditions(fields: &mut Fields<'_, '_, '_>) {
    let place = fields.place();
    if !CONDITIONS.iter().any(|key| fields.has(key)) {
        let text = format!(
            "expected one condition at least ({}), found none; add one or remove the rule",
            CONDITIONS.join(", ")
        );
        fields.findings().add(place, text);
    }
    if let Some(key) = NEED_DOMAIN.iter().find(|key| fields.has(key))
        && !fields.has("domain")
    {
        let text = format!(
            "expected the key \"domain\" beside {key:?}, found none; anybody can write that into a certificate of their own, so \
             name the trust domain that issues it"
        );
        fields.findings().add(place, text);
    }
}

/// An extension, by its object identifier. Without `text` and `der` any value will do.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields, extend("not" = json!({ "required": ["text", "der"] })))]
pub struct ExtensionEntry {
    /// Where it is.
    #[schemars(skip)]
    pub place: Place,
    /// The object identifier, dotted.
    pub oid: Text<Oid>,
    /// The text that the value must be: a UTF8String, PrintableString or IA5String and nothing else.
    pub text: Option<Text<CommonName>>,
    /// The value that the extension must have, in hexadecimal: the octets within its OCTET STRING.
    pub der: Option<Text<DerHex>>,
}

impl Read for ExtensionEntry {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut fields = Fields::of(node, "an extension", &["oid", "text", "der"], findings)?;
        let place = fields.place();
        if fields.has("text") && fields.has("der") {
            fields.findings().add(
                place,
                "expected \"text\" or \"der\", found both; remove one of the two",
            );
        }
        let (oid, text, der) = (
            fields.required("oid"),
            fields.optional("text"),
            fields.optional("der"),
        );
        Some(Self {
            place,
            oid: oid?,
            text,
            der,
        })
    }
}
