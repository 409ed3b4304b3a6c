//! What the handler names at its start, and then once a day.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{DAY, Shape, today};

/// Named once, although the handler looks at a start and again with each minute; the requests have their lines between.
#[test]
fn an_authority_near_its_end_is_named_at_the_start() {
    let not_after = today() + 10 * DAY + 3600;
    let root = Shape {
        not_after,
        ..Shape::authority("Root").valid_today()
    };
    let root = root.self_signed();
    let folder = common::fixture().app_root();
    std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "partner"),
        ("CLIENT_CERT_TRUST_ANCHORS", "root.pem"),
        ("CLIENT_CERT_UNUSED_DAYS", "90"),
    ];
    let handler = common::fixture().start_in(folder, &settings);
    let line = handler.line(|line| line["event"] == "policy-notice");
    assert_eq!(
        (&line["kind"], &line["authority"], &line["daysLeft"]),
        (&"authority-ends".into(), &"CN=Root".into(), &10.into())
    );
    assert_eq!(line["level"], "warning");
    assert_eq!(line["until"], client_cert::rfc3339(not_after));
    let (rest, _) = handler.end();
    let again = rest.iter().filter(|line| line["event"] == "policy-notice");
    assert_eq!(again.count(), 0);
}
