//! The form of a text in which the attributes of names are compared (RFC 5280, section 7.1; RFC 4518).

use stringprep::tables::{
    case_fold_for_nfkc, non_character_code_point, private_use, unassigned_code_point,
};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::invisible::is_invisible;

/// Prepares a text by RFC 4518, section 2, for a comparison without case: case is folded, NFKC applied, blanks at the ends are
/// left out and blanks inside are one blank. `None` for a text that is compared exactly as it is.
///
/// Exactly compared are texts with code points that RFC 4518, section 2.4, prohibits, and, which is stricter than section
/// 2.2, texts with invisible characters ([`is_invisible`]): RFC 4518 leaves most of them out, so that a name could equal
/// another from which an authority, and whoever reads the log, tells it apart. (`stringprep::x520prep` is not used: it applies
/// no NFKC after folding, so that a composed letter differs from a decomposed one.)
pub(super) fn prepared(text: &str) -> Option<String> {
    if text.chars().any(is_invisible) {
        return None;
    }
    let normal: String = match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => text.chars().flat_map(case_fold_for_nfkc).nfkc().collect(),
    };
    let prohibited = |c| {
        unassigned_code_point(c)
            || private_use(c)
            || non_character_code_point(c)
            || c == char::REPLACEMENT_CHARACTER
    };
    (text.is_ascii() || !normal.chars().any(prohibited)).then(|| without_insignificant(&normal))
}

/// RFC 4518, section 2.6.1: a blank counts unless a combining mark follows it, with which it is one character.
fn without_insignificant(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut blank = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let carries_mark = rest.peek().is_some_and(|next| is_combining_mark(*next));
        if c == ' ' && !carries_mark {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) && !kept.is_empty() {
            kept.push(' ');
        }
        kept.push(c);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_people_take_for_one_are_one() {
        for (one, other) in [
            ("Example", "eXAMPLE"),
            ("  a   b ", "a b"),
            ("", "   "),
            ("M\u{dc}LLER", "m\u{fc}ller"),
            ("m\u{fc}ller", "mu\u{308}ller"),
            ("Stra\u{df}e", "STRASSE"),
            ("\u{3a3}", "\u{3c2}"),
            ("\u{ff21}\u{ff22}", "ab"),
            ("\u{fb01}ne", "fine"),
            ("a\u{3000}b", "a b"),
            ("\u{212b}", "a\u{30a}"),
        ] {
            assert!(prepared(one).is_some(), "{one:?}");
            assert_eq!(prepared(one), prepared(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn texts_that_differ_stay_different() {
        for (one, other) in [
            ("a b", "ab"),
            ("a", "\u{430}"),
            ("muller", "m\u{fc}ller"),
            ("a \u{301}", "a\u{301}"),
            ("1", "2"),
        ] {
            assert_ne!(prepared(one), prepared(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn what_people_cannot_see_or_nobody_assigned_is_compared_exactly() {
        for text in [
            "a\u{ad}b",
            "a\0",
            "a\tb",
            "a\u{a0}b",
            "a\u{200b}",
            "a\u{202e}b",
            "\u{fffd}",
            "\u{e000}",
            "\u{fdd0}",
            "\u{1f9ff}",
        ] {
            assert_eq!(prepared(text), None, "{text:?}");
        }
    }
}
