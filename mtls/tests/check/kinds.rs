//! Every kind of finding, each with an app that has it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::app::{App, X86_64, elf};

/// What breaks an app, and what is found then.
struct Row {
    breaks: fn(&App),
    severity: &'static str,
    kind: &'static str,
    /// The file, and a text in the line that is named; the whole file without one.
    place: (&'static str, &'static str),
    /// A part of what was found.
    found: &'static str,
}

const fn row(
    severity: &'static str,
    kind: &'static str,
    place: (&'static str, &'static str),
    found: &'static str,
    breaks: fn(&App),
) -> Row {
    Row {
        breaks,
        severity,
        kind,
        place,
        found,
    }
}

const HOST: &str = "host.json";
const FUNCTION: &str = "Orders/function.json";
const SETTINGS: &str = "local.settings.json";
const FUNCIGNORE: &str = ".funcignore";

const PROXYING: &str = "\"enableProxyingHttpRequest\": true";
const FORWARDING: &str = "\"enableForwardingHttpRequest\": true,\n";
const PROGRAM: &str = "defaultExecutablePath";

const ARM64: u8 = 183;

const ROWS: [Row; 75] = [
    row(
        "error",
        "dead-switch",
        (HOST, "enableHttpProxyingRequest"),
        "customHandler.enableHttpProxyingRequest",
        |app| {
            app.edit(HOST, PROXYING, "\"enableHttpProxyingRequest\": true");
        },
    ),
    row(
        "error",
        "dead-switch",
        (HOST, "\"enableProxying\""),
        "customHandler.enableProxying",
        |app| {
            app.edit(HOST, PROXYING, "\"enableProxying\": true");
        },
    ),
    row(
        "error",
        "dead-switch",
        (HOST, "\"enableProxying\""),
        "customHandler.http.enableProxying",
        |app| {
            app.edit(HOST, PROXYING, "\"http\": {\n\"enableProxying\": true}");
        },
    ),
    row(
        "warning",
        "dead-switch",
        (HOST, "\"enableProxying\""),
        "customHandler.http.enableProxying",
        |app| {
            app.edit(
                HOST,
                PROXYING,
                "\"enableProxyingHttpRequest\": true, \"http\": {\n\"enableProxying\": true}",
            );
        },
    ),
    row(
        "error",
        "dead-switch",
        (HOST, PROXYING),
        "enableProxyingHttpRequest",
        |app| {
            app.edit(HOST, ",\n    \"enableProxyingHttpRequest\": true", "");
            app.add(HOST, PROXYING);
        },
    ),
    row(
        "error",
        "dead-switch",
        (HOST, "enableForwardingHttpRequest"),
        "customHandler.description.enableForwardingHttpRequest",
        |app| {
            app.edit(HOST, FORWARDING, "");
            app.edit(
                HOST,
                "\"bin/handler\"",
                "\"bin/handler\",\n\"enableForwardingHttpRequest\": true",
            );
        },
    ),
    row(
        "note",
        "dialect",
        (HOST, FORWARDING),
        "by forwarding",
        |app| {
            app.edit(HOST, ",\n    \"enableProxyingHttpRequest\": true", "");
            app.edit(
                HOST,
                "\"enableForwardingHttpRequest\": true",
                "\"enableForwardingHttpRequest\": true,\n\"port\": 8080",
            );
        },
    ),
    row("note", "dialect", (HOST, PROXYING), "by proxying", |app| {
        app.edit(HOST, FORWARDING, "");
    }),
    row(
        "note",
        "dialect",
        (HOST, "\"customHandler\""),
        "by JSON envelopes",
        |app| {
            app.edit(HOST, FORWARDING, "");
            app.edit(HOST, PROXYING, "\"port\": 8080");
        },
    ),
    row(
        "error",
        "host-json",
        (HOST, "\"version\""),
        "version: expected \"2.0\"",
        |app| {
            app.edit(HOST, "\"2.0\"", "\"1.0\"");
        },
    ),
    row(
        "error",
        "host-json",
        (HOST, "functionTimeout"),
        "functionTimeout: expected hh:mm:ss",
        |app| {
            app.add(HOST, "\"functionTimeout\": \"5\"");
        },
    ),
    row(
        "error",
        "host-json",
        (HOST, "routePrefix"),
        "extensions.http.routePrefix",
        |app| {
            app.add(
                HOST,
                "\"extensions\": {\"http\": {\n\"routePrefix\": \"/api\"}}",
            );
        },
    ),
    row(
        "error",
        "host-json",
        (HOST, "enableForwardHttpRequest"),
        "enableForwardHttpRequest",
        |app| {
            app.edit(
                HOST,
                "enableForwardingHttpRequest",
                "enableForwardHttpRequest",
            );
        },
    ),
    row(
        "error",
        "host-json",
        (HOST, "configurationProfile"),
        "configurationProfile",
        |app| {
            app.add(HOST, "\"configurationProfile\": \"mcp\"");
        },
    ),
    row(
        "error",
        "host-json",
        (HOST, "nonsense"),
        "expected JSON",
        |app| {
            app.edit(HOST, "\"version\"", "nonsense nonsense");
        },
    ),
    row(
        "error",
        "host-json",
        (HOST, "\"health\""),
        "public route",
        |app| {
            app.remove(FUNCTION);
            app.edit(HOST, PROXYING, "\"enableProxyingHttpRequest\": true, \"http\": {\"defaultAuthorizationLevel\": \"anonymous\", \"routes\": [{\"route\": \"{*all}\"},\n{\"route\": \"health\", \"clientCertificate\": \"none\"}]}");
        },
    ),
    row(
        "error",
        "function-json",
        (FUNCTION, "clientCertificat\""),
        "clientCertificat: expected the key clientCertificate",
        |app| {
            app.edit(FUNCTION, "clientCertificate", "clientCertificat");
        },
    ),
    row(
        "error",
        "function-json",
        (FUNCTION, "\"open\""),
        "clientCertificate: expected",
        |app| {
            app.edit(FUNCTION, "\"required\"", "\"open\"");
        },
    ),
    row(
        "error",
        "function-json",
        (FUNCTION, "\"fetch\""),
        "bindings.req.methods",
        |app| {
            app.edit(FUNCTION, "\"get\"", "\"fetch\"");
        },
    ),
    row(
        "error",
        "function-json",
        ("Again/function.json", ""),
        "expected each route and method once",
        |app| {
            copy(app, "Again", "orders", "required");
        },
    ),
    row(
        "error",
        "function-json",
        ("Zebra/function.json", ""),
        "expected a public route",
        |app| {
            copy(app, "Zebra", "{any}", "none");
        },
    ),
    // Also where host.json is refused, of which the engine reports nothing else.
    row(
        "error",
        "function-json",
        (FUNCTION, "\"open\""),
        "clientCertificate: expected",
        |app| {
            app.edit(HOST, "\"2.0\"", "\"1.0\"");
            app.edit(FUNCTION, "\"required\"", "\"open\"");
        },
    ),
    row(
        "error",
        "function-json",
        ("Again/function.json", ""),
        "expected each route and method once",
        |app| {
            app.edit(HOST, "\"2.0\"", "\"1.0\"");
            copy(app, "Again", "orders", "required");
        },
    ),
    row(
        "error",
        "setting",
        (SETTINGS, "CLIENT_CERT_MINIMUM_RSA_BITS"),
        "CLIENT_CERT_MINIMUM_RSA_BITS: expected",
        |app| {
            app.setting("CLIENT_CERT_MINIMUM_RSA_BITS", "few");
        },
    ),
    row(
        "warning",
        "setting",
        (SETTINGS, "CLIENT_CERT_FRONT_ENT"),
        "CLIENT_CERT_FRONT_ENT",
        |app| {
            app.setting("CLIENT_CERT_FRONT_ENT", "development");
        },
    ),
    row("error", "setting", (SETTINGS, "Valeus"), "Valeus", |app| {
        app.edit(SETTINGS, "\"Values\"", "\"Valeus\"");
    }),
    row(
        "warning",
        "unread-key",
        (HOST, "extensionsBundle"),
        "extensionsBundle",
        |app| {
            app.add(HOST, "\"extensionsBundle\": {}");
        },
    ),
    row(
        "warning",
        "unread-key",
        (HOST, "routePrefx"),
        "extensions.http.routePrefx",
        |app| {
            app.add(HOST, "\"extensions\": {\"http\": {\n\"routePrefx\": \"\"}}");
        },
    ),
    row(
        "note",
        "unread-key",
        (HOST, "unheardOf"),
        "customHandler.description.unheardOf",
        |app| {
            app.edit(
                HOST,
                "\"bin/handler\"",
                "\"bin/handler\",\n\"unheardOf\": 1",
            );
        },
    ),
    row(
        "warning",
        "unread-key",
        (FUNCTION, "methds"),
        "bindings.0.methds",
        |app| {
            app.edit(FUNCTION, "\"methods\"", "\"methds\"");
        },
    ),
    row(
        "warning",
        "unread-key",
        (FUNCTION, "\"disabled\""),
        "disabled",
        |app| {
            app.add(FUNCTION, "\"disabled\": true");
        },
    ),
    row(
        "warning",
        "key-beside-certificate",
        (FUNCTION, "authLevel"),
        "a key beside the certificate",
        |app| {
            app.edit(FUNCTION, "\"anonymous\"", "\"function\"");
        },
    ),
    row(
        "warning",
        "key-beside-certificate",
        (FUNCTION, "{ \"type\": \"httpTrigger\""),
        "a key beside the certificate",
        |app| {
            app.edit(FUNCTION, "{\n      \"type\"", "{ \"type\"");
            app.edit(FUNCTION, "      \"authLevel\": \"anonymous\",\n", "");
        },
    ),
    row(
        "warning",
        "key-beside-certificate",
        (FUNCTION, "authLevel"),
        "a key and no certificate",
        |app| {
            app.edit(FUNCTION, "\"anonymous\"", "\"admin\"");
            app.edit(FUNCTION, "\"required\"", "\"none\"");
        },
    ),
    row(
        "warning",
        "key-beside-certificate",
        (HOST, "\"{*all}\""),
        "authorizationLevel is function",
        |app| {
            app.remove(FUNCTION);
            app.edit(HOST, PROXYING, "\"enableProxyingHttpRequest\": true, \"http\": {\"routes\": [\n{\"route\": \"{*all}\"}]}");
        },
    ),
    row(
        "warning",
        "host-endpoint",
        (HOST, "\"mcp\""),
        "/runtime/webhooks/mcp",
        |app| {
            app.add(HOST, "\"extensions\": {\n\"mcp\": {}}");
        },
    ),
    row(
        "warning",
        "host-endpoint",
        ("Tool/function.json", "mcpToolTrigger"),
        "/runtime/webhooks/mcp",
        |app| {
            trigger(app, "mcpToolTrigger");
        },
    ),
    row(
        "warning",
        "host-endpoint",
        ("Tool/function.json", "eventGridTrigger"),
        "/runtime/webhooks/EventGrid",
        |app| {
            trigger(app, "eventGridTrigger");
        },
    ),
    row(
        "warning",
        "no-gate",
        (HOST, PROGRAM),
        "without the gate",
        |app| {
            app.edit(
                HOST,
                "\"bin/handler\"",
                "\"python3\", \"arguments\": [\"server.py\"]",
            );
            app.write("server.py", "");
        },
    ),
    row(
        "error",
        "program-path",
        (HOST, PROGRAM),
        "begins with ./",
        |app| {
            app.edit(HOST, "bin/handler", "./bin/handler");
        },
    ),
    row(
        "error",
        "program-path",
        (HOST, PROGRAM),
        "backslash",
        |app| {
            app.edit(HOST, "bin/handler", "bin\\\\handler");
        },
    ),
    row(
        "warning",
        "program-path",
        (HOST, PROGRAM),
        "a variable",
        |app| {
            app.edit(HOST, "bin/handler", "%FOLDER%/handler");
            app.setting("FOLDER", "bin");
        },
    ),
    row(
        "warning",
        "program-path",
        (HOST, PROGRAM),
        "out of the app's folder",
        |app| {
            app.edit(HOST, "bin/handler", "../bin/handler");
        },
    ),
    row(
        "error",
        "program-missing",
        (HOST, PROGRAM),
        "there is no bin/handler",
        |app| {
            app.remove("bin/handler");
        },
    ),
    row(
        "note",
        "program-missing",
        (HOST, PROGRAM),
        "bin/handler is not built yet",
        |app| {
            app.remove("bin/handler");
            app.write("Cargo.toml", "");
        },
    ),
    row(
        "warning",
        "program-missing",
        (HOST, PROGRAM),
        "myserver is no file",
        |app| {
            app.edit(HOST, "bin/handler", "myserver");
        },
    ),
    row("error", "program-format", (HOST, PROGRAM), "ARM64", |app| {
        app.program("bin/handler", &elf(ARM64));
    }),
    row(
        "error",
        "program-format",
        (HOST, PROGRAM),
        "neither a program nor a script",
        |app| {
            app.program("bin/handler", b"print('hello')");
        },
    ),
    row(
        "error",
        "program-format",
        (HOST, PROGRAM),
        "no file that can be read",
        |app| {
            app.edit(HOST, "bin/handler", "Orders");
        },
    ),
    row(
        "error",
        "execute-bit",
        (HOST, PROGRAM),
        "has no execute bit",
        |app| {
            app.mode("bin/handler", 0o644);
        },
    ),
    row(
        "warning",
        "execute-bit",
        (HOST, "arguments"),
        "bin/server has an execute bit here",
        |app| {
            app.gate(&["bin/server"]);
            app.program("bin/server", &elf(X86_64));
        },
    ),
    row(
        "error",
        "execute-bit",
        (HOST, "arguments"),
        "bin/server has no execute bit",
        |app| {
            app.gate(&["bin/server"]);
            app.write("bin/server", elf(X86_64));
        },
    ),
    row(
        "error",
        "script-line-ends",
        (HOST, PROGRAM),
        "Windows line ends",
        |app| {
            app.program("bin/handler", b"#!/bin/sh\r\nexec ./server\r\n");
        },
    ),
    row(
        "warning",
        "launcher",
        (HOST, "arguments"),
        "started by npm",
        |app| app.gate(&["npm", "start"]),
    ),
    row(
        "warning",
        "launcher",
        (HOST, "arguments"),
        "started by sh",
        |app| {
            app.gate(&["/bin/sh", "-c", "python3 server.py"]);
        },
    ),
    row(
        "warning",
        "launcher",
        (HOST, PROGRAM),
        "started by bash",
        |app| {
            app.program("bin/handler", b"#!/usr/bin/env bash\npython3 server.py\n");
        },
    ),
    row(
        "warning",
        "launcher",
        (HOST, PROGRAM),
        "started by npm",
        |app| {
            app.edit(HOST, "bin/handler", "npm");
        },
    ),
    row(
        "error",
        "server-missing",
        (HOST, "arguments"),
        "there is no other.py",
        |app| {
            app.gate(&["python3", "other.py"]);
        },
    ),
    row(
        "error",
        "server-missing",
        (HOST, "arguments"),
        "there is no bin/server",
        |app| app.gate(&["bin/server"]),
    ),
    row(
        "error",
        "virtual-environment",
        (HOST, "arguments"),
        "started from .venv",
        |app| {
            app.gate(&[".venv/bin/python3", "server.py"]);
        },
    ),
    row(
        "error",
        "virtual-environment",
        (HOST, "arguments"),
        "in .venv alone",
        |app| {
            app.gate(&["python3", "server.py"]);
            app.remove("requirements.txt");
            app.write(".venv/pyvenv.cfg", "");
        },
    ),
    row(
        "error",
        "stack",
        (SETTINGS, "FUNCTIONS_WORKER_RUNTIME"),
        "is python",
        |app| {
            app.edit(SETTINGS, "\"custom\"", "\"python\"");
        },
    ),
    row(
        "note",
        "stack",
        (SETTINGS, "FUNCTIONS_WORKER_RUNTIME"),
        "needs Python",
        |app| {
            app.gate(&["python3", "server.py"]);
        },
    ),
    row(
        "note",
        "stack",
        (SETTINGS, "FUNCTIONS_WORKER_RUNTIME"),
        "needs Node",
        |app| {
            app.gate(&["node", "server.js"]);
        },
    ),
    row(
        "error",
        "package-lacks",
        (FUNCIGNORE, "bin/"),
        "leaves bin/handler out",
        |app| {
            app.write(FUNCIGNORE, "certs/\n*.pfx\n*.key\n*.settings.json\nbin/\n");
        },
    ),
    row(
        "error",
        "package-lacks",
        (FUNCIGNORE, "*.json"),
        "leaves Orders/function.json out",
        |app| {
            app.write(FUNCIGNORE, "certs/\n*.pfx\n*.key\n*.json\n");
        },
    ),
    row(
        "error",
        "package-lacks",
        (FUNCIGNORE, "*.py"),
        "leaves server.py out",
        |app| {
            app.gate(&["python3", "-u", "server.py"]);
            app.write(FUNCIGNORE, "*.py\ncerts/\n*.pfx\n*.key\n*.settings.json\n");
        },
    ),
    row(
        "warning",
        "package-leaks",
        (FUNCIGNORE, ""),
        "there is no such file",
        |app| app.remove(FUNCIGNORE),
    ),
    row(
        "warning",
        "package-leaks",
        (FUNCIGNORE, ""),
        "certs/",
        |app| {
            app.write(FUNCIGNORE, "partner.pfx\n*.key\n*.settings.json\n");
        },
    ),
    row(
        "warning",
        "package-leaks",
        (FUNCIGNORE, ""),
        "local.settings.json",
        |app| {
            app.write(FUNCIGNORE, "certs/\n*.pfx\n*.key\n");
        },
    ),
    row(
        "error",
        "package-leaks",
        (FUNCIGNORE, ""),
        "keys/partner.pem",
        |app| {
            app.write(
                "keys/partner.pem",
                // In parts: this file has no key in it.
                format!(
                    "-----BEGIN {0} KEY-----\n{1}\n-----END {0} KEY-----\n",
                    "PRIVATE",
                    "A".repeat(64)
                ),
            );
        },
    ),
    row(
        "error",
        "extension-bundle",
        ("Tool/function.json", "queueTrigger"),
        "queueTrigger comes from an extension",
        |app| {
            trigger(app, "queueTrigger");
        },
    ),
    row(
        "note",
        "time-limit",
        (HOST, "functionTimeout"),
        "more than 10 minutes",
        |app| {
            app.add(HOST, "\"functionTimeout\": \"00:10:01\"");
        },
    ),
    row(
        "note",
        "time-limit",
        (HOST, "functionTimeout"),
        "unlimited",
        |app| {
            app.add(HOST, "\"functionTimeout\": \"-1\"");
        },
    ),
    row(
        "note",
        "route-prefix",
        (HOST, ""),
        "the route prefix",
        |app| app.gate(&["python3", "server.py"]),
    ),
];

#[test]
fn every_kind_is_found_at_its_line() {
    let page = include_str!("../../../docs/check.md");
    let page = page.split("\n## ").next().unwrap();
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let documented: BTreeSet<&str> = rows.collect();
    let tried: BTreeSet<&str> = ROWS.iter().map(|row| row.kind).collect();
    assert_eq!(tried, documented);
    let wrong: Vec<String> = ROWS.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a row does not find.
fn wrong(row: &Row) -> Option<String> {
    let app = App::new();
    (row.breaks)(&app);
    let (file, text) = row.place;
    let line = match text {
        "" => Value::Null,
        text => app.line(file, text.trim()).into(),
    };
    let report = app.report();
    let found = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .any(|finding| {
            let is_said = ["happens", "do"]
                .iter()
                .all(|key| finding[key].as_str().is_some_and(|text| text.len() > 10));
            finding["severity"] == row.severity
                && finding["kind"] == row.kind
                && finding["file"] == file
                && finding["line"] == line
                && finding["found"].as_str().unwrap().contains(row.found)
                && is_said
        });
    let expected = format!("{} {} {file}:{line} {}", row.severity, row.kind, row.found);
    (!found).then(|| format!("expected {expected}, found {:#}", report["findings"]))
}

/// A second function, with this route and marker.
fn copy(app: &App, name: &str, route: &str, marker: &str) {
    let text = std::fs::read_to_string(app.folder().join(FUNCTION)).unwrap();
    let text = text.replace("\"orders\"", &format!("\"{route}\""));
    // The marker of the first may be what a row is about.
    let text = text.replace("\"required\"", &format!("\"{marker}\""));
    app.write(&format!("{name}/function.json"), text);
}

/// A function that something else than a request starts.
fn trigger(app: &App, kind: &str) {
    let text = format!(
        "{{\n\"bindings\": [{{\n\"type\": \"{kind}\",\n\"direction\": \"in\", \"name\": \"item\"}}]}}"
    );
    app.write("Tool/function.json", text);
}
