//! What `mtls local` says when it is ready: the address, the thumbprints, calls to paste.

use functions_handler::host::{AuthLevel, Function};
use rustls_pki_types::UnixTime;
use serde_json::{Value, json};

use super::example_call::{ExampleCall, HIDDEN_PREFIX};
use super::prepared::Prepared;
use super::standing::Standing;
use crate::test_certificates::{PASSWORD, TestIdentity};

/// The facts that the greeting is made of.
pub(super) struct Greeting {
    allowed: Identity,
    ca: String,
    denied: Identity,
    keyed: bool,
    public: Option<ExampleCall>,
    secured: Option<ExampleCall>,
    url: String,
}

struct Identity {
    standing: Standing,
    file: String,
    common_name: String,
    sha1: String,
    sha256: String,
}

impl Greeting {
    /// Chooses one public and one secured function to call.
    pub(super) fn new(port: u16, prepared: &Prepared) -> Self {
        let functions = prepared.project.routes.functions();
        let certificates = &prepared.certificates;
        let [allowed, denied] = Standing::of_each(prepared, UnixTime::now());
        Self {
            allowed: Identity::of(&certificates.allowed, allowed),
            ca: certificates.ca_pem.display().to_string(),
            denied: Identity::of(&certificates.denied, denied),
            keyed: functions
                .iter()
                .filter_map(Function::http)
                .any(|http| http.auth_level != AuthLevel::Anonymous),
            public: ExampleCall::of(functions, "PublicFunction", true),
            secured: ExampleCall::of(functions, "SecuredFunction", false),
            url: format!("https://localhost:{port}"),
        }
    }

    /// For programs.
    pub(super) fn event(&self) -> Value {
        json!({
            "event": "ready",
            "url": self.url,
            "allowed": self.allowed.event(),
            "denied": self.denied.event(),
        })
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = format!("\nReady at {}\n\n", self.url);
        for identity in [&self.allowed, &self.denied] {
            text.push_str(&format!(
                "{}  CN={}  {}\n  SHA-1   {}\n  SHA-256 {}\n",
                identity.file,
                identity.common_name,
                identity.standing.text(),
                identity.sha1,
                identity.sha256
            ));
        }
        if self.keyed {
            text.push_str(
                "\nFunction keys (authLevel) are not asked for here; Azure asks for them.\n",
            );
        }
        text.push_str("\nCalls to paste:\n");
        for call in self.calls() {
            text.push_str(&format!("  {call}\n"));
        }
        if self.calls_are_incomplete() {
            text.push_str(&format!(
                "{HIDDEN_PREFIX} is the route prefix that a setting gives; no message shows it.\n"
            ));
        }
        text.push_str("\nCtrl-C stops everything. Requests:\n");
        text
    }

    fn calls_are_incomplete(&self) -> bool {
        let mut calls = self.public.iter().chain(&self.secured);
        calls.any(|call| call.path.contains(HIDDEN_PREFIX))
    }

    fn calls(&self) -> Vec<String> {
        let call = |identity: Option<&Identity>, example: &ExampleCall| {
            let certificate = identity.map_or(String::new(), |identity| {
                format!("--cert-type P12 --cert '{}:{PASSWORD}' ", identity.file)
            });
            format!(
                "curl -i {}{certificate}--cacert {} '{}/{}'",
                example.option(),
                self.ca,
                self.url,
                example.path
            )
        };
        let public = self.public.iter().map(|example| call(None, example));
        let secured = self.secured.iter().flat_map(|example| {
            [None, Some(&self.allowed), Some(&self.denied)].map(|identity| call(identity, example))
        });
        public.chain(secured).collect()
    }
}

impl Identity {
    fn of(identity: &TestIdentity, standing: Standing) -> Self {
        Self {
            standing,
            file: identity.pfx.display().to_string(),
            common_name: crate::printable::printable(&identity.common_name),
            sha1: identity.sha1.hex(),
            sha256: identity.sha256.hex(),
        }
    }

    fn event(&self) -> Value {
        let mut event = self.standing.members();
        event["sha1"] = json!(self.sha1);
        event["sha256"] = json!(self.sha256);
        event
    }
}
