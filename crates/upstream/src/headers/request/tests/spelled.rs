//! What callers say of themselves, in many spellings, is removed.

use super::*;

/// Spellings of what a caller may not say about themselves: by letters, by signs, by convention.
const SPELLINGS: [&str; 60] = [
    "X-ARR-ClientCert",
    "x-arr-clientcert",
    "X_ARR_ClientCert",
    "X-ARR_ClientCert",
    "x.arr.clientcert",
    "X-ARR-CLIENTCERT-2",
    "Client-Cert",
    "CLIENT_CERT",
    "client.cert",
    "Client-Cert-Chain",
    "client_cert_chain",
    "Client-Certificate",
    "X-Client-Cert",
    "X_CLIENT_CERT",
    "X-Client_Cert",
    "X-Client-Cert-Caller",
    "X_Client_Cert_Caller",
    "x-client-cert_caller",
    "X-Client-Cert-Roles",
    "x_client_cert_roles",
    "X-Client-Cert-Rule",
    "X~Client~Cert~Rule",
    "X-Client-Cert-Sha256",
    "X_CLIENT_CERT_SHA256",
    "X-Client-Cert-Gate-Secret",
    "X_Client_Cert_Gate_Secret",
    "X-Client-Certificate",
    "X-Client-Cert-Subject",
    "X-Forwarded-Client-Cert",
    "X_FORWARDED_CLIENT_CERT",
    "x-forwarded-tls-client-cert",
    "X-Forwarded-User",
    "X-MS-CLIENT-PRINCIPAL",
    "x-ms-client-principal",
    "X_MS_CLIENT_PRINCIPAL",
    "X-MS-CLIENT-PRINCIPAL-ID",
    "X-MS-CLIENT-PRINCIPAL-NAME",
    "X-MS-CLIENT-PRINCIPAL-IDP",
    "X-MS-CLIENT_PRINCIPAL",
    "X-MS-TOKEN-AAD-ID-TOKEN",
    "SSL-Client-Cert",
    "SSL_CLIENT_CERT",
    "ssl_client_verify",
    "X-SSL-Client-Cert",
    "X-SSL-CERT",
    "X-TLS-Client-Subject",
    "X-Amzn-Mtls-Clientcert",
    "Forwarded",
    "FORWARDED",
    "X-Forwarded-For",
    "X_Forwarded_For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Scheme",
    "SCRIPT_NAME",
    "Path-Info",
    "X-Original-URL",
    "X-Real-IP",
];

#[test]
fn the_upstream_sees_our_identity_alone_or_none_however_a_caller_spells_theirs() {
    for keep_underscores in [false, true] {
        let options = UpstreamOptions {
            keep_underscores,
            ..options()
        };
        for spelling in SPELLINGS {
            let connection = format!("close, {spelling}");
            let lines = [
                (spelling, "evil"),
                ("accept", "*/*"),
                (spelling, "evil, again"),
                ("connection", connection.as_str()),
            ];
            let public = passed(&lines, &options, None);
            assert_eq!(
                public,
                expected(&[&[("accept", "*/*")], &OF_CALL]),
                "{spelling}"
            );
            let secured = passed(&lines, &options, Some(&identity()));
            let all = expected(&[&[("accept", "*/*")], &OF_CALL, &OURS]);
            assert_eq!(secured, all, "{spelling}");
        }
    }
}

#[test]
fn a_connection_that_names_our_headers_takes_none_of_them_away() {
    let names = OURS.iter().chain(&OF_CALL).map(|(name, _)| *name);
    let connection = names.collect::<Vec<_>>().join(", ");
    let secured = passed(
        &[("connection", &connection)],
        &options(),
        Some(&identity()),
    );
    assert_eq!(secured, expected(&[&OF_CALL, &OURS]));
}

#[test]
fn trailers_say_no_more_than_headers_may() {
    let removal = Removal::of(&options());
    for spelling in SPELLINGS.into_iter().chain([
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Cookie",
        "Authorization",
        "X_A",
    ]) {
        let mut trailers = HeaderMap::new();
        trailers.append("x-sum", HeaderValue::from_static("1"));
        trailers.append(
            HeaderName::from_bytes(spelling.as_bytes()).unwrap(),
            HeaderValue::from_static("evil"),
        );
        clean_trailers(&mut trailers, Some(removal));
        assert_eq!(trailers.len(), 1, "{spelling}");
    }
}

#[test]
fn names_with_an_underscore_pass_only_by_setting() {
    let lines = [("x_request_id", "1")];
    assert_eq!(passed(&lines, &options(), None), expected(&[&OF_CALL]));
    let options = UpstreamOptions {
        keep_underscores: true,
        ..options()
    };
    assert_eq!(
        passed(&lines, &options, None),
        expected(&[&lines, &OF_CALL])
    );
}
