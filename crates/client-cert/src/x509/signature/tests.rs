use test_support::crl::{element, sequence};
use x509_parser::asn1_rs::FromDer as _;

use super::*;

const SHA1: &[u8] = b"\x2b\x0e\x03\x02\x1a";
const SHA256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const SHA384: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x02";
const SHA512: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x03";
const MGF1: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08";
const NOT_MGF1: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x09";
const PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";

const NULL: &[u8] = &[5, 0];

/// The algorithm with this identifier and these parameters.
fn read(oid: &[u8], parameters: &[u8]) -> SignatureAlgorithm {
    let identifier = sequence(&[element(6, oid), parameters.to_vec()]);
    let (_, identifier) = AlgorithmIdentifier::from_der(&identifier).unwrap();
    SignatureAlgorithm::new(&identifier)
}

/// What it is for a row; `None` if it is not supported.
fn supported(algorithm: SignatureAlgorithm) -> Option<SignatureAlgorithm> {
    Some(algorithm).filter(|found| !matches!(found, SignatureAlgorithm::Unsupported { .. }))
}

#[test]
fn an_algorithm_has_the_parameters_of_its_identifier() {
    use SignatureAlgorithm::{Ecdsa, Ed25519, RsaPkcs1};
    let rsa = |last: u8| [&PSS[..8], &[last]].concat();
    let ecdsa = |last: u8| [&b"\x2a\x86\x48\xce\x3d\x04\x03"[..], &[last]].concat();
    let pkcs1 = |hash| Some(RsaPkcs1(hash));
    for (oid, parameters, expected) in [
        (rsa(11), NULL, pkcs1(Hash::Sha256)),
        (rsa(12), NULL, pkcs1(Hash::Sha384)),
        (rsa(13), NULL, pkcs1(Hash::Sha512)),
        (rsa(11), &[], pkcs1(Hash::Sha256)),
        (rsa(11), &[5, 1, 0], None),
        (rsa(11), &[4, 0], None),
        (rsa(11), &[0x85, 0], None),
        (rsa(11), &[0x25, 0], None),
        (rsa(11), &[4, 1, 1], None),
        (rsa(5), NULL, None),
        (rsa(10), &[], None),
        (rsa(10), NULL, None),
        (ecdsa(2), &[], Some(Ecdsa(Hash::Sha256))),
        (ecdsa(3), &[], Some(Ecdsa(Hash::Sha384))),
        (ecdsa(4), &[], Some(Ecdsa(Hash::Sha512))),
        (ecdsa(2), NULL, None),
        (ecdsa(1), &[], None),
        (b"\x2b\x65\x70".to_vec(), &[], Some(Ed25519)),
        (b"\x2b\x65\x70".to_vec(), NULL, None),
        (b"\x2b\x65\x71".to_vec(), &[], None),
    ] {
        let found = supported(read(&oid, parameters));
        assert_eq!(found, expected, "{oid:x?} {parameters:x?}");
    }
}

/// RSASSA-PSS-params (RFC 4055, section 3.1), each field left out where it is empty.
fn pss_params(hash: &[u8], mask: (&[u8], &[u8]), salt: &[u8], trailer: &[u8]) -> Vec<u8> {
    let of = |oid: &[u8], more: Vec<u8>| sequence(&[element(6, oid), more]);
    let number = |tag: u8, content: &[u8]| match content {
        [] => Vec::new(),
        content => element(tag, &element(2, content)),
    };
    let (function, of_mask) = mask;
    sequence(&[
        match hash {
            [] => Vec::new(),
            hash => element(0xa0, &of(hash, NULL.to_vec())),
        },
        match function {
            [] => Vec::new(),
            function => element(0xa1, &of(function, of(of_mask, NULL.to_vec()))),
        },
        number(0xa2, salt),
        number(0xa3, trailer),
    ])
}

#[test]
fn the_parameters_of_pss_follow_from_its_hash() {
    type Row<'a> = (
        &'a [u8],
        (&'a [u8], &'a [u8]),
        &'a [u8],
        &'a [u8],
        Option<Hash>,
    );
    let rows: [Row<'_>; 14] = [
        (SHA256, (MGF1, SHA256), &[32], &[], Some(Hash::Sha256)),
        (SHA384, (MGF1, SHA384), &[48], &[], Some(Hash::Sha384)),
        (SHA512, (MGF1, SHA512), &[64], &[], Some(Hash::Sha512)),
        (SHA256, (MGF1, SHA256), &[32], &[1], Some(Hash::Sha256)),
        (SHA256, (MGF1, SHA256), &[32], &[2], None),
        (SHA256, (MGF1, SHA256), &[33], &[], None),
        (SHA256, (MGF1, SHA256), &[0], &[], None),
        (SHA512, (MGF1, SHA512), &[32], &[], None),
        (SHA256, (MGF1, SHA256), &[], &[], None),
        (SHA256, (MGF1, SHA384), &[32], &[], None),
        (SHA256, (NOT_MGF1, SHA256), &[32], &[], None),
        (SHA256, (&[], &[]), &[32], &[], None),
        (SHA1, (MGF1, SHA1), &[20], &[], None),
        (&[], (&[], &[]), &[], &[], None),
    ];
    for (hash, mask, salt, trailer, expected) in rows {
        let found = supported(read(PSS, &pss_params(hash, mask, salt, trailer)));
        let expected = expected.map(SignatureAlgorithm::RsaPss);
        assert_eq!(found, expected, "{hash:x?} {mask:x?} {salt:?} {trailer:?}");
    }
}
