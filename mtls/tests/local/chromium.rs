//! Debian's Chromium, driven by the DevTools protocol over a pair of pipes.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Standard input of the protocol is descriptor 3, its output 4. Each message ends with a zero byte.
const START: &str = "exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --ignore-certificate-errors --remote-debugging-pipe --user-data-dir=\"$PROFILE\" about:blank \
    3< \"$PROFILE/in\" 4> \"$PROFILE/out\"";

/// A browser with one page, whose profile holds a client certificate and presents it to one origin without asking.
pub struct Browser {
    child: Child,
    messages: BufReader<File>,
    input: File,
    last: u64,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// What is missing, if this machine cannot run it.
    pub fn missing() -> Option<&'static str> {
        let found = |program: &str, argument: &str| {
            let mut command = Command::new(program);
            command
                .arg(argument)
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.status().is_ok()
        };
        [
            ("chromium", "--version"),
            ("certutil", "-H"),
            ("pk12util", "-H"),
        ]
        .into_iter()
        .find(|(program, argument)| !found(program, argument))
        .map(|(program, _)| program)
    }

    /// Starts it. `pfx` is a PKCS#12 file under `password`, presented to `origin`.
    pub fn start(pfx: &Path, password: &str, origin: &str) -> Self {
        let profile = profile(pfx, password, origin);
        let path = profile.path().to_owned();
        for pipe in ["in", "out"] {
            run(Command::new("mkfifo").arg(path.join(pipe)));
        }
        let child = Command::new("sh")
            .args(["-c", START])
            .env("PROFILE", &path)
            .env("HOME", &path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = File::options().write(true).open(path.join("in")).unwrap();
        let output = File::open(path.join("out")).unwrap();
        let mut browser = Self {
            child,
            messages: BufReader::new(output),
            input,
            last: 0,
            session: String::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", attached);
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        browser.call("Page.enable", json!({}));
        browser
    }

    /// Opens a page as somebody does who types its address, and waits until it is loaded.
    pub fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({"url": url}));
        self.event("Page.loadEventFired");
    }

    /// The value of an expression in the page; promises are waited for, and a failure is its text.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let expression = format!(
            "(async () => {{ try {{ return await ({expression}); }} catch (error) {{ return String(error); }} }})()"
        );
        let arguments =
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        self.call("Runtime.evaluate", arguments)["result"]["value"].clone()
    }

    /// Waits for the next event of this name.
    pub fn event(&mut self, method: &str) {
        while self.message()["method"] != method {}
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.input
            .write_all(format!("{message}\0").as_bytes())
            .unwrap();
        loop {
            let answer = self.message();
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    fn message(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.messages.read_until(0, &mut bytes).unwrap();
        bytes.pop();
        serde_json::from_slice(&bytes).expect("the browser has ended")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A profile with the certificate in its store, and the choice of it for one origin among its preferences: the choice
/// that the policy `AutoSelectCertificateForUrls` makes for a whole machine.
fn profile(pfx: &Path, password: &str, origin: &str) -> TempDir {
    let profile = tempfile::tempdir().unwrap();
    let store = profile.path().join(".pki/nssdb");
    std::fs::create_dir_all(&store).unwrap();
    let database = format!("sql:{}", store.display());
    run(Command::new("certutil").args(["-N", "--empty-password", "-d", &database]));
    run(Command::new("pk12util")
        .arg("-i")
        .arg(pfx)
        .args(["-W", password, "-d", &database]));
    let mut choices = serde_json::Map::new();
    choices.insert(format!("{origin},*"), json!({"setting": {"filters": [{}]}}));
    let preferences = json!({"profile": {"content_settings": {"exceptions": {"auto_select_certificate": choices}}}});
    std::fs::create_dir(profile.path().join("Default")).unwrap();
    std::fs::write(
        profile.path().join("Default/Preferences"),
        preferences.to_string(),
    )
    .unwrap();
    profile
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}
