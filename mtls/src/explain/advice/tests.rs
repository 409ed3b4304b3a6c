//! A table of denials and what may be advised; the cases with certificates are in `tests/explain`.

use client_cert::{
    DeniedEntry, ElementFault, Encoding, ExtendedKeyUsageRule, Fitness, ForwardedError, FrontEnd,
    Name, NameViolation, PathError, PublicKey, Stage, Unavailable,
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
        ForwardedError::TooLong { most: 0, found: 1 },
        ForwardedError::ByteSequence,
        ForwardedError::Element {
            found: ElementFault::Order,
        },
        ForwardedError::OtherHash,
    ];
    let encoded = encodings.map(|found| ForwardedError::Encoding { found });
    let authority = Name::from_rfc4514("CN=x").unwrap();
    let violation = NameViolation::TooMany;
    let paths = [
        PathError::NoValidAnchor,
        PathError::UnknownIssuer,
        PathError::CommonName {
            authority: authority.clone(),
            violation,
        },
        PathError::Signature,
        PathError::SignatureAlgorithm {
            found: "x".to_owned(),
        },
        PathError::NoAnchor {
            authority: authority.clone(),
            issuer: authority.clone(),
        },
        PathError::Unanchored {
            authority: authority.clone(),
        },
        PathError::AuthoritySignature {
            authority: authority.clone(),
            algorithm: "x".to_owned(),
        },
        PathError::AuthorityExpired {
            authority: authority.clone(),
            not_after: 0,
        },
        PathError::AuthorityNotYetValid {
            authority: authority.clone(),
            not_before: 0,
        },
        PathError::PathLength {
            authority: authority.clone(),
            limit: 0,
        },
        PathError::AuthorityPurpose {
            authority: authority.clone(),
            found: "x".to_owned(),
        },
        PathError::NameConstraints {
            authority,
            violation,
        },
        PathError::TooManyKeys,
        PathError::Invalid { detail: "x" },
    ];
    let others = [
        Denial::FrontEndUndeclared,
        Denial::NotOverTls { found: "http" },
        Denial::FrontEndUnproven { found: "none" },
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
        Denial::Revoked,
        Denial::RevocationUnknown,
        Denial::RevocationStale,
        Denial::PolicyUnavailable(Unavailable::NotFetched),
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

fn advice(denial: &Denial, origin: &Origin) -> Vec<String> {
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
        origin,
        listings: &[],
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
        for origin in [Origin::Lists, document()] {
            let advice = advice(&denial, &origin);
            let general = format!("The handler {denial}");
            assert!(!advice[0].starts_with(&general), "{denial:?}");
        }
    }
}

fn document() -> Origin {
    Origin::Document("\"policy.json\"".to_owned())
}

#[test]
fn no_advice_on_a_path_is_to_trust_an_issuer() {
    for denial in denials() {
        let Denial::Path(error) = &denial else {
            continue;
        };
        let renews = *error == PathError::NoValidAnchor;
        for (origin, anchors, pins) in [
            (
                Origin::Lists,
                "CLIENT_CERT_TRUST_ANCHORS",
                "ALLOWED_CLIENT_CERT_THUMBPRINTS",
            ),
            (document(), "\"anchors\"", "\"sha256\""),
        ] {
            let advice = advice(&denial, &origin).join(" ");
            assert_eq!(advice.contains(anchors), renews, "{advice}");
            assert!(!advice.contains(pins), "{advice}");
        }
    }
}

/// Advice for a document names its file and its members, and none of the settings that it takes the place of.
#[test]
fn advice_on_a_document_is_about_the_document() {
    for denial in denials() {
        let is_empty = matches!(denial, Denial::PolicyEmpty);
        let advice = advice(&denial, &document()).join(" ");
        for setting in [
            "ALLOWED_CLIENT_CERT_THUMBPRINTS",
            "ALLOWED_CLIENT_CERT_COMMON_NAMES",
            "CLIENT_CERT_TRUST_ANCHORS",
            "CLIENT_CERT_INTERMEDIATES",
        ] {
            assert!(is_empty || !advice.contains(setting), "{advice}");
        }
    }
}
