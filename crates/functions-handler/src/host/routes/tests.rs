use super::*;
use crate::host::host_json::HostJson;

const HOST: &str = r#"{"version": "2.0", "customHandler": {
    "description": {"defaultExecutablePath": "bin/handler"},
    "enableForwardingHttpRequest": true, "enableProxyingHttpRequest": true}}"#;

/// Name, marker, authLevel, route, methods separated by blanks (none: all).
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

fn function((name, marker, level, route, methods): Row<'_>) -> Function {
    let methods: Vec<&str> = methods.split_whitespace().collect();
    let listed = if methods.is_empty() {
        String::new()
    } else {
        format!(r#""methods": {methods:?},"#)
    };
    let text = format!(
        r#"{{"clientCertificate": "{marker}", "bindings": [
            {{"type": "httpTrigger", "name": "req", {listed} "authLevel": "{level}", "route": "{route}"}},
            {{"type": "http", "direction": "out", "name": "res"}}]}}"#
    );
    parse(name, &text)
}

fn parse(name: &str, text: &str) -> Function {
    let host = HostJson::parse(HOST.as_bytes(), std::iter::empty()).unwrap();
    Function::parse(name, text.as_bytes(), &host)
        .unwrap_or_else(|problems| panic!("{name}: {problems:?}"))
}

fn problems(rows: &[Row<'_>]) -> Vec<String> {
    let problems = Routes::new(rows.iter().copied().map(function).collect())
        .err()
        .unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

fn found(routes: &Routes, method: &str, path: &str) -> Option<String> {
    let path = RequestPath::parse(path).ok()?;
    routes
        .lookup(method, &path)
        .map(|(function, _)| function.name.clone())
}

#[test]
fn the_first_function_by_name_takes_the_request() {
    let rows = [
        ("zAll", "required", "anonymous", "{*rest}", ""),
        ("Order", "required", "anonymous", "order/{id}", "get"),
        (
            "order_Special",
            "required",
            "anonymous",
            "order/special",
            "get post",
        ),
        ("B", "required", "anonymous", "a/b", ""),
        ("Any", "required", "anonymous", "a/{x}", "put"),
    ];
    let routes = Routes::new(rows.into_iter().map(function).collect()).unwrap();
    let table = [
        ("GET", "/api/order/7", Some("Order")),
        // The host ranks nothing: the parameter comes first by name and shadows the literal.
        ("GET", "/api/order/special", Some("Order")),
        ("POST", "/api/order/special", Some("order_Special")),
        ("post", "/API/ORDER/Special/", Some("order_Special")),
        ("PUT", "/api/a/b", Some("Any")),
        ("GET", "/api/a/b", Some("B")),
        ("GET", "/api/a/c", Some("zAll")),
        ("HEAD", "/api/order/7", Some("zAll")),
        ("GET", "/api", Some("zAll")),
        ("GET", "/", None),
        ("GET", "/order/7", None),
        ("GET", "/Order", None),
    ];
    for (method, path, name) in table {
        assert_eq!(
            found(&routes, method, path).as_deref(),
            name,
            "{method} {path}"
        );
    }
}

#[test]
fn no_trick_reaches_a_function_by_another_name_for_its_path() {
    let rows = [
        ("Open", "none", "anonymous", "open", "get"),
        ("Secret", "required", "anonymous", "secret", "get"),
    ];
    let routes = Routes::new(rows.into_iter().map(function).collect()).unwrap();
    assert_eq!(
        found(&routes, "GET", "/api/secret").as_deref(),
        Some("Secret")
    );
    assert_eq!(
        found(&routes, "GET", "/API/%73ECRET/").as_deref(),
        Some("Secret")
    );
    let tricks = [
        "/api/open/..%5Csecret",
        "/api/open/%2e%2e/secret",
        "/api/open/../secret",
        "/api/open/%252E%252E/secret",
        "/api//secret",
        "//api/secret",
        "/api/secret//",
        "/api/./secret",
        "/api\\secret",
        "/api/secret%00",
        "/api/secret;x",
        "/api/secret%20",
        "/api/secret.",
        "/api/secret%2f",
        "/api%2fsecret",
        "/api/secret?x",
        "/api/secret#x",
        "/api/%2573ecret",
        "/api/secre%C5%A5",
        "/api/%C5%BFecret",
        "/secret",
        "/Secret",
        "/api/open/secret",
        "/api/open;/secret",
        "/api/open%3B",
        "/api/open%2C",
        "http://localhost/api/secret",
        "*",
        "",
    ];
    for path in tricks {
        assert_eq!(found(&routes, "GET", path), None, "{path}");
    }
    for method in ["POST", "HEAD", "OPTIONS", "TRACE", "GE", "GETT", "", "GET "] {
        assert_eq!(found(&routes, method, "/api/secret"), None, "{method:?}");
    }
}

#[test]
fn public_and_secured_must_not_meet() {
    let table: &[(&str, &str, &str, &str, bool)] = &[
        ("a", "", "a", "", true),
        ("a/{x}", "", "a/b", "", true),
        ("{*rest}", "get", "a/b", "get post", true),
        ("a/{x:int}", "", "a/b", "", false),
        ("a/{x:int}", "", "a/7", "", true),
        ("a/{x?}", "", "a", "", true),
        ("a", "", "a/{*x}", "", true),
        ("a", "get", "a", "post", false),
        ("a", "get", "A", "GET", true),
        ("a", "get", "b", "get", false),
        ("{x}", "get", "a", "head", false),
    ];
    for (open, open_methods, guarded, guarded_methods, meet) in table {
        let rows = [
            ("Open", "none", "anonymous", *open, *open_methods),
            (
                "Guarded",
                "required",
                "anonymous",
                *guarded,
                *guarded_methods,
            ),
        ];
        let problems = problems(&rows);
        assert_eq!(
            !problems.is_empty(),
            *meet,
            "{open} {guarded}: {problems:?}"
        );
        assert_eq!(
            problems.concat().contains("Open") && problems.concat().contains("Guarded"),
            *meet,
            "{problems:?}"
        );
    }
    // First by name and without a parameter, a public route takes itself away from a secured one.
    for (open, meet) in [
        ("a", false),
        ("a/b", false),
        ("a/{x:int}", true),
        ("a/{x?}", true),
        ("{*x}", true),
    ] {
        let rows = [
            ("Aopen", "none", "anonymous", open, ""),
            ("Guarded", "required", "anonymous", "{a}/{*rest}", ""),
        ];
        assert_eq!(!problems(&rows).is_empty(), meet, "{open}");
    }
    let routes = [
        ("Aopen", "none", "anonymous", "health", "get"),
        ("Guarded", "required", "anonymous", "{*rest}", ""),
    ];
    let routes = Routes::new(routes.into_iter().map(function).collect()).unwrap();
    let table = [
        ("GET", "/api/health", "Aopen"),
        ("GET", "/API/%48ealth/", "Aopen"),
        ("POST", "/api/health", "Guarded"),
        ("GET", "/api/health/x", "Guarded"),
        ("GET", "/api/health;x", "Guarded"),
        ("GET", "/api/healt%C4%B3", "Guarded"),
        ("GET", "/api/health%20", "Guarded"),
        ("GET", "/api", "Guarded"),
    ];
    for (method, path, name) in table {
        assert_eq!(
            found(&routes, method, path).as_deref(),
            Some(name),
            "{method} {path}"
        );
    }
    let roles = function(("Open", "none", "anonymous", "a", ""));
    let guarded = parse(
        "Roles",
        &format!(
            "{{\"clientCertificate\": {{\"roles\": [\"x\"]}}, {}",
            r#""bindings": [
        {"type": "httpTrigger", "name": "req", "route": "a"}, {"type": "http", "direction": "out", "name": "res"}]}"#
        ),
    );
    assert!(Routes::new(vec![roles, guarded]).is_err());
}

#[test]
fn equal_routes_must_not_share_a_method() {
    let pair = |one: &'static str, two: &'static str| {
        problems(&[
            ("A", "required", "anonymous", "x/{y}", one),
            ("B", "required", "function", "X/{Y}", two),
        ])
    };
    assert!(
        pair("", "get")
            .concat()
            .contains("A/function.json: expected each route and method once")
    );
    assert!(
        pair("get post", "POST")
            .concat()
            .contains("B/function.json as well")
    );
    assert_eq!(pair("get", "post"), [""; 0]);
}

#[test]
fn a_key_that_can_be_walked_around_is_refused() {
    let open = ("Open", "none", "function", "open", "get");
    let plain = ("Plain", "required", "anonymous", "plain", "get");
    for route in ["files/{*rest}", "order/{id:int}", "order/{id?}"] {
        let problems = problems(&[open, plain, ("Way", "required", "anonymous", route, "post")]);
        assert_eq!(problems.len(), 1, "{route}: {problems:?}");
        assert!(
            problems
                .concat()
                .starts_with("Open/function.json: expected authLevel anonymous"),
            "{problems:?}"
        );
        assert!(problems.concat().contains("Way"), "{problems:?}");
    }
    assert_eq!(problems(&[open, plain]), [""; 0]);
    let way = ("Way", "required", "function", "order/{id}", "post");
    assert_eq!(
        problems(&[("Open", "none", "anonymous", "open", "get"), way]),
        [""; 0]
    );
    // Two keyed public functions with parameters get around each other's key.
    let admin = ("Other", "none", "admin", "other/{x}", "get");
    assert_eq!(
        problems(&[("Open", "none", "function", "open/{x}", "get"), admin]).len(),
        2
    );
}

/// A function that the host delivers by envelope.
fn queued(name: &str, route: &str) -> Function {
    let text = format!(
        r#"{{"bindings": [
            {{"type": "httpTrigger", "name": "req", "route": "{route}"}},
            {{"type": "http", "direction": "out", "name": "res"}},
            {{"type": "queue", "direction": "out", "name": "message"}}]}}"#
    );
    parse(name, &text)
}

fn timer(name: &str) -> Function {
    let text = r#"{"bindings": [{"type": "timerTrigger", "name": "timer"}]}"#;
    parse(name, text)
}

fn at_root(name: &str, methods: &str, route: &str) -> Function {
    let host = HOST.replace(
        "\"customHandler\"",
        "\"extensions\": {\"http\": {\"routePrefix\": \"\"}}, \"customHandler\"",
    );
    let host = HostJson::parse(host.as_bytes(), std::iter::empty()).unwrap();
    let text = format!(
        r#"{{"bindings": [
            {{"type": "httpTrigger", "name": "req", "methods": ["{methods}"], "route": "{route}"}},
            {{"type": "http", "direction": "out", "name": "res"}}]}}"#
    );
    Function::parse(name, text.as_bytes(), &host).unwrap()
}

fn messages(problems: Vec<Problem>) -> String {
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    problems.join("\n")
}

#[test]
fn envelopes_have_a_path_of_their_own_and_no_route() {
    let raw = function(("Raw", "required", "anonymous", "raw", ""));
    let routes = Routes::new(vec![raw, queued("Queue", "queue"), timer("Timer")]).unwrap();
    let name = |function: Option<&Function>| function.map(|function| function.name.clone());
    for path in ["/Queue", "/Timer"] {
        assert_eq!(name(routes.enveloped(path)).as_deref(), path.get(1..));
        assert_eq!(found(&routes, "POST", path), None);
    }
    let others = [
        "/queue",
        "/QUEUE",
        "/Queue/",
        "//Queue",
        "/Queue?",
        "/Queu%65",
        "Queue",
        "/api/queue",
        "/Raw",
        "/",
        "",
    ];
    for path in others {
        assert_eq!(name(routes.enveloped(path)), None, "{path}");
    }
    assert_eq!(found(&routes, "POST", "/api/queue"), None);
    let path = RequestPath::parse("/api/queue").unwrap();
    let hosted = routes.hosted("POST", &path).map(|(function, _)| function);
    assert_eq!(name(hosted).as_deref(), Some("Queue"));
}

#[test]
fn no_route_takes_the_path_of_an_envelope() {
    let table = [
        ("post", "queue", true),
        ("post", "QUEUE/{x?}", true),
        ("post", "{x}", true),
        ("post", "{*rest}", true),
        ("get", "{*rest}", false),
        ("post", "{x:int}", false),
        ("post", "queue/{x}", false),
        ("post", "other", false),
    ];
    for (methods, route, meet) in table {
        let raw = at_root("Raw", methods, route);
        let problems = messages(
            Routes::new(vec![raw, queued("Queue", "q")])
                .err()
                .unwrap_or_default(),
        );
        assert_eq!(!problems.is_empty(), meet, "{methods} {route}: {problems}");
        assert_eq!(
            problems.starts_with("Raw/function.json: expected a route that cannot take /Queue"),
            meet,
            "{problems}"
        );
    }
    // Below a prefix, a catch-all takes the prefix alone.
    let all = || function(("All", "required", "anonymous", "{*rest}", ""));
    assert!(Routes::new(vec![all(), queued("Queue", "q")]).is_ok());
    assert!(Routes::new(vec![all(), queued("Api", "q")]).is_err());
}

#[test]
fn an_envelope_beside_a_forwarded_route_with_a_parameter_can_be_imitated() {
    let problems =
        |functions: Vec<Function>| messages(Routes::new(functions).unwrap().imitable_envelopes());
    for route in [
        "order/{id}",
        "order/{id?}",
        "files/{*rest}",
        "order/{id:int}",
    ] {
        let way = || function(("Way", "required", "anonymous", route, "get"));
        let text = problems(vec![way(), queued("Queue", "queue"), timer("Timer")]);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(
            text.starts_with("Queue/function.json: expected no forwarded route"),
            "{text}"
        );
        assert!(
            text.contains("Timer/function.json") && text.contains("Way"),
            "{text}"
        );
        assert_eq!(problems(vec![way()]), "");
    }
    // The parameter of a route that is itself delivered by envelope ends up in no path.
    let plain = function(("Plain", "required", "anonymous", "plain", ""));
    assert_eq!(
        problems(vec![plain, queued("Queue", "queue/{id}"), timer("Timer")]),
        ""
    );
}

#[test]
fn names_that_differ_in_case_alone_are_refused() {
    let problems = problems(&[
        ("A", "required", "anonymous", "x", ""),
        ("a", "required", "anonymous", "y", ""),
    ]);
    assert!(
        problems.concat().contains("differ in more than case"),
        "{problems:?}"
    );
}

#[test]
fn names_are_ordered_as_the_host_orders_them() {
    let ordered = [
        "A", "a-b", "a1", "a10", "a2", "ab", "aZ", "a_b", "B", "ba", "Z", "za",
    ];
    let mut names = ordered;
    names.reverse();
    names.sort_by(|one, two| by_name(one, two));
    assert_eq!(names, ordered);
    assert_eq!(by_name("aB", "Ab"), Ordering::Equal);
}

#[test]
fn settings_that_switch_functions_off_are_read_as_dotnet_reads_them() {
    assert_eq!(
        disabled_setting("Health"),
        [
            "AzureWebJobs.Health.Disabled",
            "AzureWebJobs_Health_Disabled"
        ]
    );
    for value in ["1", "true", "TRUE", " True "] {
        assert!(is_true(value), "{value}");
    }
    for value in ["", "0", "false", "yes", "on", "2", "tru"] {
        assert!(!is_true(value), "{value}");
    }
}

#[test]
fn a_path_with_two_meanings_is_found_only_where_every_function_is_raw_and_bears_one_marker() {
    let raw = |name, marker, route| function((name, marker, "anonymous", route, "get"));
    let table = [
        (vec![raw("A", "required", "{*rest}")], true),
        (vec![raw("A", "none", "{*rest}")], true),
        (
            vec![raw("A", "required", "x"), raw("B", "required", "{*rest}")],
            true,
        ),
        (
            vec![raw("A", "none", "x"), raw("B", "required", "{*rest}")],
            false,
        ),
        // Who gets the path next could take it for an envelope's.
        (
            vec![raw("A", "required", "{*rest}"), queued("Queue", "queue")],
            false,
        ),
        (vec![raw("A", "required", "{*rest}"), timer("Timer")], false),
    ];
    for (functions, is_found) in table {
        let routes = Routes::new(functions).unwrap();
        for path in [
            "/api//Queue",
            "/api/x/../y",
            "/api/..%5CQueue",
            "/api/%2e%2e/Queue",
            "/api//",
        ] {
            assert!(RequestPath::parse(path).is_err(), "{path}");
            assert_eq!(routes.opaque("GET", path).is_some(), is_found, "{path}");
        }
        for (method, path) in [
            ("POST", "/api//x"),
            ("GET", "//api/x"),
            ("GET", "*"),
            ("GET", ""),
        ] {
            assert!(routes.opaque(method, path).is_none(), "{method} {path}");
        }
    }
}

#[test]
fn a_marker_that_never_counts_is_refused() {
    let with_roles = |name: &str, route: &str, methods: &str| {
        let text = format!(
            r#"{{"clientCertificate": {{"roles": ["x"]}}, "bindings": [
                {{"type": "httpTrigger", "name": "req", "route": "{route}"{methods}}},
                {{"type": "http", "direction": "out", "name": "res"}}]}}"#
        );
        parse(name, &text)
    };
    const GET: &str = r#", "methods": ["get"]"#;
    let table = [
        ("{*rest}", "", "staff/{*rest}", "", true),
        ("{*rest}", "get", "staff/{*rest}", GET, true),
        ("{*rest}", "get", "staff/{*rest}", "", false),
        ("staff/{*rest}", "", "staff/users/{id:int}", "", true),
        ("staff/{x}", "", "staff/users", "", true),
        ("{x}/{y}", "", "Staff/{z:int}", "", true),
        ("{x}/{y:int}", "", "staff/{z:int}", "", true),
        ("STAFF", "get", "staff/{x?}", GET, false),
        ("staff/{x:int}", "", "staff/users", "", false),
        ("staff/{x:int}", "", "staff/{x}", "", false),
        ("staff/{x}", "", "staff/{*rest}", "", false),
        ("staff/{x}", "", "staff/{x?}", "", false),
        ("other/{*rest}", "", "staff/{*rest}", "", false),
    ];
    for (first, methods, second, more, in_vain) in table {
        let first = || function(("A", "required", "anonymous", first, methods));
        let problems = messages(
            Routes::new(vec![first(), with_roles("B", second, more)])
                .err()
                .unwrap_or_default(),
        );
        assert_eq!(
            problems
                .starts_with("B/function.json: clientCertificate: expected a marker that counts"),
            in_vain,
            "{second}: {problems}"
        );
        // The other way round by name, each takes its own.
        let later = Function {
            name: "C".to_owned(),
            ..first()
        };
        let both = vec![later, with_roles("B", second, more)];
        let problems = messages(Routes::new(both).err().unwrap_or_default());
        assert!(!in_vain || problems.is_empty(), "{second}: {problems}");
    }
}
