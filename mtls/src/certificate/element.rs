//! DER elements of what OpenSSL's safe interface does not build.

/// The tag of a SEQUENCE.
pub(super) const SEQUENCE: u8 = 0x30;

/// The tag of a UTF8String.
pub(super) const UTF8_STRING: u8 = 0x0c;

/// One element: its tag, its length in as few octets as can be, and its contents.
pub(super) fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let zeros = length.iter().take_while(|octet| **octet == 0).count();
    let length = length.get(zeros..).unwrap_or_default();
    let head = match length {
        [] => vec![tag, 0],
        [short @ 0..0x80] => vec![tag, *short],
        long => {
            let count = u8::try_from(long.len()).unwrap_or(u8::MAX);
            [&[tag, 0x80 | count], long].concat()
        }
    };
    [&head, contents].concat()
}

/// The contents of an element that OpenSSL has encoded.
pub(super) fn contents(element: &[u8]) -> &[u8] {
    let head = match element.get(1) {
        Some(long @ 0x80..) => 2 + usize::from(long & 0x7f),
        _ => 2,
    };
    element.get(head..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_takes_as_few_octets_as_can_be() {
        for (length, head) in [
            (0, &[4, 0][..]),
            (1, &[4, 1]),
            (127, &[4, 127]),
            (128, &[4, 0x81, 128]),
            (255, &[4, 0x81, 255]),
            (256, &[4, 0x82, 1, 0]),
        ] {
            let octets = vec![7; length];
            let encoded = element(4, &octets);
            assert_eq!(encoded, [head, &octets].concat(), "{length}");
            assert_eq!(contents(&encoded), octets, "{length}");
        }
    }
}
