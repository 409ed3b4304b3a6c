//! The two that are compared: this crate, and OpenSSL.

use std::sync::Arc;
use std::time::Duration;

use client_cert::{
    Anchor, Caller, Certificate, Condition, Denial, Fitness, FrontEnd, Intermediate, Policy, Rule,
    TrustDomain, Window, evaluate,
};
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyParam;
use openssl::x509::{X509, X509PurposeId, X509StoreContext};
use rustls_pki_types::UnixTime;
use test_support::NOW;

/// The name by which every end entity here is listed, as a dNSName.
pub(crate) const NAME: &str = "partner.example";

/// A domain of authorities, made once and asked often.
pub(crate) struct Ours(Policy);

impl Ours {
    /// Authorities that cannot be configured are left out, as in [`openssl_accepts`] they fail.
    pub(crate) fn new(anchors: &[Vec<u8>], intermediates: &[Vec<u8>]) -> Option<Self> {
        let anchors = anchors.iter().filter_map(|der| Anchor::new(der).ok());
        let intermediates = intermediates
            .iter()
            .filter_map(|der| Intermediate::new(der).ok());
        let domain =
            TrustDomain::of_several_subjects(anchors.collect(), intermediates.collect()).ok()?;
        let condition = Condition::Dns(NAME.parse().unwrap());
        let rule = Rule::new(vec![condition], Some(Arc::new(domain)), Window::default()).unwrap();
        let callers = [Caller::of_lists([rule])];
        let policy = Policy::new(FrontEnd::Development, Fitness::default(), callers);
        Some(Self(policy.unwrap()))
    }

    /// Nothing if the certificate is admitted, else the reason.
    pub(crate) fn accepts(&self, der: &[u8]) -> Result<(), String> {
        let certificate = Certificate::parse(der).map_err(|error| error.to_string())?;
        let now = Duration::from_secs(u64::try_from(NOW).unwrap());
        let evaluation = evaluate(&self.0, &certificate, UnixTime::since_unix_epoch(now));
        let candidates = evaluation.candidates();
        match candidates.iter().any(|candidate| candidate.admits()) {
            true => Ok(()),
            false => {
                let denials = candidates.iter().flat_map(|candidate| candidate.denials());
                let first = denials.map(Denial::to_string).next();
                Err(first.unwrap_or_else(|| "not listed".to_owned()))
            }
        }
    }
}

/// Nothing if OpenSSL verifies the certificate for a TLS client, else its error.
pub(crate) fn openssl_accepts(
    anchors: &[Vec<u8>],
    intermediates: &[Vec<u8>],
    der: &[u8],
) -> Result<(), String> {
    let read = |der: &Vec<u8>| X509::from_der(der).map_err(|_| "unreadable authority".to_owned());
    let mut store = X509StoreBuilder::new().unwrap();
    for anchor in anchors {
        store.add_cert(read(anchor)?).unwrap();
    }
    store.set_purpose(X509PurposeId::SSL_CLIENT).unwrap();
    let mut parameters = X509VerifyParam::new().unwrap();
    parameters.set_time(NOW);
    store.set_param(&parameters).unwrap();
    let mut chain = Stack::new().unwrap();
    for intermediate in intermediates {
        chain.push(read(intermediate)?).unwrap();
    }
    let certificate = X509::from_der(der).map_err(|_| "unreadable".to_owned())?;
    let mut context = X509StoreContext::new().unwrap();
    let verified = context.init(&store.build(), &certificate, &chain, |context| {
        let valid = context.verify_cert()?;
        Ok((valid, context.error().error_string().to_owned()))
    });
    match verified {
        Ok((true, _)) => Ok(()),
        Ok((false, error)) => Err(error),
        Err(_) => Err("cannot be verified".to_owned()),
    }
}
