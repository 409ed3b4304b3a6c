//! The file that `host.json` starts, as the host on Azure finds it.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::command::{Command, PROGRAM_KEY};
use super::finding::{Finding, Kind, Severity};
use super::program_file::{EXAMINED_BYTES, ProgramFile, Script};
use super::server;
use super::subject::Subject;

/// What becomes of an app whose program does not start (`WorkerProcess.cs`).
const SILENCE: &str = "The host logs that it cannot start the program and tries nothing else: each request waits for two minutes and fails.";

/// Everything about the file.
pub(super) fn findings(subject: &Subject) -> Vec<Finding> {
    let Some(command) = &subject.command else {
        return Vec::new();
    };
    let of_path = path(subject, command);
    let Some(file) = file_of(subject, command) else {
        return of_path
            .into_iter()
            .chain(missing(subject, command))
            .collect();
    };
    of_path.into_iter().chain(of_file(subject, &file)).collect()
}

/// The file below the app's folder; `None` where there is none, which the host looks for in `PATH`.
pub(super) fn file_of(subject: &Subject, command: &Command) -> Option<PathBuf> {
    let file = subject.folder.join(&command.program);
    file.exists().then_some(file)
}

/// A form of path that is found here, and not on Azure or not in the package.
fn path(subject: &Subject, command: &Command) -> Option<Finding> {
    let written = &command.configured;
    let (severity, found, happens) = if written.starts_with("./") || written.contains('\\') {
        (
            Severity::Error,
            "a path that begins with ./ or has a backslash",
            "On Linux the host looks for it in vain, and the package gives the file no execute bit: it compares the names letter by letter.",
        )
    } else if written.contains('%') {
        (
            Severity::Warning,
            "a path with a variable",
            "The package gives the file no execute bit: it compares the names letter by letter.",
        )
    } else if Path::new(written).is_absolute() || written.split('/').any(|part| part == "..") {
        (
            Severity::Warning,
            "a path out of the app's folder",
            "The package does not contain the program; Azure starts what is there under this name, if anything is.",
        )
    } else {
        return None;
    };
    Some(Finding {
        severity,
        kind: Kind::ProgramPath,
        place: subject.host_json.place(PROGRAM_KEY),
        found: found.into(),
        happens: happens.into(),
        action: "Write the name that the file has in the package, such as bin/handler.".into(),
    })
}

fn missing(subject: &Subject, command: &Command) -> Option<Finding> {
    let written = &command.configured;
    // Found in PATH: other checks know the interpreters.
    let is_bare = !command.program.contains(['/', '\\']);
    if is_bare
        && (command
            .server()
            .is_some_and(|server| server.language().is_some())
            || server::is_launcher(&command.program))
    {
        return None;
    }
    let is_ours = subject.folder.join("Cargo.toml").is_file();
    let (severity, found, happens, action) = match (is_ours, is_bare) {
        (true, false) => (
            Severity::Note,
            format!("{written} is not built yet"),
            "What would fail on Azure because of the file is not known.",
            "Run mtls build, and check again.".to_owned(),
        ),
        (_, true) => (
            Severity::Warning,
            format!("{written} is no file of this folder"),
            "The host looks for it in PATH, and the images of Azure have few programs.",
            "Put the program into the folder and name it by its path, such as bin/handler."
                .to_owned(),
        ),
        (false, false) => (
            Severity::Error,
            format!("there is no {written}"),
            SILENCE,
            "Put the program there, executable, before you publish.".to_owned(),
        ),
    };
    Some(Finding {
        severity,
        kind: Kind::ProgramMissing,
        place: subject.host_json.place(PROGRAM_KEY),
        found: found.into(),
        happens: happens.into(),
        action: action.into(),
    })
}

fn of_file(subject: &Subject, file: &Path) -> Vec<Finding> {
    let finding = |kind, found: String, happens: &'static str, action: &'static str| Finding {
        severity: Severity::Error,
        kind,
        place: subject.host_json.place(PROGRAM_KEY),
        found: found.into(),
        happens: happens.into(),
        action: action.into(),
    };
    let Some(bytes) = first_bytes(file) else {
        let found = "the program is no file that can be read".to_owned();
        return vec![finding(
            Kind::ProgramFormat,
            found,
            SILENCE,
            "Name the file itself.",
        )];
    };
    let mut findings = Vec::new();
    if !is_executable(file) {
        findings.push(finding(
            Kind::ExecuteBit,
            "the program has no execute bit".to_owned(),
            "It starts neither here nor on Azure: only Consumption and Flex repair the bit, and only where the folder can be written.",
            "Run chmod +x on it, and publish by mtls package or func, which keep the bit of this file.",
        ));
    }
    match ProgramFile::of(&bytes) {
        ProgramFile::Linux => {}
        ProgramFile::OtherProcessor(processor) => findings.push(finding(
            Kind::ProgramFormat,
            format!("the program is for {processor}"),
            SILENCE,
            "Build it for x86-64 (Rust: mtls build --static; Go: GOARCH=amd64), which all plans have.",
        )),
        ProgramFile::Other(what) => findings.push(finding(
            Kind::ProgramFormat,
            format!("the program is {what}"),
            SILENCE,
            "Build it for Linux on x86-64, where the gate and the engine run.",
        )),
        ProgramFile::Script(script) => findings.extend(of_script(&script).map(
            |(kind, found, happens, action)| finding(kind, found, happens, action),
        )),
    }
    findings
}

type About = (Kind, String, &'static str, &'static str);

fn of_script(script: &Script) -> Option<About> {
    script.has_crlf.then(|| {
        (
            Kind::ScriptLineEnds,
            "the program is a script with Windows line ends".to_owned(),
            "Linux looks for an interpreter whose name ends with a carriage return: \"required file not found\".",
            "Save it with LF line ends, and let .gitattributes keep them: *.sh text eol=lf.",
        )
    })
}

/// What tells what a program is.
pub(super) fn first_bytes(file: &Path) -> Option<Vec<u8>> {
    beginning(file, EXAMINED_BYTES)
}

/// The first bytes of a regular file, at most so many.
pub(super) fn beginning(file: &Path, most: u64) -> Option<Vec<u8>> {
    if !fs::metadata(file).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let file = File::open(file).ok()?;
    file.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Whether anybody may execute the file; where files have no such bit, always.
pub(crate) fn is_executable(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        true
    }
}
