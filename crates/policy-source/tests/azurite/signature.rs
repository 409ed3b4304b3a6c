//! A shared access signature for the container ("Create a service SAS", versions from 2020-12-06).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use crate::account::{Account, CONTAINER};

/// The version of the signed text.
const VERSION: &str = "2022-11-02";

/// Nothing in a test expires.
const EXPIRY: &str = "9999-12-31T23:59:59Z";

/// The query that lets whoever has it read the container's blobs.
pub(crate) fn shared_access_signature(account: &Account) -> String {
    let resource = format!("/blob/{}/{CONTAINER}", Account::NAME);
    // Permissions, start, expiry, resource, identifier, addresses, protocol, version, kind, snapshot, encryption scope, and the
    // five headers of an answer.
    let fields = [
        "r", "", EXPIRY, &resource, "", "", "https", VERSION, "c", "", "", "", "", "", "", "",
    ];
    let key = PKey::hmac(&account.key).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    signer.update(fields.join("\n").as_bytes()).unwrap();
    let signature = STANDARD.encode(signer.sign_to_vec().unwrap());
    let signature = signature.replace('+', "%2B").replace('/', "%2F");
    format!("sv={VERSION}&se={EXPIRY}&sr=c&sp=r&spr=https&sig={signature}")
}
