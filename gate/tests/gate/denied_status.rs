//! The status of a refusal, by the setting and by the profile of `host.json`.

use std::fs;

use serde_json::{Value, json};

use crate::app::{post_envelope, program};
use crate::trials;

trials!(a_refusal_has_the_status_of_the_setting_or_of_the_profile);

fn a_refusal_has_the_status_of_the_setting_or_of_the_profile() {
    let challenge = Some("ClientCertificate");
    for (profile, setting, refused) in [
        ("default", "", (401, challenge)),
        ("default", "403", (403, None)),
        ("web-app-custom-handler", "", (401, challenge)),
        ("mcp-custom-handler", "", (403, None)),
        ("mcp-custom-handler", "401", (401, challenge)),
    ] {
        let seen = in_both_dialects(profile, setting);
        let (status, challenge) = refused;
        let expected = (status, challenge.map(ToOwned::to_owned));
        assert_eq!(seen, [expected.clone(), expected], "{profile} {setting}");
    }
}

type Refused = (u16, Option<String>);

/// The status and the challenge for a caller without a certificate: of a request that is passed on, and of one in an envelope.
fn in_both_dialects(profile: &str, setting: &str) -> [Refused; 2] {
    [true, false].map(|is_proxied| {
        let program = program();
        let root = program.app_root();
        let mut folders = fs::read_dir(root.path()).unwrap();
        while let Some(entry) = folders.next().transpose().unwrap() {
            if entry.path().join("function.json").exists() {
                fs::remove_dir_all(entry.path()).unwrap();
            }
        }
        let host = json!({"version": "2.0", "configurationProfile": profile, "extensions": {"http": {"routePrefix": ""}}, "customHandler": {
            "description": {"defaultExecutablePath": "bin/gate"},
            "enableProxyingHttpRequest": is_proxied,
            "http": {"defaultAuthorizationLevel": "anonymous", "routes": [{"route": "{*route}"}]},
        }});
        fs::write(root.path().join("host.json"), host.to_string()).unwrap();
        let itself = std::env::current_exe().unwrap();
        let arguments = ["--", itself.to_str().unwrap(), "serve", "echo"];
        let settings = [
            ("CLIENT_CERT_FRONT_END", "development"),
            ("CLIENT_CERT_DENIED_STATUS", setting),
        ];
        let handler = program.start_with(root, &settings, &arguments);
        if is_proxied {
            let answer = handler.get("/mcp", None);
            let challenge = answer.header("www-authenticate");
            return (answer.status, challenge.map(ToOwned::to_owned));
        }
        let answer = post_envelope(&handler, "http-handler1", &envelope());
        let refused = &answer.json()["Outputs"]["res"];
        let challenge = refused["headers"]["www-authenticate"].as_str();
        let status = refused["statusCode"].as_u64().unwrap();
        (u16::try_from(status).unwrap(), challenge.map(ToOwned::to_owned))
    })
}

fn envelope() -> Value {
    let request = json!({"Url": "https://localhost/mcp", "Method": "GET", "Query": {}, "Headers": {"Host": ["localhost"]}, "Params": {}});
    json!({"Data": {"req": request}, "Metadata": {}})
}
