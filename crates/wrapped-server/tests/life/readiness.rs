//! When a server is ready.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use wrapped_server::{End, Event, Listen, NotYet, ReadyWhen, ServerOptions, WhyNot, WrappedServer};

use crate::held::{Held, one_start};
use crate::marked::{PATIENCE, within};
use crate::servers::call;

crate::trials![
    a_server_is_ready_when_it_accepts_and_answers_nobody_else,
    a_path_is_ready_with_a_listed_status,
    a_path_is_not_ready_with_another_status_or_with_garbage,
    a_server_on_the_other_loopback_address_is_found,
    a_fixed_port_is_used_and_a_fixed_address_alone,
    another_program_on_the_port_is_not_the_server,
    a_server_that_listens_beyond_loopback_is_named,
    progress_is_said_while_a_server_is_not_ready,
    a_request_waits_no_longer_than_it_should,
    a_server_that_somebody_else_started_is_waited_for,
];

fn ready(event: &Event) -> Option<(SocketAddr, u64, Option<u16>)> {
    match event {
        Event::Ready {
            address,
            generation,
            status,
            ..
        } => Some((*address, *generation, status.map(|status| status.as_u16()))),
        _ => None,
    }
}

async fn a_server_is_ready_when_it_accepts_and_answers_nobody_else() {
    let mut held = Held::serve(&["ok"], ServerOptions::default());
    let found = held.server.ready().await.unwrap();
    assert_eq!(held.event(ready).await, (found.address, 1, None));
    assert!(call(found.address).starts_with("HTTP/1.1 200"));
    held.server.ready().await.unwrap();
    // The probe sent nothing: what came is our call.
    let stdout = held.stdout.clone();
    held.stop().await;
    assert_eq!(stdout.text(), "GET /called HTTP/1.1|Host: x||\n");
}

fn answers(path: &'static str, statuses: &str, options: ServerOptions) -> ServerOptions {
    let mut options = options;
    options.ready_when = ReadyWhen::Answers {
        path: http::uri::PathAndQuery::from_static(path),
        statuses: statuses.parse().unwrap(),
    };
    options
}

async fn a_path_is_ready_with_a_listed_status() {
    let options = answers("/health?deep", "200,401", ServerOptions::default());
    let mut held = Held::serve(&["status", "401 Unauthorized"], options);
    let found = held.server.ready().await.unwrap();
    assert_eq!(held.event(ready).await, (found.address, 1, Some(401)));
    let stdout = held.stdout.clone();
    held.stop().await;
    let expected = format!("GET /health?deep HTTP/1.1|host: {}|", found.address);
    assert!(stdout.text().starts_with(&expected), "{}", stdout.text());
}

async fn a_path_is_not_ready_with_another_status_or_with_garbage() {
    let table: [(&[&str], &str); 3] = [
        (
            &["status", "503 Service Unavailable"],
            "answers the probe with 503",
        ),
        (&["status", "404 Not Found"], "answers the probe with 404"),
        (&["garbage"], "does not answer the probe"),
    ];
    for (server, expected) in table {
        let options = answers("/", "200-299", one_start(Duration::from_millis(300)));
        let message = Held::serve(server, options).hopeless().await;
        assert!(message.contains(expected), "{message}");
    }
}

async fn a_server_on_the_other_loopback_address_is_found() {
    let held = Held::serve(&["v6"], ServerOptions::default());
    let found = held.server.ready().await.unwrap();
    assert!(found.address.is_ipv6());
    assert!(call(found.address).starts_with("HTTP/1.1 200"));
    held.stop().await;
}

async fn a_fixed_port_is_used_and_a_fixed_address_alone() {
    let address = free();
    let mut options = ServerOptions::default();
    options.listen = Listen::Port(address.port());
    let held = Held::serve(&["v6"], options.clone());
    let found = held.server.ready().await.unwrap();
    assert_eq!(found.address.port(), address.port());
    held.stop().await;
    // The server listens on the port of the other loopback address.
    options = one_start(Duration::from_millis(300));
    options.listen = Listen::Address(free());
    let message = Held::serve(&["v6"], options).hopeless().await;
    assert!(message.contains("it listens on [::1]:"), "{message}");
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

async fn another_program_on_the_port_is_not_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("port");
    let server = ["port-in", file.to_str().unwrap()];
    let mut held = Held::serve(&server, one_start(Duration::from_secs(3)));
    assert!(within(PATIENCE, || file.exists()));
    let port = std::fs::read_to_string(&file).unwrap();
    let _other = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    let why = held
        .event(|event| match event {
            Event::Waiting { why, .. } => Some(*why),
            _ => None,
        })
        .await;
    assert_eq!(why, NotYet::AnotherProgram);
    let message = held.hopeless().await;
    assert!(message.contains("another program accepts"), "{message}");
}

async fn a_server_that_listens_beyond_loopback_is_named() {
    let mut held = Held::serve(&["everywhere"], ServerOptions::default());
    let named = held
        .event(|event| match event {
            Event::ListensBeyondLoopback { addresses } => Some(addresses.clone()),
            _ => None,
        })
        .await;
    let port = held.server.ready().await.unwrap().address.port();
    assert_eq!(named, [SocketAddr::from(([0, 0, 0, 0], port))]);
    held.stop().await;
}

async fn progress_is_said_while_a_server_is_not_ready() {
    let mut held = Held::serve(&["elsewhere"], one_start(Duration::from_millis(2500)));
    let (waited, message) = held
        .event(|event| match event {
            Event::Waiting { waited, .. } => Some((*waited, event.to_string())),
            _ => None,
        })
        .await;
    assert!((2..=20).contains(&waited.as_secs()), "{waited:?}");
    assert!(message.contains("; it listens on 127.0.0.1:"), "{message}");
    held.hopeless().await;
}

async fn a_request_waits_no_longer_than_it_should() {
    let began = Instant::now();
    let held = Held::serve(&["sleep"], one_start(Duration::from_millis(500)));
    let refused = held.server.ready().await.unwrap_err();
    assert!(
        matches!(refused.why, WhyNot::Starting | WhyNot::Hopeless),
        "{refused:?}"
    );
    assert!(refused.retry_after >= Duration::from_secs(1));
    assert!(began.elapsed() < PATIENCE);
}

async fn a_server_that_somebody_else_started_is_waited_for() {
    let address = free();
    let server = WrappedServer::attach(address, ServerOptions::default(), |_| {});
    let waiting = server.ready();
    tokio::pin!(waiting);
    let early = tokio::time::timeout(Duration::from_millis(100), &mut waiting).await;
    assert!(early.is_err(), "{early:?}");
    let _theirs = TcpListener::bind(address).unwrap();
    let ready = tokio::time::timeout(PATIENCE, waiting)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((ready.address, ready.generation), (address, 1));
    let end = server.stop(Duration::from_secs(60)).await;
    assert!(matches!(end, End::Stopped), "{end:?}");
    let refused = server.ready().await.unwrap_err();
    assert_eq!(refused.why, WhyNot::Stopping);
}
