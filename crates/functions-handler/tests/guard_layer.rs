//! The guard as a tower layer, over requests as a server of any version of HTTP hands them on.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use client_cert::{Caller, Fitness, FrontEnd, Policy, Rule};
use common::Shape;
use functions_handler::server::Log;
use functions_handler::{Guard, GuardLayer, Requirement};
use http::{Request, Response};
use tower::{Layer, Service as _};

#[tokio::test]
async fn the_authority_of_the_target_counts_with_and_without_host() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let lists = Caller::of_lists([Rule::pin(caller.sha256().parse().unwrap())]);
    let policy = Policy::new(FrontEnd::Development, Fitness::default(), [lists]).unwrap();
    let guard = Guard::new(policy, Log::start(io::sink()).unwrap());
    let inner =
        tower::service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(Bytes::new())));
    let mut service = GuardLayer::new(&guard, "WhoAmI", Requirement::Admitted).layer(inner);
    // HTTP/2 has `:authority` and no `Host`; the absolute form of HTTP/1.1 has both.
    for (target, host, status) in [
        ("https://localhost:7071/", None, 200),
        ("https://rebound.example/", None, 401),
        ("https://localhost/", Some("localhost"), 200),
        ("https://127.0.0.1/", Some("localhost"), 200),
        ("https://rebound.example/", Some("localhost"), 401),
        ("https://localhost/", Some("rebound.example"), 401),
        ("/", Some("localhost"), 200),
        ("/", Some("rebound.example"), 401),
        ("/", None, 401),
    ] {
        let mut request = Request::get(target).header("x-arr-clientcert", caller.header());
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let response = service.call(request.body(()).unwrap()).await.unwrap();
        assert_eq!(response.status(), status, "{target} with Host {host:?}");
    }
}
