//! The structure of a certificate: every element has the tag of its place (RFC 5280, section 4.1).
//!
//! The parser looks at the numbers of some tags alone and not at their class, so that another reader could find a different
//! certificate in the same bytes, or none.

use x509_parser::asn1_rs::Tag;

use super::der::{Element, elements, sequence};

/// Whether a DER encoding has the structure of a certificate. What its parts hold is read elsewhere.
pub(super) fn is_certificate(der: &[u8]) -> bool {
    certificate(der).is_some()
}

fn certificate(der: &[u8]) -> Option<()> {
    let parts = sequence(der)?;
    let [signed, algorithm, signature] = parts.as_slice() else {
        return None;
    };
    all(&[signed], Tag::Sequence)?;
    algorithm_identifier(algorithm)?;
    all(&[signature], Tag::BitString)?;
    let fields = elements(signed.content())?;
    let mut fields = fields.as_slice();
    if let [version, rest @ ..] = fields
        && is_field(version, 0)
    {
        only(version, Tag::Integer)?;
        fields = rest;
    }
    let [
        serial,
        algorithm,
        issuer,
        validity,
        subject,
        key,
        optional @ ..,
    ] = fields
    else {
        return None;
    };
    all(&[serial], Tag::Integer)?;
    all(&[issuer, validity, subject, key], Tag::Sequence)?;
    algorithm_identifier(algorithm)?;
    name(issuer)?;
    name(subject)?;
    times(validity)?;
    match elements(key.content())?.as_slice() {
        [algorithm, key] => {
            algorithm_identifier(algorithm)?;
            all(&[key], Tag::BitString)?;
        }
        _ => return None,
    }
    optional_fields(optional)
}

/// Whether a value has the structure of its extension, if that is one whose parser is lax: basicConstraints, keyUsage,
/// extKeyUsage or subjectAltName.
pub(super) fn is_extension(oid: &str, value: &[u8]) -> bool {
    match oid {
        "2.5.29.19" => basic_constraints(value).is_some(),
        "2.5.29.15" => {
            matches!(elements(value).as_deref(), Some([only]) if only.is(Tag::BitString))
        }
        "2.5.29.37" => purposes(value).is_some(),
        "2.5.29.17" => {
            sequence(value).is_some_and(|names| (names.iter()).all(Element::is_general_name))
        }
        _ => sequence(value).is_some(),
    }
}

fn basic_constraints(value: &[u8]) -> Option<()> {
    match sequence(value)?.as_slice() {
        [] => Some(()),
        [only] => all(&[only], Tag::Boolean).or_else(|| all(&[only], Tag::Integer)),
        [ca, length] => all(&[ca], Tag::Boolean).and(all(&[length], Tag::Integer)),
        _ => None,
    }
}

fn purposes(value: &[u8]) -> Option<()> {
    sequence(value)?.iter().try_for_each(identifier)
}

/// Unique identifiers and extensions, in this order, each once.
fn optional_fields(fields: &[Element<'_>]) -> Option<()> {
    let mut next = 1;
    for field in fields {
        let number = (next..4).find(|number| field.is_context(*number))?;
        if number == 3 {
            is_field(field, 3).then(|| extensions(field))??;
        }
        next = number.saturating_add(1);
    }
    Some(())
}

fn extensions(field: &Element<'_>) -> Option<()> {
    for extension in sequence(field.content())? {
        all(&[&extension], Tag::Sequence)?;
        match elements(extension.content())?.as_slice() {
            [oid, value] => {
                identifier(oid)?;
                all(&[value], Tag::OctetString)?;
            }
            [oid, critical, value] => {
                identifier(oid)?;
                all(&[critical], Tag::Boolean)?;
                all(&[value], Tag::OctetString)?;
            }
            _ => return None,
        }
    }
    Some(())
}

fn name(name: &Element<'_>) -> Option<()> {
    for rdn in elements(name.content())? {
        all(&[&rdn], Tag::Set)?;
        for pair in elements(rdn.content())? {
            all(&[&pair], Tag::Sequence)?;
            match elements(pair.content())?.as_slice() {
                [oid, value] if value.is_universal() => identifier(oid)?,
                _ => return None,
            }
        }
    }
    Some(())
}

/// An identifier, and parameters that depend on it.
fn algorithm_identifier(algorithm: &Element<'_>) -> Option<()> {
    all(&[algorithm], Tag::Sequence)?;
    match elements(algorithm.content())?.as_slice() {
        [oid] | [oid, _] => identifier(oid),
        _ => None,
    }
}

/// An OBJECT IDENTIFIER, each number of which ends, and begins without a superfluous zero (X.690, section 8.19).
fn identifier(oid: &Element<'_>) -> Option<()> {
    all(&[oid], Tag::Oid)?;
    let content = oid.content();
    let ends = content.last().is_some_and(|last| last & 0x80 == 0);
    let mut numbers = content.split_inclusive(|octet| octet & 0x80 == 0);
    (ends && numbers.all(|number| number.first() != Some(&0x80))).then_some(())
}

/// A constructed element with a context-specific tag.
fn is_field(element: &Element<'_>, number: u32) -> bool {
    element.is_context(number) && element.is_constructed()
}

fn times(validity: &Element<'_>) -> Option<()> {
    let times = elements(validity.content())?;
    let is_time = |time: &Element<'_>| time.is(Tag::UtcTime) || time.is(Tag::GeneralizedTime);
    (times.len() == 2 && times.iter().all(is_time)).then_some(())
}

fn only(element: &Element<'_>, tag: Tag) -> Option<()> {
    match elements(element.content())?.as_slice() {
        [inner] => all(&[inner], tag),
        _ => None,
    }
}

/// Whether elements are universal ones of one tag.
fn all(elements: &[&Element<'_>], tag: Tag) -> Option<()> {
    let fits = |element: &&Element<'_>| element.is(tag);
    elements.iter().all(fits).then_some(())
}

#[cfg(test)]
mod tests;
