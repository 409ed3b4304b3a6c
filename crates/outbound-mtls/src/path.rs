//! The order of the certificates that we send.

use std::cmp::Ordering;

use openssl::x509::{X509, X509Ref, X509VerifyResult};

/// The longest path that is sent, the leaf apart. Real ones have one to three intermediates.
const MAX_INTERMEDIATES: usize = 10;

/// The most signatures that are checked while they are looked for: a file can contain a thousand certificates of one
/// name, with keys that take milliseconds each.
const MAX_SIGNATURE_CHECKS: usize = 64;

/// The intermediates from the leaf's issuer upwards, found by name and signature in any order.
///
/// Left out: the root, which the server must know by itself, and what does not lead from this leaf. Where one
/// issuer has several certificates, the one that is valid longest is taken. Nothing is trusted by this: whether the
/// path is good is for the server to decide.
pub(super) fn intermediates(leaf: &X509, pool: &[&X509]) -> Vec<X509> {
    let mut path: Vec<X509> = Vec::new();
    let mut checks = MAX_SIGNATURE_CHECKS;
    while path.len() < MAX_INTERMEDIATES {
        let current = path.last().unwrap_or(leaf);
        if is_self_issued(current) {
            break;
        }
        let issuer = pool
            .iter()
            .filter(|candidate| has_name_of_issuer(candidate, current))
            .filter(|candidate| !path.iter().any(|used| is_same(used, candidate)))
            .filter(|candidate| {
                // Two checks at most: of the candidate by itself, and of what it may have issued.
                let allowed = checks >= 2;
                checks = checks.saturating_sub(2);
                allowed && !is_self_issued(candidate) && carries_signature_of(current, candidate)
            })
            .reduce(|one, other| longer(one, other));
        match issuer {
            Some(issuer) => path.push((*issuer).clone()),
            None => break,
        }
    }
    path
}

/// Whether the certificate names itself as its issuer and carries its own signature.
///
/// Its key usage does not matter: `New-SelfSignedCertificate` sets none that signs certificates.
pub(super) fn is_self_issued(certificate: &X509Ref) -> bool {
    let names = certificate
        .subject_name()
        .try_cmp(certificate.issuer_name());
    matches!(names, Ok(Ordering::Equal)) && carries_signature_of(certificate, certificate)
}

fn has_name_of_issuer(issuer: &X509Ref, subject: &X509Ref) -> bool {
    issuer.issued(subject) == X509VerifyResult::OK
}

fn carries_signature_of(subject: &X509Ref, issuer: &X509Ref) -> bool {
    issuer
        .public_key()
        .and_then(|key| subject.verify(&key))
        .unwrap_or(false)
}

fn longer<'a>(one: &'a &'a X509, other: &'a &'a X509) -> &'a &'a X509 {
    if other.not_after() > one.not_after() {
        other
    } else {
        one
    }
}

fn is_same(one: &X509Ref, other: &X509Ref) -> bool {
    matches!((one.to_der(), other.to_der()), (Ok(one), Ok(other)) if one == other)
}
