//! Keys for new certificates.

use clap::ValueEnum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Private};
use openssl::rsa::Rsa;

/// The kinds of key that a new certificate can have.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum KeyKind {
    /// RSA with 2048 bits, as New-SelfSignedCertificate makes it.
    #[default]
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// Ed25519; Windows and App Service do not take it.
    Ed25519,
}

impl KeyKind {
    /// A fresh key.
    ///
    /// # Errors
    ///
    /// Only where the library has no randomness or no memory.
    pub(crate) fn generate(self) -> Result<PKey<Private>, ErrorStack> {
        match self {
            Self::Rsa2048 => PKey::from_rsa(Rsa::generate(2048)?),
            Self::Rsa3072 => PKey::from_rsa(Rsa::generate(3072)?),
            Self::P256 => on_curve(Nid::X9_62_PRIME256V1),
            Self::P384 => on_curve(Nid::SECP384R1),
            Self::Ed25519 => PKey::generate_ed25519(),
        }
    }
}

fn on_curve(curve: Nid) -> Result<PKey<Private>, ErrorStack> {
    let group = EcGroup::from_curve_name(curve)?;
    PKey::from_ec_key(EcKey::generate(&group)?)
}

/// The digest that a signature by this key uses: as long as the curve, SHA-256 for RSA, none for Ed25519 and Ed448.
pub(crate) fn signature_digest<T: HasPublic>(key: &PKeyRef<T>) -> MessageDigest {
    match (key.id(), key.bits()) {
        (Id::ED25519 | Id::ED448, _) => MessageDigest::null(),
        (Id::EC, 257..=384) => MessageDigest::sha384(),
        (Id::EC, 385..) => MessageDigest::sha512(),
        _ => MessageDigest::sha256(),
    }
}
