//! What a document that takes effect says, and is seldom meant.

use client_cert::Certificate;
use functions_handler::host::Function;
use policy_source::{Locator, Place, Problem};
use rustls_pki_types::UnixTime;
use serde::Serialize;

use super::document_file::Opened;

mod authorities;
mod coverage;
mod denials;
mod lists;
mod pins;
mod public_authorities;
mod roles;
mod windows;

pub(super) use lists::ListFacts;

/// What is looked at.
pub(super) struct Subject<'d> {
    pub(super) opened: &'d Opened,
    pub(super) locator: &'d Locator<'d>,
    /// Certificates of callers, beside those that the document names, each with its file's name.
    pub(super) certificates: &'d [(String, Certificate)],
    /// The functions of the app, if there is one.
    pub(super) functions: Option<&'d [Function]>,
    pub(super) now: UnixTime,
}

/// The kinds of warnings.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// What the reader of documents notes itself.
    Note,
    /// A rule whose certificates satisfy a rule of another caller too.
    SeveralCallers,
    /// A rule whose certificates satisfy another rule of its caller too.
    UnneededRule,
    /// A rule that rests on SHA-1.
    Sha1Pin,
    /// A denial that a certificate with its signature encoded anew passes by.
    DeniedByThumbprintAlone,
    /// A trust anchor that issues to the public.
    PublicAuthority,
    /// A certificate that is past its end or before its beginning, or ends soon.
    Validity,
    /// A revocation list that cannot be used or is at its end, and an authority without one.
    Revocation,
    /// A rule or caller whose time is over, or is over soon.
    Window,
    /// A role that no function asks for.
    UnusedRole,
    /// A function whose roles nobody has.
    UnreachableFunction,
    /// What is wrong with the document that is only tried.
    ReportOnly,
}

/// One thing that is seldom meant.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Warning {
    pub(super) kind: Kind,
    #[serde(flatten)]
    pub(super) problem: Problem,
}

/// The most warnings of one document: nobody reads more at once.
const MAX_WARNINGS: usize = 1_000;

/// The warnings, in the order of the document.
pub(super) struct Warnings {
    pub(super) listed: Vec<Warning>,
    /// How many more there are.
    pub(super) unlisted: usize,
    /// The revocation lists, which are no warnings.
    pub(super) lists: Vec<ListFacts>,
}

impl Warnings {
    /// Looks for everything.
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mut warnings = Self {
            listed: Vec::new(),
            unlisted: 0,
            lists: Vec::new(),
        };
        for note in &subject.opened.notes {
            warnings.push(Kind::Note, || note.clone());
        }
        coverage::find(subject, &mut warnings);
        pins::find(subject, &mut warnings);
        denials::find(subject, &mut warnings);
        authorities::find(subject, &mut warnings);
        public_authorities::find(subject, &mut warnings);
        lists::find(subject, &mut warnings);
        windows::find(subject, &mut warnings);
        roles::find(subject, &mut warnings);
        warnings
            .listed
            .sort_by_key(|warning| warning.problem.position());
        warnings
    }

    /// Adds what is wrong with the document for trial.
    pub(super) fn report_only(&mut self, locator: &Locator<'_>, place: Place, text: &str) {
        self.push(Kind::ReportOnly, || locator.problem(place, text));
    }

    fn push(&mut self, kind: Kind, problem: impl FnOnce() -> Problem) {
        if self.listed.len() < MAX_WARNINGS {
            let problem = problem();
            self.listed.push(Warning { kind, problem });
        } else {
            self.unlisted = self.unlisted.saturating_add(1);
        }
    }
}
