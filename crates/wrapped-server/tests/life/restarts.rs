//! A server that ends is started again.

use std::time::Duration;

use wrapped_server::{
    End, Ending, Event, Listen, Output, ServerCommand, ServerOptions, WhyNot, WrappedServer,
};

use crate::held::{Held, one_start, started};
use crate::marked::{MARK, Mark, PATIENCE};
use crate::servers::call;

crate::trials![
    a_server_that_ends_is_started_again_on_another_port,
    a_server_that_was_ready_and_falls_for_good_is_given_up,
    a_taken_port_is_followed_by_another_at_once,
    a_fixed_port_that_is_taken_is_a_failure,
    a_port_that_is_taken_again_and_again_is_a_failure,
    a_server_that_is_given_up_refuses_at_once,
    a_panic_of_whoever_takes_the_events_abandons_the_server,
];

async fn a_server_that_ends_is_started_again_on_another_port() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("end");
    let mut held = Held::serve(&["once", file.to_str().unwrap()], ServerOptions::default());
    let first = held.server.ready().await.unwrap();
    std::fs::write(&file, "").unwrap();
    let status = held
        .event(|event| match event {
            Event::Ended {
                ending: Ending::Exited { status, was_ready },
                ..
            } => Some((status.code(), *was_ready)),
            _ => None,
        })
        .await;
    assert_eq!(status, (Some(0), true));
    // It waits through the pause.
    let second = held.server.ready().await.unwrap();
    assert_eq!((first.generation, second.generation), (1, 2));
    assert_ne!(first.address, second.address);
    assert!(call(second.address).starts_with("HTTP/1.1 200"));
    held.stop().await;
}

async fn a_server_that_was_ready_and_falls_for_good_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("end");
    let options = one_start(Duration::from_secs(20));
    let mut held = Held::serve(&["falls", file.to_str().unwrap()], options);
    held.server.ready().await.unwrap();
    std::fs::write(&file, "").unwrap();
    match held.ended().await {
        End::Hopeless(hopeless) => assert_eq!(hopeless.failed_starts, 1),
        end @ (End::Stopped | End::Abandoned) => panic!("{end:?}"),
    }
}

async fn a_taken_port_is_followed_by_another_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ports");
    let server = ["in-use", "2", file.to_str().unwrap()];
    let held = Held::serve(&server, one_start(Duration::from_secs(20)));
    let found = held.server.ready().await.unwrap();
    let ports = std::fs::read_to_string(&file).unwrap();
    let ports: std::collections::BTreeSet<&str> = ports.lines().collect();
    assert_eq!(ports.len(), 3);
    assert!(ports.contains(found.address.port().to_string().as_str()));
    held.stop().await;
}

async fn a_fixed_port_that_is_taken_is_a_failure() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for listen in [Listen::Port(address.port()), Listen::Address(address)] {
        let mut options = one_start(Duration::from_secs(20));
        options.listen = listen;
        let message = Held::serve(&["ok"], options).hopeless().await;
        let expected = format!("expected nobody on {address}");
        assert!(message.contains(&expected), "{message}");
    }
}

async fn a_port_that_is_taken_again_and_again_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ports");
    let server = ["in-use", "99", file.to_str().unwrap()];
    let mut held = Held::serve(&server, one_start(Duration::from_secs(20)));
    let message = held.hopeless().await;
    assert!(
        message.contains("said that an address is in use; it was given 127.0.0.1:"),
        "{message}"
    );
    let ports = std::fs::read_to_string(&file).unwrap();
    assert_eq!(ports.lines().count(), 6);
}

async fn a_server_that_is_given_up_refuses_at_once() {
    let mut held = Held::serve(&["exit", "3"], one_start(Duration::from_secs(60)));
    held.event(started).await;
    held.hopeless().await;
    let refused = held.server.ready().await.unwrap_err();
    assert_eq!(refused.why, WhyNot::Hopeless);
}

async fn a_panic_of_whoever_takes_the_events_abandons_the_server() {
    let mark = Mark::new();
    let own = std::env::current_exe().unwrap();
    let command = ServerCommand::new(own, std::env::vars_os())
        .argument("serve")
        .argument("ok")
        .variable(MARK, &mark.0);
    let output = Output::new(std::io::sink(), std::io::sink());
    let server = WrappedServer::start(command, ServerOptions::default(), output, |event| {
        assert!(!matches!(event, Event::Started { .. }), "on purpose");
    });
    let end = tokio::time::timeout(PATIENCE, server.ended()).await;
    assert!(matches!(end, Ok(End::Abandoned)), "{end:?}");
    let refused = tokio::time::timeout(PATIENCE, server.ready())
        .await
        .unwrap();
    assert_eq!(refused.unwrap_err().why, WhyNot::Hopeless);
    mark.assert_gone_within(PATIENCE);
}
