//! The extensions of a certificate that have no field of their own among its facts.

use client_cert::Extensions;
use serde::Serialize;

/// An extension without a field of its own.
#[derive(Debug, Serialize)]
pub(crate) struct OtherExtension {
    /// Its registered name, or dotted notation.
    pub(crate) name: String,
    pub(crate) critical: bool,
}

impl OtherExtension {
    /// Each of them, by its name.
    pub(super) fn all_of(extensions: &Extensions) -> Vec<Self> {
        let other = |critical| {
            move |name: &String| Self {
                name: name.clone(),
                critical,
            }
        };
        let constraints = extensions.name_constraints.as_ref().map(|_| Self {
            name: "nameConstraints".to_owned(),
            // RFC 5280, section 4.2.1.10: it must be.
            critical: true,
        });
        let recognized = recognized(extensions).map(|name| Self {
            name: name.to_owned(),
            critical: false,
        });
        let critical = extensions.unrecognized_critical.iter().map(other(true));
        let unprocessed = extensions.unprocessed.iter().map(other(false));
        constraints
            .into_iter()
            .chain(recognized)
            .chain(critical)
            .chain(unprocessed)
            .collect()
    }
}

/// The names of those that are present and that the handler's reader processes.
fn recognized(extensions: &Extensions) -> impl Iterator<Item = &'static str> {
    let policies = &extensions.policies;
    let points = &extensions.crl_distribution_points;
    let constrains_policies =
        policies.require_explicit_policy.is_some() || policies.inhibit_policy_mapping.is_some();
    let recognized = [
        (
            "authorityKeyIdentifier",
            extensions.authority_key_identifier.is_some(),
        ),
        (
            "subjectKeyIdentifier",
            extensions.subject_key_identifier.is_some(),
        ),
        ("crlDistributionPoints", !points.is_empty()),
        (
            "certificatePolicies",
            policies.certificate_policies.is_some(),
        ),
        ("policyMappings", !policies.mappings.is_empty()),
        ("policyConstraints", constrains_policies),
        ("inhibitAnyPolicy", policies.inhibit_any_policy.is_some()),
    ];
    let present = recognized.into_iter().filter(|(_, present)| *present);
    present.map(|(name, _)| name)
}
