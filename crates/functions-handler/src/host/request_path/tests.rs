use super::*;

#[test]
fn a_plain_path_is_cut_and_decoded_once() {
    let table: [(&str, &[&str], bool); 9] = [
        ("/", &[], false),
        ("/api/Hello", &["api", "Hello"], false),
        ("/api/hello/", &["api", "hello"], true),
        ("/api/a%20b", &["api", "a b"], false),
        ("/api/a%2520b", &["api", "a%20b"], false),
        ("/api/%252E%252e", &["api", "%2E%2e"], false),
        ("/api/gr%C3%BC%c3%9fe", &["api", "grüße"], false),
        ("/api/...;b=1,c'()", &["api", "...;b=1,c'()"], false),
        ("/api/a%3Fx%23y", &["api", "a?x#y"], false),
    ];
    for (raw, segments, slash) in table {
        let path = RequestPath::parse(raw).unwrap_or_else(|refusal| panic!("{raw}: {refusal}"));
        assert_eq!(path.segments(), segments, "{raw}");
        assert_eq!(path.has_trailing_slash(), slash, "{raw}");
    }
}

#[test]
fn a_path_with_two_meanings_is_refused() {
    let table = [
        ("", PathRefusal::NotAbsolute),
        ("*", PathRefusal::NotAbsolute),
        ("api/x", PathRefusal::NotAbsolute),
        ("http://localhost/api/x", PathRefusal::NotAbsolute),
        ("//", PathRefusal::EmptySegment),
        ("//api", PathRefusal::EmptySegment),
        ("/api//x", PathRefusal::EmptySegment),
        ("/api/x//", PathRefusal::EmptySegment),
        ("/api/./x", PathRefusal::DotSegment),
        ("/api/open/../secret", PathRefusal::DotSegment),
        ("/..", PathRefusal::DotSegment),
        ("/api/x/../", PathRefusal::DotSegment),
        ("/api/%2e%2E/secret", PathRefusal::EncodedDot),
        ("/api/.%2e/secret", PathRefusal::EncodedDot),
        ("/api/a%2Eb", PathRefusal::EncodedDot),
        ("/api/open\\..\\secret", PathRefusal::Backslash),
        ("/api/open/..%5Csecret", PathRefusal::EncodedBackslash),
        ("/api/a%5cb", PathRefusal::EncodedBackslash),
        ("/api/a%2Fb", PathRefusal::EncodedSlash),
        ("/api/a%2fb", PathRefusal::EncodedSlash),
        ("/api/x%00", PathRefusal::Control),
        ("/api/x%0d%0aSet-Cookie:a", PathRefusal::Control),
        ("/api/x%7F", PathRefusal::Control),
        ("/api/x%C2%85", PathRefusal::Control),
        ("/api/x%", PathRefusal::BadEscape),
        ("/api/x%4", PathRefusal::BadEscape),
        ("/api/x%zz", PathRefusal::BadEscape),
        ("/api/x%+1", PathRefusal::BadEscape),
        ("/api/x%u0041", PathRefusal::BadEscape),
        ("/api/%C0%AE%C0%AE/secret", PathRefusal::NotUtf8),
        ("/api/%C0%AFx", PathRefusal::NotUtf8),
        ("/api/%ED%A0%80", PathRefusal::NotUtf8),
        ("/api/x?y", PathRefusal::Character),
        ("/api/x#y", PathRefusal::Character),
        ("/api/x y", PathRefusal::Character),
        ("/api/x\ty", PathRefusal::Character),
        ("/api/grüße", PathRefusal::Character),
    ];
    for (raw, refusal) in table {
        assert_eq!(RequestPath::parse(raw), Err(refusal), "{raw}");
    }
}
