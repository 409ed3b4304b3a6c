//! What `mtls local` says when it is ready: the address, the thumbprints, calls to paste.

use functions_handler::host::{AuthLevel, Function, HttpTrigger};
use serde_json::{Value, json};

use super::example_path;
use super::prepared::Prepared;
use crate::local_environment::lists;
use crate::test_certificates::{PASSWORD, TestIdentity};

/// The facts that the greeting is made of.
pub(super) struct Greeting {
    allowed: Identity,
    ca: String,
    denied: Identity,
    keyed: bool,
    public: Option<String>,
    secured: Option<String>,
    url: String,
}

struct Identity {
    /// Whether the list that the program is given names it. What the program makes of its list is for its answers to say.
    listed: bool,
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
        let identity = |identity: &TestIdentity| {
            let thumbprints = [identity.sha1.hex(), identity.sha256.hex()];
            Identity::of(identity, lists(&prepared.environment, &thumbprints))
        };
        Self {
            allowed: identity(&certificates.allowed),
            ca: certificates.ca_pem.display().to_string(),
            denied: identity(&certificates.denied),
            keyed: functions
                .iter()
                .filter_map(Function::http)
                .any(|http| http.auth_level != AuthLevel::Anonymous),
            public: example(functions, "PublicFunction", true),
            secured: example(functions, "SecuredFunction", false),
            url: format!("https://localhost:{port}"),
        }
    }

    /// For programs.
    pub(super) fn event(&self) -> Value {
        let identity = |identity: &Identity| json!({"listed": identity.listed, "sha1": identity.sha1, "sha256": identity.sha256});
        json!({
            "event": "ready",
            "url": self.url,
            "allowed": identity(&self.allowed),
            "denied": identity(&self.denied),
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
                identity.place(),
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
        text.push_str("\nCtrl-C stops everything. Requests:\n");
        text
    }

    fn calls(&self) -> Vec<String> {
        let call = |identity: Option<&Identity>, path: &str| {
            let certificate = identity.map_or(String::new(), |identity| {
                format!("--cert-type P12 --cert '{}:{PASSWORD}' ", identity.file)
            });
            format!(
                "curl -i {certificate}--cacert {} '{}/{path}'",
                self.ca, self.url
            )
        };
        let public = self.public.iter().map(|path| call(None, path));
        let secured = self.secured.iter().flat_map(|path| {
            [None, Some(&self.allowed), Some(&self.denied)].map(|identity| call(identity, path))
        });
        public.chain(secured).collect()
    }
}

impl Identity {
    fn of(identity: &TestIdentity, listed: bool) -> Self {
        Self {
            listed,
            file: identity.pfx.display().to_string(),
            common_name: crate::printable::printable(&identity.common_name),
            sha1: identity.sha1.hex(),
            sha256: identity.sha256.hex(),
        }
    }

    fn place(&self) -> &'static str {
        if self.listed {
            "(on the list of this run)"
        } else {
            "(not on the list of this run)"
        }
    }
}

/// The path of the function of that name, or of the first of its kind that a plain GET reaches, best without a parameter.
fn example(functions: &[Function], name: &str, public: bool) -> Option<String> {
    let mut candidates: Vec<(&Function, &HttpTrigger)> = functions
        .iter()
        .filter_map(|function| Some((function, function.http()?)))
        .filter(|(_, http)| http.marker.is_public() == public && http.methods.allow("GET"))
        .collect();
    candidates.sort_by_key(|(function, http)| (function.name != name, http.route.has_parameter()));
    let mut paths = candidates.iter();
    paths.find_map(|(_, http)| example_path::of(&http.route))
}
