//! The revocation lists in files beside a document.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use client_cert::{Crl, MAX_CRL_BYTES};

use crate::list_encoding::der;
use crate::named_files::{Folder, Unreadable};
use crate::relative_name::RelativeName;

/// The revocation lists in files beside a document, each read and parsed once, or what is wrong with it. A clone is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileLists(Arc<BTreeMap<RelativeName, Result<Arc<Crl>, String>>>);

impl FileLists {
    /// Reads these files. One that is missing or unreadable is no error: what its list would cover is unknown. A list that was
    /// there before is the same one.
    pub(crate) fn renewed(
        &self,
        names: BTreeSet<RelativeName>,
        mut read: impl FnMut(&RelativeName, u64) -> Result<Vec<u8>, Unreadable>,
    ) -> Self {
        let mut read = |name: RelativeName| {
            let before = self.get(&name).ok();
            let list = list(read(&name, largest()), before);
            (name, list)
        };
        Self(Arc::new(names.into_iter().map(&mut read).collect()))
    }

    /// The list in a file, or what is wrong with it.
    pub(crate) fn get(&self, name: &RelativeName) -> Result<&Arc<Crl>, &str> {
        match self.0.get(name) {
            Some(list) => list.as_ref().map_err(String::as_str),
            None => Err("expected a revocation list, found a file that was not read"),
        }
    }
}

impl Folder {
    /// The revocation list in a file beside the document, as the handler reads it. Who signed it is not looked at.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as a sentence.
    pub fn revocation_list(&self, name: &RelativeName) -> Result<Arc<Crl>, String> {
        list(self.read_up_to(name, largest()), None)
    }
}

fn list(bytes: Result<Vec<u8>, Unreadable>, before: Option<&Arc<Crl>>) -> Result<Arc<Crl>, String> {
    let bytes = bytes.map_err(|found| format!("expected a revocation list, found {found}"))?;
    let der = der(&bytes).map_err(|error| error.to_string())?;
    if let Some(same) = before.filter(|before| before.encoding() == &*der) {
        return Ok(Arc::clone(same));
    }
    let list = Crl::parse(&der).map_err(|error| error.to_string())?;
    Ok(Arc::new(list))
}

/// The bytes of the largest revocation list, which the core bounds.
fn largest() -> u64 {
    u64::try_from(MAX_CRL_BYTES).unwrap_or(u64::MAX)
}
