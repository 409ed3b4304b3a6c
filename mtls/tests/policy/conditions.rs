//! `mtls policy add`: conditions on extensions and certificate policies.

use crate::common::Shape;
use crate::folder::Folder;

/// The UTF8String `x`, and the policies of which 1.2.3 is one.
const TEXT: &[u8] = b"\x0c\x01x";
const POLICIES: &[u8] = b"\x30\x06\x30\x04\x06\x02\x2a\x03";

#[test]
fn each_condition_is_written_as_documents_have_it_and_must_be_satisfied() {
    let written = |rule: &str| Ok(format!(r#"{{ "domain": "partners", {rule} }}"#));
    let mismatch = Err("expected a rule that the certificate satisfies");
    for (arguments, expected) in [
        (
            ["--extension", "1.2.3.4"],
            written(r#""extension": {"oid":"1.2.3.4"}"#),
        ),
        (
            ["--extension", "1.2.3.4=x"],
            written(r#""extension": {"oid":"1.2.3.4","text":"x"}"#),
        ),
        (
            ["--extension", "1.2.3.4=der:0c0178"],
            written(r#""extension": {"der":"0c0178","oid":"1.2.3.4"}"#),
        ),
        (["--extension", "1.2.3.4=y"], mismatch.clone()),
        (["--extension", "1.2.3.5"], mismatch),
        (
            ["--extension", "press"],
            Err("$.callers[0].any[0].extension.oid"),
        ),
        (
            ["--extension", "1.2.3.4=der:0"],
            Err("$.callers[0].any[0].extension.der"),
        ),
        (
            ["--certificate-policy", "1.2.3"],
            written(r#""certificatePolicy": "1.2.3""#),
        ),
        (
            ["--certificate-policy", "press"],
            Err("$.callers[0].any[0].certificatePolicy"),
        ),
    ] {
        let folder = Folder::new();
        let mut shape = Shape::caller("partner").valid_today();
        shape.extensions = vec![
            ("1.2.3.4", false, TEXT.to_vec()),
            ("2.5.29.32", false, POLICIES.to_vec()),
        ];
        folder.write("partner.pem", folder.root.issue(shape).pem());
        folder.document("", "");
        let before = folder.read("policy.json");
        let add = [
            "add",
            "policy.json",
            "--certificate",
            "partner.pem",
            "--name",
            "a",
            "--domain",
            "partners",
        ];
        let answer = folder.run(&[&add[..], &arguments].concat());
        let document = folder.read("policy.json");
        match expected {
            Ok(rule) => {
                assert_eq!(answer.code, 0, "{arguments:?}: {answer:?}");
                assert!(document.contains(&rule), "{rule}: {document}");
                assert!(!answer.stdout.contains("not admitted"), "{answer:?}");
            }
            Err(message) => {
                assert_eq!(
                    (answer.code, document),
                    (64, before),
                    "{arguments:?}: {answer:?}"
                );
                assert!(answer.stderr.contains(message), "{message}: {answer:?}");
            }
        }
    }
}
