//! One address for each identity, all of the same app.

use app_settings::Problem;

use crate::probe::Target;

/// The addresses that requests begin with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Addresses {
    pub(super) allowed: String,
    pub(super) denied: String,
    /// Without a certificate.
    pub(super) anonymous: String,
}

/// How they are distinguished.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Apart {
    /// By the three names of this machine, all of which the server certificate of `certs/` has. Postman's own
    /// settings, which know hosts and ports only, can follow this.
    ByHost,
    /// By the spelling of the route prefix. newman alone can follow this.
    ByPrefix,
}

impl Addresses {
    /// The three addresses of `target`.
    ///
    /// # Errors
    ///
    /// A prefix that has no three spellings.
    pub(super) fn of(target: &Target, apart: Apart) -> Result<Self, Problem> {
        let port = target.port;
        let prefix = target.prefix();
        if apart == Apart::ByHost {
            let address = |host: &str| format!("https://{host}:{port}{prefix}");
            return Ok(Self {
                allowed: address("localhost"),
                denied: address("127.0.0.1"),
                anonymous: address("[::1]"),
            });
        }
        let [allowed, denied, anonymous] =
            spellings(prefix).ok_or_else(|| {
                let text = format!(
                    "expected a route prefix with two letters at least, since its spelling tells the identities apart, found {prefix:?}"
                );
                Problem::new("--base-url", text)
            })?
            .map(|prefix| format!("https://{}{prefix}", target.authority));
        Ok(Self {
            allowed,
            denied,
            anonymous,
        })
    }
}

/// Three spellings that differ in case alone: as given, and two more.
fn spellings(prefix: &str) -> Option<[String; 3]> {
    let lower = prefix.to_ascii_lowercase();
    let mut title = lower.clone();
    let letter = lower.find(|c: char| c.is_ascii_lowercase())?;
    title.get_mut(letter..=letter)?.make_ascii_uppercase();
    let mut seen = vec![prefix.to_owned()];
    for spelling in [prefix.to_ascii_uppercase(), title, lower] {
        if !seen.contains(&spelling) {
            seen.push(spelling);
        }
    }
    seen.truncate(3);
    seen.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(url: &str, apart: Apart) -> Result<[String; 3], Problem> {
        let target = Target::parse(url).unwrap();
        let Addresses {
            allowed,
            denied,
            anonymous,
        } = Addresses::of(&target, apart)?;
        Ok([allowed, denied, anonymous])
    }

    #[test]
    fn this_machine_has_three_names() {
        assert_eq!(
            addresses("https://localhost:7443", Apart::ByHost).unwrap(),
            [
                "https://localhost:7443/api",
                "https://127.0.0.1:7443/api",
                "https://[::1]:7443/api"
            ]
        );
    }

    #[test]
    fn elsewhere_the_prefix_has_three_spellings() {
        for (url, expected) in [
            (
                "https://app.test",
                [
                    "https://app.test/api",
                    "https://app.test/API",
                    "https://app.test/Api",
                ],
            ),
            (
                "https://app.test:8443/API",
                [
                    "https://app.test:8443/API",
                    "https://app.test:8443/Api",
                    "https://app.test:8443/api",
                ],
            ),
            (
                "https://app.test/v1/x",
                [
                    "https://app.test/v1/x",
                    "https://app.test/V1/X",
                    "https://app.test/V1/x",
                ],
            ),
        ] {
            assert_eq!(addresses(url, Apart::ByPrefix).unwrap(), expected, "{url}");
        }
        for url in ["https://app.test/1", "https://app.test/v1"] {
            let problem = addresses(url, Apart::ByPrefix).unwrap_err();
            assert!(problem.text().contains("two letters"), "{problem}");
        }
    }
}
