use super::*;

/// Every way to write the name that some server takes for the same header.
const SPELLINGS: [&str; 6] = [
    "X-ARR-ClientCert",
    "x-arr-clientcert",
    "X_ARR_ClientCert",
    "X-ARR_CLIENTCERT",
    "x_arr-clientcert",
    "X-Arr-Clientcert",
];

/// Header lines.
type Lines = &'static [(&'static str, &'static str)];

fn facts<'a>(certificate: Option<&'a str>, pass_forged: bool) -> Facts<'a> {
    Facts {
        peer: "127.0.0.1:50000".parse().unwrap(),
        tls_version: "1.3",
        server_certificate: "2048|256|CN=ca|CN=localhost",
        host: "localhost:7443",
        target: "/api/x?y=1",
        log_id: "4b7d",
        certificate,
        pass_forged,
    }
}

fn sent(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    headers
}

fn certificates(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers
        .iter()
        .filter(|(name, _)| folded(name) == CERTIFICATE)
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect()
}

#[test]
fn no_spelling_of_the_header_survives() {
    for spelling in SPELLINGS {
        let pairs = [(spelling, "forged"), (spelling, "again")];
        let without = decorated(&sent(&pairs), &facts(None, false)).unwrap();
        assert_eq!(certificates(&without), [], "{spelling}");
        let with = decorated(&sent(&pairs), &facts(Some("real"), false)).unwrap();
        assert_eq!(certificates(&with), [(CERTIFICATE, "real")], "{spelling}");
        let mut trailers = sent(&pairs);
        strip_trailers(&mut trailers);
        assert!(trailers.is_empty(), "{spelling}");
    }
}

#[test]
fn a_forged_header_stays_only_where_that_was_asked_for() {
    let forged = sent(&[("X-ARR-ClientCert", "forged")]);
    let headers = decorated(&forged, &facts(None, true)).unwrap();
    assert_eq!(certificates(&headers), [(CERTIFICATE, "forged")]);
    let headers = decorated(&forged, &facts(Some("real"), true)).unwrap();
    assert_eq!(
        certificates(&headers),
        [(CERTIFICATE, "forged"), (CERTIFICATE, "real")]
    );
}

#[test]
fn a_caller_cannot_have_our_headers_removed_by_naming_them_in_connection() {
    let named: Vec<&str> = DECORATIONS
        .into_iter()
        .chain([CERTIFICATE, "host"])
        .collect();
    let headers = sent(&[("Connection", &named.join(","))]);
    let headers = decorated(&headers, &facts(Some("real"), false)).unwrap();
    assert_eq!(certificates(&headers), [(CERTIFICATE, "real")]);
    for name in named {
        assert!(headers.contains_key(name), "{name}");
    }
    assert!(!headers.contains_key(CONNECTION));
}

#[test]
fn what_connection_names_is_gone_however_it_is_written() {
    for written in [
        "close, X-Mine",
        ",x-mine,",
        "X-MINE",
        "x-other\t,\tx-mine",
        "\u{e9}, x-mine",
    ] {
        let mut headers = sent(&[("X-Mine", "1"), ("X-Kept", "1"), ("X-Mine", "2")]);
        headers.append(CONNECTION, HeaderValue::from_str("x-also").unwrap());
        headers.append(
            CONNECTION,
            HeaderValue::from_bytes(written.as_bytes()).unwrap(),
        );
        let kept = end_to_end(&headers);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["x-kept"], "{written}");
    }
}

#[test]
fn the_callers_headers_keep_their_order_between_host_and_ours() {
    let headers = sent(&[
        ("X-B", "1"),
        ("Connection", "x-gone"),
        ("X-A", "1"),
        ("Host", "other"),
        ("X-Gone", "1"),
        ("X-B", "2"),
        ("Expect", "100-continue"),
        ("Content-Length", "2"),
    ]);
    let headers = decorated(&headers, &facts(None, false)).unwrap();
    let lines = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    let expected = [
        ("host", "localhost:7443"),
        ("x-b", "1"),
        ("x-b", "2"),
        ("x-a", "1"),
        ("content-length", "2"),
    ];
    assert_eq!(lines.take(expected.len()).collect::<Vec<_>>(), expected);
    assert_eq!(headers.len(), expected.len() + DECORATIONS.len());
}

#[test]
fn one_header_frames_the_body() {
    let table: [(Lines, Lines); 4] = [
        (&[("Content-Length", "2")], &[("content-length", "2")]),
        (
            &[("Connection", "Content-Length"), ("Content-Length", "2")],
            &[("content-length", "2")],
        ),
        (
            &[
                ("Content-Length", "2"),
                ("Transfer-Encoding", "gzip, chunked"),
            ],
            &[("transfer-encoding", "gzip, chunked")],
        ),
        (
            &[
                ("Connection", "transfer-encoding"),
                ("Transfer-Encoding", "chunked"),
            ],
            &[("transfer-encoding", "chunked")],
        ),
    ];
    for (callers, expected) in table {
        let headers = decorated(&sent(callers), &facts(None, false)).unwrap();
        let framing = [CONTENT_LENGTH, TRANSFER_ENCODING];
        let found = headers.iter().filter(|(name, _)| framing.contains(name));
        let found: Vec<_> = found
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        assert_eq!(found, expected, "{callers:?}");
    }
}

#[test]
fn the_platforms_own_headers_replace_the_callers() {
    let forged: Vec<(&str, &str)> = DECORATIONS.iter().map(|name| (*name, "forged")).collect();
    let mut headers = sent(&forged);
    headers.append("x_forwarded_proto", HeaderValue::from_static("forged"));
    let headers = decorated(&headers, &facts(None, false)).unwrap();
    assert!(
        headers.values().all(|value| value != "forged"),
        "{headers:?}"
    );
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1:50000"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-tlsversion", "1.3"),
        ("disguised-host", "localhost:7443"),
        ("x-original-url", "/api/x?y=1"),
        ("x-client-ip", "127.0.0.1"),
        ("x-client-port", "50000"),
        ("max-forwards", "10"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    assert_eq!(headers.len(), DECORATIONS.len() + 1);
}
