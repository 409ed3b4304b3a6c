//! What .NET's client does to method and headers, whichever dialect the host speaks (`HttpMethod.cs`, `HttpHeaders.cs`).

use http::Method;
use http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, SERVER, USER_AGENT};

use super::dialect::Unsendable;

/// Methods that .NET knows, and so hands over in upper case.
const KNOWN_METHODS: [Method; 9] = [
    Method::CONNECT,
    Method::DELETE,
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::PATCH,
    Method::POST,
    Method::PUT,
    Method::TRACE,
];

/// Headers that .NET counts as content: they belong to a body, and no request takes them without one (`KnownHeaders.cs`).
pub(crate) const CONTENT_HEADERS: [&str; 11] = [
    "allow",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "expires",
    "last-modified",
];

/// The method as .NET's client sends it.
pub(crate) fn known_method(method: &Method) -> Method {
    let mut known = KNOWN_METHODS.iter();
    let known = known.find(|known| known.as_str().eq_ignore_ascii_case(method.as_str()));
    known.unwrap_or(method).clone()
}

/// Whether .NET's client writes `Content-Length: 0` where there is no content.
pub(crate) fn must_have_length(method: &Method) -> bool {
    let never = [
        Method::CONNECT,
        Method::DELETE,
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
    ];
    !never.contains(method)
}

/// Copies the headers that `keep` names, repeated ones joined into one line.
///
/// # Errors
///
/// [`Unsendable::NonAscii`], also for control characters beyond what .NET writes.
pub(crate) fn joined(
    headers: &HeaderMap,
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
            USER_AGENT | SERVER => " ",
            COOKIE => "; ",
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
