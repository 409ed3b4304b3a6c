//! cRLDistributionPoints: which revocation lists cover a certificate (RFC 5280, section 4.2.1.13).

use x509_parser::asn1_rs::Tag;

use super::der::{Element, elements, sequence};
use super::name::Name;

/// One distribution point. Its addresses are compared with those in revocation lists and never fetched.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DistributionPoint {
    /// The name of the point; `None` if it is that of the list's issuer.
    pub name: Option<DistributionPointName>,
    /// The reasons that the lists of this point cover; `None` for all.
    pub reasons: Option<ReasonFlags>,
    /// Who issues the lists, if it is not the issuer of the certificate. Names of other kinds than directory names are left out.
    pub crl_issuers: Vec<Name>,
}

/// The name of a distribution point.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DistributionPointName {
    /// Names of one thing, any of which identifies it.
    Full(Vec<PointName>),
    /// The DER encoding of a relative distinguished name below the list's issuer.
    Relative(Box<[u8]>),
}

/// One name, as it is compared: directory names as names, all others by their encoding.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PointName {
    /// A directory name.
    Directory(Name),
    /// The DER encoding of a `GeneralName` of another kind, most often a URI.
    Other(Box<[u8]>),
}

/// Reasons for revocation, as the bits of `ReasonFlags`: bit 1 is keyCompromise, bit 8 is aACompromise.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReasonFlags(pub u16);

/// Reads the extension's value; `None` if it is anything else.
pub(super) fn distribution_points(value: &[u8]) -> Option<Vec<DistributionPoint>> {
    let points = sequence(value)?;
    let points = points
        .iter()
        .map(|point| point.is(Tag::Sequence).then(|| read(point.content()))?);
    points.collect()
}

fn read(content: &[u8]) -> Option<DistributionPoint> {
    let mut point = DistributionPoint {
        name: None,
        reasons: None,
        crl_issuers: Vec::new(),
    };
    let mut next = 0;
    for field in elements(content)? {
        let number = (next..3).find(|number| field.is_context(*number))?;
        match number {
            0 => point.name = Some(DistributionPointName::read(field.content())?),
            1 => point.reasons = Some(ReasonFlags::read(field.content())?),
            _ => point.crl_issuers = directory_names(&elements(field.content())?)?,
        }
        next = number.saturating_add(1);
    }
    Some(point)
}

impl DistributionPointName {
    /// Reads the content of the field `distributionPoint`, here and in issuingDistributionPoint (section 5.2.5).
    pub(crate) fn read(content: &[u8]) -> Option<Self> {
        match elements(content)?.as_slice() {
            [names] if names.is_context(0) => {
                let names = elements(names.content())?;
                let names: Option<Vec<PointName>> = names.iter().map(PointName::read).collect();
                names.filter(|names| !names.is_empty()).map(Self::Full)
            }
            [relative] if relative.is_context(1) => {
                elements(relative.content())?;
                Some(Self::Relative(relative.content().into()))
            }
            _ => None,
        }
    }
}

impl PointName {
    fn read(name: &Element<'_>) -> Option<Self> {
        match name.is_context(4) {
            true => Name::from_der(name.content()).map(Self::Directory),
            false => Some(Self::Other(name.raw.into())),
        }
    }
}

impl ReasonFlags {
    /// Reads the content of a BIT STRING, whose first bit is its most significant one.
    pub(crate) fn read(content: &[u8]) -> Option<Self> {
        let (unused, bits) = content.split_first()?;
        if *unused > 7 || bits.len() > 2 || (bits.is_empty() && *unused > 0) {
            return None;
        }
        let flags = bits.iter().rev().fold(0, |flags: u16, byte| {
            flags.wrapping_shl(8) | u16::from(byte.reverse_bits())
        });
        Some(Self(flags))
    }
}

fn directory_names(names: &[Element<'_>]) -> Option<Vec<Name>> {
    let names = names.iter().filter(|name| name.is_context(4));
    names.map(|name| Name::from_der(name.content())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap();
        [&[tag, length], content].concat()
    }

    #[test]
    fn every_form_of_a_point_is_read() {
        let rdn = element(0x30, b"\x06\x03\x55\x04\x03\x0c\x01a");
        let directory = element(0x30, &element(0x31, &rdn));
        let uri = element(0x86, b"http://a");
        let name = Name::from_der(&directory).unwrap();
        let full = |names: &[u8]| element(0xa0, &element(0xa0, names));
        let relative = element(0xa0, &element(0xa1, &rdn));
        let issuer = element(0xa2, &element(0xa4, &directory));
        let value = |point: &[u8]| element(0x30, &element(0x30, point));
        let read = |point: &[u8]| distribution_points(&value(point));
        let point = |name, reasons, crl_issuers: Vec<Name>| {
            Some(vec![DistributionPoint {
                name,
                reasons,
                crl_issuers,
            }])
        };
        let of_uri = DistributionPointName::Full(vec![PointName::Other(uri.clone().into())]);
        let of_name = DistributionPointName::Full(vec![PointName::Directory(name.clone())]);
        let below = DistributionPointName::Relative(rdn.into());
        assert_eq!(read(&full(&uri)), point(Some(of_uri), None, vec![]));
        assert_eq!(
            read(&full(&element(0xa4, &directory))),
            point(Some(of_name), None, vec![])
        );
        assert_eq!(read(&relative), point(Some(below), None, vec![]));
        assert_eq!(read(&issuer), point(None, None, vec![name]));
        let compromise = element(0x81, &[6, 0x40]);
        assert_eq!(
            read(&compromise),
            point(None, Some(ReasonFlags(1 << 1)), vec![])
        );
        let of_attributes = element(0x81, &[7, 0, 0x80]);
        assert_eq!(
            read(&of_attributes),
            point(None, Some(ReasonFlags(1 << 8)), vec![])
        );
        let none = element(0x81, &[0]);
        assert_eq!(read(&none), point(None, Some(ReasonFlags(0)), vec![]));
    }

    #[test]
    fn whatever_is_no_list_of_points_is_nothing() {
        let uri = element(0x86, b"http://a");
        let full = element(0xa0, &element(0xa0, &uri));
        let reasons = element(0x81, &[6, 0x40]);
        for point in [
            [&reasons[..], &full].concat(),
            [&full[..], &full].concat(),
            element(0xa0, &uri),
            element(0xa0, &element(0xa0, &[])),
            element(0xa0, &element(0xa2, &uri)),
            element(0x81, &[]),
            element(0x81, &[1]),
            element(0x81, &[8, 0x40]),
            element(0x81, &[0, 1, 1, 1]),
            element(0xa3, &[]),
            element(0xa2, &element(0xa4, &[5, 0])),
        ] {
            let value = element(0x30, &element(0x30, &point));
            assert_eq!(distribution_points(&value), None, "{point:x?}");
        }
        let value = element(0x30, &element(0x30, &full));
        let followed = [&value[..], b"\x05\x00"].concat();
        assert_eq!(distribution_points(&followed), None);
        assert_eq!(distribution_points(&value[..value.len() - 1]), None);
    }
}
