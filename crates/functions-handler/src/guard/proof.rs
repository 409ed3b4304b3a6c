//! The secret of a front end: judged once, and taken out before anything else reads the request.

use client_cert::{FrontEndProof, FrontEndSecrets, HeaderLine};
use http::header::Entry;
use http::{HeaderMap, HeaderValue};

use crate::host::contract::FRONT_END_SECRET_HEADER;

/// Takes every line of `X-Client-Cert-Front-End` out of these headers, whether or not one is expected, and judges them.
/// Neither an implementation nor a server behind this process gets to see the secret.
pub(super) fn taken(secrets: Option<&FrontEndSecrets>, headers: &mut HeaderMap) -> FrontEndProof {
    let lines: Vec<HeaderValue> = match headers.entry(FRONT_END_SECRET_HEADER) {
        Entry::Vacant(_) => return FrontEndProof::NONE,
        Entry::Occupied(entry) => entry.remove_entry_mult().1.collect(),
    };
    judged(secrets, lines.iter().map(HeaderValue::as_bytes))
}

/// Judges the lines of `X-Client-Cert-Front-End`. Without secrets nothing proves anything.
pub(super) fn judged<'a>(
    secrets: Option<&FrontEndSecrets>,
    lines: impl Iterator<Item = &'a [u8]>,
) -> FrontEndProof {
    secrets.map_or(FrontEndProof::NONE, |secrets| {
        secrets.prove(HeaderLine::from_values(lines))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn every_line_is_taken_out_whether_or_not_one_is_expected() {
        let secrets = FrontEndSecrets::new([SECRET]).unwrap();
        let right = secrets.prove(HeaderLine::Once(SECRET.as_bytes()));
        let several = secrets.prove(HeaderLine::Repeated(2));
        let none = FrontEndProof::NONE;
        for (values, expected) in [
            (&[][..], none),
            (&[SECRET], right),
            (&[SECRET, SECRET], several),
            (&["guess", SECRET], several),
        ] {
            for (secrets, expected) in [(Some(&secrets), expected), (None, none)] {
                let mut headers = HeaderMap::new();
                headers.insert("x-kept", HeaderValue::from_static("1"));
                for value in values {
                    headers.append(FRONT_END_SECRET_HEADER, value.parse().unwrap());
                }
                assert_eq!(taken(secrets, &mut headers), expected, "{values:?}");
                assert_eq!(headers.len(), 1, "{values:?}");
            }
        }
    }
}
