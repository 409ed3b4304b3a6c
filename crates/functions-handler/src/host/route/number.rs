//! Numbers as .NET's `TryParse` reads them under the invariant culture.

/// The largest `decimal`: 2^96 - 1.
const DECIMAL_MAX: &str = "79228162514264337593543950335";

/// Whole numbers from `first` to `last`, both included.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Interval {
    first: i64,
    last: i64,
}

impl Interval {
    /// `None` if the first bound is above the last.
    pub(super) fn new(first: i64, last: i64) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    pub(super) fn contains(self, value: i64) -> bool {
        (self.first..=self.last).contains(&value)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// `NumberStyles.Integer`: blanks around, a sign in front, digits.
pub(super) fn integer(text: &str) -> Option<i64> {
    // Rust takes the sign and the digits as .NET does.
    text.trim_matches(is_blank).parse().ok()
}

/// `NumberStyles.Float | AllowThousands`, and the names of the values that are no numbers.
pub(super) fn is_float(text: &str) -> bool {
    let text = text.trim_matches(is_blank);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.eq_ignore_ascii_case("infinity") || unsigned.eq_ignore_ascii_case("nan") {
        return true;
    }
    Digits::read(unsigned).is_some_and(|digits| is_exponent(digits.rest))
}

/// `NumberStyles.Number`: a sign in front or behind, thousands, a point, no exponent.
pub(super) fn is_decimal(text: &str) -> bool {
    let text = text.trim_matches(is_blank);
    let unsigned = text.strip_prefix(['+', '-']);
    let Some(digits) = Digits::read(unsigned.unwrap_or(text)) else {
        return false;
    };
    let rest = digits.rest.trim_start_matches(is_blank);
    let sign = unsigned.is_none() && (rest == "+" || rest == "-");
    (rest.is_empty() || sign) && digits.fits_decimal()
}

struct Digits<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl<'a> Digits<'a> {
    /// Digits with commas anywhere behind the first, then perhaps a point and digits; one digit at least.
    fn read(text: &'a str) -> Option<Self> {
        let end = text
            .find(|letter: char| !(letter.is_ascii_digit() || letter == ','))
            .unwrap_or(text.len());
        let (whole, rest) = text.split_at(end);
        if whole.starts_with(',') {
            return None;
        }
        let Some(fraction) = rest.strip_prefix('.') else {
            return (!whole.is_empty()).then_some(Self { whole, rest });
        };
        let rest = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let has_digit = !whole.is_empty() || rest.len() < fraction.len();
        has_digit.then_some(Self { whole, rest })
    }

    fn fits_decimal(&self) -> bool {
        let digits: String = self.whole.chars().filter(|&letter| letter != ',').collect();
        let digits = digits.trim_start_matches('0');
        digits.len() < DECIMAL_MAX.len()
            || (digits.len() == DECIMAL_MAX.len() && digits <= DECIMAL_MAX)
    }
}

fn is_exponent(text: &str) -> bool {
    let Some(exponent) = text.strip_prefix(['e', 'E']) else {
        return text.is_empty();
    };
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// .NET's white space in numbers is ASCII alone: 9 to 13 and the blank.
fn is_blank(letter: char) -> bool {
    matches!(letter, '\t'..='\r' | ' ')
}
