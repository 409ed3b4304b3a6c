//! Why some cases are decided otherwise than the suite expects.
//!
//! Of the cases that are admitted against the suite, none has a fault of a signature, a time, an authority's mark, a path's
//! length or a name.

/// Cases by their identifier, each with its reason.
pub(crate) const LEDGER: [(&str, &str); 27] = [
    ("crl::crlnumber-missing@client", LIST_NUMBER),
    ("crl::crlnumber-critical@client", LIST_NUMBER),
    ("pathlen::validation-ignores-pathlen-in-leaf", AUTHORITY),
    ("rfc5280::ca-as-leaf", AUTHORITY),
    ("rfc5280::leaf-ku-keycertsign@client", LEAF_USAGE),
    ("rfc5280::aki::leaf-missing-aki@client", IDENTIFIER),
    ("rfc5280::aki::intermediate-missing-aki@client", IDENTIFIER),
    (
        "rfc5280::aki::cross-signed-root-missing-aki@client",
        IDENTIFIER,
    ),
    ("rfc5280::ski::root-missing-ski@client", IDENTIFIER),
    ("rfc5280::ski::intermediate-missing-ski@client", IDENTIFIER),
    (
        "webpki::aki::root-with-aki-missing-keyidentifier@client",
        IDENTIFIER,
    ),
    (
        "webpki::aki::root-with-aki-authoritycertissuer@client",
        IDENTIFIER,
    ),
    (
        "webpki::aki::root-with-aki-authoritycertserialnumber@client",
        IDENTIFIER,
    ),
    ("webpki::aki::root-with-aki-all-fields@client", IDENTIFIER),
    ("webpki::aki::root-with-aki-ski-mismatch@client", IDENTIFIER),
    (
        "rfc5280::nc::permitted-dns-match-noncritical@client",
        CRITICALITY,
    ),
    (
        "rfc5280::san::noncritical-with-empty-subject@client",
        CRITICALITY,
    ),
    (
        "rfc5280::root-non-critical-basic-constraints@client",
        CRITICALITY,
    ),
    (
        "rfc5280::nc::not-allowed-in-ee-noncritical@client",
        LEAF_CONSTRAINTS,
    ),
    (
        "rfc5280::nc::not-allowed-in-ee-critical@client",
        LEAF_CONSTRAINTS,
    ),
    ("rfc5280::pc::ica-noncritical-pc@client", CRITICALITY),
    ("rfc5280::serial::too-long@client", SERIAL),
    ("rfc5280::serial::zero@client", SERIAL),
    (
        "rfc5280::ca-empty-subject@client",
        "the anchor without a name is one that the operator configured, and its signature verifies",
    ),
    (
        "webpki::malformed-aia@client",
        "where to fetch an issuer is not read: no address in a certificate is ever fetched",
    ),
    (
        "webpki::forbidden-rsa-not-divisible-by-8-in-root@client",
        RSA,
    ),
    (
        "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf@client",
        RSA,
    ),
];

const LIST_NUMBER: &str = "the number of a revocation list orders lists and changes no entry: one without it, or with a critical one, still lists what it lists";
const AUTHORITY: &str = "an authority's certificate is no caller's: its key is for signing certificates, and a pin admits it";
const LEAF_USAGE: &str = "keyCertSign beside digitalSignature has no effect in a certificate without cA, which issues nothing";
const IDENTIFIER: &str = "identifiers of keys say which key to try first; a signature is verified under whichever key made it";
const CRITICALITY: &str = "the extension is processed whether it is marked critical or not";
const LEAF_CONSTRAINTS: &str =
    "name constraints have no effect in a certificate without cA, which issues nothing";
const SERIAL: &str =
    "a serial number identifies and proves nothing; authorities have issued such ones";
const RSA: &str =
    "the modulus has 2048 bits or more, and how many exactly does not matter to its strength";
