//! Clients of programs without settings: the identity is bytes, a file, or what a function gives.

use std::sync::{Arc, Mutex};

use outbound_mtls::reqwest::{Method, Request};
use outbound_mtls::{
    EncodedIdentity, Form, Found, IdentitySource, LoadErrorKind, Notice, Outbound, Password, Trust,
};

use test_support::hierarchy::{Family, client, der, p256, root};
use test_support::partner::{Manner, Partner};
use test_support::pfx::{self, PASSWORD};

fn password() -> Password {
    Password::new(PASSWORD.to_owned())
}

fn pkcs12(family: &Family) -> Vec<u8> {
    pfx::ordinary(&family.client, &family.intermediates())
}

/// The chain and the key of the family's client, each PEM.
fn pem(family: &Family) -> (Vec<u8>, Vec<u8>) {
    let chain = [&family.client, &family.second, &family.first];
    let chain = chain.map(|issued| issued.certificate.to_pem().unwrap());
    let aes = openssl::symm::Cipher::aes_256_cbc();
    let key = &family.client.key;
    let key = key.private_key_to_pem_pkcs8_passphrase(aes, PASSWORD.as_bytes());
    (chain.concat(), key.unwrap())
}

fn partners_root(family: &Family) -> Trust {
    Trust::nothing().and_pem(family.root.certificate.to_pem().unwrap())
}

async fn status(outbound: &Outbound, partner: &Partner) -> u16 {
    let request = Request::new(Method::GET, partner.url("/").parse().unwrap());
    let answer = outbound.send(request).await.unwrap();
    let status = answer.status().as_u16();
    answer.discard().await;
    status
}

#[tokio::test]
async fn each_source_presents_the_identity_with_its_chain() {
    let family = Family::new();
    let partner = Partner::start(Manner::strict(&family.root));
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = pem(&family);
    let both = [key.clone(), chain.clone()].concat();
    let [p12, text, ca] = ["ours.p12", "ours.pem", "ca.pem"].map(|name| folder.path().join(name));
    std::fs::write(&p12, pkcs12(&family)).unwrap();
    std::fs::write(&text, &both).unwrap();
    std::fs::write(&ca, family.root.certificate.to_pem().unwrap()).unwrap();
    let function = {
        let bytes = pkcs12(&family);
        move || Ok(EncodedIdentity::pkcs12(bytes.clone(), password()))
    };
    let sources: [(IdentitySource, Option<&str>); 6] = [
        (
            EncodedIdentity::pkcs12(pkcs12(&family), password()).into(),
            None,
        ),
        (EncodedIdentity::pem(both, password()).into(), None),
        (
            EncodedIdentity::pem_chain_and_key(&chain, &key, password()).into(),
            None,
        ),
        (
            IdentitySource::pkcs12_file(&p12, password()),
            Some("ours.p12"),
        ),
        (IdentitySource::pem_file(&text, password()), None),
        (IdentitySource::from_fn("a function", function), None),
    ];
    let count = sources.len();
    for (source, file_name) in sources {
        let shown = format!("{source:?}");
        let trust = Trust::nothing().and_file(&ca);
        let outbound = Outbound::builder(source).trust(trust).load().await;
        let outbound = outbound.unwrap_or_else(|error| panic!("{shown}: {error}"));
        assert_eq!(status(&outbound, &partner).await, 200, "{shown}");
        assert_eq!(outbound.file_name().as_deref(), file_name, "{shown}");
    }
    let chains = partner.seen(|seen| {
        let requests = seen.requests.iter();
        requests
            .map(|request| request.chain.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(chains, vec![family.chain_der(); count]);
}

#[tokio::test]
async fn a_failure_is_typed_and_names_what_the_program_named_and_no_setting() {
    let family = Family::new();
    let two = pfx::plain(&[
        pfx::Bag::Key(&family.client.key, None),
        pfx::Bag::Certificate(&family.client.certificate, None),
        pfx::Bag::Key(&family.root.key, None),
        pfx::Bag::Certificate(&family.root.certificate, None),
    ]);
    let (chain, key) = pem(&family);
    let form = |expected, found| LoadErrorKind::WrongFormat { expected, found };
    let of_pkcs12 = |bytes: &[u8]| EncodedIdentity::pkcs12(bytes.to_vec(), password());
    let of_pem = |bytes: &[u8]| EncodedIdentity::pem(bytes.to_vec(), password());
    let base64 = openssl::base64::encode_block(&pkcs12(&family));
    let cases = [
        (of_pkcs12(&chain), form(Form::Pkcs12, Found::Pem)),
        (
            of_pkcs12(base64.as_bytes()),
            form(Form::Pkcs12, Found::Base64),
        ),
        (of_pkcs12(b""), form(Form::Pkcs12, Found::Nothing)),
        (of_pem(&pkcs12(&family)), form(Form::Pem, Found::Other)),
        (of_pem(base64.as_bytes()), form(Form::Pem, Found::Base64)),
        (of_pkcs12(b"\"quoted\""), form(Form::Pkcs12, Found::Quoted)),
        (of_pem(&chain), LoadErrorKind::NoKey),
        (of_pkcs12(&two), LoadErrorKind::SeveralIdentities),
        (
            EncodedIdentity::pkcs12(pkcs12(&family), Password::none()),
            LoadErrorKind::WrongPassword,
        ),
        (
            EncodedIdentity::pem_chain_and_key(&chain, &key, Password::none()),
            LoadErrorKind::WrongPassword,
        ),
    ];
    for (encoded, expected) in cases {
        let error = encoded.named("the vault's").parse(None).unwrap_err();
        assert_eq!(error.kind(), expected, "{error}");
        assert_eq!(error.at(), "the vault's");
        assert!(!error.to_string().contains("OUTBOUND_"), "{error}");
    }
    let source = IdentitySource::from(of_pkcs12(&pkcs12(&family)).named("p.p12")).select("theirs");
    let error = Outbound::builder(source).load().await.err().unwrap();
    assert_eq!(error.kind(), LoadErrorKind::NotSelected);
    let trust = Trust::system().and_pem("hello");
    let outbound = Outbound::builder(of_pkcs12(&pkcs12(&family))).trust(trust);
    let error = outbound.load().await.err().unwrap();
    assert_eq!(error.kind(), LoadErrorKind::TrustAnchors);
    assert_eq!(error.at(), "the given trust anchors");
}

#[tokio::test]
async fn without_an_authority_no_server_is_trusted() {
    let family = Family::new();
    let partner = Partner::start(Manner::strict(&family.root));
    for trust in [
        Trust::nothing(),
        Trust::system(),
        Trust::nothing().and_pem(root("Stranger").certificate.to_pem().unwrap()),
    ] {
        let ours = EncodedIdentity::pkcs12(pkcs12(&family), password());
        let outbound = Outbound::builder(ours).trust(trust).load().await.unwrap();
        let request = Request::new(Method::GET, partner.url("/").parse().unwrap());
        let error = outbound.send(request).await.unwrap_err();
        assert_eq!(error.kind().reason(), "untrusted-server", "{error}");
    }
    assert!(partner.seen(|seen| seen.requests.is_empty()));
}

/// What a function gives from one reload to the next.
type Latest = Arc<Mutex<Result<Vec<u8>, &'static str>>>;

/// A client of a function that gives what `latest` contains, and what it reports.
fn following(latest: &Latest, trust: Trust) -> (Outbound, Arc<Mutex<Vec<Notice>>>) {
    let source = IdentitySource::from_fn("the vault", {
        let latest = Arc::clone(latest);
        move || {
            Ok(EncodedIdentity::pkcs12(
                latest.lock().unwrap().clone()?,
                password(),
            ))
        }
    });
    let notices: Arc<Mutex<Vec<Notice>>> = Arc::default();
    let outbound = Outbound::builder(source).trust(trust).on_notice({
        let notices = Arc::clone(&notices);
        move |notice| notices.lock().unwrap().push(notice)
    });
    (outbound.build(), notices)
}

#[tokio::test]
async fn what_a_function_gives_later_replaces_the_identity_and_an_error_does_not() {
    let family = Family::new();
    let partner = Partner::start(Manner::strict(&family.root));
    let latest: Latest = Arc::new(Mutex::new(Err("nothing fetched yet")));
    let (outbound, notices) = following(&latest, partners_root(&family));
    let failed = |previous_in_use| Notice::LoadFailed {
        detail: "the vault: nothing fetched yet".to_owned(),
        previous_in_use,
    };
    let taken = || std::mem::take(&mut *notices.lock().unwrap());
    outbound.reload().await;
    assert_eq!(taken(), [failed(false)]);
    for renewed in [false, true] {
        let next = match renewed {
            true => client(&family.second, "client", p256()),
            false => family.client.clone(),
        };
        *latest.lock().unwrap() = Ok(pfx::ordinary(&next, &family.intermediates()));
        outbound.reload().await;
        assert!(matches!(taken().as_slice(), [Notice::Loaded(_)]));
        assert_eq!(status(&outbound, &partner).await, 200);
        let leaf = partner.seen(|seen| seen.requests.last().unwrap().chain[0].clone());
        assert_eq!(leaf, der(&next));
        *latest.lock().unwrap() = Err("nothing fetched yet");
        outbound.reload().await;
        assert_eq!(taken(), [failed(true)]);
        assert_eq!(status(&outbound, &partner).await, 200);
    }
}

#[tokio::test]
async fn a_function_that_panics_is_a_failure_to_load() {
    let source = IdentitySource::from_fn("the vault", || panic!("out of order"));
    let error = Outbound::builder(source).load().await.err().unwrap();
    assert_eq!(error.kind(), LoadErrorKind::Unreadable, "{error}");
}
