//! A server that is stopped.

use std::time::{Duration, Instant};

use wrapped_server::{End, Event, ServerOptions, WhyNot};

use crate::held::{Held, started};
use crate::marked::PATIENCE;

crate::trials![
    a_polite_server_ends_by_itself_and_says_its_last_word,
    a_stubborn_server_is_killed_after_the_grace,
    a_second_wish_shortens_the_grace,
    a_server_that_is_starting_is_stopped,
    a_pause_before_a_start_is_cut_short,
];

async fn a_polite_server_ends_by_itself_and_says_its_last_word() {
    let mut held = Held::serve(&["polite"], ServerOptions::default());
    held.server.ready().await.unwrap();
    let began = Instant::now();
    let end = held.server.stop(Duration::from_secs(60)).await;
    assert!(matches!(end, End::Stopped), "{end:?}");
    assert!(began.elapsed() < PATIENCE);
    assert_eq!(held.stdout.text(), "polite to the end\n");
    held.mark.assert_gone_within(Duration::ZERO);
    let stopped = |event: &Event| matches!(event, Event::Stopped).then_some(());
    held.event(stopped).await;
    let refused = held.server.ready().await.unwrap_err();
    assert_eq!(refused.why, WhyNot::Stopping);
}

async fn a_stubborn_server_is_killed_after_the_grace() {
    let held = Held::serve(&["stubborn"], ServerOptions::default());
    held.server.ready().await.unwrap();
    let began = Instant::now();
    held.server.stop(Duration::from_millis(300)).await;
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert!(began.elapsed() < PATIENCE);
    assert_eq!(held.stdout.text(), "stubborn\n");
    held.mark.assert_gone_within(Duration::ZERO);
}

async fn a_second_wish_shortens_the_grace() {
    let held = Held::serve(&["stubborn"], ServerOptions::default());
    held.server.ready().await.unwrap();
    let began = Instant::now();
    let second = async {
        // The first wish has arrived.
        while held.stdout.bytes().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        held.server.stop(Duration::from_millis(300)).await
    };
    let both = async { tokio::join!(held.server.stop(Duration::from_secs(600)), second) };
    tokio::time::timeout(PATIENCE, both).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(300));
    held.mark.assert_gone_within(Duration::ZERO);
}

async fn a_server_that_is_starting_is_stopped() {
    let mut held = Held::serve(&["sleep"], ServerOptions::default());
    held.event(started).await;
    held.stop().await;
}

async fn a_pause_before_a_start_is_cut_short() {
    let mut held = Held::serve(&["exit", "1"], ServerOptions::default());
    held.event(|event| matches!(event, Event::Restarting { .. }).then_some(()))
        .await;
    let end = tokio::time::timeout(PATIENCE, held.server.stop(Duration::ZERO)).await;
    assert!(matches!(end, Ok(End::Stopped)), "{end:?}");
}
