//! Envoy's element in `X-Forwarded-Client-Cert`: exactly one, exactly as Envoy writes it, and only where it is declared.

use client_cert::{Decider, Forwarded, FrontEnd, HeaderLine, Requirement};
use test_support::{Issued, NOW, Shape};

use super::envoy::*;
use super::table::*;

/// Two callers: the one on the list, and a stranger.
struct Callers {
    listed: Issued,
    stranger: Issued,
    decider: Decider,
}

impl Callers {
    fn new() -> Self {
        let listed = Shape::caller("caller").self_signed();
        let decider = believing(FrontEnd::ContainerApps, &listed);
        Self {
            stranger: Shape::caller("caller").self_signed(),
            listed,
            decider,
        }
    }

    fn ask(&self, value: &str) -> String {
        ask(&self.decider, HeaderLine::Once(value.as_bytes()))
    }

    fn admits(&self, value: &str) -> bool {
        self.ask(value) == ADMITTED
    }
}

const ADMITTED: &str = "allow: pin sha256";

fn believing(front_end: FrontEnd, listed: &Issued) -> Decider {
    Lists {
        front_end,
        ..pinned(listed)
    }
    .decider()
}

fn ask(decider: &Decider, forwarded_client_cert: HeaderLine<'_>) -> String {
    let forwarded = Forwarded {
        forwarded_client_cert,
        ..Forwarded::EMPTY
    };
    text(&decide(
        decider,
        &Requirement::Admitted,
        &forwarded,
        at(NOW),
    ))
}

#[test]
#[rustfmt::skip]
fn one_element_in_one_line_is_needed() {
    let callers = Callers::new();
    let Callers { listed, stranger, decider } = &callers;
    let (hash, cert, chain) = (hash(listed), cert(listed), chain(&[listed, stranger]));
    let whole = element(listed);
    let once = |value: &str| callers.ask(value);
    let oversized = format!("{whole};Chain=\"{}\"", "A".repeat(32 * 1024));
    assert_rows([
        ("the hash, the certificate", once(&whole), ADMITTED),
        ("the certificate alone", once(&cert), ADMITTED),
        ("with a chain", once(&format!("{whole};{chain}")), ADMITTED),
        ("with a chain and a semicolon", once(&format!("{whole};{chain};")), ADMITTED),
        ("a chain of others changes nothing", once(&format!("{whole};{}", self::chain(&[stranger]))), ADMITTED),
        ("the stranger", once(&element(stranger)), "deny: not-listed"),
        ("the stranger, with the caller in the chain", once(&format!("{};{}", element(stranger), self::chain(&[listed]))), "deny: not-listed"),
        ("no header", ask(decider, HeaderLine::Absent), "deny: certificate-absent"),
        ("an empty header", once(""), "deny: header-empty"),
        ("blanks alone", once("  "), "deny: header-empty"),
        ("two lines", ask(decider, HeaderLine::Repeated(2)), "deny: header-repeated"),
        ("more than 32 KiB", once(&oversized), "deny: header-too-long"),
        ("the hash alone", once(&hash), "deny: header-encoding"),
        ("the hash of another", once(&format!("{};{cert}", self::hash(stranger))), "deny: header-hash"),
        ("the certificate of another", once(&format!("{hash};{}", self::cert(stranger))), "deny: header-hash"),
        ("base64 alone", once(&listed.header()), "deny: header-encoding"),
        ("PEM alone", once(&listed.pem()), "deny: header-encoding"),
    ]);
}

#[test]
#[rustfmt::skip]
fn each_front_end_reads_its_own_header_and_no_other() {
    let listed = Shape::caller("caller").self_signed();
    let (arr, envoy) = (listed.header(), element(&listed));
    let of = |front_end, arr: Option<&str>, envoy: Option<&str>| {
        fn line(value: Option<&str>) -> HeaderLine<'_> { value.map_or(HeaderLine::Absent, |value| HeaderLine::Once(value.as_bytes())) }
        let forwarded = Forwarded {
            arr_client_cert: line(arr),
            forwarded_client_cert: line(envoy),
            proto: HeaderLine::Once(b"https"),
            ..Forwarded::EMPTY
        };
        let decider = believing(front_end, &listed);
        text(&decide(&decider, &Requirement::Admitted, &forwarded, at(NOW)))
    };
    use FrontEnd::{AppService, ContainerApps, Undeclared};
    let (arr, envoy) = (arr.as_str(), envoy.as_str());
    assert_rows([
        ("App Service, its own", of(AppService, Some(arr), None), ADMITTED),
        ("App Service, its own beside rubbish", of(AppService, Some(arr), Some("x, y")), ADMITTED),
        ("App Service, Envoy's", of(AppService, None, Some(envoy)), "deny: certificate-absent"),
        ("App Service, Envoy's form in its own header", of(AppService, Some(envoy), None), "deny: header-encoding"),
        ("Container Apps, its own", of(ContainerApps, None, Some(envoy)), ADMITTED),
        ("Container Apps, its own beside rubbish", of(ContainerApps, Some("x, y"), Some(envoy)), ADMITTED),
        ("Container Apps, App Service's", of(ContainerApps, Some(arr), None), "deny: certificate-absent"),
        ("Container Apps, App Service's form in its own header", of(ContainerApps, None, Some(arr)), "deny: header-encoding"),
        ("undeclared, both", of(Undeclared, Some(arr), Some(envoy)), "deny: front-end-undeclared"),
    ]);
}

/// A proxying Functions host says `http` there, whatever the ingress said.
#[test]
fn what_the_host_says_of_the_scheme_changes_nothing() {
    let callers = Callers::new();
    let value = element(&callers.listed);
    for proto in [
        HeaderLine::Absent,
        HeaderLine::Once(b"http"),
        HeaderLine::Once(b"https"),
        HeaderLine::Repeated(2),
    ] {
        let forwarded = Forwarded {
            forwarded_client_cert: HeaderLine::Once(value.as_bytes()),
            proto,
            ..Forwarded::EMPTY
        };
        let decided = decide(
            &callers.decider,
            &Requirement::Admitted,
            &forwarded,
            at(NOW),
        );
        assert_eq!(text(&decided), ADMITTED, "{proto:?}");
    }
}

/// What joins, nests, spells or quotes the listed certificate in any way but Envoy's.
#[test]
fn no_forgery_is_taken_for_an_element() {
    let callers = Callers::new();
    let forgeries = forgeries(&callers.listed, &callers.stranger);
    assert!(forgeries.len() > 300, "{}", forgeries.len());
    for value in forgeries {
        let decided = callers.ask(&value);
        assert!(decided.starts_with("deny: "), "{decided}: {value}");
    }
}

/// Each byte of an element is needed as it is: changed, left out, or preceded by another one.
#[test]
fn no_byte_of_an_element_can_be_changed() {
    let callers = Callers::new();
    let value = element(&callers.listed);
    for (index, _) in value.char_indices() {
        let (before, rest) = value.split_at(index);
        for other in changed(rest.as_bytes()[0]) {
            let forged = format!("{before}{other}{}", &rest[1..]);
            assert!(!callers.admits(&forged), "byte {index}: {forged}");
        }
        let cut = format!("{before}{}", &rest[1..]);
        assert!(!callers.admits(&cut), "without byte {index}: {cut}");
        for added in [
            " ", "\t", ";", "\"", "\\", "%0A", "%00", "=", ",", "A", "\u{e9}",
        ] {
            let longer = format!("{before}{added}{rest}");
            assert!(!callers.admits(&longer), "before byte {index}: {longer}");
        }
        assert!(!callers.admits(before), "cut at {index}");
    }
}

/// Pieces of elements in random order. Whatever is admitted is one of the few spellings that there are.
#[test]
fn no_random_composition_admits_but_the_canonical_ones() {
    /// A few seconds of a debug build.
    const ROUNDS: usize = 30_000;
    let callers = Callers::new();
    let mut random = Random::new(0x5eed);
    let mut admitted = 0;
    for _ in 0..ROUNDS {
        let value = random.composition(&callers.listed, &callers.stranger);
        if callers.admits(&value) {
            admitted += 1;
            assert!(is_canonical(&value, &callers.listed), "{value}");
        }
    }
    // The pieces are such that the right ones meet now and then.
    assert!(admitted > 20, "{admitted}");
}
