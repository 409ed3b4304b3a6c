//! The explanation for people.

use std::fmt;

use client_cert::Stage;

use super::front_ends::FrontEndFacts;
use super::outcome::Outcome;
use super::report::Report;
use super::step::StepFacts;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        let mut stage = None;
        for step in &self.steps {
            if stage.replace(step.stage) != Some(step.stage) {
                writeln!(f, "\n{}:", title(step.stage))?;
            }
            step.fmt(f)?;
        }
        writeln!(f, "\n{}", self.verdict())?;
        for change in &self.change {
            writeln!(f, "  {change}")?;
        }
        if !self.front_ends.is_empty() {
            writeln!(f, "\nUnder each front end:")?;
        }
        for front_end in &self.front_ends {
            front_end.fmt(f)?;
        }
        if !self.notes.is_empty() {
            writeln!(f, "\nNotes:")?;
        }
        for note in &self.notes {
            writeln!(f, "  {note}")?;
        }
        Ok(())
    }
}

impl Report {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let presented = &self.presented;
        writeln!(f, "{}: {}", presented.source, presented.form)?;
        let facts = [
            ("subject", &presented.subject),
            ("SHA-1", &presented.sha1),
            ("SHA-256", &presented.sha256),
        ];
        for (label, value) in facts {
            if let Some(value) = value {
                line(f, label, value)?;
            }
        }
        if let Some(function) = &self.function {
            let callers = match (function.public, function.roles.as_slice()) {
                (true, _) => "public".to_owned(),
                (false, []) => "secured".to_owned(),
                (false, roles) => format!("secured, for the roles {}", roles.join(", ")),
            };
            line(f, "function", &format!("{} ({callers})", function.name))?;
        }
        for listing in &self.listed {
            line(f, "listed for", &listing.text())?;
        }
        if let Some(version) = &self.policy {
            line(f, "policy", version)?;
        }
        line(f, "decided at", &self.at)
    }

    fn verdict(&self) -> String {
        match self.outcome {
            Outcome::Public => {
                "PUBLIC: anybody may call it, and no certificate is looked at.".to_owned()
            }
            Outcome::Admitted => self.admitted(),
            Outcome::Refused => format!(
                "REFUSED with {}: {}. What to change:",
                self.status.unwrap_or_default(),
                self.reason.unwrap_or_default()
            ),
        }
    }
}

impl Report {
    fn admitted(&self) -> String {
        let caller = self.caller.as_ref().map(|name| format!(" as {name}"));
        let roles = match self.roles.as_slice() {
            [] => String::new(),
            roles => format!(" with the roles {}", roles.join(", ")),
        };
        format!(
            "ADMITTED{}{roles} by {}.",
            caller.unwrap_or_default(),
            self.rule.as_deref().unwrap_or("a rule")
        )
    }
}

fn title(stage: Stage) -> &'static str {
    match stage {
        Stage::Pin => "Listed by its thumbprint or key, it must pass",
        Stage::Name => "Listed by a name, it must pass",
        Stage::IfPinned => "If its thumbprint were listed",
        Stage::Caller => "Listed for one caller",
        Stage::Role => "For this function",
        _ => "From the request to a rule",
    }
}

impl fmt::Display for StepFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match (self.passes, self.first_failure) {
            (true, _) => "passes",
            (false, true) => "FAILS",
            (false, false) => "fails",
        };
        writeln!(
            f,
            "  {mark:<7} {:<20} expected {}",
            self.check, self.expected
        )?;
        writeln!(f, "{:31}found {}", "", self.seen)
    }
}

impl fmt::Display for FrontEndFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match (self.outcome, self.reason) {
            (Outcome::Refused, Some(reason)) => format!("refused, {reason}"),
            (Outcome::Refused, None) => "refused".to_owned(),
            (Outcome::Admitted | Outcome::Public, _) => "admitted".to_owned(),
        };
        let declared = if self.declared { " (declared)" } else { "" };
        let name = format!("{} over {}", self.front_end, self.over);
        writeln!(f, "  {name:<24} {outcome}{declared}")
    }
}

fn line(f: &mut fmt::Formatter<'_>, label: &str, value: &str) -> fmt::Result {
    writeln!(f, "  {label:<12}{value}")
}
