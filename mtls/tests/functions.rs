//! `mtls functions` and `mtls openapi`: one image of the app, and the same one that the handler has. Completions and
//! man pages too, which are made of the parser.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use common::command::Answer;
use common::mtls;
use common::process::{free_port, wait};
use serde_json::{Value, json};

/// The front end beside which routes with parameters and envelope functions may stand together.
const FRONT_END: (&str, &str) = ("CLIENT_CERT_FRONT_END", "app-service");

fn run(root: &Path, arguments: &[&str]) -> Answer {
    let answer = mtls(root, &[FRONT_END], arguments);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    answer
}

/// Replaces a function's folder; `trigger` is added to its HTTP trigger.
fn function(root: &Path, name: &str, marker: &Value, trigger: &Value) {
    let mut http =
        json!({"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"});
    let members = trigger.as_object().unwrap().clone();
    http.as_object_mut().unwrap().extend(members);
    let text = json!({
        "clientCertificate": marker,
        "bindings": [http, {"type": "http", "direction": "out", "name": "res"}],
    });
    write(root, &format!("{name}/function.json"), &text.to_string());
}

/// A project with a function of every kind.
fn varied() -> tempfile::TempDir {
    let root = common::fixture().app_root();
    let host = json!({
        "version": "2.0",
        "extensions": {"http": {"routePrefix": "v1"}},
        "customHandler": {
            "description": {"defaultExecutablePath": "bin/handler"},
            "enableForwardingHttpRequest": true,
        },
    });
    fs::write(root.path().join("host.json"), host.to_string()).unwrap();
    let set = |name: &str, marker: Value, trigger: Value| {
        function(root.path(), name, &marker, &trigger);
    };
    set(
        "CertInfo",
        json!({"roles": ["auditor", "clerk"]}),
        json!({"route": "items/{id:int}/{part?}", "methods": ["get"]}),
    );
    set(
        "SecuredFunction",
        json!("required"),
        json!({"route": "Items/{key}", "methods": ["put", "get"]}),
    );
    set(
        "OutboundMtls",
        json!("required"),
        json!({"route": "files/{*rest}", "authLevel": "function"}),
    );
    set(
        "Health",
        json!("none"),
        json!({"route": "health", "methods": ["get"]}),
    );
    set("PublicFunction", json!("none"), json!({"methods": ["get"]}));
    root
}

/// The variable that switches one of them off.
const OFF: (&str, &str) = ("AzureWebJobs.PublicFunction.Disabled", "true");

#[test]
fn the_list_says_how_each_function_is_reached_and_by_whom() {
    let root = varied();
    let answer = mtls(root.path(), &[FRONT_END, OFF], &["functions", "--json"]);
    let rows: Vec<String> = answer.json()["functions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let fields = [
                "name",
                "route",
                "methods",
                "public",
                "roles",
                "authLevel",
                "disabled",
                "shape",
            ];
            let cells: Vec<String> = fields.iter().map(|field| row[field].to_string()).collect();
            cells.join(" ").replace('"', "")
        })
        .collect();
    let expected = [
        "CertInfo /v1/items/{id:int}/{part?} [GET] false [auditor,clerk] anonymous false forwarding",
        "Health /v1/health [GET] true [] anonymous false forwarding",
        "OutboundMtls /v1/files/{*rest} null false [] function false forwarding",
        "QueueOutput /v1/QueueOutput [POST] false [] anonymous false envelope",
        "SecuredFunction /v1/Items/{key} [PUT,GET] false [] anonymous false forwarding",
        "PublicFunction /v1/PublicFunction [GET] true [] anonymous true forwarding",
    ];
    assert_eq!(rows, expected);
    let table = mtls(root.path(), &[FRONT_END, OFF], &["functions"]).stdout;
    for says in [
        "PublicFunction (disabled)",
        "secured: auditor, clerk",
        "any",
        "/v1/health",
    ] {
        assert!(table.contains(says), "{says}: {table}");
    }
    let own = common::fixture().app_root();
    let shapes = run(own.path(), &["functions", "--json"]).json();
    assert_eq!(shapes["functions"][0]["shape"], "proxying");
}

#[test]
fn what_surprises_is_warned_of() {
    let root = varied();
    let warnings = |arguments: &[&str]| {
        let arguments = [&["functions", "--json"], arguments].concat();
        let list = run(root.path(), &arguments).json();
        let warnings = list["warnings"].as_array().unwrap().iter();
        let lines = warnings
            .map(|warning| format!("{}: {}", warning["at"], warning["text"]).replace('"', ""));
        lines.collect::<Vec<_>>()
    };
    let always = warnings(&[]);
    assert_eq!(always.len(), 3, "{always:#?}");
    assert!(always[0].starts_with("CertInfo/function.json: it asks for roles"));
    assert!(always[1].starts_with("OutboundMtls/function.json: callers need a key"));
    assert!(always[2].starts_with("QueueOutput/function.json: the host posts a JSON envelope"));
    let excluded = warnings(&["--exclude", "V1/Files;v1/health"]);
    let more: Vec<&String> = excluded
        .iter()
        .filter(|line| !always.contains(line))
        .collect();
    assert_eq!(more.len(), 3, "{more:#?}");
    assert!(
        more[0].starts_with("OutboundMtls/function.json: the exclusion path /v1/files covers it")
    );
    assert!(more[1].starts_with("exclusion path /v1/files: "));
    assert!(more[2].starts_with("exclusion path /v1/health: ") && more[2].contains("..%5C"));
}

#[test]
fn a_setting_that_only_the_app_can_know_is_warned_of() {
    let root = common::fixture().app_root();
    let settings = [("CLIENT_CERTIFICATE_X", "x"), FRONT_END];
    let answer = mtls(root.path(), &settings, &["functions"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let warning = "warning: CLIENT_CERTIFICATE_X: expected a known setting";
    assert!(answer.stdout.contains(warning), "{}", answer.stdout);
    assert!(answer.stdout.contains("unless the app declares it"));
}

#[test]
fn a_project_that_cannot_start_is_told_what_the_handler_tells() {
    same_problems(|root| write(root, "host.json", "{"), &[]);
    same_problems(|root| fs::remove_file(root.join("host.json")).unwrap(), &[]);
    let later = [("CLIENT_CERT_POLICY", "x")];
    same_problems(|root| write(root, "Health/function.json", "{}"), &later);
    let public = json!("none");
    let any = json!({"route": "{*any}"});
    same_problems(|root| function(root, "Health", &public, &any), &[]);
    let wrong = [
        ("CLIENT_CERT_MINIMUM_RSA_BITS", "few"),
        ("CLIENT_CERT_DENIED_STATUS", "200"),
    ];
    same_problems(|_| (), &wrong);
}

/// A project that cannot start gets the same lines from the handler and from the tool.
#[track_caller]
fn same_problems(break_it: impl Fn(&Path), settings: &[(&str, &str)]) {
    let root = common::fixture().app_root();
    break_it(root.path());
    let settings = [settings, &[FRONT_END]].concat();
    let mut handler = common::fixture()
        .command(root.path(), free_port(), &settings)
        .spawn()
        .unwrap();
    assert_eq!(wait(&mut handler).code(), Some(64));
    let mut told = String::new();
    let mut stderr = handler.stderr.take().unwrap();
    stderr.read_to_string(&mut told).unwrap();
    let told: BTreeSet<String> = told.lines().map(|line| format!("mtls: {line}")).collect();
    assert!(!told.is_empty());
    for command in ["functions", "openapi"] {
        let answer = mtls(root.path(), &settings, &[command]);
        assert_eq!((answer.code, answer.stdout.as_str()), (64, ""));
        let seen: BTreeSet<String> = answer.stderr.lines().map(ToOwned::to_owned).collect();
        assert_eq!(seen, told);
    }
}

fn write(root: &Path, name: &str, text: &str) {
    fs::write(root.join(name), text).unwrap();
}

#[test]
fn the_document_has_every_route_and_who_may_take_it() {
    let root = varied();
    let document = mtls(root.path(), &[FRONT_END, OFF], &["openapi"]).json();
    assert_valid(&document);
    let paths = document["paths"].as_object().unwrap();
    let mut seen = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let security = operation["security"].to_string().replace('"', "");
            seen.push(format!("{method} {path} {id} {security}"));
        }
    }
    seen.retain(|line| !line.contains("/v1/files") || line.starts_with("get "));
    seen.sort();
    let either = "[{clientCertificate:[auditor]},{clientCertificate:[clerk]}]";
    let both = "[{clientCertificate:[],functionKey:[]}]";
    let expected = [
        format!("get /v1/files OutboundMtls_get_2 {both}"),
        format!("get /v1/files/{{rest}} OutboundMtls_get {both}"),
        "get /v1/health Health_get []".to_owned(),
        format!("get /v1/items/{{id}} CertInfo_get_2 {either}"),
        format!("get /v1/items/{{id}}/{{part}} CertInfo_get {either}"),
        "post /v1/QueueOutput QueueOutput_post [{clientCertificate:[]}]".to_owned(),
        "put /v1/items/{id} SecuredFunction_put [{clientCertificate:[]}]".to_owned(),
    ];
    assert_eq!(seen, expected);
    assert_eq!(paths["/v1/files"].as_object().unwrap().len(), 8);
    let rest = &paths["/v1/files/{rest}"]["get"]["parameters"][0];
    assert!(rest["description"].as_str().unwrap().contains("slashes"));
    let id = &paths["/v1/items/{id}"]["get"]["parameters"][0];
    assert_eq!(id["schema"]["type"], "integer");
    let refusals = &paths["/v1/items/{id}"]["put"]["responses"];
    assert!(refusals["401"].is_object() && refusals["403"].is_object());
    assert!(paths["/v1/health"]["get"]["responses"].get("401").is_none());
}

/// The rules of OpenAPI 3.1 that such a document can break.
fn assert_valid(document: &Value) {
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let schemes = document["components"]["securitySchemes"]
        .as_object()
        .unwrap();
    assert_eq!(schemes["clientCertificate"]["type"], "mutualTLS");
    let (mut ids, mut shapes) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        let parts: Vec<&str> = path.split('/').collect();
        assert_eq!(parts[0], "", "{path}");
        let names: BTreeSet<&str> = parts
            .iter()
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let shape: Vec<&str> = parts
            .iter()
            .map(|part| if part.starts_with('{') { "{}" } else { part })
            .collect();
        assert!(shapes.insert(shape.join("/")), "{path} stands there twice");
        for (method, operation) in item.as_object().unwrap() {
            let known = [
                "get", "put", "post", "delete", "options", "head", "patch", "trace",
            ];
            assert!(known.contains(&method.as_str()), "{method}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()));
            let parameters = operation["parameters"].as_array();
            let declared: Vec<&Value> = parameters.into_iter().flatten().collect();
            for parameter in &declared {
                assert_eq!(
                    (&parameter["in"], &parameter["required"]),
                    (&json!("path"), &json!(true))
                );
                assert!(parameter["schema"]["type"].is_string());
            }
            let listed: BTreeSet<&str> = declared
                .iter()
                .map(|p| p["name"].as_str().unwrap())
                .collect();
            assert_eq!((listed.len(), &listed), (declared.len(), &names), "{path}");
            for alternative in operation["security"].as_array().unwrap() {
                for (scheme, roles) in alternative.as_object().unwrap() {
                    assert!(schemes.contains_key(scheme) && roles.is_array());
                }
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(status.len() == 3 && status.parse::<u16>().is_ok());
                assert_response(resolve(document, response));
            }
        }
    }
    assert_references(document, document);
}

fn assert_response(response: &Value) {
    assert!(response["description"].is_string());
    for (kind, content) in response["content"].as_object().into_iter().flatten() {
        assert_eq!(kind, "application/problem+json");
        assert!(content["schema"].is_object());
    }
}

fn assert_references(document: &Value, value: &Value) {
    match value {
        Value::Object(members) => {
            assert!(resolve(document, value).is_object());
            members
                .values()
                .for_each(|member| assert_references(document, member));
        }
        Value::Array(list) => list
            .iter()
            .for_each(|item| assert_references(document, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What a reference stands for; anything else stands for itself.
#[track_caller]
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        None => value,
        Some(reference) => document
            .pointer(reference.strip_prefix('#').unwrap())
            .unwrap_or_else(|| panic!("{reference} stands for nothing")),
    }
}

/// The schema of the document is that of the handler's real refusals.
#[test]
fn a_refusal_of_the_handler_is_what_the_document_promises() {
    let root = common::fixture().app_root();
    let document = run(root.path(), &["openapi"]).json();
    assert_valid(&document);
    let handler = common::fixture().start_in(root, &[FRONT_END]);
    let answer = handler.get("/api/SecuredFunction", None);
    let response = &document["paths"]["/api/SecuredFunction"]["get"]["responses"]["401"];
    let response = resolve(&document, response);
    assert_eq!(answer.status, 401);
    let kind = answer.header("content-type").unwrap();
    let schema = resolve(&document, &response["content"][kind]["schema"]);
    for name in response["headers"].as_object().unwrap().keys() {
        assert!(answer.header(name).is_some(), "{name}");
    }
    let problem = answer.json();
    let members: BTreeSet<&String> = problem.as_object().unwrap().keys().collect();
    let properties = schema["properties"].as_object().unwrap();
    assert_eq!(members, properties.keys().collect());
    let required = schema["required"].as_array().unwrap();
    assert_eq!(required.len(), members.len());
    for (name, value) in problem.as_object().unwrap() {
        let kind = if value.is_u64() { "integer" } else { "string" };
        assert_eq!(properties[name]["type"], kind, "{name}");
        assert!(required.contains(&json!(name)), "{name}");
    }
}

#[test]
fn the_same_files_give_the_same_bytes_and_no_file_is_overwritten_unasked() {
    let root = varied();
    let first = run(root.path(), &["openapi"]).stdout;
    run(root.path(), &["openapi", "--output", "api.json"]);
    let file = root.path().join("api.json");
    assert_eq!(fs::read_to_string(&file).unwrap(), first);
    fs::write(&file, "mine").unwrap();
    let again = mtls(
        root.path(),
        &[FRONT_END],
        &["openapi", "--output", "api.json"],
    );
    assert_eq!(again.code, 64);
    assert!(
        again.stderr.contains("api.json: it exists"),
        "{}",
        again.stderr
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    run(root.path(), &["openapi", "--output", "api.json", "--force"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), first);
}

#[test]
fn shells_and_man_get_what_the_parser_knows() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(folder.path(), &["completions", shell]).stdout;
        assert!(
            script.contains("explain") && !script.contains("become"),
            "{shell}"
        );
    }
    assert_eq!(mtls(folder.path(), &[], &["completions", "cmd"]).code, 2);
    let page = run(folder.path(), &["man"]).stdout;
    assert!(
        page.contains(".TH mtls 1") && page.contains("explain"),
        "{page}"
    );
    run(folder.path(), &["man", "--out", "pages"]);
    let pages: BTreeSet<String> = fs::read_dir(folder.path().join("pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for name in [
        "mtls.1",
        "mtls-explain.1",
        "mtls-certificate-show.1",
        "mtls-openapi.1",
    ] {
        assert!(pages.contains(name), "{pages:?}");
    }
    assert!(pages.iter().all(|name| !name.contains("become")));
    fs::write(folder.path().join("taken"), "").unwrap();
    let refused = mtls(folder.path(), &[], &["man", "--out", "taken"]);
    assert_eq!(refused.code, 64);
    assert!(
        refused.stderr.contains("taken: expected a folder"),
        "{}",
        refused.stderr
    );
}
