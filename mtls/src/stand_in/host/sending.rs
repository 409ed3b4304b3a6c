//! Sending a request to the handler, and taking its answer.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Method, Response, StatusCode, Uri};
use tokio::task::AbortHandle;

use super::StandIn;
use crate::body::Body;
use crate::stand_in::http_client::{Answer, Head, HttpClient, NoAnswer, request_has_body};
use crate::stand_in::stop::Stop;
use crate::stand_in::{HostVersion, forwarding, proxying};

/// The largest answer that is buffered; .NET's client stops at 2 GB, which no developer's machine should hold.
const ANSWER_BYTES: usize = 512 * 1024 * 1024;

/// A proxying host tries so often to get an answer's head (`RetryProxyHandler.cs`).
const ATTEMPTS: u32 = 10;

/// The pause behind the first attempt; each is twice as long, up to the longest (`RetryProxyHandler.cs`).
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The longest pause between two attempts (`RetryProxyHandler.cs`).
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// How many redirections .NET's client follows (`HttpClientHandler.MaxAutomaticRedirections`).
const REDIRECTIONS: u32 = 50;

impl StandIn {
    /// Sends a request, reads all of the answer, and makes the host's of it.
    pub(super) async fn forward(&self, parts: &Parts, body: Bytes) -> Result<Response<Body>, Stop> {
        let method_is_head = parts.method == Method::HEAD;
        let (head, body) = self.send_and_read(parts, body).await?;
        forwarding::response(&head, body, method_is_head)
    }

    /// Calls the handler until an answer's head comes, and passes that on as it comes.
    ///
    /// The attempts end where the caller leaves. They go on where the function runs out of time, and so reach the handler that
    /// is started again.
    pub(super) async fn proxy(&self, parts: Parts, body: Body) -> Result<Response<Body>, Stop> {
        let (client, version) = (self.client.clone(), self.project.version());
        let mut under_way = AbortOnDrop(None);
        let sending = async {
            let sending = tokio::spawn(attempts(client, parts, body, version));
            under_way.0 = Some(sending.abort_handle());
            sending.await.unwrap_or_else(|_| {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Err(Stop::new(status, "host: attempts broken off"))
            })
        };
        let answered = self.invoke(sending).await;
        under_way.0 = None;
        answered
    }

    /// Posts an envelope, and reads all of the answer. Redirections within the handler are followed where no function is
    /// forwarded to (`DefaultHttpWorkerService.cs`: `AllowAutoRedirect`).
    pub(super) async fn post(&self, parts: &Parts, body: &Bytes) -> Result<(Head, Bytes), Stop> {
        let handler = &self.project.host_json.custom_handler;
        let redirections = match handler.enable_forwarding_http_request {
            true => 0,
            false => REDIRECTIONS,
        };
        let (mut parts, mut body) = (parts.clone(), body.clone());
        for _ in 0..redirections {
            let (head, answer) = self.send_and_read(&parts, body.clone()).await?;
            let Some((method, target)) = redirection(&head, &parts.method) else {
                return Ok((head, answer));
            };
            parts.uri = target;
            if method != parts.method {
                for name in [CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING] {
                    parts.headers.remove(name);
                }
                body = Bytes::new();
                parts.method = method;
            }
        }
        self.send_and_read(&parts, body).await
    }

    async fn send_and_read(&self, parts: &Parts, body: Bytes) -> Result<(Head, Bytes), Stop> {
        let sent = self.client.send(parts, Body::buffered(body)).await;
        let Answer { head, body } = sent.map_err(failed)?;
        match body.whole(ANSWER_BYTES).await {
            Ok(body) => Ok((head, body)),
            Err(_) => Err(Stop::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "host: answer broken off",
            )),
        }
    }
}

/// Ends a task where its owner is dropped before it lets go of it.
struct AbortOnDrop(Option<AbortHandle>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

/// As often as a proxying host tries. What has a body goes out once: no attempt after the first has a body to send.
async fn attempts(
    client: HttpClient,
    parts: Parts,
    body: Body,
    version: HostVersion,
) -> Result<Response<Body>, Stop> {
    let has_body = request_has_body(&parts);
    let mut answer = client.send(&parts, body).await;
    for attempt in 1..ATTEMPTS {
        if answer.is_ok() {
            break;
        }
        tokio::time::sleep(pause(attempt)).await;
        if !has_body {
            answer = client.send(&parts, Body::empty()).await;
        }
    }
    let answer = answer.map_err(failed)?;
    proxying::response(answer, parts.method == Method::HEAD, version).await
}

/// As long as a proxying host takes to fail where no attempt sends anything.
pub(super) async fn pause_for_all_attempts() {
    tokio::time::sleep((1..ATTEMPTS).map(pause).sum()).await;
}

/// The pause behind an attempt, counted from one.
fn pause(attempt: u32) -> Duration {
    (FIRST_PAUSE * 2_u32.saturating_pow(attempt - 1)).min(LONGEST_PAUSE)
}

fn failed(no_answer: NoAnswer) -> Stop {
    Stop::new(StatusCode::INTERNAL_SERVER_ERROR, no_answer.reason())
}

/// Where .NET's client goes next, and by which method; nothing for an answer that is no redirection to the handler.
fn redirection(head: &Head, method: &Method) -> Option<(Method, Uri)> {
    let next = match head.status {
        300..=302 if *method == Method::POST => Method::GET,
        303 if !matches!(*method, Method::GET | Method::HEAD) => Method::GET,
        300..=303 | 307 | 308 => method.clone(),
        _ => return None,
    };
    let location = head.single(LOCATION.as_str())?;
    let target = location.starts_with('/').then(|| location.parse().ok());
    Some((next, target.flatten()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_attempts_take_as_long_as_the_hosts() {
        let all: Duration = (1..ATTEMPTS).map(pause).sum();
        assert_eq!(all, Duration::from_millis(1850));
        assert_eq!(pause(ATTEMPTS), LONGEST_PAUSE);
    }

    #[test]
    fn a_redirection_within_the_handler_is_followed() {
        let head = |status, location: &'static str| Head {
            status,
            lines: vec![(
                Bytes::from_static(b"Location"),
                Bytes::from_static(location.as_bytes()),
            )],
            ..Head::default()
        };
        let table = [
            (302, "/Plain", Some("GET")),
            (303, "/Plain", Some("GET")),
            (307, "/Plain?a=1", Some("POST")),
            (308, "/Plain", Some("POST")),
            (304, "/Plain", None),
            (200, "/Plain", None),
            (302, "http://other.example/", None),
            (302, "", None),
        ];
        for (status, location, expected) in table {
            let next = redirection(&head(status, location), &Method::POST);
            let next = next.map(|(method, target)| (method.to_string(), target.to_string()));
            let expected = expected.map(|method| (method.to_owned(), location.to_owned()));
            assert_eq!(next, expected, "{status} {location}");
        }
    }
}
