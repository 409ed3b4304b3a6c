//! What `host.json` starts, and what the gate starts behind itself.

use std::path::Path;

use serde_json::Value;

use super::declared::Declared;
use super::json_file::JsonFile;
use crate::app::Program;
use crate::handler_process::{Variables, arguments, expanded};

/// The keys of the command, for places.
pub(crate) const PROGRAM_KEY: &str = "customHandler.description.defaultExecutablePath";
const ARGUMENTS_KEY: &str = "customHandler.description.arguments";

/// What `host.json` starts. Arguments may be secrets: no message shows one.
pub(crate) struct Command {
    /// As it is written.
    pub(crate) configured: String,
    /// Variables replaced.
    pub(super) program: String,
    /// As the program gets them.
    arguments: Vec<String>,
}

/// What answers requests: the program that the gate starts, or the one of `host.json`.
pub(crate) struct Server<'a> {
    pub(crate) program: &'a str,
    pub(crate) arguments: &'a [String],
    /// Where in `host.json` it is named.
    pub(crate) key: &'static str,
}

/// What a program needs to be there on Azure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Language {
    Python,
    Node,
    DotNet,
    Java,
}

/// Programs that belong to a language; versions behind the name do not count.
const PROGRAMS: [(&str, Language); 17] = [
    ("python", Language::Python),
    ("pypy", Language::Python),
    ("uv", Language::Python),
    ("uvx", Language::Python),
    ("uvicorn", Language::Python),
    ("gunicorn", Language::Python),
    ("hypercorn", Language::Python),
    ("waitress-serve", Language::Python),
    ("flask", Language::Python),
    ("fastapi", Language::Python),
    ("node", Language::Node),
    ("npm", Language::Node),
    ("npx", Language::Node),
    ("yarn", Language::Node),
    ("pnpm", Language::Node),
    ("dotnet", Language::DotNet),
    ("java", Language::Java),
];

impl Command {
    /// What `host.json` says, as far as it says it; the engine's reader goes before the text.
    pub(super) fn read(
        declared: &Declared,
        host_json: &JsonFile,
        variables: &Variables,
    ) -> Option<Self> {
        let (configured, listed) = match &declared.host {
            Some(host) => {
                let handler = &host.custom_handler;
                (handler.executable.clone(), handler.arguments.clone())
            }
            None => written(host_json)?,
        };
        Some(Self {
            program: expanded(&configured, variables),
            arguments: arguments(&listed, variables),
            configured,
        })
    }

    /// Whether the program is the gate.
    pub(crate) fn is_gate(&self) -> bool {
        Program::named(&self.program) == Program::Gate
    }

    /// What answers requests; `None` for a gate before a server that it does not start.
    pub(crate) fn server(&self) -> Option<Server<'_>> {
        if !self.is_gate() {
            return Some(Server {
                program: &self.program,
                arguments: &self.arguments,
                key: PROGRAM_KEY,
            });
        }
        match self.arguments.as_slice() {
            [dashes, program, arguments @ ..] if dashes == "--" => Some(Server {
                program,
                arguments,
                key: ARGUMENTS_KEY,
            }),
            _ => None,
        }
    }
}

impl Server<'_> {
    /// Which language it needs, as its name says.
    pub(crate) fn language(&self) -> Option<Language> {
        let name = base_name(self.program);
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let found = PROGRAMS.iter().find(|(program, _)| *program == name);
        found.map(|(_, language)| *language)
    }

    /// The file that an interpreter is given: the first argument that ends as one and is not absolute.
    pub(super) fn script(&self) -> Option<&str> {
        const ENDINGS: [&str; 7] = ["py", "js", "mjs", "cjs", "dll", "jar", "sh"];
        let is_script = |argument: &&String| {
            let path = Path::new(argument.as_str());
            let ending = path.extension().and_then(|ending| ending.to_str());
            path.is_relative()
                && !argument.starts_with('-')
                && ending.is_some_and(|ending| ENDINGS.contains(&ending))
        };
        let script = self.arguments.iter().take(2).find(is_script)?;
        Some(script)
    }
}

impl Language {
    /// For people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Node => "Node",
            Self::DotNet => ".NET",
            Self::Java => "Java",
        }
    }
}

/// The name of a program without its folder and Windows' endings, in lower case.
pub(super) fn base_name(program: &str) -> String {
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let stem = [".exe", ".cmd", ".bat"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending));
    stem.unwrap_or(&name).to_owned()
}

fn written(host_json: &JsonFile) -> Option<(String, Vec<String>)> {
    let program = host_json.get(PROGRAM_KEY)?.as_str()?;
    let list = host_json.get(ARGUMENTS_KEY).and_then(Value::as_array);
    let listed = list.into_iter().flatten().filter_map(Value::as_str);
    Some((program.to_owned(), listed.map(ToOwned::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_tells_its_language_whatever_its_folder_version_and_ending() {
        let language = |program: &str| {
            let server = Server {
                program,
                arguments: &[],
                key: PROGRAM_KEY,
            };
            server.language()
        };
        for (program, expected) in [
            ("python3.12", Some(Language::Python)),
            ("/usr/bin/python3", Some(Language::Python)),
            (".venv\\Scripts\\Python.exe", Some(Language::Python)),
            ("npm.cmd", Some(Language::Node)),
            ("bin/handler", None),
            ("pythonic", None),
        ] {
            assert_eq!(language(program), expected, "{program}");
        }
    }
}
