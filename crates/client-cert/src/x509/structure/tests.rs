//! Structures that are a certificate's, and those that another reader could take for one.

use super::*;

/// The elements of a certificate, each of which a row of the table may replace.
struct Parts {
    version: Vec<u8>,
    serial: Vec<u8>,
    algorithm: Vec<u8>,
    issuer: Vec<u8>,
    validity: Vec<u8>,
    key: Vec<u8>,
    optional: Vec<Vec<u8>>,
    outer_algorithm: Vec<u8>,
    signature: Vec<u8>,
    more: Vec<u8>,
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OCTETS: u8 = 4;
const INTEGER: u8 = 2;
const BITS: u8 = 3;
const BOOLEAN: u8 = 1;

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut der = match content.len() {
        length @ 0..128 => vec![tag, u8::try_from(length).unwrap()],
        length => vec![tag, 0x81, u8::try_from(length).unwrap()],
    };
    der.extend(content);
    der
}

fn oid(content: &[u8]) -> Vec<u8> {
    element(6, &[content])
}

fn common_name() -> Vec<u8> {
    oid(&[0x55, 4, 3])
}

fn name(rdn_tag: u8, pair_tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let pair = element(pair_tag, parts);
    element(SEQUENCE, &[&element(rdn_tag, &[&pair])])
}

fn text() -> Vec<u8> {
    element(12, &[b"a"])
}

fn extensions(parts: &[&[u8]]) -> Vec<u8> {
    element(0xa3, &[&element(SEQUENCE, &[&element(SEQUENCE, parts)])])
}

impl Parts {
    fn usual() -> Self {
        let algorithm = element(SEQUENCE, &[&oid(&[0x2a, 0x86, 0x48, 1]), &[5, 0]]);
        let time = element(0x17, &[b"200101000000Z"]);
        Self {
            version: element(0xa0, &[&element(INTEGER, &[&[2]])]),
            serial: element(INTEGER, &[&[1]]),
            issuer: name(SET, SEQUENCE, &[&common_name(), &text()]),
            validity: element(SEQUENCE, &[&time, &time]),
            key: element(SEQUENCE, &[&algorithm, &element(BITS, &[&[0, 1]])]),
            optional: vec![extensions(&[
                &oid(&[0x55, 29, 19]),
                &element(OCTETS, &[&[5, 0]]),
            ])],
            outer_algorithm: algorithm.clone(),
            algorithm,
            signature: element(BITS, &[&[0, 1]]),
            more: Vec::new(),
        }
    }

    fn der(&self) -> Vec<u8> {
        let signed = [
            &self.version,
            &self.serial,
            &self.algorithm,
            &self.issuer,
            &self.validity,
            &self.issuer,
            &self.key,
            &self.optional.concat(),
        ];
        let signed = element(SEQUENCE, &signed.map(Vec::as_slice));
        let parts = [&signed, &self.outer_algorithm, &self.signature, &self.more];
        element(SEQUENCE, &parts.map(Vec::as_slice))
    }
}

type Row = (&'static str, fn(&mut Parts), bool);

#[test]
fn every_element_has_the_tag_of_its_place() {
    let table: &[Row] = &[
        ("usual", |_| (), true),
        ("version 1", |parts| parts.version.clear(), true),
        (
            "version: no INTEGER",
            |parts| parts.version = element(0xa0, &[&[4, 1, 2]]),
            false,
        ),
        (
            "version: two",
            |parts| parts.version = element(0xa0, &[&[2, 1, 2, 2, 1, 2]]),
            false,
        ),
        (
            "version: primitive",
            |parts| parts.version = element(0x80, &[&[2, 1, 2]]),
            false,
        ),
        ("serial: ENUMERATED", |parts| parts.serial[0] = 10, false),
        (
            "serial: context-specific",
            |parts| parts.serial[0] = 0x82,
            false,
        ),
        ("algorithm: a SET", |parts| parts.algorithm[0] = SET, false),
        (
            "algorithm: empty",
            |parts| parts.algorithm = element(SEQUENCE, &[]),
            false,
        ),
        (
            "algorithm: without parameters",
            |parts| parts.algorithm = element(SEQUENCE, &[&oid(&[0x2a, 3])]),
            true,
        ),
        (
            "algorithm: no OID",
            |parts| parts.algorithm = element(SEQUENCE, &[&[5, 0]]),
            false,
        ),
        (
            "algorithm: three parts",
            |parts| parts.algorithm = element(SEQUENCE, &[&oid(&[0x2a, 3]), &[5, 0], &[5, 0]]),
            false,
        ),
        (
            "OID: empty",
            |parts| parts.algorithm = element(SEQUENCE, &[&oid(&[])]),
            false,
        ),
        (
            "OID: a number that does not end",
            |parts| parts.algorithm = element(SEQUENCE, &[&oid(&[0x2a, 0x86])]),
            false,
        ),
        (
            "OID: a superfluous zero",
            |parts| parts.algorithm = element(SEQUENCE, &[&oid(&[0x2a, 0x80, 1])]),
            false,
        ),
        (
            "OID: a first number that begins with zero",
            |parts| parts.algorithm = element(SEQUENCE, &[&oid(&[0x80, 1])]),
            false,
        ),
        (
            "name: empty",
            |parts| parts.issuer = element(SEQUENCE, &[]),
            true,
        ),
        ("name: a SET", |parts| parts.issuer[0] = SET, false),
        (
            "RDN: a SEQUENCE",
            |parts| parts.issuer = name(SEQUENCE, SEQUENCE, &[&common_name(), &text()]),
            false,
        ),
        (
            "attribute: a SET",
            |parts| parts.issuer = name(SET, SET, &[&common_name(), &text()]),
            false,
        ),
        (
            "attribute: without value",
            |parts| parts.issuer = name(SET, SEQUENCE, &[&common_name()]),
            false,
        ),
        (
            "attribute: two values",
            |parts| parts.issuer = name(SET, SEQUENCE, &[&common_name(), &text(), &text()]),
            false,
        ),
        (
            "attribute: no OID",
            |parts| parts.issuer = name(SET, SEQUENCE, &[&text(), &text()]),
            false,
        ),
        (
            "attribute: a context-specific value",
            |parts| parts.issuer = name(SET, SEQUENCE, &[&common_name(), &[0x8c, 1, b'a']]),
            false,
        ),
        (
            "validity: one time",
            |parts| parts.validity = element(SEQUENCE, &[&element(0x17, &[b"200101000000Z"])]),
            false,
        ),
        (
            "validity: other times",
            |parts| {
                parts.validity = element(
                    SEQUENCE,
                    &[
                        &element(0x18, &[b"20500101000000Z"]),
                        &element(0x18, &[b"20500101000000Z"]),
                    ],
                )
            },
            true,
        ),
        (
            "validity: no time",
            |parts| parts.validity = element(SEQUENCE, &[&text(), &text()]),
            false,
        ),
        (
            "validity: one of two is no time",
            |parts| {
                parts.validity = element(SEQUENCE, &[&element(0x17, &[b"200101000000Z"]), &text()])
            },
            false,
        ),
        (
            "key: no BIT STRING",
            |parts| {
                parts.key = element(SEQUENCE, &[&parts.algorithm, &element(OCTETS, &[&[0, 1]])])
            },
            false,
        ),
        (
            "key: alone",
            |parts| parts.key = element(SEQUENCE, &[&element(BITS, &[&[0, 1]])]),
            false,
        ),
        (
            "key: no algorithm",
            |parts| parts.key = element(SEQUENCE, &[&[5, 0], &element(BITS, &[&[0, 1]])]),
            false,
        ),
        ("no extensions", |parts| parts.optional.clear(), true),
        (
            "unique identifiers",
            |parts| {
                parts
                    .optional
                    .splice(0..0, [vec![0x81, 1, 0], vec![0x82, 1, 0]])
                    .for_each(drop)
            },
            true,
        ),
        (
            "unique identifiers: out of order",
            |parts| {
                parts
                    .optional
                    .splice(0..0, [vec![0x82, 1, 0], vec![0x81, 1, 0]])
                    .for_each(drop)
            },
            false,
        ),
        (
            "unique identifiers: twice",
            |parts| {
                parts
                    .optional
                    .splice(0..0, [vec![0x81, 1, 0], vec![0x81, 1, 0]])
                    .for_each(drop)
            },
            false,
        ),
        (
            "unique identifiers: last",
            |parts| parts.optional.push(vec![0x81, 1, 0]),
            false,
        ),
        (
            "an unknown field",
            |parts| parts.optional.push(vec![0xa4, 0]),
            false,
        ),
        (
            "extensions: twice",
            |parts| parts.optional.push(parts.optional[0].clone()),
            false,
        ),
        (
            "extensions: primitive",
            |parts| parts.optional[0][0] = 0x83,
            false,
        ),
        (
            "extensions: universal",
            |parts| parts.optional[0][0] = SEQUENCE,
            false,
        ),
        (
            "extensions: no SEQUENCE",
            |parts| parts.optional = vec![element(0xa3, &[&element(SET, &[])])],
            false,
        ),
        (
            "extension: critical",
            |parts| {
                parts.optional = vec![extensions(&[
                    &oid(&[0x55, 29, 19]),
                    &element(BOOLEAN, &[&[255]]),
                    &element(OCTETS, &[&[5, 0]]),
                ])]
            },
            true,
        ),
        (
            "extension: critical is no BOOLEAN",
            |parts| {
                parts.optional = vec![extensions(&[
                    &oid(&[0x55, 29, 19]),
                    &[5, 0],
                    &element(OCTETS, &[&[5, 0]]),
                ])]
            },
            false,
        ),
        (
            "extension: critical, no OCTET STRING",
            |parts| {
                parts.optional = vec![extensions(&[
                    &oid(&[0x55, 29, 19]),
                    &element(BOOLEAN, &[&[255]]),
                    &text(),
                ])]
            },
            false,
        ),
        (
            "extension: no OCTET STRING",
            |parts| parts.optional = vec![extensions(&[&oid(&[0x55, 29, 19]), &text()])],
            false,
        ),
        (
            "extension: no OID",
            |parts| parts.optional = vec![extensions(&[&text(), &element(OCTETS, &[&[5, 0]])])],
            false,
        ),
        (
            "extension: no value",
            |parts| parts.optional = vec![extensions(&[&oid(&[0x55, 29, 19])])],
            false,
        ),
        (
            "extension: a SET",
            |parts| {
                parts.optional = vec![element(
                    0xa3,
                    &[&element(
                        SEQUENCE,
                        &[&element(
                            SET,
                            &[&oid(&[0x55, 29, 19]), &element(OCTETS, &[&[5, 0]])],
                        )],
                    )],
                )]
            },
            false,
        ),
        (
            "outer algorithm: a SET",
            |parts| parts.outer_algorithm[0] = SET,
            false,
        ),
        (
            "signature: no BIT STRING",
            |parts| parts.signature[0] = OCTETS,
            false,
        ),
        ("a fourth part", |parts| parts.more = vec![5, 0], false),
    ];
    for (what, change, expected) in table {
        let mut parts = Parts::usual();
        change(&mut parts);
        assert_eq!(is_certificate(&parts.der()), *expected, "{what}");
    }
    assert!(!is_certificate(b""));
}

#[test]
fn extensions_whose_parser_is_lax_have_their_structure() {
    const CONSTRAINTS: &str = "2.5.29.19";
    const USAGE: &str = "2.5.29.15";
    const PURPOSES: &str = "2.5.29.37";
    const NAMES: &str = "2.5.29.17";
    let table: &[(&str, &[u8], bool)] = &[
        (CONSTRAINTS, &[0x30, 0], true),
        (CONSTRAINTS, &[0x30, 3, 1, 1, 255], true),
        (CONSTRAINTS, &[0x30, 3, 2, 1, 0], true),
        (CONSTRAINTS, &[0x30, 6, 1, 1, 255, 2, 1, 0], true),
        (CONSTRAINTS, &[0x30, 6, 2, 1, 0, 1, 1, 255], false),
        (CONSTRAINTS, &[0x30, 6, 1, 1, 255, 4, 1, 0], false),
        (CONSTRAINTS, &[0x30, 9, 1, 1, 255, 2, 1, 0, 2, 1, 0], false),
        (CONSTRAINTS, &[0x30, 2, 5, 0], false),
        (CONSTRAINTS, &[0x31, 0], false),
        (USAGE, &[3, 2, 7, 128], true),
        (USAGE, &[4, 2, 7, 128], false),
        (USAGE, &[3, 2, 7, 128, 5, 0], false),
        (PURPOSES, &[0x30, 3, 6, 1, 0x2a], true),
        (PURPOSES, &[0x30, 2, 5, 0], false),
        (PURPOSES, &[0x30, 5, 6, 1, 0x2a, 5, 0], false),
        (NAMES, &[0x30, 3, 0x82, 1, b'a'], true),
        (NAMES, &[0x30, 3, 12, 1, b'a'], false),
        (NAMES, &[0x30, 6, 0x82, 1, b'a', 12, 1, b'a'], false),
        ("2.5.29.32", &[0x30, 0], true),
        ("2.5.29.32", &[5, 0], false),
    ];
    for (oid, value, expected) in table {
        assert_eq!(is_extension(oid, value), *expected, "{oid}: {value:?}");
    }
}
