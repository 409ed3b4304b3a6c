//! Old ciphers, in a library context of their own.
//!
//! Loaded into the process's context, the legacy provider would be there for every other thread, and has been seen to
//! leave its ciphers behind after it was dropped while another thread looked for an algorithm.

use openssl::cipher::Cipher;
use openssl::cipher_ctx::CipherCtx;
use openssl::error::ErrorStack;
use openssl::lib_ctx::LibCtx;
use openssl::nid::Nid;
use openssl::provider::Provider;
use zeroize::Zeroizing;

/// The ciphers here that OpenSSL 3 keeps in its legacy provider.
const OLD: [Nid; 4] = [Nid::RC2_CBC, Nid::RC2_40_CBC, Nid::RC4, Nid::DES_CBC];

/// Whether a cipher is one of those.
pub(super) fn is_old(cipher: Nid) -> bool {
    OLD.contains(&cipher)
}

/// The context with its provider; made once for a file, since that takes longer than most files take to read.
pub(super) struct Legacy {
    // Dropped before the context that it belongs to.
    _provider: Provider,
    library: LibCtx,
}

impl Legacy {
    pub(super) fn load() -> Result<Self, ErrorStack> {
        let library = LibCtx::new()?;
        let provider = Provider::try_load(Some(&library), "legacy", true)?;
        Ok(Self {
            _provider: provider,
            library,
        })
    }

    /// Decrypts with one of the old ciphers.
    pub(super) fn decrypt(
        &self,
        cipher: Nid,
        key: &[u8],
        iv: Option<&[u8]>,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let cipher = Cipher::fetch(Some(&self.library), cipher.short_name()?, None)?;
        let mut context = CipherCtx::new()?;
        context.decrypt_init(Some(&cipher), None, None)?;
        if key.len() != cipher.key_length() {
            context.set_key_length(key.len())?;
        }
        context.decrypt_init(None, Some(key), iv)?;
        let mut plain = Zeroizing::new(vec![0; ciphertext.len() + cipher.block_size()]);
        let written = context.cipher_update(ciphertext, Some(&mut plain))?;
        let tail = match plain.get_mut(written..) {
            Some(rest) => context.cipher_final(rest)?,
            None => 0,
        };
        plain.truncate(written + tail);
        Ok(plain)
    }
}
