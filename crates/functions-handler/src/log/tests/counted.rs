//! Calls that are counted instead of written.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use client_cert::FrontEnd;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use test_support::Shape;
use tokio::time::sleep;

use crate::config::AuditScope;
use crate::daily::{Usage, UsedRule};
use crate::log::answered::Answered;
use crate::log::audit::Audit;
use crate::log::calls::{Calls, Counted, MAX_ROWS};
use crate::log::line_format::text;
use crate::log::sum_up::sum_up;
use crate::log::{Log, Subject, Timestamp};

use super::permits::{permit, pin};

/// The longest line that reaches Application Insights whole, in both of its copies.
const LONGEST_BYTES: usize = 8_192;

fn subject(function: &str) -> Subject {
    let function: Arc<str> = function.into();
    Subject::new("GET", &HeaderMap::new(), FrontEnd::AppService).of(&function)
}

fn status(status: u16) -> Answered {
    let mut answered = Answered::default();
    answered.status(StatusCode::from_u16(status).unwrap());
    answered
}

fn rule(permit: &client_cert::Permit) -> Arc<UsedRule> {
    Arc::new(Usage::default().of(permit))
}

/// The lines, each of which is short enough.
fn lines(counted: &Counted) -> Vec<Value> {
    let lines = counted.lines(Timestamp::now());
    let texts = lines.iter().map(text);
    texts
        .map(|text| {
            assert!(text.len() <= LONGEST_BYTES, "{}", text.len());
            serde_json::from_slice(&text).unwrap()
        })
        .collect()
}

fn rows<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let rows = lines.iter().filter_map(|line| line[kind].as_array());
    rows.flatten().collect()
}

/// One certificate each for a hundred thousand callers would take a test minutes: here one is under a hundred thousand names.
#[test]
fn a_hundred_thousand_callers_are_each_in_a_line_and_the_memory_is_bounded() {
    const CALLERS: usize = 100_000;
    let certificate = Shape::caller("x").valid_today().self_signed();
    let (header, digest) = (certificate.header(), certificate.sha256());
    let calls = Calls::default();
    let subject = subject(&"F".repeat(128));
    let mut summed: BTreeMap<String, u64> = BTreeMap::new();
    let mut sum = |counted: &Counted| {
        assert!(counted.admitted.len() <= MAX_ROWS);
        for row in rows(&lines(counted), "admitted") {
            let caller = row["caller"].as_str().unwrap().to_owned();
            *summed.entry(caller).or_default() += row["calls"].as_u64().unwrap();
        }
    };
    for number in 0..CALLERS {
        let name = format!("{number:064}");
        let rule_of = pin(&format!("sha256:{digest}"));
        let permit = permit(Some(&name), &[], rule_of, &header);
        if calls.admitted(&subject, &permit, &rule(&permit), status(200)) {
            calls.sum_up(&mut sum);
        }
    }
    calls.sum_up(&mut sum);
    assert_eq!(summed.len(), CALLERS);
    assert!(summed.values().all(|calls| *calls == 1));
    calls.sum_up(|counted| assert!(counted.since.is_none()));
}

/// Whoever sums up last may close the log: another thread that took the counts has written them by then.
#[test]
fn summing_up_waits_for_whoever_sums_up_already() {
    let calls = Calls::default();
    calls.undecided(&subject("Health"), status(200));
    let ((taken, is_taken), (ended, has_ended)) = (mpsc::channel(), mpsc::channel());
    thread::scope(|scope| {
        let calls = &calls;
        scope.spawn(move || {
            calls.sum_up(|counted| {
                assert!(counted.since.is_some());
                taken.send(()).unwrap();
                let early = has_ended.recv_timeout(Duration::from_millis(200));
                assert_eq!(early, Err(mpsc::RecvTimeoutError::Timeout));
            });
        });
        is_taken.recv().unwrap();
        calls.sum_up(|counted| assert!(counted.since.is_none()));
        // Nobody receives it once the other thread has written.
        let _ = ended.send(());
    });
}

#[test]
fn a_row_has_the_calls_of_a_function_by_a_caller_and_the_certificate_that_ends_first() {
    let shape = |days: i64| Shape {
        not_after: test_support::today() + days * test_support::DAY,
        ..Shape::caller("partner").valid_today()
    };
    let [late, soon] = [90, 40].map(|days| shape(days).self_signed());
    let admission = |name: Option<&str>, certificate: &test_support::Issued| {
        let rule = pin(&format!("sha256:{}", certificate.sha256()));
        permit(name, &[], rule, &certificate.header())
    };
    let calls = Calls::default();
    for (function, name, certificate, answered) in [
        ("A", Some("partner"), &late, status(200)),
        ("A", Some("partner"), &soon, status(404)),
        ("A", Some("partner"), &late, status(500)),
        ("A", Some("partner"), &late, Answered::default()),
        ("B", Some("partner"), &late, status(200)),
        ("A", Some("other"), &late, status(200)),
        ("A", None, &late, status(200)),
        ("A", None, &soon, status(200)),
    ] {
        let permit = admission(name, certificate);
        let full = calls.admitted(&subject(function), &permit, &rule(&permit), answered);
        assert!(!full);
    }
    for (function, answered) in [
        ("Health", status(200)),
        ("Health", status(504)),
        ("X", status(200)),
    ] {
        calls.undecided(&subject(function), answered);
    }
    let mut summed = Vec::new();
    calls.sum_up(|counted| summed = lines(counted));
    let lines = summed;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let line = &lines[0];
    assert_eq!(line["event"], "calls");
    assert!(line["since"].as_str() <= line["time"].as_str());
    assert_eq!(line["policy"].as_str().unwrap().len(), 12);
    let row = |function: &str, name: Option<&str>, certificate: &test_support::Issued| {
        let principal = admission(name, certificate).principal().clone();
        let mut row = json!({
            "function": function,
            "thumbprint": certificate.sha256(),
            "notAfter": principal.not_after(),
            "calls": 1,
        });
        match name {
            Some(name) => row["caller"] = json!(name),
            None => row["rule"] = json!(format!("pin sha256:{}...", &certificate.sha256()[..16])),
        }
        row
    };
    let mut partner = row("A", Some("partner"), &soon);
    partner["calls"] = json!(4);
    partner["failed"] = json!(2);
    let expected = [
        row("A", None, &late),
        row("A", None, &soon),
        row("A", Some("other"), &late),
        partner,
        row("B", Some("partner"), &late),
    ];
    let found = rows(&lines, "admitted");
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for row in &expected {
        assert!(found.contains(&row), "{row} is not in {found:#?}");
    }
    assert_eq!(
        line["access"],
        json!([{"function": "Health", "calls": 2, "failed": 1}, {"function": "X", "calls": 1}])
    );
}

/// Lines of the log, to be read by a test.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The task itself, over minutes that pass at once.
#[tokio::test(start_paused = true)]
async fn calls_are_summed_up_once_a_minute_and_at_the_end() {
    let written = Written::default();
    let log = Log::start(written.clone()).unwrap();
    let audit = Audit::new(log.clone(), AuditScope::Refusals);
    let task = tokio::spawn(sum_up(audit.clone(), Timestamp::now));
    let call = || audit.undecided(subject("Health")).finish(StatusCode::OK);
    call();
    call();
    // Two minutes pass, the second of them without a call.
    sleep(Duration::from_secs(125)).await;
    call();
    task.abort();
    assert!(task.await.is_err());
    log.close();
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let counts: Vec<_> = rows(&lines, "access")
        .iter()
        .map(|row| row["calls"].as_u64().unwrap())
        .collect();
    assert_eq!((lines.len(), counts), (2, vec![2, 1]), "{text}");
}

#[tokio::test]
async fn nothing_is_summed_up_where_each_call_has_a_line() {
    let log = Log::start(std::io::sink()).unwrap();
    sum_up(Audit::new(log, AuditScope::All), Timestamp::now).await;
}
