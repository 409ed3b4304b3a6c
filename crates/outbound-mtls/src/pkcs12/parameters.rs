//! Parameters of key derivations: PBKDF2 and scrypt.

use openssl::asn1::Asn1Object;

use super::ber::{BerError, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, Value};
use super::derivation::{Derivation, Function, MAX_SCRYPT_BYTES};
use super::digest::Digest;
use super::read_error::ReadError;

const PBKDF2: &str = "1.2.840.113549.1.5.12";
const SCRYPT: &str = "1.3.6.1.4.1.11591.4.11";

/// The derivation that PBES2 names (RFC 8018, section 6.2).
pub(super) fn key_derivation(value: &Value<'_>) -> Result<Derivation, ReadError> {
    let mut fields = value.values();
    let name = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
    let parameters = fields.expect(SEQUENCE)?;
    match name.as_str() {
        PBKDF2 => Ok(pbkdf2(&parameters)?.0),
        SCRYPT => scrypt(&parameters),
        other => Err(unsupported("the key derivation", other)),
    }
}

/// PBKDF2 with its parameters (RFC 8018, appendix A.2), and the length of the key if it is given.
pub(super) fn pbkdf2(parameters: &Value<'_>) -> Result<(Derivation, Option<u64>), ReadError> {
    let mut fields = parameters.values();
    let salt = fields.expect_octets()?.to_vec();
    let iterations = fields.expect(INTEGER)?.number()?;
    if iterations == 0 {
        return Err(BerError::Unexpected.into());
    }
    let (mut digest, mut length) = (Digest::Sha1, None);
    while let Some(field) = fields.next_or_end()? {
        match field.tag() {
            INTEGER => length = Some(field.number()?),
            SEQUENCE => {
                let name = field.values().expect(OBJECT_IDENTIFIER)?.dotted()?;
                digest = Digest::of_hmac(&name)
                    .ok_or_else(|| unsupported("the pseudo-random function", &name))?;
            }
            _ => return Err(BerError::Unexpected.into()),
        }
    }
    let function = Function::Pbkdf2 { digest, iterations };
    Ok((Derivation { function, salt }, length))
}

/// scrypt with its parameters (RFC 7914, section 7.1).
fn scrypt(parameters: &Value<'_>) -> Result<Derivation, ReadError> {
    let mut fields = parameters.values();
    let salt = fields.expect_octets()?.to_vec();
    let cost = fields.expect(INTEGER)?.number()?;
    let block = fields.expect(INTEGER)?.number()?;
    let lanes = fields.expect(INTEGER)?.number()?;
    let function = Function::Scrypt { cost, block, lanes };
    let derivation = Derivation { function, salt };
    let table = block.saturating_mul(128).saturating_mul(cost);
    let buffer = block.saturating_mul(128).saturating_mul(lanes);
    if table.max(buffer) > MAX_SCRYPT_BYTES {
        return Err(ReadError::TooMuchMemory {
            asked: derivation.to_string(),
            bytes: table.max(buffer),
        });
    }
    // RFC 7914, section 2.
    let bits = block.saturating_mul(16);
    let allowed = cost > 1 && cost.is_power_of_two() && u64::from(cost.ilog2()) < bits && lanes > 0;
    if allowed {
        Ok(derivation)
    } else {
        let what = format!("{derivation}, which is no scrypt");
        Err(ReadError::Unsupported(what))
    }
}

/// Something named by an identifier that is not read here, with the name that OpenSSL has for it.
pub(super) fn unsupported(what: &str, name: &str) -> ReadError {
    let known = Asn1Object::from_str(name)
        .ok()
        .and_then(|object| object.nid().long_name().ok().map(str::to_owned))
        .filter(|known| known != "undefined");
    ReadError::Unsupported(match known {
        Some(known) => format!("{what} {name} ({known})"),
        None => format!("{what} {name}"),
    })
}
