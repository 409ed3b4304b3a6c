//! How the handler starts and ends: every mistake reported at once, nothing half started, no exit code 0.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;

use common::Shape;
use common::process::{Answer, free_port, wait};

/// Starts the handler where it must refuse to start, and gives the lines that say why.
fn refused(root: &Path, settings: &[(&str, &str)]) -> Vec<String> {
    let port = free_port();
    let mut child = common::fixture()
        .command(root, port, settings)
        .spawn()
        .unwrap();
    let status = wait(&mut child);
    let (mut lines, mut log) = (String::new(), String::new());
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut lines)
        .unwrap();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    assert_eq!(status.code(), Some(64), "{lines}{log}");
    assert!(!log.contains("\"start\""), "nothing was started: {log}");
    assert!(
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(),
        "nothing listens"
    );
    lines.lines().map(ToOwned::to_owned).collect()
}

#[track_caller]
fn assert_reported(lines: &[String], at: &str, says: &str) {
    let is_reported = lines
        .iter()
        .any(|line| line.starts_with(at) && line.contains(says));
    assert!(
        is_reported,
        "no line begins with {at:?} and contains {says:?}: {lines:#?}"
    );
}

#[test]
#[rustfmt::skip]
fn each_setting_edited_into_nonsense_gives_one_clear_line() {
    let root = common::fixture().app_root();
    let rows: [(&str, &str, &str); 37] = [
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", "abc", "expected 40 hexadecimal digits (SHA-1) or 64 (SHA-256), found 3 digits"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", "da39a3ee5e6b4b0d3255bfef95601890afd80709,nope", "entry 2"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", ",", "expected entries separated by commas"),
        ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "partner", "set CLIENT_CERT_TRUST_ANCHORS"),
        ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "part\u{200B}ner", "expected visible characters"),
        ("CLIENT_CERT_FRONT_END", "azure", "expected app-service, container-apps, rfc9440 or development, found \"azure\""),
        ("CLIENT_CERT_FRONT_END", "Development", "expected app-service, container-apps, rfc9440 or development, found \"Development\"; did you mean development?"),
        ("CLIENT_CERT_FRONT_END", "appservice", "found \"appservice\"; did you mean app-service?"),
        ("CLIENT_CERT_FRONT_END", "container-apps", "found no CONTAINER_APP_NAME with its CONTAINER_APP_REVISION"),
        ("CLIENT_CERT_FRONT_END_SECRET", "0123456789abcdef0123456789abcdef", "expected CLIENT_CERT_FRONT_END=rfc9440 beside it"),
        ("CLIENT_CERT_TRUST_ANCHORS", "missing.pem", "expected a file of certificates in \"missing.pem\""),
        ("CLIENT_CERT_TRUST_ANCHORS", ";", "expected file names"),
        ("CLIENT_CERT_TRUST_ANCHORS", "host.json", "expected certificates (PEM or DER) in \"host.json\", found none"),
        ("CLIENT_CERT_INTERMEDIATES", "missing.pem", "expected a file of certificates in \"missing.pem\""),
        ("CLIENT_CERT_EXTENDED_KEY_USAGE", "yes", "expected if-present, any, required or ignored"),
        ("CLIENT_CERT_EXTENDED_KEY_USAGE", "require", "did you mean required?"),
        ("CLIENT_CERT_KEY_USAGE", "yes", "expected digital-signature or any"),
        ("CLIENT_CERT_KEY_USAGE", "digitalsignature", "did you mean digital-signature?"),
        ("CLIENT_CERT_MINIMUM_RSA_BITS", "many", "expected a whole number from 1024 to 16384"),
        ("CLIENT_CERT_MINIMUM_RSA_BITS", "512", "expected a whole number from 1024 to 16384"),
        ("CLIENT_CERT_MINIMUM_RSA_BITS", "2048.0", "expected a whole number"),
        ("CLIENT_CERT_MINIMUM_RSA_BITS", "-1", "expected a whole number"),
        ("CLIENT_CERT_DENIED_STATUS", "4403", "did you mean 403?"),
        ("CLIENT_CERT_DENIED_STATUS", "404", "expected 401 or 403, found \"404\""),
        ("CLIENT_CERT_POLICY", "missing.json", "expected a policy document in \"missing.json\", found no such file"),
        ("CLIENT_CERT_POLICY", "http://store.example/policy.json?sig=hunter2", "expected an https URL, found another scheme"),
        ("CLIENT_CERT_POLICY_CACHE", "copies", "expected CLIENT_CERT_POLICY beside it, found none"),
        ("CLIENT_CERT_POLICY_MAX_AGE", "24", "expected CLIENT_CERT_POLICY beside it, found none"),
        ("CLIENT_CERT_POLICY_TOO_OLD", "deny", "expected CLIENT_CERT_POLICY beside it, found none"),
        ("CLIENT_CERT_GATE_SECRET", "x", "expected no such setting in this version"),
        ("CLIENT_CERT_FRONTEND", "development", "the nearest known one is CLIENT_CERT_FRONT_END"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINT", "x", "the nearest known one is ALLOWED_CLIENT_CERT_THUMBPRINTS"),
        ("client_cert_front_end", "development", "the nearest known one is CLIENT_CERT_FRONT_END"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", "@Microsoft.KeyVault(SecretUri=https://vault/secrets/x)", "unresolved Key Vault reference"),
        ("FUNCTIONS_CUSTOMHANDLER_PORT", "http", "expected a port from 1 to 65535"),
        ("FUNCTIONS_CUSTOMHANDLER_PORT", "0", "expected a port from 1 to 65535"),
        ("FUNCTIONS_CUSTOMHANDLER_PORT", "70000", "expected a port from 1 to 65535"),
    ];
    for (name, value, says) in rows {
        let lines = refused(root.path(), &[(name, value)]);
        assert_eq!(lines.len(), 1, "{lines:#?}");
        assert_reported(&lines, name, says);
    }
}

#[test]
fn all_problems_are_reported_at_once_and_no_secret_with_them() {
    let root = common::fixture().app_root();
    fs::write(root.path().join("Health/function.json"), "{").unwrap();
    let settings = [
        ("CLIENT_CERT_FRONT_END", "nobody"),
        ("CLIENT_CERT_DENIED_STATUS", "500"),
        ("CLIENT_CERT_TYPO", "x"),
        ("OUTBOUND_CLIENT_CERT_PASSWORD", "hunter2-hunter2"),
        ("AzureWebJobsStorage", "AccountKey=hunter2-hunter2"),
    ];
    let lines = refused(root.path(), &settings);
    for at in [
        "CLIENT_CERT_FRONT_END",
        "CLIENT_CERT_DENIED_STATUS",
        "CLIENT_CERT_TYPO",
        "Health/function.json",
    ] {
        assert_reported(&lines, at, "");
    }
    assert!(!lines.concat().contains("hunter2"), "{lines:#?}");
}

#[test]
fn without_a_port_the_message_says_what_to_run() {
    let root = common::fixture().app_root();
    let lines = refused(root.path(), &[("FUNCTIONS_CUSTOMHANDLER_PORT", "")]);
    assert_reported(
        &lines,
        "FUNCTIONS_CUSTOMHANDLER_PORT",
        "run mtls local or func start",
    );
}

#[test]
fn a_front_end_that_proves_itself_needs_a_secret_of_some_length() {
    let root = common::fixture().app_root();
    let good = "0123456789abcdef0123456789abcdef";
    let three = [good; 3].join(",");
    for (secret, says) in [
        ("", "found none; set one"),
        ("hunter2-hunter2", "found one that is shorter or longer"),
        (
            "hunter2-hunter2-hunter2-hunter2-hunter2 hunter2",
            "other characters",
        ),
        (&format!("{good},"), "found one that is shorter or longer"),
        (
            &format!("{good}, hunter2"),
            "found one that is shorter or longer",
        ),
        (&three, "found none or more than two"),
        (
            &format!("{good},@Microsoft.KeyVault(VaultName=v;SecretName=s)"),
            "unresolved Key Vault reference",
        ),
        (
            "@Microsoft.AppConfiguration(Endpoint=https://x;Key=y)",
            "unresolved App Configuration reference",
        ),
        (&format!("[\"{good}\"]"), "other characters"),
        (
            "@Microsoft.KeyVault(SecretUri=https://vault/secrets/x)",
            "unresolved Key Vault reference",
        ),
    ] {
        let settings = [
            ("CLIENT_CERT_FRONT_END", "rfc9440"),
            ("CLIENT_CERT_FRONT_END_SECRET", secret),
        ];
        let lines = refused(root.path(), &settings);
        assert_reported(&lines, "CLIENT_CERT_FRONT_END_SECRET", says);
        let text = lines.concat();
        assert!(!text.contains("hunter2") && !text.contains(good), "{text}");
    }
}

#[test]
fn start_refuses_a_front_end_that_cannot_be_there() {
    let root = common::fixture().app_root();
    for variable in ["WEBSITE_INSTANCE_ID", "CONTAINER_NAME", "WEBSITE_POD_NAME"] {
        let lines = refused(
            root.path(),
            &[("CLIENT_CERT_FRONT_END", "development"), (variable, "x")],
        );
        assert_reported(&lines, "CLIENT_CERT_FRONT_END", variable);
    }
    let settings = [
        ("CLIENT_CERT_FRONT_END", "app-service"),
        ("FUNCTIONS_CORETOOLS_ENVIRONMENT", "true"),
    ];
    assert_reported(
        &refused(root.path(), &settings),
        "CLIENT_CERT_FRONT_END",
        "found FUNCTIONS_CORETOOLS_ENVIRONMENT",
    );
}

#[test]
#[rustfmt::skip]
fn each_file_edited_into_nonsense_gives_one_clear_line() {
    let function = |more: &str| format!(
        r#"{{ {more} "bindings": [ {{ "type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous", "methods": ["get"] }}, {{ "type": "http", "direction": "out", "name": "res" }} ] }}"#
    );
    let public = function(r#""clientCertificate": "none","#);
    let open_route = public.replace(r#""methods""#, r#""route": "{*any}", "methods""#);
    let keyed = open_route.replace("anonymous", "function");
    let queue = public.replace(r#"{ "type": "http", "direction": "out", "name": "res" }"#, r#"{ "type": "queue", "direction": "out", "name": "out", "queueName": "q" }"#);
    let rows: [(&str, &str, &str, &str); 20] = [
        ("host.json", "", "host.json", ""),
        ("host.json", "[]", "host.json", ""),
        ("host.json", r#"{"version": "2.0", "version": "2.0"}"#, "host.json", "version"),
        ("host.json", r#"{"version": "1.0"}"#, "host.json", "2.0"),
        ("host.json", r#"{"version": "2.0"}"#, "host.json", "customHandler"),
        ("host.json", r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": 5}}}"#, "host.json", "defaultExecutablePath"),
        ("host.json", r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "bin/handler"}, "enableForwardingHttpRequest": "maybe"}}"#, "host.json", "enableForwardingHttpRequest"),
        ("host.json", r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "bin/handler"}, "http": {"routes": [{"route": "{*route}"}]}}}"#, "host.json: customHandler.http.routes.0", "no folder with a function.json"),
        ("Health/function.json", "{", "Health/function.json", ""),
        ("Health/function.json", "{}", "Health/function.json", "bindings"),
        ("Health/function.json", &public.replace("none", "None"), "Health/function.json: clientCertificate", "\"none\""),
        ("Health/function.json", &public.replace("\"none\"", "false"), "Health/function.json: clientCertificate", "false"),
        ("Health/function.json", &public.replace("\"none\"", "{\"roles\": []}"), "Health/function.json: clientCertificate", "roles"),
        ("Health/function.json", &public.replace("clientCertificate", "clientcertificate"), "Health/function.json", "clientCertificate"),
        ("Health/function.json", &function(r#""clientCertificate": "none", "clientCertificate": "required","#), "Health/function.json", "clientCertificate"),
        ("Health/function.json", &public.replace("httpTrigger", "timerTrigger"), "Health/function.json", ""),
        ("Health/function.json", &open_route, "", "CertInfo"),
        ("Health/function.json", &keyed, "Health", ""),
        ("Health/function.json", &queue, "Health", "envelope"),
        ("SecuredFunction/function.json", &public, "SecuredFunction/function.json: clientCertificate", "takes a permit"),
    ];
    for (file, text, at, says) in rows {
        let root = common::fixture().app_root();
        fs::write(root.path().join(file), text).unwrap();
        assert_reported(&refused(root.path(), &[]), at, says);
    }
}

#[test]
fn start_refuses_folders_and_implementations_that_do_not_belong_together() {
    let root = common::fixture().app_root();
    fs::create_dir(root.path().join("Stranger")).unwrap();
    fs::copy(
        root.path().join("Health/function.json"),
        root.path().join("Stranger/function.json"),
    )
    .unwrap();
    let text = fs::read_to_string(root.path().join("Stranger/function.json")).unwrap();
    fs::write(
        root.path().join("Stranger/function.json"),
        text.replace("\"health\"", "\"stranger\""),
    )
    .unwrap();
    fs::remove_dir_all(root.path().join("CertInfo")).unwrap();
    let lines = refused(root.path(), &[]);
    assert_reported(
        &lines,
        "Stranger/function.json",
        "expected an implementation named Stranger",
    );
    assert_reported(
        &lines,
        "CertInfo/function.json",
        "expected a folder for the implementation CertInfo",
    );
}

#[test]
fn a_function_that_is_switched_off_is_not_there() {
    let handler = common::fixture().start(&[("AzureWebJobs.PublicFunction.Disabled", "true")]);
    assert_eq!(handler.get("/api/PublicFunction", None).status, 404);
    assert_eq!(handler.get("/api/health", None).status, 200);
}

#[test]
fn without_settings_everybody_is_refused_and_the_start_says_so() {
    let root = common::fixture().app_root();
    let caller = Shape::caller("caller").valid_today().self_signed();
    let handler = common::fixture().start_in(root, &[]);
    assert_eq!(
        handler
            .get("/api/SecuredFunction", Some(&caller.header()))
            .status,
        401
    );
    let lines = handler.lines_until(|line| line["event"] == "decision");
    let notes: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["text"].as_str())
        .collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].contains("CLIENT_CERT_FRONT_END is not set"));
    assert!(notes[1].contains("nobody is admitted"));
    assert_eq!(lines.last().unwrap()["reason"], "front-end-undeclared");
}

#[test]
fn a_developers_front_end_is_announced_loudly() {
    let handler = common::fixture().start(&[
        ("CLIENT_CERT_FRONT_END", "development"),
        (
            "ALLOWED_CLIENT_CERT_THUMBPRINTS",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ),
    ]);
    let note = handler.line(|line| line["event"] == "note");
    assert_eq!(note["level"], "warning");
    assert!(
        note["text"]
            .as_str()
            .unwrap()
            .contains("may write the certificate's header themselves"),
        "{note}"
    );
}

#[test]
fn a_function_that_host_json_leaves_out_is_not_there() {
    let root = common::fixture().app_root();
    let text = fs::read_to_string(root.path().join("host.json")).unwrap();
    let text = text.replacen(
        "\"version\": \"2.0\",",
        "\"version\": \"2.0\", \"functions\": [\"Health\"],",
        1,
    );
    fs::write(root.path().join("host.json"), text).unwrap();
    let handler = common::fixture().start_in(root, &[]);
    assert_eq!(handler.get("/api/health", None).status, 200);
    assert_eq!(handler.get("/api/PublicFunction", None).status, 404);
}

#[test]
fn a_file_that_cannot_be_read_gives_one_line_and_nothing_that_follows_from_it() {
    let root = common::fixture().app_root();
    let pipe = root.path().join("pipe.pem");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    fs::create_dir(root.path().join("folder.pem")).unwrap();
    for file in ["missing.pem", "pipe.pem", "folder.pem"] {
        let settings = [
            ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "partner"),
            ("CLIENT_CERT_TRUST_ANCHORS", file),
        ];
        let lines = refused(root.path(), &settings);
        assert_eq!(lines.len(), 1, "{lines:#?}");
        assert_reported(&lines, "CLIENT_CERT_TRUST_ANCHORS", file);
    }
}

#[test]
fn an_end_is_not_held_up_by_a_log_that_nobody_reads() {
    let root = common::fixture().app_root();
    let mut child = common::fixture()
        .command(root.path(), free_port(), &[])
        .spawn()
        .unwrap();
    let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut output, &mut line).unwrap();
    assert!(line.contains("\"start\""), "{line}");
    drop(child.stderr.take());
    let id = child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-s", "TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(wait(&mut child).code(), Some(143));
}

#[test]
fn app_service_is_believed_over_tls_alone() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let thumbprint = caller.sha256();
    let handler = common::fixture().start(&[
        ("CLIENT_CERT_FRONT_END", "app-service"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &thumbprint),
        ("WEBSITE_INSTANCE_ID", "0"),
    ]);
    let with = |proto: &str| {
        let value = caller.header();
        let request = format!(
            "GET /api/SecuredFunction HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {value}\r\n{proto}\r\n"
        );
        handler.exchange(request.as_bytes()).unwrap().status
    };
    assert_eq!(with("X-Forwarded-Proto: https\r\n"), 200);
    assert_eq!(with(""), 401);
    assert_eq!(with("X-Forwarded-Proto: http\r\n"), 401);
    assert_eq!(
        with("X-Forwarded-Proto: https\r\nX-Forwarded-Proto: https\r\n"),
        401
    );
    assert_eq!(with("X-Forwarded-Proto: https, http\r\n"), 401);
}

#[test]
fn start_refuses_a_port_that_is_taken() {
    let root = common::fixture().app_root();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut child = common::fixture()
        .command(root.path(), taken.local_addr().unwrap().port(), &[])
        .spawn()
        .unwrap();
    assert_eq!(wait(&mut child).code(), Some(64));
    let mut lines = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut lines)
        .unwrap();
    assert!(
        lines.contains("FUNCTIONS_CUSTOMHANDLER_PORT: expected a free port"),
        "{lines}"
    );
}

#[test]
fn signals_end_the_process_with_codes_that_are_not_0() {
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let mut handler = common::fixture().start(&[]);
        // An idle connection and half a request hold nothing up.
        let mut idle = handler.connect();
        idle.write_all(common::process::get("/api/health", None).as_bytes())
            .unwrap();
        assert_eq!(Answer::read(&mut idle).unwrap().status, 200);
        handler.signal(signal);
        assert_eq!(handler.wait().code(), Some(code));
    }
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    let mut handler = common::fixture().start(&[]);
    let mut half = handler.connect();
    half.write_all(
        b"POST /api/PublicFunction HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
    )
    .unwrap();
    assert_eq!(Answer::read(&mut half).unwrap().status, 200);
    let begin = std::time::Instant::now();
    handler.signal("TERM");
    // The first signal has been taken once nobody is let in any more.
    while TcpStream::connect((Ipv4Addr::LOCALHOST, handler.port)).is_ok() {
        assert!(begin.elapsed() < common::process::PATIENCE);
    }
    handler.signal("TERM");
    assert_eq!(handler.wait().code(), Some(143));
    assert!(begin.elapsed() < functions_handler::server::DRAIN_TIMEOUT);
}

#[test]
fn half_a_request_delays_the_end_no_longer_than_the_drain() {
    let mut handler = common::fixture().start(&[]);
    let mut half = handler.connect();
    half.write_all(b"GET /api/health HTTP/1.1\r\nHost: ")
        .unwrap();
    assert_eq!(handler.get("/api/health", None).status, 200);
    handler.signal("TERM");
    assert_eq!(handler.wait().code(), Some(143));
}

#[test]
fn the_log_is_whole_when_the_process_has_ended() {
    let mut handler = common::fixture().start(&[]);
    for _ in 0..50 {
        assert_eq!(handler.get("/api/health", None).status, 200);
    }
    handler.signal("TERM");
    assert_eq!(handler.wait().code(), Some(143));
    for _ in 0..50 {
        assert_eq!(
            handler.line(|line| line["event"] == "access")["status"],
            200
        );
    }
}

#[test]
fn a_setting_of_the_apps_own_is_known_and_a_misspelt_one_is_not() {
    common::fixture().start(&[("CLIENT_CERTIFICATE_X", "anything")]);
    let root = common::fixture().app_root();
    let lines = refused(root.path(), &[("CLIENT_CERTIFICATE_Y", "anything")]);
    assert_reported(
        &lines,
        "CLIENT_CERTIFICATE_Y",
        "the nearest known one is CLIENT_CERTIFICATE_X",
    );
}

#[test]
fn a_pipe_in_place_of_a_file_of_the_app_does_not_hold_the_start_up() {
    for file in ["host.json", "Health/function.json"] {
        let root = common::fixture().app_root();
        let path = root.path().join(file);
        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        assert_reported(&refused(root.path(), &[]), file, "found: a pipe");
    }
}
