//! The rows as a table for people, or as JSON for programs.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use serde_json::{Value, json};

use super::row::{Row, Verdict};

/// The warning about a forged header that was believed.
const FORGED: &str = "\
A forged certificate header was admitted. Whoever has seen the allowed certificate, which is no secret, gets into this
function without its key. Let nothing reach the app but a front end that removes the header and sets it from the
handshake: turn client certificates on (clientCertEnabled), set httpsOnly, remove exclusion paths, and set
CLIENT_CERT_FRONT_END only where that holds.";

/// Everything that was found out about one app.
pub(super) struct Report {
    /// What was called, and by which authority it was believed.
    pub(super) address: String,
    pub(super) trust: String,
    pub(super) rows: Vec<Row>,
}

impl Report {
    /// Whether everything is as it should be.
    pub(super) fn is_fine(&self) -> bool {
        self.wrong() == 0
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let checks: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "check": row.check,
                    "expected": row.expected,
                    "seen": row.seen,
                    "verdict": row.verdict.word(),
                    "advice": row.advice,
                })
            })
            .collect();
        json!({
            "url": self.address,
            "trust": self.trust,
            "fine": self.is_fine(),
            "forgedHeaderAdmitted": self.forged() > 0,
            "checks": checks,
        })
    }

    fn wrong(&self) -> usize {
        let is_wrong = |row: &&Row| matches!(row.verdict, Verdict::Wrong | Verdict::Forged);
        self.rows.iter().filter(is_wrong).count()
    }

    fn forged(&self) -> usize {
        self.rows
            .iter()
            .filter(|row| row.verdict == Verdict::Forged)
            .count()
    }

    fn table(&self) -> String {
        let heads = ["check", "expected", "seen", "verdict"];
        let lines: Vec<[&str; 4]> = self
            .rows
            .iter()
            .map(|row| {
                [
                    row.check.as_str(),
                    row.expected,
                    row.seen.as_str(),
                    row.verdict.word(),
                ]
            })
            .collect();
        let all = [heads].into_iter().chain(lines);
        let widths: [usize; 3] = std::array::from_fn(|column| {
            let widest = all.clone().map(|line| line[column].chars().count()).max();
            widest.unwrap_or_default()
        });
        all.fold(
            String::new(),
            |mut text, [check, expected, seen, verdict]| {
                let [first, second, third] = widths;
                // Writing to a string cannot fail.
                let _ = writeln!(
                    text,
                    "{check:first$}  {expected:second$}  {seen:third$}  {verdict}"
                );
                text
            },
        )
    }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
            Self::Forged => "forged header admitted",
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, trusted through {}\n", self.address, self.trust)?;
        writeln!(f, "{}", self.table())?;
        let advices: BTreeSet<&str> = self.rows.iter().filter_map(|row| row.advice).collect();
        for advice in &advices {
            let checks: Vec<&str> = self
                .rows
                .iter()
                .filter(|row| row.advice == Some(advice))
                .map(|row| row.check.as_str())
                .collect();
            writeln!(f, "{}: {advice}", checks.join("; "))?;
        }
        if self.forged() > 0 {
            writeln!(
                f,
                "{FORGED}\n\n{} of {} forgeries were admitted.",
                self.forged(),
                self.forgeries()
            )?;
        }
        match self.wrong() {
            0 => writeln!(f, "Every check is as it should be."),
            wrong => writeln!(
                f,
                "{wrong} of {} checks are not as they should be.",
                self.rows.len()
            ),
        }
    }
}

impl Report {
    fn forgeries(&self) -> usize {
        self.rows
            .iter()
            .filter(|row| row.check.starts_with("forged"))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(verdicts: &[Verdict]) -> Report {
        let rows = verdicts.iter().enumerate().map(|(index, verdict)| Row {
            check: format!("forged {}", "é".repeat(index)),
            expected: "refused",
            seen: "401".to_owned(),
            verdict: *verdict,
            advice: (*verdict == Verdict::Wrong).then_some("do something"),
        });
        Report {
            address: "https://app.test".to_owned(),
            trust: "the system's authorities".to_owned(),
            rows: rows.collect(),
        }
    }

    #[test]
    fn columns_stand_below_each_other() {
        let table = report(&[Verdict::Fine, Verdict::Note]).table();
        let columns: Vec<usize> = table
            .lines()
            .map(|line| {
                line.chars()
                    .collect::<Vec<_>>()
                    .windows(9)
                    .position(|part| {
                        part.iter().collect::<String>().trim_end() == "expected"
                            || part.starts_with(&['r', 'e', 'f'])
                    })
                    .unwrap()
            })
            .collect();
        assert_eq!(columns[0], columns[1]);
        assert_eq!(columns[1], columns[2]);
    }

    #[test]
    fn notes_are_fine_and_a_forgery_is_named() {
        assert!(report(&[Verdict::Fine, Verdict::Note]).is_fine());
        let wrong = report(&[Verdict::Fine, Verdict::Wrong]);
        assert!(!wrong.is_fine());
        assert!(wrong.to_string().contains("do something"));
        assert!(
            !wrong
                .to_string()
                .contains("forged certificate header was admitted")
        );
        let forged = report(&[Verdict::Forged, Verdict::Fine]);
        assert!(!forged.is_fine());
        assert!(
            forged
                .to_string()
                .contains("A forged certificate header was admitted")
        );
        assert!(
            forged
                .to_string()
                .contains("1 of 2 forgeries were admitted")
        );
        assert_eq!(forged.json()["forgedHeaderAdmitted"], true);
    }
}
