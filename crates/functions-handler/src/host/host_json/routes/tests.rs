use app_settings::Problem;

use crate::host::auth_level::AuthLevel;
use crate::host::function_json::{Function, Methods, RequestShape};
use crate::host::host_json::{HostJson, Profile};
use crate::host::marker::Marker;
use crate::host::routes::Routes;

const VARIABLE: &str = "AzureFunctionsJobHost__customHandler__http__routes__0__";

/// A host.json with `top` at its top level and `section` below `customHandler`.
fn text(top: &str, section: &str) -> String {
    format!(
        r#"{{"version": "2.0", {top} "customHandler": {{{section} "description": {{"defaultExecutablePath": "bin/gate"}}}}}}"#
    )
}

fn with_variables(text: &str, variables: &[(&str, &str)]) -> Result<HostJson, Vec<Problem>> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    HostJson::parse(text.as_bytes(), variables)
}

fn problems(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let problems = with_variables(text, variables).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

fn entries(list: &str) -> String {
    text("", &format!(r#""http": {{"routes": [{list}]}},"#))
}

fn functions(text: &str) -> Vec<Function> {
    with_variables(text, &[]).unwrap().route_functions()
}

#[test]
fn each_entry_is_a_function_secured_unless_it_is_marked() {
    let roles = Marker::Roles(vec!["a.b".parse().unwrap(), "c".parse().unwrap()]);
    let table = [
        (r#"{"route": "x"}"#, AuthLevel::Function, Marker::Required),
        (
            r#"{"Route": "x", "authorizationLevel": "Anonymous", "clientCertificate": "none"}"#,
            AuthLevel::Anonymous,
            Marker::Public,
        ),
        (
            r#"{"route": "x", "authorizationLevel": "ADMIN", "clientCertificate": "required"}"#,
            AuthLevel::Admin,
            Marker::Required,
        ),
        (
            r#"{"route": "x", "ClientCertificate": {"roles": ["a.b", "c"]}}"#,
            AuthLevel::Function,
            roles,
        ),
    ];
    for (entry, level, marker) in table {
        let functions = functions(&entries(entry));
        let [function] = functions.as_slice() else {
            panic!("{entry}: {functions:?}");
        };
        let http = function.http().unwrap();
        assert_eq!(function.name, "http-handler1");
        assert_eq!(http.route.text(), "api/x");
        assert_eq!((http.auth_level, &http.marker), (level, &marker), "{entry}");
        assert_eq!(http.shape, RequestShape::Envelope, "no flag is set");
        assert_eq!(
            (http.binding.as_str(), http.output.as_str()),
            ("req", "res")
        );
        for method in [
            "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE",
        ] {
            assert!(http.methods.allow(method), "{method}");
        }
        assert!(!http.methods.allow("PROPFIND"), "the host answers 404");
        assert!(http.methods != Methods::All);
    }
}

#[test]
fn the_level_is_that_of_the_entry_or_the_default() {
    let section = r#""http": {"defaultAuthorizationLevel": "anonymous", "routes": [{"route": "a"},
        {"route": "b", "authorizationLevel": "admin"}]},"#;
    let functions = functions(&text("", section));
    let levels: Vec<_> = functions
        .iter()
        .map(|function| function.http().unwrap().auth_level)
        .collect();
    assert_eq!(levels, [AuthLevel::Anonymous, AuthLevel::Admin]);
}

#[test]
fn names_count_positions_and_are_tried_as_texts() {
    let list: Vec<String> = (1..=11)
        .map(|number| format!(r#"{{"route": "r{number}"}}"#))
        .collect();
    let functions = functions(&entries(&list.join(",")));
    assert_eq!(functions[9].http().unwrap().route.text(), "api/r10");
    assert_eq!(functions[9].name, "http-handler10");
    assert_eq!(
        functions[9].place(),
        "host.json: customHandler.http.routes.9"
    );
    let routes = Routes::new(functions).unwrap();
    let order: Vec<&str> = routes
        .functions()
        .iter()
        .map(|function| function.name.as_str())
        .collect();
    assert_eq!(
        order.get(..4).unwrap(),
        [
            "http-handler1",
            "http-handler10",
            "http-handler11",
            "http-handler2"
        ]
    );
}

#[test]
fn a_profile_sets_what_is_absent() {
    let profile = |name: &str| format!(r#""configurationProfile": "{name}","#);
    let table = [
        ("mcp-custom-handler", Profile::McpCustomHandler, 1),
        ("MCP-Custom-Handler", Profile::McpCustomHandler, 1),
        ("web-app-custom-handler", Profile::WebAppCustomHandler, 1),
        ("default", Profile::Default, 0),
        ("", Profile::Default, 0),
    ];
    for (name, expected, count) in table {
        let host = with_variables(&text(&profile(name), ""), &[]).unwrap();
        assert_eq!(host.profile, expected);
        let functions = host.route_functions();
        assert_eq!(functions.len(), count, "{name}");
        assert_eq!(
            host.route_prefix.text(),
            if count == 0 { "api" } else { "" }
        );
        for function in functions {
            let http = function.http().unwrap();
            assert_eq!(http.route.text(), "{*route}");
            assert_eq!(http.shape, RequestShape::Proxying);
            assert_eq!(http.marker, Marker::Required);
            assert_eq!(
                http.auth_level,
                AuthLevel::Function,
                "a profile sets no level"
            );
        }
    }
    // A variable names one as well.
    let named = (
        "AzureFunctionsJobHost__configurationProfile",
        "mcp-custom-handler",
    );
    let host = with_variables(&text("", ""), &[named]).unwrap();
    assert_eq!(host.custom_handler.routes.len(), 1);
}

#[test]
fn what_is_written_wins_over_the_profile_and_the_marker_lies_beside_its_route() {
    let mcp = r#""configurationProfile": "mcp-custom-handler", "extensions": {"http": {"routePrefix": "v1"}},"#;
    let section = r#""enableProxyingHttpRequest": false, "enableForwardingHttpRequest": true, "http": {"routes": [
        {"clientCertificate": "none", "authorizationLevel": "anonymous"}, {"route": "b"}]},"#;
    let functions = functions(&text(mcp, section));
    let first = functions[0].http().unwrap();
    assert_eq!(first.route.text(), "v1/{*route}");
    assert_eq!(
        (&first.marker, first.shape),
        (&Marker::Public, RequestShape::Forwarding)
    );
    let second = functions[1].http().unwrap();
    assert_eq!(
        (second.route.text(), &second.marker),
        ("v1/b", &Marker::Required)
    );
}

#[test]
fn each_mistake_gives_one_line_with_its_path() {
    let table = [
        (
            entries("7"),
            "host.json: customHandler.http.routes.0: expected an object",
        ),
        (
            entries(r#""health""#),
            "customHandler.http.routes.0: expected an object, as {\"route\": \"{*route}\"}, found \"health\"",
        ),
        (
            entries("{}"),
            "customHandler.http.routes.0.route: expected a route, found nothing",
        ),
        (
            entries(r#"{"route": null}"#),
            "customHandler.http.routes.0.route: expected a string, found null",
        ),
        (
            entries(r#"{"route": ""}"#),
            "customHandler.http.routes.0.route: expected a route, found an empty text",
        ),
        (
            entries(r#"{"route": "/a"}"#),
            "customHandler.http.routes.0.route: expected a route without a slash",
        ),
        (
            entries(r#"{"route": "a//b"}"#),
            "customHandler.http.routes.0.route: ",
        ),
        (
            entries(r#"{"route": "admin/{*route}"}"#),
            "customHandler.http.routes.0.route: expected a route that does not start with admin",
        ),
        (
            entries(r#"{"route": "a"}, {"route": "b", "authorizationLevel": "key"}"#),
            "customHandler.http.routes.1.authorizationLevel: expected \"anonymous\" or \"function\" or \"admin\", found \"key\"",
        ),
        (
            entries(r#"{"route": "a", "authLevel": "anonymous"}"#),
            "customHandler.http.routes.0.authLevel: expected route, authorizationLevel, clientCertificate, found \"authlevel\"",
        ),
        (
            entries(r#"{"route": "a", "methods": ["get"]}"#),
            "found \"methods\", which the host passes over",
        ),
        (
            entries(r#"{"route": "a", "clientCertificates": "none"}"#),
            "customHandler.http.routes.0.clientCertificates: expected route",
        ),
        (
            entries(r#"{"route": "a", "clientCertificate": "None"}"#),
            "customHandler.http.routes.0.clientCertificate: expected \"none\"",
        ),
        (
            entries(r#"{"route": "a", "clientCertificate": null}"#),
            "customHandler.http.routes.0.clientCertificate: expected \"none\"",
        ),
        (
            entries(r#"{"route": "a", "clientCertificate": {}}"#),
            "clientCertificate: expected \"none\"",
        ),
        (
            entries(r#"{"route": "a", "clientCertificate": []}"#),
            "clientCertificate: expected \"none\"",
        ),
        (
            entries(r#"{"route": "a", "clientCertificate": {"roles": []}}"#),
            "clientCertificate: expected \"none\"",
        ),
        (
            entries(r#"{"route": "a", "clientCertificate": {"roles": "x"}}"#),
            "clientCertificate: expected \"none\"",
        ),
        (
            entries(r#"{"route": "a", "clientCertificate": {"roles": {"a": "x"}}}"#),
            "clientCertificate: expected \"none\"",
        ),
        (
            entries(r#"{"route": "a", "clientCertificate": {"roles": ["x"], "also": 1}}"#),
            "clientCertificate: expected \"none\"",
        ),
        (
            entries(
                r#"{"route": "a", "clientCertificate": {"roles": ["x"]}, "clientCertificate:roles:1": "y", "clientCertificate:a": "none"}"#,
            ),
            "clientCertificate: expected \"none\"",
        ),
        (
            entries(
                r#"{"route": "a", "clientCertificate": "none", "clientCertificate:roles:0": "y"}"#,
            ),
            "expected one marker, found two",
        ),
        (
            text("", r#""http": {"routes": {"a": {"route": "a"}}},"#),
            "customHandler.http.routes.a: expected an array, found an element with a name",
        ),
        (
            text("", r#""http": {"routes": "a"},"#),
            "customHandler.http.routes: expected an array of objects",
        ),
        (
            text("", r#""http": true,"#),
            "customHandler.http: expected an object, found true",
        ),
        (
            text("", r#""http": {"route": []},"#),
            "did you mean http.routes?",
        ),
        (
            text("", r#""http": {"defaultAuthLevel": "anonymous"},"#),
            "",
        ),
        (
            text("", r#""http": {"defaultAuthorizationLevel": 0},"#),
            "customHandler.http.defaultAuthorizationLevel: expected",
        ),
        (
            text("", r#""http": {"clientCertificate": "none"},"#),
            "customHandler.http.clientCertificate: expected clientCertificate in an entry",
        ),
        (
            text("", r#""clientCertificate": "none","#),
            "customHandler.clientCertificate: expected clientCertificate in an entry",
        ),
        (
            text(r#""clientCertificate": "none","#, ""),
            "host.json: clientCertificate: expected clientCertificate in an entry",
        ),
        (
            text(r#""configurationProfile": "mcp","#, ""),
            "host.json: configurationProfile: expected \"mcp-custom-handler\" or \"web-app-custom-handler\" or \"default\", found \"mcp\"",
        ),
        (
            text(r#""configurationProfile": null,"#, ""),
            "host.json: configurationProfile: expected",
        ),
        (
            text("", r#""http": {"enableProxying": true},"#),
            "customHandler.http.enableProxying: expected the same as customHandler.enableProxyingHttpRequest, which is false",
        ),
        (
            text("", r#""enableHttpProxyingRequest": true,"#),
            "did you mean enableProxyingHttpRequest?",
        ),
        (
            text("", r#""enableProxying": true,"#),
            "did you mean enableProxyingHttpRequest?",
        ),
    ];
    for (text, part) in table {
        let problems = problems(&text, &[]);
        let expected = usize::from(!part.is_empty());
        assert_eq!(problems.len(), expected, "{text}: {problems:#?}");
        assert!(problems.concat().contains(part), "{text}: {problems:#?}");
    }
    let many = vec![r#"{"route": "a"}"#; 50_000].join(",");
    let many = problems(&entries(&many), &[]);
    assert_eq!(many.len(), 1);
    assert!(
        many.concat().contains("at most 500 routes, found 50000"),
        "{many:?}"
    );
    let all = r#"{"route": "a b"}, {"route": "{x", "clientCertificate": "x"}, 5"#;
    assert_eq!(problems(&entries(all), &[]).len(), 4, "all at once");
}

#[test]
fn a_variable_replaces_a_route_and_never_a_marker() {
    let file = entries(r#"{"route": "a", "clientCertificate": "required"}"#);
    let named = |name: &str| format!("{VARIABLE}{name}");
    let route = with_variables(&file, &[(&named("route"), "b")]).unwrap();
    assert_eq!(route.custom_handler.routes[0].route.text(), "api/b");
    for (name, value) in [
        ("clientCertificate", "none"),
        ("CLIENTCERTIFICATE", "required"),
        ("clientCertificate__roles__0", "hunter2"),
    ] {
        let problems = problems(&file, &[(&named(name), value)]);
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert!(
            problems[0].starts_with(&format!(
                "{}: expected the marker in host.json",
                named(name)
            )),
            "{problems:#?}"
        );
    }
    let secret = problems(&file, &[(&named("route"), "{hunter2")]).concat();
    assert!(
        secret.starts_with(&named("route")) && !secret.contains("hunter2"),
        "{secret}"
    );
}

#[test]
fn documentation_that_no_host_follows_may_say_the_same() {
    for (flag, said) in [("true", "true"), ("false", "false")] {
        let section = format!(
            r#""enableProxyingHttpRequest": {flag}, "http": {{"enableProxying": {said}}},"#
        );
        assert_eq!(problems(&text("", &section), &[]), [""; 0]);
    }
    let mcp = r#""configurationProfile": "mcp-custom-handler","#;
    let section = r#""http": {"enableProxying": true},"#;
    assert_eq!(problems(&text(mcp, section), &[]), [""; 0]);
}

/// What is wrong with these entries together; each is an object without braces.
fn together(list: &[&str]) -> String {
    let list: Vec<String> = list.iter().map(|entry| format!("{{{entry}}}")).collect();
    let text = text(
        r#""extensions": {"http": {"routePrefix": ""}},"#,
        &format!(
            r#""enableProxyingHttpRequest": true, "http": {{"defaultAuthorizationLevel": "anonymous", "routes": [{}]}},"#,
            list.join(",")
        ),
    );
    let problems = Routes::new(functions(&text)).err().unwrap_or_default();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let problems = problems.join("\n");
    assert!(
        !problems.contains("http-handler"),
        "host.json has no such name: {problems}"
    );
    problems
}

#[test]
fn only_a_public_route_without_parameters_that_comes_first_lies_beside_a_secured_one() {
    const HEALTH: &str = r#""route": "health", "clientCertificate": "none""#;
    const ALL: &str = r#""route": "{*route}""#;
    const FILES: &str = r#""route": "files/{*rest}", "clientCertificate": "none""#;
    assert_eq!(together(&[HEALTH, ALL]), "");
    let message = together(&[ALL, HEALTH]);
    assert!(
        message.starts_with(
            "host.json: customHandler.http.routes.1: expected a public route that no secured one"
        ),
        "{message}"
    );
    assert!(
        message.contains("of the secured function customHandler.http.routes.0;"),
        "{message}"
    );
    for list in [[FILES, ALL], [ALL, FILES]] {
        assert!(together(&list).contains("files/{*rest}"), "{list:?}");
    }
    // By name, the tenth comes before the second.
    let mut list = vec![r#""route": "a""#, ALL];
    list.extend([r#""route": "b/{x}/y/z/1""#, r#""route": "b/{x}/y/z/2""#]);
    list.extend([
        r#""route": "c1""#,
        r#""route": "c2""#,
        r#""route": "c3""#,
        r#""route": "c4""#,
    ]);
    list.push(r#""route": "c5""#);
    list.push(HEALTH);
    assert_eq!(together(&list), "");
    list.swap(1, 9);
    assert!(
        together(&list).contains("routes.1: expected a public route"),
        "{list:?}"
    );
}

#[test]
fn a_public_route_with_a_key_beside_a_parameter_is_refused_by_the_key_it_has() {
    const KEYED: &str =
        r#""route": "health", "clientCertificate": "none", "authorizationLevel": "function""#;
    let message = together(&[KEYED, r#""route": "{*route}""#]);
    assert!(
        message.starts_with(
            "host.json: customHandler.http.routes.0: expected authorizationLevel anonymous"
        ),
        "{message}"
    );
    assert_eq!(together(&[KEYED, r#""route": "plain""#]), "");
}
