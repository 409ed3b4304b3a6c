//! The element of `X-Forwarded-Client-Cert` that Envoy writes about the caller's certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::element_fault::ElementFault;
use crate::forwarded::ForwardedError;
use crate::x509::Thumbprint;

/// The longest value of `X-Forwarded-Client-Cert` that is looked at, in bytes. It also holds the chain, and the Functions
/// host lets no more than this through in all headers together (Kestrel's default).
pub(crate) const MAX_ELEMENT_BYTES: usize = 32 * 1024;

/// The keys, in the order in which Envoy writes them. Container Apps documents these and no others; Envoy knows more, which
/// put names of the caller's choice into the value (`DNS`, `URI`, `Subject`).
const KEYS: [&str; 3] = ["Hash", "Cert", "Chain"];

const PEM_BEGIN: &str = "-----BEGIN%20CERTIFICATE-----%0A";
const PEM_END: &str = "-----END%20CERTIFICATE-----%0A";

/// Characters of base64 on one line of PEM (RFC 7468, section 2).
const PEM_COLUMNS: usize = 64;

/// The certificate in one element, checked against `Hash` if that is present. Nothing of `Chain` is used: whoever verifies a
/// path takes intermediates from its own configuration.
///
/// The grammar is narrower than Envoy's: the keys `Hash`, `Cert` and `Chain`, each once and in this order; 64 lower-case
/// hexadecimal digits; quoted, percent-encoded PEM exactly as Envoy encodes it, so that one certificate has one spelling. No
/// comma, blank or backslash is in any of these, so that no two lines can pass for one element. One `;` at the end is allowed.
///
/// Source: "x-forwarded-client-cert" in Envoy's "HTTP header manipulation", and `mutateXfccRequestHeader` in its
/// `conn_manager_utility.cc`.
pub(crate) fn decode(value: &[u8]) -> Result<Vec<u8>, ForwardedError> {
    if value.contains(&b',') {
        return Err(ForwardedError::Joined);
    }
    let fault = |found| ForwardedError::Element { found };
    let element = Element::parse(value).map_err(fault)?;
    let der = certificate(element.cert).ok_or(fault(ElementFault::CertEncoding))?;
    match element.hash {
        Some(hash) if hash != Thumbprint::sha256_of(&der).hex() => Err(ForwardedError::OtherHash),
        Some(_) | None => Ok(der),
    }
}

/// The element that Envoy writes for a certificate, given as DER, without a chain.
///
/// For tools and tests that stand in for a front end.
pub fn envoy_element(der: &[u8]) -> String {
    format!(
        "Hash={};Cert=\"{}\"",
        Thumbprint::sha256_of(der).hex(),
        percent_encoded_pem(der)
    )
}

struct Element<'a> {
    hash: Option<&'a str>,
    /// What is between the quotes.
    cert: &'a str,
}

impl<'a> Element<'a> {
    fn parse(value: &'a [u8]) -> Result<Self, ElementFault> {
        let text = str::from_utf8(value).ok();
        let text = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
        let text = text.ok_or(ElementFault::Characters)?;
        let mut found = [None; KEYS.len()];
        let mut next = 0;
        for pair in text.strip_suffix(';').unwrap_or(text).split(';') {
            let (key, value) = pair.split_once('=').ok_or(ElementFault::Pair)?;
            let place = KEYS.iter().position(|known| *known == key);
            let place = place.ok_or(ElementFault::Key)?;
            if place < next {
                return Err(ElementFault::Order);
            }
            next = place + 1;
            if let Some(slot) = found.get_mut(place) {
                *slot = Some(value);
            }
        }
        let [hash, cert, chain] = found;
        if hash.is_some_and(|hash| !is_hash(hash)) {
            return Err(ElementFault::Hash);
        }
        chain.map_or(Ok(""), unquoted)?;
        let cert = unquoted(cert.ok_or(ElementFault::NoCert)?)?;
        Ok(Self { hash, cert })
    }
}

/// What is between the quotes of percent-encoded text.
fn unquoted(value: &str) -> Result<&str, ElementFault> {
    let inner = value.strip_prefix('"');
    let inner = inner.and_then(|value| value.strip_suffix('"'));
    let is_plain = |inner: &&str| {
        inner
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'%'))
    };
    inner.filter(is_plain).ok_or(ElementFault::Quotes)
}

fn is_hash(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The DER of percent-encoded PEM, if that is exactly what Envoy writes for it.
fn certificate(encoded: &str) -> Option<Vec<u8>> {
    let lines = encoded.strip_prefix(PEM_BEGIN)?.strip_suffix(PEM_END)?;
    let base64 = lines
        .replace("%0A", "")
        .replace("%2B", "+")
        .replace("%2F", "/")
        .replace("%3D", "=");
    let der = STANDARD.decode(base64).ok()?;
    (percent_encoded_pem(&der) == encoded).then_some(der)
}

fn percent_encoded_pem(der: &[u8]) -> String {
    let mut text = PEM_BEGIN.to_owned();
    let base64 = STANDARD.encode(der);
    for (index, character) in base64.chars().enumerate() {
        if index > 0 && index % PEM_COLUMNS == 0 {
            text.push_str("%0A");
        }
        match character {
            '+' => text.push_str("%2B"),
            '/' => text.push_str("%2F"),
            '=' => text.push_str("%3D"),
            plain => text.push(plain),
        }
    }
    text.push_str("%0A");
    text + PEM_END
}
