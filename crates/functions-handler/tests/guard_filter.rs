//! The guard as a warp filter in a server of somebody else's, through a real socket.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::mpsc::channel;
use std::thread;

use client_cert::{Caller, Fitness, FrontEnd, Policy, Rule};
use common::process::{Answer, PATIENCE, get};
use common::{Issued, Shape};
use functions_handler::server::Log;
use functions_handler::{Guard, Permit, Refused, Requirement};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use warp::Filter;

fn guard(caller: &Issued) -> Guard {
    let lists = Caller::of_lists([Rule::pin(caller.sha256().parse().unwrap())]);
    let policy = Policy::new(FrontEnd::Development, Fitness::default(), [lists]).unwrap();
    Guard::new(policy, Log::start(io::sink()).unwrap())
}

/// Serves two guarded routes before a catch-all, and gives the port.
fn serve(guard: &Guard) -> u16 {
    let whoami = warp::path!("whoami")
        .and(guard.filter("WhoAmI", Requirement::Admitted))
        .map(|permit: Result<Permit, Refused>| {
            permit.map(|permit| permit.principal().subject().to_owned())
        });
    let requirement = Requirement::AnyRole(vec!["auditor".parse().unwrap()]);
    let audit = warp::path!("audit")
        .and(guard.filter("Audit", requirement))
        .map(|permit: Result<Permit, Refused>| permit.map(|_| "audit".to_owned()));
    let routes = whoami
        .or(audit)
        .or(warp::any().map(|| "the catch-all".to_owned()));
    let (sender, port) = channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            sender.send(listener.local_addr().unwrap().port()).unwrap();
            let service = TowerToHyperService::new(warp::service(routes));
            loop {
                let stream = TokioIo::new(listener.accept().await.unwrap().0);
                let connection = http1::Builder::new().serve_connection(stream, service.clone());
                tokio::spawn(async { drop(connection.await) });
            }
        });
    });
    port.recv_timeout(PATIENCE).unwrap()
}

#[test]
fn it_extracts_a_permit_or_the_answer_and_never_falls_through() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let port = serve(&guard(&caller));
    let exchange = |path: &str, certificate: Option<&str>| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(get(path, certificate).as_bytes()).unwrap();
        Answer::read(&mut stream).unwrap()
    };
    let good = caller.header();
    let admitted = exchange("/whoami", Some(&good));
    assert_eq!(
        (admitted.status, admitted.body.as_slice()),
        (200, &b"CN=caller"[..])
    );
    let twice = format!("{good}\r\nX-ARR-ClientCert: {good}");
    for certificate in [None, Some("AAAA"), Some(twice.as_str())] {
        let refused = exchange("/whoami", certificate);
        assert_eq!(refused.status, 401, "{certificate:?}");
        assert_eq!(
            refused.header("www-authenticate"),
            Some("ClientCertificate")
        );
    }
    assert_eq!(exchange("/audit", Some(&good)).status, 403);
    assert_eq!(exchange("/audit", None).status, 401);
    assert_eq!(exchange("/other", None).body, b"the catch-all");
    for (target, status) in [
        ("http://localhost/whoami", 200),
        ("http://127.0.0.1/whoami", 401),
        ("http://rebound.example/whoami", 401),
        ("http://localhost@rebound.example/whoami", 401),
    ] {
        let found = exchange(target, Some(&good)).status;
        assert_eq!(found, status, "{target}, with another Host than the target");
    }
}
