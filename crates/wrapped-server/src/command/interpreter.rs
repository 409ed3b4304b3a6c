//! The interpreter of a script.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// How much of a file the system looks at (`BINPRM_BUF_SIZE` of Linux).
const READ_BYTES: u64 = 256;

/// Why a file that is there was not found when it was to be executed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum MissingPart {
    /// A script, whose first line names an interpreter that is not there.
    Interpreter {
        /// As the line names it.
        name: String,
        /// Whether the line ends as in Windows, which makes the carriage return a part of the name.
        ends_as_in_windows: bool,
    },
    /// A program for another system, or for another C library.
    Loader,
}

impl MissingPart {
    /// What a file asks for by its beginning.
    pub(crate) fn of(program: &Path) -> Self {
        let mut start = Vec::new();
        if let Ok(file) = File::open(program) {
            // What cannot be read has no first line.
            let _ = file.take(READ_BYTES).read_to_end(&mut start);
        }
        Self::parse(&start)
    }

    fn parse(start: &[u8]) -> Self {
        let Some(line) = start.strip_prefix(b"#!") else {
            return Self::Loader;
        };
        let line = line.split(|byte| *byte == b'\n').next().unwrap_or(line);
        let mut words = line.split(|byte| byte.is_ascii_whitespace());
        let name = words.find(|word| !word.is_empty());
        let name = name.unwrap_or_default();
        Self::Interpreter {
            name: name.escape_ascii().to_string(),
            ends_as_in_windows: line.ends_with(b"\r"),
        }
    }
}

impl fmt::Display for MissingPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interpreter {
                name,
                ends_as_in_windows: false,
            } => write!(f, "the file is there, and the interpreter in its first line, {name}, is not"),
            Self::Interpreter {
                name,
                ends_as_in_windows: true,
            } => write!(
                f,
                "the file is there, and its first line has the line end of Windows, so that no interpreter {name}\\r is found; save \
                 it with the line ends of Linux"
            ),
            Self::Loader => f.write_str(
                "the file is there, and the loader that it needs is not: it was built for another system or C library",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_read_from_the_start_of_a_file() {
        let interpreter = |name: &str, ends_as_in_windows| MissingPart::Interpreter {
            name: name.to_owned(),
            ends_as_in_windows,
        };
        let table: [(&[u8], MissingPart); 6] = [
            (
                b"#!/usr/bin/python9\nprint()",
                interpreter("/usr/bin/python9", false),
            ),
            (
                b"#! /usr/bin/env python9\n",
                interpreter("/usr/bin/env", false),
            ),
            (b"#!/bin/sh\r\necho", interpreter("/bin/sh", true)),
            (b"#!", interpreter("", false)),
            (b"\x7fELF\x02", MissingPart::Loader),
            (b"", MissingPart::Loader),
        ];
        for (start, expected) in table {
            assert_eq!(
                MissingPart::parse(start),
                expected,
                "{}",
                start.escape_ascii()
            );
        }
    }
}
