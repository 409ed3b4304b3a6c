//! What `mtls local` says when it is ready: the address, the thumbprints, calls to paste.

use functions_handler::host::{AuthLevel, Function};
use rustls_pki_types::UnixTime;
use serde_json::{Value, json};

use super::example_call::{ExampleCall, HIDDEN_PREFIX};
use super::prepared::Prepared;
use super::standing::{Settled, Standing};
use crate::stand_in::{HOST_VERSION, HostVersion};
use crate::test_certificates::{PASSWORD, TestIdentity};

/// The facts that the greeting is made of.
pub(super) struct Greeting {
    ca: String,
    callers: Callers,
    /// `allowed.pfx` and `denied.pfx`.
    certificates: [Identity; 2],
    keyed: bool,
    public: Option<ExampleCall>,
    secured: Option<ExampleCall>,
    url: String,
    year: HostVersion,
}

/// What the callers' authority is to this run.
enum Callers {
    /// They are not at hand.
    Absent,
    /// No rule lists any.
    Unlisted,
    /// Those that rules list.
    Listed(Vec<Identity>),
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
        let settled = Settled::of(prepared, UnixTime::now());
        Self {
            ca: certificates.ca_pem.display().to_string(),
            callers: Callers::of(&prepared.callers.identities, &settled),
            certificates: [&certificates.allowed, &certificates.denied]
                .map(|identity| Identity::of(identity, settled.standing(identity))),
            keyed: functions
                .iter()
                .filter_map(Function::http)
                .any(|http| http.auth_level != AuthLevel::Anonymous),
            public: ExampleCall::of(functions, "PublicFunction", true),
            secured: ExampleCall::of(functions, "SecuredFunction", false),
            url: format!("https://localhost:{port}"),
            year: prepared.project.version(),
        }
    }

    /// For programs.
    pub(super) fn event(&self) -> Value {
        let [allowed, denied] = &self.certificates;
        json!({
            "event": "ready",
            "url": self.url,
            "hostVersion": HOST_VERSION,
            "hostYear": self.year.to_string(),
            "allowed": allowed.event(),
            "denied": denied.event(),
        })
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "\nReady at {}, as behind the Functions host {HOST_VERSION}, and of {} where hosts differ\n\n",
            self.url, self.year
        );
        for identity in self.certificates.iter().chain(self.callers.listed()) {
            text.push_str(&identity.text());
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
        text.push_str(self.callers.advice());
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
        let identities = self.certificates.iter().chain(self.callers.listed());
        let identities: Vec<Option<&Identity>> =
            [None].into_iter().chain(identities.map(Some)).collect();
        let secured = self
            .secured
            .iter()
            .flat_map(|example| identities.iter().map(|identity| call(*identity, example)));
        public.chain(secured).collect()
    }
}

impl Callers {
    fn of(identities: &[TestIdentity], settled: &Settled) -> Self {
        let all = identities.iter();
        let all = all.map(|identity| Identity::of(identity, settled.standing(identity)));
        let listed: Vec<Identity> = all.filter(|found| found.standing.is_listed()).collect();
        match (identities, listed.as_slice()) {
            ([], _) => Self::Absent,
            (_, []) => Self::Unlisted,
            _ => Self::Listed(listed),
        }
    }

    fn listed(&self) -> &[Identity] {
        match self {
            Self::Absent | Self::Unlisted => &[],
            Self::Listed(listed) => listed,
        }
    }

    /// What else can be tried.
    fn advice(&self) -> &'static str {
        match self {
            Self::Absent => "",
            Self::Unlisted => {
                "\nFor callers of an authority, every kind of rule, and revocation: mtls local --policy certs/policy.json\n"
            }
            Self::Listed(_) => {
                "\nTo revoke one of them: mtls certificate revoke certs/callers/robot.pem\nTo change what is admitted: edit certs/policy.json; mtls policy check certs/policy.json\n"
            }
        }
    }
}

impl Identity {
    fn text(&self) -> String {
        format!(
            "{}  CN={}  {}\n  SHA-1   {}\n  SHA-256 {}\n",
            self.file,
            self.common_name,
            self.standing.text(),
            self.sha1,
            self.sha256
        )
    }

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
