//! What was expected, what came, and whether that is as it should be. Pure: outcomes in, rows out.

use super::answer::Answer;
use super::caller::Outcome;
use super::forgeries::{Forgery, Wire};
use crate::printable::printable;

/// The front end's text when it stops a caller without a certificate itself.
const FRONT_END_REFUSAL: &str = "Client Certificate Required";

/// Characters of a server's text that are shown in a row.
const SHOWN_CHARACTERS: usize = 60;

/// What to do about a function that lets in whom it must refuse.
const OPEN: &str = "the function let in a caller that it must refuse; take the mark \"none\" out of its function.json, and look at the allowlist";

/// One check with its result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Row {
    pub(super) check: String,
    pub(super) expected: &'static str,
    pub(super) seen: String,
    pub(super) verdict: Verdict,
    /// What to do where the verdict is not fine.
    pub(super) advice: Option<&'static str>,
}

/// Whether a row is as it should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// As it should be.
    Fine,
    /// Worth knowing; decides nothing.
    Note,
    /// Not as it should be.
    Wrong,
    /// A forged header let a caller in.
    Forged,
}

/// Answers that are known by now, to tell functions apart.
#[derive(Default)]
pub(super) struct Known {
    /// The secured function's answer to the allowed caller.
    pub(super) admitted: Option<Answer>,
    /// Answers that anybody gets.
    pub(super) open: Vec<Answer>,
    /// Whether the secured function lets in callers without a certificate: then a forged header proves nothing more.
    pub(super) lets_everybody_in: bool,
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

/// The secured function, called by somebody who must not get in. A refused handshake is a refusal too.
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
        "the decision's line in the app's log says why; look at clientCertEnabled, CLIENT_CERT_FRONT_END and the allowlist first",
    )
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
        seen: seen(outcome),
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
    let advice = match known.lets_everybody_in {
        true => OPEN,
        false => "neither admitted nor refused; look at the app's log and try again",
    };
    Row {
        check: forgery.check.clone(),
        expected: "refused",
        seen: format!("{}{note}", seen(outcome)),
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
        200..300 if known.lets_everybody_in => (", as anybody gets", Verdict::Wrong),
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

/// What came, in words.
pub(super) fn seen(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered(answer) => match answer.header("location") {
            Some(location) if (300..400).contains(&answer.status) => {
                format!("{} to {}", answer.status, shortened(location))
            }
            _ => answer.status.to_string(),
        },
        Outcome::Closed => "closed without an answer".to_owned(),
        Outcome::NotHttp => "no HTTP came back".to_owned(),
        Outcome::Alert(reason) => format!("refused by TLS: {}", shortened(reason)),
        Outcome::NotConnected(error) => format!("no connection: {error}"),
        Outcome::TimedOut => "no answer in time".to_owned(),
        Outcome::Untrusted(reason) => format!("server not trusted: {reason}"),
        Outcome::Unable(reason) => format!("TLS failed: {}", shortened(reason)),
    }
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
        seen: seen(outcome),
        verdict: if fine { Verdict::Fine } else { Verdict::Wrong },
        advice: (!fine).then_some(advice),
    }
}

/// A server's text, fit for a terminal and a table.
fn shortened(text: &str) -> String {
    printable(&text.chars().take(SHOWN_CHARACTERS).collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::super::forgeries::Presenting;
    use super::*;

    fn answered(status: u16, body: &str) -> Outcome {
        Outcome::Answered(answer(status, body))
    }

    fn answer(status: u16, body: &str) -> Answer {
        let text = format!("HTTP/1.1 {status} X\r\nLocation: https://x\r\n\r\n{body}");
        Answer::read(&mut text.as_bytes()).unwrap()
    }

    fn no_connection() -> Outcome {
        Outcome::NotConnected(io::ErrorKind::ConnectionRefused.into())
    }

    fn forgery(wire: Wire, path: &str) -> Forgery {
        Forgery {
            check: "x".to_owned(),
            wire,
            path: path.to_owned(),
            headers: Vec::new(),
        }
    }

    #[test]
    fn a_forgery_is_refused_or_admitted_or_unclear_and_never_silently_fine() {
        let known = Known {
            admitted: Some(answer(200, "secret")),
            open: vec![answer(200, "open")],
            lets_everybody_in: false,
        };
        let tls = Wire::Tls(Presenting::Nothing);
        let table = [
            (tls, "/S", answered(401, ""), Verdict::Fine),
            (tls, "/S", answered(404, ""), Verdict::Fine),
            (tls, "/S", answered(307, ""), Verdict::Fine),
            (tls, "/S", answered(500, ""), Verdict::Wrong),
            (tls, "/S", answered(200, "secret"), Verdict::Forged),
            (tls, "/S", answered(204, ""), Verdict::Forged),
            (tls, "/S", answered(200, "open"), Verdict::Forged),
            (tls, "/P/../S", answered(200, "secret"), Verdict::Forged),
            (tls, "/P/../S", answered(200, "open"), Verdict::Fine),
            (tls, "/P/../S", answered(200, "else"), Verdict::Wrong),
            (tls, "/S", Outcome::Alert("x".to_owned()), Verdict::Fine),
            (tls, "/S", Outcome::Closed, Verdict::Wrong),
            (tls, "/S", Outcome::TimedOut, Verdict::Wrong),
            (tls, "/S", no_connection(), Verdict::Wrong),
            (tls, "/S", answered(429, ""), Verdict::Wrong),
            (tls, "/S", answered(431, ""), Verdict::Wrong),
            (Wire::Plain, "/S", Outcome::Closed, Verdict::Note),
            (Wire::Plain, "/S", Outcome::NotHttp, Verdict::Note),
            (Wire::Plain, "/S", no_connection(), Verdict::Note),
            (Wire::Plain, "/S", Outcome::TimedOut, Verdict::Wrong),
            (Wire::Plain, "/S", answered(301, ""), Verdict::Fine),
            (Wire::Plain, "/S", answered(200, "x"), Verdict::Forged),
        ];
        for (wire, path, outcome, expected) in table {
            let row = forged(&forgery(wire, path), "/S", &outcome, &known);
            assert_eq!(row.verdict, expected, "{wire:?} {path} {outcome:?}");
        }
    }

    #[test]
    fn an_admitted_caller_without_2xx_is_still_recognised_by_his_answer() {
        let known = Known {
            admitted: Some(answer(404, "no such order")),
            ..Known::default()
        };
        let forgery = forgery(Wire::Tls(Presenting::Nothing), "/S");
        let row = forged(&forgery, "/S", &answered(404, "no such order"), &known);
        assert_eq!(row.verdict, Verdict::Forged);
    }

    #[test]
    fn refusals_are_401_403_or_a_tls_alert() {
        for (outcome, verdict) in [
            (answered(401, ""), Verdict::Fine),
            (answered(403, ""), Verdict::Fine),
            (Outcome::Alert("x".to_owned()), Verdict::Fine),
            (answered(200, ""), Verdict::Wrong),
            (answered(302, ""), Verdict::Wrong),
            (answered(404, ""), Verdict::Wrong),
            (answered(500, ""), Verdict::Wrong),
            (Outcome::Closed, Verdict::Wrong),
            (Outcome::TimedOut, Verdict::Wrong),
        ] {
            assert_eq!(refused("x", &outcome).verdict, verdict, "{outcome:?}");
        }
    }

    #[test]
    fn two_refusals_are_compared_unless_the_front_end_made_one() {
        let row = |one: &str, other: &str| same_refusal(&answered(401, one), &answered(401, other));
        assert_eq!(row("a", "a").verdict, Verdict::Fine);
        assert_eq!(row("a", "expired").verdict, Verdict::Wrong);
        let required = answered(403, "<h1>Client certificate required</h1>");
        assert_eq!(
            same_refusal(&required, &answered(401, "a")).verdict,
            Verdict::Note
        );
        assert_eq!(
            same_refusal(&Outcome::Closed, &answered(401, "a")).verdict,
            Verdict::Wrong
        );
    }

    #[test]
    fn a_servers_text_is_fit_for_a_terminal() {
        let text = "HTTP/1.1 302 X\r\nLocation: \u{1b}[2Jx\r\n\r\n";
        let outcome = Outcome::Answered(Answer::read(&mut text.as_bytes()).unwrap());
        assert_eq!(seen(&outcome), "302 to \\u{1b}[2Jx");
    }
}
