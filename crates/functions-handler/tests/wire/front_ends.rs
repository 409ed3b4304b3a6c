//! Front ends with headers of their own: what the handler believes there, and what it does not.

use serde_json::{Value, json};

use crate::common::process::{Handler, reason};
use crate::common::{self, Issued, Shape};
use crate::{SECURED, SECURED_BODY};

const PUBLIC: &str = "/api/PublicFunction";

/// What Container Apps sets for a replica, and Kubernetes beside it.
const REPLICA: [(&str, &str); 5] = [
    ("CLIENT_CERT_FRONT_END", "container-apps"),
    ("CONTAINER_APP_NAME", "shop"),
    ("CONTAINER_APP_REVISION", "shop--0000001"),
    (
        "CONTAINER_APP_ENV_DNS_SUFFIX",
        "blue.westeurope.azurecontainerapps.io",
    ),
    ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
];

/// A handler behind a declared front end, with one caller who is listed.
struct Behind {
    handler: Handler,
    listed: Issued,
}

impl Behind {
    fn start(settings: &[(&str, &str)]) -> Self {
        let listed = Shape::caller("listed").valid_today().self_signed();
        let pin = listed.sha256();
        let list = [("ALLOWED_CLIENT_CERT_THUMBPRINTS", pin.as_str())];
        let handler = common::fixture().start(&[settings, &list].concat());
        Self { handler, listed }
    }

    /// The status of a call with these lines in its head, and the reason in the log.
    fn ask(&self, target: &str, lines: &str) -> (u16, Value) {
        let request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n");
        let answer = self.handler.exchange(request.as_bytes()).unwrap();
        if answer.status == 200 && target == SECURED {
            assert_eq!(answer.body, SECURED_BODY);
        }
        (answer.status, json!(reason(&self.handler.decision())))
    }
}

#[test]
fn in_container_apps_one_element_of_envoys_opens() {
    let behind = Behind::start(&REPLICA);
    let stranger = Shape::caller("listed").valid_today().self_signed();
    let (good, bad) = (behind.listed.envoy_element(), stranger.envoy_element());
    let arr = behind.listed.header();
    let line = |value: &str| format!("X-Forwarded-Client-Cert: {value}\r\n");
    for (lines, status, reason) in [
        (line(&good), 200, "admitted"),
        // A proxying host says so there, whatever the ingress said.
        (line(&good) + "X-Forwarded-Proto: http\r\n", 200, "admitted"),
        (line(&good) + "X-ARR-ClientCert: x, y\r\n", 200, "admitted"),
        (line(&bad), 401, "not-listed"),
        (String::new(), 401, "certificate-absent"),
        (
            format!("X-ARR-ClientCert: {arr}\r\n"),
            401,
            "certificate-absent",
        ),
        (
            format!("X_Forwarded_Client_Cert: {good}\r\n"),
            401,
            "certificate-absent",
        ),
        (
            format!("Client-Cert: :{arr}:\r\n"),
            401,
            "certificate-absent",
        ),
        (line(&good) + &line(&good), 401, "header-repeated"),
        (line(&bad) + &line(&good), 401, "header-repeated"),
        (line(&format!("{good}, {good}")), 401, "header-joined"),
        (line(&format!("{bad},{good}")), 401, "header-joined"),
        (line(&format!("{bad};{good}")), 401, "header-encoding"),
        (
            line(&good.replace(&behind.listed.sha256(), &stranger.sha256())),
            401,
            "header-hash",
        ),
        (line(&arr), 401, "header-encoding"),
    ] {
        assert_eq!(
            behind.ask(SECURED, &lines),
            (status, json!(reason)),
            "{lines}"
        );
    }
    let public = format!(
        "GET {PUBLIC} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n",
        line("nonsense")
    );
    assert_eq!(
        behind.handler.exchange(public.as_bytes()).unwrap().status,
        200
    );
}

#[test]
fn on_app_service_envoys_header_is_a_callers_own() {
    let app_service = [
        ("CLIENT_CERT_FRONT_END", "app-service"),
        ("WEBSITE_INSTANCE_ID", "0"),
    ];
    let behind = Behind::start(&app_service);
    let (arr, element) = (behind.listed.header(), behind.listed.envoy_element());
    let https = "X-Forwarded-Proto: https\r\n";
    for (lines, status) in [
        (format!("{https}X-ARR-ClientCert: {arr}\r\n"), 200),
        (
            format!("{https}X-ARR-ClientCert: {arr}\r\nX-Forwarded-Client-Cert: x, y\r\n"),
            200,
        ),
        (
            format!("{https}X-Forwarded-Client-Cert: {element}\r\n"),
            401,
        ),
        (format!("{https}X-ARR-ClientCert: {element}\r\n"), 401),
    ] {
        assert_eq!(behind.ask(SECURED, &lines).0, status, "{lines}");
    }
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NEXT: &str = "fedcba9876543210fedcba9876543210";

#[test]
fn a_front_end_that_proves_itself_is_believed_anywhere() {
    let both = format!("{SECRET}, {NEXT}");
    let behind = Behind::start(&[
        ("CLIENT_CERT_FRONT_END", "rfc9440"),
        ("CLIENT_CERT_FRONT_END_SECRET", both.as_str()),
    ]);
    let base64 = behind.listed.header();
    let cert = format!("Client-Cert: :{base64}:\r\n");
    let secret = |value: &str| format!("X-Client-Cert-Front-End: {value}\r\n");
    let unproven = (401, json!("front-end-unproven"));
    for (lines, expected) in [
        (cert.clone() + &secret(SECRET), (200, json!("admitted"))),
        (cert.clone() + &secret(NEXT), (200, json!("admitted"))),
        (secret(SECRET), (401, json!("certificate-absent"))),
        (
            cert.clone() + &cert + &secret(SECRET),
            (401, json!("header-repeated")),
        ),
        (
            format!("Client-Cert: {base64}\r\n") + &secret(SECRET),
            (401, json!("header-encoding")),
        ),
        (
            format!("X-ARR-ClientCert: {base64}\r\n") + &secret(SECRET),
            (401, json!("certificate-absent")),
        ),
        (cert.clone(), unproven.clone()),
        (cert.clone() + &secret(""), unproven.clone()),
        (cert.clone() + &secret("guess"), unproven.clone()),
        (cert.clone() + &secret(&both), unproven.clone()),
        (
            cert.clone() + &secret(SECRET) + &secret(SECRET),
            unproven.clone(),
        ),
        (
            cert.clone() + &secret(SECRET) + &secret("guess"),
            unproven.clone(),
        ),
        (
            cert.clone() + &format!("X_Client_Cert_Front_End: {SECRET}\r\n"),
            unproven.clone(),
        ),
    ] {
        assert_eq!(behind.ask(SECURED, &lines), expected, "{lines}");
    }
    let public = format!(
        "GET {PUBLIC} HTTP/1.1\r\nHost: localhost\r\n{}\r\n",
        secret("guess")
    );
    assert_eq!(
        behind.handler.exchange(public.as_bytes()).unwrap().status,
        200
    );
}
