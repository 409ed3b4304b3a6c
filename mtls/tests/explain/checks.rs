//! Each check, the first that fails, and what to change.

use serde_json::{Value, json};

use crate::common::{DAY, KeyKind, NOW, Shape};
use crate::project::{AT, Project, first, lists};

#[test]
#[rustfmt::skip]
fn the_first_check_that_fails_is_marked_with_what_to_change() {
    let check = |change: fn(&mut Shape), expected: &str, advice: &str| {
        let mut shape = Shape::caller("caller");
        change(&mut shape);
        let caller = shape.self_signed();
        let report = Project::listing(&caller).explained(&caller);
        assert_eq!(first(&report), expected);
        assert!(report["change"][0].as_str().unwrap().contains(advice), "{report:#}");
    };
    check(|s| s.not_after = NOW - 1, "validity: certificate-expired", "Have a new one issued");
    check(|s| s.not_before = NOW + 1, "validity: certificate-not-yet-valid", "Wait until");
    check(|s| s.key = KeyKind::Rsa1024, "public-key: key-too-short", "longer key");
    check(|s| s.key_usage = Some(vec!["keyEncipherment"]), "key-usage: key-usage", "digitalSignature");
    check(|s| s.extended_key_usage = Some(vec!["serverAuth"]), "extended-key-usage: extended-key-usage", "clientAuth");
    check(|s| s.extensions = vec![("1.2.3.4.5", true, vec![5, 0])], "critical-extensions: critical-extension", "critical extension");
}

#[test]
fn a_certificate_that_nobody_lists_is_explained_as_if_it_were_listed() {
    let caller = Shape::caller("caller").self_signed();
    let expired = Shape {
        not_after: NOW - DAY,
        ..Shape::caller("expired")
    };
    let expired = expired.self_signed();
    let project = Project::listing(&caller);
    let report = project.explained(&expired);
    assert_eq!(first(&report), "listed: not-listed");
    let change = report["change"].to_string();
    assert!(change.contains(&expired.sha256()), "{change}");
    assert!(change.contains("validity would fail too"), "{change}");
    let nobody = Project::new("CLIENT_CERT_FRONT_END=development");
    assert_eq!(first(&nobody.explained(&caller)), "listed: policy-empty");
}

#[test]
fn a_name_is_explained_under_its_path() {
    let authority = Shape::authority("Authority").self_signed();
    let project = Project::new(
        "CLIENT_CERT_FRONT_END=development\nALLOWED_CLIENT_CERT_COMMON_NAMES=partner\nCLIENT_CERT_TRUST_ANCHORS=ca.pem",
    );
    project.write("ca.pem", authority.pem());
    let partner = authority.issue(Shape::caller("partner"));
    let impostor = Shape::caller("partner").self_signed();
    let admitted = project.explained(&partner);
    assert_eq!(first(&admitted), "admitted");
    assert_eq!(admitted["steps"][11]["check"], "path");
    assert_eq!(admitted["steps"][11]["seen"], "a path to CN=Authority");
    let refused = project.explained(&impostor);
    assert_eq!(first(&refused), "path: path-unverified");
    assert!(
        refused["change"][0]
            .as_str()
            .unwrap()
            .contains("names itself as its issuer")
    );
}

#[test]
fn the_called_function_counts() {
    let caller = Shape::caller("caller").self_signed();
    let project = Project::listing(&caller);
    project.write("caller.pem", caller.pem());
    project.function("CertInfo", &json!({"roles": ["auditor"]}));
    let explain = |name: &str| {
        let arguments = [
            "--certificate",
            "caller.pem",
            "--at",
            AT,
            "--json",
            "--function",
            name,
        ];
        project.explain(&arguments)
    };
    let table = [
        ("SecuredFunction", 0, "admitted", Value::Null),
        ("publicfunction", 0, "public", Value::Null),
        ("CertInfo", 1, "role: role-missing", json!(403)),
    ];
    for (name, code, expected, status) in table {
        let answer = explain(name);
        let report = answer.json();
        assert_eq!((answer.code, first(&report).as_str()), (code, expected));
        assert_eq!(report["status"], status, "{name}");
    }
    let answer = explain("Stranger");
    assert_eq!(answer.code, 64);
    assert!(
        answer.stderr.contains("CertInfo, Health"),
        "{}",
        answer.stderr
    );
    project.write(
        "app.settings",
        lists(&caller) + "AzureWebJobs.Health.Disabled=1",
    );
    let answer = explain("Health");
    assert!(answer.stderr.contains("switched off"), "{}", answer.stderr);
    assert_eq!(answer.code, 64);
}

#[test]
fn each_front_end_is_shown_with_its_decision() {
    let caller = Shape::caller("caller").self_signed();
    let pin = format!("ALLOWED_CLIENT_CERT_THUMBPRINTS={}\n", caller.sha256());
    for (declared, expected) in [
        ("", "front-end: front-end-undeclared"),
        ("CLIENT_CERT_FRONT_END=app-service", "admitted"),
        ("CLIENT_CERT_FRONT_END=container-apps", "admitted"),
        (
            "CLIENT_CERT_FRONT_END=rfc9440\nCLIENT_CERT_FRONT_END_SECRET=0123456789abcdef0123456789abcdef",
            "admitted",
        ),
        ("CLIENT_CERT_FRONT_END=development", "admitted"),
    ] {
        let report = Project::new(&format!("{pin}{declared}")).explained(&caller);
        assert_eq!(first(&report), expected, "{declared}");
        let rows: Vec<String> = report["frontEnds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                format!(
                    "{} {} {}",
                    row["frontEnd"].as_str().unwrap(),
                    row["over"].as_str().unwrap(),
                    row["reason"].as_str().unwrap_or("admitted")
                )
            })
            .collect();
        let table = [
            "undeclared https front-end-undeclared",
            "app-service https admitted",
            "app-service http not-over-tls",
            "container-apps https admitted",
            "rfc9440 https admitted",
            "development https admitted",
        ];
        assert_eq!(rows, table, "{declared}");
    }
}
