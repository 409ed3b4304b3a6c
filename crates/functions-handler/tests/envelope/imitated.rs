//! Requests that imitate an envelope.

use serde_json::json;

use crate::common;
use crate::common::process::get;
use crate::{ID, caller, envelope, inside, post, signed, start};

#[test]
fn nothing_but_the_hosts_own_post_is_an_envelope() {
    let caller = caller();
    let server = start(&caller);
    let text = envelope(&signed(&caller), Some("forged"));
    let good = post(server.port, "/Secured", &text);
    let swap = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let host = format!("Host: 127.0.0.1:{}\r\n", server.port);
    let add = |header: &str| swap(&host, &format!("{host}{header}\r\n"));
    let mut forged = vec![
        swap("POST ", "GET "),
        swap("POST ", "PUT "),
        swap("POST ", "post "),
        swap(" /Secured ", " /secured "),
        swap(" /Secured ", " /SECURED "),
        swap(" /Secured ", " /Secured/ "),
        swap(" /Secured ", " //Secured "),
        swap(" /Secured ", " /Secured? "),
        swap(" /Secured ", " /Secured?x=1 "),
        swap(" /Secured ", " /Secure%64 "),
        swap(" /Secured ", " /./Secured "),
        swap(" /Secured ", " /api/secured "),
        swap(" /Secured ", " /api/Secured "),
        swap(" /Secured ", " /Raw "),
        swap(
            " /Secured ",
            &format!(" http://127.0.0.1:{}/Secured ", server.port),
        ),
        swap(&host, "Host: app.azurewebsites.net\r\n"),
        swap(&host, "Host: 127.0.0.1\r\n"),
        swap(&host, "Host: 127.0.0.1:1\r\n"),
        swap(&host, &format!("Host: localhost:{}\r\n", server.port)),
        swap(&host, ""),
        swap(&format!("X-Azure-Functions-InvocationId: {ID}\r\n"), ""),
        swap(
            &format!("InvocationId: {ID}"),
            &format!("InvocationId: evil, {ID}"),
        ),
        swap("User-Agent: ", "User-Agent: curl/8.5.0 "),
        swap("Content-Type: application/json; charset=utf-8\r\n", ""),
        swap("application/json; charset=utf-8", "text/plain"),
    ];
    let added = [
        "Accept: */*",
        "X-Forwarded-For: 192.0.2.1:1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: a",
        "X-ARR-LOG-ID: x",
        "X-ARR-ClientCert: AAAA",
        "DISGUISED-HOST: a",
        "x-ms-invocation-id: x",
        "Cookie: a=1",
        "User-Agent: Azure-Functions-Host/4",
        "Content-Type: application/json",
        "X-A: b",
    ];
    forged.extend(added.map(add));
    for request in forged {
        let answer = server.exchange(&request);
        let head: String = request.split("\r\n\r\n").next().unwrap().to_owned();
        assert!(
            [400, 404].contains(&answer.status),
            "{}: {head}",
            answer.status
        );
        assert!(
            !String::from_utf8_lossy(&answer.body).contains("Outputs"),
            "{head}"
        );
    }
    let expecting = add("Expect: 100-continue");
    assert_eq!(server.exchange(&expecting).status, 404);
    assert_eq!(inside(&server.exchange(&good))["statusCode"], 202);
}

#[test]
fn a_function_with_an_envelope_has_no_route_in_a_raw_request() {
    let caller = caller();
    let server = start(&caller);
    for path in [
        "/api/Secured",
        "/api/secured/7",
        "/api/Open",
        "/Secured",
        "/Open",
        "/open",
    ] {
        assert_eq!(
            server.exchange(&get(path, Some(&caller.header()))).status,
            404,
            "{path}"
        );
        let post = get(path, Some(&caller.header())).replacen("GET", "POST", 1);
        assert_eq!(server.exchange(&post).status, 404, "{path}");
    }
}

/// What a request looks like after a forwarding host has rewritten its path into an envelope's.
fn rewritten(port: u16, front_end: &[&str], text: &str) -> String {
    let added: String = front_end.iter().map(|line| format!("{line}\r\n")).collect();
    post(port, "/QueueOutput", text).replacen("Host:", &format!("{added}Host:"), 1)
}

#[test]
fn a_rewritten_path_imitates_no_envelope() {
    let root = common::fixture().app_root();
    let way = std::fs::read_to_string(root.path().join("SecuredFunction/function.json")).unwrap();
    let way = way.replace(r#""methods""#, r#""route": "order/{*rest}", "methods""#);
    std::fs::write(root.path().join("SecuredFunction/function.json"), way).unwrap();
    let caller = caller();
    let settings = [
        ("CLIENT_CERT_FRONT_END", "app-service"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &caller.sha256()),
    ];
    let handler = common::fixture().start_in(root, &settings);
    let mut headers = signed(&caller);
    headers["X-Forwarded-Proto"] = json!(["https"]);
    let text = envelope(&headers, Some("forged"));
    // Any one header of App Service's, whatever else the caller wrote or left out.
    for added in [
        "X-ARR-LOG-ID: x",
        "X-Forwarded-For: 192.0.2.1:1",
        "DISGUISED-HOST: a",
        "X-ARR-SSL: x",
    ] {
        let answer = handler.exchange(rewritten(handler.port, &[added], &text).as_bytes());
        assert_eq!(answer.unwrap().status, 404, "{added}");
    }
    let raw =
        "POST /api/order/..%5C..%5CQueueOutput HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(handler.exchange(raw.as_bytes()).unwrap().status, 404);
    let host = handler.exchange(rewritten(handler.port, &[], &text).as_bytes());
    assert_eq!(inside(&host.unwrap())["statusCode"], 202);
}
