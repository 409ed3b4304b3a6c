//! Why some cases are decided otherwise than NIST expects.

/// Cases by their name, each with its reason.
pub(crate) const LEDGER: [(&str, &str); 4] = [
    ("4.1.4 Valid DSA Signatures Test4", DSA),
    ("4.1.5 Valid DSA Parameter Inheritance Test5", DSA),
    ("4.6.8 Valid pathLenConstraint Test8", AUTHORITY),
    ("4.6.14 Valid pathLenConstraint Test14", AUTHORITY),
];

const DSA: &str = "DSA is not supported: FIPS 186-5 withdrew it";
const AUTHORITY: &str = "an authority's certificate is no caller's: its key is for signing certificates, and a pin admits it";
