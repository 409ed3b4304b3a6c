//! An identity endpoint, and what becomes of its answers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use managed_identity::{ManagedIdentity, TokenError, Tokens, TransportError};
use test_support::identity_endpoint::IdentityEndpoint;

const RESOURCE: &str = "https://vault.azure.net";

/// The end of every token of the endpoint.
fn end() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(9_999_999_999)
}

fn tokens(variables: &[(&str, String)]) -> Tokens {
    let find = |name: &str| {
        let mut found = variables.iter().filter(|(key, _)| *key == name);
        found.next().map(|(_, value)| value.as_str())
    };
    let identity = ManagedIdentity::from_variables(find).unwrap();
    Tokens::new(identity, RESOURCE).unwrap()
}

#[tokio::test]
async fn a_token_is_used_until_five_minutes_before_its_end_or_until_it_is_refused() {
    let endpoint = IdentityEndpoint::start(|_| "secret".to_owned());
    let mut tokens = tokens(&endpoint.variables());
    assert!(tokens.authorization().is_none());
    for (before_the_end, requests) in [(1_000, 1), (301, 1), (299, 2), (299, 3)] {
        let now = end() - Duration::from_secs(before_the_end);
        tokens.renew(now).await.unwrap();
        let shown = tokens.authorization().unwrap();
        assert_eq!(shown.to_str().unwrap(), "Bearer secret");
        assert!(!format!("{shown:?}").contains("secret"));
        assert_eq!(endpoint.resources(), vec![RESOURCE; requests]);
    }
    tokens.forget();
    assert!(tokens.authorization().is_none());
    tokens.renew(UNIX_EPOCH).await.unwrap();
    assert_eq!(endpoint.resources().len(), 4);
}

#[tokio::test]
async fn an_endpoint_that_gives_no_token_is_named_by_what_it_answered() {
    let endpoint = IdentityEndpoint::start(|_| "not a token".to_owned());
    let [at, header] = endpoint.variables();
    let elsewhere = ("IDENTITY_HEADER", "another".to_owned());
    let unfit = ("IDENTITY_HEADER", "a\nb".to_owned());
    for (variables, expected) in [
        ([at.clone(), header], TokenError::NoToken),
        ([at.clone(), elsewhere], TokenError::Status(401)),
        ([at.clone(), unfit], TokenError::NoHeader),
    ] {
        let found = tokens(&variables).renew(UNIX_EPOCH).await.unwrap_err();
        assert_eq!(found, expected);
        assert!(!format!("{found} {found:?}").contains("not a token"));
    }
    drop(endpoint);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let nobody = [
        ("IDENTITY_ENDPOINT", format!("http://{address}/")),
        ("IDENTITY_HEADER", "h".to_owned()),
    ];
    let found = tokens(&nobody).renew(UNIX_EPOCH).await.unwrap_err();
    let unreachable = matches!(
        &found,
        TokenError::Transport(TransportError::Unreachable(_))
    );
    assert!(unreachable, "{found:?}");
}
