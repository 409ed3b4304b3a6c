//! What to change, by the reason of a refusal.

use client_cert::{Certificate, Step};

/// What to do about each reason code of [`client_cert::Reason`].
const ADVICE: [(&str, &str); 25] = [
    (
        "front-end-undeclared",
        "Set CLIENT_CERT_FRONT_END: app-service in Azure, beside clientCertEnabled; development on this machine.",
    ),
    (
        "not-over-tls",
        "Call over https, through App Service. If that was done, another hop writes X-Forwarded-Proto: take it out.",
    ),
    (
        "host-not-local",
        "Call the function by localhost, 127.0.0.1 or [::1]: under development no other host name counts, so that no page on the web can reach it by a name of its own.",
    ),
    (
        "cross-site",
        "Call the function from a program, or from a page of its own origin; a page of another origin must be allowed by name.",
    ),
    (
        "certificate-absent",
        "Present a certificate with its private key (a PKCS#12 file), to a front end whose client certificate mode asks for one, on a path that no exclusion covers.",
    ),
    (
        "header-empty",
        "Present a certificate; the front end sets the header without a value where the caller presents none.",
    ),
    (
        "header-repeated",
        "Send the header once. In Azure the front end sets it: take it out of the caller's request and of every proxy between.",
    ),
    (
        "header-joined",
        "Send one certificate. A hop joined several lines of the header, or the caller wrote one beside the front end's: take his out.",
    ),
    (
        "header-too-long",
        "Send the caller's own certificate alone, without its chain. If it is that long by itself, issue one with fewer names.",
    ),
    (
        "header-encoding",
        "Send base64 of the DER encoding on one line: mtls certificate header FILE prints it.",
    ),
    (
        "certificate-malformed",
        "Export the certificate again; the handler reads one whole DER certificate, with every extension readable and there once.",
    ),
    (
        "several-callers",
        "Keep the rules of one of the named callers that list this certificate, and remove those of the others.",
    ),
    (
        "role-missing",
        "Take the roles out of the function's marker (\"clientCertificate\": \"required\"): no rule grants a role in this version.",
    ),
    (
        "critical-extension",
        "Issue a certificate without this critical extension, or with it marked as not critical.",
    ),
    (
        "certificate-expired",
        "Issue a new certificate, and list the new one's thumbprint where thumbprints are listed.",
    ),
    (
        "certificate-not-yet-valid",
        "Wait until it is valid, or look at the clocks of the issuer and of this machine.",
    ),
    (
        "key-too-short",
        "Issue a certificate with a longer key. CLIENT_CERT_MINIMUM_RSA_BITS can be lowered to 1024, which is weak.",
    ),
    (
        "key-unsupported",
        "Issue a certificate with an RSA, P-256, P-384, P-521, Ed25519 or Ed448 key.",
    ),
    (
        "key-usage",
        "Issue a certificate whose key usage has digitalSignature, or that has no key usage.",
    ),
    (
        "extended-key-usage",
        "Issue a certificate for clientAuth. CLIENT_CERT_EXTENDED_KEY_USAGE loosens the check for every caller.",
    ),
    (
        "ca-certificate",
        "Issue a caller's certificate (no CA:TRUE) by that authority, or list this one's thumbprint.",
    ),
    (
        "path-unverified",
        "Put the authority that issued it into CLIENT_CERT_TRUST_ANCHORS, and what stands between into CLIENT_CERT_INTERMEDIATES; the front end forwards no chain.",
    ),
    (
        "common-name-ambiguous",
        "Issue a certificate with one common name, or list this one's thumbprint.",
    ),
    (
        "not-listed",
        "If this caller is meant to be admitted, list him; else this refusal is right.",
    ),
    (
        "policy-empty",
        "Set ALLOWED_CLIENT_CERT_THUMBPRINTS: nobody is listed, so nobody is admitted.",
    ),
];

/// What to change, for the check that failed first and for those that would fail next.
pub(super) fn changes(
    first: &Step,
    steps: &[Step],
    certificate: Option<&Certificate>,
) -> Vec<String> {
    let code = first.denial.as_ref().map_or("", |denial| denial.code());
    let mut changes: Vec<String> = of(code).into_iter().map(ToOwned::to_owned).collect();
    if let (true, Some(certificate)) = (can_be_listed(code), certificate) {
        changes.push(format!(
            "To list it: add {} to ALLOWED_CLIENT_CERT_THUMBPRINTS.",
            certificate.sha256().hex()
        ));
    }
    let mut others: Vec<&str> = Vec::new();
    for step in steps.iter().filter(|step| step.denial.is_some()) {
        if step.name != first.name && !others.contains(&step.name) {
            others.push(step.name);
        }
    }
    if !others.is_empty() {
        changes.push(format!(
            "That alone does not do: {} would fail too.",
            others.join(", ")
        ));
    }
    changes
}

fn of(code: &str) -> Option<&'static str> {
    let found = ADVICE.iter().find(|(known, _)| *known == code);
    found.map(|(_, advice)| *advice)
}

/// Whether a thumbprint on the list would get past this reason.
fn can_be_listed(code: &str) -> bool {
    matches!(
        code,
        "not-listed"
            | "policy-empty"
            | "common-name-ambiguous"
            | "ca-certificate"
            | "path-unverified"
    )
}

#[cfg(test)]
mod tests {
    use client_cert::Reason;

    use super::*;

    #[test]
    fn there_is_advice_for_every_reason_and_for_nothing_else() {
        let known: Vec<&str> = ADVICE.iter().map(|(code, _)| *code).collect();
        let codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(known, codes);
    }
}
