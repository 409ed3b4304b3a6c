//! Who a decision admitted.

/// What a decision found out about an admitted caller.
#[derive(Clone, Debug)]
pub struct Admitted<'a> {
    /// The caller's name. Callers that a list of thumbprints or common names admits have none.
    pub caller: Option<&'a str>,
    /// The caller's roles.
    pub roles: Vec<&'a str>,
    /// The rule that admitted the caller.
    pub rule: &'a str,
    /// The SHA-256 of the certificate, in lower-case hexadecimal digits.
    pub sha256: &'a str,
    /// The certificate, in DER.
    pub der: &'a [u8],
}
