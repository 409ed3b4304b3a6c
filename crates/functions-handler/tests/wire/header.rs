//! The header of the certificate, and what is not one.

use crate::common::{self, KeyKind, Shape};
use crate::{Gate, SECURED};

#[test]
fn no_value_of_the_header_but_one_certificate_opens() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let pem_line = gate.pinned.pem().replace('\n', " ");
    let oversized = "A".repeat(17 * 1024);
    let flipped = {
        let mut bytes = good.clone().into_bytes();
        bytes[200] = if bytes[200] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let values = [
        String::new(),
        " ".to_owned(),
        "null".to_owned(),
        format!("{good},{good}"),
        format!("{good}, "),
        format!(", {good}"),
        format!("{good} {good}"),
        format!("\"{good}\""),
        format!("{good};"),
        format!("{good}="),
        good.replace('=', ""),
        good.to_lowercase(),
        good[..good.len() / 2].to_owned(),
        format!("{good}AAAA"),
        good.replace('+', "-").replace('/', "_") + "-",
        good.replace('/', "%2F") + "%",
        pem_line,
        oversized,
        flipped,
        format!("Cert={good}"),
        format!(":{good}:"),
    ];
    for value in &values {
        if *value == good {
            continue;
        }
        let answer = gate.handler.get(SECURED, Some(value));
        assert_eq!(answer.status, 401, "{}", &value[..value.len().min(60)]);
    }
    gate.assert_open();
}

#[test]
fn a_request_that_names_another_host_is_refused() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let ask = |target: &str, headers: &str| {
        let request = format!("GET {target} HTTP/1.1\r\n{headers}X-ARR-ClientCert: {good}\r\n\r\n");
        let answer = gate.handler.exchange(request.as_bytes());
        answer.map(|answer| answer.status)
    };
    for (headers, status) in [
        ("Host: 127.0.0.1:4000\r\n", 200),
        ("Host: rebound.example\r\n", 401),
        ("Host: localhost\r\nHost: localhost\r\n", 400),
        (
            "Host: 127.0.0.1\r\nX-Forwarded-Host: localhost:7071\r\n",
            200,
        ),
        (
            "Host: 127.0.0.1\r\nX-Forwarded-Host: rebound.example:7071\r\n",
            401,
        ),
        (
            "Host: 127.0.0.1\r\nX-Forwarded-Host: localhost\r\nx-forwarded-host: rebound.example\r\n",
            401,
        ),
        (
            "Host: 127.0.0.1\r\nX-Original-Host: rebound.example\r\n",
            401,
        ),
        ("", 400),
    ] {
        assert_eq!(ask(SECURED, headers), Some(status), "{headers}");
    }
    // The absolute form of a request target replaces `Host` (RFC 9112, section 3.2.2).
    for (authority, status) in [
        ("localhost:7071", 200),
        ("127.0.0.1", 200),
        ("[::1]:7071", 200),
        ("rebound.example", 401),
        ("rebound.example:7071", 401),
        ("localhost.rebound.example", 401),
        ("localhost@rebound.example", 401),
    ] {
        for scheme in ["http", "https", "ws"] {
            let target = format!("{scheme}://{authority}{SECURED}");
            let found = ask(&target, "Host: localhost\r\n");
            assert_eq!(found, Some(status), "{target}");
        }
    }
    gate.assert_open();
}

#[test]
fn header_lines_are_counted_and_spellings_are_exact() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let with = |headers: &str| {
        let request = format!("GET {SECURED} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        gate.handler
            .exchange(request.as_bytes())
            .map(|answer| answer.status)
    };
    let twice = format!("X-ARR-ClientCert: {good}\r\nX-ARR-ClientCert: {good}\r\n");
    assert_eq!(with(&twice), Some(401));
    assert_eq!(
        with(&format!(
            "X-ARR-ClientCert: {good}\r\nx-arr-clientcert:\r\n"
        )),
        Some(401)
    );
    assert_eq!(with(&format!("X_ARR_ClientCert: {good}\r\n")), Some(401));
    assert_eq!(with(&format!("X-ARR-ClientCert2: {good}\r\n")), Some(401));
    assert_eq!(
        with(&format!(
            "X-Client-Cert: {good}\r\nClient-Cert: :{good}:\r\n"
        )),
        Some(401)
    );
    assert_eq!(
        with(&format!("x-arr-clientcert: {good}\r\n")),
        Some(200),
        "names have no case"
    );
    assert_eq!(
        with(&format!("X-ARR-ClientCert: \t {good} \t \r\n")),
        Some(200),
        "HTTP trims blanks around a value"
    );
    assert_eq!(with(&format!("X-ARR-ClientCert : {good}\r\n")), Some(400));
    assert_eq!(
        with(&format!(
            "X-ARR-ClientCert: {}\r\n {}\r\n",
            &good[..100],
            &good[100..]
        )),
        Some(400)
    );
    assert_eq!(with(&format!("X-ARR-ClientCert: {good}\0\r\n")), Some(400));
    gate.assert_open();
}

#[test]
fn bytes_outside_ascii_are_refused() {
    let gate = Gate::open();
    for bytes in [&b"\xff\xfe"[..], b"MII\x80", "ΜΙΙ".as_bytes()] {
        let request = [
            b"GET /api/SecuredFunction HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: ",
            bytes,
            b"\r\n\r\n",
        ]
        .concat();
        assert_eq!(gate.handler.exchange(&request).unwrap().status, 401);
    }
    gate.assert_open();
}

#[test]
fn odd_certificates_are_refused() {
    let gate = Gate::open();
    let issue = |change: fn(&mut Shape)| {
        let mut shape = Shape::caller("named").valid_today();
        change(&mut shape);
        gate.authority.issue(shape)
    };
    let odd = [
        issue(|s| s.not_after = common::today() - 1),
        issue(|s| s.not_before = common::today() + 3600),
        issue(|s| s.extended_key_usage = Some(vec!["serverAuth"])),
        issue(|s| s.key = KeyKind::Rsa1024),
        issue(|s| s.basic_constraints = Some(true)),
        issue(|s| s.names[0].1 = "Named".to_owned()),
        issue(|s| s.names[0].1 = "n\u{0430}med".to_owned()),
        issue(|s| s.names[0].1 = "named\0.evil".to_owned()),
        issue(|s| s.names.push(s.names[0].clone())),
        issue(|s| s.extensions = vec![("1.2.3.4.5", true, vec![5, 0])]),
        Shape::authority("Authority")
            .valid_today()
            .self_signed()
            .issue(Shape::caller("named").valid_today()),
        gate.pinned.issue(Shape::caller("pinned").valid_today()),
        gate.authority.clone(),
    ];
    for (index, caller) in odd.iter().enumerate() {
        let answer = gate.handler.get(SECURED, Some(&caller.header()));
        assert_eq!(answer.status, 401, "certificate {index}");
    }
    gate.assert_open();
}
