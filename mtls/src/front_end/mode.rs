//! The client certificate modes of App Service, as pure decisions.

use clap::ValueEnum;

/// The largest body that passes where the platform renegotiates: 100 KB, fixed (App Service documentation).
pub(crate) const RENEGOTIATION_BODY_LIMIT: usize = 100 * 1024;

/// `clientCertMode` of a site, by its ARM names in lower case.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Mode {
    /// A caller without a certificate gets 403 from the front end
    Required,
    /// A certificate is asked for; a caller without one reaches the app
    #[default]
    Optional,
    /// As optional, with the limits of renegotiation: TLS 1.2 at most, 403 for bodies over 100 KB
    OptionalInteractiveUser,
    /// No certificate is asked for (clientCertEnabled: false; "Ignore" in the portal)
    Ignore,
}

/// What the front end asks of callers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Demand {
    /// The client certificate mode.
    pub(crate) mode: Mode,
    /// Path prefixes (`clientCertExclusionPaths`) where no certificate is looked at, in lower case.
    exclusions: Vec<String>,
}

/// What becomes of one request before any host sees it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Passage {
    /// It goes on, with the caller's certificate where one was presented.
    Forward {
        /// Whether the presented certificate is put into the header.
        with_certificate: bool,
        /// The largest body that may come along, where the platform limits it.
        body_limit: Option<usize>,
    },
    /// The platform's 403 `Client Certificate Required`.
    CertificateRequired,
}

impl Demand {
    /// A mode and its exclusion paths; a missing leading `/` is added, since App Service compares whole paths.
    pub(crate) fn new(mode: Mode, exclusions: &[String]) -> Self {
        let exclusions = exclusions
            .iter()
            .flat_map(|list| list.split([',', ';']))
            .map(|prefix| prefix.trim().to_ascii_lowercase())
            .filter(|prefix| !prefix.is_empty())
            .map(|prefix| match prefix.starts_with('/') {
                true => prefix,
                false => format!("/{prefix}"),
            })
            .collect();
        Self { mode, exclusions }
    }

    /// The prefixes, each in lower case with its slash.
    pub(crate) fn exclusions(&self) -> &[String] {
        &self.exclusions
    }

    /// Whether the handshake asks for a certificate.
    pub(crate) fn asks(&self) -> bool {
        self.mode != Mode::Ignore
    }

    /// Whether the platform would renegotiate: then TLS 1.3 and HTTP/2 do not work, and bodies are limited.
    pub(crate) fn renegotiates(&self) -> bool {
        match self.mode {
            Mode::OptionalInteractiveUser => true,
            Mode::Required | Mode::Optional => !self.exclusions.is_empty(),
            Mode::Ignore => false,
        }
    }

    /// Decides on one request by its raw path. It fails closed: only an exclusion lets a caller of `required` by.
    pub(crate) fn passage(&self, raw_path: &str, presented: bool) -> Passage {
        let asked = self.asks() && !self.excludes(raw_path);
        if asked && self.mode == Mode::Required && !presented {
            return Passage::CertificateRequired;
        }
        Passage::Forward {
            with_certificate: asked && presented,
            body_limit: (asked && self.renegotiates()).then_some(RENEGOTIATION_BODY_LIMIT),
        }
    }

    /// A prefix of the path as it was sent, before anybody decodes it: this is why exclusions are discouraged.
    fn excludes(&self, raw_path: &str) -> bool {
        let path = raw_path.to_ascii_lowercase();
        self.exclusions
            .iter()
            .any(|prefix| path.starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(mode: Mode, exclusions: &[&str]) -> Demand {
        let exclusions: Vec<String> = exclusions.iter().map(ToString::to_string).collect();
        Demand::new(mode, &exclusions)
    }

    const PLAIN: Passage = Passage::Forward {
        with_certificate: false,
        body_limit: None,
    };
    const CERTIFIED: Passage = Passage::Forward {
        with_certificate: true,
        body_limit: None,
    };

    #[test]
    fn each_mode_treats_presence_and_absence_as_documented() {
        let limit = Some(RENEGOTIATION_BODY_LIMIT);
        let limited = |with_certificate| Passage::Forward {
            with_certificate,
            body_limit: limit,
        };
        let table = [
            (Mode::Required, true, CERTIFIED),
            (Mode::Required, false, Passage::CertificateRequired),
            (Mode::Optional, true, CERTIFIED),
            (Mode::Optional, false, PLAIN),
            (Mode::OptionalInteractiveUser, true, limited(true)),
            (Mode::OptionalInteractiveUser, false, limited(false)),
            (Mode::Ignore, true, PLAIN),
            (Mode::Ignore, false, PLAIN),
        ];
        for (mode, presented, expected) in table {
            assert_eq!(
                demand(mode, &[]).passage("/api/x", presented),
                expected,
                "{mode:?} {presented}"
            );
        }
    }

    #[test]
    fn an_excluded_prefix_is_compared_with_the_raw_path_without_case() {
        let demand = demand(Mode::Required, &["/api/Health; admin", ""]);
        for path in [
            "/api/health",
            "/API/HEALTHY",
            "/api/health/..%5CSecuredFunction",
            "/admin",
        ] {
            assert_eq!(demand.passage(path, false), PLAIN, "{path}");
            assert_eq!(demand.passage(path, true), PLAIN, "{path}");
        }
        for path in ["/api/heal", "/api/%68ealth", "/", "//api/health"] {
            assert_eq!(
                demand.passage(path, false),
                Passage::CertificateRequired,
                "{path}"
            );
        }
    }

    #[test]
    fn renegotiation_comes_with_interactive_users_and_with_any_exclusion() {
        let table = [
            (Mode::Required, false, false),
            (Mode::Required, true, true),
            (Mode::Optional, false, false),
            (Mode::Optional, true, true),
            (Mode::OptionalInteractiveUser, false, true),
            (Mode::Ignore, true, false),
        ];
        for (mode, excluded, expected) in table {
            let paths: &[&str] = if excluded { &["/x"] } else { &[] };
            assert_eq!(
                demand(mode, paths).renegotiates(),
                expected,
                "{mode:?} {excluded}"
            );
        }
    }
}
