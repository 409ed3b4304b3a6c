//! Where the settings come from.

use std::fs;

use serde_json::json;

use crate::common::{self, Shape, mtls};
use crate::project::{Project, first, pfx, utf16};

#[test]
fn settings_come_in_several_forms_and_all_mistakes_are_reported_at_once() {
    let caller = Shape::caller("caller").self_signed();
    let pin = caller.sha256();
    let local = json!({"IsEncrypted": false, "Values": {
        "CLIENT_CERT_FRONT_END": "app-service", "ALLOWED_CLIENT_CERT_THUMBPRINTS": pin}});
    let listed = |front_end: &str| {
        let pin =
            json!({"name": "ALLOWED_CLIENT_CERT_THUMBPRINTS", "slotSetting": false, "value": pin});
        json!([pin, {"name": "CLIENT_CERT_FRONT_END", "slotSetting": true, "value": front_end}])
    };
    let lines = format!("CLIENT_CERT_FRONT_END=app-service\nALLOWED_CLIENT_CERT_THUMBPRINTS={pin}");
    let shell = utf16(&listed("app-service").to_string());
    let forms = [
        local.to_string().into_bytes(),
        listed("app-service").to_string().into_bytes(),
        lines.into_bytes(),
        shell,
    ];
    let project = Project::new("");
    for form in forms {
        project.write("app.settings", &form);
        assert_eq!(first(&project.explained(&caller)), "admitted");
    }
    // What az lists is in Azure, where the handler refuses to start with this front end.
    project.write("app.settings", listed("development").to_string());
    let answer = project.explain(&["--certificate", "caller.pem"]);
    assert_eq!(answer.code, 64);
    assert!(
        answer.stderr.contains("declare app-service on App Service"),
        "{}",
        answer.stderr
    );
    project.write(
        "app.settings",
        "CLIENT_CERT_FRONTEND=x\nCLIENT_CERT_DENIED_STATUS=500",
    );
    let answer = project.explain(&["--certificate", "caller.pem", "--function", "Stranger"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (64, ""));
    for says in [
        "CLIENT_CERT_FRONTEND",
        "CLIENT_CERT_DENIED_STATUS",
        "Stranger",
    ] {
        assert!(answer.stderr.contains(says), "{}", answer.stderr);
    }
}

#[test]
fn without_settings_it_decides_as_mtls_local_would_and_makes_nothing() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let root = common::fixture().app_root();
    let explain = |settings: &[(&str, &str)]| {
        let arguments = ["explain", "--certificate", "caller.pem", "--json"];
        mtls(root.path(), settings, &arguments)
    };
    fs::write(root.path().join("caller.pem"), caller.pem()).unwrap();
    assert_eq!(first(&explain(&[]).json()), "listed: policy-empty");
    assert!(!root.path().join("certs").exists());
    fs::create_dir(root.path().join("certs")).unwrap();
    fs::write(
        root.path().join("certs/allowed.pfx"),
        pfx(&caller, "Pa@@word123"),
    )
    .unwrap();
    let report = explain(&[]).json();
    assert_eq!(first(&report), "admitted");
    assert!(
        report["notes"]
            .to_string()
            .contains("certs/allowed.pfx is allowed")
    );
    let none = (
        "ALLOWED_CLIENT_CERT_THUMBPRINTS",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    );
    assert_eq!(first(&explain(&[none]).json()), "listed: not-listed");
    let settings = r#"{"IsEncrypted": false, "Values": {"ALLOWED_CLIENT_CERT_THUMBPRINTS": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}}"#;
    fs::write(root.path().join("local.settings.json"), settings).unwrap();
    assert_eq!(first(&explain(&[]).json()), "listed: not-listed");
    let files = fs::read_dir(root.path().join("certs")).unwrap().count();
    assert_eq!(files, 1);
}
