//! Who reaches the server, and as whom.

use serde_json::{Value, json};

use crate::app::{Gated, PUBLIC, SECURED, lines, post_envelope};
use crate::trials;

trials!(
    a_caller_is_decided_before_the_server_sees_the_call,
    the_server_sees_our_headers_alone,
    target_and_body_arrive_as_they_came,
    the_server_inherits_what_is_its_own,
    an_envelope_is_decided_by_what_is_inside_and_names_the_caller_there,
    behind_envoy_the_server_sees_the_certificate_as_everywhere,
    a_front_ends_secret_stays_with_the_gate,
    calls_are_counted_where_the_setting_says_so,
);

/// On secured and public routes, and inside envelopes.
fn a_front_ends_secret_stays_with_the_gate() {
    let secret = "0123456789abcdef0123456789abcdef";
    let settings = [
        ("CLIENT_CERT_FRONT_END", "rfc9440"),
        ("CLIENT_CERT_FRONT_END_SECRET", secret),
    ];
    let gated = Gated::start("echo", &settings);
    let base64 = gated.caller.header();
    let proof = format!("X-Client-Cert-Front-End: {secret}\r\n");
    let with = format!("Client-Cert: :{base64}:\r\n{proof}");
    for (target, lines) in [(SECURED, &with), (PUBLIC, &with), (PUBLIC, &proof)] {
        let answer = gated.get(target, lines);
        assert_eq!(answer.status, 200);
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains(secret), "{text}");
    }
    assert_eq!(
        gated
            .get(SECURED, &format!("Client-Cert: :{base64}:\r\n"))
            .status,
        401
    );
    // Without the secret a call may have come past the front end, and over plain HTTP.
    let scheme = |target: &str, head: &str| {
        let answer = gated.get(target, head);
        lines(&answer, "x-forwarded-proto").join(",")
    };
    assert_eq!(scheme(SECURED, &with), "https");
    assert_eq!(scheme(PUBLIC, &proof), "https");
    assert_eq!(scheme(PUBLIC, ""), "http");
    assert_eq!(scheme(PUBLIC, "X-Client-Cert-Front-End: guess\r\n"), "http");
    let headers = |secret: &str| json!({"Host": ["app.example"], "client-cert": [format!(":{base64}:")], "X-CLIENT-CERT-Front-End": [secret]});
    let post = |secret: &str| {
        let headers = headers(secret);
        let envelope = json!({
            "Data": {"req": {"Url": "https://a/api/QueueFunction", "Method": "POST", "Query": {}, "Headers": headers, "Params": {}, "Body": "{}"}},
            "Metadata": {"Headers": headers, "sys": {"MethodName": "QueueFunction"}},
        });
        post_envelope(&gated.handler, "QueueFunction", &envelope)
    };
    let admitted = post(secret);
    let text = String::from_utf8(admitted.body).unwrap();
    assert!(
        text.to_lowercase().contains("x-client-cert-sha256"),
        "{text}"
    );
    assert!(!text.contains(secret), "{text}");
    let refused: Value = serde_json::from_slice(&post("guess").body).unwrap();
    assert_eq!(refused["Outputs"]["res"]["statusCode"], 401, "{refused}");
}

fn behind_envoy_the_server_sees_the_certificate_as_everywhere() {
    let gated = Gated::start(
        "echo",
        &[
            ("CLIENT_CERT_FRONT_END", "container-apps"),
            ("CONTAINER_APP_NAME", "shop"),
            ("CONTAINER_APP_REVISION", "shop--1"),
            ("CONTAINER_APP_ENV_DNS_SUFFIX", "example"),
        ],
    );
    let element = gated.caller.envoy_element();
    let answer = gated.get(SECURED, &format!("X-Forwarded-Client-Cert: {element}\r\n"));
    assert_eq!(answer.status, 200);
    let base64 = gated.caller.header();
    assert_eq!(lines(&answer, "client-cert"), [format!(":{base64}:")]);
    assert_eq!(lines(&answer, "x-arr-clientcert"), [base64]);
    assert!(lines(&answer, "x-forwarded-client-cert").is_empty());
    assert_eq!(gated.secured(SECURED, "").status, 401);
}

fn a_caller_is_decided_before_the_server_sees_the_call() {
    let gated = Gated::start("echo", &[]);
    assert_eq!(gated.secured(SECURED, "").status, 200);
    assert_eq!(gated.get(SECURED, "").status, 401);
    assert_eq!(gated.get(PUBLIC, "").status, 200);
    assert_eq!(gated.get("/api/Nothing", "").status, 404);
    let admitted = gated.handler.line(|line| line["outcome"] == "allow");
    assert_eq!(admitted["function"], "SecuredFunction");
    assert_eq!(admitted["status"], 200);
    assert_eq!(admitted["upstreamStatus"], 200);
    assert!(admitted["upstreamMs"].is_u64(), "{admitted}");
    // The probe is the host's, and no call of the server's.
    let probe = gated.get("/", "");
    assert_eq!((probe.status, probe.body.as_slice()), (200, &b""[..]));
}

fn the_server_sees_our_headers_alone() {
    let gated = Gated::start("echo", &[]);
    let names = [
        "Client-Cert",
        "client_cert",
        "Client-Cert-Chain",
        "X-Client-Cert",
        "X-Client-Cert-Caller",
        "x_client_cert_caller",
        "X-CLIENT_CERT-Roles",
        "X-Client-Cert-Gate-Secret",
        "X-Forwarded-Client-Cert",
        "X-MS-CLIENT-PRINCIPAL",
        "X-MS-CLIENT-PRINCIPAL-NAME",
        "Forwarded",
    ];
    let forged: String = names
        .iter()
        .map(|name| format!("{name}: evil\r\n"))
        .collect();
    for answer in [gated.secured(SECURED, &forged), gated.get(PUBLIC, &forged)] {
        assert_eq!(answer.status, 200);
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains("evil"), "{text}");
    }
    let secured = gated.secured(SECURED, &forged);
    let base64 = gated.caller.header();
    assert_eq!(lines(&secured, "client-cert"), [format!(":{base64}:")]);
    assert_eq!(lines(&secured, "x-arr-clientcert"), [base64]);
    assert_eq!(
        lines(&secured, "x-client-cert-sha256"),
        [gated.caller.sha256()]
    );
    assert!(
        lines(&secured, "x-client-cert-caller").is_empty(),
        "a listed caller has no name"
    );
    let public = gated.secured(PUBLIC, &forged);
    for name in ["client-cert", "x-arr-clientcert", "x-client-cert-sha256"] {
        assert!(lines(&public, name).is_empty(), "{name}");
    }
    for answer in [&secured, &public] {
        assert_eq!(
            lines(answer, "x-client-cert-gate-secret"),
            lines(answer, "secret")
        );
        assert_eq!(lines(answer, "secret")[0].len(), 64);
    }
}

fn target_and_body_arrive_as_they_came() {
    let gated = Gated::start("echo", &[]);
    let target = "/api/SecuredFunction?a=%2f&b=x+y&c=%E4&d=é";
    let answer = gated.secured(target, "");
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains(&format!("GET {target} HTTP/1.1")), "{text}");
    let post = format!(
        "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {}\r\nContent-Length: 11\r\n\r\n{{\"a\": \"b\"}}\n",
        gated.caller.header()
    );
    let answer = gated.handler.exchange(post.as_bytes()).unwrap();
    assert!(answer.body.ends_with(b"{\"a\": \"b\"}\n"));
}

fn the_server_inherits_what_is_its_own() {
    // What the Flask recipe reads itself is neither read nor checked by the gate.
    let gated = Gated::start(
        "echo",
        &[("OUTBOUND_ANYTHING", "x"), ("REMOTE_API_URL", "no URL")],
    );
    let answer = gated.secured(SECURED, "");
    assert_eq!(lines(&answer, "policy"), ["false"]);
}

fn an_envelope_is_decided_by_what_is_inside_and_names_the_caller_there() {
    let gated = Gated::start("echo", &[]);
    let forged = [
        "X-Client-Cert-Caller",
        "x_client_cert_caller",
        "client-cert",
    ];
    let post = |certificate: Option<&str>| {
        let mut headers = json!({"Host": ["localhost:7071"], "X-Kept": ["1", "2"]});
        for name in forged {
            headers[name] = json!(["evil"]);
        }
        if let Some(certificate) = certificate {
            headers["X-ARR-ClientCert"] = json!([certificate]);
        }
        let envelope = json!({
            "Data": {"req": {"Url": "https://a/api/QueueFunction", "Method": "POST", "Query": {}, "Headers": headers, "Params": {}, "Body": "{}"}},
            "Metadata": {"Headers": headers, "sys": {"MethodName": "QueueFunction"}},
        });
        post_envelope(&gated.handler, "QueueFunction", &envelope)
    };
    let refused: Value = serde_json::from_slice(&post(None).body).unwrap();
    assert_eq!(refused["Outputs"]["res"]["statusCode"], 401, "{refused}");
    let admitted = post(Some(&gated.caller.header()));
    let text = String::from_utf8(admitted.body).unwrap();
    let passed: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    for headers in [
        &passed["Data"]["req"]["Headers"],
        &passed["Metadata"]["Headers"],
    ] {
        let names: Vec<String> = headers
            .as_object()
            .unwrap()
            .keys()
            .map(|name| name.to_lowercase())
            .collect();
        assert!(!headers.to_string().contains("evil"), "{headers}");
        assert!(
            names.contains(&"x-client-cert-sha256".to_owned()),
            "{names:?}"
        );
        assert_eq!(headers["X-Kept"], json!(["1", "2"]));
    }
    assert_eq!(passed["Data"]["req"]["Body"], "{}");
}

/// The server learns the address that the front end wrote, also where a proxying host replaced X-Forwarded-For.
fn calls_are_counted_where_the_setting_says_so() {
    let gated = Gated::start("echo", &[("CLIENT_CERT_AUDIT", "refusals")]);
    let from = "CLIENT-IP: 203.0.113.7:51234\r\nX-Forwarded-For: 127.0.0.1\r\n";
    for _ in 0..2 {
        let answer = gated.secured(SECURED, from);
        assert_eq!(lines(&answer, "x-forwarded-for"), ["203.0.113.7"]);
    }
    // A forwarding host leaves what the front end wrote.
    let forged = "CLIENT-IP: 203.0.113.7\r\nX-Forwarded-For: 1.1.1.1, 198.51.100.1:9\r\n";
    let answer = gated.get(PUBLIC, forged);
    assert_eq!(lines(&answer, "x-forwarded-for"), ["198.51.100.1"]);
    assert_eq!(gated.get(SECURED, from).status, 401);
    let (written, _) = gated.handler.end();
    let of = |event: &str| {
        let lines = written.iter().filter(|line| line["event"] == event);
        lines.collect::<Vec<_>>()
    };
    let [refused] = of("decision")[..] else {
        panic!("expected one decision, found {written:#?}");
    };
    assert_eq!(
        (&refused["outcome"], &refused["address"]),
        (&"deny".into(), &"203.0.113.7".into())
    );
    let [calls] = of("calls")[..] else {
        panic!("expected one summary, found {written:#?}");
    };
    assert_eq!(calls["admitted"][0]["calls"], 2);
}
