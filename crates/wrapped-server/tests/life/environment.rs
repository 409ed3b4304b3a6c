//! What a server inherits.

use std::ffi::OsString;

use wrapped_server::{PORT_VARIABLES, ServerCommand, ServerOptions, Value};

use crate::held::Held;

crate::trials![a_server_inherits_everything_but_ports_and_what_is_withheld];

async fn a_server_inherits_everything_but_ports_and_what_is_withheld() {
    let mut inherited: Vec<(OsString, OsString)> = vec![
        ("REMOTE_API_URL".into(), "https://example.com/ ä".into()),
        ("OURS".into(), "secret".into()),
    ];
    for variable in PORT_VARIABLES {
        inherited.push((variable.name.into(), "misleading".into()));
    }
    let own = std::env::current_exe().unwrap();
    let command = ServerCommand::new(own, inherited)
        .argument("serve")
        .argument("variables")
        .variable("LISTEN", "{host}:{port}")
        .withhold("OURS");
    let held = Held::start(command, ServerOptions::default());
    let address = held.server.ready().await.unwrap().address;
    let stdout = held.stdout.clone();
    held.stop().await;

    let text = stdout.text();
    let found: Vec<&str> = text.lines().collect();
    let mut expected = vec![
        "REMOTE_API_URL=https://example.com/ ä".to_owned(),
        "PYTHONUNBUFFERED=1".to_owned(),
        format!("LISTEN={address}"),
    ];
    for variable in PORT_VARIABLES {
        let value = match variable.value {
            Value::Port => address.port().to_string(),
            Value::Host => address.ip().to_string(),
            Value::Url => format!("http://{address}"),
            _ => continue,
        };
        expected.push(format!("{}={value}", variable.name));
    }
    for line in expected {
        assert!(found.contains(&line.as_str()), "{line}: {text}");
    }
    // Nothing comes from our own environment but what we were given as inherited.
    let is_path = |line: &&str| line.starts_with("PATH=");
    assert!(!found.iter().any(is_path), "{text}");
    assert!(
        !text.contains("misleading") && !text.contains("secret"),
        "{text}"
    );
}
