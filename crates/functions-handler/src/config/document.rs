//! The policy document that `CLIENT_CERT_POLICY` names, in place of the two lists: a file or a URL.

mod file;
mod lists;
mod remote;
mod taken;

use std::path::{Path, PathBuf};

use app_settings::{Environment, NamedFile, Problem};
use client_cert::{Fitness, FrontEnd, Unavailable};
use policy_source::{MaxAge, TooOld, remove_unfinished};

use crate::log::system_time;

use super::known::{
    COMMON_NAMES, INTERMEDIATES, POLICY, POLICY_CACHE, POLICY_MAX_AGE, POLICY_TOO_OLD, THUMBPRINTS,
    TRUST_ANCHORS,
};

pub(crate) use file::{FileSource, LastLook};
pub(crate) use lists::ListSource;
pub(crate) use remote::RemoteSource;
pub(crate) use taken::{Applied, Taken};

/// The settings that a document takes the place of.
const OF_LISTS: [&str; 4] = [
    THUMBPRINTS.name(),
    COMMON_NAMES.name(),
    TRUST_ANCHORS,
    INTERMEDIATES,
];

/// The settings that say something about a URL alone.
const OF_URLS: [&str; 2] = [POLICY_MAX_AGE.name(), POLICY_TOO_OLD.name()];

/// Where the policy comes from while the handler runs.
#[derive(Debug)]
pub(crate) enum PolicySource {
    /// A file, loaded when the handler starts and when it changes.
    File(FileSource),
    /// A URL, fetched for as long as the handler runs.
    Remote(Box<RemoteSource>),
}

impl PolicySource {
    /// Why there is no policy, where the start has none.
    pub(super) fn why_unavailable(&self) -> Unavailable {
        match self {
            Self::File(_) => Unavailable::NotLoaded,
            Self::Remote(source) => source.why_unavailable(),
        }
    }
}

/// A source, and what it gave at the start: nothing, if it is a URL without a copy that can be used.
pub(super) struct Started {
    pub(super) source: PolicySource,
    pub(super) lists: ListSource,
    pub(super) taken: Option<Taken>,
    pub(super) notes: Vec<String>,
}

/// The document of these settings. `None` if something is wrong, which `problems` then says.
pub(super) fn start(
    environment: &Environment,
    app_root: &Path,
    judged_by: (FrontEnd, Fitness),
    problems: &mut Vec<Problem>,
) -> Option<Started> {
    let before = problems.len();
    let value = environment.setting(POLICY, problems)?;
    without_lists(environment, problems);
    let cache = environment.setting(POLICY_CACHE, problems);
    let cache = cache.map(|folder| {
        let named = NamedFile::new(POLICY_CACHE, folder.expose(), app_root);
        named.path().to_owned()
    });
    let left = cache.as_deref().and_then(left_behind);
    let lists = ListSource::new(cache.clone());
    let started = match value.expose().contains("://") {
        true => at_url(environment, cache, judged_by, problems),
        false => in_file(environment, app_root, value.expose(), judged_by, problems),
    };
    let (source, taken, mut notes) = started.filter(|_| problems.len() == before)?;
    notes.extend(left);
    let mut started = Started {
        source,
        lists,
        taken,
        notes: Vec::new(),
    };
    if let Err(problem) = started.begin_lists() {
        notes.push(problem.to_string());
    }
    Some(Started { notes, ..started })
}

/// Removes what an earlier process left in the folder of copies that ended while it wrote; what is to be known if that fails.
fn left_behind(folder: &Path) -> Option<String> {
    let error = remove_unfinished(folder, system_time()).err()?;
    Some(format!(
        "{POLICY_CACHE}: expected to remove copies that were never whole, found: {error}; they take up space and nothing else"
    ))
}

type Source = (PolicySource, Option<Taken>, Vec<String>);

fn in_file(
    environment: &Environment,
    app_root: &Path,
    name: &str,
    (front_end, fitness): (FrontEnd, Fitness),
    problems: &mut Vec<Problem>,
) -> Option<Source> {
    let _: (MaxAge, TooOld) = freshness(environment, problems);
    let idle = OF_URLS.into_iter().filter(|name| environment.is_set(name));
    let notes = idle
        .map(|name| format!("{name} has no effect: {POLICY} names a file"))
        .collect();
    let mut source = FileSource::new(name, app_root, front_end, fitness);
    match source.load() {
        Ok(taken) => Some((PolicySource::File(source), Some(taken), notes)),
        Err(more) => {
            problems.extend(more);
            None
        }
    }
}

fn at_url(
    environment: &Environment,
    cache: Option<PathBuf>,
    judged_by: (FrontEnd, Fitness),
    problems: &mut Vec<Problem>,
) -> Option<Source> {
    let freshness = freshness(environment, problems);
    let mut source = RemoteSource::new(environment, (cache, freshness), judged_by, problems)?;
    let (taken, notes) = source.last_good();
    Some((PolicySource::Remote(Box::new(source)), taken, notes))
}

impl Started {
    fn begin_lists(&mut self) -> Result<(), Problem> {
        let taken = self.taken.as_ref();
        taken.map_or(Ok(()), |taken| self.lists.start(&taken.document))
    }
}

/// Without a document, the settings beside it are mistakes.
pub(super) fn absent(environment: &Environment, problems: &mut Vec<Problem>) {
    let beside = OF_URLS.into_iter().chain([POLICY_CACHE]);
    let set = beside.filter(|name| environment.is_set(name));
    problems.extend(set.map(|name| {
        let text = format!("expected {POLICY} beside it, found none; set that, or remove this");
        Problem::new(name, text)
    }));
}

/// How old a policy gets, and what then applies.
fn freshness(environment: &Environment, problems: &mut Vec<Problem>) -> (MaxAge, TooOld) {
    let too_old = POLICY_TOO_OLD.word(environment, TooOld::WORDS, problems);
    (max_age(environment, problems), too_old.unwrap_or_default())
}

fn max_age(environment: &Environment, problems: &mut Vec<Problem>) -> MaxAge {
    let Some(value) = environment.setting(POLICY_MAX_AGE.name(), problems) else {
        return MaxAge::default();
    };
    value.parse().unwrap_or_else(|expected| {
        let found = POLICY_MAX_AGE.shown(value.trimmed().expose());
        problems.push(Problem::new(
            POLICY_MAX_AGE.name(),
            format!("{expected}, found {found}; correct it or remove it"),
        ));
        MaxAge::default()
    })
}

fn without_lists(environment: &Environment, problems: &mut Vec<Problem>) {
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
}
