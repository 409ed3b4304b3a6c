//! Numbers as Newtonsoft reads them (`JsonTextReader.cs`: `ParseReadNumber`) and .NET writes them (`Double.ToString`).

use super::token::Token;

/// From this decimal exponent on .NET writes an exponent; below [`SMALLEST`] too.
const LARGEST: i32 = 15;
const SMALLEST: i32 = -4;

/// The number that a text without blanks is; hexadecimal and octal ones too.
pub(super) fn parse(text: &str) -> Option<Token> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let lower = digits.to_ascii_lowercase();
    let of_base = |digits: &str, base| i64::from_str_radix(digits, base).ok();
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty();
    if let Some(hexadecimal) = lower.strip_prefix("0x") {
        return Some(Token::Integer(format!(
            "{sign}{}",
            of_base(hexadecimal, 16)?
        )));
    }
    if is_decimal && digits.len() > 1 && digits.starts_with('0') {
        return Some(Token::Integer(format!("{sign}{}", of_base(digits, 8)?)));
    }
    if is_decimal {
        return Some(Token::Integer(text.to_owned()));
    }
    let is_number = digits.bytes().any(|byte| byte.is_ascii_digit())
        && lower
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".e+-".contains(&byte));
    is_number
        .then(|| text.parse().ok().map(Token::Float))
        .flatten()
}

/// As `Double.ToString` of no culture writes it: the shortest digits that read back.
pub(super) fn text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if number == 0.0 || (SMALLEST..LARGEST).contains(&exponent) {
        return format!("{number}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}E{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written() {
        let integer = |text: &str| Some(Token::Integer(text.to_owned()));
        let table = [
            ("5", integer("5")),
            ("-5", integer("-5")),
            (
                "123456789012345678901234567890",
                integer("123456789012345678901234567890"),
            ),
            ("0x1F", integer("31")),
            ("010", integer("8")),
            ("1.50", Some(Token::Float(1.5))),
            ("1e3", Some(Token::Float(1000.0))),
            ("-", None),
            ("abc", None),
            ("1.2.3", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text), expected, "{text}");
        }
        let table = [
            (1.5, "1.5"),
            (202.0, "202"),
            (12_345_678_901_234_567_890.5, "1.2345678901234567E+19"),
            (1e15, "1E+15"),
            (123_456_789_012_345.0, "123456789012345"),
            (0.00001, "1E-05"),
            (0.0001, "0.0001"),
            (-0.5, "-0.5"),
        ];
        for (number, expected) in table {
            assert_eq!(super::text(number), expected, "{number}");
        }
    }
}
