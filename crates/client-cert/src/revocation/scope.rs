//! Whether a list covers a certificate (RFC 5280, section 6.3.3, steps b and d).

use super::crl::Crl;
use super::extensions::Scope;
use crate::x509::{
    Certificate, DistributionPoint, DistributionPointName, Name, PointName, ReasonFlags,
};

/// All reasons: keyCompromise to aACompromise. Bit 0 is not used.
pub(super) const ALL_REASONS: u16 = 0b1_1111_1110;

/// The reasons for which a list covers a certificate; none if it does not cover it.
pub(super) fn covered_reasons(crl: &Crl, certificate: &Certificate) -> u16 {
    let scope = crl.scope();
    let is_ca = certificate.extensions().is_ca();
    if (scope.of_end_entities && is_ca) || (scope.of_authorities && !is_ca) {
        return 0;
    }
    let points = &certificate.extensions().crl_distribution_points;
    let covered = points.iter().map(|point| by_point(crl, certificate, point));
    // A list of the issuer itself covers its certificates whether or not they say where lists are found.
    covered.fold(by_issuer(crl, certificate), |sum, reasons| sum | reasons)
}

/// By a distribution point of the certificate.
fn by_point(crl: &Crl, certificate: &Certificate, point: &DistributionPoint) -> u16 {
    let scope = crl.scope();
    let is_issuer = match point.crl_issuers.as_slice() {
        [] => crl.issuer() == certificate.issuer(),
        issuers => scope.is_indirect && issuers.contains(crl.issuer()),
    };
    match is_issuer && names_meet(scope, crl.issuer(), point) {
        true => reasons(scope.reasons) & reasons(point.reasons),
        false => 0,
    }
}

/// As if the certificate had one distribution point with the name of its issuer (section 6.3.3, after step l).
fn by_issuer(crl: &Crl, certificate: &Certificate) -> u16 {
    let implied = DistributionPoint {
        name: Some(DistributionPointName::Full(vec![PointName::Directory(
            certificate.issuer().clone(),
        )])),
        reasons: None,
        crl_issuers: Vec::new(),
    };
    by_point(crl, certificate, &implied)
}

/// Whether the list's distribution point, if it names one, is that of the certificate.
fn names_meet(scope: &Scope, issuer: &Name, point: &DistributionPoint) -> bool {
    let Some(of_list) = &scope.point else {
        return true;
    };
    let of_list = names(of_list, issuer);
    let of_certificate = match &point.name {
        Some(name) => names(name, point.crl_issuers.first().unwrap_or(issuer)),
        None => point
            .crl_issuers
            .iter()
            .cloned()
            .map(PointName::Directory)
            .collect(),
    };
    of_certificate.iter().any(|name| of_list.contains(name))
}

/// The full names of a point. A relative name is below the list's issuer.
fn names(name: &DistributionPointName, issuer: &Name) -> Vec<PointName> {
    match name {
        DistributionPointName::Full(names) => names.clone(),
        DistributionPointName::Relative(rdn) => {
            let below = issuer.below(rdn);
            below.map(PointName::Directory).into_iter().collect()
        }
    }
}

fn reasons(flags: Option<ReasonFlags>) -> u16 {
    flags.map_or(ALL_REASONS, |flags| flags.0 & ALL_REASONS)
}
