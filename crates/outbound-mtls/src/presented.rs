//! From the files to a client that presents our identity.

use std::sync::Arc;

use reqwest::Client;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::encoded_identity::EncodedIdentity;
use super::identity::Facts;
use super::limits::Limits;
use super::load_error::LoadError;
use super::source::IdentitySource;
use super::trust::{self, Trust};

/// What a client is made of: whom to be, whom to trust, and its limits.
pub(super) struct Recipe {
    pub(super) identity: IdentitySource,
    pub(super) trust: Trust,
    pub(super) limits: Limits,
}

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
    pub(super) fn make(recipe: &Recipe, tried: Option<[u8; 32]>) -> Self {
        let inputs = match Inputs::read(recipe) {
            Ok(inputs) => inputs,
            Err(error) => return Self::Failed(None, error),
        };
        let digest = inputs.digest();
        if tried == Some(digest) {
            return Self::Unchanged;
        }
        match inputs.load(recipe) {
            Ok(presented) => Self::Loaded(digest, presented),
            Err(error) => Self::Failed(Some(digest), error),
        }
    }
}

/// The bytes of everything that makes a client.
struct Inputs {
    identity: Arc<EncodedIdentity>,
    /// Each with its name.
    trust_anchors: Vec<(String, Zeroizing<Vec<u8>>)>,
}

impl Inputs {
    fn read(recipe: &Recipe) -> Result<Self, LoadError> {
        let anchors = recipe.trust.anchors.iter();
        let trust_anchors: Result<Vec<_>, LoadError> = anchors
            .map(|anchors| Ok((anchors.name(), anchors.read()?)))
            .collect();
        Ok(Self {
            identity: recipe.identity.read()?,
            trust_anchors: trust_anchors?,
        })
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let anchors = self.trust_anchors.iter().map(|(_, bytes)| bytes.as_slice());
        for bytes in self.identity.parts().into_iter().chain(anchors) {
            digest.update(Sha256::digest(bytes));
        }
        digest.finalize().into()
    }

    fn load(&self, recipe: &Recipe) -> Result<Presented, LoadError> {
        let identity = recipe.identity.parse(&self.identity)?;
        let mut anchors = Vec::new();
        for (name, bytes) in &self.trust_anchors {
            anchors.extend(trust::certificates(name, bytes)?);
        }
        let anchors_only = !recipe.trust.with_system();
        let name = self.identity.name();
        let client = identity.client(name, anchors, anchors_only, &recipe.limits)?;
        Ok(Presented {
            client,
            facts: identity.facts().clone(),
        })
    }
}
