//! `Client-Cert` (RFC 9440): one byte sequence, and only from a front end that proves itself.

use client_cert::{Decider, Forwarded, FrontEnd, FrontEndProof, FrontEndSecrets, HeaderLine};
use client_cert::{MAX_HEADER_VALUE_BYTES, Requirement};
use test_support::{NOW, Shape};

use super::table::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OLD: &str = "fedcba9876543210fedcba9876543210";

const ADMITTED: &str = "allow: pin sha256";

fn proof(line: HeaderLine<'_>) -> FrontEndProof {
    FrontEndSecrets::new([SECRET, OLD]).unwrap().prove(line)
}

fn proven() -> FrontEndProof {
    proof(HeaderLine::Once(SECRET.as_bytes()))
}

fn ask(decider: &Decider, proof: FrontEndProof, client_cert: HeaderLine<'_>) -> String {
    let forwarded = Forwarded {
        client_cert,
        proof,
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
fn one_byte_sequence_in_one_line_is_needed() {
    let listed = Shape::caller("caller").self_signed();
    let decider = Lists { front_end: FrontEnd::Rfc9440, ..pinned(&listed) }.decider();
    let base64 = listed.header();
    let good = format!(":{base64}:");
    let once = |value: &str| ask(&decider, proven(), HeaderLine::Once(value.as_bytes()));
    let oversized = format!(":{}:", "A".repeat(MAX_HEADER_VALUE_BYTES));
    assert_rows([
        ("a byte sequence", once(&good), ADMITTED),
        ("no header", ask(&decider, proven(), HeaderLine::Absent), "deny: certificate-absent"),
        ("an empty header", once(""), "deny: header-empty"),
        ("two lines", ask(&decider, proven(), HeaderLine::Repeated(2)), "deny: header-repeated"),
        ("two lines that a hop joined", once(&format!("{good}, {good}")), "deny: header-joined"),
        ("a list of one", once(&format!("{good},")), "deny: header-joined"),
        ("more than 16 KiB", once(&oversized), "deny: header-too-long"),
        ("base64 alone", once(&base64), "deny: header-encoding"),
        ("one colon before", once(&format!(":{base64}")), "deny: header-encoding"),
        ("one colon after", once(&format!("{base64}:")), "deny: header-encoding"),
        ("a colon alone", once(":"), "deny: header-encoding"),
        ("an empty sequence", once("::"), "deny: certificate-malformed"),
        ("two sequences", once(&format!("{good}{good}")), "deny: header-encoding"),
        ("a sequence in a sequence", once(&format!(":{good}:")), "deny: header-encoding"),
        ("blanks around", once(&format!(" {good} ")), "deny: header-encoding"),
        ("blanks inside", once(&format!(": {base64} :")), "deny: header-encoding"),
        ("a parameter", once(&format!("{good};a")), "deny: header-encoding"),
        ("a parameter with a value", once(&format!("{good};a={good}")), "deny: header-encoding"),
        ("a string", once(&format!("\"{base64}\"")), "deny: header-encoding"),
        ("a token", once(&format!("*{base64}")), "deny: header-encoding"),
        ("an inner list", once(&format!("({good})")), "deny: header-encoding"),
        ("a dictionary", once(&format!("cert={good}")), "deny: header-encoding"),
        ("without padding", once(&good.replace('=', "")), if base64.contains('=') { "deny: header-encoding" } else { ADMITTED }),
        ("base64url", once(&format!(":{}-_:", &base64[..base64.len() - 4])), "deny: header-encoding"),
        ("PEM", once(&format!(":{}:", listed.pem().replace('\n', ""))), "deny: header-encoding"),
        ("Envoy's element", once(&listed.envoy_element()), "deny: header-encoding"),
    ]);
}

/// Each byte is needed as it is.
#[test]
fn no_byte_of_a_sequence_can_be_changed() {
    let listed = Shape::caller("caller").self_signed();
    let decider = Lists {
        front_end: FrontEnd::Rfc9440,
        ..pinned(&listed)
    }
    .decider();
    let good = format!(":{}:", listed.header());
    for index in 0..good.len() {
        let (before, rest) = good.split_at(index);
        for other in super::envoy::changed(rest.as_bytes()[0]) {
            let forged = format!("{before}{other}{}", &rest[1..]);
            let decided = ask(&decider, proven(), HeaderLine::Once(forged.as_bytes()));
            assert!(decided.starts_with("deny: "), "byte {index}: {forged}");
        }
        for forged in [before.to_owned(), format!("{before}{}", &rest[1..])] {
            let decided = ask(&decider, proven(), HeaderLine::Once(forged.as_bytes()));
            assert!(decided.starts_with("deny: "), "byte {index}: {forged}");
        }
    }
}

#[test]
#[rustfmt::skip]
fn nothing_counts_without_the_secret() {
    let listed = Shape::caller("caller").self_signed();
    let value = format!(":{}:", listed.header());
    let decider = Lists { front_end: FrontEnd::Rfc9440, ..pinned(&listed) }.decider();
    let with = |proof| ask(&decider, proof, HeaderLine::Once(value.as_bytes()));
    let once = |text: &str| with(proof(HeaderLine::Once(text.as_bytes())));
    let unproven = "deny: front-end-unproven";
    assert_rows([
        ("the secret", once(SECRET), ADMITTED),
        ("the other secret", once(OLD), ADMITTED),
        ("nothing sent", with(proof(HeaderLine::Absent)), unproven),
        ("nothing expected", with(FrontEndProof::NONE), unproven),
        ("sent twice", with(proof(HeaderLine::Repeated(2))), unproven),
        ("joined", once(&format!("{SECRET}, {SECRET}")), unproven),
        ("the beginning", once(&SECRET[..31]), unproven),
        ("more than it", once(&format!("{SECRET}0")), unproven),
        ("another case", once(&SECRET.to_uppercase()), unproven),
        ("nothing in it", once(""), unproven),
    ]);
}

#[test]
#[rustfmt::skip]
fn the_proof_counts_for_its_own_header_alone() {
    let listed = Shape::caller("caller").self_signed();
    let (arr, envoy) = (listed.header(), listed.envoy_element());
    let sequence = format!(":{arr}:");
    fn line(value: &str) -> HeaderLine<'_> { HeaderLine::Once(value.as_bytes()) }
    let of = |front_end, forwarded: Forwarded<'_>| {
        let decider = Lists { front_end, ..pinned(&listed) }.decider();
        let forwarded = Forwarded { proof: proven(), proto: line("https"), ..forwarded };
        text(&decide(&decider, &Requirement::Admitted, &forwarded, at(NOW)))
    };
    let arr = Forwarded { arr_client_cert: line(&arr), ..Forwarded::EMPTY };
    let envoy = Forwarded { forwarded_client_cert: line(&envoy), ..Forwarded::EMPTY };
    let sequence = Forwarded { client_cert: line(&sequence), ..Forwarded::EMPTY };
    let absent = "deny: certificate-absent";
    assert_rows([
        ("rfc9440, its own", of(FrontEnd::Rfc9440, sequence), ADMITTED),
        ("rfc9440, App Service's", of(FrontEnd::Rfc9440, arr), absent),
        ("rfc9440, Envoy's", of(FrontEnd::Rfc9440, envoy), absent),
        ("App Service, RFC 9440's", of(FrontEnd::AppService, sequence), absent),
        ("Container Apps, RFC 9440's", of(FrontEnd::ContainerApps, sequence), absent),
        ("undeclared, RFC 9440's", of(FrontEnd::Undeclared, sequence), "deny: front-end-undeclared"),
    ]);
}
