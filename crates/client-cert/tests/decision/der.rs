//! Surgery on certificates: what no builder makes.

use openssl::hash::MessageDigest;
use openssl::sign::Signer;
use test_support::Issued;

/// The certificate with other bytes in the place of the last occurrence of some, of the same length. Its signature no longer
/// verifies, which no pin looks at.
pub(crate) fn replaced(der: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let place = der.windows(from.len()).rposition(|window| window == from);
    let place = place.unwrap();
    let mut der = der.to_vec();
    der[place..place + to.len()].copy_from_slice(to);
    der
}

/// The certificate with a changed content, signed again by its issuer, whose key is an elliptic curve's.
pub(crate) fn resigned(
    issuer: &Issued,
    der: &[u8],
    change: impl FnOnce(Vec<Vec<u8>>) -> Vec<Vec<u8>>,
) -> Vec<u8> {
    let parts = elements(content(der));
    let fields = elements(content(&parts[0]));
    let to_be_signed = element(0x30, &change(fields).concat());
    let mut signer = Signer::new(MessageDigest::sha256(), &issuer.key).unwrap();
    let signature = signer.sign_oneshot_to_vec(&to_be_signed).unwrap();
    let signature = element(3, &[&[0], signature.as_slice()].concat());
    element(0x30, &[to_be_signed, parts[1].clone(), signature].concat())
}

/// One DER element.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut der = vec![tag];
    match content.len() {
        0..128 => der.push(u8::try_from(content.len()).unwrap()),
        _ => {
            der.push(0x80 | u8::try_from(length.len()).unwrap());
            der.extend(length);
        }
    }
    der.extend(content);
    der
}

/// The content of the element at the beginning.
fn content(der: &[u8]) -> &[u8] {
    let (header, length) = lengths(der);
    &der[header..header + length]
}

/// The elements that follow one another.
fn elements(mut content: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while !content.is_empty() {
        let (header, length) = lengths(content);
        let (element, rest) = content.split_at(header + length);
        found.push(element.to_vec());
        content = rest;
    }
    found
}

/// The lengths of an element's header and of its content.
fn lengths(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short @ 0..128 => (2, usize::from(short)),
        long => {
            let bytes = usize::from(long & 0x7f);
            let length = der[2..2 + bytes].iter();
            (
                2 + bytes,
                length.fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
            )
        }
    }
}
