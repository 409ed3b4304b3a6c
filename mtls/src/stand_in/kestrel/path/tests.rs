use super::*;
use crate::stand_in::{uri, yarp};

/// What the caller sends, what the host routes on, what arrives forwarded, what arrives proxied.
const REWRITING: [(&str, &str, &str, &str); 25] = [
    ("/api/hello", "/api/hello", "/api/hello", "/api/hello"),
    ("/api/a%2520b", "/api/a%20b", "/api/a%20b", "/api/a%2520b"),
    ("/api/a%20b", "/api/a b", "/api/a%20b", "/api/a%20b"),
    ("/api/a%3Fx", "/api/a?x", "/api/a", "/api/a%3Fx"),
    ("/api/a%23x", "/api/a#x", "/api/a", "/api/a%23x"),
    ("/api/a%2Fb", "/api/a%2Fb", "/api/a%2Fb", "/api/a%252Fb"),
    ("/api/a%2fb", "/api/a%2fb", "/api/a%2fb", "/api/a%252fb"),
    ("/api/a%e9b", "/api/a%e9b", "/api/a%e9b", "/api/a%25e9b"),
    ("/api/a[b]", "/api/a[b]", "/api/a[b]", "/api/a%5Bb%5D"),
    ("/api/a%26b", "/api/a&b", "/api/a&b", "/api/a&b"),
    ("/api/a%5Cb", "/api/a\\b", "/api/a/b", "/api/a%5Cb"),
    (
        "/api/pub/..%5Csecret",
        "/api/pub/..\\secret",
        "/api/secret",
        "/api/pub/..%5Csecret",
    ),
    (
        "/api/pub/%252E%252E/secret",
        "/api/pub/%2E%2E/secret",
        "/api/secret",
        "/api/pub/%252E%252E/secret",
    ),
    ("/api/%2541", "/api/%41", "/api/A", "/api/%2541"),
    ("/api//z", "/api//z", "/api//z", "/api//z"),
    (
        "/api/a;b=1,c'()",
        "/api/a;b=1,c'()",
        "/api/a;b=1,c'()",
        "/api/a;b=1,c'()",
    ),
    (
        "/api/pub/../secret",
        "/api/secret",
        "/api/secret",
        "/api/secret",
    ),
    (
        "/api/pub/%2e%2E/secret",
        "/api/secret",
        "/api/secret",
        "/api/secret",
    ),
    ("/api/pub/..", "/api/", "/api/", "/api/"),
    ("/../../x", "/x", "/x", "/x"),
    ("/api/%C3%A9", "/api/é", "/api/%C3%A9", "/api/%C3%A9"),
    ("/api/%FF%41", "/api/%FFA", "/api/%FFA", "/api/%25FFA"),
    ("/api/100%", "/api/100%", "/api/100%25", "/api/100%25"),
    ("/api/%zz", "/api/%zz", "/api/%25zz", "/api/%25zz"),
    ("/", "/", "/", "/"),
];

#[test]
fn a_path_is_rewritten_on_its_way_as_the_host_rewrites_it() {
    for (sent, on_route, on_forward, on_proxy) in REWRITING {
        let path = routed(sent).expect(sent);
        assert_eq!(path, on_route, "routed: {sent}");
        assert_eq!(uri::path(&path), on_forward, "forwarded: {sent}");
        assert_eq!(yarp::path(&path), on_proxy, "proxied: {sent}");
    }
}

#[test]
fn kestrel_refuses_nul_characters_and_what_is_no_path() {
    for sent in ["/api/%00", "/api/a%00b", "", "/api/é", "api"] {
        assert_eq!(routed(sent), None, "{sent}");
    }
}
