//! What was expected, what came, and whether that is right. Pure: outcomes in, rows out.

use super::answer::Answer;
use super::forgeries::{Forgery, Wire};
use super::outcome::{Outcome, shortened};
use super::row::{Row, Verdict};

/// The front end's text when it stops a caller without a certificate itself.
const FRONT_END_REFUSAL: &str = "Client Certificate Required";

/// What to do about a function that admits a caller it must refuse.
const OPEN: &str = "the function admitted a caller that it must refuse; remove \"clientCertificate\": \"none\" from its function.json, and check the allowlist";

/// Answers that are known by now, to tell functions apart.
#[derive(Default)]
pub(super) struct Known {
    /// The secured function's answer to the allowed caller.
    pub(super) admitted: Option<Answer>,
    /// Answers that anybody gets.
    pub(super) open: Vec<Answer>,
    /// Whether the secured function admits callers without a certificate: then a forged header proves nothing more.
    pub(super) admits_everybody: bool,
}

/// The public function, called without a certificate.
pub(super) fn public(outcome: &Outcome) -> Row {
    let advice = match is_front_end_refusal(outcome) {
        true => {
            "the front end stops every caller without a certificate (clientCertMode Required); use Optional, or leave --public out if that is wanted"
        }
        false => "name a public function that answers GET with 2xx, or give its path with --route",
    };
    row(
        "public function without a certificate",
        "2xx",
        outcome,
        is_success(outcome),
        advice,
    )
}

/// The secured function, called by a caller that must not be admitted. A refused handshake is a refusal too.
pub(super) fn refused(who: &str, outcome: &Outcome) -> Row {
    let fine = match outcome {
        Outcome::Answered(answer) => matches!(answer.status, 401 | 403),
        outcome => matches!(outcome, Outcome::Alert(_)),
    };
    let advice = match is_success(outcome) {
        true => OPEN,
        false => "name a secured function that GET reaches, or give its path with --route",
    };
    row(
        &format!("secured function {who}"),
        "401 or 403",
        outcome,
        fine,
        advice,
    )
}

/// The secured function, called by the allowed caller.
pub(super) fn admitted(outcome: &Outcome) -> Row {
    row(
        "secured function with the allowed certificate",
        "2xx",
        outcome,
        is_success(outcome),
        not_admitted(outcome),
    )
}

/// What to do about an allowed caller without 2xx, by what came.
fn not_admitted(outcome: &Outcome) -> &'static str {
    match outcome {
        outcome if is_front_end_refusal(outcome) => {
            "the front end itself refused: it got no certificate, or one that it does not take"
        }
        Outcome::Answered(answer) => match answer.status {
            401 | 403 => {
                "the decision's line in the app's log has the reason; check clientCertEnabled, CLIENT_CERT_FRONT_END and the allowlist first"
            }
            404 | 405 => "name a function that GET reaches, or give its path with --route",
            300..=399 => "the app redirects; name the address that it redirects to",
            _ => "the app failed, which says nothing about the certificate; look at its log",
        },
        Outcome::NotHttp => {
            "the server's answer is not HTTP, which says nothing about the certificate"
        }
        Outcome::TimedOut | Outcome::NotConnected(_) => "check that the app runs, and try again",
        Outcome::Closed => {
            "the connection ended without an answer; the server's log has the reason"
        }
        Outcome::Alert(_) | Outcome::Untrusted(_) | Outcome::Unable(_) => {
            "the handshake failed; mtls call with this certificate shows more"
        }
    }
}

/// Whether the two refusals tell a caller anything. Where the front end itself refused one of them, there are no two.
pub(super) fn same_refusal(nobody: &Outcome, denied: &Outcome) -> Row {
    let (seen, verdict) = match (nobody, denied) {
        _ if is_front_end_refusal(nobody) => (
            "not comparable: the front end refused the first itself".to_owned(),
            Verdict::Note,
        ),
        (Outcome::Answered(one), Outcome::Answered(other)) => {
            match one.same_but_for_identifiers(other) {
                Ok(()) => (
                    "the same bytes but for date and identifiers".to_owned(),
                    Verdict::Fine,
                ),
                Err(difference) => (shortened(&difference), Verdict::Wrong),
            }
        }
        _ => ("not comparable: no two answers".to_owned(), Verdict::Wrong),
    };
    Row {
        check: "denied and missing certificate look the same".to_owned(),
        expected: "the same bytes",
        seen,
        verdict,
        advice: (verdict == Verdict::Wrong)
            .then_some("a difference tells a caller why it was refused; find what adds it"),
    }
}

/// A path that is said to be excluded, called without a certificate: only what it answers is of interest.
pub(super) fn excluded(path: &str, outcome: &Outcome) -> Row {
    Row {
        check: format!("excluded path {path} without a certificate"),
        expected: "an answer",
        seen: outcome.to_string(),
        verdict: Verdict::Note,
        advice: None,
    }
}

/// A forgery. Any answer of the secured function means that the header was believed.
pub(super) fn forged(forgery: &Forgery, secured: &str, outcome: &Outcome, known: &Known) -> Row {
    let (note, verdict) = match outcome {
        Outcome::Answered(answer) => judge_answer(forgery, secured, answer, known),
        Outcome::Alert(_) => ("", Verdict::Fine),
        // Without TLS nothing at all may be listening, or something that speaks TLS only: then nothing was tested.
        Outcome::Closed | Outcome::NotHttp | Outcome::NotConnected(_)
            if forgery.wire == Wire::Plain =>
        {
            (": nothing speaks HTTP there", Verdict::Note)
        }
        _ => ("", Verdict::Wrong),
    };
    let advice = match known.admits_everybody {
        true => OPEN,
        false => "neither admitted nor refused; look at the app's log and try again",
    };
    Row {
        check: forgery.check.clone(),
        expected: "refused",
        seen: format!("{outcome}{note}"),
        verdict,
        advice: (verdict == Verdict::Wrong).then_some(advice),
    }
}

fn judge_answer(
    forgery: &Forgery,
    secured: &str,
    answer: &Answer,
    known: &Known,
) -> (&'static str, Verdict) {
    let is_secured = known
        .admitted
        .as_ref()
        .is_some_and(|admitted| admitted.same_content(answer));
    match answer.status {
        200..300 if known.admits_everybody => (", as anybody gets", Verdict::Wrong),
        _ if is_secured => (", the secured function's answer", Verdict::Forged),
        200..300 if forgery.path == secured => (", admitted", Verdict::Forged),
        200..300 if known.open.iter().any(|open| open.same_content(answer)) => {
            (", a public function's answer", Verdict::Fine)
        }
        200..300 => (", and it is unclear from which function", Verdict::Wrong),
        300..400 | 400 | 401 | 403 | 404 | 405 => ("", Verdict::Fine),
        // Throttled, too long, too slow or broken: nobody has judged the header.
        _ => (", which says nothing about the header", Verdict::Wrong),
    }
}

/// Whether the front end stopped a caller without a certificate, before any app.
pub(super) fn is_front_end_refusal(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Answered(answer) => answer.status == 403 && answer.says(FRONT_END_REFUSAL),
        outcome => matches!(outcome, Outcome::Alert(_)),
    }
}

/// Whether an answer with 2xx came.
pub(super) fn is_success(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Answered(answer) if (200..300).contains(&answer.status))
}

fn row(
    check: &str,
    expected: &'static str,
    outcome: &Outcome,
    fine: bool,
    advice: &'static str,
) -> Row {
    Row {
        check: check.to_owned(),
        expected,
        seen: outcome.to_string(),
        verdict: if fine { Verdict::Fine } else { Verdict::Wrong },
        advice: (!fine).then_some(advice),
    }
}

#[cfg(test)]
mod tests;
