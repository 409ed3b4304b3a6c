//! A vault over time: a renewed certificate, a vault that fails, and one that is slow.

use std::sync::Arc;
use std::time::Duration;

use outbound_mtls::Notice;
use test_support::hierarchy::{Family, client, der, p256};

use crate::vault::{PEM, Vault, partner, pem, presented, refusal, secret, trust};

#[tokio::test]
async fn a_renewed_certificate_is_presented_and_the_last_one_where_the_vault_fails() {
    let family = Family::new();
    let partner = partner(&family);
    let vault = Vault::new();
    vault.answers(secret(
        Some(PEM),
        &pem(&family.client, &[&family.second, &family.first]),
    ));
    let source = vault.key_vault("/certificates/billing");
    let outbound = vault.client(source).trust(trust(&family)).build();
    outbound.reload().await;
    assert_eq!(
        presented(&outbound, &partner).await.unwrap(),
        family.chain_der()
    );
    outbound.reload().await;
    assert!(matches!(&vault.notices()[..], [Notice::Loaded(_)]));
    let renewed = client(&family.root, "client", p256());
    vault.answers(secret(Some(PEM), &pem(&renewed, &[])));
    outbound.reload().await;
    assert!(matches!(&vault.notices()[..], [Notice::Loaded(_)]));
    assert_eq!(
        presented(&outbound, &partner).await.unwrap()[0],
        der(&renewed)
    );
    vault.answers(refusal("403 Forbidden", "ForbiddenByRbac"));
    outbound.reload().await;
    outbound.reload().await;
    let notices = vault.notices();
    let [
        Notice::LoadFailed {
            detail,
            previous_in_use: true,
        },
    ] = &notices[..]
    else {
        panic!("{notices:?}")
    };
    assert!(detail.contains("ForbiddenByRbac"));
    assert_eq!(
        presented(&outbound, &partner).await.unwrap()[0],
        der(&renewed)
    );
    // One token while the vault takes it, and another after each refusal.
    assert_eq!(vault.endpoint.resources().len(), 2);
    vault.answers(secret(Some(PEM), &pem(&renewed, &[])));
    outbound.reload().await;
    assert!(matches!(&vault.notices()[..], [Notice::Loaded(_)]));
}

/// The vault hangs, and calls go on with the identity in use.
#[tokio::test]
async fn no_call_waits_for_the_vault() {
    let family = Family::new();
    let partner = partner(&family);
    let vault = Vault::new();
    vault.answers(secret(
        Some(PEM),
        &pem(&family.client, &[&family.second, &family.first]),
    ));
    let source = vault.key_vault("/certificates/billing");
    let outbound = Arc::new(
        vault
            .client(source)
            .trust(trust(&family))
            .load()
            .await
            .unwrap(),
    );
    vault.answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_owned());
    let reloading = tokio::spawn({
        let outbound = Arc::clone(&outbound);
        async move { outbound.reload().await }
    });
    while vault.asked().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        presented(&outbound, &partner).await.unwrap(),
        family.chain_der()
    );
    assert!(!reloading.is_finished());
    reloading.abort();
}

/// However often the files would be looked at: within ten per cent of an hour after an answer, of half a minute after a failure.
#[tokio::test]
async fn a_vault_that_is_watched_is_asked_an_hour_after_an_answer_and_half_a_minute_after_a_failure()
 {
    let family = Family::new();
    let given = secret(Some(PEM), &pem(&family.client, &[&family.second]));
    for (answer, seconds) in [
        (given, 3_600),
        (refusal("403 Forbidden", "ForbiddenByRbac"), 30),
    ] {
        let vault = Vault::new();
        vault.answers(answer);
        let outbound = vault
            .client(vault.key_vault("/certificates/billing"))
            .build();
        outbound.reload().await;
        let pause = Duration::from_secs(seconds);
        // The time that the two looks themselves take counts as well.
        for (passed, asked) in [(pause * 8 / 10, 1), (pause * 4 / 10, 2)] {
            tokio::time::pause();
            tokio::time::advance(passed).await;
            tokio::time::resume();
            let watched = outbound.watch(Duration::from_millis(1));
            let ended = tokio::time::timeout(Duration::from_secs(1), watched).await;
            assert!(ended.is_err());
            assert_eq!(vault.asked().len(), asked);
        }
    }
}
