//! A document that loaded, as it takes effect.

use app_settings::Problem;
use policy_source::{FetchedLists, LoadedDocument, Unloadable};

use crate::config::Policies;

/// A document that loaded.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) document: LoadedDocument,
    /// How messages name it.
    name: String,
}

/// A document with its revocation lists: the policies, and what is to be known of lists that are not there.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) policies: Policies,
    pub(crate) list_notes: Vec<String>,
}

impl Taken {
    pub(super) fn new(document: LoadedDocument, name: &str) -> Self {
        let name = name.to_owned();
        Self { document, name }
    }

    /// The same document with other lists in files.
    pub(super) fn with(&self, document: LoadedDocument) -> Self {
        Self::new(document, &self.name)
    }

    /// The policies with the lists in files and those that were fetched. It verifies signatures, so that it belongs off the
    /// threads that answer requests.
    pub(crate) fn apply(&self, fetched: &FetchedLists) -> Applied {
        let (policy, list_notes) = self.document.policy.policy(fetched);
        let tried = self.document.report_only.iter().flatten().next();
        Applied {
            policies: Policies {
                policy,
                report_only: tried.map(|tried| tried.policy(fetched).0),
            },
            list_notes,
        }
    }

    /// What takes effect and is seldom meant, and why a document for trial is switched off.
    pub(crate) fn notes(&self) -> Vec<String> {
        let notes = self.document.notes.iter();
        let mut notes: Vec<String> = notes
            .map(|note| note.within(&self.name).to_string())
            .collect();
        if let Some(Err(error)) = &self.document.report_only {
            notes.extend(untried(error, &self.name));
        }
        notes
    }
}

/// What is wrong with the document for trial.
fn untried(error: &Unloadable, name: &str) -> Vec<String> {
    let name = format!("reportOnly of {name}");
    let problems = match error {
        Unloadable::Document(found) => {
            vec![Problem::new(
                name,
                format!("expected a policy document, found {found}; correct or remove it"),
            )]
        }
        Unloadable::Problems(problems) => problems
            .iter()
            .map(|problem| problem.within(&name))
            .collect(),
    };
    let mut lines = vec![format!(
        "no policy is tried: the document for trial has {} problems",
        problems.len()
    )];
    lines.extend(Problem::lines(&problems));
    lines
}
