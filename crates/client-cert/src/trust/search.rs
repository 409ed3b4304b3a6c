//! The verified paths from an end entity through intermediates to a trust anchor (RFC 5280, section 6).
//!
//! A validator of our own, because none that could be had reaches what is wanted. Measured against x509-limbo and NIST's
//! PKITS: `rustls-webpki` reduces an anchor to its name and key, so that an expired root counts, weighs no constraints on
//! mail addresses and URIs, compares names byte by byte, knows no policies, reports a signature error for other faults, and
//! searches anew for each request (50 ms among 100 authorities of one name). OpenSSL finds the paths and takes for valid
//! what the suites refuse (4 cases each), reads BER, and is C code in front of a hostile certificate. Here the search is
//! done once, when a domain is configured, and what is left for a request is one signature and comparisons. Signatures are
//! `ring`'s, the parser is `x509-parser`; neither validates paths.

use rustls_pki_types::UnixTime;

use super::chain::Chain;
use super::constrained::names_allowed;
use super::domain::TrustDomain;
use super::issuing_key::IssuingKey;
use super::path::Path;
use super::path_error::PathError;
use super::policies::{Step, ValidPolicies, valid_policies};
use super::signature::{SIGNATURE_BUDGET, SignatureError};
use crate::fitness::{ExtendedKeyUsageRule, Fitness};
use crate::x509::{Certificate, seconds};

/// Looks for the paths from a certificate to the anchors of a domain at `now`: one at least, the shortest first.
///
/// Verified: signatures, validity, cA, keyCertSign, path length, name constraints on alternative names, purposes,
/// critical extensions of every authority, and policies. Not verified: revocation; and what [`Fitness`] requires of the end entity. The
/// work does not depend on which names a policy lists. Fails closed.
pub(crate) fn paths<'d>(
    domain: &'d TrustDomain,
    end_entity: &Certificate,
    fitness: Fitness,
    now: UnixTime,
) -> Result<Vec<Path<'d>>, PathError> {
    well_formed(end_entity)?;
    let key = issuing_key(&domain.issuers().of(end_entity), end_entity)?;
    let mut fault = None;
    let mut paths = Vec::new();
    for chain in &key.chains {
        match judge(chain, end_entity, fitness.extended_key_usage, now) {
            Ok(policies) => paths.push(Path::new(chain, policies)),
            Err(error) => {
                fault.get_or_insert(error);
            }
        }
    }
    match paths.is_empty() {
        false => Ok(paths),
        true => Err(fault.unwrap_or_else(|| key.fault())),
    }
}

/// What an end entity must be like at the end of any path.
fn well_formed(end_entity: &Certificate) -> Result<(), PathError> {
    if end_entity.version() != 3 {
        let detail = "a certificate that is not X.509 version 3";
        return Err(PathError::Invalid { detail });
    }
    if end_entity.signature_algorithms_differ() {
        let detail =
            "a certificate whose signed part names another signature algorithm than its signature";
        return Err(PathError::Invalid { detail });
    }
    Ok(())
}

/// The key that signed a certificate, of those that bear its issuer's name.
fn issuing_key<'k>(
    keys: &[&'k IssuingKey],
    certificate: &Certificate,
) -> Result<&'k IssuingKey, PathError> {
    let mut left = SIGNATURE_BUDGET;
    let mut fault = PathError::UnknownIssuer;
    for key in keys {
        let Some(authority) = key.authority() else {
            continue;
        };
        let Some(rest) = left.checked_sub(authority.key.cost()) else {
            return Err(PathError::TooManyKeys);
        };
        left = rest;
        match authority.key.verify(certificate.signed()) {
            Ok(()) => return Ok(key),
            Err(SignatureError::OtherKey) => fault = PathError::Signature,
            Err(SignatureError::Algorithm) => {
                let found = certificate.signature_algorithm().to_owned();
                fault = PathError::SignatureAlgorithm { found };
            }
        }
    }
    Err(fault)
}

/// Whether a chain, whose first key signed the certificate, leads to an anchor for it now.
fn judge(
    chain: &Chain,
    end_entity: &Certificate,
    purpose: ExtendedKeyUsageRule,
    now: UnixTime,
) -> Result<ValidPolicies, PathError> {
    if chain
        .authorities()
        .any(|authority| authority.is_same(end_entity))
    {
        let detail = "an authority in the place of an end entity";
        return Err(PathError::Invalid { detail });
    }
    valid(chain, now)?;
    if let Some(authority) = chain
        .authorities()
        .find(|authority| !authority.serves(purpose))
    {
        let purposes = authority
            .certificate
            .extensions()
            .extended_key_usage
            .as_ref();
        return Err(PathError::AuthorityPurpose {
            authority: authority.certificate.subject().clone(),
            found: purposes.map(ToString::to_string).unwrap_or_default(),
        });
    }
    names_allowed(chain, end_entity)?;
    policies(chain, end_entity)
}

/// The policies that are valid for a chain with an end entity.
fn policies(chain: &Chain, end_entity: &Certificate) -> Result<ValidPolicies, PathError> {
    let mut authorities = chain.authorities().rev();
    let Some(anchor) = authorities.next() else {
        return Err(PathError::UnknownIssuer);
    };
    let mut path: Vec<Step<'_>> = authorities
        .map(|authority| Step::of(&authority.certificate))
        .collect();
    path.push(Step::of(end_entity));
    let policies = valid_policies(&anchor.certificate.extensions().policies, &path);
    policies.map_err(|violation| PathError::Policies { violation })
}

fn valid(chain: &Chain, now: UnixTime) -> Result<(), PathError> {
    if chain.validity().contains(now) {
        return Ok(());
    }
    if chain
        .anchor()
        .is_none_or(|anchor| !anchor.certificate.validity().contains(now))
    {
        return Err(PathError::NoValidAnchor);
    }
    let mut certificates = chain.certificates();
    let invalid = certificates.find(|certificate| !certificate.validity().contains(now));
    invalid.map_or(Ok(()), |certificate| {
        let window = certificate.validity();
        let authority = certificate.subject().clone();
        Err(match seconds(now) > window.not_after {
            true => PathError::AuthorityExpired {
                authority,
                not_after: window.not_after,
            },
            false => PathError::AuthorityNotYetValid {
                authority,
                not_before: window.not_before,
            },
        })
    })
}
