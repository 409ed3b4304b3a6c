//! What .NET's client does to headers, whichever dialect the host speaks.

use http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use super::dialect::Unsendable;

/// Copies the headers that `keep` names, repeated ones joined into one line.
///
/// # Errors
///
/// [`Unsendable::NonAscii`], also for control characters beyond what .NET writes.
pub(crate) fn joined(
    headers: &HeaderMap,
    cookie_separator: &str,
    keep: impl Fn(&HeaderName) -> bool,
) -> Result<HeaderMap, Unsendable> {
    let mut copied = HeaderMap::with_capacity(headers.len());
    for name in headers.keys().filter(|name| keep(name)) {
        let values: Vec<&str> = headers
            .get_all(name)
            .iter()
            .map(ascii)
            .collect::<Result<_, _>>()?;
        let separator = match *name {
            USER_AGENT => " ",
            COOKIE => cookie_separator,
            _ => ", ",
        };
        set(&mut copied, name.clone(), &values.join(separator))?;
    }
    Ok(copied)
}

/// Sets a header, replacing what it held.
///
/// # Errors
///
/// [`Unsendable::Malformed`] where no header can hold the value.
pub(crate) fn set(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: &str,
) -> Result<(), Unsendable> {
    let value = HeaderValue::from_str(value).map_err(|_| Unsendable::Malformed)?;
    headers.insert(name, value);
    Ok(())
}

/// Adds a value behind what the header holds, in the same line.
///
/// # Errors
///
/// As [`set`].
pub(crate) fn append(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: &str,
) -> Result<(), Unsendable> {
    let whole = match headers.get(&name).map(ascii).transpose()? {
        Some(first) => format!("{first}, {value}"),
        None => value.to_owned(),
    };
    set(headers, name, &whole)
}

fn ascii(value: &HeaderValue) -> Result<&str, Unsendable> {
    std::str::from_utf8(value.as_bytes())
        .ok()
        .filter(|text| text.is_ascii())
        .ok_or(Unsendable::NonAscii)
}
