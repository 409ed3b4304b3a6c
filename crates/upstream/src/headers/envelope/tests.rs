use std::net::{Ipv4Addr, SocketAddr};

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::headers::added;
use crate::{Address, Admitted, Identity, Outside, Scheme, UpstreamOptions};

fn rewritten(envelope: &str, is_admitted: bool) -> Result<String, EnvelopeError> {
    let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, 8000));
    let options = UpstreamOptions::new(Address::loopback(socket).unwrap());
    let outside = Outside {
        scheme: Scheme::Https,
        host: "app.example".parse().ok(),
        client: None,
        invocation_id: Uuid::nil(),
        idle_timeout: None,
    };
    let identity = Identity::new(&Admitted {
        caller: Some("billing"),
        roles: vec![],
        rule: "r",
        sha256: "ab",
        der: &[1, 2, 3],
    });
    let lines = added(&options, is_admitted.then_some(&identity), &outside, false);
    let text = rewrite(envelope.as_bytes(), "req", Removal::of(&options), &lines)?;
    Ok(String::from_utf8(text).unwrap())
}

/// The headers that we add, as they are written in `Data`.
fn ours(is_admitted: bool) -> Value {
    let mut ours = json!({
        "X-Forwarded-Host": ["app.example"],
        "X-Forwarded-Port": ["443"],
        "X-Forwarded-Proto": ["https"],
    });
    if is_admitted {
        let identity = [
            ("Client-Cert", ":AQID:"),
            ("X-ARR-ClientCert", "AQID"),
            ("X-Client-Cert-Caller", "billing"),
            ("X-Client-Cert-Rule", "r"),
            ("X-Client-Cert-Sha256", "ab"),
        ];
        for (name, value) in identity {
            ours[name] = json!([value]);
        }
    }
    ours
}

fn as_texts(headers: &Value) -> Value {
    let texts = headers.as_object().unwrap().iter();
    texts
        .map(|(name, values)| (name.clone(), values[0].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn nothing_but_the_headers_changes() {
    let body = r#""Body":"{\"X-Client-Cert\": 1.50 }""#;
    let envelope = format!(
        r#"{{ "Data" : {{"blob":{{"Headers":{{"X-Client-Cert":"kept"}}}},"req":{{"Url":"https:\/\/a\u0062","Headers":{{"Accept":["*/*"]}}, {body} ,"n":1.500e3}}}},"Metadata":{{"id":"\"7\"","Headers":{{"Accept":"*/*"}},"sys":{{ "a" : 1 }}}},"More":[1, 2]}}"#
    );
    let found = rewritten(&envelope, false).unwrap();
    let (array, text) = (ours(false).to_string(), as_texts(&ours(false)).to_string());
    // Objects of serde_json are sorted, and so are ours in the order in which they are added.
    let expected = format!(
        r#"{{"Data":{{"blob":{{"Headers":{{"X-Client-Cert":"kept"}}}},"req":{{"Url":"https:\/\/a\u0062","Headers":{{"Accept":["*/*"],{}}},{body},"n":1.500e3}}}},"Metadata":{{"id":"\"7\"","Headers":{{"Accept":"*/*",{}}},"sys":{{ "a" : 1 }}}},"More":[1, 2]}}"#,
        inner(&array),
        inner(&text),
    );
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(value(&found), value(&expected));
    for kept in [
        body,
        r#""Url":"https:\/\/a\u0062""#,
        r#""n":1.500e3"#,
        r#""sys":{ "a" : 1 }"#,
        r#""More":[1, 2]"#,
    ] {
        assert!(found.contains(kept), "{kept} in {found}");
    }
}

fn inner(object: &str) -> &str {
    object.trim_start_matches('{').trim_end_matches('}')
}

#[test]
fn every_spelling_and_every_copy_is_replaced_by_ours() {
    let evil = r#"{"X-Client-Cert-Caller":["evil"],"x_client_cert_roles":"evil","X-ARR-CLIENTCERT":["evil"],"Client-Cert":"evil","X-Client-Cert-Caller ":"evil","X-Cl\u0069ent-Cert-Sha256":["evil"],"X-MS-CLIENT-PRINCIPAL":["evil"],"X-Forwarded-Client-Cert":["evil"],"forwarded":["evil"],"\u0058-client-cert":{"deep":["evil"]},"X.Client.Cert":"evil","gr\u00fcn":"evil"}"#;
    let members = [
        "Headers",
        "headers",
        "HEADERS",
        r"\u0048eaders",
        r"Header\u017f",
    ];
    for is_admitted in [false, true] {
        for data in ["Data", "data", r"D\u0061ta"] {
            for member in members {
                let envelope = format!(
                    r#"{{"{data}":{{"REQ":{{"{member}":{evil},"{member}":{evil}}},"req":{{"Headers":null}}}},"Data":{{"req":{{}}}},"Metadata":{{"{member}":{evil},"${member}":{evil},"Headers":"evil"}},"metadata":{{"{member}":{evil}}}}}"#
                );
                let found = rewritten(&envelope, is_admitted).unwrap();
                assert!(!found.contains("evil"), "{found}");
                let value: Value = serde_json::from_str(&found).unwrap();
                assert_eq!(
                    value["Data"]["req"]["Headers"],
                    ours(is_admitted),
                    "{found}"
                );
            }
        }
    }
}

#[test]
fn a_caller_cannot_multiply_what_we_add() {
    let members = (0..1000).map(|n| format!(r#""{}headers":{{}},"Headers":1"#, "$".repeat(n)));
    let members = members.collect::<Vec<_>>().join(",");
    let envelope = format!(r#"{{"Data":{{"req":{{}}}},"Metadata":{{{members}}}}}"#);
    let found = rewritten(&envelope, true).unwrap();
    assert_eq!(found.matches("AQID:").count(), 2);
}

#[test]
fn what_is_no_envelope_is_refused() {
    use EnvelopeError::{NoRequest, NotJson};
    let table = [
        ("", NotJson),
        ("[]", NotJson),
        ("{} {}", NotJson),
        (r#"{"Data":1}"#, NotJson),
        (r#"{"Data":{"req":{"Url":"x","Headers":{}}}"#, NotJson),
        ("{}", NoRequest),
        (r#"{"Data":{}}"#, NoRequest),
        (r#"{"Data":{"req":[]}}"#, NoRequest),
        (r#"{"Data":{"req":"{}"}}"#, NoRequest),
        (r#"{"Data":{"other":{}},"req":{}}"#, NoRequest),
    ];
    for (envelope, error) in table {
        assert_eq!(rewritten(envelope, true), Err(error), "{envelope}");
    }
    assert!(
        rewrite(
            b"{\"Data\":{\"req\":{\"a\":\"\xff\"}}}",
            "req",
            Removal {
                keep_underscores: false,
                keep_principal: false
            },
            &[]
        )
        .is_err()
    );
}

#[test]
fn depth_costs_no_stack() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let envelope = format!(r#"{{"Data":{{"req":{{"Body":{deep},"Headers":{{"X-A":{deep}}}}}}}}}"#);
    let found = rewritten(&envelope, true).unwrap();
    assert_eq!(found.matches(&deep).count(), 2);
}
