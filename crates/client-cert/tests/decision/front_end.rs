//! The front end: nothing forwarded counts until one vouches for it.

use client_cert::{Forwarded, FrontEnd, HeaderLine, Requirement};
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
            &Forwarded { certificate, proto },
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
        ("a developer's machine", ask(FrontEnd::Development, HeaderLine::Absent), "allow: pin sha256"),
    ]);
}
