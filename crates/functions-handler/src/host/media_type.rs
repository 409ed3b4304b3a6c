//! What a `Content-Type` says (RFC 9110, section 8.3).

/// The media type without its parameters, in lower case; empty for a text that has none.
pub fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether it is JSON: `application/json`, or the suffix `+json` (RFC 6839, section 3.1).
pub fn is_json(content_type: &str) -> bool {
    let essence = essence(content_type);
    essence == "application/json" || (essence.contains('/') && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_goes_by_several_names() {
        let table = [
            ("application/json", true),
            ("Application/JSON ; charset=utf-8", true),
            ("application/cloudevents+json", true),
            ("text/json", false),
            ("application/jsonp", false),
            ("+json", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ];
        for (kind, expected) in table {
            assert_eq!(is_json(kind), expected, "{kind}");
        }
    }
}
