//! The app that the recorded handler had: its `host.json` in each dialect, and its functions.

use serde_json::{Value, json};

/// A function by name, route and methods; no methods are all methods.
type Declared = (&'static str, &'static str, &'static [&'static str]);

/// The functions of the recorded app (`mkapp.py` of the host kit): name, route, methods.
const FUNCTIONS: [Declared; 25] = [
    ("Plain", "plain", &[]),
    ("NoRoute", "NoRoute", &[]),
    ("Item", "item/{id}", &[]),
    ("Number", "number/{id:int}", &[]),
    ("Guid", "guid/{id:guid}", &[]),
    ("Alpha", "alpha/{id:alpha}", &[]),
    ("Range", "range/{id:range(1,10)}", &[]),
    ("Length", "length/{id:length(3)}", &[]),
    ("Maybe", "maybe/{name?}", &[]),
    ("Default", "default/{name=preset}", &[]),
    ("Two", "two/{a}/{b?}", &[]),
    ("Rest", "rest/{*rest}", &[]),
    ("RestTwo", "rest2/{**rest}", &[]),
    ("Upper", "UPPER/Case", &[]),
    ("Symbols", "sym-bols/a.b_c~d", &[]),
    ("GetOnly", "getonly", &["get"]),
    ("PostPut", "postput", &["POST", "put"]),
    ("HeadOptions", "headoptions", &["head", "options"]),
    ("Tracing", "tracing", &["trace"]),
    ("ByMethodA", "bymethod", &["get"]),
    ("ByMethodB", "bymethod", &["post", "delete"]),
    ("A0Catch", "shadow/{*any}", &["get"]),
    ("B0Exact", "shadow/exact", &[]),
    ("zLower", "order/{x}", &[]),
    ("YUpper", "order/fixed", &[]),
];

/// Those that the host delivers by envelope in every dialect.
const WITH_A_QUEUE: [Declared; 2] = [
    ("Queue", "queue", &[]),
    ("QueueItem", "queue/{id}/{more?}", &[]),
];

/// Where `routePrefix` is empty, what no other function takes.
const CATCH_ALL: Declared = ("ZzCatchAll", "{*everything}", &[]);

/// The functions' declarations by name, with a marker for each.
///
/// Those of the profile for MCP servers come from `host.json` alone.
pub fn functions(dialect: &str, mark: impl Fn(&str) -> Value) -> Vec<(String, Value)> {
    let out = json!({"type": "http", "direction": "out", "name": "res"});
    let returned = json!({"type": "http", "direction": "out", "name": "$return"});
    let queue = json!({"type": "queue", "direction": "out", "name": "message"});
    let declared = |one: &Declared, outputs: &[&Value]| {
        (one.0.to_owned(), declaration(one, &mark(one.0), outputs))
    };
    if dialect == "mcp" {
        return Vec::new();
    }
    let mut functions: Vec<_> = FUNCTIONS.iter().map(|one| declared(one, &[&out])).collect();
    functions.push(declared(&("Returning", "returning", &[]), &[&returned]));
    if dialect == "routes" {
        functions.push(declared(&CATCH_ALL, &[&out]));
        return functions;
    }
    functions.extend(
        WITH_A_QUEUE
            .iter()
            .map(|one| declared(one, &[&out, &queue])),
    );
    functions.push((
        "Keyed".to_owned(),
        declaration(&("Keyed", "keyed", &[]), &json!("required"), &[&out]),
    ));
    functions
}

fn declaration((_, route, methods): &Declared, mark: &Value, outputs: &[&Value]) -> Value {
    let mut trigger = json!({
        "type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous", "route": route,
    });
    if !methods.is_empty() {
        trigger["methods"] = json!(methods);
    }
    let mut bindings = vec![&trigger];
    bindings.extend(outputs);
    json!({"clientCertificate": mark, "bindings": bindings})
}

/// `host.json` under a dialect.
pub fn host_json(dialect: &str) -> Value {
    let flags: &[&str] = match dialect {
        "forward" | "routes" => &["enableForwardingHttpRequest"],
        "proxy" => &["enableProxyingHttpRequest"],
        "both" => &["enableForwardingHttpRequest", "enableProxyingHttpRequest"],
        "envelope" | "mcp" => &[],
        other => panic!("no dialect {other}"),
    };
    let mut handler = json!({"description": {"defaultExecutablePath": "bin/handler"}});
    for flag in flags {
        handler[flag] = json!(true);
    }
    let mut root = json!({"version": "2.0"});
    if dialect == "mcp" {
        let route = json!({"route": "{*route}", "clientCertificate": "none"});
        handler["http"] = json!({"defaultAuthorizationLevel": "anonymous", "routes": [route]});
        root["configurationProfile"] = json!("mcp-custom-handler");
    } else if dialect == "routes" {
        root["extensions"] = json!({"http": {"routePrefix": ""}});
    }
    root["customHandler"] = handler;
    root
}
