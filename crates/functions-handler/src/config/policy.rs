//! The policy document that `CLIENT_CERT_POLICY` names, in place of the two lists.

use std::path::Path;

use app_settings::{Environment, NamedFile, Problem};
use client_cert::{Fitness, FrontEnd, Policy};
use policy_source::{Attempt, FetchedLists, Fingerprint, LoadedDocument, PolicyFile, Unloadable};

use super::known::{COMMON_NAMES, INTERMEDIATES, POLICY, THUMBPRINTS, TRUST_ANCHORS};
use super::policies::Policies;

/// The settings that a document takes the place of.
const OF_LISTS: [&str; 4] = [
    THUMBPRINTS.name(),
    COMMON_NAMES.name(),
    TRUST_ANCHORS,
    INTERMEDIATES,
];

/// A document in force, and what it takes to load it again.
#[derive(Debug)]
pub(crate) struct Document {
    file: PolicyFile,
    /// How messages name it.
    name: String,
    front_end: FrontEnd,
    fitness: Fitness,
    seen: Fingerprint,
    lists_seen: Fingerprint,
}

/// What a document comes to.
pub(crate) struct Loaded {
    pub(crate) policies: Policies,
    pub(crate) notes: Vec<String>,
}

/// The document, if the setting names one. `None` where there is none, or something is wrong, which `problems` then says.
pub(super) fn load(
    environment: &Environment,
    app_root: &Path,
    (front_end, fitness): (FrontEnd, Fitness),
    problems: &mut Vec<Problem>,
) -> Option<(Document, Loaded)> {
    let value = environment.setting(POLICY, problems)?;
    let beside = OF_LISTS.into_iter().filter(|name| environment.is_set(name));
    let beside: Vec<&str> = beside.collect();
    if !beside.is_empty() {
        let beside = beside.join(", ");
        problems.push(Problem::new(
            POLICY,
            format!(
                "expected a policy document or the lists, found {beside} beside it; remove these, or remove {POLICY}. \
                 `mtls policy convert` writes the lists as a document"
            ),
        ));
    }
    if is_url(value.expose()) {
        problems.push(Problem::new(
            POLICY,
            "expected the name of a file, found a URL, which this version does not fetch; deploy the document with the app",
        ));
        return None;
    }
    let named = NamedFile::new(POLICY, value.expose(), app_root);
    let mut document = Document {
        file: PolicyFile::new(named.path()),
        name: named.name(),
        front_end,
        fitness,
        seen: Fingerprint::default(),
        lists_seen: Fingerprint::default(),
    };
    match document.load() {
        Ok(loaded) => Some((document, loaded)),
        Err(more) => {
            problems.extend(more);
            None
        }
    }
}

/// Whether a value is meant as an address. It is not repeated: a shared access signature in its query is a secret.
fn is_url(value: &str) -> bool {
    let scheme = value.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        ["http", "https"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
    })
}

impl Document {
    /// Loads it with every file that it names.
    ///
    /// # Errors
    ///
    /// Every problem at once.
    pub(crate) fn load(&mut self) -> Result<Loaded, Vec<Problem>> {
        let Attempt {
            outcome,
            fingerprint,
            lists,
        } = self.file.load(self.front_end, self.fitness);
        (self.seen, self.lists_seen) = (fingerprint, lists);
        let LoadedDocument {
            policy,
            notes,
            report_only,
        } = outcome.map_err(|error| self.problems(&error))?;
        let mut notes: Vec<String> = notes
            .iter()
            .map(|note| note.within(&self.name).to_string())
            .collect();
        let (policy, list_notes) = policy.policy(&FetchedLists::default());
        notes.extend(list_notes);
        let report_only = report_only.and_then(|tried| match tried {
            Ok(tried) => Some(tried.policy(&FetchedLists::default()).0),
            Err(error) => {
                notes.extend(self.untried(&error));
                None
            }
        });
        Ok(Loaded {
            policies: Policies {
                policy,
                report_only,
            },
            notes,
        })
    }

    /// Whether a file is another than when it was last loaded, and has been for two looks in a row: until then it may still be
    /// being written.
    pub(crate) fn look(&self, last: &mut Option<(Fingerprint, Fingerprint)>) -> bool {
        let now = (self.file.look(&self.seen), self.file.look(&self.lists_seen));
        let settled = last.as_ref() == Some(&now);
        let changed = now.0 != self.seen || now.1 != self.lists_seen;
        *last = changed.then_some(now);
        changed && settled
    }

    fn problems(&self, error: &Unloadable) -> Vec<Problem> {
        match error {
            Unloadable::Document(found) => vec![Problem::new(
                POLICY,
                format!(
                    "expected a policy document in {}, found {found}; correct the setting, or put the file there",
                    self.name
                ),
            )],
            Unloadable::Problems(problems) => {
                let of_file = problems.iter().map(|problem| problem.within(&self.name));
                of_file.collect()
            }
        }
    }

    /// What is wrong with the document for trial.
    fn untried(&self, error: &Unloadable) -> Vec<String> {
        let name = format!("reportOnly of {}", self.name);
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
}

impl Loaded {
    /// The policy that decides.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policies.policy
    }
}
