use std::time::Duration;

use app_settings::Problem;

use super::{CustomHandler, FunctionTimeout, HostJson};

const DO: &str = r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "bin/handler"}}}"#;

fn parse(text: &str, overrides: &[(&str, &str)]) -> Result<HostJson, Vec<Problem>> {
    let overrides = overrides
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    HostJson::parse(text.as_bytes(), overrides)
}

/// A host.json that holds, besides what must be there, `section` below `customHandler`.
fn with(section: &str) -> String {
    format!(
        r#"{{"version": "2.0", "customHandler": {{"description": {{"defaultExecutablePath": "bin/handler"}}, {section}}}}}"#
    )
}

fn problems(text: &str, overrides: &[(&str, &str)]) -> Vec<String> {
    let problems = parse(text, overrides).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_left_out_has_the_hosts_defaults() {
    let host = parse(DO, &[]).unwrap();
    assert_eq!(host.route_prefix.text(), "api");
    assert_eq!(host.custom_headers, []);
    assert_eq!(host.function_timeout, FunctionTimeout::PlanDefault);
    let expected = CustomHandler {
        executable: "bin/handler".to_owned(),
        working_directory: None,
        arguments: Vec::new(),
        enable_forwarding_http_request: false,
        enable_proxying_http_request: false,
        initialization_timeout: Duration::from_secs(30),
        use_std_error_stream_for_errors_only: true,
        port: None,
        routes: Vec::new(),
    };
    assert_eq!(host.custom_handler, expected);
}

#[test]
fn everything_is_read_in_any_case_with_comments_and_strangers() {
    let text = "\u{FEFF}// comment
    {
        'version': '2.0',
        \"logging\": {\"logLevel\": {\"default\": \"Trace\"}}, \"watchDirectories\": [\"Shared\"],
        \"functiontimeout\": \"00:05:00\",
        \"Extensions\": {\"HTTP\": {\"RoutePrefix\": \"v1/x\", \"customHeaders\": {\"X-Content-Type-Options\": \"nosniff\"}}},
        \"CustomHandler\": {
            \"Description\": {
                \"defaultExecutablePath\": \"bin/handler\", \"WorkingDirectory\": \"data\",
                \"arguments\": [\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",],
                \"useStdErrorStreamForErrorsOnly\": \"False\",
            },
            \"EnableForwardingHttpRequest\": true, \"enableproxyinghttprequest\": \"True\",
            \"initializationTimeout\": \"00:01:00\", \"port\": 8080,
        },
    }";
    let host = parse(text, &[]).unwrap();
    assert_eq!(host.route_prefix.text(), "v1/x");
    assert_eq!(
        host.custom_headers,
        [("X-Content-Type-Options".to_owned(), "nosniff".to_owned())]
    );
    assert_eq!(
        host.function_timeout,
        FunctionTimeout::After(Duration::from_secs(300))
    );
    let handler = host.custom_handler;
    assert_eq!(handler.working_directory.as_deref(), Some("data"));
    assert_eq!(handler.arguments.join(" "), "0 1 2 3 4 5 6 7 8 9 10");
    assert!(handler.enable_forwarding_http_request && handler.enable_proxying_http_request);
    assert!(!handler.use_std_error_stream_for_errors_only);
    assert_eq!(handler.initialization_timeout, Duration::from_secs(60));
    assert_eq!(handler.port, Some(8080));
}

#[test]
fn variables_replace_values() {
    let text = with(r#""enableForwardingHttpRequest": false"#);
    let overrides = [
        ("AzureFunctionsJobHost__extensions__http__routePrefix", ""),
        (
            "AZUREFUNCTIONSJOBHOST__CUSTOMHANDLER__ENABLEFORWARDINGHTTPREQUEST",
            "true",
        ),
        ("AzureFunctionsJobHost:customHandler:port", "9000"),
        ("AzureFunctionsJobHost__functionTimeout", "-1"),
        (
            "AzureFunctionsJobHost__customHandler__description__arguments",
            r#"["a", "b c"]"#,
        ),
        ("AzureFunctionsJobHostX__customHandler__port", "none"),
        ("AzureFunctionsJobHost", "nothing"),
        ("PATH", "/bin"),
    ];
    let host = parse(&text, &overrides).unwrap();
    assert_eq!(host.route_prefix.text(), "");
    assert!(host.custom_handler.enable_forwarding_http_request);
    assert_eq!(host.custom_handler.port, Some(9000));
    assert_eq!(host.function_timeout, FunctionTimeout::Unlimited);
    assert_eq!(host.custom_handler.arguments, ["a", "b c"]);
    let one = [(
        "AzureFunctionsJobHost__customHandler__description__arguments__0",
        "x",
    )];
    assert_eq!(parse(DO, &one).unwrap().custom_handler.arguments, ["x"]);
    let whole = [(
        "AzureFunctionsJobHost__customHandler__description__defaultExecutablePath",
        "bin/handler",
    )];
    assert!(parse(r#"{"version": "2.0"}"#, &whole).is_ok());
}

#[test]
fn nonsense_is_refused_with_its_place() {
    let table: &[(&str, &str)] = &[
        (
            "",
            "host.json: expected JSON, found a mistake at line 1, column 1",
        ),
        ("[]", "host.json: expected an object"),
        (
            "{\"version\": \"2.0\", \"version\": \"2.0\"}",
            "\"version\" twice",
        ),
        (
            "{\"version\": \"2.0\", \"Version\": \"2.0\"}",
            "\"Version\" and \"version\"",
        ),
        (
            &DO.replace("2.0", "1.0"),
            "host.json: version: expected \"2.0\", found \"1.0\"",
        ),
        (
            &DO.replace("\"2.0\"", "2.0"),
            "host.json: version: expected \"2.0\", found 2.0",
        ),
        (
            &DO.replace("version", "Version"),
            "host.json: version: expected \"2.0\", found no such key",
        ),
        (
            "{\"version\": \"2.0\"}",
            "host.json: customHandler: expected the section that starts the handler, found nothing",
        ),
        (
            "{\"version\": \"2.0\", \"httpWorker\": {\"description\": {}}}",
            "found the legacy httpWorker alone",
        ),
        (
            "{\"version\": \"2.0\", \"customHandler\": 5}",
            "host.json: customHandler.description: expected an object",
        ),
        (
            "{\"version\": \"2.0\", \"customHandler\": {}}",
            "host.json: customHandler.description: expected an object",
        ),
        (
            &DO.replace("\"bin/handler\"", "\" \""),
            "defaultExecutablePath: expected a path, found a blank text",
        ),
        (
            &DO.replace("\"bin/handler\"", "7"),
            "defaultExecutablePath: expected a string, found 7",
        ),
        (
            &DO.replace("\"bin/handler\"", "null"),
            "defaultExecutablePath: expected a string, found null",
        ),
        (
            &DO.replace("\"bin/handler\"", "[\"x\"]"),
            "defaultExecutablePath: expected a string, found an object or array",
        ),
        (
            &DO.replace("{\"defaultExecutablePath\": \"bin/handler\"}", "{}"),
            "customHandler.description.defaultExecutablePath: expected a path, found nothing",
        ),
        (
            &with("\"enableForwardingHttpRequest\": \"yes\""),
            "host.json: customHandler.enableForwardingHttpRequest: expected true or false, found \"yes\"",
        ),
        (
            &with("\"enableProxyingHttpRequest\": 1"),
            "customHandler.enableProxyingHttpRequest: expected true or false, found 1",
        ),
        (
            &with("\"enableForwardingHttpRequests\": true"),
            "did you mean enableForwardingHttpRequest?",
        ),
        (
            &with("\"enableForwardHttpRequest\": true"),
            "did you mean enableForwardingHttpRequest?",
        ),
        (
            &with("\"initializationTimeout\": 30"),
            "customHandler.initializationTimeout: expected hh:mm:ss",
        ),
        (
            &with("\"port\": 0"),
            "customHandler.port: expected a port from 1 to 65535, found 0",
        ),
        (&with("\"port\": 70000"), "found 70000"),
        (&with("\"port\": -1"), "found -1"),
        (
            &with("\"type\": \"None\""),
            "customHandler.type: expected no such key",
        ),
        (&with("\"a:b\": 1, \"a\": {\"b\": 2}"), "once with a colon"),
        (
            &DO.replacen('{', "{\"functionTimeout\": \"5\", ", 1),
            "host.json: functionTimeout: expected hh:mm:ss",
        ),
        (
            &DO.replacen(
                '{',
                "{\"extensions\": {\"http\": {\"routePrefix\": \"/api\"}}, ",
                1,
            ),
            "extensions.http.routePrefix: expected a route without a slash",
        ),
        (
            &DO.replacen(
                '{',
                "{\"extensions\": {\"http\": {\"routePrefix\": null}}, ",
                1,
            ),
            "routePrefix: expected a string, found null",
        ),
        (
            &DO.replacen(
                '{',
                "{\"extensions\": {\"http\": {\"routePrefix\": \"{x}\"}}, ",
                1,
            ),
            "extensions.http.routePrefix",
        ),
        (
            &DO.replacen(
                '{',
                "{\"extensions\": {\"http\": {\"customHeaders\": {\"X-A\": 1}}}, ",
                1,
            ),
            "customHeaders.X-A: expected a string, found 1",
        ),
        (
            &DO.replacen(
                '{',
                "{\"extensions\": {\"http\": {\"customHeaders\": {\"X-A\": \"a\\r\\nb\"}}}, ",
                1,
            ),
            "customHeaders.X-A: expected a header name and a value on one line",
        ),
        (
            &DO.replacen(
                '{',
                "{\"extensions\": {\"http\": {\"customHeaders\": {\"X-A\": {\"b\": \"c\"}}}}, ",
                1,
            ),
            "customHeaders.X-A.b: expected a header name",
        ),
        (
            &DO.replace("\"bin/handler\"}", "\"x\", \"arguments\": \"a b\"}"),
            "description.arguments: expected an array of strings",
        ),
        (
            &DO.replace("\"bin/handler\"}", "\"x\", \"arguments\": [7]}"),
            "description.arguments.0: expected a string",
        ),
        (
            &DO.replace("\"bin/handler\"}", "\"x\", \"arguments\": {\"a\": \"b\"}}"),
            "expected an array of strings, found a named element",
        ),
        (
            &DO.replace("\"bin/handler\"}", "\"x\", \"workerDirectory\": \"y\"}"),
            "description.workerDirectory: expected no such key",
        ),
    ];
    for (text, part) in table {
        let problems = problems(text, &[]);
        assert!(
            problems.iter().any(|problem| problem.contains(part)),
            "{text}: {part}: {problems:#?}"
        );
        assert_eq!(problems.len(), 1, "{text}: {problems:#?}");
    }
}

#[test]
fn variables_are_refused_by_their_own_names() {
    let table: &[(&str, &str, &str)] = &[
        (
            "AzureFunctionsJobHost__customHandler__port",
            "x",
            ": expected a port",
        ),
        (
            "AzureFunctionsJobHost__customHandler__enableForwardingHttpRequest",
            "",
            ": expected true or false",
        ),
        (
            "AzureFunctionsJobHost__configurationProfile",
            "mcp",
            ": expected \"mcp-custom-handler\"",
        ),
        (
            "AzureFunctionsJobHost__customHandler__enableForwardingHttpReqest",
            "true",
            "did you mean",
        ),
    ];
    for (name, text, part) in table {
        let problems = problems(DO, &[(name, text)]);
        assert!(
            problems.iter().any(|problem| problem.contains(part)),
            "{name}: {problems:#?}"
        );
    }
    let secret = [(
        "AzureFunctionsJobHost__customHandler__description__arguments",
        "--password=hunter2",
    )];
    let problem = problems(DO, &secret).concat();
    assert!(problem.starts_with(secret[0].0), "{problem}");
    assert!(!problem.contains("hunter2"), "{problem}");
    let twice = [
        ("AzureFunctionsJobHost__functionTimeout", "00:01:00"),
        ("azurefunctionsjobhost__FunctionTimeout", "00:02:00"),
    ];
    assert!(
        problems(DO, &twice)
            .concat()
            .contains("one variable for this key")
    );
}

#[test]
fn functions_left_out_of_the_list_are_not_loaded() {
    let loads = |text: &str, name: &str| parse(text, &[]).unwrap().loads(name);
    assert!(loads(DO, "Health"));
    let listed = DO.replacen('{', "{\"functions\": [\"Health\"], ", 1);
    assert!(loads(&listed, "health"));
    assert!(!loads(&listed, "Hello"));
    assert!(!loads(
        &DO.replacen('{', "{\"functions\": [], ", 1),
        "Health"
    ));
    let wrong = DO.replacen('{', "{\"functions\": [1], ", 1);
    assert!(
        problems(&wrong, &[])
            .concat()
            .contains("host.json: functions.0: expected a string")
    );
}

#[test]
fn all_problems_come_at_once() {
    let text = r#"{"version": "1.0", "functionTimeout": 5, "customHandler": {"enableForwardingHttpRequest": "x", "port": "y"}}"#;
    let problems = problems(
        text,
        &[("AzureFunctionsJobHost__extensions__http__routePrefix", "/x")],
    );
    assert_eq!(problems.len(), 6, "{problems:#?}");
}
