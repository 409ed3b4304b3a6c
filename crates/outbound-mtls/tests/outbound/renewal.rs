//! Loading, loading again, and what is reported.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use outbound_mtls::{CallErrorKind, Notice};

use crate::rig::{Rig, in_days};
use test_support::hierarchy::{Family, client, der, p256, rsa};
use test_support::partner::{Manner, Partner};
use test_support::pfx::{self, Bag};

/// A certificate for the family's client, with its intermediates, made anew.
fn renewed(family: &Family) -> (Vec<u8>, Vec<u8>) {
    let next = client(&family.second, "client", p256());
    (pfx::ordinary(&next, &family.intermediates()), der(&next))
}

fn failure(notices: &[Notice]) -> (&str, bool) {
    match notices {
        [
            Notice::LoadFailed {
                detail,
                previous_in_use,
            },
        ] => (detail, *previous_in_use),
        other => panic!("expected one failure, found {other:?}"),
    }
}

#[tokio::test]
async fn loading_reports_the_facts_once() {
    let family = Family::new();
    let rig = Rig::of(&family, "https://127.0.0.1/");
    let client = rig.loaded().await;
    let facts = client.facts().unwrap();
    assert_eq!(facts.chain_length, 3);
    assert_eq!(rig.notices(), [Notice::Loaded(facts)]);
    client.reload().await;
    assert_eq!(rig.notices(), []);
}

#[tokio::test]
async fn without_its_file_a_client_is_not_loaded_until_the_file_is_there() {
    let family = Family::new();
    let partner = Partner::start(Manner::strict(&family.root));
    let rig = Rig::of(&family, &partner.url("/"));
    let bytes = fs::read(rig.path("ours.p12")).unwrap();
    fs::remove_file(rig.path("ours.p12")).unwrap();
    let client = rig.client();
    for _ in 0..3 {
        client.reload().await;
    }
    let notices = rig.notices();
    let (detail, previous_in_use) = failure(&notices);
    assert!(detail.contains("ours.p12") && !previous_in_use, "{detail}");
    let error = rig.call(&client).await.unwrap_err();
    assert_eq!(error.kind(), CallErrorKind::NotLoaded);
    rig.write("ours.p12", &bytes);
    client.reload().await;
    assert!(rig.call(&client).await.is_ok());
    assert!(matches!(rig.notices().as_slice(), [Notice::Loaded(_)]));
}

#[tokio::test]
async fn files_that_do_not_load_leave_the_old_identity_working() {
    let family = Family::new();
    let partner = Partner::start(Manner::strict(&family.root));
    let rig = Rig::of(&family, &partner.url("/"));
    let client = rig.loaded().await;
    let facts = client.facts();
    rig.notices();
    let good = fs::read(rig.path("ours.p12")).unwrap();
    let other_key = pfx::plain(&[
        Bag::Key(&rsa(), None),
        Bag::Certificate(&family.client.certificate, None),
    ]);
    for (bytes, part) in [
        (good[..good.len() / 2].to_vec(), "ends early"),
        (other_key, "no certificate in it belongs"),
        (
            pfx::made(&family.client, &[], "another", |_| {}),
            "password does not fit",
        ),
    ] {
        rig.write("ours.p12", &bytes);
        client.reload().await;
        client.reload().await;
        let notices = rig.notices();
        let (detail, previous_in_use) = failure(&notices);
        assert!(detail.contains(part) && previous_in_use, "{detail}");
        assert_eq!(client.facts(), facts);
        rig.call(&client).await.unwrap();
    }
}

#[tokio::test]
async fn trust_anchors_are_read_and_watched_with_the_identity() {
    let family = Family::new();
    let partner = Partner::start(Manner::strict(&family.root));
    let rig = Rig::of(&family, &partner.url("/"));
    let root = fs::read(rig.path("ca.pem")).unwrap();
    let intermediate = family.first.certificate.to_pem().unwrap();
    for (bytes, part) in [
        (b"hello".to_vec(), "found none"),
        (intermediate, "self-signed"),
        (root[..root.len() / 2].to_vec(), "cannot be read"),
    ] {
        rig.write("ca.pem", &bytes);
        let client = rig.client();
        client.reload().await;
        let notices = rig.notices();
        let (detail, _) = failure(&notices);
        assert!(
            detail.contains("ca.pem") && detail.contains(part),
            "{detail}"
        );
        rig.write("ca.pem", &root);
        client.reload().await;
        rig.call(&client).await.unwrap();
        rig.notices();
    }
}

#[tokio::test]
async fn warnings_come_from_thirty_days_before_the_end_and_once_a_day() {
    let family = Family::new();
    let rig = Rig::of(&family, "https://127.0.0.1/");
    let client = rig.loaded().await;
    rig.notices();
    // The certificate is made for 365 days, and some seconds of the first have passed.
    for (day, expected) in [
        (334, None),
        (336, Some(28)),
        (336, None),
        (337, Some(27)),
        (364, Some(0)),
        (366, Some(-2)),
    ] {
        *rig.instant.lock().unwrap() = in_days(day);
        client.reload().await;
        let days = match rig.notices().as_slice() {
            [] => None,
            [Notice::Expiring { days, .. }] => Some(*days),
            other => panic!("{other:?}"),
        };
        // A second may pass between the certificate and the instant.
        assert!(
            days == expected || days == expected.map(|d| d + 1),
            "{day}: {days:?}"
        );
    }
}

#[tokio::test]
async fn a_failure_that_lasts_is_reported_again_the_next_day() {
    let family = Family::new();
    let rig = Rig::of(&family, "https://127.0.0.1/");
    rig.write("ours.p12", b"hello");
    let client = rig.client();
    for (day, expected) in [(0, 1), (0, 0), (1, 1), (1, 0)] {
        *rig.instant.lock().unwrap() = in_days(day);
        client.reload().await;
        assert_eq!(rig.notices().len(), expected);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_swapped_link_is_a_change() {
    let family = Family::new();
    let rig = Rig::of(&family, "https://127.0.0.1/");
    let (next, _) = renewed(&family);
    for (folder, bytes) in [
        ("v1", fs::read(rig.path("ours.p12")).unwrap()),
        ("v2", next),
    ] {
        fs::create_dir(rig.path(folder)).unwrap();
        fs::write(rig.path(folder).join("tls.p12"), bytes).unwrap();
    }
    fs::remove_file(rig.path("ours.p12")).unwrap();
    std::os::unix::fs::symlink("v1", rig.path("data")).unwrap();
    std::os::unix::fs::symlink("data/tls.p12", rig.path("ours.p12")).unwrap();
    let client = rig.loaded().await;
    let old = client.facts();
    std::os::unix::fs::symlink("v2", rig.path("next")).unwrap();
    fs::rename(rig.path("next"), rig.path("data")).unwrap();
    client.reload().await;
    assert_ne!(client.facts(), old);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watching_picks_a_change_up_by_itself() {
    let family = Family::new();
    let rig = Rig::of(&family, "https://127.0.0.1/");
    let client = Arc::new(rig.loaded().await);
    let old = client.facts();
    let watching = tokio::spawn({
        let client = Arc::clone(&client);
        async move { client.watch(Duration::from_millis(5)).await }
    });
    rig.write("ours.p12", &renewed(&family).0);
    let picked_up = tokio::time::timeout(Duration::from_secs(20), async {
        while client.facts() == old {
            tokio::task::yield_now().await;
        }
    });
    picked_up.await.unwrap();
    watching.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_renewed_under_load_fails_no_call() {
    let family = Family::new();
    let partner = Partner::start(Manner::strict(&family.root));
    let rig = Arc::new(Rig::of(&family, &partner.url("/")));
    let client = Arc::new(rig.loaded().await);
    let stop = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..4)
        .map(|_| {
            let (rig, client) = (Arc::clone(&rig), Arc::clone(&client));
            let stop = Arc::clone(&stop);
            tokio::spawn(async move {
                let mut calls = 0;
                while !stop.load(Ordering::SeqCst) && calls < 100_000 {
                    rig.call(&client).await.unwrap();
                    calls += 1;
                }
                calls
            })
        })
        .collect();
    let mut last = Vec::new();
    for _ in 0..10 {
        let (bytes, leaf) = renewed(&family);
        rig.write("ours.p12", &bytes);
        client.reload().await;
        rig.call(&client).await.unwrap();
        last = leaf;
    }
    stop.store(true, Ordering::SeqCst);
    for caller in callers {
        assert!(caller.await.unwrap() > 0);
    }
    let (different, newest) = partner.seen(|seen| {
        let mut leaves: Vec<_> = seen.requests.iter().map(|r| r.chain[0].clone()).collect();
        let newest = leaves.contains(&last);
        leaves.sort();
        leaves.dedup();
        (leaves.len(), newest)
    });
    assert!(newest && different >= 10, "{different}");
}
