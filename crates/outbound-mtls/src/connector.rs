//! From an identity to the HTTP client that presents it.

use std::error::Error;

use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Certificate, Client};

use super::identity::Identity;
use super::limits::Limits;
use super::load_error::{LoadError, LoadErrorKind};

/// Redirects within one origin that are followed; browsers stop at 20, and an API needs one.
const MAX_REDIRECTS: usize = 5;

/// How many causes of an error are followed to the TLS library's own words; real errors have two.
const MAX_CAUSES: usize = 8;

impl Identity {
    /// The HTTP client that presents this identity: TLS 1.2 or later, HTTP/1.1, https alone, no proxy, redirects
    /// within one origin.
    ///
    /// This is what [`Outbound`](crate::Outbound) does when it loads an identity, so it shows what the TLS library
    /// makes of one: OpenSSL refuses at its default security level what servers at that level would refuse, such as
    /// a key of RSA with 1024 bits or a SHA-1 signature (`SSL_CTX_set_security_level(3)`).
    ///
    /// # Errors
    ///
    /// [`LoadErrorKind::Client`], with the TLS library's reason. `at` names the file.
    pub fn client(
        &self,
        at: &str,
        anchors: Vec<Certificate>,
        anchors_only: bool,
        limits: &Limits,
    ) -> Result<Client, LoadError> {
        let refuse = |reason: String| {
            let text = format!("the TLS library refuses this identity: {reason}");
            LoadError::new(at, LoadErrorKind::Client, text)
        };
        let builder = name_lookup::configure(Client::builder())
            .tls_backend_native()
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .https_only(true)
            .no_proxy()
            .referer(false)
            .redirect(Policy::custom(within_origin))
            .connect_timeout(limits.connect)
            .pool_idle_timeout(limits.idle)
            .pool_max_idle_per_host(limits.connections)
            .identity(self.to_reqwest().map_err(refuse)?);
        let builder = if anchors_only {
            builder.tls_certs_only(anchors)
        } else {
            builder.tls_certs_merge(anchors)
        };
        builder.build().map_err(|error| {
            let reason = innermost(&error);
            let advice = advice(&reason);
            refuse(format!("{reason}{advice}"))
        })
    }
}

/// What OpenSSL's reason means, where people have asked.
fn advice(reason: &str) -> &'static str {
    if reason.contains("md too weak") {
        " (it is signed with SHA-1 or weaker; have it issued again with SHA-256)"
    } else if reason.contains("key too small") {
        " (its key is too short; have one issued with RSA of 2048 bits or more, or P-256)"
    } else {
        ""
    }
}

/// The words of the innermost cause.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    for _ in 0..MAX_CAUSES {
        match error.source() {
            Some(cause) => error = cause,
            None => break,
        }
    }
    error.to_string()
}

fn within_origin(attempt: Attempt<'_>) -> Action {
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
