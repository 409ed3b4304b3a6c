//! What to change after a refusal, computed from what was found and never from the reason's name alone.

use client_cert::{Certificate, CertificateError, Denial, Policy, Reason, RoleName, Step, rfc3339};

mod header;
mod listing;
mod path;

/// RSA keys below this cannot be allowed by any setting.
const LOWEST_MINIMUM_RSA_BITS: usize = 1024;

/// A refusal, and what advice needs to know of it.
pub(super) struct Refused<'a> {
    /// The check that failed first.
    pub(super) first: &'a Step,
    pub(super) steps: &'a [Step],
    pub(super) policy: &'a Policy,
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
            advice.extend(self.certificate.map(listing::thumbprint));
        }
        advice.extend(self.further());
        advice
    }

    fn of(&self, denial: &Denial) -> String {
        match denial {
            Denial::Forwarded(error) => header::advice(error).to_owned(),
            Denial::Certificate(error) => of_malformed(error),
            Denial::Path(error) => path::advice(error, self.policy, self.certificate),
            Denial::NotListed => listing::not_listed(self.policy, self.certificate),
            Denial::SeveralCallers { .. } => {
                "Keep the rules of one of these callers for this certificate, and remove those of the others.".to_owned()
            }
            denial => of_fitness(denial).unwrap_or_else(|| of_setting(denial)),
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
        Denial::CommonNameAmbiguous { found } => {
            format!("Have a certificate issued with one common name; this one has {found}, so none counts.")
        }
        _ => return None,
    })
}

/// What the app, the request or its way must be like.
fn of_setting(denial: &Denial) -> String {
    match denial {
        Denial::FrontEndUndeclared => {
            "Set CLIENT_CERT_FRONT_END: app-service in Azure, beside clientCertEnabled; development on this machine.".to_owned()
        }
        Denial::NotOverTls { found } => format!(
            "Call over https, through App Service alone: X-Forwarded-Proto was {found}. If the call was over https, another proxy writes that header; remove it there."
        ),
        Denial::RoleMissing { expected, .. } => format!(
            "The function requires one of the roles {}, and callers of the two lists have none: set \"clientCertificate\": \"required\" in its function.json to admit every listed caller.",
            expected.iter().map(RoleName::as_str).collect::<Vec<_>>().join(", ")
        ),
        Denial::PolicyEmpty => {
            "Nobody is listed, so nobody is admitted. Set ALLOWED_CLIENT_CERT_THUMBPRINTS.".to_owned()
        }
        Denial::PolicyUnavailable => {
            "Make the configured policy readable and correct; the log names its problems. Until then every secured call is refused.".to_owned()
        }
        Denial::Denied { .. } => {
            "The policy denies this certificate whatever admits it. If that is wrong, remove the entry under \"denied\".".to_owned()
        }
        Denial::RuleNotYetInForce { not_before, .. } => format!(
            "The rule that lists it counts from {} on. Wait until then, or set an earlier \"notBefore\".",
            rfc3339(*not_before)
        ),
        Denial::RuleEnded { until, .. } => format!(
            "The rule that lists it counted until {}. List the caller's next certificate, or set a later \"until\".",
            rfc3339(*until)
        ),
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
