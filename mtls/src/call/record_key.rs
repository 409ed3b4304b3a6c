//! The key that protects one direction of a TLS 1.3 handshake (RFC 8446, sections 5.2, 5.3 and 7.3).

use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::pkey::Id;
use openssl::pkey_ctx::{HkdfMode, PkeyCtx};
use openssl::symm::{Cipher, decrypt_aead};
use zeroize::Zeroizing;

const IV_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// Opens the records of one direction, in their order.
pub(super) struct RecordKey {
    cipher: Cipher,
    key: Zeroizing<Vec<u8>>,
    iv: Zeroizing<Vec<u8>>,
    sequence: u64,
}

impl RecordKey {
    /// Derives the key from the direction's secret; `None` unless the cipher suite is one of RFC 8446's first three.
    pub(super) fn derive(secret: &[u8], suite: u16) -> Option<Self> {
        let (cipher, digest) = match suite {
            0x1301 => (Cipher::aes_128_gcm(), Md::sha256()),
            0x1302 => (Cipher::aes_256_gcm(), Md::sha384()),
            0x1303 => (Cipher::chacha20_poly1305(), Md::sha256()),
            _ => return None,
        };
        Some(Self {
            cipher,
            key: expand(secret, digest, b"key", cipher.key_len()).ok()?,
            iv: expand(secret, digest, b"iv", IV_BYTES).ok()?,
            sequence: 0,
        })
    }

    /// Opens the next record: its content type and its content. Nothing where the tag does not fit, as with the
    /// first record under the keys that follow the handshake.
    pub(super) fn open(&mut self, header: &[u8], fragment: &[u8]) -> Option<(u8, Vec<u8>)> {
        let (sealed, tag) = fragment.split_at_checked(fragment.len().checked_sub(TAG_BYTES)?)?;
        let mut nonce = self.iv.to_vec();
        let counter = self.sequence.to_be_bytes();
        for (byte, counted) in nonce.iter_mut().rev().zip(counter.iter().rev()) {
            *byte ^= counted;
        }
        let plain = decrypt_aead(self.cipher, &self.key, Some(&nonce), header, sealed, tag);
        let mut plain = plain.ok()?;
        self.sequence = self.sequence.checked_add(1)?;
        // Zeros pad the content behind its type.
        let end = plain.iter().rposition(|byte| *byte != 0)?;
        let kind = plain.get(end).copied()?;
        plain.truncate(end);
        Some((kind, plain))
    }
}

/// HKDF-Expand-Label with an empty context.
fn expand(
    secret: &[u8],
    digest: &openssl::md::MdRef,
    label: &[u8],
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let label = [b"tls13 ", label].concat();
    let mut info = vec![0];
    info.extend(u8::try_from(length));
    info.extend(u8::try_from(label.len()));
    info.extend(label);
    info.push(0);
    let mut context = PkeyCtx::new_id(Id::HKDF)?;
    context.derive_init()?;
    context.set_hkdf_mode(HkdfMode::EXPAND_ONLY)?;
    context.set_hkdf_md(digest)?;
    context.set_hkdf_key(secret)?;
    context.add_hkdf_info(&info)?;
    let mut key = Zeroizing::new(vec![0; length]);
    context.derive(Some(&mut key))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pairs = digits.chunks(2).map(|pair| str::from_utf8(pair).unwrap());
        pairs
            .map(|pair| u8::from_str_radix(pair, 16).unwrap())
            .collect()
    }

    /// RFC 8448, section 3: the server's handshake traffic secret and what is written with it.
    #[test]
    fn keys_are_derived_as_in_the_published_trace() {
        let secret = bytes("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
        let key = RecordKey::derive(&secret, 0x1301).unwrap();
        assert_eq!(*key.key, bytes("3fce516009c21727d0f2e4e86ee403bc"));
        assert_eq!(*key.iv, bytes("5d313eb2671276ee13000b30"));
        assert!(RecordKey::derive(&secret, 0x1304).is_none());
    }
}
