use super::{RoutePrefix, RouteTemplate};
use crate::host::request_path::RequestPath;

fn route(text: &str) -> RouteTemplate {
    RouteTemplate::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn prefix(text: &str) -> RoutePrefix {
    RoutePrefix::parse(text).unwrap()
}

fn values(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let path = RequestPath::parse(path).unwrap_or_else(|refusal| panic!("{path}: {refusal}"));
    let values = route(template).matches(&path)?;
    Some(
        values
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    )
}

#[test]
fn paths_match_as_the_host_matches_them() {
    type Values = Option<&'static [(&'static str, &'static str)]>;
    let table: &[(&str, &str, Values)] = &[
        ("api/Hello", "/api/hello", Some(&[])),
        ("api/hello", "/API/HELLO", Some(&[])),
        ("api/hello", "/api/hello/", Some(&[])),
        ("api/hello", "/api/h%65llo", Some(&[])),
        ("api/hello", "/api/hello%20", None),
        ("api/hello", "/api/hello;x=1", None),
        ("api/hello", "/api/hello/x", None),
        ("api/hello", "/api", None),
        ("api/hello", "/hello", None),
        ("api/hello", "/", None),
        ("api/kiosk", "/api/%E2%84%AAiosk", None),
        ("api/secret", "/api/%C5%BFecret", None),
        ("order/{id}", "/order/7", Some(&[("id", "7")])),
        ("order/{id}", "/order/a%20b%3F", Some(&[("id", "a b?")])),
        ("order/{id}", "/order", None),
        ("order/{id}", "/order/", None),
        ("order/{id}", "/order/7/8", None),
        ("order/{id?}", "/order", Some(&[])),
        ("order/{id?}", "/order/", Some(&[])),
        ("order/{id?}", "/order/7", Some(&[("id", "7")])),
        ("order/{id=1}", "/order", Some(&[("id", "1")])),
        ("order/{id=1}", "/order/2", Some(&[("id", "2")])),
        ("order/{id:int=1}/{x?}", "/order", Some(&[("id", "1")])),
        ("order/{id:int?}", "/order", Some(&[])),
        ("order/{id:int?}", "/order/x", None),
        ("{a?}/b", "/b", None),
        ("{a?}/b", "/x/b", Some(&[("a", "x")])),
        ("{a=1}/{b}", "/x", None),
        ("{a?}", "/", Some(&[])),
        ("files/{*rest}", "/files", Some(&[])),
        ("files/{*rest}", "/files/", Some(&[])),
        ("files/{*rest}", "/files/a", Some(&[("rest", "a")])),
        (
            "files/{**rest}",
            "/files/a/B%20c/",
            Some(&[("rest", "a/B c/")]),
        ),
        ("files/{*rest=index}", "/files", Some(&[("rest", "index")])),
        ("files/{*rest}", "/file/a", None),
        ("{*rest}", "/", Some(&[])),
        ("{a}/{*rest}", "/", None),
        (
            "{a}/{*rest}",
            "/x/y/z",
            Some(&[("a", "x"), ("rest", "y/z")]),
        ),
        ("{a?}/{*rest}", "/", Some(&[])),
    ];
    for (template, path, expected) in table {
        let expected = expected.map(|list| {
            let owned = list
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            owned.collect::<Vec<_>>()
        });
        assert_eq!(
            values(template, path),
            expected,
            "{template} against {path}"
        );
    }
}

#[test]
fn constraints_mean_what_they_mean_in_dotnet() {
    let table: &[(&str, &[&str], &[&str])] = &[
        (
            "int",
            &[
                "7",
                "-7",
                "+7",
                "%207%20",
                "0007",
                "2147483647",
                "-2147483648",
            ],
            &["2147483648", "x", "7.0", "0x7", "1,000", "--7", "%D9%A3"],
        ),
        (
            "long",
            &["9223372036854775807", "-9223372036854775808"],
            &["9223372036854775808", "1e3"],
        ),
        (
            "bool",
            &["true", "FALSE", "%20True%20"],
            &["1", "0", "yes", "tru"],
        ),
        (
            "guid",
            &[
                "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11",
                "2F9F5C0E5A0E4A539D0D6C1B1F1F5A11",
                "{2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11}",
                "(2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11)",
            ],
            &[
                "2f9f5c0e",
                "{2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11)",
                "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a1g",
                "{}",
                "2f9f5c0e5a0e-4a53-9d0d-6c1b1f1f5a11-",
            ],
        ),
        (
            "alpha",
            &["abc", "ABC"],
            &["abc1", "a-b", "%C3%BC", "a%20b"],
        ),
        (
            "decimal",
            &[
                "1",
                "1.5",
                "-1,000.50",
                "1-",
                "+.5",
                "5.",
                "79228162514264337593543950335",
            ],
            &[
                "79228162514264337593543950336",
                "1e3",
                ",1",
                "-.",
                "-1-",
                "NaN",
                "1.2.3",
            ],
        ),
        (
            "float",
            &[
                "1",
                "1.5e3",
                "-1,0,0",
                "1e999",
                "NaN",
                "-infinity",
                "+.5E-3",
            ],
            &["1e", "e1", "1.5f", "-.", "1-", "infinit"],
        ),
        ("double", &["1.5"], &["one"]),
        ("minlength(3)", &["abc", "abcd"], &["ab"]),
        (
            "maxlength(3)",
            &["a", "abc", "%F0%9F%98%80x"],
            &["abcd", "%F0%9F%98%80%F0%9F%98%80"],
        ),
        ("length(3)", &["abc"], &["ab", "abcd"]),
        ("length(2,3)", &["ab", "abc"], &["a", "abcd"]),
        (
            "min(10)",
            &["10", "11", "9223372036854775807"],
            &["9", "-10", "x"],
        ),
        ("max(10)", &["10", "-9223372036854775808"], &["11", "x"]),
        ("range(1, 5)", &["1", "5"], &["0", "6", "x"]),
        ("required", &["x", "%20"], &[]),
        ("INT", &["7"], &["x"]),
        ("int:min(5):max(9)", &["5", "9"], &["4", "10"]),
        ("alpha:length(2)", &["ab"], &["a1", "abc"]),
    ];
    for (constraint, fitting, others) in table {
        let template = format!("x/{{v:{constraint}}}");
        for value in *fitting {
            assert!(
                values(&template, &format!("/x/{value}")).is_some(),
                "{constraint} refuses {value}"
            );
        }
        for value in *others {
            assert!(
                values(&template, &format!("/x/{value}")).is_none(),
                "{constraint} accepts {value}"
            );
        }
    }
}

#[test]
fn templates_that_cannot_be_matched_exactly_are_refused() {
    let table = [
        ("", "empty text"),
        ("/hello", "write \"hello\""),
        ("hello/", "write \"hello\""),
        ("~/hello", "write \"hello\""),
        ("a//b", "an empty segment"),
        ("a/../b", "a dot segment"),
        ("a/./b", "a dot segment"),
        ("admin", "before \"admin\""),
        ("Administrators/x", "before \"admin\""),
        ("runtime/x", "before \"runtime\""),
        ("a b", "' '"),
        ("a\\b", "'\\\\'"),
        ("a%20b", "'%'"),
        ("a?b", "'?'"),
        ("a#b", "'#'"),
        ("a*b", "'*'"),
        ("grüße", "'ü'"),
        ("\u{212A}iosk", "in the literal"),
        ("v{n}", "the segment \"v{n}\""),
        ("{a}.{b}", "the segment \"{a}.{b}\""),
        ("{a}{b}", "the segment"),
        ("{{a}}", "the segment"),
        ("{a", "the segment"),
        ("a}", "the segment"),
        ("{}", "the parameter name \"\""),
        ("{1a}", "the parameter name \"1a\""),
        ("{a b}", "the parameter name"),
        ("{a.b}", "the parameter name"),
        ("{a}/{A}", "the parameter A twice"),
        ("{a}/{*a}", "the parameter a twice"),
        ("{*a}/b", "after the catch-all {*a}"),
        ("{*a?}", "? on the catch-all"),
        ("{*a:int}", "a constraint on the catch-all"),
        ("{***a}", "the parameter name"),
        ("{a=}", "an empty default"),
        ("{a=1?}", "both a default and ?"),
        ("{a:int=x}", "the default \"x\""),
        ("{a:datetime}", "the constraint \"datetime\""),
        ("{a:regex(^a$)}", "the constraint \"regex(^a$)\""),
        ("{a:regex(a/b)}", "the segment"),
        ("{a:int()}", "the constraint"),
        ("{a:int(1)}", "the constraint"),
        ("{a:min}", "the constraint"),
        ("{a:min(x)}", "the constraint"),
        ("{a:min(1,2)}", "the constraint"),
        ("{a:range(5,1)}", "the constraint"),
        ("{a:range(1)}", "the constraint"),
        ("{a:length(1,2,3)}", "the constraint"),
        ("{a:length(-1)}", "the constraint"),
        ("{a:min(1}", "the constraint"),
        ("{a:}", "the constraint \"\""),
        ("{a:Int32}", "the constraint"),
    ];
    for (text, part) in table {
        let error = RouteTemplate::parse(text)
            .map_or_else(|error| error.to_string(), |_| "accepted".to_owned());
        assert!(error.contains(part), "{text:?}: {error}");
    }
    let error = RouteTemplate::parse("v{n}").unwrap_err().to_string();
    assert!(
        error.contains("supported are") && error.contains("range(a,b)"),
        "{error}"
    );
}

#[test]
fn a_prefix_stands_before_the_route() {
    assert_eq!(
        route("order/{id}").below(&prefix("api")).text(),
        "api/order/{id}"
    );
    assert_eq!(route("order").below(&prefix("")).text(), "order");
    let versioned = route("order").below(&prefix("api/v1"));
    assert!(
        versioned
            .matches(&RequestPath::parse("/API/V1/order").unwrap())
            .is_some()
    );
    assert!(
        versioned
            .matches(&RequestPath::parse("/order").unwrap())
            .is_none()
    );
    // What the host keeps for itself is looked for in the route alone.
    assert!(RoutePrefix::parse("administration").is_ok());
    for prefix in ["/api", "api/", "a//b", "a/../b", "{a}", "a b"] {
        assert!(RoutePrefix::parse(prefix).is_err(), "{prefix}");
    }
}

#[test]
fn a_prefix_that_comes_from_a_setting_is_matched_and_not_shown() {
    let secret = prefix("hunter2/hunter3").from_setting();
    let below = route("order/{id}").below(&secret);
    assert_eq!(below.text(), "hunter2/hunter3/order/{id}");
    assert_eq!(below.shown(), "%routePrefix%/order/{id}");
    assert_eq!(below.to_string(), below.shown());
    let path = RequestPath::parse("/hunter2/hunter3/order/7").unwrap();
    assert!(below.matches(&path).is_some());
    let blank = route("order").below(&prefix("").from_setting());
    assert_eq!(blank.shown(), "order");
    assert_eq!(route("order").below(&prefix("api")).shown(), "api/order");
}

#[test]
fn parameters_are_recognized() {
    for (text, expected) in [
        ("a/b", false),
        ("a/{b}", true),
        ("{b?}", true),
        ("a/{*rest}", true),
    ] {
        assert_eq!(route(text).has_parameter(), expected, "{text}");
    }
}

#[test]
fn values_are_found_by_name_in_any_case() {
    let path = RequestPath::parse("/a/1").unwrap();
    let values = route("a/{Id}/{x?}").matches(&path).unwrap();
    assert_eq!(values.get("ID"), Some("1"));
    assert_eq!(values.get("x"), None);
    assert!(!values.is_empty());
}

/// Template one, template two, and whether some path can match both.
const OVERLAPS: &[(&str, &str, bool)] = &[
    ("a/b", "A/B", true),
    ("a/b", "a/c", false),
    ("a/b", "a", false),
    ("a/b", "a/{x}", true),
    ("a/b", "{x}", false),
    ("a/b", "{x}/{y}", true),
    ("a/b", "a/{x:int}", false),
    ("a/7", "a/{x:int}", true),
    ("a/7", "a/{x:min(8)}", false),
    ("a/7", "a/{x:range(1,7)}", true),
    ("a/abc", "a/{x:length(2)}", false),
    ("a/TRUE", "a/{x:bool}", true),
    ("a/b", "a/{x:int:min(1)}", false),
    ("a", "a/{x?}", true),
    ("a", "a/{x=1}", true),
    ("a", "a/{x}", false),
    ("a", "a/{*x}", true),
    ("a", "{*x}", true),
    ("a", "b/{*x}", false),
    ("a/b/c", "a/{*x}", true),
    ("a/b/c", "{x}/{y?}", false),
    ("a/{x?}", "a/b/{*y}", true),
    ("a/{x?}", "{y}", true),
    ("a/{x?}", "b/{y?}", false),
    ("{x?}/b", "b", false),
    ("{x?}/b", "{y}/{z?}", true),
    ("{x:int}", "{y:alpha}", false),
    ("{x:int}", "{y:guid}", true),
    ("{x:int}", "{y:float}", true),
    ("{x:alpha}", "{y:float}", true),
    ("{x:alpha}", "{y:bool}", true),
    ("{x:alpha}", "{y:decimal}", false),
    ("{x:bool}", "{y:long}", false),
    ("{x:min(10)}", "{y:max(9)}", false),
    ("{x:min(10)}", "{y:max(10)}", true),
    ("{x:int}", "{y:min(3000000000)}", false),
    ("{x:minlength(4)}", "{y:maxlength(3)}", false),
    ("{x:length(3)}", "{y:length(1,3)}", true),
    ("{x:int?}", "{y:alpha?}", true),
    ("a/{x:int?}", "a/{y:alpha?}", true),
    ("{*x}", "{*y}", true),
    ("{a}/{*x}", "{b:int}/c/{*y}", true),
    ("a/{x}/c", "a/b/{y}", true),
    ("a/{x}/c", "a/b/d", false),
];

#[test]
fn overlaps_follow_from_the_templates() {
    for (one, two, expected) in OVERLAPS {
        assert_eq!(
            route(one).overlaps(&route(two)),
            *expected,
            "{one} and {two}"
        );
        assert_eq!(
            route(two).overlaps(&route(one)),
            *expected,
            "{two} and {one}"
        );
    }
}

/// The guarantee behind the rule for public and secured functions: no path matches both where `overlaps` says no.
#[test]
fn no_path_matches_two_templates_that_do_not_overlap() {
    let words = [
        "a",
        "B",
        "7",
        "10",
        "abc",
        "true",
        "1.5",
        "NaN",
        "3000000000",
        "d",
        "c",
        "b",
    ];
    let mut paths = vec!["/".to_owned()];
    for one in words {
        paths.push(format!("/{one}"));
        for two in words {
            paths.push(format!("/{one}/{two}"));
            paths.extend(words.iter().map(|three| format!("/{one}/{two}/{three}")));
        }
    }
    let templates: Vec<RouteTemplate> = OVERLAPS
        .iter()
        .flat_map(|(one, two, _)| [route(one), route(two)])
        .collect();
    let paths: Vec<RequestPath<'_>> = paths
        .iter()
        .map(|path| RequestPath::parse(path).unwrap())
        .collect();
    let mut witnessed = 0;
    for one in &templates {
        for two in &templates {
            let both = paths
                .iter()
                .any(|path| one.matches(path).is_some() && two.matches(path).is_some());
            assert!(!both || one.overlaps(two), "{one} and {two} share a path");
            witnessed += usize::from(both);
        }
    }
    assert!(
        witnessed > 100,
        "only {witnessed} pairs share a path: the test proves little"
    );
}
