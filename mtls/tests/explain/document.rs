//! A policy document: what the explanation says of callers, roles, rules and their places, and that the handler decides so.

use std::fs;
use std::path::Path;

use openssl::nid::Nid;
use serde_json::{Value, json};

use crate::common::process::{reason, rule_in};
use crate::common::{self, DAY, Issued, Shape, mtls_with_input, today};
use crate::project::Project;

/// One certificate, what is decided about it, and a part of what the explanation says.
struct Case {
    name: &'static str,
    certificate: Issued,
    /// The caller who is admitted, or the reason code.
    expected: &'static str,
    says: &'static str,
}

fn case(
    name: &'static str,
    certificate: &Issued,
    expected: &'static str,
    says: &'static str,
) -> Case {
    Case {
        name,
        certificate: certificate.clone(),
        expected,
        says,
    }
}

fn shape(name: &str) -> Shape {
    Shape::caller(name).valid_today()
}

fn with_dns(name: &str, dns: &str) -> Shape {
    Shape {
        dns: vec![dns.to_owned()],
        ..shape(name)
    }
}

fn expired(shape: Shape) -> Shape {
    Shape {
        not_before: today() - 2 * DAY,
        not_after: today() - DAY,
        ..shape
    }
}

/// An authority with an intermediate that has expired, and the files of both.
struct Partners {
    root: Issued,
    ended: Issued,
}

impl Partners {
    fn new() -> Self {
        let root = Shape::authority("Partners Root")
            .valid_today()
            .self_signed();
        let ended = root.issue(expired(Shape::authority("Partners Sub")));
        Self { root, ended }
    }

    fn put(&self, folder: &Path) {
        fs::create_dir(folder.join("trust")).unwrap();
        fs::write(folder.join("trust/root.pem"), self.root.pem()).unwrap();
        fs::write(folder.join("trust/sub.pem"), self.ended.pem()).unwrap();
    }

    fn document(&self, callers: Value, denied: &Issued) -> Value {
        let files = json!({"anchors": ["trust/root.pem"], "intermediates": ["trust/sub.pem"]});
        json!({
            "version": 1,
            "trustDomains": {"partners": files},
            "callers": callers,
            "denied": [{"sha256": denied.sha256()}],
        })
    }
}

#[test]
fn each_rule_of_a_document_is_explained_as_the_handler_decides_it() {
    let partners = Partners::new();
    let [pinned, ended, ahead, denied] =
        ["pinned", "ended", "ahead", "denied"].map(|name| shape(name).self_signed());
    let twice = partners.root.issue(shape("twice"));
    let impostor = Shape::authority("Partners Root")
        .valid_today()
        .self_signed();
    let callers = json!([
        {"name": "billing", "roles": ["invoices.read"], "any": [{"sha256": pinned.sha256()}]},
        {"name": "robots", "any": [
            {"domain": "partners", "commonName": "robot", "dns": "robot.example"}]},
        {"name": "rotated", "any": [
            {"sha256": ended.sha256(), "until": "2020-01-01T00:00:00Z"},
            {"sha256": ahead.sha256(), "notBefore": "9000-01-01T00:00:00Z"}]},
        {"name": "first", "any": [{"sha256": twice.sha256()}]},
        {"name": "second", "any": [{"domain": "partners", "commonName": "twice"}]},
        {"name": "jane", "any": [{"domain": "partners", "commonName": "Jane Doe"}]},
        {"name": "blocked", "any": [{"sha256": denied.sha256()}]},
    ]);
    let of_active_directory = Shape {
        names: ["Users", "Jane Doe"]
            .map(|name| (Nid::COMMONNAME, name.to_owned()))
            .to_vec(),
        ..shape("")
    };
    let cases = [
        case("pinned", &pinned, "billing", "billing: pin sha256:"),
        case(
            "both conditions",
            &partners.root.issue(with_dns("robot", "robot.example")),
            "robots",
            "$.callers[1].any[0]",
        ),
        case(
            "one condition",
            &partners.root.issue(shape("robot")),
            "not-listed",
            "Closest is the rule of robots at $.callers[1].any[0], which also requires",
        ),
        case(
            "ended rule",
            &ended,
            "rule-ended",
            "the rule of rotated at $.callers[2].any[0] counted until 2020",
        ),
        case(
            "rule ahead",
            &ahead,
            "rule-not-yet-in-force",
            "the rule of rotated at $.callers[2].any[1] counts from 9000",
        ),
        case(
            "denied",
            &denied,
            "denied",
            "remove that entry under \"denied\" in \"policy.json\"",
        ),
        case(
            "two callers",
            &twice,
            "several-callers",
            "first at $.callers[3].any[0], second at $.callers[4].any[0]",
        ),
        case(
            "impostor",
            &impostor.issue(shape("twice")),
            "path-unverified",
            "its key did not sign",
        ),
        case(
            "several common names",
            &partners.root.issue(of_active_directory),
            "common-name-ambiguous",
            "List its whole subject instead, by a rule in \"policy.json\": {\"domain\":\"NAME\",\"subject\":\"CN=Jane Doe,CN=Users\"}",
        ),
        case(
            "expired authority",
            &partners.ended.issue(with_dns("robot", "robot.example")),
            "path-unverified",
            "At fault is CN=Partners Sub, which expired at",
        ),
        case(
            "stranger",
            &shape("stranger").self_signed(),
            "not-listed",
            "to \"any\" of its caller in \"policy.json\"",
        ),
    ];
    let root = common::fixture().app_root();
    partners.put(root.path());
    let document = partners.document(callers, &denied).to_string();
    agree(root, &document, &cases);
}

/// The handler and the explanation decide each case alike, and the explanation says what it should.
fn agree(root: tempfile::TempDir, document: &str, cases: &[Case]) {
    let folder = root.path().to_owned();
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", "policy.json"),
    ];
    fs::write(folder.join("policy.json"), document).unwrap();
    let lines = settings.map(|(name, value)| format!("{name}={value}"));
    fs::write(folder.join("app.settings"), lines.join("\n")).unwrap();
    let handler = common::fixture().start_in(root, &settings);
    for case in cases {
        let header = case.certificate.header();
        handler.get("/api/SecuredFunction", Some(&header));
        let decided = handler.decision();
        let report = explained(&folder, &header, "SecuredFunction", true);
        let report: Value = serde_json::from_str(&report).unwrap();
        let name = case.name;
        for part in ["caller", "policy", "roles", "rule"] {
            let of_report = &report[part];
            let is_empty = of_report.is_null() || *of_report == json!([]);
            assert!(
                is_empty || as_logged(of_report, &decided) == decided[part],
                "{name}: {report:#} {decided}"
            );
        }
        let admitted = report["caller"].as_str();
        let outcome = admitted.unwrap_or_else(|| report["reason"].as_str().unwrap_or_default());
        assert_eq!(outcome, case.expected, "{name}: {report:#}");
        let logged = match admitted {
            Some(_) => decided["caller"].as_str().unwrap(),
            None => reason(&decided),
        };
        assert_eq!(logged, outcome, "{name}: {decided}");
        let text = explained(&folder, &header, "SecuredFunction", false);
        assert!(text.contains(case.says), "{name}: {text}");
        assert!(!text.contains("ALLOWED_CLIENT_CERT"), "{name}: {text}");
    }
}

/// A member of the report, as the line has it.
fn as_logged(member: &Value, line: &Value) -> Value {
    match member.as_str() {
        Some(text) => json!(rule_in(line, text)),
        None => member.clone(),
    }
}

fn explained(folder: &Path, header: &str, function: &str, json: bool) -> String {
    let mut arguments = vec![
        "explain",
        "--settings",
        "app.settings",
        "--certificate",
        "-",
    ];
    arguments.extend(["--function", function]);
    arguments.extend(json.then_some("--json"));
    mtls_with_input(folder, &[], &arguments, header.as_bytes()).stdout
}

#[test]
fn a_missing_role_is_to_be_added_at_the_callers_entry() {
    let pinned = shape("pinned").self_signed();
    let project = Project::new("CLIENT_CERT_FRONT_END=development\nCLIENT_CERT_POLICY=policy.json");
    let any = json!([{"sha256": pinned.sha256()}]);
    let document = json!({"version": 1, "callers": [
        {"name": "billing", "roles": ["invoices.read"], "any": any}]});
    project.write("policy.json", document.to_string());
    for (role, expected) in [
        (
            "invoices.read",
            "ADMITTED as billing with the roles invoices.read by pin sha256:",
        ),
        (
            "orders.write",
            "If billing is to call it, add one of them to \"roles\" at $.callers[0] in \"policy.json\"",
        ),
    ] {
        project.function("SecuredFunction", &json!({"roles": [role]}));
        let text = explained(project.0.path(), &pinned.header(), "SecuredFunction", false);
        assert!(text.contains(expected), "{text}");
    }
}
