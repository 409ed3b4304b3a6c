//! Forms of names.

use std::fmt;

/// A form of name: the choices of `GeneralName` (RFC 5280, section 4.2.1.6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NameForm {
    /// otherName, of any type.
    Other,
    /// rfc822Name.
    Mail,
    /// dNSName.
    Dns,
    /// x400Address.
    X400,
    /// directoryName.
    Directory,
    /// ediPartyName.
    EdiParty,
    /// uniformResourceIdentifier.
    Uri,
    /// iPAddress.
    Ip,
    /// registeredID.
    RegisteredId,
}

impl NameForm {
    const IN_ORDER: [Self; 9] = [
        Self::Other,
        Self::Mail,
        Self::Dns,
        Self::X400,
        Self::Directory,
        Self::EdiParty,
        Self::Uri,
        Self::Ip,
        Self::RegisteredId,
    ];

    /// The form whose context-specific tag fits; `None` if none does.
    pub(super) fn of_tag(fits: impl Fn(u32) -> bool) -> Option<Self> {
        let tagged = (0..).zip(Self::IN_ORDER);
        tagged
            .into_iter()
            .find(|(tag, _)| fits(*tag))
            .map(|(_, form)| form)
    }
}

/// As RFC 5280 writes it.
impl fmt::Display for NameForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Other => "otherName",
            Self::Mail => "rfc822Name",
            Self::Dns => "dNSName",
            Self::X400 => "x400Address",
            Self::Directory => "directoryName",
            Self::EdiParty => "ediPartyName",
            Self::Uri => "uniformResourceIdentifier",
            Self::Ip => "iPAddress",
            Self::RegisteredId => "registeredID",
        })
    }
}
