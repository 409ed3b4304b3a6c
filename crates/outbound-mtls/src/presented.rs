//! From the files to a client that presents our identity.

use app_settings::NamedFile;
use reqwest::Client;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::identity::Facts;
use super::limits::Limits;
use super::load_error::LoadError;
use super::settings::OutboundSettings;
use super::source::{Material, read};
use super::trust;

/// A client with the facts of the identity that it presents.
pub(super) struct Presented {
    pub(super) client: Client,
    pub(super) facts: Facts,
}

/// What one look at the files came to.
pub(super) enum Attempt {
    /// The same contents as the last time, whatever came of them then.
    Unchanged,
    Loaded([u8; 32], Presented),
    /// With the digest of the contents, where they could be read at all.
    Failed(Option<[u8; 32]>, LoadError),
}

impl Attempt {
    pub(super) fn make(
        settings: &OutboundSettings,
        limits: &Limits,
        tried: Option<[u8; 32]>,
    ) -> Self {
        let inputs = match Inputs::read(settings) {
            Ok(inputs) => inputs,
            Err(error) => return Self::Failed(None, error),
        };
        let digest = inputs.digest();
        if tried == Some(digest) {
            return Self::Unchanged;
        }
        match inputs.load(settings, limits) {
            Ok(presented) => Self::Loaded(digest, presented),
            Err(error) => Self::Failed(Some(digest), error),
        }
    }
}

/// The bytes of all files that make a client.
struct Inputs {
    material: Material,
    trust_anchors: Vec<(String, Zeroizing<Vec<u8>>)>,
}

impl Inputs {
    fn read(settings: &OutboundSettings) -> Result<Self, LoadError> {
        let anchor = |file: &NamedFile| Ok((file.to_string(), read(file)?));
        let trust_anchors: Result<Vec<_>, LoadError> =
            settings.trust.files.iter().map(anchor).collect();
        Ok(Self {
            material: settings.source.read()?,
            trust_anchors: trust_anchors?,
        })
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let anchors = self.trust_anchors.iter().map(|(_, bytes)| bytes.as_slice());
        for bytes in std::iter::once(self.material.bytes()).chain(anchors) {
            digest.update(Sha256::digest(bytes));
        }
        digest.finalize().into()
    }

    fn load(&self, settings: &OutboundSettings, limits: &Limits) -> Result<Presented, LoadError> {
        let selection = settings.selection();
        let identity = self
            .material
            .parse(&settings.password, selection.as_deref())?;
        let mut anchors = Vec::new();
        for (at, bytes) in &self.trust_anchors {
            anchors.extend(trust::anchors(at, bytes)?);
        }
        let only = settings.trust.files_only;
        let client = identity.client(self.material.at(), anchors, only, limits)?;
        Ok(Presented {
            client,
            facts: identity.facts().clone(),
        })
    }
}
