//! Every form in which a vault has a certificate, up to the partner that sees it.

use openssl::base64::encode_block;
use test_support::hierarchy::Family;
use test_support::pfx::{self, Bag, PASSWORD};

use crate::vault::{PEM, PKCS12, TOKEN, Vault, partner, pem, presented, secret, trust};

const VERSION: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_certificate_of_a_vault_is_presented_whatever_its_form() {
    let family = Family::new();
    let partner = partner(&family);
    let bags = [
        Bag::Key(&family.client.key, None),
        Bag::Certificate(&family.client.certificate, None),
        Bag::Certificate(&family.second.certificate, None),
        Bag::Certificate(&family.first.certificate, None),
    ];
    let pkcs12 = encode_block(&pfx::plain(&bags));
    let locked = encode_block(&pfx::ordinary(&family.client, &family.intermediates()));
    let text = pem(&family.client, &[&family.second, &family.first]);
    for (path, content_type, value, password) in [
        ("/certificates/billing", Some(PKCS12), &pkcs12, ""),
        ("/certificates/billing", Some(PEM), &text, ""),
        // A secret that somebody stored: the content type is theirs.
        ("/secrets/billing", None, &pkcs12, ""),
        ("/secrets/billing", Some("certificate"), &text, ""),
        ("/secrets/billing", None, &locked, PASSWORD),
    ] {
        let vault = Vault::new();
        vault.answers(secret(content_type, value));
        let source = vault
            .key_vault(path)
            .password(outbound_mtls::Password::new(password.to_owned()));
        let client = vault
            .client(source)
            .trust(trust(&family))
            .load()
            .await
            .unwrap();
        assert_eq!(
            presented(&client, &partner).await.unwrap(),
            family.chain_der()
        );
        assert_eq!(
            vault.asked(),
            ["GET /secrets/billing?api-version=7.4 HTTP/1.1"]
        );
        assert_eq!(vault.endpoint.resources(), ["https://vault.azure.net"]);
    }
}

#[tokio::test]
async fn a_version_is_asked_for_where_it_is_named_and_the_token_is_shown() {
    let family = Family::new();
    let vault = Vault::new();
    vault.answers(secret(Some(PEM), &pem(&family.client, &[&family.second])));
    let source = vault.key_vault(&format!("/certificates/billing/{VERSION}"));
    vault.client(source).load().await.unwrap();
    let line = format!("GET /secrets/billing/{VERSION}?api-version=7.4 HTTP/1.1");
    assert_eq!(vault.asked(), [line]);
    let shown = vault
        .server
        .seen(|seen| seen.requests[0].head.to_lowercase());
    assert!(shown.contains(&format!("authorization: bearer {TOKEN}\r\n")));
}
