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
        let mut without = sent(&pairs);
        decorate(&mut without, &facts(None, false)).unwrap();
        assert_eq!(certificates(&without), [], "{spelling}");
        let mut with = sent(&pairs);
        decorate(&mut with, &facts(Some("real"), false)).unwrap();
        assert_eq!(certificates(&with), [(CERTIFICATE, "real")], "{spelling}");
        let mut trailers = sent(&pairs);
        strip_trailers(&mut trailers);
        assert!(trailers.is_empty(), "{spelling}");
    }
}

#[test]
fn a_forged_header_stays_only_where_that_was_asked_for() {
    let mut headers = sent(&[("X-ARR-ClientCert", "forged")]);
    decorate(&mut headers, &facts(None, true)).unwrap();
    assert_eq!(certificates(&headers), [(CERTIFICATE, "forged")]);
    decorate(&mut headers, &facts(Some("real"), true)).unwrap();
    assert_eq!(
        certificates(&headers),
        [(CERTIFICATE, "forged"), (CERTIFICATE, "real")]
    );
}

#[test]
fn a_caller_cannot_have_our_headers_removed_by_naming_them_in_connection() {
    let mut headers = sent(&[
        ("Connection", "close, X-ARR-ClientCert, x-mine"),
        ("X-Mine", "1"),
        ("Transfer-Encoding", "chunked"),
    ]);
    decorate(&mut headers, &facts(Some("real"), false)).unwrap();
    assert_eq!(certificates(&headers), [(CERTIFICATE, "real")]);
    for gone in ["connection", "x-mine", "transfer-encoding"] {
        assert!(!headers.contains_key(gone), "{gone}");
    }
}

#[test]
fn the_platforms_own_headers_replace_the_callers() {
    let forged: Vec<(&str, &str)> = DECORATIONS.iter().map(|name| (*name, "forged")).collect();
    let mut headers = sent(&forged);
    headers.append("x_forwarded_proto", HeaderValue::from_static("forged"));
    decorate(&mut headers, &facts(None, false)).unwrap();
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
    assert_eq!(headers.len(), DECORATIONS.len());
}
