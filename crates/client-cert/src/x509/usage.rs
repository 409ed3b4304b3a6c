//! What a key and a certificate may be used for: keyUsage and extKeyUsage.

use std::fmt;

use x509_parser::extensions as parsed;

/// `keyUsage`, as bits in the order of RFC 5280, section 4.2.1.3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyUsage(u16);

/// `extKeyUsage`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExtendedKeyUsage {
    /// Whether `id-kp-clientAuth` is among the purposes. `anyExtendedKeyUsage` does not count as it.
    pub client_auth: bool,
    /// Whether `anyExtendedKeyUsage` is among them.
    pub any: bool,
    /// All purposes: the registered name, or dotted notation.
    pub purposes: Vec<String>,
}

impl KeyUsage {
    pub(super) fn new(usage: &parsed::KeyUsage) -> Self {
        Self(usage.flags)
    }

    const NAMES: [&str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];

    /// Whether the key may sign a TLS handshake.
    pub fn digital_signature(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether the key may sign certificates.
    pub fn key_cert_sign(self) -> bool {
        self.0 & (1 << 5) != 0
    }

    /// Whether the key may sign revocation lists.
    pub fn crl_sign(self) -> bool {
        self.0 & (1 << 6) != 0
    }

    /// The names of the bits that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 & (1 << bit) != 0)
            .map(|(_, name)| name)
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(", "))
    }
}

impl ExtendedKeyUsage {
    pub(super) fn new(usage: &parsed::ExtendedKeyUsage<'_>) -> Self {
        let named = [
            (usage.any, "anyExtendedKeyUsage"),
            (usage.server_auth, "serverAuth"),
            (usage.client_auth, "clientAuth"),
            (usage.code_signing, "codeSigning"),
            (usage.email_protection, "emailProtection"),
            (usage.time_stamping, "timeStamping"),
            (usage.ocsp_signing, "OCSPSigning"),
        ];
        let purposes = named
            .into_iter()
            .filter(|(present, _)| *present)
            .map(|(_, name)| name.to_owned())
            .chain(usage.other.iter().map(|oid| oid.to_id_string()))
            .collect();
        Self {
            client_auth: usage.client_auth,
            any: usage.any,
            purposes,
        }
    }
}

impl fmt::Display for ExtendedKeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.purposes.join(", "))
    }
}
