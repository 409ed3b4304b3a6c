//! One case of a published suite, asked the way a caller asks: through the header, with a rule that lists the certificate.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::{
    Anchor, Caller, Certificate, CommonName, Condition, Crl, CrlSet, Decider, Decision,
    DomainRevocation, Fitness, Forwarded, FrontEnd, HeaderLine, Intermediate, ListSigner, Policy,
    Requirement, RevocationRule, Rule, SubjectAlternativeName, TargetHost, TrustDomain, Window,
};
use rustls_pki_types::UnixTime;

/// What is asked about one certificate. Encodings are DER.
pub(crate) struct Question {
    pub(crate) anchors: Vec<Vec<u8>>,
    pub(crate) intermediates: Vec<Vec<u8>>,
    /// Revocation lists; `None` where revocation is not looked up.
    pub(crate) lists: Option<Vec<Vec<u8>>>,
    /// The value of the header: base64.
    pub(crate) header: String,
    /// Seconds since 1970.
    pub(crate) now: u64,
}

impl Question {
    /// Nothing if a caller with the certificate is admitted, else the reason.
    ///
    /// Authorities that cannot be configured are left out, as whoever configures them would have to.
    pub(crate) fn answer(&self) -> Result<(), String> {
        let anchors: Vec<_> = self.anchors.iter().map(|der| Anchor::new(der)).collect();
        let unusable = anchors.iter().find_map(|anchor| anchor.as_ref().err());
        let unusable = unusable.map(ToString::to_string).unwrap_or_default();
        let intermediates = self.intermediates.iter();
        let intermediates = intermediates.filter_map(|der| Intermediate::new(der).ok());
        let domain = TrustDomain::of_several_subjects(
            anchors.into_iter().flatten().collect(),
            intermediates.collect(),
        )
        .map_err(|_| format!("no anchor can be configured: {unusable}"))?;
        let signers = self.intermediates.iter();
        let signers = signers.filter_map(|der| ListSigner::new(der).ok());
        let domain = Arc::new(domain.with_list_signers(signers.collect()));
        let decider = Decider::new(self.with_revocation(self.policy(&domain)?, domain));
        let forwarded = Forwarded {
            arr_client_cert: HeaderLine::Once(self.header.as_bytes()),
            host: TargetHost::Loopback,
            ..Forwarded::EMPTY
        };
        let now = UnixTime::since_unix_epoch(Duration::from_secs(self.now));
        match decider.decide(&Requirement::Admitted, &forwarded, now) {
            Decision::Allow(_) => Ok(()),
            Decision::Deny(refusal) => Err(refusal.denial().to_string()),
        }
    }

    /// Lists that cannot be read, or that no authority signed, are left out.
    fn with_revocation(&self, policy: Policy, domain: Arc<TrustDomain>) -> Policy {
        let Some(lists) = &self.lists else {
            return policy;
        };
        let lists = lists.iter().filter_map(|der| Crl::parse(der).ok());
        let (lists, _) = CrlSet::new(&domain, lists);
        policy.with_revocation([DomainRevocation {
            domain,
            rule: RevocationRule::default(),
            lists: Arc::new(lists),
        }])
    }

    /// A policy that lists the certificate by its common name, or without one by each of its alternative names.
    fn policy(&self, domain: &Arc<TrustDomain>) -> Result<Policy, String> {
        let der = STANDARD.decode(&self.header).unwrap();
        let certificate = Certificate::parse(&der).map_err(|error| error.to_string())?;
        let rules = names(&certificate).into_iter().map(|condition| {
            Rule::new(vec![condition], Some(Arc::clone(domain)), Window::default()).unwrap()
        });
        let caller = Caller::of_lists(rules);
        Ok(Policy::new(FrontEnd::Development, Fitness::default(), [caller]).unwrap())
    }
}

fn names(certificate: &Certificate) -> Vec<Condition> {
    if let CommonName::One(name) = certificate.subject().common_name() {
        return vec![Condition::CommonName(name.to_owned())];
    }
    let names = &certificate.extensions().subject_alternative_names;
    let condition = |name: &SubjectAlternativeName| match name {
        SubjectAlternativeName::Dns(name) => name.parse().ok().map(Condition::Dns),
        SubjectAlternativeName::Uri(uri) => uri.parse().ok().map(Condition::Uri),
        SubjectAlternativeName::Mail(address) => address.parse().ok().map(Condition::Mail),
        SubjectAlternativeName::Ip(address) => Some(Condition::Ip(*address)),
        _ => None,
    };
    names.iter().filter_map(condition).collect()
}

/// Cases that are decided otherwise than a suite expects, against those that a ledger explains: each must be in it, and a
/// case that starts to agree must leave it.
#[track_caller]
pub(crate) fn assert_ledger(wrong: &[(String, String)], ledger: &[(&str, &str)]) {
    let unexplained = wrong
        .iter()
        .filter(|(id, _)| !ledger.iter().any(|(known, _)| known == id));
    let unexplained: Vec<_> = unexplained.collect();
    let agreeing = ledger
        .iter()
        .filter(|(known, _)| !wrong.iter().any(|(id, _)| id == known));
    let agreeing: Vec<_> = agreeing.collect();
    assert!(
        unexplained.is_empty() && agreeing.is_empty(),
        "not in the ledger: {unexplained:#?}\nin the ledger, and decided as expected: {agreeing:#?}"
    );
}
