//! What answers requests: the program behind the gate, or the one that has no gate before it.

use std::path::Path;

use super::command::{Command, Language, Server, base_name};
use super::finding::{Finding, Kind, Severity};
use super::program::{self, first_bytes, is_executable};
use super::program_file::{ProgramFile, Script};
use super::subject::Subject;

/// Programs that start another one and do not become it.
const LAUNCHERS: [&str; 14] = [
    "ash",
    "bash",
    "cmd",
    "dash",
    "npm",
    "npx",
    "pnpm",
    "poetry",
    "powershell",
    "pwsh",
    "sh",
    "uv",
    "yarn",
    "zsh",
];

/// Folders of virtual environments.
const VIRTUAL_ENVIRONMENTS: [&str; 3] = [".venv", "venv", "env"];

/// Where Azure's build puts Python's packages, and where its images look for them.
const DEPLOYED_PACKAGES: &str = ".python_packages";

/// Whether a program starts another one and does not become it.
pub(super) fn is_launcher(program: &str) -> bool {
    LAUNCHERS.contains(&base_name(program).as_str())
}

/// Everything about what answers requests.
pub(super) fn findings(subject: &Subject) -> Vec<Finding> {
    let Some(command) = &subject.command else {
        return Vec::new();
    };
    let mut findings: Vec<Finding> = no_gate(subject, command).into_iter().collect();
    if let Some(server) = command.server() {
        findings.extend(launcher(subject, command, &server));
        findings.extend(virtual_environment(subject, &server));
        findings.extend(missing_script(subject, &server));
        if command.is_gate() {
            findings.extend(own_program(subject, &server));
        }
    }
    findings
}

/// A program that cannot be built on the engine has nobody who reads the markers.
fn no_gate(subject: &Subject, command: &Command) -> Option<Finding> {
    let server = command.server().filter(|_| !command.is_gate())?;
    let is_script = script_of(subject, command).is_some();
    let is_other = server.language().is_some() || is_launcher(server.program) || is_script;
    is_other.then(|| Finding {
        severity: Severity::Warning,
        kind: Kind::NoGate,
        place: subject.host_json.place(server.key),
        found: "host.json starts a server without the gate".into(),
        happens: "Nobody reads clientCertificate and the settings CLIENT_CERT_…, unless the server does so itself: every function is as open as its key.".into(),
        action: "Start bin/gate, with \"--\" and the server's command as its arguments.".into(),
    })
}

fn script_of(subject: &Subject, command: &Command) -> Option<Script> {
    let file = program::file_of(subject, command)?;
    match ProgramFile::of(&first_bytes(&file)?) {
        ProgramFile::Script(script) => Some(script),
        ProgramFile::Linux | ProgramFile::OtherProcessor(_) | ProgramFile::Other(_) => None,
    }
}

fn launcher(subject: &Subject, command: &Command, server: &Server<'_>) -> Option<Finding> {
    let script = script_of(subject, command).filter(|_| !command.is_gate());
    let by_script = script.filter(|script| is_launcher(&script.interpreter) && !script.has_exec);
    let name = match (is_launcher(server.program), by_script) {
        (true, _) => base_name(server.program),
        (false, Some(script)) => base_name(&script.interpreter),
        (false, None) => return None,
    };
    let happens = match command.is_gate() {
        true => {
            "It is one process more, and passes no signal on: the server is not asked to end and is killed. It has to be on Azure's image, and npm wants a home that it can write."
        }
        false => {
            "The host kills this process alone: what it started lives on and keeps the port, so that no restart succeeds. It has to be on Azure's image."
        }
    };
    Some(Finding {
        severity: Severity::Warning,
        kind: Kind::Launcher,
        place: subject.host_json.place(server.key),
        found: format!("the server is started by {name}").into(),
        happens: happens.into(),
        action: "Name the server's own program, such as node server.js or python3 server.py; in a shell script, start it by exec.".into(),
    })
}

fn virtual_environment(subject: &Subject, server: &Server<'_>) -> Option<Finding> {
    let parts = server.program.split(['/', '\\']);
    let named = parts
        .into_iter()
        .rev()
        .skip(1)
        .find(|part| VIRTUAL_ENVIRONMENTS.contains(part));
    if let Some(folder) = named {
        return Some(Finding {
            severity: Severity::Error,
            kind: Kind::VirtualEnvironment,
            place: subject.host_json.place(server.key),
            found: format!("the server is started from {folder}").into(),
            happens: format!("{folder} links to the interpreter of this machine: on Azure the command is not found.").into(),
            action: format!("Write python3, and list the packages in requirements.txt: Azure's build puts them into {DEPLOYED_PACKAGES}.").into(),
        });
    }
    let mut here = VIRTUAL_ENVIRONMENTS.iter();
    let folder = here.find(|name| subject.folder.join(name).join("pyvenv.cfg").is_file())?;
    let lists = ["requirements.txt", "pyproject.toml", DEPLOYED_PACKAGES];
    let is_listed = lists.iter().any(|name| subject.folder.join(name).exists());
    (server.language() == Some(Language::Python) && !is_listed).then(|| Finding {
        severity: Severity::Error,
        kind: Kind::VirtualEnvironment,
        place: subject.host_json.place(server.key),
        found: format!("the packages are in {folder} alone").into(),
        happens: "Azure does not use a virtual environment: the server does not find its packages."
            .into(),
        action: format!(
            "List them in requirements.txt: Azure's build puts them into {DEPLOYED_PACKAGES}."
        )
        .into(),
    })
}

/// The server's own file, where it starts: below the folder of `workingDirectory`.
pub(crate) fn base(subject: &Subject) -> std::path::PathBuf {
    let host = subject.declared.host.as_ref();
    let directory = host.and_then(|host| host.custom_handler.working_directory.as_ref());
    directory.map_or_else(
        || subject.folder.clone(),
        |directory| subject.folder.join(directory),
    )
}

fn missing_script(subject: &Subject, server: &Server<'_>) -> Option<Finding> {
    let script = server.script()?;
    (!base(subject).join(script).is_file()).then(|| Finding {
        severity: Severity::Error,
        kind: Kind::ServerMissing,
        place: subject.host_json.place(server.key),
        found: format!("there is no {script}").into(),
        happens: "The server ends at once; the gate starts it five times and gives up.".into(),
        action: "Correct the name: it counts from the app's folder, or from workingDirectory."
            .into(),
    })
}

/// A program of the app that the gate starts: no tool gives it an execute bit.
fn own_program(subject: &Subject, server: &Server<'_>) -> Option<Finding> {
    let is_below = server.program.contains('/') && Path::new(server.program).is_relative();
    let file = base(subject).join(server.program);
    if !is_below
        || !VIRTUAL_ENVIRONMENTS
            .iter()
            .all(|name| !server.program.starts_with(name))
    {
        return None;
    }
    let place = subject.host_json.place(server.key);
    if !file.is_file() {
        return Some(Finding {
            severity: Severity::Error,
            kind: Kind::ServerMissing,
            place,
            found: format!("there is no {}", server.program).into(),
            happens: "The gate cannot start the server and gives up.".into(),
            action: "Put the program there, executable.".into(),
        });
    }
    let (severity, found) = match is_executable(&file) {
        true => (
            Severity::Warning,
            "has an execute bit here, and not in the package",
        ),
        false => (Severity::Error, "has no execute bit"),
    };
    Some(Finding {
        severity,
        kind: Kind::ExecuteBit,
        place,
        found: format!("{} {found}", server.program).into(),
        happens: "func gives the bit to the program of defaultExecutablePath alone: on Azure the gate cannot start this one.".into(),
        action: "Make the package by mtls package, which keeps the bit of every file, and publish that.".into(),
    })
}
