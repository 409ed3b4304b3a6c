//! The Certificate and CertificateRequest messages of TLS 1.2 (RFC 5246, section 7.4) and TLS 1.3 (RFC 8446, section 4).

use bytes::Buf as _;

use crate::tls::records::vector;

/// The extension of a request that names authorities (RFC 8446, section 4.2.4).
const CERTIFICATE_AUTHORITIES: u16 = 47;

/// The certificates of a Certificate message, DER.
pub(super) fn certificates(mut payload: &[u8], is_tls13: bool) -> Option<Vec<Vec<u8>>> {
    if is_tls13 {
        // The context, which is empty in a handshake.
        vector(&mut payload, 1)?;
    }
    let mut list = vector(&mut payload, 3)?;
    let mut certificates = Vec::new();
    while !list.is_empty() {
        certificates.push(vector(&mut list, 3)?.to_vec());
        if is_tls13 {
            // The extensions of this certificate.
            vector(&mut list, 2)?;
        }
    }
    Some(certificates)
}

/// The names in a CertificateRequest message, DER.
pub(super) fn authorities(mut payload: &[u8], is_tls13: bool) -> Option<Vec<Vec<u8>>> {
    // TLS 1.2: kinds of certificate; TLS 1.3: the context.
    vector(&mut payload, 1)?;
    // TLS 1.2: signature algorithms; TLS 1.3: extensions.
    let mut extensions = vector(&mut payload, 2)?;
    if !is_tls13 {
        return names(&mut payload);
    }
    while let Ok(kind) = extensions.try_get_u16() {
        let mut data = vector(&mut extensions, 2)?;
        if kind == CERTIFICATE_AUTHORITIES {
            return names(&mut data);
        }
    }
    Some(Vec::new())
}

fn names(data: &mut &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = vector(data, 2)?;
    let mut names = Vec::new();
    while !list.is_empty() {
        names.push(vector(&mut list, 2)?.to_vec());
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_of_a_certificate_message_is_unreadable() {
        let list = [0, 0, 6, 0, 0, 3, 1, 2, 3];
        assert_eq!(certificates(&list, false), Some(vec![vec![1, 2, 3]]));
        for end in 0..list.len() {
            assert_eq!(certificates(&list[..end], false), None, "{end}");
        }
    }

    #[test]
    fn authorities_are_named_in_either_version() {
        let names = [0, 5, 0, 3, 1, 2, 3];
        let tls12 = [[1, 64, 0, 2, 4, 3].as_slice(), &names].concat();
        assert_eq!(authorities(&tls12, false), Some(vec![vec![1, 2, 3]]));
        let other = [0, 13, 0, 1, 9];
        let tls13 = [[0, 0, 16].as_slice(), &other, &[0, 47, 0, 7], &names].concat();
        assert_eq!(authorities(&tls13, true), Some(vec![vec![1, 2, 3]]));
        let silent = [[0, 0, 5].as_slice(), &other].concat();
        assert_eq!(authorities(&silent, true), Some(Vec::new()));
    }
}
