//! The extensions of a revocation list (RFC 5280, section 5.2).

use std::fmt;

use x509_parser::asn1_rs::Tag;

use super::crl_error::CrlError;
use crate::x509::der::{Element, elements, sequence};
use crate::x509::{
    DistributionPointName, KeyIdentifier, Oid, PointName, ReasonFlags, SerialNumber,
};

/// authorityKeyIdentifier, cRLNumber, deltaCRLIndicator, issuingDistributionPoint and freshestCRL, by the last arc below
/// id-ce.
const AUTHORITY_KEY: &str = "2.5.29.35";
const NUMBER: &str = "2.5.29.20";
const DELTA: &str = "2.5.29.27";
const ISSUING_POINT: &str = "2.5.29.28";

/// Where deltas are found: never fetched from there, so that it says nothing here.
const FRESHEST: &str = "2.5.29.46";

/// issuerAltName and authorityInfoAccess help people and tools to find things.
const INFORMATIVE: [&str; 2] = ["2.5.29.18", "1.3.6.1.5.5.7.1.1"];

/// The most characters of a URI that are shown.
const MAX_SHOWN: usize = 200;

/// What a list says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Extensions {
    pub(super) authority_key: Option<KeyIdentifier>,
    pub(super) number: Option<SerialNumber>,
    pub(super) base: Option<SerialNumber>,
    pub(super) scope: Scope,
}

/// Which certificates a list covers (issuingDistributionPoint, section 5.2.5).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Scope {
    pub(super) point: Option<DistributionPointName>,
    pub(super) of_end_entities: bool,
    pub(super) of_authorities: bool,
    /// `None` for all reasons.
    pub(super) reasons: Option<ReasonFlags>,
    pub(super) is_indirect: bool,
}

impl Extensions {
    pub(super) fn read(encoding: Option<&[u8]>) -> Result<Self, CrlError> {
        const MALFORMED: CrlError = CrlError::Malformed("unreadable extensions");
        let mut extensions = Self::default();
        let Some(encoding) = encoding else {
            return Ok(extensions);
        };
        let mut seen = Vec::new();
        for extension in sequence(encoding).ok_or(MALFORMED)? {
            let Extension {
                oid,
                critical,
                value,
            } = Extension::read(&extension).ok_or(MALFORMED)?;
            if seen.contains(&oid) {
                return Err(CrlError::Malformed("an extension that occurs twice"));
            }
            match oid.as_str() {
                AUTHORITY_KEY => extensions.authority_key = KeyIdentifier::of_authority(value),
                NUMBER => extensions.number = Some(number(value).ok_or(MALFORMED)?),
                DELTA => extensions.base = Some(number(value).ok_or(MALFORMED)?),
                ISSUING_POINT => extensions.scope = Scope::read(value)?,
                FRESHEST => {}
                other if critical && !INFORMATIVE.contains(&other) => {
                    return Err(CrlError::CriticalExtension { found: oid });
                }
                _ => {}
            }
            seen.push(oid);
        }
        Ok(extensions)
    }
}

/// One extension, of a list or of an entry.
pub(super) struct Extension<'a> {
    pub(super) oid: String,
    pub(super) critical: bool,
    pub(super) value: &'a [u8],
}

impl<'a> Extension<'a> {
    pub(super) fn read(extension: &Element<'a>) -> Option<Self> {
        let fields = extension
            .is(Tag::Sequence)
            .then(|| elements(extension.content()))??;
        let (oid, critical, value) = match fields.as_slice() {
            [oid, value] => (oid, false, value),
            [oid, critical, value] if critical.is(Tag::Boolean) => {
                (oid, critical.content() != [0], value)
            }
            _ => return None,
        };
        (oid.is(Tag::Oid) && value.is(Tag::OctetString)).then_some(())?;
        Some(Self {
            oid: Oid::from_content(oid.content())?.to_string(),
            critical,
            value: value.content(),
        })
    }
}

/// An integer that is not negative.
fn number(value: &[u8]) -> Option<SerialNumber> {
    match elements(value)?.as_slice() {
        [number] if number.is(Tag::Integer) => {
            let not_negative = number
                .content()
                .first()
                .is_some_and(|first| first & 0x80 == 0);
            not_negative.then(|| SerialNumber::from_content(number.content()))
        }
        _ => None,
    }
}

impl Scope {
    fn read(value: &[u8]) -> Result<Self, CrlError> {
        const MALFORMED: CrlError = CrlError::Malformed("an unreadable issuingDistributionPoint");
        let mut scope = Self::default();
        let mut next = 0;
        for field in sequence(value).ok_or(MALFORMED)? {
            let number = (next..6)
                .find(|number| field.is_context(*number))
                .ok_or(MALFORMED)?;
            next = number.saturating_add(1);
            let content = field.content();
            match number {
                0 => scope.point = Some(DistributionPointName::read(content).ok_or(MALFORMED)?),
                1 => scope.of_end_entities = flag(content).ok_or(MALFORMED)?,
                2 => scope.of_authorities = flag(content).ok_or(MALFORMED)?,
                3 => scope.reasons = Some(ReasonFlags::read(content).ok_or(MALFORMED)?),
                4 => scope.is_indirect = flag(content).ok_or(MALFORMED)?,
                _ if flag(content).ok_or(MALFORMED)? => {
                    return Err(CrlError::AttributeCertificates);
                }
                _ => {}
            }
        }
        match scope.of_end_entities && scope.of_authorities {
            true => Err(CrlError::Malformed(
                "a list for end entities alone and for authorities alone",
            )),
            false => Ok(scope),
        }
    }
}

/// For people: `authorities, http://crl.example/sub.crl`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.of_end_entities, self.of_authorities) {
            (true, _) => "end entities",
            (_, true) => "authorities",
            (false, false) => "all certificates",
        })?;
        if self.reasons.is_some() {
            f.write_str(", some reasons")?;
        }
        if self.is_indirect {
            f.write_str(", also of other issuers")?;
        }
        if let Some(DistributionPointName::Full(names)) = &self.point {
            names.first().map_or(Ok(()), |name| write_point(name, f))?;
        }
        Ok(())
    }
}

/// A directory name, or the visible characters of a URI without its query.
fn write_point(name: &PointName, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match name {
        PointName::Directory(name) => write!(f, ", {name}"),
        PointName::Other(der) => {
            let uri = elements(der).unwrap_or_default();
            let uri = uri.first().filter(|name| name.is_context(6));
            let text = uri.map_or(&[][..], |uri| uri.content());
            let shown = text.split(|byte| *byte == b'?').next().unwrap_or_default();
            let shown = shown.iter().filter(|byte| byte.is_ascii_graphic());
            let shown: String = shown
                .take(MAX_SHOWN)
                .map(|byte| char::from(*byte))
                .collect();
            match shown.is_empty() {
                true => Ok(()),
                false => write!(f, ", {shown}"),
            }
        }
    }
}

/// The content of a BOOLEAN.
fn flag(content: &[u8]) -> Option<bool> {
    match content {
        [0] => Some(false),
        [0xff] => Some(true),
        _ => None,
    }
}
