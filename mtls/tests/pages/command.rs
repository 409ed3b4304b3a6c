//! The commands of a block, and what must come of each.

/// One command, or a remark that is checked.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Command {
    /// `mtls local`, which serves until another one takes its place or the page ends. Its arguments.
    Local(String),
    /// `curl … # 200`: the status of the answer.
    Curl { line: String, status: String },
    /// `… # says TEXT`: the output has the text, whatever the exit code.
    Says { line: String, text: String },
    /// Any other: the exit code is 0.
    Succeeds(String),
    /// `# The log says TEXT.`: the next line of the app's log that has it is waited for.
    LogSays(String),
}

/// What the tests have done already: they were built.
const BUILDS: [&str; 5] = [
    "cargo build ",
    "cargo install ",
    "cargo run ",
    "cargo test ",
    "mtls build",
];

/// The commands of a block, one after the other.
pub(crate) fn commands(block: &str) -> Vec<Command> {
    logical_lines(block)
        .into_iter()
        .map(|line| line.replace("cargo mtls ", "mtls "))
        .filter(|line| !BUILDS.iter().any(|build| line.starts_with(build)))
        .filter_map(|line| command(&line))
        .collect()
}

fn command(line: &str) -> Option<Command> {
    if let Some(comment) = line.strip_prefix('#') {
        let text = comment.trim().strip_prefix("The log says ")?;
        return Some(Command::LogSays(text.trim_end_matches('.').to_owned()));
    }
    let (command, comment) = match line.rsplit_once(" # ") {
        Some((command, comment)) if !line.contains('\n') || !comment.contains('\n') => {
            (command.trim_end(), comment.trim())
        }
        _ => (line, ""),
    };
    if let Some(arguments) = command.strip_prefix("mtls local") {
        return Some(Command::Local(arguments.trim().to_owned()));
    }
    let line = command.to_owned();
    Some(if let Some(text) = comment.strip_prefix("says ") {
        let text = text.to_owned();
        Command::Says { line, text }
    } else if command.starts_with("curl ") && is_status(comment) {
        let status = comment.to_owned();
        Command::Curl { line, status }
    } else {
        Command::Succeeds(line)
    })
}

fn is_status(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Lines, with those that continue them: after `\`, and up to the `END` of what a command reads.
fn logical_lines(block: &str) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    let mut continues = false;
    let mut reads = false;
    for line in block.lines() {
        match whole.last_mut().filter(|_| continues || reads) {
            Some(last) => {
                last.push('\n');
                last.push_str(line);
            }
            None if line.trim().is_empty() => continue,
            None => whole.push(line.to_owned()),
        }
        reads = (reads || line.contains("<<'END'")) && line != "END";
        continues = line.ends_with('\\');
    }
    assert!(!reads, "what a command reads has no end: {block}");
    whole
}

#[test]
fn commands_say_what_must_come_of_them() {
    let block = "cargo build --release\ncargo mtls local --mode required  # 403\n\n\
        curl --cacert x \\\n    https://y # 401\n# The log says not-listed.\n# A remark.\n\
        cat > a <<'END'\n{ # no comment\nEND\nmtls explain x # says expired\nmtls functions # all\n";
    let text = str::to_owned;
    let expected = [
        Command::Local(text("--mode required")),
        Command::Curl {
            line: text("curl --cacert x \\\n    https://y"),
            status: text("401"),
        },
        Command::LogSays(text("not-listed")),
        Command::Succeeds(text("cat > a <<'END'\n{ # no comment\nEND")),
        Command::Says {
            line: text("mtls explain x"),
            text: text("expired"),
        },
        Command::Succeeds(text("mtls functions")),
    ];
    assert_eq!(commands(block), expected);
}
