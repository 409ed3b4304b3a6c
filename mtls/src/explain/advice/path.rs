//! Advice on a listed name without a verified path: which certificate is at fault, and what to do about it.
//!
//! Whoever makes a certificate writes its issuer's name. So the name alone is never a reason to trust that issuer: advice
//! to add an anchor would be the impostor's way in.

use client_cert::{Certificate, Denial, Name, PathError, TrustDomain, rfc3339};

use crate::explain::origin::{DomainPart, Origin};

/// Where a path was looked for, and for what.
pub(super) struct Search<'a> {
    pub(super) origin: &'a Origin,
    pub(super) domain: Option<&'a TrustDomain>,
    /// The certificate that was meant, if it is readable.
    pub(super) certificate: Option<&'a Certificate>,
}

impl Search<'_> {
    /// What to change, by the error and by what the certificate says of its issuer.
    pub(super) fn advice(&self, error: &PathError) -> String {
        let anchor = self.anchor();
        match error {
            PathError::NoValidAnchor => format!(
                "Every trust anchor {anchor} has expired or is not valid yet at this instant. Get the authority's current certificate from the authority itself, and put it into {}.",
                self.place(DomainPart::Anchors)
            ),
            PathError::UnknownIssuer => self.unknown_issuer(&anchor),
            PathError::Signature => self.impostor(),
            PathError::SignatureAlgorithm { found } => format!(
                "At fault is the certificate itself: it is signed by {found}, which is weak or not supported. Have its issuer sign it anew, by RSA or ECDSA with SHA-256 or a longer digest, or by Ed25519."
            ),
            PathError::CommonName {
                authority,
                violation,
            } => format!(
                "{authority} is constrained to other names (nameConstraints): the common name is {violation}. Have the certificate issued by an authority that may issue this name."
            ),
            PathError::NameConstraints {
                authority,
                violation,
            } => format!(
                "{authority} is constrained to other names (nameConstraints), and found on the path is {violation}. Have the certificate issued without that name, or by an authority that may issue it."
            ),
            PathError::Invalid { detail } => {
                format!("No path can end with this certificate: {detail}. Have it reissued.")
            }
            error => self.of_authority(error, &anchor),
        }
    }

    /// What to do about what revocation lists say of a path that is verified otherwise; nothing for other denials.
    pub(super) fn of_revocation(&self, denial: &Denial) -> Option<String> {
        let lists = self.place(DomainPart::RevocationLists);
        Some(match denial {
            Denial::Revoked => {
                "A certificate of the path, the caller's own or an authority's, is on its issuer's revocation list. Have a new one issued; the refusal is right until then.".to_owned()
            }
            Denial::RevocationUnknown => format!(
                "No revocation list that can be used covers each certificate of the path. Add the list of each issuer to {lists}, and look into the log for why one that is there is not used; \"unknown\": \"allow\" beside it admits without."
            ),
            Denial::RevocationStale => format!(
                "A revocation list is past its nextUpdate. Get the issuer's current one, and put it in place of the old one in {lists}; \"stale\": \"allow\" beside it takes the old one."
            ),
            _ => return None,
        })
    }

    /// A configured authority is at fault, whoever the caller is.
    fn of_authority(&self, error: &PathError, anchor: &str) -> String {
        let intermediates = self.place(DomainPart::Intermediates);
        match error {
            PathError::NoAnchor { authority, issuer } => format!(
                "At fault is the configuration: the intermediate {authority} is there, and the certificate of its issuer, {issuer}, is not. If {anchor} certifies {issuer}, get that certificate from the authority itself and put it into {intermediates}; if it does not, remove the intermediate, which leads nowhere."
            ),
            PathError::Unanchored { authority } => format!(
                "At fault is the configured intermediate {authority}: its issuers lead to no trust anchor ({anchor}). Put the certificates between the two into {intermediates}, or remove it there."
            ),
            PathError::AuthoritySignature {
                authority,
                algorithm,
            } => format!(
                "At fault is the configured intermediate {authority}: no configured key of its issuer verifies its signature ({algorithm}). Get its certificate again from the authority itself, and replace it in {intermediates}."
            ),
            PathError::AuthorityExpired {
                authority,
                not_after,
            } => format!(
                "At fault is {authority}, which expired at {}. Get its renewed certificate from the authority itself and put it into {intermediates}; the caller's own certificate can stay.",
                rfc3339(*not_after)
            ),
            PathError::AuthorityNotYetValid {
                authority,
                not_before,
            } => format!(
                "At fault is {authority}, which is valid from {} on. Wait until then, or keep its earlier certificate in {intermediates} as well.",
                rfc3339(*not_before)
            ),
            PathError::PathLength { authority, limit } => format!(
                "At fault is the path: {authority} allows {limit} authorities below it (pathLenConstraint), and there are more. Have the certificate issued by an authority nearer to it, or {authority} reissued."
            ),
            PathError::AuthorityPurpose { authority, found } => format!(
                "At fault is {authority}: its extended key usage ({found}) leaves out clientAuth. Have the certificate issued by an authority for clients."
            ),
            PathError::TooManyKeys => format!(
                "Too many authorities bear the issuer's name. Remove from {intermediates} those that issue no more."
            ),
            error => format!(
                "The handler {error}. Have that certificate replaced; the trust anchor is {anchor}, and adding another one does not help."
            ),
        }
    }

    /// The issuer's name is configured, and the signature is not its key's.
    fn impostor(&self) -> String {
        let issuer = self.certificate.map(Certificate::issuer);
        let issuer = issuer.map_or_else(|| "Its issuer".to_owned(), Name::to_string);
        format!(
            "{issuer} is configured, and its key did not sign this certificate: whoever made it only wrote that name. Change nothing for it. If the authority has a new key, get its new certificate from the authority itself."
        )
    }

    fn unknown_issuer(&self, anchor: &str) -> String {
        match self.certificate {
            Some(certificate) if certificate.issuer() == certificate.subject() => format!(
                "It names itself as its issuer, and anybody can write any name into such a certificate. Have one issued by {anchor}; or, if its owner gave you this thumbprint by a way that you trust, list the thumbprint."
            ),
            Some(certificate) => format!(
                "Its issuer, {issuer}, is neither the trust anchor ({anchor}) nor a configured intermediate. If {anchor} certifies {issuer}, get that certificate and put it into {intermediates}: the front end forwards no chain. If it does not, this is not the listed caller, and the refusal is right.",
                issuer = certificate.issuer(),
                intermediates = self.place(DomainPart::Intermediates)
            ),
            None => format!("Have the certificate issued by {anchor}."),
        }
    }

    fn anchor(&self) -> String {
        let subject = self.domain.map(TrustDomain::subject);
        subject.map_or_else(|| "the trust anchor".to_owned(), Name::to_string)
    }

    fn place(&self, part: DomainPart) -> String {
        self.origin.place_of(part, self.domain)
    }
}
