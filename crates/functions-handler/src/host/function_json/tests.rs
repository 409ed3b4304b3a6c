use app_settings::Problem;

use super::{Declaration, Function, HttpTrigger, Methods, Output, RequestShape, Trigger};
use crate::host::auth_level::AuthLevel;
use crate::host::host_json::HostJson;
use crate::host::marker::Marker;
use crate::host::route::RouteTemplate;

fn host(proxying: bool, forwarding: bool, prefix: &str) -> HostJson {
    let text = format!(
        r#"{{"version": "2.0", "extensions": {{"http": {{"routePrefix": "{prefix}"}}}}, "customHandler": {{
            "description": {{"defaultExecutablePath": "bin/handler"}},
            "enableProxyingHttpRequest": {proxying}, "enableForwardingHttpRequest": {forwarding}}}}}"#
    );
    HostJson::parse(text.as_bytes(), std::iter::empty()).unwrap()
}

fn parse(name: &str, text: &str) -> Result<Function, Vec<Problem>> {
    Function::parse(name, text.as_bytes(), &host(true, true, "api"))
}

fn problems(name: &str, text: &str) -> Vec<String> {
    let problems = parse(name, text).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

/// A plain HTTP function with more members at the top level and in the trigger.
fn http(top: &str, trigger: &str) -> String {
    format!(
        r#"{{{top} "bindings": [
            {{"type": "httpTrigger", "direction": "in", "name": "req"{trigger}}},
            {{"type": "http", "direction": "out", "name": "res"}}]}}"#
    )
}

#[test]
fn a_plain_function_has_the_hosts_defaults_and_is_secured() {
    let function = parse("Hello", &http("", "")).unwrap();
    let expected = Function {
        name: "Hello".to_owned(),
        declaration: Declaration::Folder,
        trigger: Trigger::Http(HttpTrigger {
            binding: "req".to_owned(),
            route: RouteTemplate::parse("api/Hello").unwrap(),
            methods: Methods::All,
            marker: Marker::Required,
            auth_level: AuthLevel::Function,
            shape: RequestShape::Proxying,
            output: "res".to_owned(),
        }),
        outputs: Vec::new(),
    };
    assert_eq!(function, expected);
}

#[test]
fn everything_is_read_with_comments_and_strangers() {
    let text = r#"{ // what the host ignores is ignored
        "scriptFile": "x", "disabled": true, "$schema": "…", "clientCertificate": "none",
        "bindings": [
            {"Type": "HTTPTRIGGER", "Direction": "IN", "Name": "request", "Route": "order/{id:int?}",
             "Methods": ["get", "POST", "Get"], "AuthLevel": "Anonymous", "webHookType": "x"},
            {"type": "Http", "direction": "Out", "name": "$return"},
            {"type": "queue", "direction": "out", "name": "message", "queueName": "orders"},
        ]}"#;
    let function = parse("order", text).unwrap();
    let http = function.http().unwrap();
    assert_eq!(http.route.text(), "api/order/{id:int?}");
    assert_eq!(
        http.methods,
        Methods::Listed(vec!["GET".to_owned(), "POST".to_owned()])
    );
    assert_eq!(
        (http.auth_level, &http.marker, http.shape),
        (
            AuthLevel::Anonymous,
            &Marker::Public,
            RequestShape::Envelope
        )
    );
    assert_eq!(http.output, "$return");
    let output = Output {
        name: "message".to_owned(),
        kind: "queue".to_owned(),
        is_binary: false,
    };
    assert_eq!(function.outputs, vec![output]);
}

#[test]
fn only_the_exact_word_makes_a_function_public() {
    let roles = |list: &[&str]| {
        Some(Marker::Roles(
            list.iter().map(|role| role.parse().unwrap()).collect(),
        ))
    };
    let table = [
        (r#""none""#, Some(Marker::Public)),
        (r#"'none'"#, Some(Marker::Public)),
        (r#""required""#, Some(Marker::Required)),
        (r#"{"roles": ["admin"]}"#, roles(&["admin"])),
        (r#"{"roles": ["a", "A", "b.c"]}"#, roles(&["a", "A", "b.c"])),
        (r#"{"roles": ["b c"]}"#, None),
        (r#""None""#, None),
        (r#"" none""#, None),
        (r#""public""#, None),
        (r#""""#, None),
        ("null", None),
        ("false", None),
        ("true", None),
        ("0", None),
        ("[]", None),
        (r#"["none"]"#, None),
        ("{}", None),
        (r#"{"roles": []}"#, None),
        (r#"{"roles": "admin"}"#, None),
        (r#"{"roles": [""]}"#, None),
        (r#"{"roles": [" a"]}"#, None),
        (r#"{"roles": [1]}"#, None),
        (r#"{"roles": ["a", "a"]}"#, None),
        (r#"{"Roles": ["a"]}"#, None),
        (r#"{"roles": ["a"], "none": true}"#, None),
    ];
    for (value, marker) in table {
        let text = http(&format!("\"clientCertificate\": {value},"), "");
        assert_eq!(
            parse("Hello", &text)
                .ok()
                .map(|function| function.http().unwrap().marker.clone()),
            marker,
            "{value}"
        );
        if marker.is_none() {
            let problem = problems("Hello", &text).concat();
            assert!(
                problem.starts_with(
                    "Hello/function.json: clientCertificate: expected \"none\" (public)"
                ),
                "{problem}"
            );
        }
    }
}

#[test]
fn a_misspelt_marker_is_refused() {
    let misspelt = [
        "ClientCertificate",
        "clientcertificate",
        "CLIENTCERTIFICATE",
        "client_certificate",
        "client-certificate",
        "client certificate",
        "clientCertificates",
        "clientCertifcate",
        "cleintCertificate",
        "clientCert",
        "clientCerts",
        "clientCertMode",
        "clientCertificateRequired",
        "lientCertificate",
        "certificateClient",
        "сlientCertificate", // a Cyrillic letter
    ];
    for key in misspelt {
        let problems = problems("Hello", &http(&format!("\"{key}\": \"none\","), ""));
        assert!(
            problems
                .concat()
                .contains("did you mean clientCertificate?"),
            "{key}: {problems:?}"
        );
    }
    for key in [
        "disabled",
        "retry",
        "entryPoint",
        "scriptFile",
        "certificate",
        "client",
        "generatedBy",
    ] {
        assert_eq!(
            problems("Hello", &http(&format!("\"{key}\": \"none\","), "")),
            [""; 0],
            "{key}"
        );
    }
}

#[test]
fn a_marker_that_would_be_ignored_is_refused() {
    let inside = problems("Hello", &http("", r#", "clientCertificate": "none""#));
    assert!(
        inside.concat().contains(
            "bindings.req.clientCertificate: expected clientCertificate at the top level"
        ),
        "{inside:?}"
    );
    let timer =
        r#"{"clientCertificate": "required", "bindings": [{"type": "timerTrigger", "name": "t"}]}"#;
    let timer = problems("Tick", timer);
    assert!(
        timer
            .concat()
            .contains("Tick/function.json: clientCertificate: expected no marker"),
        "{timer:?}"
    );
}

#[test]
fn the_shape_follows_the_hosts_rule() {
    use RequestShape::{Envelope, Forwarding, Proxying};
    const IN: &str = r#"{"type": "httpTrigger", "name": "req"}"#;
    const OUT: &str = r#"{"type": "http", "direction": "out", "name": "res"}"#;
    const QUEUE: &str = r#"{"type": "queue", "direction": "out", "name": "q"}"#;
    const TABLE: &str = r#"{"type": "table", "direction": "in", "name": "t"}"#;
    const BLOB: &str = r#"{"type": "blob", "direction": "inout", "name": "b"}"#;
    let table: [(&[&str], bool, bool, RequestShape); 7] = [
        (&[IN, OUT], true, true, Proxying),
        (&[OUT, IN], true, false, Proxying),
        (&[IN, OUT], false, true, Forwarding),
        (&[IN, OUT], false, false, Envelope),
        (&[IN, OUT, QUEUE], true, true, Envelope),
        (&[IN, OUT, TABLE], true, true, Envelope),
        (&[IN, OUT, BLOB], true, true, Envelope),
    ];
    for (bindings, proxying, forwarding, shape) in table {
        let text = format!(r#"{{"bindings": [{}]}}"#, bindings.join(","));
        let function =
            Function::parse("F", text.as_bytes(), &host(proxying, forwarding, "api")).unwrap();
        assert_eq!(
            function.http().unwrap().shape,
            shape,
            "{bindings:?} {proxying} {forwarding}"
        );
    }
}

#[test]
fn a_binding_in_both_directions_is_an_output_too() {
    let text = r#"{"bindings": [{"type": "httpTrigger", "name": "req"}, {"type": "http", "direction": "out", "name": "res"}, {"type": "blob", "direction": "inout", "name": "b"}]}"#;
    let names: Vec<String> = parse("F", text)
        .unwrap()
        .outputs
        .into_iter()
        .map(|output| output.name)
        .collect();
    assert_eq!(names, ["b"]);
}

#[test]
fn the_prefix_is_applied() {
    let text = http("", r#", "route": "{*rest}""#);
    let routes = ["", "v1/x"].map(|prefix| {
        let function = Function::parse("F", text.as_bytes(), &host(true, true, prefix)).unwrap();
        function.http().unwrap().route.text().to_owned()
    });
    assert_eq!(routes, ["{*rest}", "v1/x/{*rest}"]);
}

#[test]
fn a_function_without_http_has_no_route() {
    let text = r#"{"bindings": [{"type": "queueTrigger", "name": "item", "queueName": "x"}]}"#;
    let function = parse("Work", text).unwrap();
    assert_eq!((function.http(), function.is_enveloped()), (None, true));
    let trigger = Trigger::Other {
        kind: "queueTrigger".to_owned(),
        binding: "item".to_owned(),
    };
    assert_eq!(function.trigger, trigger);
}

#[test]
fn nonsense_is_refused_with_its_place() {
    let table: &[(&str, &str)] = &[
        (
            "",
            "F/function.json: expected JSON, found a mistake at line 1, column 1",
        ),
        ("5", "F/function.json: expected an object, found 5"),
        (
            "{}",
            "F/function.json: bindings: expected an array with a trigger, found no such key",
        ),
        (r#"{"Bindings": []}"#, "in lower case"),
        (
            r#"{"bindings": []}"#,
            "F/function.json: bindings: expected an array",
        ),
        (
            r#"{"bindings": {}}"#,
            "F/function.json: bindings: expected an array",
        ),
        (
            r#"{"bindings": [{"type": "queue", "name": "q"}]}"#,
            "bindings: expected one trigger, found none",
        ),
        (
            r#"{"bindings": [{"type": "httpTrigger", "name": "a"}, {"type": "timerTrigger", "name": "b"}]}"#,
            "expected one trigger, found 2",
        ),
        (
            r#"{"bindings": [{"type": "httpTrigger", "name": "a", "direction": "out"}]}"#,
            "bindings.a.direction: expected in for a trigger",
        ),
        (
            r#"{"bindings": [{"type": "timerTrigger", "name": "a"}, {"type": "queue", "name": "A"}]}"#,
            "expected each name once, found \"A\"",
        ),
        (
            r#"{"bindings": [{"type": "timerTrigger", "name": "a"}, {"type": "http", "name": "b", "direction": "out"}, {"type": "http", "name": "c", "direction": "out"}]}"#,
            "expected one http output",
        ),
        (
            r#"{"bindings": [{"type": "httpTrigger", "name": "req"}]}"#,
            "F/function.json: expected an http output",
        ),
        (
            r#"{"bindings": [{"type": "timerTrigger", "name": "a"}, 7]}"#,
            "bindings[1]: expected an object, found 7",
        ),
        (
            r#"{"bindings": [{"type": "timerTrigger", "name": "a"}, {"name": "b"}]}"#,
            "bindings[1].type: expected a type",
        ),
        (
            r#"{"bindings": [{"type": "timerTrigger", "name": "a"}, {"type": "queue"}]}"#,
            "bindings[1].name: expected a letter",
        ),
        (
            r#"{"bindings": [{"type": "timerTrigger", "name": "a"}, {"type": "queue", "name": "a_b"}]}"#,
            "bindings[1].name: expected a letter",
        ),
        (
            r#"{"bindings": [{"type": "timerTrigger", "name": "a"}, {"type": "queue", "name": "b", "direction": "up"}]}"#,
            "bindings[1].direction: expected in, out or inout, found \"up\"",
        ),
        (
            r#"{"bindings": [{"type": "timerTrigger", "name": "a", "Name": "b"}]}"#,
            "\"Name\" and \"name\"",
        ),
        (
            &http("", r#", "route": """#),
            "bindings.req.route: expected a route, found \"\"",
        ),
        (
            &http("", r#", "route": null"#),
            "bindings.req.route: expected a route, found null",
        ),
        (
            &http("", r#", "route": "/x""#),
            "bindings.req.route: expected a route without a slash",
        ),
        (
            &http("", r#", "route": "admin/x""#),
            "bindings.req.route: expected a route that does not start with admin",
        ),
        (
            &http("", r#", "route": "v{n}""#),
            "bindings.req.route: expected a route that this handler can match",
        ),
        (
            &http("", r#", "methods": []"#),
            "bindings.req.methods: expected an array of one or more of get, post",
        ),
        (
            &http("", r#", "methods": "get""#),
            "bindings.req.methods: expected an array",
        ),
        (&http("", r#", "methods": ["gett"]"#), "found \"gett\""),
        (
            &http("", r#", "methods": [1]"#),
            "bindings.req.methods: expected an array",
        ),
        (
            &http("", r#", "authLevel": "anonymus""#),
            "bindings.req.authLevel: expected anonymous, function or admin, found \"anonymus\"",
        ),
        (
            &http("", r#", "authLevel": null"#),
            "bindings.req.authLevel: expected",
        ),
        (
            &http("", r#", "authLevel": 0"#),
            "bindings.req.authLevel: expected",
        ),
        (
            &http(
                "\"clientCertificate\": \"none\", \"clientCertificate\": \"required\",",
                "",
            ),
            "\"clientCertificate\" twice",
        ),
        (
            &http(
                "\"clientCertificate\": \"required\", \"ClientCertificate\": \"none\",",
                "",
            ),
            "\"ClientCertificate\" and",
        ),
    ];
    for (text, part) in table {
        let problems = problems("F", text);
        assert!(
            problems.iter().any(|problem| problem.contains(part)),
            "{text}: {part}: {problems:#?}"
        );
    }
}

#[test]
fn names_are_those_that_the_host_takes() {
    let long = "a".repeat(128);
    for name in ["a", "Hello_World-2", long.as_str(), "hosts"] {
        assert_eq!(problems(name, &http("", "")), [""; 0], "{name}");
    }
    let longer = "a".repeat(129);
    for name in [
        "",
        "1a",
        "_a",
        "a.b",
        "a b",
        "host",
        "HOST",
        "größe",
        longer.as_str(),
    ] {
        let problems = problems(name, &http("", r#", "route": "x""#));
        assert!(
            problems.concat().contains("rename the folder"),
            "{name}: {problems:?}"
        );
    }
    // Without a route the name is the route, and then what the host keeps for itself counts.
    assert!(
        problems("adminStuff", &http("", ""))
            .concat()
            .contains("before \"admin\"")
    );
}

#[test]
fn all_problems_come_at_once() {
    let text = r#"{"clientCertificate": "no", "clientCert": 1, "bindings": [
        {"type": "httpTrigger", "name": "req", "route": "/x", "methods": "get", "authLevel": "none"},
        {"type": "http", "direction": "off", "name": "res"}]}"#;
    let problems = problems("1st", text);
    assert_eq!(problems.len(), 7, "{problems:#?}");
}

/// Neither many names nor many roles cost more than a moment: both are compared with each other.
#[test]
fn a_file_of_a_mebibyte_is_read_in_a_moment() {
    let bindings: Vec<String> = (0..20_000)
        .map(|number| format!(r#"{{"type":"queue","direction":"out","name":"n{number}"}}"#))
        .collect();
    let roles: Vec<String> = (0..100_000)
        .map(|number| format!("\"r{number}\""))
        .collect();
    let began = std::time::Instant::now();
    for text in [
        format!(r#"{{"bindings":[{}]}}"#, bindings.join(",")),
        format!(
            r#"{{"clientCertificate":{{"roles":[{}]}}}}"#,
            roles.join(",")
        ),
    ] {
        assert!(text.len() > 800_000, "{}", text.len());
        let host = host(true, true, "api");
        assert!(Function::parse("Many", text.as_bytes(), &host).is_err());
    }
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
}

/// Whatever is in the file, and however long: no message is longer than a person reads.
#[test]
fn a_problem_repeats_the_start_of_a_value_alone() {
    let long = "x".repeat(100_000);
    let http = |members: &str| {
        format!(
            r#"{{"bindings": [{{"type": "httpTrigger", "direction": "in", "name": "req"{members}}},
                {{"type": "http", "direction": "out", "name": "res"}}]}}"#
        )
    };
    let table = [
        format!("\"{long}\""),
        format!("[\"{long}\"]"),
        format!(r#"{{"{long}": 1, "{long}": 2}}"#),
        format!("{{\"a\": 1e{}}}", "9".repeat(100_000)),
        long.clone(),
        format!(r#"{{"clientCertificate": "{long}", "bindings": []}}"#),
        format!(r#"{{"clientCertificate": ["{long}"], "bindings": []}}"#),
        format!(r#"{{"clientCert{long}": "none", "bindings": []}}"#),
        format!(
            r#"{{"clientCertificate": "none", "bindings": [{{"type": "{long}Trigger", "name": "a"}}]}}"#
        ),
        format!(r#"{{"bindings": ["{long}"]}}"#),
        format!(r#"{{"bindings": [{{"type": ["{long}"], "name": "a"}}]}}"#),
        format!(r#"{{"bindings": [{{"type": "httpTrigger", "name": "{long}"}}]}}"#),
        format!(
            r#"{{"bindings": [{{"type": "httpTrigger", "name": "a", "direction": "{long}"}}]}}"#
        ),
        http(&format!(r#", "methods": "{long}""#)),
        http(&format!(r#", "methods": ["{long}"]"#)),
        http(&format!(r#", "authLevel": "{long}""#)),
        http(&format!(r#", "route": ["{long}"]"#)),
        http(&format!(r#", "route": "/{long}""#)),
        http(&format!(r#", "route": "admin{long}""#)),
        http(&format!(r#", "route": "{long} ""#)),
        http(&format!(r#", "route": "{{{long}:{long}}}""#)),
        http(&format!(r#", "route": "{{a:{long}}}""#)),
        http(&format!(r#", "route": "{{{long}}}/{{{long}}}""#)),
        http(&format!(r#", "route": "{{a:int={long}}}""#)),
        http(&format!(r#", "route": "{{*{long}}}/{long}""#)),
        http(&format!(r#", "route": "{{*{long}?}}""#)),
        http(&format!(r#", "route": "{{{long} }}""#)),
        http(&format!(r#", "clientCert{long}": "none""#)),
    ];
    for text in &table {
        let start: String = text.chars().take(80).collect();
        let problems = parse("Hello", text).err().unwrap_or_default();
        assert!(!problems.is_empty(), "{start}");
        for problem in problems {
            let length = problem.at().len() + problem.text().len();
            assert!(length < 1000, "{start}: {length} bytes");
        }
    }
}
