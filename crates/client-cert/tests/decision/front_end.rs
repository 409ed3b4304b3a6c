//! The front end: nothing forwarded counts until one vouches for it.

use client_cert::{Forwarded, FrontEnd, HeaderLine, Requirement, TargetHost};
use test_support::{NOW, Shape};

use super::table::*;

#[test]
#[rustfmt::skip]
fn nothing_forwarded_counts_until_a_front_end_vouches() {
    let caller = Shape::caller("caller").self_signed();
    let value = caller.header();
    let ask = |front_end, proto| {
        let decider = Lists { front_end, ..pinned(&caller) }.decider();
        let certificate = HeaderLine::Once(value.as_bytes());
        text(&decide(
            &decider,
            &Requirement::Admitted,
            &Forwarded { arr_client_cert: certificate, proto, ..Forwarded::EMPTY },
            at(NOW),
        ))
    };
    let https = HeaderLine::Once(b"https");
    assert_rows([
        ("undeclared", ask(FrontEnd::Undeclared, https), "deny: front-end-undeclared"),
        ("App Service over TLS", ask(FrontEnd::AppService, https), "allow: pin sha256"),
        ("App Service over HTTP", ask(FrontEnd::AppService, HeaderLine::Once(b"http")), "deny: not-over-tls"),
        ("App Service, without the header", ask(FrontEnd::AppService, HeaderLine::Absent), "deny: not-over-tls"),
        ("App Service, two headers", ask(FrontEnd::AppService, HeaderLine::Repeated(2)), "deny: not-over-tls"),
        ("App Service, two values joined", ask(FrontEnd::AppService, HeaderLine::Once(b"https, http")), "deny: not-over-tls"),
        ("App Service, equal values joined", ask(FrontEnd::AppService, HeaderLine::Once(b"https, https")), "deny: not-over-tls"),
    ]);
}

#[test]
#[rustfmt::skip]
fn on_a_developers_machine_a_request_counts_if_every_place_names_this_machine() {
    let caller = Shape::caller("caller").self_signed();
    let value = caller.header();
    let decider = pinned(&caller).decider();
    let ask_at = |authority: Option<&'static str>, hosts: &[&'static str], forwarded: &[&'static str], original: &[&'static str]| {
        let bytes = |values: &[&'static str]| values.iter().map(|value| value.as_bytes()).collect::<Vec<_>>();
        let forwarded = Forwarded {
            arr_client_cert: HeaderLine::Once(value.as_bytes()),
            host: TargetHost::from_values(authority.map(str::as_bytes), bytes(hosts).into_iter(), bytes(forwarded).into_iter(), bytes(original).into_iter()),
            ..Forwarded::EMPTY
        };
        text(&decide(&decider, &Requirement::Admitted, &forwarded, at(NOW)))
    };
    let ask = |hosts: &[&'static str], forwarded: &[&'static str], original: &[&'static str]| ask_at(None, hosts, forwarded, original);
    let local = ["localhost"];
    let proxied = ["127.0.0.1:4000"];
    assert_rows([
        ("localhost", ask(&["localhost:7443"], &[], &[]), "allow: pin sha256"),
        ("an IPv4 address", ask(&["127.0.0.1"], &[], &[]), "allow: pin sha256"),
        ("an IPv6 address", ask(&["[::1]:7443"], &[], &[]), "allow: pin sha256"),
        ("the page's own name", ask(&["rebound.example:7443"], &[], &[]), "deny: host-not-local"),
        ("no host", ask(&[], &[], &[]), "deny: host-not-local"),
        ("two hosts", ask(&["localhost", "localhost"], &[], &[]), "deny: host-not-local"),
        ("proxied for localhost", ask(&proxied, &["localhost:7071"], &[]), "allow: pin sha256"),
        ("proxied for the page's name", ask(&proxied, &["rebound.example:7071"], &[]), "deny: host-not-local"),
        ("the second proxy's caller named another", ask(&proxied, &["localhost", "rebound.example"], &[]), "deny: host-not-local"),
        ("the same, joined", ask(&proxied, &["localhost, rebound.example"], &[]), "deny: host-not-local"),
        ("joined, both local", ask(&proxied, &["localhost, 127.0.0.1"], &[]), "allow: pin sha256"),
        ("joined, one empty", ask(&proxied, &["localhost,"], &[]), "deny: host-not-local"),
        ("an empty line", ask(&proxied, &[""], &[]), "deny: host-not-local"),
        ("original host local", ask(&proxied, &["localhost"], &["localhost"]), "allow: pin sha256"),
        ("original host another", ask(&proxied, &["localhost"], &["rebound.example"]), "deny: host-not-local"),
        ("original host another, alone", ask(&proxied, &[], &["rebound.example"]), "deny: host-not-local"),
        ("absolute form, local", ask_at(Some("localhost:7071"), &local, &[], &[]), "allow: pin sha256"),
        ("absolute form, two local names", ask_at(Some("127.0.0.1"), &local, &[], &[]), "allow: pin sha256"),
        ("absolute form, the page's own name", ask_at(Some("rebound.example"), &local, &[], &[]), "deny: host-not-local"),
        ("absolute form, local, for the page's own name", ask_at(Some("localhost"), &["rebound.example"], &[], &[]), "deny: host-not-local"),
        ("absolute form, a user of this machine", ask_at(Some("user@localhost"), &local, &[], &[]), "deny: host-not-local"),
        ("absolute form, two hosts", ask_at(Some("localhost"), &["localhost", "localhost"], &[], &[]), "deny: host-not-local"),
        ("absolute form, proxied for the page's own name", ask_at(Some("localhost"), &local, &["rebound.example"], &[]), "deny: host-not-local"),
        (":authority alone, local", ask_at(Some("localhost:7071"), &[], &[], &[]), "allow: pin sha256"),
        (":authority alone, the page's own name", ask_at(Some("rebound.example"), &[], &[], &[]), "deny: host-not-local"),
        (":authority alone, empty", ask_at(Some(""), &[], &[], &[]), "deny: host-not-local"),
    ]);
}

#[test]
fn a_front_end_is_shown_by_the_word_that_declares_it() {
    for (word, front_end) in FrontEnd::WORDS {
        assert_eq!(front_end.to_string(), *word);
        assert_ne!(*front_end, FrontEnd::Undeclared);
    }
}
