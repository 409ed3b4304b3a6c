//! Why some cases are decided otherwise than NIST expects.

/// Cases by their name, each with its reason.
pub(crate) const LEDGER: [(&str, &str); 24] = [
    ("4.1.4 Valid DSA Signatures Test4", DSA),
    ("4.1.5 Valid DSA Parameter Inheritance Test5", DSA),
    ("4.4.1 Missing CRL Test1", REVOCATION),
    ("4.4.2 Invalid Revoked CA Test2", REVOCATION),
    ("4.4.3 Invalid Revoked EE Test3", REVOCATION),
    ("4.4.4 Invalid Bad CRL Signature Test4", REVOCATION),
    ("4.4.5 Invalid Bad CRL Issuer Name Test5", REVOCATION),
    ("4.4.6 Invalid Wrong CRL Test6", REVOCATION),
    (
        "4.4.8 Invalid Unknown CRL Entry Extension Test8",
        REVOCATION,
    ),
    ("4.4.9 Invalid Unknown CRL Extension Test9", REVOCATION),
    ("4.4.10 Invalid Unknown CRL Extension Test10", REVOCATION),
    ("4.4.11 Invalid Old CRL nextUpdate Test11", REVOCATION),
    ("4.4.12 Invalid pre2000 CRL nextUpdate Test12", REVOCATION),
    ("4.4.15 Invalid Negative Serial Number Test15", REVOCATION),
    ("4.4.18 Invalid Long Serial Number Test18", REVOCATION),
    (
        "4.4.20 Invalid Separate Certificate and CRL Keys Test20",
        REVOCATION,
    ),
    (
        "4.4.21 Invalid Separate Certificate and CRL Keys Test21",
        REVOCATION,
    ),
    (
        "4.5.2 Invalid Basic Self-Issued Old With New Test2",
        REVOCATION,
    ),
    (
        "4.5.5 Invalid Basic Self-Issued New With Old Test5",
        REVOCATION,
    ),
    (
        "4.5.7 Invalid Basic Self-Issued CRL Signing Key Test7",
        REVOCATION,
    ),
    ("4.6.8 Valid pathLenConstraint Test8", AUTHORITY),
    ("4.6.14 Valid pathLenConstraint Test14", AUTHORITY),
    (
        "4.7.4 Invalid keyUsage Critical cRLSign False Test4",
        REVOCATION,
    ),
    (
        "4.7.5 Invalid keyUsage Not Critical cRLSign False Test5",
        REVOCATION,
    ),
];

const DSA: &str = "DSA is not supported: FIPS 186-5 withdrew it";
const REVOCATION: &str = "revocation lists are not looked at";
const AUTHORITY: &str = "an authority's certificate is no caller's: its key is for signing certificates, and a pin admits it";
