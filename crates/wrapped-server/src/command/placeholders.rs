//! `{port}` and `{host}`.

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

/// The text with both placeholders replaced; whatever is not UTF-8 stays as it is. The host has no brackets.
pub(super) fn replaced(text: &OsStr, address: SocketAddr) -> OsString {
    let (port, host) = (address.port().to_string(), address.ip().to_string());
    let names: [(&[u8], &str); 2] = [(b"{port}", &port), (b"{host}", &host)];
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let named = names
            .iter()
            .find_map(|(name, value)| Some((rest.strip_prefix(*name)?, value)));
        if let Some((after, value)) = named {
            replaced.extend_from_slice(value.as_bytes());
            rest = after;
        } else {
            replaced.push(*first);
            rest = after;
        }
    }
    OsString::from_vec(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_replaced_and_nothing_else() {
        let table: [(&[u8], &[u8]); 9] = [
            (b"--port={port}", b"--port=4000"),
            (b"{host}:{port}", b"127.0.0.1:4000"),
            (b"{port}{port}", b"40004000"),
            (b"{{port}}", b"{4000}"),
            (b"{Port}", b"{Port}"),
            (b"{port", b"{port"),
            (b"", b""),
            (b"\xff{port}\xfe", b"\xff4000\xfe"),
            (b"${PORT}", b"${PORT}"),
        ];
        let address = "127.0.0.1:4000".parse().unwrap();
        for (text, expected) in table {
            let found = replaced(OsStr::from_bytes(text), address);
            assert_eq!(found.as_bytes(), expected, "{}", text.escape_ascii());
        }
        let found = replaced(OsStr::new("{host}"), "[::1]:4000".parse().unwrap());
        assert_eq!(found, "::1");
    }
}
