//! Trust anchors that issue to the public.

use std::collections::HashMap;

use client_cert::{Certificate, Name, PublicKeyHash};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use super::{Kind, Subject, Warnings};

/// The authorities that Mozilla's browsers trust, by key and by name.
struct Public {
    names: HashMap<PublicKeyHash, Name>,
    keys: HashMap<Name, PublicKeyHash>,
}

/// Finds anchors with the key of a public authority, and anchors that one has issued.
///
/// A key is the same however the certificate was signed. Whether an issuer's name is truthful is not verified: a false one is
/// worth a look too.
pub(super) fn find(subject: &Subject<'_>, warnings: &mut Warnings) {
    let public = Public::load();
    for domain in subject.opened.document.trust_domains.values() {
        for file in &domain.anchors {
            for anchor in subject.opened.certificates(&file.value) {
                if let Some(text) = public.text(&anchor) {
                    warnings.push(Kind::PublicAuthority, || {
                        subject.locator.problem(file.place, text)
                    });
                }
            }
        }
    }
}

impl Public {
    fn load() -> Self {
        let roots = TLS_SERVER_ROOT_CERTS.iter();
        let roots: Vec<Certificate> = roots
            .filter_map(|der| Certificate::parse(der).ok())
            .collect();
        let named = roots
            .iter()
            .map(|root| (root.public_key_hash(), root.subject().clone()));
        let names: HashMap<PublicKeyHash, Name> = named.collect();
        Self {
            keys: names
                .iter()
                .map(|(key, name)| (name.clone(), *key))
                .collect(),
            names,
        }
    }

    fn text(&self, anchor: &Certificate) -> Option<String> {
        let danger = "everybody who gets a certificate from it can bear the names that it checked for them, and mistakes of it \
                      become yours; name the authority that the partner runs itself, or pin the partner's certificates";
        if let Some(name) = self.names.get(&anchor.public_key_hash()) {
            return Some(format!(
                "{name} issues certificates to the public: {danger}"
            ));
        }
        let issuer = anchor.issuer();
        self.keys.contains_key(issuer).then(|| {
            format!(
                "{} is below {issuer}, which issues certificates to the public: {danger}",
                anchor.subject()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_public_authority_is_recognized_and_a_private_one_is_not() {
        let public = Public::load();
        for der in TLS_SERVER_ROOT_CERTS {
            let root = Certificate::parse(der).unwrap();
            assert!(public.text(&root).is_some(), "{}", root.subject());
        }
        let private = test_support::Shape::authority("Partners Root").self_signed();
        let private = Certificate::parse(&private.der()).unwrap();
        assert_eq!(public.text(&private), None);
    }
}
