//! What programs start on, on Azure. Pure.

use clap::ValueEnum;

use super::linkage::{Linkage, Version};

/// Where the program has to start. No public page says what Flex Consumption runs on.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(super) enum Image {
    /// Debian 12 with glibc 2.36
    Bookworm,
    /// Debian 11 with glibc 2.31
    Bullseye,
    /// Flex Consumption, whose C library is not known
    #[default]
    Flex,
}

/// What a program lacks there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Lack {
    /// Nothing that is known.
    Nothing,
    /// It is not known whether something is lacking.
    Unknown(String),
    /// It does not start.
    Something(String),
}

/// The loader of glibc on x86-64.
const LOADER: &str = "/lib64/ld-linux-x86-64.so.2";

/// Libraries that are on every image of Debian for the host: glibc's, and those of the C compiler that the host needs itself.
const LIBRARIES: [&str; 10] = [
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libstdc++.so.6",
    "libutil.so.1",
];

/// How to need nothing of the image.
const STATIC: &str = "build it by mtls build --static (other languages: without libraries of the system, or on that image)";

impl Image {
    /// What a program that is linked in this way lacks here.
    pub(super) fn lack(self, linkage: &Linkage) -> Lack {
        let Some(loader) = &linkage.loader else {
            return Lack::Nothing;
        };
        if loader != LOADER {
            return Lack::Something(format!(
                "expected a program that {LOADER} loads, found one for {loader}; {STATIC}"
            ));
        }
        let newest = linkage.newest.as_ref();
        if let (Some(glibc), Some(newest)) = (self.glibc(), newest)
            && newest.version > glibc
        {
            return Lack::Something(format!(
                "expected a program for glibc {}.{} of {}, found one that needs {}; {STATIC}",
                glibc.0,
                glibc.1,
                self.name(),
                newest.symbol
            ));
        }
        self.unknown(linkage)
    }

    fn unknown(self, linkage: &Linkage) -> Lack {
        let mut libraries = linkage.libraries.iter();
        let other = libraries.find(|name| !LIBRARIES.contains(&name.as_str()));
        if let Some(library) = other {
            return Lack::Unknown(format!(
                "it needs {library}, which the image may not have; {STATIC}"
            ));
        }
        match (self.glibc(), &linkage.newest) {
            (Some(_), Some(_)) => Lack::Nothing,
            (Some(_), None) => Lack::Unknown(format!(
                "it names no version of the C library that it needs; {STATIC}"
            )),
            (None, Some(newest)) => Lack::Unknown(format!(
                "it needs {} of the C library, and nobody says which one Flex Consumption has; {STATIC}",
                newest.symbol
            )),
            (None, None) => Lack::Unknown(format!(
                "it needs a C library, and nobody says which one Flex Consumption has; {STATIC}"
            )),
        }
    }

    /// The version of its C library (Debian's releases).
    fn glibc(self) -> Option<Version> {
        match self {
            Self::Bookworm => Some(Version(2, 36, 0)),
            Self::Bullseye => Some(Version(2, 31, 0)),
            Self::Flex => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Bookworm => "Debian 12 (bookworm)",
            Self::Bullseye => "Debian 11 (bullseye)",
            Self::Flex => "Flex Consumption",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::linkage::Newest;
    use super::*;

    fn dynamic(loader: &str, symbol: &str, libraries: &[&str]) -> Linkage {
        Linkage {
            loader: Some(loader.to_owned()),
            libraries: libraries.iter().map(ToString::to_string).collect(),
            newest: Newest::parse(symbol),
        }
    }

    #[test]
    fn a_program_starts_where_its_loader_libraries_and_symbols_are() {
        let musl = "/lib/ld-musl-x86_64.so.1";
        let libc = &["libc.so.6"][..];
        let openssl = &["libc.so.6", "libssl.so.3"][..];
        let rows = [
            (LOADER, "GLIBC_2.34", libc, Image::Bookworm, ""),
            (LOADER, "GLIBC_2.36", libc, Image::Bookworm, ""),
            (LOADER, "GLIBC_2.37", libc, Image::Bookworm, "! GLIBC_2.37"),
            (LOADER, "GLIBC_2.31", libc, Image::Bullseye, ""),
            (LOADER, "GLIBC_2.34", libc, Image::Bullseye, "! GLIBC_2.34"),
            (
                LOADER,
                "GLIBC_ABI_DT_RELR",
                libc,
                Image::Bullseye,
                "! GLIBC_ABI_DT_RELR",
            ),
            (LOADER, "GLIBC_ABI_DT_RELR", libc, Image::Bookworm, ""),
            (
                LOADER,
                "GLIBC_ABI_NEXT",
                libc,
                Image::Bookworm,
                "! GLIBC_ABI_NEXT",
            ),
            (LOADER, "GLIBC_2.2.5", libc, Image::Flex, "? GLIBC_2.2.5"),
            (LOADER, "", libc, Image::Flex, "? nobody says"),
            (LOADER, "", libc, Image::Bookworm, "? names no version"),
            (
                LOADER,
                "GLIBC_2.34",
                openssl,
                Image::Bookworm,
                "? libssl.so.3",
            ),
            (musl, "", libc, Image::Bookworm, "! ld-musl"),
            (musl, "", libc, Image::Flex, "! ld-musl"),
        ];
        for (loader, symbol, libraries, image, expected) in rows {
            let found = match image.lack(&dynamic(loader, symbol, libraries)) {
                Lack::Nothing => String::new(),
                Lack::Unknown(text) => format!("? {text}"),
                Lack::Something(text) => format!("! {text}"),
            };
            let (sign, part) = expected.split_at(expected.len().min(2));
            let is_expected = found.starts_with(sign) && found.contains(part);
            assert!(
                is_expected && found.is_empty() == expected.is_empty(),
                "{symbol} on {image:?}: expected {expected}, found {found}"
            );
        }
    }

    #[test]
    fn a_program_without_a_loader_needs_nothing() {
        for image in Image::value_variants() {
            assert_eq!(image.lack(&Linkage::default()), Lack::Nothing, "{image:?}");
        }
    }
}
