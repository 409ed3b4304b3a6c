//! Who the caller is, as the upstream gets to read it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

use crate::Admitted;
use crate::headers::{header_text, principal_header};

/// The identity of an admitted caller, written once and sent with each of the caller's requests.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate in base64, as App Service forwards it.
    pub(crate) certificate: HeaderValue,
    /// The same between colons: a byte sequence of RFC 9440, section 2.1, and RFC 9651, section 3.3.5.
    pub(crate) byte_sequence: HeaderValue,
    pub(crate) caller: Option<HeaderValue>,
    pub(crate) roles: Option<HeaderValue>,
    pub(crate) rule: HeaderValue,
    pub(crate) sha256: HeaderValue,
    pub(crate) principal: HeaderValue,
}

impl Identity {
    /// The headers for a caller.
    ///
    /// In texts, `%`, control characters and characters beyond ASCII are percent-encoded as UTF-8; in a role a comma and a blank
    /// as well. Names of callers and roles in a policy have none of these.
    pub fn new(admitted: &Admitted<'_>) -> Self {
        let certificate = STANDARD.encode(admitted.der);
        let roles: Vec<String> = admitted
            .roles
            .iter()
            .map(|role| encoded(role, |byte| matches!(byte, b',' | b' ')))
            .collect();
        Self {
            byte_sequence: header_text(&format!(":{certificate}:")),
            certificate: header_text(&certificate),
            caller: admitted.caller.map(text),
            roles: (!roles.is_empty()).then(|| header_text(&roles.join(","))),
            rule: text(admitted.rule),
            sha256: text(admitted.sha256),
            principal: principal_header(admitted),
        }
    }
}

fn text(text: &str) -> HeaderValue {
    header_text(&encoded(text, |_| false))
}

/// A text in visible ASCII and blanks, with all else percent-encoded (RFC 3986, section 2.1).
fn encoded(text: &str, also: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' && !also(byte) => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_fits_into_a_header_and_can_be_read_back() {
        let admitted = Admitted {
            caller: Some("M\u{fc}ller\r\nX-Evil: 1"),
            roles: vec!["a,b c", "100%"],
            rule: "common name \"Gr\u{fc}n, Ltd.\"",
            sha256: "ab",
            der: &[0x30, 0xfb, 0xff],
        };
        let identity = Identity::new(&admitted);
        assert_eq!(identity.certificate, "MPv/");
        assert_eq!(identity.byte_sequence, ":MPv/:");
        assert_eq!(identity.caller.unwrap(), "M%C3%BCller%0D%0AX-Evil: 1");
        assert_eq!(identity.roles.unwrap(), "a%2Cb%20c,100%25");
        assert_eq!(identity.rule, "common name \"Gr%C3%BCn, Ltd.\"");
    }
}
