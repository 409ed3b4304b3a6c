//! Bytes of a file, decoded as .NET's readers decode them: UTF-8, or what a byte order mark says.

use std::borrow::Cow;

use super::error::JsonError;

pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, JsonError> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Err(refusal("UTF-32".to_owned())),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest).map(Cow::Borrowed),
        _ => utf8(bytes).map(Cow::Borrowed),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, JsonError> {
    str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let text = "expected UTF-8, found other bytes; save the file as UTF-8".to_owned();
        JsonError::at(&String::from_utf8_lossy(good), usize::MAX, text)
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, JsonError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(refusal("broken UTF-16".to_owned())),
    }
}

fn refusal(found: String) -> JsonError {
    JsonError::at(
        "",
        0,
        format!("expected UTF-8, found {found}; save the file as UTF-8"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_order_mark_decides() {
        let table: [(&[u8], Option<&str>); 10] = [
            (b"{}", Some("{}")),
            (b"\xEF\xBB\xBF{}", Some("{}")),
            (b"\xFF\xFE{\0}\0", Some("{}")),
            (b"\xFE\xFF\0{\0}", Some("{}")),
            (b"\xFF\xFE\x3D\xD8\x00\xDE", Some("\u{1F600}")),
            (b"\xFF\xFE\x3D\xD8", None),
            (b"\xFF\xFE{\0}", None),
            (b"\xFF\xFE\0\0{\0\0\0", None),
            (b"\0\0\xFE\xFF\0\0\0{", None),
            (b"{\"a\": \"\xFC\"}", None),
        ];
        for (bytes, text) in table {
            assert_eq!(decode(bytes).ok().as_deref(), text, "{bytes:?}");
        }
    }

    #[test]
    fn the_first_bad_byte_is_named() {
        let error = decode(b"{\n \"\xC3\xBC\": \"\xFC\"}").unwrap_err();
        assert_eq!((error.line(), error.column()), (2, 8));
    }
}
