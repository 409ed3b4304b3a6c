//! Whose certificates the entries of an indirect list are (certificateIssuer; RFC 5280, section 5.3.3).

use std::collections::HashMap;

use super::crl_error::CrlError;
use super::entry::MALFORMED;
use crate::x509::Name;

/// The most different issuers of one list. The name of each is read before anybody knows who signed the list; an entry costs no
/// more, however often they take turns. The largest indirect list is one of a country's authorities.
const MAX_ISSUERS: usize = 1_024;

/// The issuer of the certificates from some offset on: it holds until the next one. The first holds from the beginning.
#[derive(Clone, Debug, Default)]
pub(super) struct EntryIssuers {
    names: Vec<Name>,
    /// From which offset on which of the names holds.
    from: Vec<(u32, usize)>,
}

impl EntryIssuers {
    /// The issuer of the certificate in the entry at an offset.
    pub(super) fn at(&self, at: u32) -> Option<&Name> {
        let after = self.from.partition_point(|(from, _)| *from <= at);
        let (_, name) = self.from.get(after.checked_sub(1)?)?;
        self.names.get(*name)
    }
}

/// The issuers that were read so far, each once.
pub(super) struct Reading<'a> {
    issuers: EntryIssuers,
    /// Which name an encoding is.
    known: HashMap<&'a [u8], usize>,
}

impl<'a> Reading<'a> {
    /// With the list's own issuer, which holds from the beginning.
    pub(super) fn new(issuer: &Name) -> Self {
        Self {
            issuers: EntryIssuers {
                names: vec![issuer.clone()],
                from: vec![(0, 0)],
            },
            known: HashMap::new(),
        }
    }

    /// The issuer of this encoding holds from an offset on.
    pub(super) fn hold_from(&mut self, at: u32, encoding: &'a [u8]) -> Result<(), CrlError> {
        let name = match self.known.get(encoding) {
            Some(name) => *name,
            None if self.known.len() >= MAX_ISSUERS => {
                return Err(CrlError::TooMany {
                    what: "issuers of certificates",
                    most: MAX_ISSUERS,
                });
            }
            None => {
                let name = self.issuers.names.len();
                let read = Name::from_der(encoding).ok_or(MALFORMED)?;
                self.issuers.names.push(read);
                self.known.insert(encoding, name);
                name
            }
        };
        self.issuers.from.push((at, name));
        Ok(())
    }

    pub(super) fn into_issuers(self) -> EntryIssuers {
        self.issuers
    }
}
