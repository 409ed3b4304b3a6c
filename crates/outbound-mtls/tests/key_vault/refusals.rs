//! A vault that gives no identity: each with its reason and what to do, and none with a secret.

use std::time::{Duration, Instant};

use openssl::base64::encode_block;
use outbound_mtls::LoadErrorKind;
use test_support::hierarchy::{Family, root};
use test_support::partner::redirect;

use crate::vault::{PEM, PKCS12, TOKEN, Vault, content, pem, refusal, secret};

/// What a vault answers, the kind of the failure, and parts of its text.
type Case = (String, LoadErrorKind, [&'static str; 2]);

#[tokio::test]
async fn every_answer_without_an_identity_is_named_with_what_to_do() {
    let family = Family::new();
    let unexportable = String::from_utf8(family.client.certificate.to_pem().unwrap()).unwrap();
    let truncated = encode_block(&[0x30, 0x82, 0x10, 0x00, 0x02]);
    let large = "x".repeat(200_000);
    use LoadErrorKind::{NoKey, Unreadable};
    let cases: Vec<Case> = vec![
        (
            refusal("401 Unauthorized", "InvalidToken"),
            Unreadable,
            ["status 401", "Key Vault Secrets User"],
        ),
        (
            refusal("403 Forbidden", "ForbiddenByRbac"),
            Unreadable,
            ["403, ForbiddenByRbac", "Key Vault Secrets User"],
        ),
        (
            refusal("403 Forbidden", "ForbiddenByFirewall"),
            Unreadable,
            ["403, ForbiddenByFirewall", "firewall"],
        ),
        (
            refusal("403 Forbidden", "SecretDisabled"),
            Unreadable,
            ["403, SecretDisabled", "enable"],
        ),
        (
            refusal("404 Not Found", "SecretNotFound"),
            Unreadable,
            ["404, SecretNotFound", "correct the name"],
        ),
        (
            refusal("429 Too Many Requests", "Throttled"),
            Unreadable,
            ["429, Throttled", "asked again"],
        ),
        (
            content("500 No", "hunter2"),
            Unreadable,
            ["status 500", "asked again"],
        ),
        (
            redirect("https://evil.example/hunter2"),
            Unreadable,
            ["status 302", "not followed"],
        ),
        (
            content("200 OK", "<html>hunter2</html>"),
            Unreadable,
            ["not a vault's", "look at the vault"],
        ),
        (
            content("200 OK", r#"{"value":1}"#),
            Unreadable,
            ["not a vault's", "look at the vault"],
        ),
        (
            content("200 OK", r#"{"value":"\u0068unter2"}"#),
            Unreadable,
            ["not a vault's", "look at the vault"],
        ),
        (
            content("200 OK", &large),
            Unreadable,
            ["more than 131072 bytes", "asked again"],
        ),
        (
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\n{".to_owned(),
            Unreadable,
            ["ended early", "asked again"],
        ),
        (
            secret(None, "hunter2"),
            Unreadable,
            ["neither PKCS#12 nor PEM", "name a certificate"],
        ),
        (
            secret(Some(PKCS12), "aHVudGVyMg=="),
            Unreadable,
            ["neither PKCS#12 nor PEM", "name a certificate"],
        ),
        (
            secret(Some(PKCS12), &truncated),
            LoadErrorKind::Truncated,
            ["ends early", "copy it again"],
        ),
        (
            secret(Some(PEM), &unexportable),
            NoKey,
            ["no private key", "exportable key"],
        ),
        (
            secret(None, &unexportable),
            NoKey,
            ["no private key", "exportable key"],
        ),
    ];
    for (answer, kind, parts) in cases {
        let vault = Vault::new();
        vault.answers(answer.clone());
        let client = vault.client(vault.key_vault("/certificates/billing"));
        let error = client.load().await.err().unwrap();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(
            error.at(),
            "https://partners.vault.azure.net/certificates/billing"
        );
        for part in parts {
            assert!(
                error.text().contains(part),
                "{answer:.60}: expected {part}, found {error}"
            );
        }
        let printed = format!("{error} {error:?} {:?}", vault.notices());
        assert!(
            !printed.contains("hunter2") && !printed.contains(TOKEN),
            "{printed}"
        );
    }
}

#[tokio::test]
async fn a_vault_that_is_silent_is_given_up_in_time() {
    let vault = Vault::new();
    vault.answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_owned());
    let source = vault.key_vault("/certificates/billing");
    let begun = Instant::now();
    let client = vault.client(source.timeout(Duration::from_millis(300)));
    let error = client.load().await.err().unwrap();
    assert!(
        error.text().contains("no complete answer in time"),
        "{error}"
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_server_that_does_not_prove_to_be_the_vault_sees_no_token() {
    let vault = Vault::new();
    let other = root("Another Root");
    let source = vault
        .key_vault("/certificates/billing")
        .trust_only(other.certificate.to_pem().unwrap());
    let error = vault.client(source).load().await.err().unwrap();
    assert!(error.text().contains("no connection: "), "{error}");
    assert!(vault.asked().is_empty());
    // Of the right authority, and of another name.
    let source = Vault::new().key_vault("/certificates/billing");
    let elsewhere = source.at(vault.server.address());
    assert!(vault.client(elsewhere).load().await.is_err());
    assert!(vault.asked().is_empty());
}

#[tokio::test]
async fn without_a_token_the_vault_is_not_asked() {
    let family = Family::new();
    let mut vault = Vault::new();
    vault.answers(secret(Some(PEM), &pem(&family.client, &[&family.second])));
    let source = vault.key_vault("/certificates/billing");
    vault.endpoint = Vault::new().endpoint;
    let error = vault.client(source).load().await.err().unwrap();
    assert!(
        error.text().contains("no token of the managed identity"),
        "{error}"
    );
    assert!(vault.asked().is_empty());
}
