//! A table of denials and what may be advised; the cases with certificates are in `tests/explain`.

use client_cert::{
    DeniedEntry, Encoding, ExtendedKeyUsageRule, Fitness, ForwardedError, FrontEnd, Name,
    NameViolation, PathError, PublicKey, Stage,
};

use super::*;

fn denials() -> Vec<Denial> {
    let encodings = [
        Encoding::Pem,
        Encoding::PercentEncoded,
        Encoding::Base64Url,
        Encoding::Whitespace,
        Encoding::NotAscii,
        Encoding::Padding,
        Encoding::Unknown,
    ];
    let forwarded = [
        ForwardedError::Absent,
        ForwardedError::Empty,
        ForwardedError::Repeated { lines: 2 },
        ForwardedError::Joined,
        ForwardedError::TooLong { found: 1 },
    ];
    let encoded = encodings.map(|found| ForwardedError::Encoding { found });
    let paths = [
        PathError::NoValidAnchor,
        PathError::UnknownIssuer,
        PathError::CommonName {
            authority: Name::from_rfc4514("CN=x").unwrap(),
            violation: NameViolation::TooMany,
        },
        PathError::Signature,
        PathError::Invalid { detail: "x" },
    ];
    let others = [
        Denial::FrontEndUndeclared,
        Denial::NotOverTls { found: "http" },
        Denial::HostNotLocal {
            found: "x".to_owned(),
        },
        Denial::CrossSite {
            found: "x".to_owned(),
        },
        Denial::Certificate(CertificateError::TrailingBytes { count: 1 }),
        Denial::SeveralCallers {
            callers: Vec::new(),
        },
        Denial::RoleMissing {
            expected: vec!["x".parse().unwrap()],
            found: Vec::new(),
        },
        Denial::CriticalExtension {
            found: "1.2".to_owned(),
        },
        Denial::Expired {
            not_after: 0,
            now: 1,
        },
        Denial::NotYetValid {
            not_before: 1,
            now: 0,
        },
        Denial::KeyTooShort {
            expected: 2048,
            found: 1024,
        },
        Denial::KeyTooShort {
            expected: 2048,
            found: 512,
        },
        Denial::KeyUnsupported {
            found: PublicKey::Ed448,
        },
        Denial::KeyUsage {
            found: "keyAgreement".to_owned(),
        },
        Denial::ExtendedKeyUsage {
            expected: ExtendedKeyUsageRule::Required,
            found: None,
        },
        Denial::ExtendedKeyUsage {
            expected: ExtendedKeyUsageRule::IfPresent,
            found: Some("serverAuth".to_owned()),
        },
        Denial::CaCertificate,
        Denial::PolicyUnavailable,
        Denial::Denied {
            by: DeniedEntry::Thumbprint("0".repeat(64).parse().unwrap()),
        },
        Denial::RuleNotYetInForce {
            not_before: 1,
            now: 0,
        },
        Denial::RuleEnded { until: 0, now: 1 },
        Denial::CommonNameAmbiguous { found: 2 },
        Denial::NotListed,
        Denial::PolicyEmpty,
    ];
    let forwarded = forwarded.into_iter().chain(encoded).map(Denial::Forwarded);
    let paths = paths.into_iter().map(Denial::Path);
    forwarded.chain(paths).chain(others).collect()
}

fn advice(denial: &Denial) -> Vec<String> {
    let policy = Policy::new(FrontEnd::Development, Fitness::default(), Vec::new()).unwrap();
    let first = Step {
        name: "check",
        stage: Stage::Request,
        expected: String::new(),
        found: String::new(),
        denial: Some(denial.clone()),
    };
    let refused = Refused {
        first: &first,
        steps: std::slice::from_ref(&first),
        policy: &policy,
        certificate: None,
        in_its_form: None,
    };
    refused.advice()
}

#[test]
fn every_reason_has_advice_of_its_own() {
    let denials = denials();
    for reason in Reason::ALL {
        assert!(
            denials.iter().any(|denial| denial.reason() == *reason),
            "{reason:?}"
        );
    }
    for denial in denials {
        let advice = advice(&denial);
        assert_ne!(advice[0], format!("The handler {denial}."), "{denial:?}");
    }
}

#[test]
fn no_advice_on_a_path_is_to_trust_an_issuer() {
    for denial in denials() {
        let Denial::Path(error) = &denial else {
            continue;
        };
        let advice = advice(&denial).join(" ");
        let renews = *error == PathError::NoValidAnchor;
        assert_eq!(
            advice.contains("CLIENT_CERT_TRUST_ANCHORS"),
            renews,
            "{advice}"
        );
        assert!(
            !advice.contains("ALLOWED_CLIENT_CERT_THUMBPRINTS"),
            "{advice}"
        );
    }
}
