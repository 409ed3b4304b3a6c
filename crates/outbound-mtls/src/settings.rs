//! The app settings of outbound calls: text to typed values.

mod identity;
mod names;
mod reader;
mod trust;

use std::path::Path;

use app_settings::{Environment, Problem};

use super::builder::OutboundBuilder;
use super::outbound::Outbound;
use super::source::IdentitySource;
use super::trust::Trust;

pub use names::DECLARED;
use reader::Reader;

/// What app settings say of outbound calls: where our identity comes from and which servers are trusted.
///
/// One way to make a client; [`Outbound::builder`] takes an identity without them. The settings and what they mean are
/// in the crate's documentation of [`DECLARED`]. Failures to load name the setting to change.
#[derive(Debug)]
pub struct OutboundSettings {
    identity: IdentitySource,
    trust: Trust,
}

impl OutboundSettings {
    /// Reads the settings; a blank one is unset, and paths are relative to the app root.
    ///
    /// Without a source for the certificate the answer is `None`: nothing is called. No file is opened here.
    ///
    /// # Errors
    ///
    /// All problems at once: an unresolved Key Vault reference, two sources, text of the wrong form, a setting
    /// that has no effect beside the others. No problem repeats a value, and no value is repaired.
    pub fn parse(environment: &Environment, app_root: &Path) -> Result<Option<Self>, Vec<Problem>> {
        let mut reader = Reader::new(environment, app_root);
        let identity = reader.identity();
        let trust = reader.trust();
        reader.finish()?;
        Ok(identity.map(|identity| Self { identity, trust }))
    }

    /// Begins to put together the client that the settings describe.
    pub fn into_builder(self) -> OutboundBuilder {
        Outbound::builder(self.identity).trust(self.trust)
    }
}

#[cfg(test)]
mod tests;
