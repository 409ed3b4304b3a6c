//! Revocation lists, made at run time: the DER of RFC 5280, section 5.1, with whatever a test puts into it.

use openssl::hash::MessageDigest;
use openssl::sign::Signer;

use crate::certificates::Issued;
use crate::{DAY, NOW};

/// What a revocation list is to say. [`List::of`] is the usual one; tests change one thing of it.
#[derive(Clone)]
pub struct List {
    pub this_update: i64,
    /// Left out if `None`.
    pub next_update: Option<i64>,
    /// Whose certificates are revoked: serial number's content octets, and the encodings of extensions of the entry.
    pub entries: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    /// The encodings of extensions of the list.
    pub extensions: Vec<Vec<u8>>,
    /// The subject in place of the signer's, as DER.
    pub issuer: Option<Vec<u8>>,
}

impl List {
    /// A fresh list of these revoked certificates.
    pub fn of(revoked: &[&Issued]) -> Self {
        let entries = revoked
            .iter()
            .map(|certificate| (certificate.serial(), Vec::new()));
        Self {
            this_update: NOW - DAY,
            next_update: Some(NOW + DAY),
            entries: entries.collect(),
            extensions: Vec::new(),
            issuer: None,
        }
    }

    /// The list's DER, signed by an authority's key with SHA-256.
    pub fn signed_by(&self, authority: &Issued) -> Vec<u8> {
        let algorithm = self.algorithm(authority);
        let issuer = self.issuer.clone();
        let issuer =
            issuer.unwrap_or_else(|| authority.certificate.subject_name().to_der().unwrap());
        let entries: Vec<u8> = self.entries.iter().flat_map(entry).collect();
        let signed = sequence(&[
            element(2, &[1]),
            algorithm.clone(),
            issuer,
            time(self.this_update),
            self.next_update.map(time).unwrap_or_default(),
            if entries.is_empty() {
                Vec::new()
            } else {
                element(0x30, &entries)
            },
            match self.extensions.is_empty() {
                true => Vec::new(),
                false => element(0xa0, &element(0x30, &self.extensions.concat())),
            },
        ]);
        let mut signer = Signer::new(MessageDigest::sha256(), &authority.key).unwrap();
        let signature = signer.sign_oneshot_to_vec(&signed).unwrap();
        sequence(&[
            signed,
            algorithm,
            element(3, &[&[0][..], &signature].concat()),
        ])
    }

    /// ECDSA with SHA-256, or RSA PKCS #1 with SHA-256.
    fn algorithm(&self, authority: &Issued) -> Vec<u8> {
        match authority.key.rsa() {
            Ok(_) => sequence(&[
                element(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"),
                element(5, &[]),
            ]),
            Err(_) => sequence(&[element(6, b"\x2a\x86\x48\xce\x3d\x04\x03\x02")]),
        }
    }
}

/// An extension with this value.
pub fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical {
        element(1, &[0xff])
    } else {
        Vec::new()
    };
    sequence(&[element(6, oid), critical, element(4, value)])
}

/// A DER element.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut encoded = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => encoded.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
            encoded.push(0x80 | u8::try_from(bytes.len()).unwrap());
            encoded.extend(bytes);
        }
    }
    encoded.extend(content);
    encoded
}

/// A sequence of these elements.
pub fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &elements.concat())
}

fn entry((serial, extensions): &(Vec<u8>, Vec<Vec<u8>>)) -> Vec<u8> {
    let extensions = match extensions.is_empty() {
        true => Vec::new(),
        false => element(0x30, &extensions.concat()),
    };
    sequence(&[element(2, serial), time(NOW - 2 * DAY), extensions])
}

/// A GeneralizedTime.
fn time(seconds: i64) -> Vec<u8> {
    let instant = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
    let text = format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}Z",
        instant.year(),
        u8::from(instant.month()),
        instant.day(),
        instant.hour(),
        instant.minute(),
        instant.second()
    );
    element(0x18, text.as_bytes())
}
