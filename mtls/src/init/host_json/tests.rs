use super::*;

fn file(folder: &Path, text: &str) -> String {
    let file =
        HostFile::parse(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}: {text}"));
    match file.is_gated() {
        true => file.ungated().unwrap(),
        false => file.gated(folder).unwrap(),
    }
}

/// What `customHandler.description` holds, and what it holds with the gate.
const TABLE: [(&str, &str); 12] = [
    (
        r#" "defaultExecutablePath": "python3", "arguments": ["server.py"] "#,
        r#" "defaultExecutablePath": "bin/gate", "arguments": ["--", "python3", "server.py"] "#,
    ),
    (
        r#""defaultExecutablePath":"bin/server""#,
        r#""defaultExecutablePath":"bin/gate", "arguments": ["--", "bin/server"]"#,
    ),
    (
        r#""defaultExecutablePath": "here", "arguments": []"#,
        r#""defaultExecutablePath": "bin/gate", "arguments": ["--", "./here" ]"#,
    ),
    (
        r#""defaultExecutablePath": "node", "arguments": [ /* none */ ]"#,
        r#""defaultExecutablePath": "bin/gate", "arguments": ["--", "node"  /* none */ ]"#,
    ),
    (
        "\n    // the program\n    \"defaultExecutablePath\": \"node\", // of PATH\n    \"workingDirectory\": \"app\",\n  ",
        "\n    // the program\n    \"defaultExecutablePath\": \"bin/gate\",\n    \"arguments\": [\"--\", \"node\"], // of PATH\n    \"workingDirectory\": \"app\",\n  ",
    ),
    (
        "\r\n\t\"defaultExecutablePath\": \"node\"\r\n",
        "\r\n\t\"defaultExecutablePath\": \"bin/gate\",\r\n\t\"arguments\": [\"--\", \"node\"]\r\n",
    ),
    (
        "\"arguments\": [\n  // first\n  \"a\", // of a\n  \"b\",\n], \"defaultExecutablePath\": \"node\"",
        "\"arguments\": [\n  // first\n  \"--\", \"node\", \"a\", // of a\n  \"b\",\n], \"defaultExecutablePath\": \"bin/gate\"",
    ),
    (
        r#""DEFAULTEXECUTABLEPATH": 'node', "Arguments": ['a',]"#,
        r#""DEFAULTEXECUTABLEPATH": "bin/gate", "Arguments": ["--", 'node', 'a',]"#,
    ),
    (
        r#""defaultExecutablePath": "here", "workingDirectory": "app", "arguments": ["%PORT%"]"#,
        r#""defaultExecutablePath": "bin/gate", "workingDirectory": "app", "arguments": ["--", "../here", "%PORT%"]"#,
    ),
    (
        r#""defaultExecutablePath": "my server/x", "useStdErrorStreamForErrorsOnly": false"#,
        r#""defaultExecutablePath": "bin/gate", "arguments": ["--", "\"my server/x\""], "useStdErrorStreamForErrorsOnly": false"#,
    ),
    (
        r#""arguments": [], "defaultExecutablePath": "node""#,
        r#""arguments": ["--", "node" ], "defaultExecutablePath": "bin/gate""#,
    ),
    // Another program of this name.
    (
        r#""defaultExecutablePath": "gate", "arguments": ["serve"]"#,
        r#""defaultExecutablePath": "bin/gate", "arguments": ["--", "gate", "serve"]"#,
    ),
];

#[test]
fn the_gate_is_put_before_the_server_and_taken_away_without_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("here"), "").unwrap();
    for (before, after) in TABLE {
        for (start, end) in [
            (
                "{\"version\": \"2.0\", \"customHandler\": {\"description\": {",
                "}}}",
            ),
            (
                "\u{FEFF}// ü\n{\"customHandler\": {\"port\": 5000, \"description\": {",
                "}, }, // end\n \"version\": \"2.0\" }\n",
            ),
        ] {
            let text = |inner: &str| format!("{start}{inner}{end}");
            let gated = file(folder.path(), &text(before));
            assert_eq!(gated, text(after));
            assert_eq!(file(folder.path(), &gated), text(before));
        }
    }
}

/// A gated description that somebody edited since, and the way back.
#[test]
fn what_was_edited_since_stays() {
    let table = [
        (
            "\"defaultExecutablePath\": \"bin/gate\", \"arguments\": [\n\"--\",\n\"node\", // the server\n\"a\"]",
            "\"defaultExecutablePath\": \"node\", \"arguments\": [\n// the server\n\"a\"]",
        ),
        (
            r#""defaultExecutablePath": "bin/gate", "arguments": ["--", "node" /* c */, "a"]"#,
            r#""defaultExecutablePath": "node", "arguments": ["a"]"#,
        ),
        (
            r#""defaultExecutablePath": "bin/gate", /* c */ "arguments": ["--", "node"]"#,
            r#""defaultExecutablePath": "node", /* c */ "arguments": []"#,
        ),
        (
            r#""defaultExecutablePath": "gate", "arguments": ["--", "./server"]"#,
            r#""defaultExecutablePath": "server""#,
        ),
    ];
    for (before, after) in table {
        let text = |inner: &str| {
            format!("{{\"version\": \"2.0\", \"customHandler\": {{\"description\": {{{inner}}}}}}}")
        };
        assert_eq!(file(Path::new("/nowhere"), &text(before)), text(after));
    }
}

#[test]
fn forms_that_cannot_be_kept_are_refused() {
    let table = [
        (r#"{"version": "2.0"}"#, "customHandler"),
        (
            r#"{"version": "2.0", "httpWorker": {"description": {"defaultExecutablePath": "x"}}}"#,
            "httpWorker",
        ),
        (
            r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "x", "defaultWorkerPath": "y"}}}"#,
            "use arguments",
        ),
        (
            r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "x", "arguments": "[\"y\"]"}}}"#,
            "an array of strings",
        ),
        (
            r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "bin/gate"}}}"#,
            "server's command",
        ),
    ];
    for (text, part) in table {
        let file = HostFile::parse(text.as_bytes());
        let problems = file.and_then(|file| {
            let text = match file.is_gated() {
                true => file.ungated(),
                false => file.gated(Path::new("/nowhere")),
            };
            text.map_err(|problem| vec![problem])
        });
        let problems = Problem::lines(&problems.unwrap_err()).join("\n");
        assert!(problems.contains(part), "{text}: {problems}");
    }
}
