//! Methods, queries, and headers that were joined, repeated, forged, or named by `Connection`.

use super::{handed_over, locked};

#[test]
fn methods_are_matched_as_they_arrive_and_no_header_changes_one() {
    let fixture = locked("forward");
    let call = |method: &str, lines: &str| {
        let text = handed_over(
            method,
            "/api/getonly",
            &fixture.caller("GetOnly"),
            lines,
            "",
        );
        let (status, seen) = fixture.send(text.as_bytes(), false);
        (status.unwrap(), seen.map(|seen| seen.function))
    };
    let ran = Some("GetOnly".to_owned());
    assert_eq!(
        call("GET", "X-HTTP-Method-Override: DELETE\r\n"),
        (200, ran)
    );
    assert_eq!(call("POST", "X-HTTP-Method-Override: GET\r\n"), (404, None));
    assert_eq!(call("PURGE", ""), (404, None));
    for method in ["PURGE", "!#$%&'*+.^_`|~", "TRACE"] {
        fixture.runs_for_its_caller_alone(Some("Plain"), |certificate| {
            handed_over(method, "/api/plain", certificate, "", "")
        });
    }
}

#[test]
fn connect_opens_no_tunnel_and_is_answered() {
    let fixture = locked("forward");
    for target in ["app.example", "app.example:443", "localhost", "/api/plain"] {
        fixture.runs_for_its_caller_alone(None, |certificate| {
            handed_over("CONNECT", target, certificate, "", "")
        });
    }
}

#[test]
fn a_query_chooses_no_function_and_no_caller() {
    let fixture = locked("forward");
    for query in [
        "a=1,2",
        "code=x&X-ARR-ClientCert=y",
        "x=/../plain",
        "%2e%2e%2fplain",
    ] {
        let target = format!("/api/item/7?{query}");
        let seen = fixture.runs_for_its_caller_alone(Some("Item"), |certificate| {
            handed_over("GET", &target, certificate, "", "")
        });
        assert_eq!(seen.unwrap().target, target);
    }
}

#[test]
fn two_certificates_admit_nobody_whether_they_come_in_one_line_or_in_two() {
    let fixture = locked("forward");
    let twice = |lines: &str| {
        fixture.runs_for_its_caller_alone(None, |certificate| {
            handed_over("GET", "/api/plain", certificate, lines, "")
        });
    };
    let (item, plain) = (fixture.caller("Item"), fixture.caller("Plain"));
    for other in [&item, &plain, &"AAAA".to_owned(), &String::new()] {
        twice(&format!("X-ARR-ClientCert: {other}\r\n"));
        twice(&format!("x-arr-clientcert: {other}\r\n"));
    }
    for joined in [
        format!("{plain}, {item}"),
        format!("{plain},{item}"),
        format!("{plain}, {plain}"),
        format!("{plain},"),
        format!(", {plain}"),
        plain[..8].to_owned() + " " + &plain[8..],
    ] {
        let text = handed_over("GET", "/api/plain", &joined, "", "");
        let (status, seen) = fixture.send(text.as_bytes(), false);
        assert_eq!(status, Some(401), "{joined}");
        assert!(seen.is_none());
    }
}

/// Headers in which a caller may claim to be somebody, or to call something else; the host passes all of them on.
const CLAIMS: [&str; 17] = [
    "X_ARR_ClientCert: {item}",
    "Client-Cert: :{item}:",
    "X-Forwarded-Client-Cert: Cert={item}",
    "X-MS-CLIENT-PRINCIPAL: eyJ9",
    "X-MS-CLIENT-PRINCIPAL-NAME: Item",
    "X-Original-URL: /api/item/7",
    "X-Rewrite-URL: /api/item/7",
    "X-WAWS-Unencoded-URL: /api/item/7",
    "DISGUISED-HOST: localhost",
    "CLIENT-IP: 127.0.0.1:1",
    "X-ARR-SSL: 2048|256|CN=a|CN=Item",
    "Proxy: http://evil.example",
    "Authorization: Basic dTpw, Bearer x",
    "X-Forwarded-For: 127.0.0.1, 192.0.2.1",
    "X-Azure-Functions-InvocationId: evil",
    "traceparent: a, b",
    "Forwarded: for=127.0.0.1;host=localhost",
];

#[test]
fn no_other_header_names_a_caller_or_a_function() {
    let fixture = locked("forward");
    let item = fixture.caller("Item");
    for claim in CLAIMS {
        let line = claim.replace("{item}", &item) + "\r\n";
        fixture.runs_for_its_caller_alone(Some("Plain"), |certificate| {
            handed_over("GET", "/api/plain", certificate, &line, "")
        });
        // Nor instead of the certificate.
        let text = handed_over("GET", "/api/item/7", "", &line, "");
        let text = text.replace("X-ARR-ClientCert: \r\n", "");
        let (status, seen) = fixture.send(text.as_bytes(), false);
        assert_eq!((status, seen.is_some()), (Some(401), false), "{claim}");
    }
}

#[test]
fn what_connection_names_counts_as_if_it_were_not_named() {
    let fixture = locked("forward");
    for named in [
        "X-ARR-ClientCert",
        "close, X-ARR-ClientCert, Host, X-Forwarded-Proto",
        "X-Azure-Functions-InvocationId, X-ARR-ClientCert",
        "keep-alive\r\nConnection: X-ARR-ClientCert",
        ", ,",
    ] {
        let line = format!("Connection: {named}\r\n");
        let seen = fixture.runs_for_its_caller_alone(Some("Plain"), |certificate| {
            handed_over("GET", "/api/plain", certificate, &line, "")
        });
        assert_eq!(seen.unwrap().header("X-ARR-ClientCert").len(), 1);
    }
}

#[test]
fn a_local_host_proves_nothing() {
    let fixture = locked("proxy");
    for host in ["127.0.0.1", "localhost", "xn--9ca.example"] {
        let certificate = "AAAA";
        let text = handed_over("GET", "/api/plain", certificate, "", "");
        let text = text.replace("Host: app.example", &format!("Host: {host}"));
        let (status, seen) = fixture.send(text.as_bytes(), false);
        assert_eq!((status, seen.is_some()), (Some(401), false), "{host}");
    }
}
