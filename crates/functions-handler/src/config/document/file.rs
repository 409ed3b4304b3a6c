//! A policy document that is a file.

use std::path::Path;

use app_settings::{NamedFile, Problem};
use client_cert::{Fitness, FrontEnd};
use policy_source::{Attempt, Fingerprint, PolicyFile, Unloadable};

use super::taken::Taken;
use crate::config::known::POLICY;

/// A document in force, and what it takes to load it again.
#[derive(Debug)]
pub(crate) struct FileSource {
    file: PolicyFile,
    /// How messages name it.
    name: String,
    front_end: FrontEnd,
    fitness: Fitness,
    seen: Fingerprint,
    seen_lists: Fingerprint,
}

/// The states of files at the last look, where they had changed.
#[derive(Default)]
pub(crate) struct LastLook {
    document: Option<Fingerprint>,
    lists: Option<Fingerprint>,
}

/// What has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Changed {
    /// The document, or a file of certificates.
    pub(crate) document: bool,
    /// A file of a revocation list.
    pub(crate) lists: bool,
}

impl FileSource {
    /// The document of this name, relative to the app's folder. It is not read yet.
    pub(super) fn new(name: &str, app_root: &Path, front_end: FrontEnd, fitness: Fitness) -> Self {
        let named = NamedFile::new(POLICY, name, app_root);
        Self {
            file: PolicyFile::new(named.path()),
            name: named.name(),
            front_end,
            fitness,
            seen: Fingerprint::default(),
            seen_lists: Fingerprint::default(),
        }
    }

    /// Loads it with every file that it names.
    ///
    /// # Errors
    ///
    /// Every problem at once.
    pub(crate) fn load(&mut self) -> Result<Taken, Vec<Problem>> {
        let Attempt {
            outcome,
            fingerprint,
            lists,
        } = self.file.load(self.front_end, self.fitness);
        self.seen = fingerprint;
        match outcome {
            Ok(loaded) => {
                self.seen_lists = lists;
                Ok(Taken::new(loaded, &self.name))
            }
            Err(error) => Err(self.problems(&error)),
        }
    }

    /// The same document with its lists in files read anew.
    pub(crate) fn load_lists(&mut self, taken: &Taken) -> Taken {
        let (document, seen) = self.file.load_lists(&taken.document);
        self.seen_lists = seen;
        taken.with(document)
    }

    /// Looks at the files: what has changed since it was last loaded, and has not since the last look. Until then it may still
    /// be being written.
    pub(crate) fn look(&self, last: &mut LastLook) -> Changed {
        let document = settled(&self.file, &self.seen, &mut last.document);
        let lists = settled(&self.file, &self.seen_lists, &mut last.lists);
        Changed { document, lists }
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
}

fn settled(file: &PolicyFile, seen: &Fingerprint, last: &mut Option<Fingerprint>) -> bool {
    let now = file.look(seen);
    let settled = last.as_ref() == Some(&now);
    let changed = now != *seen;
    *last = changed.then_some(now);
    changed && settled
}
