//! `host.json` with the gate before the server, and without it. Pure.
//!
//! Texts are put in and taken out, and nothing is written anew, so that the way back gives the file byte by byte.

use std::ops::Range;
use std::path::Path;

use app_settings::Problem;
use functions_handler::host::{HostJson, contract};
use jsonc_parser::ast::{Array, ObjectProp, StringLit};
use jsonc_parser::common::Ranged;

use super::json_text::{self, Edits, JsonText, quoted};
use super::server_command::{self, Literal};
use crate::gated::{self, PLACE, SEPARATOR};

/// The text and what the engine reads in it.
pub(super) struct HostFile<'t> {
    text: JsonText<'t>,
    pub(super) host: HostJson,
}

/// `customHandler.description` as far as it is edited.
struct Description<'n, 't> {
    member: &'n ObjectProp<'t>,
    executable: &'n StringLit<'t>,
    arguments: Option<Arguments<'n, 't>>,
}

#[derive(Clone, Copy)]
struct Arguments<'n, 't> {
    member: &'n ObjectProp<'t>,
    list: &'n Array<'t>,
}

impl<'t> HostFile<'t> {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// What the engine does not start with, all of it at once.
    pub(super) fn parse(bytes: &'t [u8]) -> Result<Self, Vec<Problem>> {
        // What variables replace is not looked at: the file is edited.
        let host = HostJson::parse(bytes, std::iter::empty())?;
        let text = str::from_utf8(bytes).ok().and_then(JsonText::parse);
        match text {
            Some(text) => Ok(Self { text, host }),
            None => Err(vec![unedited("UTF-8")]),
        }
    }

    /// Whether the gate is there already.
    pub(super) fn is_gated(&self) -> bool {
        gated::is_gated(&self.host.custom_handler)
    }

    /// The text with the gate in place of the program, which becomes the server's command.
    ///
    /// # Errors
    ///
    /// Another form of the description than an object with a path and an array.
    pub(super) fn gated(&self, folder: &Path) -> Result<String, Problem> {
        let description = self.description()?;
        let executable = json_text::place(description.executable);
        let literal = Literal {
            source: self.text.source(executable.clone()),
            value: &description.executable.value,
        };
        let is_file = |name: &str| folder.join(name).is_file();
        let server = server_command::argument(&literal, self.working_directory(), is_file);
        let command = format!("{}, {server}", quoted(SEPARATOR));
        let mut edits = Edits::default();
        edits.replace(executable.clone(), quoted(PLACE));
        match description.arguments {
            None => {
                let separator = self.text.separator(description.member.start());
                let member = format!(",{separator}\"arguments\": [{command}]");
                edits.insert(executable.end, member);
            }
            Some(Arguments { list, .. }) => match list.elements.first() {
                Some(first) => edits.insert(first.start(), format!("{command}, ")),
                // The blank says that the list was there.
                None => edits.insert(json_text::inside(list), format!("{command} ")),
            },
        }
        Ok(self.text.edited(edits))
    }

    /// The text with the server's program in place of the gate.
    ///
    /// # Errors
    ///
    /// No command of a server.
    pub(super) fn ungated(&self) -> Result<String, Problem> {
        let description = self.description()?;
        let command = description.arguments;
        let command = command.and_then(|found| Some((found, found.list.elements.get(1)?)));
        let Some((arguments, server)) = command else {
            let text = "expected the server's command behind `--`, found none; write what the host is to start";
            let at = format!("{}: customHandler.description", contract::HOST_JSON);
            return Err(Problem::new(at, text));
        };
        let source = self.text.source(json_text::place(server));
        let program = server_command::program(source, self.working_directory());
        let mut edits = Edits::default();
        edits.replace(json_text::place(description.executable), program);
        edits.remove(self.command(&description, arguments, server.end()));
        Ok(self.text.edited(edits))
    }

    /// What is taken out with the server's command, which ends at `end`: two elements, or the whole list if it is the gate's.
    fn command(
        &self,
        description: &Description<'_, '_>,
        Arguments { member, list }: Arguments<'_, '_>,
        end: usize,
    ) -> Range<usize> {
        let start = list.elements.first().map_or(end, Ranged::start);
        if let Some(third) = list.elements.get(2) {
            let gap = self.text.source(end..third.start()).trim_start();
            // A comment behind the comma belongs to the third.
            let kept = gap.strip_prefix(',').map_or("", str::trim_start);
            return start..third.start() - kept.len();
        }
        let rest = self.text.source(end..list.end() - 1);
        let is_tight = rest.is_empty() && start == json_text::inside(list);
        let before = description.executable.end();
        if is_tight && self.text.source(before..member.start()).trim() == "," {
            return before..member.end();
        }
        start..end + usize::from(rest.starts_with(' '))
    }

    fn working_directory(&self) -> Option<&str> {
        self.host.custom_handler.working_directory.as_deref()
    }

    fn description(&self) -> Result<Description<'_, 't>, Problem> {
        let handler = json_text::object(self.text.root(), "customHandler");
        let description = handler.and_then(|handler| json_text::object(handler, "description"));
        let executable = description
            .and_then(|description| json_text::member(description, "defaultExecutablePath"))
            .and_then(|member| Some((member, member.value.as_string_lit()?)));
        let (Some(description), Some((member, executable))) = (description, executable) else {
            let expected = "customHandler, in it description, and in it defaultExecutablePath";
            return Err(unedited(expected));
        };
        let arguments = match json_text::member(description, "arguments") {
            None => None,
            Some(member) => match member.value.as_array() {
                Some(list) => Some(Arguments { member, list }),
                None => return Err(unedited("customHandler.description.arguments as an array")),
            },
        };
        Ok(Description {
            member,
            executable,
            arguments,
        })
    }
}

/// A form that is not edited.
fn unedited(expected: &str) -> Problem {
    let text = format!("expected {expected}, found another form; write it so, and call again");
    Problem::new(contract::HOST_JSON, text)
}

#[cfg(test)]
mod tests;
