//! Makes certificates: self-signed ones, authorities, and what an authority issues.

use openssl::asn1::{Asn1Integer, Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, PKeyRef, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Extension, X509Ref};

use super::element::{SEQUENCE, element};
use super::extension::Extension;
use super::key::signature_digest;
use super::names::AlternativeName;
use super::subject::Subject;
use super::validity::Validity;

/// RFC 5280, section 4.1.2.2: positive, at most 20 octets. 16 with the top bit clear cannot collide by chance.
const SERIAL_BITS: i32 = 127;

/// What a new certificate is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// Names a caller, in the shape of New-SelfSignedCertificate: EKU client and server, no basic constraints.
    Caller,
    /// Names a TLS server.
    Server,
    /// Issues certificates for anything.
    Authority,
    /// Issues certificates for localhost, 127.0.0.1 and ::1 and for no other host, and issues no authority.
    LocalhostAuthority,
}

/// What stands in a new certificate, apart from its key and its issuer.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) subject: Subject,
    pub(crate) alternative_names: Vec<AlternativeName>,
    /// Beside those that the purpose asks for.
    pub(crate) extensions: Vec<Extension>,
    pub(crate) validity: Validity,
    pub(crate) purpose: Purpose,
}

/// Who signs: an authority's certificate and its key.
pub(crate) struct Issuer<'a> {
    pub(crate) certificate: &'a X509Ref,
    pub(crate) key: &'a PKeyRef<Private>,
}

/// Makes a certificate that its own key signs.
///
/// # Errors
///
/// What OpenSSL refuses to encode.
pub(crate) fn self_signed(template: &Template, key: &PKey<Private>) -> Result<X509, ErrorStack> {
    let mut builder = subject(template, key)?;
    builder.set_issuer_name(template.subject.distinguished()?.as_ref())?;
    extend(&mut builder, template, key, None)?;
    builder.sign(key, signature_digest(key))?;
    Ok(builder.build())
}

/// Makes a certificate for `key` that `issuer` signs. Whether the issuer may do so is not looked at.
///
/// # Errors
///
/// What OpenSSL refuses to encode.
pub(crate) fn issued(
    template: &Template,
    key: &PKey<Private>,
    issuer: &Issuer<'_>,
) -> Result<X509, ErrorStack> {
    let mut builder = subject(template, key)?;
    builder.set_issuer_name(issuer.certificate.subject_name())?;
    extend(&mut builder, template, key, Some(issuer.certificate))?;
    builder.sign(issuer.key, signature_digest(issuer.key))?;
    Ok(builder.build())
}

fn subject(template: &Template, key: &PKey<Private>) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509Builder::new()?;
    // Version 3 is encoded as 2.
    builder.set_version(2)?;
    builder.set_serial_number(random_serial()?.as_ref())?;
    builder.set_subject_name(template.subject.distinguished()?.as_ref())?;
    builder.set_pubkey(key)?;
    let Validity {
        not_before,
        not_after,
    } = template.validity;
    builder.set_not_before(Asn1Time::from_unix(not_before)?.as_ref())?;
    builder.set_not_after(Asn1Time::from_unix(not_after)?.as_ref())?;
    Ok(builder)
}

fn random_serial() -> Result<Asn1Integer, ErrorStack> {
    let mut serial = BigNum::new()?;
    serial.rand(SERIAL_BITS, MsbOption::ONE, false)?;
    serial.to_asn1_integer()
}

fn extend(
    builder: &mut X509Builder,
    template: &Template,
    key: &PKey<Private>,
    issuer: Option<&X509Ref>,
) -> Result<(), ErrorStack> {
    builder.append_extension(key_usage(template.purpose, key)?)?;
    for extension in purpose_extensions(template.purpose)? {
        builder.append_extension(extension)?;
    }
    for extension in &template.extensions {
        builder.append_extension(extension.encode()?)?;
    }
    let context = builder.x509v3_context(issuer, None);
    let mut extensions = Vec::new();
    if !template.alternative_names.is_empty() {
        let mut names = SubjectAlternativeName::new();
        for name in &template.alternative_names {
            name.add_to(&mut names)?;
        }
        extensions.push(names.build(&context)?);
    }
    extensions.push(SubjectKeyIdentifier::new().build(&context)?);
    if issuer.is_some() {
        extensions.push(AuthorityKeyIdentifier::new().keyid(true).build(&context)?);
    }
    for extension in extensions {
        builder.append_extension(extension)?;
    }
    Ok(())
}

fn key_usage(purpose: Purpose, key: &PKey<Private>) -> Result<X509Extension, ErrorStack> {
    let mut usage = KeyUsage::new();
    usage.critical();
    match purpose {
        Purpose::Caller | Purpose::Server => {
            usage.digital_signature();
            // RFC 8410 and RFC 5480 know no key encipherment.
            if key.id() == Id::RSA {
                usage.key_encipherment();
            }
        }
        Purpose::Authority | Purpose::LocalhostAuthority => {
            usage.key_cert_sign().crl_sign();
        }
    }
    usage.build()
}

fn purpose_extensions(purpose: Purpose) -> Result<Vec<X509Extension>, ErrorStack> {
    let mut basic = BasicConstraints::new();
    Ok(match purpose {
        Purpose::Caller => vec![
            ExtendedKeyUsage::new()
                .client_auth()
                .server_auth()
                .build()?,
        ],
        Purpose::Server => vec![
            basic.critical().build()?,
            ExtendedKeyUsage::new().server_auth().build()?,
        ],
        Purpose::Authority => vec![basic.critical().ca().build()?],
        Purpose::LocalhostAuthority => vec![
            basic.critical().ca().pathlen(0).build()?,
            localhost_alone()?,
        ],
    })
}

/// The name constraints (RFC 5280, section 4.2.1.10), critical: DNS localhost, 127.0.0.1/32 and ::1/128.
fn localhost_alone() -> Result<X509Extension, ErrorStack> {
    const DNS_NAME: u8 = 0x82;
    const IP_ADDRESS: u8 = 0x87;
    let v4 = [[127, 0, 0, 1], [0xff; 4]].concat();
    let v6 = [std::net::Ipv6Addr::LOCALHOST.octets(), [0xff; 16]].concat();
    let subtrees = [
        element(SEQUENCE, &element(DNS_NAME, b"localhost")),
        element(SEQUENCE, &element(IP_ADDRESS, &v4)),
        element(SEQUENCE, &element(IP_ADDRESS, &v6)),
    ]
    .concat();
    let permitted = element(0xa0, &subtrees);
    let contents = Asn1OctetString::new_from_bytes(&element(SEQUENCE, &permitted))?;
    let name_constraints = Asn1Object::from_str("2.5.29.30")?;
    X509Extension::new_from_der(&name_constraints, true, &contents)
}
