//! The certificate's file while we run: a renewed one is presented, one that does not load is named, and so is the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use outbound_mtls::Facts;
use rustls_pki_types::UnixTime;

use super::app::Presented;
use super::passing::Passing;
use crate::certificate_file::{self, explained};
use crate::identity_file::IdentityFile;
use crate::password::Password;

/// How often the file is looked at, as the handler looks at its policy document.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

const SECONDS_PER_DAY: u64 = 86_400;

/// Standard input has no next version.
const STANDARD_INPUT: &str = "-";

type Digest = [u8; 32];

/// The file, and what is known of it.
pub(super) struct Watched {
    path: PathBuf,
    password: Option<Password>,
    select: Option<String>,
    /// Of the contents in use.
    in_use: Digest,
    failing: Option<Failing>,
    /// The day on which the end was named last.
    warned: Option<u64>,
}

/// Contents that do not load. They are named when they are found a second time: the first may be the half of a file.
struct Failing {
    digest: Option<Digest>,
    text: String,
    is_named: bool,
}

/// What a look at the file brings.
pub(super) enum News {
    Renewed(Presented),
    /// It does not load; the one in use stays.
    Unusable(String),
    /// The certificate in use ends soon, or has ended: the text says when.
    Ends(String),
}

impl Watched {
    pub(super) fn new(
        path: &Path,
        in_use: Digest,
        password: Option<Password>,
        select: Option<&str>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            password,
            select: select.map(ToOwned::to_owned),
            in_use,
            failing: None,
            warned: None,
        }
    }

    /// How messages call the file.
    fn name(&self) -> String {
        certificate_file::name_of(&self.path)
    }

    /// Looks at the file, and at the end of what is in use.
    fn look(&mut self, facts: &Facts, now: UnixTime) -> Vec<News> {
        let mut news = Vec::new();
        if self.path != Path::new(STANDARD_INPUT) {
            news.extend(self.look_at_file());
        }
        let is_renewed = news.iter().any(|news| matches!(news, News::Renewed(_)));
        if !is_renewed {
            news.extend(self.end(facts, now));
        }
        news
    }

    fn look_at_file(&mut self) -> Option<News> {
        let found = IdentityFile::read(&self.path).map_err(|problem| problem.to_string());
        let digest = found.as_ref().ok().map(IdentityFile::digest);
        if digest == Some(self.in_use) {
            self.failing = None;
            return None;
        }
        if let Some(failing) = &mut self.failing
            && failing.digest == digest
        {
            let is_new = !std::mem::replace(&mut failing.is_named, true);
            return is_new.then(|| News::Unusable(failing.text.clone()));
        }
        let loaded = found.and_then(|file| self.load(&file));
        match (loaded, digest) {
            (Ok(presented), Some(digest)) => {
                self.in_use = digest;
                self.failing = None;
                self.warned = None;
                Some(News::Renewed(presented))
            }
            (Ok(_), None) => None,
            (Err(text), digest) => {
                self.failing = Some(Failing {
                    digest,
                    text,
                    is_named: false,
                });
                None
            }
        }
    }

    fn load(&self, file: &IdentityFile) -> Result<Presented, String> {
        let identity = file
            .open(self.password.as_ref(), self.select.as_deref())
            .map_err(|error| format!("{}: {}", file.name(), explained(&error)))?;
        Presented::new(identity).map_err(|error| format!("{}: {error}", file.name()))
    }

    /// Names the end once a day.
    fn end(&mut self, facts: &Facts, now: UnixTime) -> Option<News> {
        let today = now.as_secs() / SECONDS_PER_DAY;
        if !facts.expires_soon(now) || self.warned == Some(today) {
            return None;
        }
        self.warned = Some(today);
        let what = match facts.days_left(now) {
            ..0 => "has ended: the app refuses it".to_owned(),
            0 => "ends within a day".to_owned(),
            days => format!("ends in {days} days"),
        };
        Some(News::Ends(format!(
            "the certificate {what}; put a new one into {}, and it is presented at once",
            self.name()
        )))
    }
}

/// Looks at the file for ever, and presents what is new in it.
pub(super) async fn watch(mut watched: Watched, passing: &Arc<Passing>) {
    loop {
        let in_use = passing.app().current();
        let looked = tokio::task::spawn_blocking(move || {
            let news = watched.look(in_use.presented.facts(), UnixTime::now());
            (watched, news)
        });
        let Ok((again, news)) = looked.await else {
            passing.note("the certificate's file is not watched any more: reading it failed");
            return std::future::pending().await;
        };
        watched = again;
        for news in news {
            take(passing, &watched.name(), news);
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

fn take(passing: &Passing, name: &str, news: News) {
    match news {
        News::Renewed(presented) => {
            let text = format!(
                "{name} has a new certificate: {}, valid until {}, is presented from now on",
                presented.described(),
                presented.not_after()
            );
            match passing.app().present(presented) {
                Ok(()) => passing.renewed(&text),
                Err(error) => {
                    passing.note(&format!(
                        "{name}: {error}; the old certificate stays in use"
                    ));
                }
            }
        }
        News::Unusable(text) => {
            passing.note(&format!("{text}; the old certificate stays in use"));
        }
        News::Ends(text) => passing.note(&text),
    }
}
