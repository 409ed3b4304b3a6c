//! Small values, well-formed and not.

use super::*;

fn first(bytes: &[u8]) -> Result<Value<'_>, BerError> {
    Values::new(bytes).next_value()
}

#[test]
fn definite_and_indefinite_lengths_give_the_same_octets() {
    let whole = [0x04, 0x03, 1, 2, 3];
    let long = [0x04, 0x82, 0x00, 0x03, 1, 2, 3];
    let pieces = [
        0x24, 0x80, 0x04, 0x01, 1, 0x24, 0x04, 0x04, 0x02, 2, 3, 0, 0,
    ];
    for bytes in [&whole[..], &long, &pieces] {
        let value = first(bytes).unwrap();
        assert_eq!(&*value.octets().unwrap(), [1, 2, 3]);
    }
}

#[test]
fn what_follows_an_indefinite_value_is_read_next() {
    let bytes = [0x30, 0x80, 0x30, 0x80, 0, 0, 0, 0, 0x02, 0x01, 7];
    let mut values = Values::new(&bytes);
    assert_eq!(values.next_value().unwrap().contents.len(), 4);
    assert_eq!(values.expect(INTEGER).unwrap().number(), Ok(7));
    assert!(values.next_or_end().unwrap().is_none());
}

#[test]
fn what_cannot_be_read_is_refused_without_a_panic() {
    let endless = [0x30, 0x80].repeat(1_000);
    let cases: [(&[u8], BerError); 7] = [
        (&[], BerError::Unexpected),
        (&[0x30], BerError::Truncated),
        (&[0x30, 0x02, 1], BerError::Truncated),
        (
            &[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1],
            BerError::Truncated,
        ),
        (&[0x04, 0x80, 0, 0], BerError::Unexpected),
        (&[0x1F, 0x01, 0], BerError::Unexpected),
        (&endless, BerError::TooDeep),
    ];
    for (bytes, error) in cases {
        assert_eq!(first(bytes).err(), Some(error), "{bytes:02x?}");
    }
}

#[test]
fn numbers_are_counted_up_to_what_fits() {
    let table: [(&[u8], Result<u64, BerError>); 6] = [
        (&[0x02, 0x01, 0x00], Ok(0)),
        (&[0x02, 0x05, 0x00, 0x80, 0, 0, 0], Ok(1 << 31)),
        (
            &[0x02, 0x08, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            Ok(u64::MAX >> 1),
        ),
        (&[0x02, 0x0A, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], Ok(u64::MAX)),
        (&[0x02, 0x01, 0xFF], Err(BerError::Unexpected)),
        (&[0x02, 0x00], Err(BerError::Unexpected)),
    ];
    for (bytes, expected) in table {
        assert_eq!(first(bytes).unwrap().number(), expected, "{bytes:02x?}");
    }
}

#[test]
fn identifiers_are_written_with_dots() {
    let rsa = [
        0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01,
    ];
    assert_eq!(
        first(&rsa).unwrap().dotted().unwrap(),
        "1.2.840.113549.1.7.1"
    );
    let joint = [0x06, 0x03, 0x88, 0x37, 0x03];
    assert_eq!(first(&joint).unwrap().dotted().unwrap(), "2.999.3");
}

/// Why the reader is our own: once this fails, theirs can be considered.
#[test]
fn the_readers_of_x509_parser_do_not_put_octet_strings_together() {
    use x509_parser::asn1_rs::{FromBer as _, OctetString};
    use x509_parser::der_parser::ber::parse_ber_octetstring;

    let whole = [0x04, 0x03, 1, 2, 3];
    let definite = [0x24, 0x07, 0x04, 0x01, 1, 0x04, 0x02, 2, 3];
    let indefinite = [0x24, 0x80, 0x04, 0x01, 1, 0x04, 0x02, 2, 3, 0, 0];
    for (bytes, theirs) in [(&whole[..], true), (&definite, false), (&indefinite, false)] {
        assert_eq!(&*first(bytes).unwrap().octets().unwrap(), [1, 2, 3]);
        let of_asn1_rs = OctetString::from_ber(bytes);
        let octets = of_asn1_rs.is_ok_and(|(_, value)| value.as_ref() == [1, 2, 3]);
        assert_eq!(octets, theirs, "asn1-rs: {bytes:02x?}");
        let of_der_parser = parse_ber_octetstring(bytes);
        let octets = of_der_parser.is_ok_and(|(_, value)| value.as_slice() == Ok(&[1, 2, 3]));
        assert_eq!(octets, theirs, "der-parser: {bytes:02x?}");
    }
}
