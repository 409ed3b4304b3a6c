//! Who is admitted: the decision, as a table. Read it as the specification.
//!
//! Every row names a situation and the outcome: `allow: <rule>`, or `deny: <reason code>`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use test_support as common;

use std::time::Duration;

use client_cert::{
    Anchor, Decision, Denial, Explanation, ExtendedKeyUsageRule, Forwarded, FrontEnd, HeaderLine,
    Intermediate, Policy, PolicyError, Requirement, Rule, Rules, Stage, Trust, decide, explain,
};
use common::{DAY, Issued, KeyKind, NOW, Shape};
use openssl::nid::Nid;
use rustls_pki_types::UnixTime;

/// The rules of an app on a developer's machine, without anybody listed.
fn nobody() -> Rules {
    Rules {
        front_end: FrontEnd::Development,
        ..Rules::default()
    }
}

fn pinned_by(thumbprint: String) -> Rules {
    Rules {
        pins: [thumbprint.parse().unwrap()].into(),
        ..nobody()
    }
}

fn pinned(caller: &Issued) -> Rules {
    pinned_by(caller.sha256())
}

fn named(name: &str, anchors: &[&Issued], intermediates: &[&Issued]) -> Rules {
    Rules {
        common_names: [name.to_owned()].into(),
        trust: Trust::new(
            anchors
                .iter()
                .map(|anchor| Anchor::new(&anchor.der()).unwrap())
                .collect(),
            intermediates
                .iter()
                .map(|certificate| Intermediate::new(&certificate.der()).unwrap())
                .collect(),
        ),
        ..nobody()
    }
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap()))
}

fn told(decision: &Decision) -> String {
    match decision {
        Decision::Allow(permit) => match permit.rule() {
            Rule::Pin(pin) => format!("allow: pin {}", pin.algorithm()),
            Rule::CommonName { name, .. } => format!("allow: name {name}"),
            other => panic!("a rule without a row: {other}"),
        },
        Decision::Deny(refusal) => format!("deny: {}", refusal.denial().code()),
    }
}

/// The decision. Every one that a row of this page asks for is explained too, and the two must agree.
fn decided(
    policy: &Policy,
    requirement: &Requirement,
    forwarded: &Forwarded<'_>,
    now: UnixTime,
) -> Decision {
    let decision = decide(policy, requirement, forwarded, now);
    let explanation = explain(policy, requirement, forwarded, now);
    let first = explanation
        .first_failure()
        .and_then(|step| step.denial.as_ref());
    let denial = match &decision {
        Decision::Allow(_) => None,
        Decision::Deny(refusal) => Some(refusal.denial()),
    };
    assert_eq!(first, denial, "{:#?}", explanation.steps());
    assert_eq!(told(explanation.decision()), told(&decision));
    assert_eq!(steps_admit(&explanation), denial.is_none());
    decision
}

/// Whether the steps by themselves, without the decision, amount to an admission.
fn steps_admit(explanation: &Explanation) -> bool {
    let passes = |stage| {
        let mut steps = explanation
            .steps()
            .iter()
            .filter(|step| step.stage == stage)
            .peekable();
        steps.peek()?;
        Some(steps.all(|step| step.denial.is_none()))
    };
    passes(Stage::Request) == Some(true)
        && (passes(Stage::Pin) == Some(true) || passes(Stage::CommonName) == Some(true))
        && passes(Stage::Role).is_none_or(|passed| passed)
}

fn decide_value(policy: &Policy, value: &str, now: i64) -> Decision {
    decide_line(policy, HeaderLine::Once(value.as_bytes()), now)
}

fn decide_line(policy: &Policy, certificate: HeaderLine<'_>, now: i64) -> Decision {
    let forwarded = Forwarded {
        certificate,
        proto: HeaderLine::Absent,
    };
    decided(policy, &Requirement::Admitted, &forwarded, at(now))
}

/// The outcome for one certificate. Asked twice, because what is remembered must not change it.
fn outcome(rules: Rules, caller: &Issued, now: i64) -> String {
    let policy = Policy::new(rules).unwrap();
    let first = told(&decide_value(&policy, &caller.header(), now));
    let second = told(&decide_value(&policy, &caller.header(), now));
    assert_eq!(
        first, second,
        "a repeated request is decided as the first one"
    );
    first
}

#[track_caller]
fn assert_rows<const N: usize>(rows: [(&str, String, &str); N]) {
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(_, seen, expected)| seen != expected)
        .collect();
    assert!(wrong.is_empty(), "situation, seen, expected: {wrong:#?}");
}

#[test]
#[rustfmt::skip]
fn one_certificate_in_one_header_line_is_needed() {
    let caller = Shape::caller("caller").self_signed();
    let value = caller.header();
    let joined = format!("{value}, {value}");
    let pem = caller.pem().replace('\n', "");
    let base64url = value.replace('+', "-").replace('/', "_");
    let percent = value.replace('+', "%2B").replace('/', "%2F");
    let spaced = format!("{} {}", &value[..64], &value[64..]);
    let truncated = &value[..value.len() / 8 * 4];
    let trailing = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode([caller.der(), vec![0; 4]].concat())
    };
    let oversized = "A".repeat(client_cert::MAX_HEADER_VALUE_BYTES + 4);
    let policy = Policy::new(pinned(&caller)).unwrap();
    let ask = |line: HeaderLine<'_>| told(&decide_line(&policy, line, NOW));
    let once = |text: &str| told(&decide_value(&policy, text, NOW));
    assert_rows([
        ("the pinned certificate", once(&value), "allow: pin sha256"),
        ("no header", ask(HeaderLine::Absent), "deny: certificate-absent"),
        ("an empty header", once(""), "deny: header-empty"),
        ("blanks alone", once("   "), "deny: header-empty"),
        ("two lines, both admitted", ask(HeaderLine::Repeated(2)), "deny: header-repeated"),
        ("two lines that the host joined", once(&joined), "deny: header-joined"),
        ("a value and a comma", once(&format!("{value},")), "deny: header-joined"),
        ("more than 16 KiB", once(&oversized), "deny: header-too-long"),
        ("PEM on one line", once(&pem), "deny: header-encoding"),
        ("percent-encoded", once(&percent), "deny: header-encoding"),
        ("white space inside", once(&spaced), "deny: header-encoding"),
        ("white space behind", once(&format!("{value} ")), "deny: header-encoding"),
        ("without its padding", once(&value[..value.len() - 1]), "deny: header-encoding"),
        ("bytes outside ASCII", ask(HeaderLine::Once(b"MII\xff\xfe")), "deny: header-encoding"),
        ("half a certificate", once(truncated), "deny: certificate-malformed"),
        ("bytes behind the certificate", once(&trailing), "deny: certificate-malformed"),
        ("base64 of something else", once("aGVsbG8="), "deny: certificate-malformed"),
    ]);
    // Most certificates have one of the two characters that base64url replaces.
    if base64url != value {
        assert_eq!(once(&base64url), "deny: header-encoding");
    }
}

#[test]
fn keys_with_which_anybody_could_sign_and_names_with_more_behind_them_are_refused() {
    use base64::Engine as _;
    let caller = Shape {
        key: KeyKind::Rsa2048,
        ..Shape::caller("caller")
    }
    .self_signed();
    let changed = |from: &[u8], to: &[u8]| {
        let mut der = caller.der();
        let place = der
            .windows(from.len())
            .rposition(|window| window == from)
            .unwrap();
        der[place..place + to.len()].copy_from_slice(to);
        let pin = client_cert::Thumbprint::sha256_of(&der).to_string();
        let value = base64::engine::general_purpose::STANDARD.encode(der);
        told(&decide_value(
            &Policy::new(pinned_by(pin)).unwrap(),
            &value,
            NOW,
        ))
    };
    let exponent = [2, 3, 1, 0, 1];
    assert_eq!(changed(&exponent, &exponent), "allow: pin sha256");
    assert_eq!(
        changed(&exponent, &[2, 3, 0, 0, 1]),
        "deny: key-unsupported",
        "an exponent of 1"
    );
    assert_eq!(
        changed(&exponent, &[2, 3, 1, 0, 2]),
        "deny: key-unsupported",
        "an even exponent"
    );
    assert_eq!(
        changed(&exponent, &[2, 3, 0x81, 0, 1]),
        "deny: key-unsupported",
        "a negative exponent"
    );
    // The set around the common name becomes a sequence, which the parser stops at.
    assert_eq!(
        changed(&[0x31, 15, 0x30, 13], &[0x30, 15, 0x30, 13]),
        "deny: certificate-malformed"
    );
}

#[test]
fn a_bit_flipped_anywhere_refuses() {
    use base64::Engine as _;
    let authority = Shape::authority("Authority").self_signed();
    let caller = authority.issue(Shape::caller("caller"));
    let both = Rules {
        pins: [caller.sha256().parse().unwrap()].into(),
        ..named("caller", &[&authority], &[])
    };
    let policy = Policy::new(both).unwrap();
    assert_eq!(
        told(&decide_value(&policy, &caller.header(), NOW)),
        "allow: pin sha256"
    );
    let der = caller.der();
    for byte in 0..der.len() {
        let mut flipped = der.clone();
        flipped[byte] ^= 1 << (byte % 8);
        let value = base64::engine::general_purpose::STANDARD.encode(flipped);
        let seen = told(&decide_value(&policy, &value, NOW));
        assert!(seen.starts_with("deny: "), "byte {byte}: {seen}");
    }
}

#[test]
#[rustfmt::skip]
fn nothing_forwarded_counts_until_a_front_end_vouches() {
    let caller = Shape::caller("caller").self_signed();
    let value = caller.header();
    let ask = |front_end, proto| {
        let policy = Policy::new(Rules {
            front_end,
            ..pinned(&caller)
        })
        .unwrap();
        let certificate = HeaderLine::Once(value.as_bytes());
        told(&decided(
            &policy,
            &Requirement::Admitted,
            &Forwarded { certificate, proto },
            at(NOW),
        ))
    };
    let https = HeaderLine::Once(b"https");
    assert_rows([
        ("undeclared", ask(FrontEnd::Undeclared, https), "deny: front-end-undeclared"),
        ("App Service over TLS", ask(FrontEnd::AppService, https), "allow: pin sha256"),
        ("App Service over HTTP", ask(FrontEnd::AppService, HeaderLine::Once(b"http")), "deny: not-over-tls"),
        ("App Service, not said", ask(FrontEnd::AppService, HeaderLine::Absent), "deny: not-over-tls"),
        ("App Service, said twice", ask(FrontEnd::AppService, HeaderLine::Repeated(2)), "deny: not-over-tls"),
        ("App Service, joined", ask(FrontEnd::AppService, HeaderLine::Once(b"https, http")), "deny: not-over-tls"),
        ("App Service, joined alike", ask(FrontEnd::AppService, HeaderLine::Once(b"https, https")), "deny: not-over-tls"),
        ("a developer's machine", ask(FrontEnd::Development, HeaderLine::Absent), "allow: pin sha256"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_pin_admits_one_certificate_that_is_fit_for_use() {
    let caller = Shape::caller("caller").self_signed();
    let other = Shape::caller("caller").self_signed();
    let shaped = |change: fn(&mut Shape)| {
        let mut shape = Shape::caller("caller");
        change(&mut shape);
        let caller = shape.self_signed();
        outcome(pinned(&caller), &caller, NOW)
    };
    let at_end = |seconds| outcome(pinned(&caller), &caller, NOW + 365 * DAY + seconds);
    let at_begin = |seconds| outcome(pinned(&caller), &caller, NOW - DAY + seconds);
    let authority = Shape::openssl_req("caller").self_signed();
    let old = Shape {
        version: 1,
        key: KeyKind::Rsa2048,
        ..Shape::caller("caller")
    }
    .self_signed();
    assert_rows([
        ("by SHA-256", outcome(pinned(&caller), &caller, NOW), "allow: pin sha256"),
        ("by SHA-1", outcome(pinned_by(caller.sha1()), &caller, NOW), "allow: pin sha1"),
        ("another with the same name", outcome(pinned(&caller), &other, NOW), "deny: not-listed"),
        ("nobody is listed", outcome(nobody(), &caller, NOW), "deny: policy-empty"),
        ("in its first second", at_begin(0), "allow: pin sha256"),
        ("a second too early", at_begin(-1), "deny: certificate-not-yet-valid"),
        ("in its last second", at_end(0), "allow: pin sha256"),
        ("a second too late", at_end(1), "deny: certificate-expired"),
        ("without key usage", shaped(|s| s.key_usage = None), "allow: pin sha256"),
        ("without digitalSignature", shaped(|s| s.key_usage = Some(vec!["keyEncipherment"])), "deny: key-usage"),
        ("without extended key usage", shaped(|s| s.extended_key_usage = None), "allow: pin sha256"),
        ("for servers alone", shaped(|s| s.extended_key_usage = Some(vec!["serverAuth"])), "deny: extended-key-usage"),
        ("for any purpose", shaped(|s| s.extended_key_usage = Some(vec!["anyExtendedKeyUsage"])), "deny: extended-key-usage"),
        ("for servers and clients", shaped(|s| s.extended_key_usage = Some(vec!["serverAuth", "clientAuth"])), "allow: pin sha256"),
        ("RSA-2048", shaped(|s| s.key = KeyKind::Rsa2048), "allow: pin sha256"),
        ("RSA-1024", shaped(|s| s.key = KeyKind::Rsa1024), "deny: key-too-short"),
        ("P-384", shaped(|s| s.key = KeyKind::P384), "allow: pin sha256"),
        ("P-521", shaped(|s| s.key = KeyKind::P521), "allow: pin sha256"),
        ("Ed25519", shaped(|s| s.key = KeyKind::Ed25519), "allow: pin sha256"),
        ("Ed448", shaped(|s| s.key = KeyKind::Ed448), "allow: pin sha256"),
        ("secp256k1", shaped(|s| s.key = KeyKind::Secp256k1), "deny: key-unsupported"),
        ("an unknown critical extension", shaped(|s| s.extensions = vec![("1.2.3.4.5", true, vec![5, 0])]), "deny: critical-extension"),
        ("bytes behind the value of an extension", shaped(|s| { s.key_usage = None; s.extensions = vec![("2.5.29.15", true, vec![3, 2, 7, 128, 0])]; }), "deny: certificate-malformed"),
        ("an unknown extension", shaped(|s| s.extensions = vec![("1.2.3.4.5", false, vec![5, 0])]), "allow: pin sha256"),
        ("CA:TRUE, as openssl req -x509 makes it", outcome(pinned(&authority), &authority, NOW), "allow: pin sha256"),
        ("X.509 version 1", outcome(pinned(&old), &old, NOW), "allow: pin sha256"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_pinned_certificate_is_no_authority() {
    let pinned_caller = Shape::openssl_req("caller").self_signed();
    let evil = pinned_caller.issue(Shape::caller("evil"));
    let twin = pinned_caller.issue(Shape::caller("caller"));
    assert_rows([
        ("signed by a pinned certificate", outcome(pinned(&pinned_caller), &evil, NOW), "deny: not-listed"),
        ("the same name, signed by it", outcome(pinned(&pinned_caller), &twin, NOW), "deny: not-listed"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_name_counts_under_a_verified_path_alone() {
    let authority = Shape::authority("Authority").self_signed();
    let look_alike = Shape::authority("Authority").self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let rules = || named("partner", &[&authority], &[]);
    let issued = |change: fn(&mut Shape)| {
        let mut shape = Shape::caller("partner");
        change(&mut shape);
        outcome(rules(), &authority.issue(shape), NOW)
    };
    let common_name = |name: &str| outcome(rules(), &authority.issue(Shape::caller(name)), NOW);
    let two_names = Shape {
        names: vec![
            (Nid::COMMONNAME, "partner".to_owned()),
            (Nid::COMMONNAME, "other".to_owned()),
        ],
        ..Shape::caller("")
    };
    assert_rows([
        ("issued by the anchor", outcome(rules(), &partner, NOW), "allow: name partner"),
        ("self-signed with the name", outcome(rules(), &Shape::caller("partner").self_signed(), NOW), "deny: path-unverified"),
        ("by an authority with the anchor's name", outcome(rules(), &look_alike.issue(Shape::caller("partner")), NOW), "deny: path-unverified"),
        ("another name under the anchor", common_name("other"), "deny: not-listed"),
        ("another case", common_name("Partner"), "deny: not-listed"),
        ("a blank before", common_name(" partner"), "deny: not-listed"),
        ("a blank behind", common_name("partner "), "deny: not-listed"),
        ("a Cyrillic letter", common_name("p\u{0430}rtner"), "deny: not-listed"),
        ("an invisible mark", common_name("partner\u{200E}"), "deny: not-listed"),
        ("NUL in the name", common_name("partner\0.evil"), "deny: not-listed"),
        ("two common names", outcome(rules(), &authority.issue(two_names), NOW), "deny: common-name-ambiguous"),
        ("the name as organisation", issued(|s| s.names = vec![(Nid::ORGANIZATIONNAME, "partner".to_owned())]), "deny: not-listed"),
        ("the name as SAN", issued(|s| { s.names = vec![(Nid::ORGANIZATIONNAME, "x".to_owned())]; s.dns = vec!["partner".to_owned()]; }), "deny: not-listed"),
        ("expired", issued(|s| s.not_after = NOW - 1), "deny: certificate-expired"),
        ("not yet valid", issued(|s| s.not_before = NOW + 1), "deny: certificate-not-yet-valid"),
        ("for servers alone", issued(|s| s.extended_key_usage = Some(vec!["serverAuth"])), "deny: extended-key-usage"),
        ("without extended key usage", issued(|s| s.extended_key_usage = None), "allow: name partner"),
        ("without digitalSignature", issued(|s| s.key_usage = Some(vec!["keyEncipherment"])), "deny: key-usage"),
        ("RSA-1024", issued(|s| s.key = KeyKind::Rsa1024), "deny: key-too-short"),
        ("an authority itself", issued(|s| s.basic_constraints = Some(true)), "deny: ca-certificate"),
        ("an unknown critical extension", issued(|s| s.extensions = vec![("1.2.3.4.5", true, vec![5, 0])]), "deny: critical-extension"),
        ("X.509 version 1", issued(|s| s.version = 1), "deny: path-unverified"),
        ("the anchor itself", outcome(named("Authority", &[&authority], &[]), &authority, NOW), "deny: key-usage"),
        ("the anchor's name is not listed", outcome(rules(), &authority, NOW), "deny: not-listed"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_path_goes_through_configured_intermediates() {
    let root = Shape::authority("Root").self_signed();
    let intermediate = root.issue(Shape::authority("Intermediate"));
    let partner = intermediate.issue(Shape::caller("partner"));
    let short = Shape::authority("Root").path_length(0).self_signed();
    let too_deep = short.issue(Shape::authority("Intermediate"));
    let expired = root.issue(Shape {
        not_after: NOW + DAY,
        ..Shape::authority("Expiring")
    });
    let under_expired = expired.issue(Shape::caller("partner"));
    let server_only = root.issue(Shape {
        extended_key_usage: Some(vec!["serverAuth"]),
        ..Shape::authority("Server authority")
    });
    let under_server_only = server_only.issue(Shape::caller("partner"));
    let constrained = root.issue(Shape {
        extensions: constrained_names(),
        ..Shape::authority("Constrained")
    });
    let server_root = Shape { extended_key_usage: Some(vec!["serverAuth"]), ..Shape::authority("Root") }.self_signed();
    let mail_root = Shape {
        // excludedSubtrees: rfc822Name example.com
        extensions: vec![("2.5.29.30", true, b"\x30\x11\xa1\x0f\x30\x0d\x81\x0bexample.com".to_vec())],
        ..Shape::authority("Root")
    }
    .self_signed();
    let mail = |address: Option<&str>| {
        let mut shape = Shape::caller("partner");
        shape.names.extend(address.map(|address| (Nid::PKCS9_EMAILADDRESS, address.to_owned())));
        outcome(named("partner", &[&mail_root], &[]), &mail_root.issue(shape), NOW)
    };
    let under_constrained = |name: &str, dns: &[&str]| {
        let dns = dns.iter().map(|name| (*name).to_owned()).collect();
        let caller = constrained.issue(Shape { dns, ..Shape::caller(name) });
        outcome(named(name, &[&root], &[&constrained]), &caller, NOW)
    };
    let constrained_root = Shape { extensions: constrained_names(), ..Shape::authority("Root") }.self_signed();
    let under_constrained_root = constrained_root.issue(Shape::caller("partner"));
    assert_rows([
        ("through it", outcome(named("partner", &[&root], &[&intermediate]), &partner, NOW), "allow: name partner"),
        ("not configured", outcome(named("partner", &[&root], &[]), &partner, NOW), "deny: path-unverified"),
        ("itself as the anchor", outcome(named("partner", &[&intermediate], &[]), &partner, NOW), "allow: name partner"),
        ("too long a path", outcome(named("partner", &[&short], &[&too_deep]), &too_deep.issue(Shape::caller("partner")), NOW), "deny: path-unverified"),
        ("while it is valid", outcome(named("partner", &[&root], &[&expired]), &under_expired, NOW + DAY), "allow: name partner"),
        ("after it has expired", outcome(named("partner", &[&root], &[&expired]), &under_expired, NOW + DAY + 1), "deny: path-unverified"),
        ("an intermediate for servers", outcome(named("partner", &[&root], &[&server_only]), &under_server_only, NOW), "deny: path-unverified"),
        ("a DNS name inside its name constraints", under_constrained("a.example.com", &["a.example.com"]), "allow: name a.example.com"),
        ("a DNS name outside its name constraints", under_constrained("a.example.org", &["a.example.org"]), "deny: path-unverified"),
        ("a common name alone, outside", under_constrained("a.example.org", &[]), "deny: path-unverified"),
        ("a common name alone, inside", under_constrained("a.example.com", &[]), "allow: name a.example.com"),
        ("a common name that only ends alike", under_constrained("notexample.com", &[]), "deny: path-unverified"),
        ("a common name outside beside a DNS name inside", under_constrained("a.example.org", &["a.example.com"]), "deny: path-unverified"),
        ("a common name that is no DNS name", under_constrained("partner", &["a.example.com"]), "deny: path-unverified"),
        ("name constraints on the anchor", outcome(named("partner", &[&constrained_root], &[]), &under_constrained_root, NOW), "deny: path-unverified"),
        ("an anchor for servers alone", outcome(named("partner", &[&server_root], &[]), &server_root.issue(Shape::caller("partner")), NOW), "deny: path-unverified"),
        ("a mail address under an authority that constrains them", mail(Some("x@example.com")), "deny: path-unverified"),
        ("no mail address under it", mail(None), "allow: name partner"),
        ("no intermediate is an anchor", outcome(named("partner", &[&Shape::authority("Other").self_signed()], &[&root, &intermediate]), &partner, NOW), "deny: path-unverified"),
    ]);
}

/// Name constraints: permittedSubtrees with the dNSName example.com.
fn constrained_names() -> Vec<(&'static str, bool, Vec<u8>)> {
    vec![(
        "2.5.29.30",
        true,
        b"\x30\x11\xa0\x0f\x30\x0d\x82\x0bexample.com".to_vec(),
    )]
}

#[test]
#[rustfmt::skip]
fn an_anchor_is_looked_at_as_a_certificate() {
    let expiring = Shape {
        not_after: NOW + DAY,
        ..Shape::authority("Authority")
    }
    .self_signed();
    let partner = expiring.issue(Shape::caller("partner"));
    let rules = || named("partner", &[&expiring], &[]);
    assert_rows([
        ("while it is valid", outcome(rules(), &partner, NOW + DAY), "allow: name partner"),
        ("after it has expired", outcome(rules(), &partner, NOW + DAY + 1), "deny: path-unverified"),
    ]);
    let refused = |shape: Shape| {
        Anchor::new(&shape.self_signed().der())
            .unwrap_err()
            .to_string()
    };
    let plain = || Shape::authority("Authority");
    for (shape, expected) in [
        (Shape::caller("caller"), "found an end entity"),
        (Shape { basic_constraints: Some(false),..plain() }, "found an end entity"),
        (Shape { version: 1,..plain() }, "found an end entity"),
        (Shape { key_usage: Some(vec!["cRLSign"]),..plain() }, "keyCertSign, found cRLSign"),
        (Shape { extensions: vec![("1.2.3.4.5", true, vec![5, 0])],..plain() }, "found 1.2.3.4.5"),
    ] {
        let seen = refused(shape);
        assert!(seen.contains(expected), "{seen} does not say {expected}");
    }
    let usage = Shape {
        key_usage: Some(vec!["digitalSignature"]),
        ..plain()
    }
    .self_signed();
    assert!(
        Intermediate::new(&usage.der()).is_err(),
        "webpki itself would take it"
    );
}

#[test]
fn names_need_an_anchor_and_only_one_subject_of_anchors() {
    let first = Shape::authority("First").self_signed();
    let renewed = Shape::authority("First").self_signed();
    let second = Shape::authority("Second").self_signed();
    let refused = |rules| Policy::new(rules).unwrap_err();
    assert_eq!(
        refused(named("partner", &[], &[])),
        PolicyError::NamesWithoutAnchor
    );
    assert_eq!(
        refused(named("partner", &[&first, &second], &[])),
        PolicyError::NamesUnderSeveralAnchors
    );
    let rules = named("partner", &[&first, &renewed], &[]);
    assert_eq!(
        outcome(rules, &renewed.issue(Shape::caller("partner")), NOW),
        "allow: name partner"
    );
}

#[test]
#[rustfmt::skip]
fn either_list_admits() {
    let authority = Shape::authority("Authority").self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let other = Shape::caller("other").self_signed();
    let rules = || Rules {
        pins: [other.sha256().parse().unwrap()].into(),
        ..named("partner", &[&authority], &[])
    };
    let by_both = |change: fn(&mut Shape)| {
        let mut shape = Shape::caller("partner");
        change(&mut shape);
        let caller = authority.issue(shape);
        let pins = [caller.sha256().parse().unwrap()].into();
        outcome(Rules { pins, ..rules() }, &caller, NOW)
    };
    assert_rows([
        ("by name", outcome(rules(), &partner, NOW), "allow: name partner"),
        ("by pin", outcome(rules(), &other, NOW), "allow: pin sha256"),
        ("by neither", outcome(rules(), &authority.issue(Shape::caller("third")), NOW), "deny: not-listed"),
        ("by both, and for servers alone", by_both(|s| s.extended_key_usage = Some(vec!["serverAuth"])), "deny: extended-key-usage"),
        ("by both, and an authority", by_both(|s| s.basic_constraints = Some(true)), "allow: pin sha256"),
    ]);
}

#[test]
#[rustfmt::skip]
fn extended_key_usage_follows_its_setting() {
    let authority = Shape::authority("Authority").self_signed();
    let ask = |rule, purposes: Option<Vec<&'static str>>| {
        let shape = Shape {
            extended_key_usage: purposes,
            ..Shape::caller("partner")
        };
        let rules = Rules {
            extended_key_usage: rule,
            ..named("partner", &[&authority], &[])
        };
        outcome(rules, &authority.issue(shape), NOW)
    };
    use ExtendedKeyUsageRule::{IfPresent, Ignored, Required};
    assert_rows([
        ("if present: missing", ask(IfPresent, None), "allow: name partner"),
        ("if present: client", ask(IfPresent, Some(vec!["clientAuth"])), "allow: name partner"),
        ("if present: server", ask(IfPresent, Some(vec!["serverAuth"])), "deny: extended-key-usage"),
        ("required: missing", ask(Required, None), "deny: extended-key-usage"),
        ("required: client", ask(Required, Some(vec!["clientAuth"])), "allow: name partner"),
        ("required: any", ask(Required, Some(vec!["anyExtendedKeyUsage"])), "deny: extended-key-usage"),
        ("ignored: server", ask(Ignored, Some(vec!["serverAuth"])), "allow: name partner"),
        ("ignored: missing", ask(Ignored, None), "allow: name partner"),
    ]);
}

#[test]
#[rustfmt::skip]
fn the_minimum_of_rsa_bits_follows_its_setting() {
    let caller = Shape {
        key: KeyKind::Rsa2048,
        ..Shape::caller("caller")
    }
    .self_signed();
    let weak = Shape {
        key: KeyKind::Rsa1024,
        ..Shape::caller("caller")
    }
    .self_signed();
    let ask = |minimum_rsa_bits, caller: &Issued| {
        outcome(
            Rules {
                minimum_rsa_bits,
                ..pinned(caller)
            },
            caller,
            NOW,
        )
    };
    assert_rows([
        ("2048 of 2048", ask(2048, &caller), "allow: pin sha256"),
        ("2048 of 2049", ask(2049, &caller), "deny: key-too-short"),
        ("2048 of 3072", ask(3072, &caller), "deny: key-too-short"),
        ("1024 of 1024", ask(1024, &weak), "allow: pin sha256"),
    ]);
}

#[test]
fn the_most_useful_of_several_reasons_is_told() {
    let authority = Shape::authority("Authority").self_signed();
    let worst = Shape {
        not_after: NOW - 1,
        key: KeyKind::Rsa1024,
        extended_key_usage: Some(vec!["serverAuth"]),
        ..Shape::caller("partner")
    }
    .self_signed();
    let reasons =
        |rules: Rules| match decide_value(&Policy::new(rules).unwrap(), &worst.header(), NOW) {
            Decision::Allow(_) => panic!("admitted"),
            Decision::Deny(refusal) => {
                let first = refusal.denial().code();
                std::iter::once(first)
                    .chain(refusal.also().iter().map(Denial::code))
                    .collect::<Vec<_>>()
            }
        };
    assert_eq!(
        reasons(pinned(&worst)),
        ["certificate-expired", "key-too-short", "extended-key-usage"]
    );
    assert_eq!(
        reasons(named("partner", &[&authority], &[])),
        ["certificate-expired", "key-too-short", "extended-key-usage"],
        "a listed name likewise"
    );
    assert_eq!(
        reasons(pinned(&authority)),
        ["not-listed"],
        "nobody meant to admit it"
    );
}

#[test]
fn a_role_that_nobody_grants_is_missing() {
    let caller = Shape::caller("caller").self_signed();
    let policy = Policy::new(pinned(&caller)).unwrap();
    let value = caller.header();
    let forwarded = |certificate| Forwarded {
        certificate,
        proto: HeaderLine::Absent,
    };
    let requirement = Requirement::AnyRole(vec!["auditor".to_owned()]);
    let ask = |line| match decided(&policy, &requirement, &forwarded(line), at(NOW)) {
        Decision::Allow(_) => panic!("admitted"),
        Decision::Deny(refusal) => refusal,
    };
    let admitted = ask(HeaderLine::Once(value.as_bytes()));
    assert_eq!(
        (admitted.denial().code(), admitted.denial().is_forbidden()),
        ("role-missing", true)
    );
    let absent = ask(HeaderLine::Absent);
    assert_eq!(
        (absent.denial().code(), absent.denial().is_forbidden()),
        ("certificate-absent", false)
    );
}

#[test]
#[rustfmt::skip]
fn what_is_remembered_lives_as_long_as_every_certificate_on_the_path() {
    let root = Shape {
        not_after: NOW + 3 * DAY,
        ..Shape::authority("Root")
    }
    .self_signed();
    let intermediate = root.issue(Shape {
        not_after: NOW + 2 * DAY,
        ..Shape::authority("Intermediate")
    });
    let partner = intermediate.issue(Shape::caller("partner"));
    let direct = root.issue(Shape::caller("partner"));
    let policy = Policy::new(named("partner", &[&root], &[&intermediate])).unwrap();
    let ask = |caller: &Issued, now| told(&decide_value(&policy, &caller.header(), now));
    assert_rows([
        ("admitted", ask(&partner, NOW), "allow: name partner"),
        ("admitted, directly", ask(&direct, NOW), "allow: name partner"),
        ("before they were valid", ask(&partner, NOW - 2 * DAY), "deny: certificate-not-yet-valid"),
        ("again", ask(&partner, NOW + 2 * DAY), "allow: name partner"),
        ("the intermediate has expired", ask(&partner, NOW + 2 * DAY + 1), "deny: path-unverified"),
        ("directly, that is no matter", ask(&direct, NOW + 2 * DAY + 1), "allow: name partner"),
        ("the anchor has expired", ask(&direct, NOW + 3 * DAY + 1), "deny: path-unverified"),
    ]);
}

#[test]
fn what_is_remembered_belongs_to_one_policy_and_its_front_end() {
    let caller = Shape::caller("caller").self_signed();
    let first = Policy::new(Rules {
        front_end: FrontEnd::AppService,
        ..pinned(&caller)
    })
    .unwrap();
    let value = caller.header();
    let ask = |policy: &Policy, proto| {
        let certificate = HeaderLine::Once(value.as_bytes());
        told(&decided(
            policy,
            &Requirement::Admitted,
            &Forwarded { certificate, proto },
            at(NOW),
        ))
    };
    assert_eq!(ask(&first, HeaderLine::Once(b"https")), "allow: pin sha256");
    assert_eq!(ask(&first, HeaderLine::Once(b"http")), "deny: not-over-tls");
    let second = Policy::new(nobody()).unwrap();
    assert_eq!(ask(&second, HeaderLine::Absent), "deny: policy-empty");
}
