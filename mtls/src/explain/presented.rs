//! What a front end would forward for the input.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::{Certificate, HeaderLine};

use super::input::Input;
use crate::Failure;
use crate::certificate_file;
use crate::password::PasswordArguments;
use crate::printable::printable;

/// The lines of `X-ARR-ClientCert` that a request would have, and what they hold.
pub(super) struct Presented {
    /// Where it comes from.
    pub(super) source: String,
    /// In which form it was given.
    pub(super) form: String,
    /// The certificate that was meant, if the handler's parser reads it; the header's value may hide it.
    pub(super) certificate: Option<Certificate>,
    values: Vec<String>,
}

impl Presented {
    /// Reads a file, or standard input for `-`.
    ///
    /// Text that looks like a header value is taken as it is: only the handler's reader judges it.
    ///
    /// # Errors
    ///
    /// Input without a certificate, and files that cannot be opened.
    pub(super) fn read(
        path: &Path,
        password: &PasswordArguments,
        notes: &mut Vec<String>,
    ) -> Result<Self, Failure> {
        let bytes = certificate_file::load(path)?;
        let source = printable(&certificate_file::name_of(path));
        if let Some(input) = Input::recognize(&bytes)
            && !is_pkcs12(&input)
        {
            return Ok(Self::of(source, &input));
        }
        let found = certificate_file::open(path, &bytes, password)?;
        if found.certificates.len() > 1 {
            notes.push(format!(
                "{source} holds {} certificates; a front end forwards the caller's own and no other",
                found.certificates.len()
            ));
        }
        Ok(Self {
            source,
            form: found.format.to_string(),
            certificate: Certificate::parse(found.leaf()).ok(),
            values: vec![STANDARD.encode(found.leaf())],
        })
    }

    fn of(source: String, input: &Input) -> Self {
        let meant = input.meant();
        Self {
            source,
            form: input.to_string(),
            certificate: meant.and_then(|der| Certificate::parse(&der).ok()),
            values: input.values(),
        }
    }

    /// The header of the request.
    pub(super) fn header(&self) -> HeaderLine<'_> {
        HeaderLine::from_values(self.values.iter().map(String::as_bytes))
    }
}

/// Whether a value is base64 of PKCS#12 (RFC 7292, section 4: a SEQUENCE that begins with version 3): a file that
/// somebody encoded, and nothing that a front end forwards.
fn is_pkcs12(input: &Input) -> bool {
    let Input::Header(..) = input else {
        return false;
    };
    let meant = input.meant().unwrap_or_default();
    matches!(meant.as_slice(), [0x30, length @ 0x80..=0x84, rest @ ..]
        if rest.get(usize::from(length - 0x80)..).is_some_and(|inside| inside.starts_with(&[2, 1, 3])))
}
