//! The document as a whole.

use std::collections::BTreeMap;

use client_cert::DomainName;
use jsonc_parser::ast::Value as Node;
use schemars::JsonSchema;
use serde_json::json;

use super::caller::CallerEntry;
use super::check::{check, note};
use super::denied::DeniedEntry;
use super::finding::Findings;
use super::kind::{CrlSource, DomainKind, File, NAME_PATTERN};
use super::problem::Problem;
use super::reader::{Fields, Read, mistaken, read_map};
use super::source::Source;
use super::text::{Text, TextKind};
use super::trust_domain::TrustDomainEntry;
use crate::relative_name::RelativeName;

/// Who may call what. JSON; comments and trailing commas are allowed.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(
    rename = "client-cert-policy",
    rename_all = "camelCase",
    deny_unknown_fields
)]
pub struct Document {
    /// The schema of this document, for editors: a URL or a file's name.
    #[schemars(rename = "$schema")]
    pub schema: Option<String>,
    /// The version of the document's format: 1.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// The authorities under which names count, by a name that rules use: letters, digits, `.`, `_` and `-`.
    #[schemars(
        default,
        with = "BTreeMap<String, TrustDomainEntry>",
        extend("propertyNames" = json!({ "pattern": NAME_PATTERN }))
    )]
    pub trust_domains: BTreeMap<DomainName, TrustDomainEntry>,
    /// Who is admitted. Whoever is not listed is refused.
    pub callers: Vec<CallerEntry>,
    /// What is denied whatever rules admit it, for everything that happens after this document takes effect.
    #[schemars(default)]
    pub denied: Vec<DeniedEntry>,
    /// The name of a second document, relative to this one, that is evaluated beside this one. It decides nothing: where it would
    /// decide otherwise, the log says so.
    pub report_only: Option<Text<File>>,
    /// What takes effect, and is seldom meant: a trust domain that no rule names, a caller without rules.
    #[schemars(skip)]
    pub notes: Vec<Problem>,
}

/// The one version of the format.
const VERSION: u32 = 1;

const KEYS: &[&str] = &[
    "$schema",
    "version",
    "trustDomains",
    "callers",
    "denied",
    "reportOnly",
];

impl Document {
    /// Reads a document.
    ///
    /// Verified: its form, and that its parts fit together. The files that it names are not looked at.
    ///
    /// # Errors
    ///
    /// Every problem at once, in the order of the document; 1,000 of them at most. Where the text is not JSON, the first
    /// mistake alone.
    pub fn parse(bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        Self::from_source(Source::new(bytes).map_err(|problem| vec![problem])?)
    }

    pub(crate) fn from_source(source: Source<'_>) -> Result<Self, Vec<Problem>> {
        let node = source.parse().map_err(|problem| vec![problem])?;
        let mut findings = Findings::default();
        let document = Self::read(&node, &mut findings);
        match document.filter(|_| findings.is_empty()) {
            Some(mut document) => {
                let mut notes = Findings::default();
                note(&document.callers, &document.trust_domains, &mut notes);
                document.notes = source.problems(notes);
                Ok(document)
            }
            None => Err(source.problems(findings)),
        }
    }

    /// The files with certificates that the document names, at each place that names one. Files of revocation lists and the
    /// report-only document are not among them.
    pub fn certificate_files(&self) -> impl Iterator<Item = &Text<File>> {
        let domains = self.trust_domains.values();
        let authorities =
            domains.flat_map(|domain| domain.anchors.iter().chain(&domain.intermediates));
        let denied = self
            .denied
            .iter()
            .filter_map(|entry| entry.certificate.as_ref());
        authorities.chain(denied)
    }

    /// The files of revocation lists that the document names.
    pub fn list_files(&self) -> impl Iterator<Item = &RelativeName> {
        let domains = self.trust_domains.values();
        let sources = domains
            .filter_map(|domain| domain.revocation.as_ref())
            .flat_map(|revocation| &revocation.crls);
        sources.filter_map(|source| match &source.value {
            CrlSource::File(name) => Some(name),
            CrlSource::Url(_) => None,
        })
    }
}

impl Read for Document {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        if is_of_another_version(node) {
            let version = node.as_object()?.get("version")?;
            return mistaken(
                &version.value,
                "1, the one version that this program reads",
                findings,
            );
        }
        let mut fields = Fields::of(node, "a policy document", KEYS, findings)?;
        let schema = fields.optional::<SchemaName>("$schema");
        let version = fields.required::<Version>("version");
        let domains: Option<Domains> = fields.optional("trustDomains");
        let (trust_domains, names) = domains.unwrap_or_default().into_parts();
        let callers: Option<Vec<CallerEntry>> = fields.required("callers");
        let denied = fields.optional("denied").unwrap_or_default();
        let report_only = fields.optional("reportOnly");
        let document = Self {
            schema: schema.map(|schema| schema.0),
            version: version.map_or(VERSION, |version| version.0),
            trust_domains,
            callers: callers.unwrap_or_default(),
            denied,
            report_only,
            notes: Vec::new(),
        };
        check(&document.callers, &names, fields.findings());
        Some(document)
    }
}

/// Whether the document says that it is written for another version: then its keys cannot be judged.
fn is_of_another_version(node: &Node<'_>) -> bool {
    let version = node.as_object().and_then(|object| object.get("version"));
    let number = version.and_then(|version| version.value.as_number_lit());
    number.is_some_and(|number| number.value.parse() != Ok(f64::from(VERSION)))
}

struct Version(u32);

impl Read for Version {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        match node {
            // Another number does not get here.
            Node::NumberLit(_) => Some(Self(VERSION)),
            _ => mistaken(node, "the number 1", findings),
        }
    }
}

struct SchemaName(String);

impl Read for SchemaName {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        match node.as_string_lit() {
            Some(literal) => Some(Self(literal.value.to_string())),
            None => mistaken(node, "a URL or the name of a file", findings),
        }
    }
}

/// The trust domains, and the names of those too that cannot be read: rules that use them are not wrong.
#[derive(Default)]
struct Domains(BTreeMap<DomainName, Option<TrustDomainEntry>>);

impl Domains {
    fn into_parts(self) -> (BTreeMap<DomainName, TrustDomainEntry>, Vec<DomainName>) {
        let names = self.0.keys().cloned().collect();
        let read = self
            .0
            .into_iter()
            .filter_map(|(name, entry)| Some((name, entry?)));
        (read.collect(), names)
    }
}

impl Read for Domains {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut domains = BTreeMap::new();
        for (name, (place, entry)) in read_map(node, "trust domains by their names", findings)? {
            match DomainKind::read(&name) {
                Ok(name) => {
                    domains.insert(name, entry);
                }
                Err(mistake) => {
                    let sentence = mistake.sentence(DomainKind::EXPECTED, &name);
                    findings.add(place, format!("{sentence}; rename the trust domain"));
                }
            }
        }
        Some(Self(domains))
    }
}
