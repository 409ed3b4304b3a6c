//! A store that does not say what is so.

use std::sync::Arc;

use policy_source::{FetchError, RemoteEvent};

use crate::{Expected, Store, content};

/// Another document, for the entity tag of the first.
const OTHER: &str = r#"{ "version": 1, "trustDomains": { "q": { "anchors": ["trust/root.pem"] } }, "callers": [] }"#;

/// Answers that are no document, none of which is taken for one.
#[tokio::test]
async fn an_answer_that_is_cut_or_endless_or_unasked_for_is_a_failure() {
    let store = Store::new();
    let mut policy = store.policy();
    let endless = "x".repeat(65 * 1024 * 1024);
    let cases: [(String, Expected); 6] = [
        (
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\n{".to_owned(),
            |error| matches!(error, FetchError::Interrupted(_)),
        ),
        (
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{ \"ve\r\n".to_owned(),
            |error| matches!(error, FetchError::Interrupted(_)),
        ),
        // No length is claimed: the bytes themselves are counted.
        (
            format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{endless}\r\n0\r\n\r\n",
                endless.len()
            ),
            |error| matches!(error, FetchError::TooLarge(_)),
        ),
        (
            format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{endless}"),
            |error| matches!(error, FetchError::TooLarge(_)),
        ),
        ("HTTP/1.1 304 Not Modified\r\n\r\n".to_owned(), |error| {
            matches!(error, FetchError::NotModified)
        }),
        (
            "HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\n{".to_owned(),
            |error| matches!(error, FetchError::Status(206, None)),
        ),
    ];
    for (answer, is_expected) in cases {
        let shown: String = answer.chars().take(100).collect();
        store.answers(answer);
        // A kind of failure is given once: another one is between two of a kind.
        let event = policy.next().await;
        let RemoteEvent::Failed(error) = &event else {
            panic!("{shown}: {event:?}")
        };
        assert!(is_expected(error), "{shown}: {error:?}");
        store.answers("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        let event = policy.next().await;
        assert!(matches!(
            event,
            RemoteEvent::Failed(FetchError::Status(500, None))
        ));
    }
}

/// Other bytes under the tag of before are another document.
#[tokio::test]
async fn a_tag_that_stays_hides_no_bytes_that_are_sent() {
    let store = Store::new();
    let mut policy = store.policy();
    let RemoteEvent::Changed(_) = policy.next().await else {
        panic!()
    };
    store.answers(content(OTHER));
    let RemoteEvent::Changed(snapshot) = policy.next().await else {
        panic!()
    };
    assert_eq!(snapshot.document, OTHER);
}

/// A store, or a proxy before it, that says "not modified" for ever: every sixtieth attempt asks without a condition.
#[tokio::test]
async fn a_change_behind_a_tag_that_stays_is_found_in_time() {
    let store = Store::new();
    let mut policy = store.policy();
    let RemoteEvent::Changed(_) = policy.next().await else {
        panic!()
    };
    store.answers_by(|request| {
        let is_conditional = request.head.to_lowercase().contains("if-none-match");
        match is_conditional {
            true => "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n".to_owned(),
            false => content(OTHER),
        }
    });
    let RemoteEvent::Changed(snapshot) = policy.next().await else {
        panic!()
    };
    assert_eq!(snapshot.document, OTHER);
    let conditional = |head: &str| head.contains("policy.json") && head.contains("if-none-match");
    let asked = store.partner.seen(|seen| {
        let heads = seen
            .requests
            .iter()
            .map(|request| request.head.to_lowercase());
        heads.filter(|head| conditional(head)).count()
    });
    assert_eq!(asked, 58);
}

/// A policy gets too old while the document that takes its place is under way, as where a machine sleeps: what is in use is then
/// not too old, and nothing says that it is.
#[tokio::test]
async fn an_age_that_was_of_the_policy_before_is_not_given_after_the_next_one() {
    let store = Store::new();
    let mut policy = store.policy();
    let RemoteEvent::Changed(first) = policy.next().await else {
        panic!()
    };
    policy.accept(&first).await.unwrap();
    let clock = Arc::clone(&store.now);
    let much_later = *clock.lock().unwrap() + 2 * store.options.max_age.get();
    store.answers_by(move |_| {
        *clock.lock().unwrap() = much_later;
        content(OTHER)
    });
    let RemoteEvent::Changed(second) = policy.next().await else {
        panic!()
    };
    policy.accept(&second).await.unwrap();
    store.answers("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
    let event = policy.next().await;
    assert!(matches!(event, RemoteEvent::Failed(_)), "{event:?}");
}
