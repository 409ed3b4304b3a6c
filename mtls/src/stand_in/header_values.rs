//! What .NET's client makes of the headers of an answer (`KnownHeaders.cs`, `HttpHeaders.cs`): those that it knows are
//! parsed and written anew, and a value that does not parse stays as it came.

use super::cache_control;
use super::http_client::{is_token_byte, length};
use super::media_type::MediaType;
use super::uri;

/// Lists of tokens: each becomes a line.
const TOKEN_LISTS: [&str; 7] = [
    "accept-ranges",
    "allow",
    "connection",
    "content-encoding",
    "content-language",
    "trailer",
    "vary",
];

/// Lists of other elements, which hold no comma outside quotes: each becomes a line.
const ELEMENT_LISTS: [&str; 4] = ["pragma", "upgrade", "via", "warning"];

/// Lists of challenges, whose parameters are divided by commas too.
const CHALLENGES: [&str; 2] = ["proxy-authenticate", "www-authenticate"];

/// The lines that one name gets, from those that the handler sent under it; the name is in lower case.
pub(super) fn rewritten(name: &str, values: &[&[u8]]) -> Vec<Vec<u8>> {
    if name == "cache-control" {
        return match texts(values).and_then(|texts| cache_control::rewritten(&texts)) {
            Some(line) => vec![line.into_bytes()],
            None => lines(values),
        };
    }
    let rewritten = values.iter().flat_map(|value| match text(value) {
        Some(text) => one(name, text),
        None => vec![value.to_vec()],
    });
    rewritten.collect()
}

fn texts<'a>(values: &[&'a [u8]]) -> Option<Vec<&'a str>> {
    values.iter().map(|value| text(value)).collect()
}

fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok()
}

fn lines(values: &[&[u8]]) -> Vec<Vec<u8>> {
    values.iter().map(|value| value.to_vec()).collect()
}

/// The lines that one line becomes.
fn one(name: &str, value: &str) -> Vec<Vec<u8>> {
    let as_it_came = || vec![value.to_owned()];
    let lines = match name {
        _ if TOKEN_LISTS.contains(&name) => elements(value, is_token).unwrap_or_else(as_it_came),
        _ if ELEMENT_LISTS.contains(&name) => {
            elements(value, |element| !element.is_empty()).unwrap_or_else(as_it_came)
        }
        _ if CHALLENGES.contains(&name) => challenges(value).unwrap_or_else(as_it_came),
        "server" => products(value).unwrap_or_else(as_it_came),
        "content-type" => single(MediaType::parse(value).map(|kind| kind.to_string()), value),
        "content-disposition" => single(
            MediaType::disposition(value).map(|kind| kind.to_string()),
            value,
        ),
        "location" | "content-location" => single(uri::location(value), value),
        "age" => single(length(value.as_bytes()).map(|age| age.to_string()), value),
        "retry-after" if length(value.as_bytes()).is_some() => single(
            length(value.as_bytes()).map(|after| after.to_string()),
            value,
        ),
        "date" | "expires" | "last-modified" | "retry-after" => single(date(value), value),
        _ => as_it_came(),
    };
    lines.into_iter().map(String::into_bytes).collect()
}

fn single(parsed: Option<String>, value: &str) -> Vec<String> {
    vec![parsed.unwrap_or_else(|| value.to_owned())]
}

fn date(value: &str) -> Option<String> {
    let date = httpdate::parse_http_date(value).ok()?;
    Some(httpdate::fmt_http_date(date))
}

/// The elements of a list, empty ones left out; nothing where one is not `sound`, or none is there.
fn elements(value: &str, sound: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let parts = parts(value, ',');
    let elements: Vec<String> = parts
        .iter()
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    let is_list = !elements.is_empty() && elements.iter().all(|element| sound(element));
    is_list.then_some(elements)
}

/// The challenges of a list: a scheme begins one, a parameter continues it.
fn challenges(value: &str) -> Option<Vec<String>> {
    let mut challenges: Vec<String> = Vec::new();
    for part in elements(value, |_| true)? {
        let first = part.split(' ').next().unwrap_or_default();
        match challenges.last_mut() {
            Some(last)
                if !is_token(first) || part.get(first.len()..)?.trim_start().starts_with('=') =>
            {
                last.push_str(", ");
                last.push_str(&part);
            }
            _ if is_token(first) => challenges.push(part),
            _ => return None,
        }
    }
    Some(challenges)
}

/// Products (`name/version`) and comments: each becomes a line.
fn products(value: &str) -> Option<Vec<String>> {
    let mut products = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        let end = match rest.starts_with('(') {
            true => comment_end(rest)?,
            false => rest.find(' ').unwrap_or(rest.len()),
        };
        let (product, after) = rest.split_at_checked(end)?;
        if !product.starts_with('(') && !product.splitn(2, '/').all(is_token) {
            return None;
        }
        products.push(product.to_owned());
        rest = after.trim_start();
    }
    (!products.is_empty()).then_some(products)
}

fn comment_end(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// The text divided at each separator outside of quoted strings.
pub(super) fn parts(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if c == separator && !quoted => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// Whether it is a token (RFC 9110, section 5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

#[cfg(test)]
mod tests;
