//! In which form a certificate was found.

use std::fmt;

use outbound_mtls::Oddity;

/// The form of a file: what it holds, and how that is written down.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Format {
    pub(crate) content: Content,
    pub(crate) notation: Notation,
    pub(crate) charset: Charset,
    /// In which ways PEM departs from its ordinary form.
    pub(crate) oddities: Vec<Oddity>,
}

/// What the file holds, once it is decoded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Content {
    /// One certificate.
    Der,
    /// PKCS#12.
    Pkcs12,
    /// PKCS#12 with a cipher that OpenSSL 3 keeps apart as obsolete, such as RC2-40.
    LegacyPkcs12,
    /// PEM blocks.
    Pem,
}

/// How the content is written down.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Notation {
    /// As it is.
    Plain,
    /// Base64 on one line, as in the header.
    Base64,
    /// Base64 on several lines.
    Base64Lines,
    /// Hexadecimal digits.
    Hexadecimal,
}

/// How text is encoded; binary content counts as the first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Charset {
    /// ASCII, UTF-8, or no text at all.
    Utf8,
    /// UTF-8 after a byte order mark.
    Utf8Marked,
    /// UTF-16, little endian, after a byte order mark: what `>` and Out-File write in Windows PowerShell.
    Utf16Le,
    /// UTF-16, big endian, after a byte order mark.
    Utf16Be,
}

impl Format {
    /// Content without any encoding around it.
    pub(crate) fn plain(content: Content) -> Self {
        Self {
            content,
            notation: Notation::Plain,
            charset: Charset::Utf8,
            oddities: Vec::new(),
        }
    }

    /// A PKCS#12 file, with obsolete encryption or without.
    pub(crate) fn pkcs12(legacy: bool) -> Self {
        Self::plain(match legacy {
            true => Content::LegacyPkcs12,
            false => Content::Pkcs12,
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.content {
            Content::Der => "DER",
            Content::Pkcs12 => "PKCS#12",
            Content::LegacyPkcs12 => "PKCS#12 with obsolete encryption",
            Content::Pem => "PEM",
        })?;
        for oddity in &self.oddities {
            write!(f, " {oddity}")?;
        }
        f.write_str(match self.notation {
            Notation::Plain => "",
            Notation::Base64 => " in base64",
            Notation::Base64Lines => " in base64 on several lines",
            Notation::Hexadecimal => " in hexadecimal",
        })?;
        f.write_str(match self.charset {
            Charset::Utf8 => "",
            Charset::Utf8Marked => ", UTF-8 with byte order mark",
            Charset::Utf16Le => ", UTF-16LE with byte order mark",
            Charset::Utf16Be => ", UTF-16BE with byte order mark",
        })
    }
}
