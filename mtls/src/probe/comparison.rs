//! Whether two answers differ in anything but what differs between any two: the date and identifiers.

use uuid::Uuid;

use super::answer::Answer;

/// The length of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
const UUID_LENGTH: usize = 36;

impl Answer {
    /// Whether only the date and identifiers differ.
    ///
    /// # Errors
    ///
    /// The first difference, in words.
    pub(super) fn same_but_for_identifiers(&self, other: &Self) -> Result<(), String> {
        if self.status != other.status {
            return Err(format!("status {} and {}", self.status, other.status));
        }
        let (mine, others) = (self.masked_headers(), other.masked_headers());
        let missing = mine.iter().find(|header| !others.contains(header));
        let added = others.iter().find(|header| !mine.contains(header));
        if let Some((name, _)) = missing.or(added) {
            return Err(format!("header {name} differs"));
        }
        if mine != others {
            return Err("the headers come in another order".to_owned());
        }
        match self.masked_body() == other.masked_body() {
            true => Ok(()),
            false => Err("the bodies differ".to_owned()),
        }
    }

    /// Whether two answers come from the same function: the same status and body.
    pub(super) fn same_content(&self, other: &Self) -> bool {
        self.status == other.status && self.masked_body() == other.masked_body()
    }

    fn masked_headers(&self) -> Vec<(&str, String)> {
        self.headers.iter().map(masked_header).collect()
    }

    fn masked_body(&self) -> String {
        mask_identifiers(&String::from_utf8_lossy(&self.body))
    }
}

/// A header without what differs between any two answers: the date, identifiers, and the instance that App Service
/// chose for this caller.
fn masked_header((name, value): &(String, String)) -> (&str, String) {
    let is_affinity = || value.to_ascii_lowercase().starts_with("arraffinity");
    let masked = if name.eq_ignore_ascii_case("date") {
        String::new()
    } else if name.eq_ignore_ascii_case("set-cookie") && is_affinity() {
        value.split('=').next().unwrap_or_default().to_owned()
    } else {
        mask_identifiers(value)
    };
    (name, masked)
}

/// The text with every UUID replaced by the same word.
fn mask_identifiers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let uuid = rest.get(..UUID_LENGTH);
        let length = match uuid.is_some_and(|part| Uuid::try_parse(part).is_ok()) {
            true => {
                masked.push_str("(id)");
                UUID_LENGTH
            }
            false => {
                masked.push(first);
                first.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";
    const OTHER_ID: &str = "3f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";

    fn answer(date: &str, id: &str, more: &str, body: &str) -> Answer {
        let body = format!("{{\"id\":\"{id}\",\"x\":\"{body}\"}}");
        let text = format!(
            "HTTP/1.1 401 No\r\nDate: {date}\r\nX-Id: {id}\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Answer::read(&mut text.as_bytes()).unwrap()
    }

    #[test]
    fn identifiers_and_dates_are_no_difference_and_everything_else_is() {
        let one = answer("a", ID, "", "é");
        let cookie = |value: &str| format!("Set-Cookie: ARRAffinity={value}\r\n");
        let with_cookie = answer("a", ID, &cookie("1"), "é");
        assert_eq!(
            one.same_but_for_identifiers(&answer("b", OTHER_ID, "", "é")),
            Ok(())
        );
        assert_eq!(
            with_cookie.same_but_for_identifiers(&answer("a", ID, &cookie("2"), "é")),
            Ok(())
        );
        let differ = |other: &Answer| one.same_but_for_identifiers(other).unwrap_err();
        let body = answer("b", OTHER_ID, "", "è");
        assert_eq!(differ(&body), "the bodies differ");
        assert!(!one.same_content(&body));
        let header = answer("b", OTHER_ID, "X-Why: expired\r\n", "é");
        assert_eq!(differ(&header), "header X-Why differs");
        assert!(one.same_content(&header));
        assert!(header.same_but_for_identifiers(&one).is_err());
        let no_id = answer("b", "not-an-id-of-the-right-form-at-all-xx", "", "é");
        assert!(one.same_but_for_identifiers(&no_id).is_err());
    }
}
