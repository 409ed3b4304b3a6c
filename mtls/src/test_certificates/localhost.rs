//! The development CA and the server certificate that it signed: three files that belong together.

use std::path::{Path, PathBuf};

use app_settings::Problem;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509VerifyResult};
use rustls_pki_types::UnixTime;
use zeroize::Zeroizing;

use super::{Made, RENEWED_BEFORE_DAYS, Why, not_made, put, read, stranger};
use crate::Failure;
use crate::atomic_file::Access;
use crate::certificate::issue::{Issuer, Purpose, Template, issued, self_signed};
use crate::certificate::key::KeyKind;
use crate::certificate::names::{AlternativeName, CommonName, common_name};
use crate::certificate::validity::Validity;

pub(super) const CA_PEM: &str = "ca.pem";
pub(super) const SERVER_PEM: &str = "server.pem";
pub(super) const SERVER_KEY: &str = "server.key";

/// macOS refuses server certificates that are valid for more than 398 days; the ten minutes before now count.
const DAYS: u32 = 397;

const CA_COMMON_NAME: &str = "mtls development CA";

/// What is to be written; made by looking alone.
pub(super) struct Plan {
    folder: PathBuf,
    anew: Option<Why>,
    now: UnixTime,
}

/// What the three files hold.
struct Seen {
    ca: Option<X509>,
    server: Option<Vec<X509>>,
    key: Option<PKey<Private>>,
}

/// Looks at the three files and decides what to do. Nothing is written.
pub(super) fn plan(folder: &Path, now: UnixTime) -> Result<Plan, Problem> {
    let seen = look(folder)?;
    let anew = seen.fault(now);
    if anew.is_some() {
        seen.keep_foreign_files(folder)?;
    }
    Ok(Plan {
        folder: folder.to_owned(),
        anew,
        now,
    })
}

fn look(folder: &Path) -> Result<Seen, Problem> {
    let certificates = |name: &str| {
        let path = folder.join(name);
        let Some(bytes) = read(&path)? else {
            return Ok(None);
        };
        match X509::stack_from_pem(&bytes) {
            Ok(certificates) if !certificates.is_empty() => Ok(Some(certificates)),
            _ => Err(stranger(&path, "found no certificate in PEM")),
        }
    };
    let path = folder.join(SERVER_KEY);
    let key = read(&path)?
        .map(Zeroizing::new)
        .map(|bytes| PKey::private_key_from_pem_passphrase(&bytes, b""))
        .transpose()
        .map_err(|_| stranger(&path, "found no private key in PEM"))?;
    Ok(Seen {
        ca: certificates(CA_PEM)?.and_then(|all| all.into_iter().next()),
        server: certificates(SERVER_PEM)?,
        key,
    })
}

impl Seen {
    /// Why the three cannot be used; nothing where they can.
    fn fault(&self, now: UnixTime) -> Option<Why> {
        let (Some(ca), Some(server), Some(key)) = (&self.ca, &self.server, &self.key) else {
            return Some(Why::Missing);
        };
        if !belong_together(ca, server, key) {
            return Some(Why::Disagreed);
        }
        let last = server.iter().chain([ca]).all(|certificate| {
            Validity::of(certificate).is_ok_and(|validity| validity.lasts(now, RENEWED_BEFORE_DAYS))
        });
        (!last).then_some(Why::Expired)
    }

    /// Refuses to replace what we did not make. A key says nothing of itself: it is ours if a certificate beside it is.
    fn keep_foreign_files(&self, folder: &Path) -> Result<(), Problem> {
        let foreign = |name: &str, seen: &str| Err(stranger(&folder.join(name), seen));
        let from_us = |certificate: &X509| {
            common_name(certificate.issuer_name()).as_deref() == Some(CA_COMMON_NAME)
        };
        if self.ca.as_ref().is_some_and(|ca| !from_us(ca)) {
            return foreign(CA_PEM, "found another authority");
        }
        let server = self.server.as_ref().and_then(|chain| chain.first());
        if server.is_some_and(|server| !from_us(server)) {
            return foreign(SERVER_PEM, "found a certificate of another authority");
        }
        if self.key.is_some() && server.is_none() && self.ca.is_none() {
            return foreign(
                SERVER_KEY,
                "found a key without its certificate, and a key cannot be made again",
            );
        }
        Ok(())
    }
}

/// Whether the authority signed the certificate, the key is the certificate's, and the chain goes along.
fn belong_together(ca: &X509, server: &[X509], key: &PKey<Private>) -> bool {
    let Some(leaf) = server.first() else {
        return false;
    };
    let signed = ca.issued(leaf) == X509VerifyResult::OK
        && ca
            .public_key()
            .and_then(|public| leaf.verify(&public))
            .unwrap_or(false);
    let keyed = leaf.public_key().is_ok_and(|public| public.public_eq(key));
    let same = |other: &X509| other.to_der().ok() == ca.to_der().ok();
    signed && keyed && server.iter().any(same)
}

impl Plan {
    /// Writes what the plan says, the key last: a key that stands alone could be anybody's.
    pub(super) fn carry_out(self, made: &mut Vec<Made>) -> Result<(), Failure> {
        let Some(why) = self.anew else {
            return Ok(());
        };
        let Encoded { ca, server, key } = make(self.now).map_err(not_made)?;
        put(&self.folder.join(CA_PEM), &ca, Access::Public, why, made)?;
        put(
            &self.folder.join(SERVER_PEM),
            &server,
            Access::Public,
            why,
            made,
        )?;
        put(
            &self.folder.join(SERVER_KEY),
            &key,
            Access::Secret,
            why,
            made,
        )
    }
}

struct Encoded {
    ca: Vec<u8>,
    server: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

/// Makes all three. The authority's key lives in this function alone, and OpenSSL wipes it at its end.
fn make(now: UnixTime) -> Result<Encoded, ErrorStack> {
    let validity = Validity::starting(now, DAYS);
    let ca_key = KeyKind::P256.generate()?;
    let authority = Template {
        subject: CommonName::constant(CA_COMMON_NAME).into(),
        extensions: Vec::new(),
        alternative_names: Vec::new(),
        validity,
        purpose: Purpose::LocalhostAuthority,
    };
    let ca = self_signed(&authority, &ca_key)?;
    let key = KeyKind::P256.generate()?;
    let issuer = Issuer {
        certificate: &ca,
        key: &ca_key,
    };
    let server = issued(&server_template(validity), &key, &issuer)?;
    let ca = ca.to_pem()?;
    Ok(Encoded {
        server: [server.to_pem()?, ca.clone()].concat(),
        ca,
        key: Zeroizing::new(key.private_key_to_pem_pkcs8()?),
    })
}

fn server_template(validity: Validity) -> Template {
    use std::net::{Ipv4Addr, Ipv6Addr};
    Template {
        subject: CommonName::constant("localhost").into(),
        extensions: Vec::new(),
        alternative_names: vec![
            AlternativeName::Dns("localhost".to_owned()),
            AlternativeName::Ip(Ipv4Addr::LOCALHOST.into()),
            AlternativeName::Ip(Ipv6Addr::LOCALHOST.into()),
        ],
        validity,
        purpose: Purpose::Server,
    }
}
