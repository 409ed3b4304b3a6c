//! Tables of outcomes and verdicts.

use std::io;

use super::super::answer::Answer;
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
        admits_everybody: false,
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
fn an_admitted_caller_without_2xx_is_recognised_by_the_answer() {
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
