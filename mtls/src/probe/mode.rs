//! Which client certificate mode the app seems to have, seen from outside.

use super::row::{Row, Verdict};

/// When a server asks for a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asks {
    /// In the first handshake.
    AtOnce,
    /// In a second handshake, after a request.
    Later,
    /// Not in TLS 1.2, neither in the first handshake nor after a request for the secured function.
    Never,
    /// No TLS 1.2 handshake to look at.
    Unknown,
}

/// What distinguishes the modes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs {
    pub(super) asks: Asks,
    /// Whether the front end itself refused the caller without a certificate.
    pub(super) stopped: bool,
    /// Whether the allowed caller was admitted.
    pub(super) admitted: bool,
    pub(super) tls_1_3: bool,
}

/// The mode by its ARM name. It is a guess: nothing on the wire names it.
pub(super) fn row(signs: Signs) -> Row {
    let (seen, verdict) = mode(signs);
    Row {
        check: "client certificate mode, by its looks".to_owned(),
        expected: "Required or Optional",
        seen: seen.to_owned(),
        verdict,
        advice: (verdict == Verdict::Wrong)
            .then_some("set clientCertEnabled to true and clientCertMode to Optional or Required"),
    }
}

fn mode(signs: Signs) -> (&'static str, Verdict) {
    let Signs {
        asks,
        stopped,
        admitted,
        tls_1_3,
    } = signs;
    match asks {
        _ if stopped => ("Required", Verdict::Fine),
        Asks::AtOnce if tls_1_3 => ("Optional", Verdict::Fine),
        Asks::AtOnce => ("OptionalInteractiveUser, or exclusion paths", Verdict::Note),
        Asks::Later => (
            "OptionalInteractiveUser (asks after the first handshake)",
            Verdict::Note,
        ),
        Asks::Never if admitted => (
            "off as far as TLS 1.2 shows, and the allowed caller is admitted",
            Verdict::Note,
        ),
        Asks::Never => ("off: nobody is asked for a certificate", Verdict::Wrong),
        Asks::Unknown if admitted => ("Optional or OptionalInteractiveUser", Verdict::Note),
        Asks::Unknown => ("unknown: no TLS 1.2 handshake to look at", Verdict::Note),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_its_looks() {
        for (asks, stopped, admitted, tls_1_3, beginning, verdict) in [
            (Asks::AtOnce, true, true, true, "Required", Verdict::Fine),
            (Asks::AtOnce, false, true, true, "Optional", Verdict::Fine),
            (
                Asks::AtOnce,
                false,
                true,
                false,
                "OptionalInteractiveUser, or",
                Verdict::Note,
            ),
            (
                Asks::Later,
                false,
                true,
                false,
                "OptionalInteractiveUser (asks",
                Verdict::Note,
            ),
            (
                Asks::Later,
                false,
                false,
                false,
                "OptionalInteractiveUser (asks",
                Verdict::Note,
            ),
            (
                Asks::Never,
                false,
                true,
                false,
                "off as far as",
                Verdict::Note,
            ),
            (
                Asks::Never,
                false,
                false,
                true,
                "off: nobody",
                Verdict::Wrong,
            ),
            (
                Asks::Unknown,
                false,
                true,
                true,
                "Optional or",
                Verdict::Note,
            ),
            (Asks::Unknown, false, false, true, "unknown", Verdict::Note),
        ] {
            let signs = Signs {
                asks,
                stopped,
                admitted,
                tls_1_3,
            };
            let row = row(signs);
            assert!(row.seen.starts_with(beginning), "{signs:?} {row:?}");
            assert_eq!(row.verdict, verdict, "{signs:?}");
        }
    }
}
