//! Revocation lists in files beside a remote document: they keep no document from taking effect, and take effect by themselves.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use client_cert::{Crl, Fitness, FrontEnd};
use policy_source::{FetchedLists, LoadedDocument, RemoteEvent, Snapshot};
use test_support::crl::List;
use test_support::partner::Request;
use test_support::{Issued, Shape};

use crate::{Awaited, Store, content};

const DOCUMENT: &str = r#"{ "version": 1, "trustDomains": { "p": { "anchors": ["root.pem"], "revocation": { "crls": ["a.crl", "b.crl"] } } },
"callers": [{ "name": "partner", "any": [{ "domain": "p", "commonName": "partner" }] }] }"#;

/// What a store answers by the file's name.
type Files = Arc<Mutex<BTreeMap<&'static str, String>>>;

fn serve(store: &Store, root: &Issued) -> Files {
    let pem = content(&root.pem());
    let files: Files = Arc::default();
    let given = Arc::clone(&files);
    store.answers_by(move |request: &Request| {
        let name = request.head.split(['/', '?']).nth(2).unwrap_or_default();
        let default = match name {
            "policy.json" => content(DOCUMENT),
            "root.pem" => pem.clone(),
            _ => "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".to_owned(),
        };
        given.lock().unwrap().get(name).cloned().unwrap_or(default)
    });
    files
}

fn list(revoked: &[&Issued], root: &Issued) -> String {
    let pem = openssl::x509::X509Crl::from_der(&List::of(revoked).signed_by(root)).unwrap();
    content(&String::from_utf8(pem.to_pem().unwrap()).unwrap())
}

async fn changed(policy: &mut Awaited) -> Snapshot {
    match policy.next().await {
        RemoteEvent::Changed(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}

/// How many entries the lists of a document have, and how many of them are missing.
fn state(document: &LoadedDocument) -> (usize, usize) {
    let (policy, notes) = document.policy.policy(&FetchedLists::default());
    let entries = policy.revocation()[0].lists.lists().map(Crl::len).sum();
    (entries, notes.len())
}

#[tokio::test]
async fn a_list_beside_a_remote_document_takes_effect_by_itself() {
    let store = Store::new();
    let root = Shape::authority("Root").self_signed();
    let revoked = root.issue(Shape::caller("partner"));
    let files = serve(&store, &root);
    let mut policy = store.policy();
    let load = |snapshot: &Snapshot| snapshot.load(FrontEnd::AppService, Fitness::default());

    // Neither is there: the document takes effect.
    let loaded = load(&changed(&mut policy).await).unwrap();
    assert_eq!(state(&loaded), (0, 2));

    files.lock().unwrap().insert("a.crl", list(&[], &root));
    files.lock().unwrap().insert("b.crl", list(&[], &root));
    let mut snapshot = changed(&mut policy).await;
    if state(&load(&snapshot).unwrap()).1 > 0 {
        // Between the two lines above.
        snapshot = changed(&mut policy).await;
    }
    assert_eq!(state(&load(&snapshot).unwrap()), (0, 0));
    policy.accept(&snapshot).await.unwrap();

    // A store that fails for a list alone: the list stays.
    let loaded = load(&snapshot).unwrap();
    let no = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".to_owned();
    files.lock().unwrap().insert("a.crl", no);
    files
        .lock()
        .unwrap()
        .insert("policy.json", content("nonsense"));
    let broken = changed(&mut policy).await;
    assert!(load(&broken).is_err());
    assert_eq!(state(&broken.load_lists(&loaded)), (0, 0));

    // A list takes effect while the document does not load.
    files
        .lock()
        .unwrap()
        .insert("b.crl", list(&[&revoked], &root));
    let broken = changed(&mut policy).await;
    assert!(load(&broken).is_err());
    assert_eq!(state(&broken.load_lists(&loaded)), (1, 0));

    // One that the store has no more is missing.
    files.lock().unwrap().remove("b.crl");
    files.lock().unwrap().remove("policy.json");
    let mut snapshot = changed(&mut policy).await;
    if load(&snapshot).is_err() {
        // Between the two lines above.
        snapshot = changed(&mut policy).await;
    }
    assert_eq!(state(&load(&snapshot).unwrap()), (0, 1));
}
