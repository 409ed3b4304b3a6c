//! The client that presents our identity, and its pool.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use reqwest::header::HeaderValue;
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Certificate, RequestBuilder, Response};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::answer::Answer;
use super::call_error::{CallError, CallErrorKind};
use super::identity::{Facts, Identity};
use super::notice::{Clock, Notify};
use super::settings::OutboundSettings;
use super::watch::Memory;

/// Redirects within one origin that are followed; browsers stop at 20, and an API needs one.
const MAX_REDIRECTS: usize = 5;

/// How often a request is sent at most. Under load one write in some hundreds lost the race against the alert.
const MAX_ATTEMPTS: usize = 4;

/// How much of an answer's body is read so that its connection can serve the next call; beyond, it is closed.
const MAX_DRAINED_BYTES: usize = 64 * 1024;

/// How long a place is kept after its call. The pool takes a connection back a little after the answer has been
/// read; a call that came in between would open another. Seen: 8 places and up to 21 connections without this.
const COOL_DOWN: Duration = Duration::from_millis(5);

/// The length of a `traceparent` of version 00 (W3C Trace Context, section 3.2).
const TRACEPARENT_LENGTH: usize = 55;

/// How long a call may take and how many run at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the connection and the handshake. The default, 10 s, lets TCP repeat its first packet three times
    /// (after 1, 3 and 7 seconds).
    pub connect: Duration,
    /// For the whole call, waiting for a free connection included. The default, 30 s, stays far below the 230 s
    /// after which Azure's front end gives up.
    pub total: Duration,
    /// Calls at once; further calls wait. As many connections serve them, and while a burst opens its first ones
    /// some more: a call that is served by another's connection leaves its own handshake to end in the pool. The default is 32: each costs some 50 kB
    /// here, and a partner's limit for one client is seldom lower.
    pub connections: usize,
    /// How long an unused connection is kept. The default, 60 s, is below the 75 s after which nginx closes it.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            connections: 32,
            idle: Duration::from_secs(60),
        }
    }
}

/// Calls the configured address with our certificate.
///
/// One client and pool serve all calls. A renewed identity replaces the client between calls: a call in flight
/// keeps the one that it began with. Proxies from the environment are not used, so that no variable can change
/// who is called. Redirects are followed within one origin; one that leads elsewhere is answered as the status
/// that it is, so our certificate is shown to nobody else.
pub struct Outbound {
    pub(super) settings: Arc<OutboundSettings>,
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    pub(super) notify: Notify,
    pub(super) current: ArcSwapOption<Presented>,
    pub(super) memory: Mutex<Memory>,
    permits: Arc<Semaphore>,
}

/// A client with the facts of the identity that it presents.
pub(super) struct Presented {
    pub(super) client: reqwest::Client,
    pub(super) facts: Facts,
}

impl Outbound {
    /// Nothing is read yet: [`Outbound::reload`] loads the identity, and calls before that say not-configured.
    pub fn new(settings: OutboundSettings, limits: Limits, clock: Clock, notify: Notify) -> Self {
        Self {
            settings: Arc::new(settings),
            limits,
            clock,
            notify,
            current: ArcSwapOption::empty(),
            memory: Mutex::new(Memory::default()),
            permits: Arc::new(Semaphore::new(limits.connections)),
        }
    }

    /// The facts of the identity in use, if one has been loaded.
    pub fn facts(&self) -> Option<Facts> {
        self.current
            .load()
            .as_ref()
            .map(|presented| presented.facts.clone())
    }

    /// Calls `REMOTE_API_URL` with GET and presents our certificate.
    ///
    /// A well-formed `traceparent` is passed on; another is left out, since it is untrusted text. The body of the
    /// answer is read and dropped.
    ///
    /// # Errors
    ///
    /// [`CallErrorKind`] names them all. A status other than 2xx is one.
    pub async fn call(&self, traceparent: Option<&str>) -> Result<Answer, CallError> {
        let late = |_| {
            let text = format!("no answer within {:?}", self.limits.total);
            CallError::new(CallErrorKind::TimedOut, text)
        };
        timeout(self.limits.total, self.call_without_limit(traceparent))
            .await
            .map_err(late)?
    }

    async fn call_without_limit(&self, traceparent: Option<&str>) -> Result<Answer, CallError> {
        let not_configured = |text: &str| CallError::new(CallErrorKind::NotConfigured, text);
        let url = self.settings.url.clone();
        let url = url.ok_or_else(|| not_configured("REMOTE_API_URL is not set"))?;
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| not_configured("the client has been closed"))?;
        // Taken after the wait, so that a call never begins with an identity that has been replaced.
        let presented = self.presented().await.ok_or_else(|| {
            not_configured("our identity has not been loaded; see the last load failure")
        })?;
        let mut request = presented.client.get(url);
        if let Some(value) = traceparent.and_then(trace_header) {
            request = request.header("traceparent", value);
        }
        let response = send(request).await?;
        let status = response.status();
        drain(response).await;
        tokio::spawn(cool_down(permit));
        if !status.is_success() {
            let text = format!("the upstream answered {}", status.as_u16());
            return Err(CallError::new(
                CallErrorKind::UpstreamStatus(status.as_u16()),
                text,
            ));
        }
        Ok(Answer {
            upstream_status: status.as_u16(),
            client_certificate_path: self.settings.source.file_name(),
            client_certificate_thumbprint: presented.facts.sha256,
        })
    }

    /// The client in use. Where there is none yet, a load that runs is waited for: the first call often comes while
    /// the process starts, and some files take seconds to decrypt.
    async fn presented(&self) -> Option<Arc<Presented>> {
        let presented = self.current.load_full();
        if presented.is_some() {
            return presented;
        }
        let _loaded = self.memory.lock().await;
        self.current.load_full()
    }
}

/// Sends the request, again where a connection broke behind its handshake and before an answer.
///
/// A TLS 1.3 server that refuses our certificate sends an alert and hangs up. If that happens before our request is
/// written, the write fails and the alert is never read; another attempt reads it. GET may be repeated (RFC 9110,
/// section 9.2.2).
async fn send(request: RequestBuilder) -> Result<Response, CallError> {
    for _ in 1..MAX_ATTEMPTS {
        let Some(again) = request.try_clone() else {
            break;
        };
        match again.send().await {
            Err(error) if !error.is_connect() => {
                let error = CallError::from_client(error);
                if error.kind() != CallErrorKind::Unreachable {
                    return Err(error);
                }
            }
            outcome => return outcome.map_err(CallError::from_client),
        }
    }
    request.send().await.map_err(CallError::from_client)
}

/// Builds the client that presents an identity.
///
/// TLS 1.2 at least, over HTTP/1.1. The anchors are added to the system's, or stand alone.
pub(super) fn build(
    identity: &Identity,
    anchors: Vec<Certificate>,
    anchors_only: bool,
    limits: &Limits,
) -> Result<reqwest::Client, String> {
    let builder = reqwest::Client::builder()
        .tls_backend_native()
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .https_only(true)
        .no_proxy()
        .referer(false)
        .redirect(Policy::custom(within_origin))
        .connect_timeout(limits.connect)
        .pool_idle_timeout(limits.idle)
        .pool_max_idle_per_host(limits.connections)
        .identity(identity.to_reqwest()?);
    let builder = if anchors_only {
        builder.tls_certs_only(anchors)
    } else {
        builder.tls_certs_merge(anchors)
    };
    builder.build().map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        cause.unwrap_or_else(|| error.to_string())
    })
}

fn within_origin(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let same_origin = attempt
        .previous()
        .first()
        .is_some_and(|first| first.origin() == attempt.url().origin());
    if same_origin && attempt.previous().len() <= MAX_REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

/// Reads the rest of an answer, up to a limit. An error here is none of the call's: the status is known.
async fn drain(mut response: Response) {
    let mut left = MAX_DRAINED_BYTES;
    while let Ok(Some(chunk)) = response.chunk().await {
        match left.checked_sub(chunk.len()) {
            Some(rest) => left = rest,
            None => break,
        }
    }
}

async fn cool_down(permit: OwnedSemaphorePermit) {
    sleep(COOL_DOWN).await;
    drop(permit);
}

/// A header value, if the text is a `traceparent` of the form that every version begins with.
fn trace_header(text: &str) -> Option<HeaderValue> {
    let is_hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let parts: Vec<&str> = text.split('-').collect();
    let well_formed = text.len() == TRACEPARENT_LENGTH
        && matches!(parts.as_slice(), [version, trace, parent, flags]
            if is_hex(version, 2) && is_hex(trace, 32) && is_hex(parent, 16) && is_hex(flags, 2));
    well_formed
        .then(|| HeaderValue::from_str(text).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_traceparent_is_passed_on() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(trace_header(good).is_some());
        let bad = [
            "",
            "00",
            &good.to_uppercase(),
            &format!("{good}\r\nX-A: b"),
            &good.replace('-', "_"),
            &good[1..],
            "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
        ];
        for text in bad {
            assert!(trace_header(text).is_none(), "{text:?}");
        }
    }
}
