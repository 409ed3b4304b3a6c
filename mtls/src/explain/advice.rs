//! What to change after a refusal, computed from what was found and never from the reason's name alone.

use client_cert::{Certificate, CertificateError, Denial, Policy, Reason, Step, rfc3339};

use super::listing::Listing;
use super::origin::Origin;

mod header;
mod listing;
mod path;
mod rule;

use path::Search;

/// RSA keys below this cannot be allowed by any setting.
const LOWEST_MINIMUM_RSA_BITS: usize = 1024;

/// A refusal, and what advice needs to know of it.
pub(super) struct Refused<'a> {
    /// The check that failed first.
    pub(super) first: &'a Step,
    pub(super) steps: &'a [Step],
    pub(super) policy: &'a Policy,
    /// Where the policy is written.
    pub(super) origin: &'a Origin,
    /// The rules that list the certificate.
    pub(super) listings: &'a [Listing],
    /// The certificate that was meant, if it is readable.
    pub(super) certificate: Option<&'a Certificate>,
    /// What the handler would decide about that certificate in the form that it reads; absent if the value is in it.
    pub(super) in_its_form: Option<String>,
}

impl Refused<'_> {
    /// What to change, most useful first, one sentence or two each.
    pub(super) fn advice(&self) -> Vec<String> {
        let Some(denial) = &self.first.denial else {
            return Vec::new();
        };
        let mut advice = vec![self.of(denial)];
        if let Some(decided) = &self.in_its_form {
            advice.push(format!(
                "In the form that the handler reads, this certificate is {decided}."
            ));
        }
        if listing::would_help(denial) {
            let thumbprint = |certificate| listing::thumbprint(self.origin, certificate);
            advice.extend(self.certificate.map(thumbprint));
        }
        advice.extend(self.further());
        advice
    }

    fn of(&self, denial: &Denial) -> String {
        match denial {
            Denial::Forwarded(error) => header::advice(error).to_owned(),
            Denial::Certificate(error) => of_malformed(error),
            Denial::Path(error) => self.search(denial).advice(error),
            Denial::NotListed => listing::not_listed(self.origin, self.policy, self.certificate),
            Denial::CommonNameAmbiguous { found } => {
                listing::ambiguous(self.origin, self.certificate, *found)
            }
            denial if rule::is_about(denial) => rule::advice(denial, self.origin, self.listings),
            denial => of_fitness(denial)
                .or_else(|| self.search(denial).of_revocation(denial))
                .unwrap_or_else(|| of_setting(denial)),
        }
    }

    /// Where the path was looked for: in the domain of the first rule that fails so.
    fn search(&self, denial: &Denial) -> Search<'_> {
        let fails_so = |listing: &&Listing| listing.denials.contains(denial);
        let listing = self.listings.iter().find(fails_so);
        let domain = listing.and_then(|listing| listing.domain.as_deref());
        Search {
            origin: self.origin,
            domain: domain.or_else(|| self.policy.domains().first().map(AsRef::as_ref)),
            certificate: self.certificate,
        }
    }

    /// The checks behind the first that would fail next.
    fn further(&self) -> Option<String> {
        let mut others: Vec<&str> = Vec::new();
        for step in self.steps.iter().filter(|step| step.denial.is_some()) {
            if step.name != self.first.name && !others.contains(&step.name) {
                others.push(step.name);
            }
        }
        (!others.is_empty()).then(|| {
            format!(
                "That alone is not enough: {} would fail too.",
                others.join(", ")
            )
        })
    }
}

/// A certificate that every reader must understand alike.
fn of_malformed(error: &CertificateError) -> String {
    match error {
        CertificateError::TrailingBytes { count } => format!(
            "Forward the certificate alone: {count} bytes follow it, perhaps its chain. Only the caller's own certificate is read."
        ),
        CertificateError::Extension(error) => format!(
            "Have the certificate reissued: no export mends it. The handler {error}; readers could understand it in two ways."
        ),
        error => format!("Export the certificate again, whole and as X.509; the handler {error}."),
    }
}

/// What a certificate must be like: another one has to be issued.
fn of_fitness(denial: &Denial) -> Option<String> {
    Some(match denial {
        Denial::CriticalExtension { found } => format!(
            "Have a certificate issued without the critical extension {found}, or with it marked as not critical: nothing here processes it."
        ),
        Denial::Expired { not_after, .. } => format!(
            "It expired at {}. Have a new one issued; if its thumbprint is listed, list the new thumbprint.",
            rfc3339(*not_after)
        ),
        Denial::NotYetValid { not_before, .. } => format!(
            "It is valid from {} on. Wait until then, or check the clocks of its issuer and of this machine.",
            rfc3339(*not_before)
        ),
        Denial::KeyTooShort { found, .. } if *found < LOWEST_MINIMUM_RSA_BITS => format!(
            "Have a certificate issued for a longer key: no setting allows RSA with {found} bits."
        ),
        Denial::KeyTooShort { found, .. } => format!(
            "Have a certificate issued for a longer key. CLIENT_CERT_MINIMUM_RSA_BITS={found} would allow this one, which is weak."
        ),
        Denial::KeyUnsupported { found } => format!(
            "Have a certificate issued for an RSA, P-256, P-384, P-521, Ed25519 or Ed448 key; this one has {found}."
        ),
        Denial::KeyUsage { found } => format!(
            "Have a certificate issued whose key usage contains digitalSignature, or that has no key usage; this one has {found} alone. CLIENT_CERT_KEY_USAGE=any drops the check for every caller."
        ),
        Denial::ExtendedKeyUsage { found: None, .. } => {
            "Have a certificate issued for clientAuth, or set CLIENT_CERT_EXTENDED_KEY_USAGE=if-present: this one has no extended key usage.".to_owned()
        }
        Denial::ExtendedKeyUsage { found: Some(found), .. } => format!(
            "Have a certificate issued for clientAuth: this one is for {found}. CLIENT_CERT_EXTENDED_KEY_USAGE=ignored drops the check for every caller."
        ),
        Denial::CaCertificate => {
            "It is an authority's certificate. Have that authority issue one for the caller, without CA:TRUE.".to_owned()
        }
        _ => return None,
    })
}

/// What the app, the request or its way must be like.
fn of_setting(denial: &Denial) -> String {
    match denial {
        Denial::FrontEndUndeclared => {
            "Set CLIENT_CERT_FRONT_END: app-service in Azure, beside clientCertEnabled; container-apps in Container Apps; rfc9440 behind a front end of your own; development on this machine.".to_owned()
        }
        Denial::NotOverTls { found } => format!(
            "Call over https, through App Service alone: X-Forwarded-Proto was {found}. If the call was over https, another proxy writes that header; remove it there."
        ),
        Denial::FrontEndUnproven { found } => format!(
            "Have the front end send its secret, one of CLIENT_CERT_FRONT_END_SECRET, in one line of X-Client-Cert-Front-End; found {found}."
        ),
        Denial::PolicyEmpty => {
            "Nobody is listed, so nobody is admitted. Set ALLOWED_CLIENT_CERT_THUMBPRINTS, or CLIENT_CERT_POLICY to a policy document.".to_owned()
        }
        Denial::PolicyUnavailable(_) => {
            "Make the configured policy readable and correct; the log names its problems. Until then every secured call is refused.".to_owned()
        }
        denial => match denial.reason() {
            Reason::HostNotLocal => {
                "Call the function by localhost, 127.0.0.1 or [::1]: under development no other host counts, so that no web page reaches it by a name of its own.".to_owned()
            }
            Reason::CrossSite => {
                "Call the function from a program or from a page of its own origin.".to_owned()
            }
            _ => format!("The handler {denial}."),
        },
    }
}

#[cfg(test)]
mod tests;
