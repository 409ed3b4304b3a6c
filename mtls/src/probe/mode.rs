//! Which client certificate mode it looks like from outside.

use super::judgement::{Row, Verdict};

/// What tells the modes apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs {
    /// Whether the first handshake asks for a certificate, where that could be seen.
    pub(super) asks: Option<bool>,
    /// Whether the front end itself stopped the caller without one.
    pub(super) stopped: bool,
    /// Whether the allowed caller got in.
    pub(super) admitted: bool,
    pub(super) tls_1_3: bool,
}

/// The mode by its ARM name. It is a guess: nothing on the wire names it.
pub(super) fn row(signs: Signs) -> Row {
    let (seen, verdict) = match signs {
        Signs { stopped: true, .. } => ("Required", Verdict::Fine),
        Signs {
            asks: Some(true),
            tls_1_3: true,
            ..
        } => ("Optional", Verdict::Fine),
        Signs {
            asks: Some(true), ..
        } => ("OptionalInteractiveUser, or exclusion paths", Verdict::Note),
        Signs {
            asks: Some(false),
            admitted: true,
            ..
        } => (
            "OptionalInteractiveUser (asks after the first handshake)",
            Verdict::Note,
        ),
        Signs {
            asks: Some(false), ..
        } => ("off: nobody is asked for a certificate", Verdict::Wrong),
        Signs {
            asks: None,
            admitted: true,
            ..
        } => ("Optional or OptionalInteractiveUser", Verdict::Note),
        Signs { asks: None, .. } => ("not known: no TLS 1.2 handshake to look at", Verdict::Note),
    };
    Row {
        check: "client certificate mode, by its looks".to_owned(),
        expected: "Required or Optional",
        seen: seen.to_owned(),
        verdict,
        advice: (verdict == Verdict::Wrong)
            .then_some("set clientCertEnabled to true and clientCertMode to Optional or Required"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_its_looks() {
        let signs = |asks, stopped, admitted, tls_1_3| Signs {
            asks,
            stopped,
            admitted,
            tls_1_3,
        };
        for (signs, beginning, verdict) in [
            (
                signs(Some(true), true, true, true),
                "Required",
                Verdict::Fine,
            ),
            (
                signs(Some(true), false, true, true),
                "Optional",
                Verdict::Fine,
            ),
            (
                signs(Some(true), false, true, false),
                "OptionalInteractiveUser, or",
                Verdict::Note,
            ),
            (
                signs(Some(false), false, true, false),
                "OptionalInteractiveUser (asks",
                Verdict::Note,
            ),
            (
                signs(Some(false), false, false, true),
                "off",
                Verdict::Wrong,
            ),
            (signs(None, false, true, true), "Optional or", Verdict::Note),
            (signs(None, false, false, true), "not known", Verdict::Note),
        ] {
            let row = row(signs);
            assert!(row.seen.starts_with(beginning), "{signs:?} {row:?}");
            assert_eq!(row.verdict, verdict, "{signs:?}");
        }
    }
}
