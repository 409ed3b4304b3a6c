//! What kind of program a file is, by its first bytes. Pure.

use object::elf::{EM_AARCH64, EM_X86_64, FileHeader64};
use object::read::elf::FileHeader as _;
use object::{Endianness, FileKind};

/// Bytes of a file that are looked at: enough for a header, and for a script that starts a program.
pub(super) const EXAMINED_BYTES: u64 = 64 * 1024;

/// What kind of program a file is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum ProgramFile {
    /// For Linux on x86-64, which every plan has.
    Linux,
    /// For Linux on another processor.
    OtherProcessor(&'static str),
    /// For another operating system, or neither a program nor a script.
    Other(&'static str),
    /// It begins with `#!`.
    Script(Script),
}

/// A script.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Script {
    /// The program that runs it, looked up by `env` or not.
    pub(crate) interpreter: String,
    /// Whether its first line ends with CR LF.
    pub(crate) has_crlf: bool,
    /// Whether a line of it begins with `exec`.
    pub(crate) has_exec: bool,
}

impl ProgramFile {
    /// By the first bytes of a file.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        if let Some(script) = bytes.strip_prefix(b"#!") {
            return Self::Script(Script::of(script));
        }
        match FileKind::parse(bytes) {
            Ok(FileKind::Elf64) => processor(bytes),
            Ok(FileKind::Elf32) => Self::OtherProcessor("a 32-bit processor"),
            Ok(FileKind::Pe32 | FileKind::Pe64) => Self::Other("a program for Windows"),
            Ok(
                FileKind::MachO32 | FileKind::MachO64 | FileKind::MachOFat32 | FileKind::MachOFat64,
            ) => Self::Other("a program for macOS"),
            Ok(_) | Err(_) => Self::Other("neither a program nor a script with #!"),
        }
    }
}

impl Script {
    fn of(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let first = text.split('\n').next().unwrap_or_default();
        let mut words = first.split_whitespace();
        let program = words.next().unwrap_or_default();
        let interpreter = match program.ends_with("/env") {
            true => words
                .find(|word| !word.starts_with('-'))
                .unwrap_or_default(),
            false => program,
        };
        Self {
            interpreter: interpreter.to_owned(),
            has_crlf: first.ends_with('\r'),
            has_exec: text
                .lines()
                .any(|line| line.trim_start().starts_with("exec ")),
        }
    }
}

fn processor(bytes: &[u8]) -> ProgramFile {
    let header = FileHeader64::<Endianness>::parse(bytes);
    let machine = header.and_then(|header| Ok(header.e_machine(header.endian()?)));
    match machine {
        Ok(EM_X86_64) => ProgramFile::Linux,
        Ok(EM_AARCH64) => ProgramFile::OtherProcessor("ARM64"),
        Ok(_) | Err(_) => ProgramFile::OtherProcessor("another processor"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of an ELF file, of this class and for this machine.
    fn elf(class: u8, machine: u8) -> Vec<u8> {
        let mut header = vec![0x7F, b'E', b'L', b'F', class, 1, 1];
        header.resize(64, 0);
        header[16] = 2;
        header[18] = machine;
        header[20] = 1;
        header
    }

    #[test]
    fn the_first_bytes_tell_what_a_file_is() {
        let mut windows = b"MZ".to_vec();
        windows.resize(256, 0);
        windows[0x3C] = 0x80;
        windows[0x80..0x84].copy_from_slice(b"PE\0\0");
        windows[0x84..0x86].copy_from_slice(&[0x64, 0x86]);
        windows[0x98..0x9A].copy_from_slice(&[0x0B, 0x02]);
        let mut macos = vec![0xCF, 0xFA, 0xED, 0xFE];
        macos.resize(64, 0);
        let other = "neither a program nor a script with #!";
        for (bytes, expected) in [
            (elf(2, 62), ProgramFile::Linux),
            (elf(2, 183), ProgramFile::OtherProcessor("ARM64")),
            (elf(2, 8), ProgramFile::OtherProcessor("another processor")),
            (elf(1, 3), ProgramFile::OtherProcessor("a 32-bit processor")),
            (windows, ProgramFile::Other("a program for Windows")),
            (macos, ProgramFile::Other("a program for macOS")),
            (Vec::new(), ProgramFile::Other(other)),
            (b"print('x')\n".to_vec(), ProgramFile::Other(other)),
        ] {
            assert_eq!(ProgramFile::of(&bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_script_names_its_interpreter() {
        for (text, interpreter, has_crlf, has_exec) in [
            ("#!/bin/sh\nexec ./x\n", "/bin/sh", false, true),
            ("#!/usr/bin/env -S python3 -u\n", "python3", false, false),
            ("#! /usr/bin/env node\r\n", "node", true, false),
            ("#!", "", false, false),
        ] {
            let expected = Script {
                interpreter: interpreter.to_owned(),
                has_crlf,
                has_exec,
            };
            assert_eq!(
                ProgramFile::of(text.as_bytes()),
                ProgramFile::Script(expected),
                "{text}"
            );
        }
    }
}
