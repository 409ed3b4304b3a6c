//! What a certificate says about certificate policies: certificatePolicies, policyMappings, policyConstraints and
//! inhibitAnyPolicy (RFC 5280, sections 4.2.1.4, 4.2.1.5, 4.2.1.11 and 4.2.1.14).

use x509_parser::asn1_rs::Tag;

use super::der::{Element, elements, sequence};
use super::oid::Oid;

/// The four extensions about policies. What they mean for a path is decided along it, and not here.
///
/// Qualifiers are for people and are not read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct PolicyExtensions {
    /// Under which policies it was issued; `None` if the extension is absent. One OID may be [`Self::ANY_POLICY`].
    pub certificate_policies: Option<Vec<Oid>>,
    /// Policies of the issuer, each with one of the subject that the issuer takes for its equal; empty if that is absent.
    pub mappings: Vec<(Oid, Oid)>,
    /// After how many further certificates a path must have a valid policy; `None` if that is not said.
    pub require_explicit_policy: Option<SkipCerts>,
    /// After how many further certificates policies are no longer mapped; `None` if that is not said.
    pub inhibit_policy_mapping: Option<SkipCerts>,
    /// After how many further certificates anyPolicy no longer counts as every policy; `None` if that is not said.
    pub inhibit_any_policy: Option<SkipCerts>,
    /// Whether one of the extensions cannot be read. Then no path through the certificate is valid.
    pub unreadable: bool,
}

/// A number of certificates; numbers beyond `u32` are no limit on any path.
type SkipCerts = u32;

impl PolicyExtensions {
    /// `anyPolicy` in dotted notation (RFC 5280, section 4.2.1.4).
    pub const ANY_POLICY: &str = "2.5.29.32.0";

    /// Takes one extension; `None` if it is not one of the four, else whether it can be read.
    pub(super) fn add(&mut self, oid: &str, value: &[u8]) -> Option<bool> {
        let read = match oid {
            "2.5.29.32" => certificate_policies(value)
                .map(|policies| self.certificate_policies = Some(policies)),
            "2.5.29.33" => policy_mappings(value).map(|mappings| self.mappings = mappings),
            "2.5.29.36" => policy_constraints(value).map(|(explicit, mapping)| {
                self.require_explicit_policy = explicit;
                self.inhibit_policy_mapping = mapping;
            }),
            "2.5.29.54" => {
                inhibit_any_policy(value).map(|skip| self.inhibit_any_policy = Some(skip))
            }
            _ => return None,
        };
        self.unreadable |= read.is_none();
        Some(read.is_some())
    }
}

/// `SEQUENCE SIZE (1..MAX) OF SEQUENCE { OBJECT IDENTIFIER, SEQUENCE OF … OPTIONAL }`. A policy that occurs twice counts once.
fn certificate_policies(value: &[u8]) -> Option<Vec<Oid>> {
    let policy = |information: &Element<'_>| match parts(information)?.as_slice() {
        [policy] => oid(policy),
        [policy, qualifiers] if qualifiers.is(Tag::Sequence) => oid(policy),
        _ => None,
    };
    some(sequence(value)?.iter().map(policy))
}

/// `SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy }`.
fn policy_mappings(value: &[u8]) -> Option<Vec<(Oid, Oid)>> {
    let mapping = |pair: &Element<'_>| match parts(pair)?.as_slice() {
        [issuer, subject] => Some((oid(issuer)?, oid(subject)?)),
        _ => None,
    };
    some(sequence(value)?.iter().map(mapping))
}

/// `SEQUENCE { requireExplicitPolicy [0] OPTIONAL, inhibitPolicyMapping [1] OPTIONAL }`, of which one is present.
fn policy_constraints(value: &[u8]) -> Option<(Option<SkipCerts>, Option<SkipCerts>)> {
    match sequence(value)?.as_slice() {
        [explicit, mapping] if explicit.is_context(0) && mapping.is_context(1) => {
            Some((Some(number(explicit)?), Some(number(mapping)?)))
        }
        [explicit] if explicit.is_context(0) => Some((Some(number(explicit)?), None)),
        [mapping] if mapping.is_context(1) => Some((None, Some(number(mapping)?))),
        _ => None,
    }
}

fn inhibit_any_policy(value: &[u8]) -> Option<SkipCerts> {
    match elements(value)?.as_slice() {
        [skip] if skip.is(Tag::Integer) => number(skip),
        _ => None,
    }
}

fn parts<'a>(element: &Element<'a>) -> Option<Vec<Element<'a>>> {
    element
        .is(Tag::Sequence)
        .then(|| elements(element.content()))?
}

fn oid(element: &Element<'_>) -> Option<Oid> {
    element
        .is(Tag::Oid)
        .then(|| Oid::from_content(element.content()))?
}

/// All of a list that has one part at least.
fn some<T>(list: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let list: Vec<T> = list.collect::<Option<_>>()?;
    (!list.is_empty()).then_some(list)
}

/// The content of an INTEGER (0..MAX), encoded as DER demands: without needless zeros.
fn number(element: &Element<'_>) -> Option<SkipCerts> {
    match element.content() {
        [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => None,
        [0, magnitude @ ..] | magnitude => Some(match magnitude.len() {
            0..=4 => magnitude
                .iter()
                .fold(0, |sum, byte| (sum << 8) | SkipCerts::from(*byte)),
            _ => SkipCerts::MAX,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// DER element with a short length.
    fn element(tag: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        [&[tag, u8::try_from(content.len()).unwrap()], &content[..]].concat()
    }

    fn read(oid: &str, value: &[u8]) -> Option<PolicyExtensions> {
        let mut extensions = PolicyExtensions::default();
        let read = extensions.add(oid, value).unwrap();
        assert_eq!(read, !extensions.unreadable);
        read.then_some(extensions)
    }

    fn oids(list: &[&str]) -> Vec<Oid> {
        list.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn policies_are_read_without_their_qualifiers() {
        let (a, b) = (element(6, &[&[0x2a, 1]]), element(6, &[&[0x2a, 2]]));
        let qualifiers = element(0x30, &[&[5, 0]]);
        let policies = |list: &[&[u8]]| {
            read("2.5.29.32", &element(0x30, list)).map(|read| read.certificate_policies.unwrap())
        };
        let plain = element(0x30, &[&a]);
        let qualified = element(0x30, &[&b, &qualifiers]);
        assert_eq!(
            policies(&[&plain, &qualified]),
            Some(oids(&["1.2.1", "1.2.2"]))
        );
        assert_eq!(policies(&[]), None);
        assert_eq!(policies(&[&a]), None);
        assert_eq!(policies(&[&element(0x30, &[])]), None);
        assert_eq!(policies(&[&element(0x30, &[&a, &b])]), None);
        assert_eq!(
            policies(&[&element(0x30, &[&a, &qualifiers, &qualifiers])]),
            None
        );
        assert_eq!(
            policies(&[&element(0x30, &[&element(6, &[&[0x80]])])]),
            None
        );
        let twice = [element(0x30, &[&plain]), element(0x30, &[&plain])].concat();
        assert_eq!(read("2.5.29.32", &twice), None);
    }

    #[test]
    fn mappings_are_pairs() {
        let (a, b) = (element(6, &[&[0x2a, 1]]), element(6, &[&[0x2a, 2]]));
        let mappings =
            |list: &[&[u8]]| read("2.5.29.33", &element(0x30, list)).map(|read| read.mappings);
        let [one, two] = oids(&["1.2.1", "1.2.2"]).try_into().unwrap();
        assert_eq!(
            mappings(&[&element(0x30, &[&a, &b])]),
            Some(vec![(one, two)])
        );
        assert_eq!(mappings(&[]), None);
        assert_eq!(mappings(&[&element(0x30, &[&a])]), None);
        assert_eq!(mappings(&[&element(0x30, &[&a, &b, &b])]), None);
    }

    #[test]
    fn numbers_of_certificates_are_read_as_der() {
        for (content, expected) in [
            (&[0][..], Some(0)),
            (&[5], Some(5)),
            (&[0, 0x80], Some(128)),
            (&[1, 0], Some(256)),
            (&[0, 0xff, 0xff, 0xff, 0xff], Some(u32::MAX)),
            (&[1, 0, 0, 0, 0], Some(u32::MAX)),
            (&[], None),
            (&[0x80], None),
            (&[0, 5], None),
        ] {
            let any = read("2.5.29.54", &element(2, &[content]));
            assert_eq!(
                any.map(|any| any.inhibit_any_policy.unwrap()),
                expected,
                "{content:?}"
            );
            let octets = read("2.5.29.54", &element(4, &[content]));
            assert!(octets.is_none(), "{content:?} as an OCTET STRING");
            let explicit = read("2.5.29.36", &element(0x30, &[&element(0x80, &[content])]));
            let explicit =
                explicit.map(|read| (read.require_explicit_policy, read.inhibit_policy_mapping));
            assert_eq!(
                explicit,
                expected.map(|number| (Some(number), None)),
                "{content:?}"
            );
            let mapping = read("2.5.29.36", &element(0x30, &[&element(0x81, &[content])]));
            let mapping =
                mapping.map(|read| (read.require_explicit_policy, read.inhibit_policy_mapping));
            assert_eq!(
                mapping,
                expected.map(|number| (None, Some(number))),
                "{content:?}"
            );
        }
    }

    #[test]
    fn constraints_say_something_and_nothing_twice() {
        let (explicit, mapping) = (element(0x80, &[&[1]]), element(0x81, &[&[2]]));
        let read = |list: &[&[u8]]| {
            read("2.5.29.36", &element(0x30, list))
                .map(|read| (read.require_explicit_policy, read.inhibit_policy_mapping))
        };
        assert_eq!(read(&[&explicit, &mapping]), Some((Some(1), Some(2))));
        assert_eq!(read(&[&mapping, &explicit]), None);
        assert_eq!(read(&[&explicit, &explicit]), None);
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[&element(2, &[&[1]])]), None);
    }
}
