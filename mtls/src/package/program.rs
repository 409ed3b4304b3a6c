//! The programs of a package: what the host starts, and what the gate starts behind itself.

use std::path::Path;

use app_settings::Problem;
use functions_handler::host::contract;

use super::contents::PackedFile;
use super::image::{Image, Lack};
use super::linkage::Linkage;
use super::machine_paths::MachinePaths;
use crate::check::{Command, PROGRAM_KEY, ProgramFile, Server, Subject, server_folder};

/// What is known of the programs.
#[derive(Default)]
pub(super) struct Assessment {
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
}

/// What a package is looked at for.
struct Looking<'a> {
    subject: &'a Subject,
    files: &'a [PackedFile],
    image: Image,
    paths: &'a MachinePaths,
    found: Assessment,
}

impl Assessment {
    /// Looks at each program that is started.
    pub(super) fn of(
        subject: &Subject,
        files: &[PackedFile],
        image: Image,
        paths: &MachinePaths,
    ) -> Self {
        let mut looking = Looking {
            subject,
            files,
            image,
            paths,
            found: Self::default(),
        };
        if let Some(command) = &subject.command {
            looking.by_the_host(command);
            if let Some(server) = command.server().filter(|_| command.is_gate()) {
                looking.by_the_gate(&server);
            }
        }
        looking.found
    }
}

impl<'a> Looking<'a> {
    /// The program of `defaultExecutablePath`, which has to be in the package under this very name.
    fn by_the_host(&mut self, command: &Command) {
        let name = &command.configured;
        match self.file(name) {
            // Its format and its execute bit are looked at by `mtls check`, whose errors are ours.
            Some(file) => self.program(file),
            None if is_below(name) && !name.contains('%') => self.missing(name),
            None => self.outside(PROGRAM_KEY, name),
        }
    }

    fn by_the_gate(&mut self, server: &Server<'_>) {
        let path = server_folder(self.subject).join(server.program);
        let below = path.strip_prefix(&self.subject.folder).ok();
        let name = below.map(|below| below.to_string_lossy().replace('\\', "/"));
        match name.and_then(|name| self.file(&name)) {
            Some(file) => {
                self.format(file);
                self.program(file);
            }
            // Another check has an error for it.
            None if is_below(server.program) => {}
            None => self.outside(server.key, server.program),
        }
    }

    fn file(&self, name: &str) -> Option<&'a PackedFile> {
        self.files.iter().find(|file| file.name == name)
    }

    fn missing(&mut self, name: &str) {
        if self.subject.funcignore.leaving_out(name).is_some() {
            return;
        }
        let mut files = self.files.iter();
        let other = files.find(|file| file.name.eq_ignore_ascii_case(name));
        let (found, action) = match other {
            Some(file) => (file.name.as_str(), "correct its case"),
            // It could not be read, or is refused, which is reported by itself.
            None if self.subject.folder.join(name).symlink_metadata().is_ok() => return,
            None => ("no such file", "build it, or put it there"),
        };
        let at = self
            .subject
            .place(&format!("{}: {PROGRAM_KEY}", contract::HOST_JSON));
        let text = format!("expected {name} in the package, found {found}; {action}");
        self.found.problems.push(Problem::new(at.to_string(), text));
    }

    fn outside(&mut self, key: &str, program: &str) {
        let at = self
            .subject
            .place(&format!("{}: {key}", contract::HOST_JSON));
        let text = format!(
            "{program} is not in the package: the image has to have it, and the images for custom handlers have neither Python nor Node"
        );
        self.found.warnings.push(Problem::new(at.to_string(), text));
    }

    fn format(&mut self, file: &PackedFile) {
        let found = match ProgramFile::of(&file.bytes) {
            ProgramFile::Linux | ProgramFile::Script(_) => return,
            ProgramFile::OtherProcessor(processor) => format!("one for {processor}"),
            ProgramFile::Other(what) => what.to_owned(),
        };
        let text =
            format!("expected a program for Linux on x86-64, found {found}; build it for that");
        self.found.problems.push(Problem::new(&file.name, text));
    }

    fn program(&mut self, file: &PackedFile) {
        match ProgramFile::of(&file.bytes) {
            ProgramFile::Linux => {
                self.linked(file);
                self.machine_paths(file);
            }
            ProgramFile::Script(script) => {
                let text = format!(
                    "it is a script, which {} runs: the image has to have that, and the package says nothing about it",
                    script.interpreter
                );
                self.found.warnings.push(Problem::new(&file.name, text));
            }
            ProgramFile::OtherProcessor(_) | ProgramFile::Other(_) => {}
        }
    }

    fn linked(&mut self, file: &PackedFile) {
        let Ok(linkage) = Linkage::read(&file.bytes) else {
            let text = "expected a program for Linux, found a damaged one; build it again";
            self.found.problems.push(Problem::new(&file.name, text));
            return;
        };
        match self.image.lack(&linkage) {
            Lack::Nothing => {}
            Lack::Unknown(text) => self.found.warnings.push(Problem::new(&file.name, text)),
            Lack::Something(text) => self.found.problems.push(Problem::new(&file.name, text)),
        }
    }

    fn machine_paths(&mut self, file: &PackedFile) {
        let named = self.paths.within(&file.bytes);
        if named.is_empty() {
            return;
        }
        let named: Vec<String> = named
            .iter()
            .map(|(folder, count)| format!("{folder} ({count} times)"))
            .collect();
        let text = format!(
            "it names folders of this machine: {}; mtls build --static leaves them out",
            named.join(", ")
        );
        self.found.warnings.push(Problem::new(&file.name, text));
    }
}

/// A path from the app's folder that stays there; a bare name is looked for in `PATH`.
fn is_below(program: &str) -> bool {
    let path = Path::new(program);
    program.contains('/') && path.is_relative() && !program.split('/').any(|part| part == "..")
}
