//! The authority with its callers: certificates that belong together.

use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use rustls_pki_types::UnixTime;
use zeroize::Zeroizing;

use super::holder::{Fault, Holder};
use super::role::Role;
use crate::atomic_file::Access;
use crate::certificate::extension::Extension;
use crate::certificate::issue::{Purpose, Template};
use crate::certificate::names::CommonName;
use crate::certificate::validity::Validity;
use crate::pfx::{self, Archive, Form};
use crate::test_certificates::PASSWORD;

pub(super) const ROOT: &str = "root";
pub(super) const INTERMEDIATE: &str = "intermediate";

/// The common names of the authorities, by which their files are recognized.
pub(super) const ROOT_NAME: &str = "mtls test callers root";
pub(super) const INTERMEDIATE_NAME: &str = "mtls test callers";

/// As long as the other test certificates.
const DAYS: u32 = 365;

/// Authorities and callers.
pub(super) struct Group {
    pub(super) root: Holder,
    pub(super) intermediate: Holder,
    /// In the order of [`Role::ALL`].
    pub(super) callers: Vec<Holder>,
}

/// A file as it should be.
pub(super) struct Expected {
    pub(super) path: PathBuf,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) access: Access,
}

/// Names without an ending: the authorities first.
pub(super) fn stems() -> impl Iterator<Item = &'static str> {
    [ROOT, INTERMEDIATE]
        .into_iter()
        .chain(Role::ALL.map(Role::stem))
}

impl Group {
    /// Makes all of it.
    pub(super) fn make(now: UnixTime) -> Result<Self, ErrorStack> {
        /// Any policy (RFC 5280, section 4.2.1.4): what the intermediate issues may name one.
        const ANY_POLICY: &str = "2.5.29.32.0";
        let validity = Validity::starting(now, DAYS);
        let authority = |name, extensions| Template {
            subject: CommonName::constant(name).into(),
            alternative_names: Vec::new(),
            extensions,
            validity,
            purpose: Purpose::Authority,
        };
        let root = Holder::self_signed(&authority(ROOT_NAME, Vec::new()))?;
        let policies = vec![Extension::of_policy(ANY_POLICY)?];
        let intermediate = root.certify(&authority(INTERMEDIATE_NAME, policies))?;
        let callers = Role::ALL.map(|role| intermediate.certify(&role.template(validity)?));
        Ok(Self {
            root,
            intermediate,
            callers: callers.into_iter().collect::<Result<_, _>>()?,
        })
    }

    /// The group of these holders, in the order of [`stems`].
    pub(super) fn of(holders: Vec<Holder>) -> Option<Self> {
        let mut holders = holders.into_iter();
        let (root, intermediate) = (holders.next()?, holders.next()?);
        Some(Self {
            root,
            intermediate,
            callers: holders.collect(),
        })
    }

    /// Why it cannot be used; nothing where it can.
    pub(super) fn fault(&self, now: UnixTime) -> Option<Fault> {
        let callers = self
            .callers
            .iter()
            .map(|caller| (caller, &self.intermediate));
        [(&self.root, &self.root), (&self.intermediate, &self.root)]
            .into_iter()
            .chain(callers)
            .find_map(|(holder, issuer)| holder.fault(issuer, now))
    }

    /// Keys first: everything else is made of them.
    pub(super) fn files(&self, folder: &Path) -> Result<Vec<Expected>, ErrorStack> {
        let (mut keys, mut certificates) = (Vec::new(), Vec::new());
        for (stem, holder, issuers) in self.holders() {
            keys.push(Expected {
                path: folder.join(format!("{stem}.key")),
                bytes: holder.pem(&issuers)?,
                access: Access::Secret,
            });
            certificates.push(Expected {
                path: folder.join(format!("{stem}.pem")),
                bytes: Zeroizing::new(holder.certificate.to_pem()?),
                access: Access::Public,
            });
        }
        keys.append(&mut certificates);
        Ok(keys)
    }

    /// The PKCS#12 file of a caller, whose bytes differ each time.
    pub(super) fn archive(
        &self,
        role: Role,
        caller: &Holder,
    ) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let chain = [&self.intermediate, &self.root].map(|holder| holder.certificate.clone());
        let archive = Archive {
            friendly_name: role.stem(),
            key: &caller.key,
            certificate: &caller.certificate,
            chain: &chain,
        };
        pfx::write(&archive, Form::Compatible, PASSWORD)
    }

    /// Each with the name of its files and its issuers, nearest first.
    fn holders(&self) -> impl Iterator<Item = (&'static str, &Holder, Vec<&Holder>)> {
        let issuers = |count: usize| {
            let all = [&self.intermediate, &self.root];
            all.into_iter().skip(2 - count).collect::<Vec<_>>()
        };
        let authorities = [(&self.root, issuers(0)), (&self.intermediate, issuers(1))];
        let callers = self.callers.iter().map(move |caller| (caller, issuers(2)));
        let holders = authorities.into_iter().chain(callers);
        stems()
            .zip(holders)
            .map(|(stem, (holder, issuers))| (stem, holder, issuers))
    }
}
