//! Advice on the header that carries the certificate.

use client_cert::{Encoding, ForwardedError, MAX_HEADER_VALUE_BYTES};

/// What to change about a header without exactly one certificate.
pub(super) fn advice(error: &ForwardedError) -> &'static str {
    match error {
        ForwardedError::Absent => {
            "Present a certificate with its private key (a PKCS#12 file) to a front end whose client certificate mode asks for one, on a path that no exclusion covers."
        }
        ForwardedError::Empty => {
            "Present a certificate: the front end sends the header without a value if the caller has none."
        }
        ForwardedError::Repeated { .. } => {
            "Send the header once. In Azure the front end sets it: remove it from the caller's request and in every proxy in between."
        }
        ForwardedError::Joined => {
            "Send one certificate. A proxy joined several lines of the header, or the caller wrote one beside the front end's: remove the caller's."
        }
        ForwardedError::TooLong { .. } => {
            const _: () = assert!(
                MAX_HEADER_VALUE_BYTES == 16 * 1024,
                "the sentence below says so"
            );
            "Send the caller's own certificate without its chain. If it exceeds 16 KiB by itself, have one issued with fewer names."
        }
        ForwardedError::Encoding { found } => encoding(*found),
        ForwardedError::ByteSequence => {
            "Let the front end write Client-Cert as RFC 9440 says: base64 of the certificate's DER between two colons, and nothing else."
        }
        ForwardedError::Element { .. } => {
            "Let the ingress of Container Apps write X-Forwarded-Client-Cert, one element with Hash, Cert and Chain, and nothing in between change it."
        }
        ForwardedError::OtherHash => {
            "Find what writes X-Forwarded-Client-Cert: the ingress writes the hash of the certificate that it forwards, so somebody else wrote one of the two."
        }
        _ => ENCODE,
    }
}

const ENCODE: &str = "Send base64 of the certificate's DER on one line, without anything before or after it: mtls certificate header FILE prints it.";

fn encoding(found: Encoding) -> &'static str {
    match found {
        Encoding::Pem => {
            "Whatever writes the header sends PEM; App Service sends base64 of the DER on one line. Remove the BEGIN and END lines and every blank: mtls certificate header FILE prints the result."
        }
        Encoding::PercentEncoded => {
            "Whatever writes the header percent-encodes it, as nginx does with $ssl_client_escaped_cert; App Service sends base64 of the DER on one line. Decode it, and remove the BEGIN and END lines and every line end: mtls certificate header FILE prints the result."
        }
        Encoding::Base64Url => "Send standard base64, with + and / for - and _.",
        Encoding::Whitespace => {
            "Remove the blanks and line ends: the value is one line of base64 without any."
        }
        Encoding::Padding => {
            "The value is cut, or its padding (=) is wrong: send the whole base64. mtls certificate header FILE prints it."
        }
        _ => ENCODE,
    }
}
