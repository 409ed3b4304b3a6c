use std::collections::HashSet;

use super::*;

fn name(text: &str) -> Name {
    Name::from_rfc4514(text).unwrap()
}

/// A DER element with a short length.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

/// The encoding of a name of common names, each with the tag of a string type.
fn encoded(values: &[(u8, &[u8])]) -> Vec<u8> {
    let rdns = values.iter().map(|(tag, content)| {
        let pair = [element(6, COMMON_NAME), element(*tag, content)].concat();
        element(0x31, &element(0x30, &pair))
    });
    element(0x30, &rdns.collect::<Vec<_>>().concat())
}

#[test]
fn names_are_equal_whatever_their_string_types_and_their_case() {
    let utf8 = Name::from_der(&encoded(&[(12, b"Example  Ltd")])).unwrap();
    for (tag, content) in [
        (19, &b"example ltd"[..]),
        (22, b" EXAMPLE LTD "),
        (20, b"Example Ltd"),
        (30, b"\0E\0x\0a\0m\0p\0l\0e\0 \0L\0t\0d"),
    ] {
        let other = Name::from_der(&encoded(&[(tag, content)])).unwrap();
        assert_eq!(utf8, other, "{tag}");
        assert_eq!(HashSet::from([utf8.clone(), other]).len(), 1, "{tag}");
    }
    for (tag, content) in [
        (12, &b"ExampleLtd"[..]),
        (12, b"Example Ltd."),
        (12, "Example\u{a0}Ltd".as_bytes()),
        (12, "Example Ltd\u{200b}".as_bytes()),
        (4, b"Example  Ltd"),
    ] {
        let other = Name::from_der(&encoded(&[(tag, content)])).unwrap();
        assert_ne!(utf8, other, "{content:?}");
        assert_eq!(other, other.clone());
    }
}

#[test]
fn names_differ_by_order_and_not_within_one_relative_name() {
    for (one, other, equal) in [
        ("CN=a,O=b", "cn=A,o=B", true),
        ("CN=a,O=b", "O=b,CN=a", false),
        ("CN=a+O=b", "O=B+CN=A", true),
        ("CN=a+O=b", "CN=a,O=b", false),
        ("CN=a+CN=a", "CN=a", false),
        ("CN=a", "OU=a", false),
        ("CN=a,CN=a", "CN=a", false),
        ("CN=a", "2.5.4.3=a", true),
        ("CN=a", "CN=#0c0141", true),
        ("CN=a", "CN=#130141", true),
        ("CN=a", "CN=#040161", false),
        ("CN=m\\c3\\bcller", "CN=M\u{dc}LLER", true),
        ("CN=", "CN=\\ ", true),
        ("", "CN=", false),
        ("CN=\\e2\\80\\8ba", "CN=a", false),
        ("CN=\\e2\\80\\8ba", "CN=\u{200b}a", true),
    ] {
        assert_eq!(name(one) == name(other), equal, "{one} {other}");
    }
}

#[test]
fn a_name_is_within_a_base_that_it_continues() {
    for (text, base, within) in [
        ("CN=a,O=b,C=DE", "o=B,c=de", true),
        ("CN=a,O=b,C=DE", "", true),
        ("O=b,C=DE", "O=b,C=DE", true),
        ("C=DE", "O=b,C=DE", false),
        ("CN=a,O=bb,C=DE", "O=b,C=DE", false),
        ("CN=a,O=b+OU=c", "O=b", false),
        ("", "", true),
        ("", "C=DE", false),
    ] {
        assert_eq!(name(text).is_within(&name(base)), within, "{text} {base}");
    }
}

#[test]
fn what_is_no_name_is_not_read() {
    let good = encoded(&[(12, b"a")]);
    assert!(Name::from_der(&good).is_some());
    assert!(Name::from_der(&element(0x30, b"")).is_some_and(|name| name.is_empty()));
    let pair = |content: &[u8]| element(0x30, &element(0x31, &element(0x30, content)));
    for bytes in [
        [good.as_slice(), b"\0"].concat(),
        good[1..].to_vec(),
        element(0x31, &good[2..]),
        element(0x30, &element(0x31, b"")),
        element(0x30, &element(0x30, &good[4..])),
        pair(&element(6, COMMON_NAME)),
        pair(&[element(4, COMMON_NAME), element(12, b"a")].concat()),
        pair(&[element(6, COMMON_NAME), element(12, b"a"), element(5, b"")].concat()),
        pair(&[element(6, b"\x80\x01"), element(12, b"a")].concat()),
        Vec::new(),
    ] {
        assert!(Name::from_der(&bytes).is_none(), "{bytes:02x?}");
    }
}

/// A generator of Lehmer's kind with the parameters of MINSTD: the same names in every run.
struct Choice(u64);

impl Choice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        usize::try_from(self.0).unwrap() % limit
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

const TYPES: [&[u8]; 3] = [COMMON_NAME, b"\x55\x04\x0a", b"\x88\x37\x01"];
const CHARACTERS: [char; 24] = [
    'a',
    'B',
    ' ',
    ' ',
    '#',
    '"',
    '+',
    ',',
    ';',
    '<',
    '>',
    '=',
    '\\',
    '\0',
    '\n',
    '0',
    'f',
    '\u{fc}',
    '\u{301}',
    '\u{202e}',
    '\u{200b}',
    '\u{fffd}',
    '\u{1f600}',
    '\u{10ffff}',
];

fn any_attribute(choice: &mut Choice) -> Vec<u8> {
    let length = choice.below(7);
    let text: String = (0..length).map(|_| choice.of(&CHARACTERS)).collect();
    let value = match choice.below(5) {
        0 => element(4, text.as_bytes()),
        1 => element(12, b"\xff\xfe"),
        2 => element(5, b""),
        _ => element(12, text.as_bytes()),
    };
    let kind = choice.of(&TYPES);
    element(0x30, &[element(6, kind), value].concat())
}

#[test]
fn the_text_of_every_name_is_read_back_as_the_name() {
    let mut choice = Choice(4514);
    for _ in 0..20_000 {
        let rdns: Vec<Vec<u8>> = (0..choice.below(3))
            .map(|_| {
                let attributes: Vec<Vec<u8>> = (0..choice.below(2) + 1)
                    .map(|_| any_attribute(&mut choice))
                    .collect();
                element(0x31, &attributes.concat())
            })
            .collect();
        let name = Name::from_der(&element(0x30, &rdns.concat())).unwrap();
        let text = name.to_string();
        let read = Name::from_rfc4514(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(read, name, "{text:?}");
        assert_eq!(read.to_string(), text);
    }
}
