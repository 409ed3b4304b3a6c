//! What a program for Linux needs of the machine that it starts on. Pure.

use object::elf::{DT_NEEDED, FileHeader64};
use object::read::Result;
use object::read::elf::{Dyn as _, FileHeader, ProgramHeader as _, SectionTable};
use object::{Endianness, SectionIndex};

/// How a program is linked.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Linkage {
    /// The program that loads it; `None` for one that is linked statically.
    pub(super) loader: Option<String>,
    /// Names of libraries.
    pub(super) libraries: Vec<String>,
    /// The newest version of glibc's interface that it names.
    pub(super) newest: Option<Newest>,
}

/// A version of glibc's interface, and the name that a program has for it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Newest {
    pub(super) version: Version,
    pub(super) symbol: String,
}

/// A version of glibc, as 2.2.5.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Version(pub(super) u32, pub(super) u32, pub(super) u32);

/// What every name of a version begins with.
const PREFIX: &str = "GLIBC_";

type Header = FileHeader64<Endianness>;

impl Linkage {
    /// Reads an ELF file of 64 bits.
    ///
    /// # Errors
    ///
    /// A damaged file.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let header = Header::parse(bytes)?;
        let endian = header.endian()?;
        let mut linkage = Self::default();
        for segment in header.program_headers(endian, bytes)? {
            if let Some(loader) = segment.interpreter(endian, bytes)? {
                linkage.loader = Some(text(loader));
            }
        }
        let sections = header.sections(endian, bytes)?;
        linkage.libraries = libraries(&sections, endian, bytes)?;
        linkage.newest = newest(&sections, endian, bytes)?;
        Ok(linkage)
    }
}

impl Newest {
    /// By the name of a version. One that is not known counts as newer than all: it may need anything.
    pub(super) fn parse(symbol: &str) -> Option<Self> {
        let version = match symbol.strip_prefix(PREFIX)? {
            // Relative relocations in their short form, which glibc 2.36 brought.
            "ABI_DT_RELR" => Version(2, 36, 0),
            number => Version::parse(number).unwrap_or(Version(u32::MAX, 0, 0)),
        };
        Some(Self {
            version,
            symbol: symbol.to_owned(),
        })
    }
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let version = Self(
            parts.next()??,
            parts.next()??,
            parts.next().unwrap_or(Some(0))?,
        );
        parts.next().is_none().then_some(version)
    }
}

fn libraries(
    sections: &SectionTable<'_, Header>,
    endian: Endianness,
    bytes: &[u8],
) -> Result<Vec<String>> {
    let Some((entries, index)) = sections.dynamic(endian, bytes)? else {
        return Ok(Vec::new());
    };
    let strings = sections.strings(endian, bytes, index)?;
    let needed = entries
        .iter()
        .filter(|entry| entry.tag(endian) == DT_NEEDED);
    needed
        .map(|entry| entry.string(endian, strings).map(text))
        .collect()
}

fn newest(
    sections: &SectionTable<'_, Header>,
    endian: Endianness,
    bytes: &[u8],
) -> Result<Option<Newest>> {
    let Some((needs, index)) = sections.gnu_verneed(endian, bytes)? else {
        return Ok(None);
    };
    let index: SectionIndex = index;
    let strings = sections.strings(endian, bytes, index)?;
    let mut newest = None;
    for need in needs {
        let (_, versions) = need?;
        for version in versions {
            let symbol = text(version?.name(endian, strings)?);
            newest = newest.max(Newest::parse(&symbol));
        }
    }
    Ok(newest)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (symbol, expected) in [
            ("GLIBC_2.2.5", Some(Version(2, 2, 5))),
            ("GLIBC_2.34", Some(Version(2, 34, 0))),
            ("GLIBC_ABI_DT_RELR", Some(Version(2, 36, 0))),
            ("GLIBC_PRIVATE", Some(Version(u32::MAX, 0, 0))),
            ("GLIBC_2.3.4.5", Some(Version(u32::MAX, 0, 0))),
            ("GCC_3.0", None),
        ] {
            let found = Newest::parse(symbol).map(|newest| newest.version);
            assert_eq!(found, expected, "{symbol}");
        }
        assert!(Newest::parse("GLIBC_2.9") < Newest::parse("GLIBC_2.14"));
    }

    /// This very test, where it is a program for Linux.
    #[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
    #[test]
    fn a_real_program_names_its_loader_libraries_and_symbols() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let linkage = Linkage::read(&bytes).unwrap();
        assert_eq!(
            linkage.loader.as_deref(),
            Some("/lib64/ld-linux-x86-64.so.2\0".trim_end_matches('\0'))
        );
        assert!(linkage.libraries.contains(&"libc.so.6".to_owned()));
        let newest = linkage.newest.unwrap().version;
        assert!(newest >= Version(2, 17, 0) && newest < Version(3, 0, 0));
        assert!(Linkage::read(&bytes[..bytes.len() / 2]).is_err());
    }
}
