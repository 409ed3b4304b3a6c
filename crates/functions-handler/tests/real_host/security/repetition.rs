//! The same request many times.

use super::{ID, handed_over, locked};

/// How often a proxying host sends a request without a body to a handler that closes without an answer.
const REPETITIONS: usize = 40;

#[test]
fn the_same_invocation_id_forty_times_is_decided_alike_each_time() {
    let fixture = locked("proxy");
    let plain = handed_over(
        "POST",
        "/api/plain",
        &fixture.caller("Plain"),
        "Content-Length: 0\r\n",
        "",
    );
    let item = handed_over(
        "POST",
        "/api/plain",
        &fixture.caller("Item"),
        "Content-Length: 0\r\n",
        "",
    );
    for _ in 0..REPETITIONS {
        let (status, seen) = fixture.send(plain.as_bytes(), false);
        assert_eq!(status, Some(200));
        let seen = seen.unwrap();
        assert_eq!(seen.function, "Plain");
        assert_eq!(
            seen.header("X-Azure-Functions-InvocationId"),
            [ID.as_bytes()]
        );
        let (status, seen) = fixture.send(item.as_bytes(), false);
        assert_eq!((status, seen.is_some()), (Some(403), false));
    }
}
