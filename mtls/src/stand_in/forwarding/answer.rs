//! What a host that forwards makes of the handler's answer (`HttpResponseMessageOutputFormatter.cs`): all of it is read
//! first, then .NET's own reading of its headers is copied into the host's answer.

use bytes::Bytes;
use http::header::TRANSFER_ENCODING;
use http::{Response, StatusCode};

use crate::body::Body;
use crate::stand_in::header_rules::CONTENT_HEADERS;
use crate::stand_in::header_values::rewritten;
use crate::stand_in::http_client::{Head, length};
use crate::stand_in::kestrel::{Answer, Refused};
use crate::stand_in::stop::Stop;

/// The host's answer.
///
/// # Errors
///
/// [`Stop`]: Kestrel refuses what was copied, and answers 500 itself.
pub(in crate::stand_in) fn response(
    head: &Head,
    body: Bytes,
    method_is_head: bool,
) -> Result<Response<Body>, Stop> {
    let mut answer = Answer::new(i64::from(head.status), &head.reason);
    if copy(head, &body, method_is_head, &mut answer).is_err() {
        // The status is the exception handler's, all else stays.
        answer.status = i64::from(StatusCode::INTERNAL_SERVER_ERROR.as_u16());
        return Ok(answer.into_response(Body::empty()));
    }
    if head.status == 101 && !body.is_empty() {
        // Nothing can be written into it: the length is announced, and the bytes never come.
        answer.status = i64::from(StatusCode::INTERNAL_SERVER_ERROR.as_u16());
        return Ok(answer.into_response(Body::never()));
    }
    if !answer.is_sound() {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        return Err(Stop::before_the_host(status, "host: 204 with a length"));
    }
    let body = framed(&mut answer, body, method_is_head);
    Ok(answer.into_response(body))
}

fn copy(
    head: &Head,
    body: &Bytes,
    method_is_head: bool,
    answer: &mut Answer,
) -> Result<(), Refused> {
    let names = names(head);
    let (content, others): (Vec<_>, Vec<_>) = names
        .iter()
        .partition(|name| CONTENT_HEADERS.contains(&name.as_str()));
    for name in others.into_iter().chain(content) {
        let values: Vec<&[u8]> = head.values(name).collect();
        for value in copied(name, &values, body) {
            answer.append(name.as_bytes(), &value)?;
        }
    }
    // The answer to HEAD is not buffered, and so has no length of its own.
    if !method_is_head && head.values("content-length").next().is_none() {
        let length = body.len().to_string();
        answer.append(b"content-length", length.as_bytes())?;
    }
    Ok(())
}

/// The values that one name gets. `chunked` alone goes; a value that is empty goes; an unreadable length is replaced.
fn copied(name: &str, values: &[&[u8]], body: &Bytes) -> Vec<Vec<u8>> {
    match (name, values) {
        ("transfer-encoding", [one]) if one.eq_ignore_ascii_case(b"chunked") => Vec::new(),
        ("content-length", [one]) => {
            let length = length(one).unwrap_or(u64::try_from(body.len()).unwrap_or(u64::MAX));
            vec![length.to_string().into_bytes()]
        }
        (_, [b""]) => Vec::new(),
        _ => rewritten(name, values),
    }
}

/// Each name once, in lower case, in the order in which they came.
fn names(head: &Head) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in &head.lines {
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The body, as it reaches the client under the headers that were copied.
fn framed(answer: &mut Answer, body: Bytes, method_is_head: bool) -> Body {
    let announced = answer.headers.get(http::header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| length(value.as_bytes()));
    let coding = answer.headers.remove(TRANSFER_ENCODING);
    let is_chunked = coding.is_some_and(|coding| {
        let coding = coding.as_bytes().to_ascii_lowercase();
        coding.ends_with(b"chunked")
    });
    if method_is_head || matches!(answer.status, 101 | 204 | 205 | 304) {
        return Body::empty();
    }
    if is_chunked {
        // Chunks are announced, and none comes.
        answer.headers.remove(http::header::CONTENT_LENGTH);
        return Body::cut_short(Bytes::new());
    }
    match announced {
        Some(length) if usize::try_from(length) != Ok(body.len()) => Body::cut_short(body),
        _ => Body::buffered(body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, reason: &'static str, lines: &[(&'static str, &'static str)]) -> Head {
        let bytes = |text: &'static str| Bytes::from_static(text.as_bytes());
        Head {
            status,
            reason: bytes(reason),
            lines: lines
                .iter()
                .map(|(name, value)| (bytes(name), bytes(value)))
                .collect(),
            is_http_10: false,
        }
    }

    fn status_and_length(head: &Head, body: &'static str) -> (u16, Option<String>) {
        match response(head, Bytes::from_static(body.as_bytes()), false) {
            Ok(response) => {
                let length = response.headers().get("content-length");
                let length = length.map(|length| length.to_str().unwrap().to_owned());
                (response.status().as_u16(), length)
            }
            Err(stop) => (stop.response.status().as_u16(), None),
        }
    }

    #[test]
    #[allow(
        clippy::type_complexity,
        reason = "the type of a table that is used once"
    )]
    fn lengths_are_the_handlers_where_they_can_be_read() {
        let table: [(&[(&str, &str)], u16, Option<&str>); 8] = [
            (&[], 200, Some("2")),
            (&[("Content-Length", "2")], 200, Some("2")),
            (&[("Content-Length", "99")], 200, Some("99")),
            (&[("Content-Length", "-1")], 200, Some("2")),
            (&[("Content-Length", "2, 2")], 200, Some("2")),
            (
                &[("Content-Length", "2"), ("content-length", "2")],
                500,
                Some("2"),
            ),
            (&[("X-Name", "\u{e9}"), ("Content-Length", "2")], 500, None),
            (&[("Transfer-Encoding", "chunked")], 200, Some("2")),
        ];
        for (lines, status, length) in table {
            let found = status_and_length(&head(200, "OK", lines), "ok");
            assert_eq!(found, (status, length.map(ToOwned::to_owned)), "{lines:?}");
        }
    }

    #[test]
    fn no_content_and_switching_protocols_have_no_body() {
        let length = [("Content-Length", "9")];
        assert_eq!(status_and_length(&head(204, "", &length), ""), (500, None));
        assert_eq!(status_and_length(&head(204, "", &[]), ""), (204, None));
        assert_eq!(
            status_and_length(&head(101, "", &[]), "raw"),
            (500, Some("3".to_owned()))
        );
        assert_eq!(status_and_length(&head(101, "", &[]), "").0, 101);
    }

    #[test]
    fn empty_values_go_and_known_ones_are_written_anew() {
        let lines = [
            ("X-Empty", ""),
            ("Allow", "GET, POST"),
            ("X-A", "1"),
            ("x-a", "2"),
        ];
        let response = response(&head(200, "", &lines), Bytes::new(), false);
        let Ok(response) = response else {
            panic!("expected an answer");
        };
        let all = |name: &str| -> Vec<_> { response.headers().get_all(name).iter().collect() };
        assert!(!response.headers().contains_key("x-empty"));
        assert_eq!(all("allow"), ["GET", "POST"]);
        assert_eq!(all("x-a"), ["1", "2"]);
    }
}
