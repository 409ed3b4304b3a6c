//! How often the same thing is named, and how much at once.

use client_cert::{EXPIRY_WARNING_DAYS, PolicyVersion};
use serde_json::json;
use test_support::{DAY, NOW};

use super::{daily, look, named, pin, policy, until};

#[test]
fn the_same_thing_is_named_once_within_a_day_whatever_the_policy_and_the_clock_do() {
    let ends = policy([named(
        "partner",
        vec![pin(1, until(NOW + 3 * DAY + DAY / 2))],
    )]);
    let other = policy([
        named("partner", vec![pin(1, until(NOW + 3 * DAY + DAY / 2))]),
        named("other", vec![pin(2, until(NOW + 30 * DAY))]),
    ]);
    let mut daily = daily(None);
    let mut at = Vec::new();
    for hour in 0..=96 {
        let policy = if hour % 5 == 0 { &other } else { &ends };
        for line in look(&mut daily, policy, NOW + hour * 3600) {
            if line["caller"] == "partner" {
                at.push((hour, line["kind"].as_str().unwrap().to_owned()));
            }
        }
    }
    let at: Vec<_> = at
        .iter()
        .map(|(hour, kind)| (*hour, kind.as_str()))
        .collect();
    // That it has ended is another thing than that it is about to.
    let expected = [
        (0, "window-ends"),
        (24, "window-ends"),
        (48, "window-ends"),
        (72, "window-ends"),
        (84, "window-ended"),
    ];
    assert_eq!(at, expected);
    assert_eq!(
        look(&mut daily, &ends, NOW).len(),
        1,
        "the clock was set back"
    );
    assert_eq!(look(&mut daily, &ends, NOW + 60).len(), 0);
}

#[test]
fn a_hundred_notices_are_written_and_the_rest_is_counted() {
    let rules = (0..250).map(|number| pin(number, until(NOW - 1)));
    let policy = policy([named("partner", rules.collect())]);
    let policy = policy.with_version(PolicyVersion::of([&b"document"[..]]));
    let mut daily = daily(None);
    let lines = look(&mut daily, &policy, NOW);
    assert_eq!(lines.len(), 101);
    let last = &lines[100];
    assert_eq!(
        (&last["kind"], &last["more"], &last["text"], &last["event"]),
        (
            &json!("more"),
            &json!(150),
            &json!("and 150 more notices"),
            &json!("policy-notice")
        )
    );
    let version = policy.version().unwrap().to_string();
    assert!(lines.iter().all(|line| line["policy"] == version));
    assert!(
        look(&mut daily, &policy, NOW + 3600).is_empty(),
        "those are named as well"
    );
}

/// One more thing is due every minute: what is written of a day is bounded, the rest is counted, and what is more urgent is written
/// all the same.
#[test]
fn the_lines_of_a_day_are_bounded_however_many_notices_become_due() {
    const DAYS: usize = 2;
    const MINUTES: usize = DAYS * 24 * 60;
    let warned = NOW + EXPIRY_WARNING_DAYS * DAY;
    let rules =
        (0..MINUTES).map(|minute| pin(minute, until(warned + 60 * i64::try_from(minute).unwrap())));
    let policy = policy([named("partner", rules.collect())]);
    let mut daily = daily(None);
    let (mut lines, mut counts, mut counted) = (0, 0, 0);
    for minute in 0..MINUTES {
        let now = NOW + 60 * i64::try_from(minute).unwrap();
        for line in look(&mut daily, &policy, now) {
            match line["more"].as_u64() {
                Some(more) => (counts, counted) = (counts + 1, counted + more),
                None => lines += 1,
            }
        }
    }
    assert!((200..=300).contains(&lines), "{lines}");
    assert!((40..=48).contains(&counts), "{counts}");
    // Those of the first day are named on the second one again.
    assert!((3_900..4_320).contains(&counted), "{counted}");
    let ended = super::policy([named("ended", vec![pin(MINUTES, until(NOW))])]);
    let now = NOW + 60 * i64::try_from(MINUTES).unwrap();
    let urgent = look(&mut daily, &ended, now);
    assert_eq!(urgent[0]["kind"], "window-ended");
}
