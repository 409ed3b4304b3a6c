//! Where the host hands over something else than the caller wrote.

/// Where a function gets something else than the caller wrote, since the host or the front end changes it: dialects; the
/// parts, headers by their names; cases by how their names begin; why. `*` is every one.
const OTHERWISE: [(&str, &str, &str, &str); 25] = [
    (
        "proxy both",
        "function",
        "chunked-",
        "no envelope is made of a body that breaks off",
    ),
    (
        "routes",
        "function",
        "route-api-upper",
        "without a prefix it is another path",
    ),
    (
        "*",
        "query",
        "protocol-pipelined",
        "two requests are one case",
    ),
    (
        "envelope",
        "body",
        "body-utf16 body-latin1 body-gzip body-deflate body-binary",
        "in an envelope a body is text",
    ),
    (
        "envelope",
        "x-bell x-del",
        "header-",
        "a control character is no part of a value (RFC 9110, section 5.5)",
    ),
    ("envelope", "body", "length-too-long", "it broke off"),
    (
        "forward",
        "function",
        "route-item-escape",
        "the path that arrives is another function's, whose lock is checked",
    ),
    (
        "*",
        "query",
        "query-hash",
        "a fragment is no part of a request",
    ),
    (
        "forward routes envelope",
        "query",
        "query-repeat-case",
        "keys that differ in case become one",
    ),
    (
        "*",
        "body",
        "length-too-short protocol-pipelined",
        "what follows a body is the next request",
    ),
    (
        "forward routes",
        "params",
        FORWARDED_PATHS,
        "one decoding too many",
    ),
    ("proxy both", "params", PROXIED_PATHS, "encoded afresh"),
    ("proxy both mcp", "host", "*", "the handler's own address"),
    (
        "*",
        "host",
        "protocol-absolute-other",
        "a name in the target takes its place",
    ),
    (
        "*",
        "connection keep-alive te upgrade http2-settings proxy-authenticate proxy-authorization alt-svc",
        "*",
        "for one hop",
    ),
    (
        "*",
        "x-foo x-arr-clientcert",
        "hop-",
        "a front end removes what Connection names",
    ),
    (
        "*",
        "expect content-length",
        "*",
        "of the connection; the body itself is compared",
    ),
    (
        "*",
        "transfer-encoding",
        "smuggle-",
        "codings before `chunked` go",
    ),
    (
        "forward routes",
        "allow content-disposition content-encoding content-language content-location content-md5 content-range \
      expires last-modified",
        "*",
        "forwarding drops what describes content",
    ),
    (
        "forward routes",
        "content-type",
        "body- header-",
        "dropped without a body, or written anew",
    ),
    (
        "*",
        "user-agent",
        "*",
        "the host adds its name, and joins several",
    ),
    (
        "*",
        "x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-prefix forwarded",
        "header-x header-forwarded",
        "by the front end, or by a proxying host",
    ),
    (
        "*",
        "client-ip x-arr-log-id x-arr-ssl max-forwards was-default-hostname x-site-deployment-id disguised-host \
      x-original-url x-waws-unencoded-url",
        "header-",
        "our front end sets these",
    ),
    (
        "*",
        "x-azure-functions-invocationid x-azure-functions-hostversion x-ms-invocation-id",
        "trace-",
        "the host's own",
    ),
    (
        "*",
        "x-lf",
        "header-bare-lf",
        "a line feed ends a header line",
    ),
];

/// Paths of which forwarding undoes an encoding too many, or cuts the rest off.
const FORWARDED_PATHS: &str = "path-5C path-backslash path-dot-5C path-25 path-3F path-23";

/// Paths in which proxying encodes a percent sign.
const PROXIED_PATHS: &str = "path-2F path-2f path-latin1 path-utf8-o path-utf8-s path-ff";

pub(crate) fn is_listed(dialect: &str, case: &str, part: &str) -> bool {
    let any =
        |list: &str, fits: &dyn Fn(&str) -> bool| list == "*" || list.split_whitespace().any(fits);
    OTHERWISE.iter().any(|(dialects, parts, cases, _)| {
        any(dialects, &|one| one == dialect)
            && any(parts, &|one| one == part)
            && any(cases, &|one| case.starts_with(one))
    })
}
