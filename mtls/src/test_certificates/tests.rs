use std::time::Duration;

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::*;
use crate::certificate::issue::{Purpose, Template, self_signed};
use crate::certificate::key::KeyKind;
use crate::certificate::names::CommonName;
use crate::certificate::validity::Validity;
use crate::pfx;

const DAY: u64 = 86_400;

/// 2026-01-01T00:00:00Z; nothing here reads the clock.
const START: u64 = 1_767_225_600;

const ALL: [&str; 11] = [
    "allowed.pfx",
    "allowed.key",
    "allowed.pem",
    "allowed.crt.base64",
    "denied.pfx",
    "denied.key",
    "denied.pem",
    "denied.crt.base64",
    "ca.pem",
    "server.pem",
    "server.key",
];

pub(super) struct Folder(pub(super) tempfile::TempDir);

impl Folder {
    pub(super) fn filled() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.ensure(0).unwrap();
        folder
    }

    pub(super) fn ensure(&self, days: u64) -> Result<TestCertificates, Failure> {
        ensure(self.0.path(), Self::at(days))
    }

    pub(super) fn at(days: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(START + days * DAY))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn all_bytes(&self) -> Vec<Vec<u8>> {
        ALL.map(|name| self.bytes(name)).to_vec()
    }
}

fn made(certificates: &TestCertificates) -> Vec<(String, Why)> {
    let name = |made: &Made| made.path.file_name().unwrap().to_str().unwrap().to_owned();
    certificates
        .made
        .iter()
        .map(|made| (name(made), made.why))
        .collect()
}

fn named(names: &[&str], why: Why) -> Vec<(String, Why)> {
    names.iter().map(|name| ((*name).to_owned(), why)).collect()
}

#[test]
fn an_empty_folder_gets_all_files_and_a_second_call_touches_none() {
    let folder = Folder(tempfile::tempdir().unwrap());
    let first = folder.ensure(0).unwrap();
    assert_eq!(made(&first), named(&ALL, Why::Missing));
    let before = folder.all_bytes();
    let second = folder.ensure(1).unwrap();
    assert_eq!(made(&second), []);
    assert_eq!(folder.all_bytes(), before);
    assert_eq!(second.allowed.sha256, first.allowed.sha256);
    assert_ne!(first.allowed.sha256, first.denied.sha256);
    assert_eq!(first.allowed.common_name, "Allowed Caller");
}

#[test]
fn the_four_files_of_a_caller_hold_one_certificate_and_one_key() {
    let folder = Folder::filled();
    let identity = folder.ensure(0).unwrap().denied;
    let password = outbound_mtls::Password::new(PASSWORD.to_owned());
    let bytes = fs::read(&identity.pfx).unwrap();
    let contents = outbound_mtls::Contents::read("denied.pfx", &bytes, Some(&password)).unwrap();
    let key = contents.first_key().unwrap();
    let certificate = contents.own_certificate().unwrap();
    let der = certificate.to_der().unwrap();
    assert!(
        !contents.uses_obsolete_encryption(),
        "the legacy provider must not be needed"
    );
    assert_eq!(
        X509::from_pem(&folder.bytes("denied.pem"))
            .unwrap()
            .to_der()
            .unwrap(),
        der
    );
    let beside = PKey::private_key_from_pem(&folder.bytes("denied.key")).unwrap();
    assert!(beside.public_eq(key));
    let value = String::from_utf8(folder.bytes("denied.crt.base64")).unwrap();
    assert_eq!(value, openssl::base64::encode_block(&der));
    assert_eq!(identity.sha1, Thumbprint::sha1_of(&der));
}

#[test]
fn what_ends_within_a_day_is_renewed_and_nothing_earlier() {
    let folder = Folder::filled();
    let before = folder.all_bytes();
    assert_eq!(made(&folder.ensure(364).unwrap()), []);
    assert_eq!(folder.all_bytes(), before);
    assert_eq!(
        made(&folder.ensure(365).unwrap()),
        named(&ALL[..8], Why::Expired)
    );
    assert_eq!(made(&folder.ensure(396).unwrap()), []);
    assert_eq!(
        made(&folder.ensure(397).unwrap()),
        named(&ALL[8..], Why::Expired)
    );
    assert_eq!(made(&folder.ensure(398).unwrap()), []);
}

#[test]
fn a_clock_that_went_back_renews_what_is_not_yet_valid() {
    let folder = Folder(tempfile::tempdir().unwrap());
    folder.ensure(10).unwrap();
    assert_eq!(made(&folder.ensure(0).unwrap()), named(&ALL, Why::Expired));
}

#[test]
fn what_the_pfx_can_give_is_derived_from_it_and_the_pfx_stays() {
    let folder = Folder::filled();
    let before = folder.all_bytes();
    fs::remove_file(folder.path("allowed.key")).unwrap();
    fs::write(folder.path("allowed.crt.base64"), "MII").unwrap();
    fs::copy(folder.path("denied.pem"), folder.path("allowed.pem")).unwrap();
    let expected = [
        ("allowed.key".to_owned(), Why::Missing),
        ("allowed.pem".to_owned(), Why::Disagreed),
        ("allowed.crt.base64".to_owned(), Why::Disagreed),
    ];
    assert_eq!(made(&folder.ensure(0).unwrap()), expected);
    assert_eq!(folder.all_bytes(), before);
}

#[test]
fn a_missing_pfx_renews_the_caller_as_a_whole() {
    let folder = Folder::filled();
    fs::remove_file(folder.path("denied.pfx")).unwrap();
    assert_eq!(
        made(&folder.ensure(0).unwrap()),
        named(&ALL[4..8], Why::Missing)
    );
    assert_eq!(made(&folder.ensure(0).unwrap()), []);
}

#[test]
fn a_crash_between_two_writes_of_a_renewal_repairs_itself() {
    let (old, new) = (Folder::filled(), Folder::filled());
    // The first file of each group is new, the rest old, as a crash leaves them.
    for (name, repaired) in [("allowed.pfx", 1..4), ("ca.pem", 8..11)] {
        fs::copy(new.path(name), old.path(name)).unwrap();
        assert_eq!(
            made(&old.ensure(0).unwrap()),
            named(&ALL[repaired], Why::Disagreed),
            "{name}"
        );
    }
}

#[test]
fn if_one_of_the_servers_files_is_missing_all_three_are_made() {
    for name in &ALL[8..] {
        let folder = Folder::filled();
        fs::remove_file(folder.path(name)).unwrap();
        assert_eq!(
            made(&folder.ensure(0).unwrap()),
            named(&ALL[8..], Why::Missing),
            "{name}"
        );
    }
}

#[test]
fn strangers_are_named_all_at_once_and_never_overwritten() {
    let folder = Folder(tempfile::tempdir().unwrap());
    let strange = ["allowed.pfx", "denied.key", "server.key"];
    for name in strange {
        fs::write(folder.path(name), "mine").unwrap();
    }
    let Err(Failure::Configuration(problems)) = folder.ensure(0) else {
        panic!("expected problems");
    };
    let at: Vec<_> = problems.iter().map(Problem::at).collect();
    assert_eq!(
        at,
        strange.map(|name| folder.path(name).display().to_string())
    );
    for name in strange {
        assert_eq!(folder.bytes(name), b"mine");
    }
    assert!(
        !folder.path("denied.pfx").exists(),
        "nothing is written beside a problem"
    );
}

#[test]
fn a_key_that_is_not_ours_is_kept() {
    let (folder, other) = (Folder::filled(), Folder::filled());
    fs::copy(other.path("allowed.key"), folder.path("allowed.key")).unwrap();
    let Err(Failure::Configuration(problems)) = folder.ensure(0) else {
        panic!("expected problems");
    };
    assert_eq!(problems.len(), 1);
    assert!(problems[0].at().ends_with("allowed.key"), "{problems:?}");
}

#[test]
fn the_development_ca_is_confined_to_localhost_and_its_key_is_nowhere() {
    let folder = Folder::filled();
    let ca = X509::from_pem(&folder.bytes("ca.pem")).unwrap();
    let text = String::from_utf8(ca.to_text().unwrap()).unwrap();
    for expected in [
        "Name Constraints: critical",
        "DNS:localhost",
        "IP:127.0.0.1/255.255.255.255",
        "CA:TRUE, pathlen:0",
    ] {
        assert!(text.contains(expected), "{expected} not in {text}");
    }
    let ca_key = ca.public_key().unwrap();
    for name in ["allowed.key", "denied.key", "server.key"] {
        let key = PKey::private_key_from_pem(&folder.bytes(name)).unwrap();
        assert!(!key.public_eq(&ca_key), "{name}");
    }
    let chain = X509::stack_from_pem(&folder.bytes("server.pem")).unwrap();
    assert_eq!(chain.len(), 2);
    assert!(chain[0].verify(&ca_key).unwrap());
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::filled();
    for name in [
        "allowed.pfx",
        "allowed.key",
        "denied.pfx",
        "denied.key",
        "server.key",
    ] {
        let mode = fs::metadata(folder.path(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

fn problems(folder: &Folder, days: u64) -> Vec<Problem> {
    match folder.ensure(days) {
        Err(Failure::Configuration(problems)) => problems,
        _ => panic!("expected problems"),
    }
}

/// A certificate that mtls would not make, for 30 days.
fn foreign(purpose: Purpose) -> (PKey<Private>, X509) {
    let template = Template {
        subject: CommonName::constant("Somebody").into(),
        extensions: Vec::new(),
        alternative_names: Vec::new(),
        validity: Validity::starting(UnixTime::since_unix_epoch(Duration::from_secs(START)), 30),
        purpose,
    };
    let key = KeyKind::P256.generate().unwrap();
    let certificate = self_signed(&template, &key).unwrap();
    (key, certificate)
}

#[test]
fn a_certificate_of_ones_own_is_used_while_it_is_valid_and_never_replaced() {
    let folder = Folder::filled();
    let (key, certificate) = foreign(Purpose::Caller);
    let archive = pfx::Archive {
        friendly_name: "Somebody",
        key: &key,
        certificate: &certificate,
        chain: &[],
    };
    let bytes = pfx::write(&archive, pfx::Form::Modern, PASSWORD).unwrap();
    for name in &ALL[1..4] {
        fs::remove_file(folder.path(name)).unwrap();
    }
    fs::write(folder.path("allowed.pfx"), &bytes).unwrap();
    let certificates = folder.ensure(0).unwrap();
    assert_eq!(made(&certificates), named(&ALL[1..4], Why::Missing));
    assert_eq!(certificates.allowed.common_name, "Somebody");
    let problems = problems(&folder, 30);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].at().ends_with("allowed.pfx"), "{problems:?}");
    assert_eq!(folder.bytes("allowed.pfx"), *bytes);
}

#[test]
fn another_authority_another_server_and_a_lone_key_are_kept() {
    let (key, certificate) = foreign(Purpose::Authority);
    let pem = certificate.to_pem().unwrap();
    let key = key.private_key_to_pem_pkcs8().unwrap();
    for (name, bytes) in [("ca.pem", &pem), ("server.pem", &pem), ("server.key", &key)] {
        let folder = Folder(tempfile::tempdir().unwrap());
        fs::write(folder.path(name), bytes).unwrap();
        let problems = problems(&folder, 0);
        assert_eq!(problems.len(), 1, "{name}");
        assert!(problems[0].at().ends_with(name), "{problems:?}");
        assert_eq!(folder.bytes(name), *bytes, "{name}");
    }
}

/// Runs a tool that others wrote over the folder; nothing where it is not installed, and then it says so.
fn foreign_tool(folder: &Folder, tool: &str, arguments: &[&str]) -> Option<std::process::Output> {
    let run = std::process::Command::new(tool)
        .args(arguments)
        .current_dir(folder.0.path())
        .stdin(std::process::Stdio::null())
        .output();
    match run {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            test_support::skipped(&format!(
                "{tool} is not installed, so it did not look at the test certificates"
            ));
            None
        }
        run => Some(run.unwrap()),
    }
}

#[test]
fn openssls_own_tool_opens_the_pfx_and_verifies_the_server() {
    let folder = Folder::filled();
    let at = (START + DAY).to_string();
    let password = format!("pass:{PASSWORD}");
    let calls: [(&[&str], &str); 3] = [
        (
            &[
                "pkcs12",
                "-in",
                "allowed.pfx",
                "-passin",
                &password,
                "-noout",
                "-info",
            ],
            "",
        ),
        (
            &[
                "verify",
                "-attime",
                &at,
                "-purpose",
                "sslserver",
                "-verify_hostname",
                "localhost",
                "-CAfile",
                "ca.pem",
                "server.pem",
            ],
            "OK",
        ),
        (
            &[
                "verify",
                "-attime",
                &at,
                "-purpose",
                "sslserver",
                "-verify_ip",
                "::1",
                "-CAfile",
                "ca.pem",
                "server.pem",
            ],
            "OK",
        ),
    ];
    for (arguments, expected) in calls {
        let Some(output) = foreign_tool(&folder, "openssl", arguments) else {
            return;
        };
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(
            String::from_utf8_lossy(&output.stdout).contains(expected),
            "{arguments:?}"
        );
    }
}

#[test]
fn node_opens_the_pfx_as_postman_would() {
    let folder = Folder::filled();
    let script = "require('tls').createSecureContext({pfx: require('fs').readFileSync(process.argv[1]), passphrase: process.argv[2]})";
    for (password, opens) in [(PASSWORD, true), ("wrong", false)] {
        let Some(output) = foreign_tool(&folder, "node", &["-e", script, "denied.pfx", password])
        else {
            return;
        };
        assert_eq!(
            output.status.success(),
            opens,
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
