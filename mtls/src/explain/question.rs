//! What is asked: whether a function admits a certificate at an instant, under the app's settings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::{
    Decision, Explanation, Forwarded, FrontEndProof, FrontEndSecrets, HeaderLine,
    MIN_SECRET_CHARACTERS, Policy, Requirement, TargetHost, envoy_element, explain,
};
use functions_handler::config::{DeniedStatus, Settings};
use functions_handler::host::Function;
use rustls_pki_types::UnixTime;

use super::listing::Listing;
use super::origin::Origin;
use super::presented::Presented;

/// What is asked.
pub(super) struct Question<'a> {
    pub(super) settings: &'a Settings,
    pub(super) denied_status: DeniedStatus,
    pub(super) origin: &'a Origin,
    pub(super) function: Option<&'a Function>,
    pub(super) presented: &'a Presented,
    pub(super) now: UnixTime,
}

impl Question<'_> {
    pub(super) fn explain(&self, policy: &Policy, asked: &Requirement, proto: &str) -> Explanation {
        self.explain_header(self.presented.header(), policy, asked, proto)
    }

    /// The rules that list the certificate that was meant.
    pub(super) fn listings(&self) -> Vec<Listing> {
        let certificate = self.presented.certificate.as_ref();
        certificate.map_or_else(Vec::new, |certificate| {
            Listing::all_of(certificate, &self.settings.policy, self.origin, self.now)
        })
    }

    /// What would be decided about the certificate that was meant, if the header's value is not in the handler's form.
    pub(super) fn in_its_form(&self, asked: &Requirement) -> Option<String> {
        let certificate = self.presented.certificate.as_ref()?;
        let value = STANDARD.encode(certificate.der());
        let header = HeaderLine::Once(value.as_bytes());
        if header == self.presented.header() {
            return None;
        }
        let explanation = self.explain_header(header, &self.settings.policy, asked, "https");
        Some(match explanation.decision() {
            Decision::Allow(permit) => format!("admitted by {}", permit.rule()),
            Decision::Deny(refusal) => format!("refused: {}", refusal.denial().code()),
        })
    }

    /// The certificate that was meant, as Envoy would write it.
    fn element(&self) -> Option<String> {
        let certificate = self.presented.certificate.as_ref()?;
        Some(envoy_element(certificate.der()))
    }

    /// The certificate that was meant, as RFC 9440 writes it.
    fn byte_sequence(&self) -> Option<String> {
        let certificate = self.presented.certificate.as_ref()?;
        Some(format!(":{}:", STANDARD.encode(certificate.der())))
    }

    fn explain_header(
        &self,
        certificate: HeaderLine<'_>,
        policy: &Policy,
        asked: &Requirement,
        proto: &str,
    ) -> Explanation {
        let (element, sequence) = (self.element(), self.byte_sequence());
        let forwarded = Forwarded {
            arr_client_cert: certificate,
            forwarded_client_cert: element
                .as_ref()
                .map_or(certificate, |element| HeaderLine::Once(element.as_bytes())),
            client_cert: sequence
                .as_ref()
                .map_or(certificate, |value| HeaderLine::Once(value.as_bytes())),
            proof: proof(),
            proto: HeaderLine::Once(proto.as_bytes()),
            // The question is about a certificate, and the request that carries it is one to this machine.
            host: TargetHost::Loopback,
        };
        explain(policy, asked, &forwarded, self.now)
    }
}

/// The proof of a front end that proves itself: the question is about a certificate that comes from it.
fn proof() -> FrontEndProof {
    let secret = "0".repeat(MIN_SECRET_CHARACTERS);
    FrontEndSecrets::new([secret.as_str()]).map_or(FrontEndProof::NONE, |secrets| {
        secrets.prove(HeaderLine::Once(secret.as_bytes()))
    })
}
