//! DER elements (X.690), for what the parser reads less strictly than a decision needs.

use x509_parser::asn1_rs::{Any, Class, FromDer as _, Tag};

/// One element: its tag, its content, and the bytes of both.
pub(crate) struct Element<'a> {
    element: Any<'a>,
    pub(crate) raw: &'a [u8],
}

impl<'a> Element<'a> {
    pub(crate) fn content(&self) -> &'a [u8] {
        self.element.data
    }

    /// Its tag, if that is a universal one.
    pub(crate) fn tag(&self) -> Option<Tag> {
        (self.element.class() == Class::Universal).then(|| self.element.tag())
    }

    /// Whether it is of a universal type: constructed if that is a sequence or a set, else primitive.
    pub(crate) fn is(&self, tag: Tag) -> bool {
        self.is_universal() && self.element.tag() == tag
    }

    /// Whether it is of any universal type.
    pub(crate) fn is_universal(&self) -> bool {
        let structured = matches!(self.element.tag(), Tag::Sequence | Tag::Set);
        self.element.class() == Class::Universal && self.is_constructed() == structured
    }

    /// Whether it has the tag of a `GeneralName` (RFC 5280, section 4.2.1.6).
    pub(super) fn is_general_name(&self) -> bool {
        (0..=8).any(|number| self.is_context(number))
    }

    pub(super) fn is_constructed(&self) -> bool {
        self.element.header.is_constructed()
    }

    /// Whether it has a context-specific tag of this number.
    pub(crate) fn is_context(&self, number: u32) -> bool {
        self.element.class() == Class::ContextSpecific && self.element.tag().0 == number
    }
}

/// The first element of some bytes, and what follows it.
pub(crate) fn first(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (rest, element) = Any::from_der(bytes).ok()?;
    let raw = bytes.get(..bytes.len().checked_sub(rest.len())?)?;
    Some((Element { element, raw }, rest))
}

/// The elements that follow one another in some bytes; `None` if the bytes are anything else.
pub(crate) fn elements(mut bytes: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (element, rest) = first(bytes)?;
        found.push(element);
        bytes = rest;
    }
    Some(found)
}

/// The elements of a sequence, if that is all that the bytes hold.
pub(crate) fn sequence(bytes: &[u8]) -> Option<Vec<Element<'_>>> {
    match elements(bytes)?.as_slice() {
        [only] if only.is(Tag::Sequence) => elements(only.content()),
        _ => None,
    }
}

/// Whether an element of the parser's is of a universal type that is primitive: its tag is a number alone, which other classes use
/// for other things.
pub(super) fn is_primitive(element: &Any<'_>, tag: Tag) -> bool {
    let header = &element.header;
    header.class() == Class::Universal && header.tag() == tag && !header.is_constructed()
}
