//! Pages walked through: each command of each, in order, in a fresh app.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use crate::app::{App, LOCAL, has_tools};
use crate::block::{Block, Fate, blocks};
use crate::book::{pages, shown, sources};
use crate::command::{Command, commands};
use crate::running::Running;

/// Where `mtls local` serves in the pages.
const ADDRESS: &str = "localhost:7443";

/// Enough to fill two cores while certificates are made and handlers start.
const AT_A_TIME: usize = 4;

#[test]
fn every_block_of_commands_is_run_or_says_why_not() {
    let sources = sources();
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for block in blocks(&text) {
            let is_right = match block.fate() {
                Fate::Run => !commands(block.text).is_empty() || block.text.contains("cargo "),
                Fate::Needs(_) => true,
                Fate::RunBy(test) => sources.contains(&format!("fn {test}()")),
                Fate::Unmarked => false,
            };
            if !is_right {
                wrong.push(format!("{}:{}", shown(&page), block.line));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "expected a block that is run, names a test that is there, or begins with what it needs: {wrong:#?}"
    );
}

#[test]
fn every_page_works_as_it_is_written() {
    if !has_tools() {
        return;
    }
    let only = std::env::var_os("PAGE")
        .unwrap_or_default()
        .into_string()
        .unwrap();
    let pages: Vec<PathBuf> = pages()
        .into_iter()
        .filter(|page| shown(page).contains(&only))
        .collect();
    assert!(!pages.is_empty(), "no page is named {only}");
    let next = Mutex::new(pages.into_iter());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(page) = { next.lock().unwrap().next() } {
                    if let Err(why) = walk(&page) {
                        failed.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// Runs the commands of a page, up to the first that fails.
fn walk(page: &Path) -> Result<(), String> {
    let text = fs::read_to_string(page).unwrap();
    let blocks: Vec<Block<'_>> = blocks(&text)
        .into_iter()
        .filter(|block| block.fate() == Fate::Run)
        .collect();
    if blocks.is_empty() {
        return Ok(());
    }
    let mut walk = Walk {
        app: App::new(),
        running: None,
    };
    for block in blocks {
        for command in commands(block.text) {
            let place = format!("{}:{}: {command:?}", shown(page), block.line);
            walk.step(&command)
                .map_err(|why| format!("{place}\n{why}"))?;
        }
    }
    Ok(())
}

/// The app, and what serves it.
struct Walk {
    app: App,
    running: Option<Running>,
}

impl Walk {
    fn step(&mut self, command: &Command) -> Result<(), String> {
        match command {
            Command::Local(arguments) => self.serve(arguments),
            Command::Curl { line, status } => self.curl(line, status),
            Command::Says { line, text } => self.says(line, text),
            Command::Succeeds(line) => self.succeeds(line),
            Command::LogSays(text) => self.log_says(text),
        }
    }

    fn serve(&mut self, arguments: &str) -> Result<(), String> {
        self.running = None;
        self.app.make_certificates();
        let mut all = LOCAL.to_vec();
        all.extend(arguments.split_whitespace());
        let mut running = Running::launch(self.app.path(), &all);
        running.wait_until_ready();
        self.running = Some(running);
        Ok(())
    }

    fn curl(&self, line: &str, status: &str) -> Result<(), String> {
        let line = line.replacen(
            "curl ",
            "curl --silent --output /dev/null --write-out '%{http_code}' ",
            1,
        );
        let found = self.succeeds_with(&line)?;
        match found == status {
            true => Ok(()),
            false => Err(format!("expected {status}, found {found}")),
        }
    }

    fn says(&self, line: &str, text: &str) -> Result<(), String> {
        let output = self.app.shell(&self.at_its_port(line));
        let all = [output.stdout, output.stderr].concat();
        let all = String::from_utf8_lossy(&all);
        match all.contains(text) {
            true => Ok(()),
            false => Err(format!("expected {text:?}, found {}: {all}", output.status)),
        }
    }

    fn succeeds(&self, line: &str) -> Result<(), String> {
        self.succeeds_with(line).map(drop)
    }

    fn succeeds_with(&self, line: &str) -> Result<String, String> {
        let output = self.app.shell(&self.at_its_port(line));
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).unwrap()),
            false => Err(format!("{output:?}")),
        }
    }

    fn log_says(&mut self, text: &str) -> Result<(), String> {
        let running = self.running.as_mut().ok_or("nothing is served")?;
        running.event(|event| event.to_string().contains(text));
        Ok(())
    }

    /// The command, to the port that is served here.
    fn at_its_port(&self, line: &str) -> String {
        let Some(running) = &self.running else {
            return line.to_owned();
        };
        line.replace(ADDRESS, &format!("localhost:{}", running.caller().port))
    }
}

#[test]
fn a_page_with_a_command_that_fails_is_noticed() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.md");
    for (commands, found) in [
        ("mtls policy check missing.json", "missing.json"),
        ("mtls functions # says NoSuchFunction", "NoSuchFunction"),
        (
            "mtls local\ncurl --cacert certs/ca.pem https://localhost:7443/api/SecuredFunction # 200",
            "found 401",
        ),
        ("# The log says anything.", "nothing is served"),
    ] {
        fs::write(&page, format!("```sh\n{commands}\n```\n")).unwrap();
        let why = walk(&page).expect_err(commands);
        assert!(why.contains(found), "{why}");
    }
}
