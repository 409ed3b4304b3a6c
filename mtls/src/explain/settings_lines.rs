//! Settings in lines: `.env` files, and assignments of a shell.

use app_settings::Problem;

/// What precedes an assignment in POSIX shells, cmd and PowerShell.
const EXPORT: &str = "export";
const SET: &str = "set";
const POWERSHELL: &str = "$env:";

/// Names and values in the order of the lines. Every line is read or refused by its number; no value is shown.
///
/// # Errors
///
/// All lines that are not assignments, or whose value a shell would compute.
pub(super) fn parse(name: &str, text: &str) -> Result<Vec<(String, String)>, Vec<Problem>> {
    let mut pairs = Vec::new();
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match assignment(line) {
            Ok(pair) => pairs.push(pair),
            Err(text) => problems.push(Problem::new(format!("{name}: line {number}"), text)),
        }
    }
    match problems.is_empty() {
        true => Ok(pairs),
        false => Err(problems),
    }
}

fn assignment(line: &str) -> Result<(String, String), &'static str> {
    const OTHER: &str = "expected NAME=value, export NAME=value or set NAME=value, found another line; correct it, or put # before a comment";
    let (line, is_shell) = if let Some(rest) = word(line, EXPORT) {
        (rest, true)
    } else if let Some(rest) = word(line, SET) {
        // cmd also takes the whole assignment in quotes.
        let inside = rest
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        (inside.unwrap_or(rest), false)
    } else if let Some(rest) = prefix(line, POWERSHELL) {
        (rest, true)
    } else {
        (line, false)
    };
    let (name, value) = line.split_once('=').ok_or(OTHER)?;
    let name = name.trim();
    if !is_name(name) {
        return Err(OTHER);
    }
    Ok((name.to_owned(), literal(value.trim(), is_shell)?))
}

/// The names of app settings: letters, digits, and what separates their parts.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-'))
}

/// The value without one pair of quotes around it. What a shell would compute or cut off is refused: it would not be the
/// value that the handler gets.
fn literal(value: &str, is_shell: bool) -> Result<String, &'static str> {
    let quote = ['"', '\'']
        .into_iter()
        .find(|quote| value.starts_with(*quote));
    let inside = quote.map(|quote| value.get(1..).and_then(|rest| rest.strip_suffix(quote)));
    let inside = match inside {
        Some(None) => {
            return Err(
                "expected a quote at the value's end, found none; close it, or remove the first one",
            );
        }
        Some(Some(inside)) => inside,
        None => value,
    };
    if quote.is_some_and(|quote| inside.contains(quote)) {
        return Err(
            "expected one pair of quotes around the whole value, found more; write the value without them",
        );
    }
    if quote.is_none() && value.contains(" #") {
        return Err(
            "expected a value alone, found a comment after it; put the comment on a line of its own",
        );
    }
    if is_shell && quote.is_none() && value.contains([' ', '\t', ';', '&', '|']) {
        return Err(
            "expected one word or a value in quotes, found several words; put the value in quotes",
        );
    }
    if is_shell && quote != Some('\'') && value.contains(['$', '`', '\\']) {
        return Err(
            "expected a literal value, found one that the shell computes; write the value itself, in single quotes",
        );
    }
    Ok(inside.to_owned())
}

/// What follows a word and blanks.
fn word<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    prefix(line, word)
        .filter(|rest| rest.starts_with([' ', '\t']))
        .map(str::trim_start)
}

fn prefix<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    let (first, rest) = line.split_at_checked(prefix.len())?;
    first.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_or_refused_by_its_number() {
        for (line, expected) in [
            ("A=b", Some("b")),
            ("A = b", Some("b")),
            ("A=", Some("")),
            ("A=b=c", Some("b=c")),
            ("A=b, c", Some("b, c")),
            ("A=\"b c\"", Some("b c")),
            ("A='b'", Some("b")),
            ("export A=b", Some("b")),
            ("export\tA='b $c'", Some("b $c")),
            ("set A=b c", Some("b c")),
            ("SET A=b", Some("b")),
            ("set \"A=b c\"", Some("b c")),
            ("$env:A = \"b c\"", Some("b c")),
            ("A", None),
            ("=b", None),
            ("A B=c", None),
            ("unset A=b", None),
            ("export A", None),
            ("export A=b c", None),
            ("export A=$b", None),
            ("export A=\"`b`\"", None),
            ("export A=b; export B=c", None),
            ("A=\"b", None),
            ("A=\"b\" \"c\"", None),
            ("A=b # c", None),
            ("exportA=b", Some("b")),
        ] {
            let text = format!("# comment\n\n{line}\r\n");
            let expected_name = if line.starts_with("exportA") {
                "exportA"
            } else {
                "A"
            };
            let parsed = parse("settings", &text);
            match expected {
                Some(value) => {
                    let expected = vec![(expected_name.to_owned(), value.to_owned())];
                    assert_eq!(parsed, Ok(expected), "{line}");
                }
                None => {
                    let problems = parsed.unwrap_err();
                    assert_eq!(problems.len(), 1, "{line}");
                    assert_eq!(problems[0].at(), "settings: line 3", "{line}");
                }
            }
        }
    }
}
