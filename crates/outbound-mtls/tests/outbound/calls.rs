//! Calls to servers that demand a certificate.

use std::net::TcpListener;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use openssl::ssl::SslVersion;
use outbound_mtls::reqwest::{Method, Request};
use outbound_mtls::{CallError, CallErrorKind, Facts};

use crate::rig::{Rig, TRACEPARENT};
use test_support::hierarchy::{
    Family, Issued, client, der, expired_client, p256, root, self_signed_client,
};
use test_support::partner::{Manner, Partner, redirect, status};
use test_support::pfx;

const VERSIONS: [SslVersion; 2] = [SslVersion::TLS1_2, SslVersion::TLS1_3];

fn strict(family: &Family, version: SslVersion) -> Partner {
    Partner::start(Manner {
        version,
        ..Manner::strict(&family.root)
    })
}

async fn call(rig: &Rig) -> Result<(u16, Facts), CallError> {
    rig.call(&rig.loaded().await).await
}

fn kind(result: Result<(u16, Facts), CallError>) -> CallErrorKind {
    result.unwrap_err().kind()
}

#[tokio::test]
async fn the_right_identity_is_admitted_and_its_chain_arrives_in_order() {
    for version in VERSIONS {
        let family = Family::new();
        let partner = strict(&family, version);
        let shuffled =
            [&family.root, &family.first, &family.second].map(|issued| issued.certificate.clone());
        let bytes = pfx::ordinary(&family.client, &shuffled);
        let rig = Rig::new(&bytes, &family.root, &partner.url("/orders?key=1"));
        let (status, identity) = call(&rig).await.unwrap();
        assert_eq!(status, 200);
        let client = rig.loaded().await;
        assert_eq!(client.file_name().as_deref(), Some("ours.p12"));
        assert_eq!(client.facts(), Some(identity));
        let request = partner.seen(|seen| seen.requests[0].clone());
        assert_eq!(request.chain, family.chain_der(), "{version:?}");
        assert!(request.head.starts_with("GET /orders?key=1 HTTP/1.1\r\n"));
        assert!(
            request
                .head
                .contains(&format!("traceparent: {TRACEPARENT}\r\n"))
        );
    }
}

#[tokio::test]
async fn identities_that_the_server_does_not_take_are_refused_handshakes() {
    let stranger = root("Stranger");
    for version in VERSIONS {
        let family = Family::new();
        let partner = strict(&family, version);
        let identities: [(&str, Issued); 3] = [
            ("of another root", client(&stranger, "client", p256())),
            ("self-signed", self_signed_client()),
            ("expired", expired_client(&family.root)),
        ];
        for (what, identity) in identities {
            let rig = Rig::new(
                &pfx::ordinary(&identity, &[]),
                &family.root,
                &partner.url("/"),
            );
            // The alert and the end of the connection race each other; the outcome is the same.
            for _ in 0..20 {
                let error = call(&rig).await.unwrap_err();
                assert_eq!(
                    error.kind(),
                    CallErrorKind::HandshakeRefused,
                    "{what} {version:?} {error}"
                );
                assert!(error.detail().contains("sent alert"), "{error}");
            }
        }
        assert!(partner.seen(|seen| seen.requests.is_empty()));
    }
}

#[tokio::test]
async fn without_its_intermediates_an_identity_is_refused() {
    let family = Family::new();
    let partner = strict(&family, SslVersion::TLS1_3);
    let rig = Rig::new(
        &pfx::ordinary(&family.client, &[]),
        &family.root,
        &partner.url("/"),
    );
    let error = call(&rig).await.unwrap_err();
    assert_eq!(error.kind(), CallErrorKind::HandshakeRefused);
    assert!(error.detail().contains("alert 48"), "{error}");
}

#[tokio::test]
async fn a_server_that_asks_for_nothing_is_called_too() {
    let family = Family::new();
    let partner = Partner::start(Manner {
        trusts: None,
        ..Manner::strict(&family.root)
    });
    assert!(call(&Rig::of(&family, &partner.url("/"))).await.is_ok());
    assert!(partner.seen(|seen| seen.requests[0].chain.is_empty()));
}

#[tokio::test]
async fn a_server_that_we_do_not_trust_gets_no_request() {
    let family = Family::new();
    let stranger = root("Stranger");
    for version in VERSIONS {
        let partner = Partner::start(Manner {
            version,
            signed_by: stranger.clone(),
            ..Manner::strict(&family.root)
        });
        let result = call(&Rig::of(&family, &partner.url("/"))).await;
        assert_eq!(kind(result), CallErrorKind::UntrustedServer);
        assert!(partner.seen(|seen| seen.requests.is_empty()));
    }
}

#[tokio::test]
async fn a_server_with_another_name_is_not_trusted() {
    let family = Family::new();
    let partner = strict(&family, SslVersion::TLS1_3);
    let url = partner.url("/").replace("127.0.0.1", "localhost");
    let result = call(&Rig::of(&family, &url)).await;
    assert_eq!(kind(result), CallErrorKind::UntrustedServer);
}

#[tokio::test]
async fn added_anchors_stand_beside_those_of_the_system() {
    let family = Family::new();
    let partner = strict(&family, SslVersion::TLS1_3);
    let mut rig = Rig::of(&family, &partner.url("/"));
    rig.set("OUTBOUND_TRUST_ANCHORS_ONLY", "false");
    assert!(call(&rig).await.is_ok());
    rig.set("OUTBOUND_TRUST_ANCHORS", "");
    assert_eq!(kind(call(&rig).await), CallErrorKind::UntrustedServer);
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let family = Family::new();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let result = call(&Rig::of(&family, &format!("https://{closed}/"))).await;
    assert_eq!(kind(result), CallErrorKind::Unreachable);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_a_failed_handshake() {
    let family = Family::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        std::io::Write::write_all(&mut stream, answer).unwrap();
    });
    let result = call(&Rig::of(&family, &format!("https://{address}/"))).await;
    assert_eq!(kind(result), CallErrorKind::HandshakeRefused);
}

#[tokio::test]
async fn no_answer_in_time_is_told_in_every_phase() {
    let family = Family::new();
    // Accepts connections by its backlog, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_url = format!("https://{}/", silent.local_addr().unwrap());
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let slow = Partner::start(Manner {
        answer: Arc::new(move |_| {
            let _ = held.lock().unwrap().recv_timeout(Duration::from_secs(20));
            status("200 OK")
        }),
        ..Manner::strict(&family.root)
    });
    let short = Duration::from_millis(300);
    let long = Duration::from_secs(20);
    for (url, connect, total) in [
        (&silent_url, short, long),
        (&silent_url, long, short),
        (&slow.url("/"), long, short),
    ] {
        let mut rig = Rig::of(&family, url);
        rig.limits.connect = connect;
        rig.limits.total = total;
        let error = call(&rig).await.unwrap_err();
        assert_eq!(error.kind(), CallErrorKind::TimedOut);
        let by_total = error.detail().contains("no answer within");
        assert_eq!(by_total, total == short, "{error}");
    }
    drop(release);
}

#[tokio::test]
async fn a_status_other_than_success_is_an_answer() {
    let family = Family::new();
    for line in [
        "400 No required SSL certificate was sent",
        "500 Oops",
        "304 Not Modified",
    ] {
        let partner = Partner::start(Manner {
            answer: Arc::new(move |_| status(line)),
            ..Manner::strict(&family.root)
        });
        let (status, _) = call(&Rig::of(&family, &partner.url("/"))).await.unwrap();
        assert_eq!(status.to_string(), line[..3]);
    }
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_and_no_other() {
    let family = Family::new();
    let elsewhere = strict(&family, SslVersion::TLS1_3);
    let target = elsewhere.url("/caught");
    let partner = Partner::start(Manner {
        answer: Arc::new(move |request| match request.head.split(' ').nth(1) {
            Some("/here") => redirect("/there"),
            Some("/there") => status("200 OK"),
            Some("/round") => redirect("/round"),
            Some("/plain") => redirect("http://127.0.0.1:1/"),
            _ => redirect(&target),
        }),
        ..Manner::strict(&family.root)
    });
    assert!(call(&Rig::of(&family, &partner.url("/here"))).await.is_ok());
    for path in ["/away", "/plain", "/round"] {
        let (status, _) = call(&Rig::of(&family, &partner.url(path))).await.unwrap();
        assert_eq!(status, 302, "{path}");
    }
    assert_eq!(elsewhere.seen(|seen| seen.connections + seen.refused), 0);
}

#[tokio::test]
async fn the_http_client_presents_the_identity_in_use() {
    let family = Family::new();
    let partner = strict(&family, SslVersion::TLS1_3);
    let rig = Rig::of(&family, &partner.url("/"));
    let client = rig.loaded().await;
    let mut chains = vec![family.chain_der()];
    let sent = async |client: &outbound_mtls::Outbound| {
        let http = client.client().await.unwrap();
        let answer = http.post(partner.url("/orders")).body("two").send().await;
        assert_eq!(answer.unwrap().text().await.unwrap(), "ok");
    };
    sent(&client).await;
    let next = test_support::hierarchy::client(&family.second, "client", p256());
    rig.write("ours.p12", &pfx::ordinary(&next, &family.intermediates()));
    client.reload().await;
    sent(&client).await;
    chains.push([&next, &family.second, &family.first].map(der).to_vec());
    let seen = partner.seen(|seen| {
        let chains = seen.requests.iter().map(|request| request.chain.clone());
        chains.collect::<Vec<_>>()
    });
    assert_eq!(seen, chains);
}

#[tokio::test]
async fn only_what_may_be_repeated_is_sent_again() {
    let family = Family::new();
    for (method, sent) in [(Method::GET, 4), (Method::POST, 1)] {
        // The connection breaks behind the request and before the answer.
        let partner = Partner::start(Manner {
            answer: Arc::new(|_| std::panic::resume_unwind(Box::new(()))),
            ..Manner::strict(&family.root)
        });
        let rig = Rig::of(&family, &partner.url("/"));
        let request = Request::new(method.clone(), partner.url("/").parse().unwrap());
        let error = rig.loaded().await.send(request).await.unwrap_err();
        assert_eq!(error.kind(), CallErrorKind::Unreachable, "{error}");
        assert_eq!(partner.seen(|seen| seen.requests.len()), sent, "{method}");
    }
}

#[tokio::test]
async fn before_anything_is_loaded_there_is_no_client() {
    let family = Family::new();
    let mut rig = Rig::of(&family, "https://127.0.0.1/");
    let client = rig.client();
    assert_eq!(kind(rig.call(&client).await), CallErrorKind::NotLoaded);
    let error = client.client().await.unwrap_err();
    assert_eq!(error.kind(), CallErrorKind::NotLoaded);
    rig.set("OUTBOUND_CLIENT_CERT_PATH", "");
    assert!(rig.settings().is_none());
}

#[tokio::test]
async fn calls_in_a_row_share_one_connection() {
    let family = Family::new();
    let partner = strict(&family, SslVersion::TLS1_3);
    let rig = Rig::of(&family, &partner.url("/"));
    let client = rig.loaded().await;
    for _ in 0..200 {
        rig.call(&client).await.unwrap();
    }
    assert_eq!(
        partner.seen(|seen| (seen.connections, seen.requests.len())),
        (1, 200)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_open_no_more_connections_than_the_pool_has() {
    // A connection returns to the pool a moment after its answer, so a busy machine may open one more for a place; and a
    // call that is served by another's connection leaves its own half-open handshake behind.
    let most = 2 * 8;
    let in_turn = connections_for(8, 125).await;
    assert!(in_turn <= most, "{in_turn}");
    let at_once = connections_for(1_000, 1).await;
    assert!(at_once <= most, "{at_once}");
}

/// How many connections a partner sees for this many callers, with eight places.
async fn connections_for(callers: usize, calls: usize) -> usize {
    let family = Family::new();
    let partner = strict(&family, SslVersion::TLS1_3);
    let mut rig = Rig::of(&family, &partner.url("/"));
    rig.limits.connections = 8;
    let rig = Arc::new(rig);
    let client = Arc::new(rig.loaded().await);
    let callers: Vec<_> = (0..callers)
        .map(|_| {
            let (rig, client) = (Arc::clone(&rig), Arc::clone(&client));
            tokio::spawn(async move {
                for _ in 0..calls {
                    rig.call(&client).await.unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    partner.seen(|seen| {
        assert_eq!(seen.requests.len(), 1_000);
        seen.connections
    })
}

#[tokio::test]
async fn each_source_of_the_setting_presents_the_same_identity() {
    let family = Family::new();
    let partner = strict(&family, SslVersion::TLS1_3);
    let bytes = pfx::ordinary(&family.client, &family.intermediates());
    let mut pem = family.client.key.private_key_to_pem_pkcs8().unwrap();
    for issued in [&family.client, &family.second, &family.first] {
        pem.extend(issued.certificate.to_pem().unwrap());
    }
    let pem = String::from_utf8(pem).unwrap();
    let digest = family
        .client
        .certificate
        .digest(openssl::hash::MessageDigest::sha1());
    let thumbprint: String = digest.unwrap().iter().map(|b| format!("{b:02X}")).collect();
    let cases = [
        (
            "OUTBOUND_CLIENT_CERT_PFX",
            openssl::base64::encode_block(&bytes),
        ),
        ("OUTBOUND_CLIENT_CERT_PEM", pem.clone()),
        ("OUTBOUND_CLIENT_CERT_PEM", pem.replace('\n', "\\n")),
        ("OUTBOUND_CLIENT_CERT_PEM", "ours.pem".to_owned()),
        ("OUTBOUND_CLIENT_CERT_THUMBPRINT", thumbprint.clone()),
        ("OUTBOUND_CLIENT_CERT_THUMBPRINT", thumbprint.to_lowercase()),
    ];
    for (name, value) in cases {
        let mut rig = Rig::of(&family, &partner.url("/"));
        rig.set("OUTBOUND_CLIENT_CERT_PATH", "");
        rig.set(name, &value);
        rig.write("ours.pem", pem.as_bytes());
        if name == "OUTBOUND_CLIENT_CERT_THUMBPRINT" {
            rig.set("OUTBOUND_CLIENT_CERT_FOLDER", ".");
            rig.write(&format!("{value}.p12"), &bytes);
        }
        let client = rig.loaded().await;
        let answer = rig.call(&client).await;
        answer.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(client.file_name(), None);
    }
    let chains = partner.seen(|seen| {
        seen.requests
            .iter()
            .map(|request| request.chain.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(chains, vec![family.chain_der(); 6]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_in_flight_ends_with_the_identity_that_it_began_with() {
    let family = Family::new();
    let entered = Arc::new(Barrier::new(2));
    let renewed = Arc::new(Barrier::new(2));
    let (inside, outside) = (Arc::clone(&entered), Arc::clone(&renewed));
    let partner = Partner::start(Manner {
        answer: Arc::new(move |request| {
            if request.head.starts_with("GET /slow") {
                inside.wait();
                outside.wait();
            }
            status("200 OK")
        }),
        ..Manner::strict(&family.root)
    });
    let rig = Arc::new(Rig::of(&family, &partner.url("/slow")));
    let client = Arc::new(rig.loaded().await);
    let old = client.facts().unwrap().sha256;
    let in_flight = tokio::spawn({
        let (rig, client) = (Arc::clone(&rig), Arc::clone(&client));
        async move { rig.call(&client).await }
    });
    tokio::task::spawn_blocking(move || entered.wait())
        .await
        .unwrap();
    let next = test_support::hierarchy::client(&family.second, "client", p256());
    rig.write("ours.p12", &pfx::ordinary(&next, &family.intermediates()));
    client.reload().await;
    assert_ne!(client.facts().unwrap().sha256, old);
    tokio::task::spawn_blocking(move || renewed.wait())
        .await
        .unwrap();
    let (_, identity) = in_flight.await.unwrap().unwrap();
    assert_eq!(identity.sha256, old);
}
