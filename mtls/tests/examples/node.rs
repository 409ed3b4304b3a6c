//! `examples/node`, an Express server.

use serde_json::Value;

use crate::example::Example;
use crate::killed::{self, Route};
use crate::readme;

const PACKAGES: &str = "node_modules";
const CALLER: &str = "/api/caller";
const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

#[test]
fn its_readme_works() {
    readme::run("node", PACKAGES);
}

#[test]
fn express_gets_requests_of_admitted_callers_alone() {
    let Some(example) = Example::gated("node", PACKAGES) else {
        return;
    };
    let order = r#"{"item": "tea"}"#;
    for host in ["forwarding", "proxying"] {
        let mut served = example.start(&["--host", host]);
        for caller in [served.nobody(), served.denied()] {
            let refused = caller.send("POST", "/api/orders", &JSON, order);
            assert_eq!(refused.status, 401, "{host}");
            assert_eq!(caller.get("/api/health").status, 200, "{host}");
        }
        let ordered = served.allowed().send("POST", "/api/orders", &JSON, order);
        assert_eq!(ordered.status, 201, "{host}: {ordered:?}");
        let ordered: Value = serde_json::from_str(&ordered.body).unwrap();
        assert_eq!(ordered["item"], "tea");
        assert_eq!(ordered["orderedBy"].as_str().unwrap().len(), 64);
        let post = "POST /api/orders from 127.0.0.1";
        assert_eq!(served.logged(post, post), 1, "{host}");
        assert_eq!(served.logged("/api/health from", post), 2, "{host}");
    }
}

#[test]
fn express_builds_the_addresses_that_callers_use_because_it_trusts_the_proxy() {
    let Some(example) = Example::gated("node", PACKAGES) else {
        return;
    };
    let url = || {
        let served = example.start(&[]);
        let answer = served.allowed().get(CALLER);
        assert_eq!(answer.status, 200, "{answer:?}");
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        let url = answer["url"].as_str().unwrap().to_owned();
        (url, format!("{}{CALLER}", served.url()))
    };
    let (found, outside) = url();
    assert_eq!(found, outside);
    example.edit("server.js", "'trust proxy', 1", "'trust proxy', false");
    let (found, _) = url();
    assert!(found.starts_with("http://127.0.0.1:"), "{found}");
}

const ROUTE: Route = Route {
    path: CALLER,
    contains: "\"sha256\":\"",
};

#[test]
fn node_killed_under_load_leaves_no_wrong_answer_and_no_process() {
    if let Some(example) = Example::gated("node", PACKAGES) {
        killed::servers(&example, ROUTE);
    }
}

#[test]
fn a_gate_killed_under_load_leaves_no_wrong_answer_and_no_server() {
    if let Some(example) = Example::gated("node", PACKAGES) {
        killed::gates(&example, ROUTE);
    }
}
