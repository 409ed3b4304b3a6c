//! Envelopes: what a caller writes into their metadata, and into the request.

use serde_json::{Value, json};

use super::{ID, locked};
use crate::fixture::Fixture;

/// An envelope as the host posts it, of a request with these headers.
fn posted(fixture: &Fixture, function: &str, headers: &Value, more: &Value) -> String {
    let mut request = json!({
        "Url": "https://app.example/api/item/7?a=1,2", "Method": "POST", "Query": {"a": "1,2"}, "Headers": headers,
        "Params": {"id": "7"},
        "Identities": [{"AuthenticationType": null, "IsAuthenticated": false, "Name": null, "Claims": []}],
    });
    let mut metadata = json!({"id": "\"7\"", "sys": {"MethodName": function}});
    for (part, members) in [
        (&mut request, &more["request"]),
        (&mut metadata, &more["metadata"]),
    ] {
        for (name, value) in members.as_object().into_iter().flatten() {
            part[name] = value.clone();
        }
    }
    let text = json!({"Data": {"req": request}, "Metadata": metadata}).to_string();
    format!(
        "POST /{function} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX-Azure-Functions-HostVersion: 4.1037.0.0\r\n\
         X-Azure-Functions-InvocationId: {ID}\r\nUser-Agent: Azure-Functions-Host/4.1037.0.0\r\n\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n{text}",
        fixture.server.port,
        text.len()
    )
}

fn signed(certificate: &str) -> Value {
    json!({"Host": ["app.example"], "X-Forwarded-Proto": ["https"], "X-ARR-ClientCert": [certificate]})
}

/// Whether the function ran that the envelope is addressed to.
#[track_caller]
fn ran(fixture: &Fixture, function: &str, text: &str) -> bool {
    let (status, seen) = fixture.send(text.as_bytes(), false);
    assert_eq!(
        status,
        Some(200),
        "a refusal travels in an envelope: {text}"
    );
    seen.is_some_and(|seen| {
        assert_eq!(seen.function, function, "{text}");
        assert_eq!(seen.params["id"], "7");
        assert_eq!(seen.query, [("a".to_owned(), "1,2".to_owned())]);
        true
    })
}

#[test]
fn members_of_metadata_decide_nothing() {
    let fixture = locked("envelope");
    let (item, plain) = (fixture.caller("Item"), fixture.caller("Plain"));
    for (metadata, is_whose) in [(signed(&item), &plain), (signed(&plain), &item)] {
        let more = json!({"metadata": {
            "Headers": metadata, "Query": {"a": "2"}, "sys": {"MethodName": "Plain"}, "$sys": {"MethodName": "Item"},
            "id": "\"8\"", "a": "\"2\"", "req": {"Headers": metadata}, "Data": {"req": {"Headers": metadata}},
        }});
        let text = posted(&fixture, "Item", &signed(is_whose), &more);
        assert_eq!(ran(&fixture, "Item", &text), *is_whose == item);
    }
    // Nor do they stand in for headers that are absent.
    let more = json!({"metadata": {"Headers": signed(&item)}});
    assert!(!ran(
        &fixture,
        "Item",
        &posted(&fixture, "Item", &json!({}), &more)
    ));
}

#[test]
fn two_certificates_in_one_envelope_admit_nobody() {
    let fixture = locked("envelope");
    let (item, plain) = (fixture.caller("Item"), fixture.caller("Plain"));
    for values in [
        json!([item, plain]),
        json!([plain, item]),
        json!([item, item]),
        json!([format!("{item},{plain}")]),
    ] {
        let mut headers = signed(&item);
        headers["X-ARR-ClientCert"] = values;
        assert!(!ran(
            &fixture,
            "Item",
            &posted(&fixture, "Item", &headers, &json!({}))
        ));
    }
    let mut headers = signed(&item);
    headers["x-arr-clientcert"] = json!([item]);
    assert!(!ran(
        &fixture,
        "Item",
        &posted(&fixture, "Item", &headers, &json!({}))
    ));
}

#[test]
fn identities_and_forged_ids_name_no_caller() {
    let fixture = locked("envelope");
    let more = json!({"request": {
        "Identities": [{"AuthenticationType": "aad", "IsAuthenticated": true, "Name": "Item", "Claims": [{"Type": "role", "Value": "item"}]}],
    }});
    let mut headers = signed("AAAA");
    headers["X-Azure-Functions-InvocationId"] = json!(["evil"]);
    assert!(!ran(
        &fixture,
        "Item",
        &posted(&fixture, "Item", &headers, &more)
    ));
}

#[test]
fn a_chunked_request_without_its_body_is_seen_as_one_without_a_body() {
    let fixture = locked("envelope");
    let mut headers = signed(&fixture.caller("Item"));
    headers["Transfer-Encoding"] = json!(["chunked"]);
    headers["X-Content-Length"] = json!(["4"]);
    let text = posted(&fixture, "Item", &headers, &json!({}));
    let (_, seen) = fixture.send(text.as_bytes(), false);
    assert_eq!(seen.unwrap().body.as_deref(), Some(&b""[..]));
}
