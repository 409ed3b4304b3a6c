use std::collections::BTreeSet;
use std::fs;

use client_cert::{Certificate, Crl, Fitness, FrontEnd, Policy, evaluate};
use policy_source::{Folder as Files, Loaded};

use super::*;
use crate::test_certificates::tests::Folder;

impl Folder {
    fn callers(&self, days: u64) -> Result<Callers, Failure> {
        let allowed = self.ensure(days)?.allowed;
        ensure_callers(self.0.path(), &allowed, Self::at(days))
    }

    fn policy(&self) -> Policy {
        let path = self.path(POLICY);
        let files = Files::of_document(&path);
        let text = fs::read(&path).unwrap();
        let loaded = policy_source::load(&text, FrontEnd::default(), Fitness::default(), |name| {
            files.read(name)
        });
        let Loaded { policy, notes, .. } = loaded.unwrap();
        assert_eq!(notes, []);
        policy
    }
}

fn made(callers: &Callers) -> Vec<(String, Why)> {
    let name = |made: &Made| made.path.file_name().unwrap().to_str().unwrap().to_owned();
    let made = callers.made.iter();
    made.map(|made| (name(made), made.why)).collect()
}

/// Every file of `certs/callers/` with its bytes.
fn contents(folder: &Folder) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder.path(FOLDER)).unwrap();
    let mut all: Vec<_> = entries
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    all.sort();
    all
}

#[test]
fn an_empty_folder_gets_the_authority_and_a_second_call_touches_nothing() {
    let folder = Folder::filled();
    let expected = [
        ("callers".to_owned(), Why::Missing),
        (POLICY.to_owned(), Why::Missing),
    ];
    assert_eq!(made(&folder.callers(0).unwrap()), expected);
    let before = contents(&folder);
    assert_eq!(before.len(), 2 * 3 + 3 * 3);
    assert_eq!(made(&folder.callers(1).unwrap()), []);
    assert_eq!(contents(&folder), before);
}

#[cfg(unix)]
#[test]
fn keys_of_the_authority_and_of_its_callers_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::filled();
    folder.callers(0).unwrap();
    let mode = |name: &str| {
        fs::metadata(folder.path(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(FOLDER), 0o700);
    for (name, bytes) in contents(&folder) {
        let is_secret = name.ends_with(".key") || name.ends_with(".pfx");
        let holds_key = String::from_utf8_lossy(&bytes).contains("PRIVATE KEY");
        assert_eq!(holds_key, name.ends_with(".key"), "{name}");
        assert!(
            !is_secret || mode(&format!("{FOLDER}/{name}")) == 0o600,
            "{name}"
        );
    }
}

/// Each caller satisfies each of its rules, those of no other caller, and the rules have every condition that there is.
#[test]
fn the_document_has_every_kind_of_rule_and_each_admits() {
    let folder = Folder::filled();
    let callers = folder.callers(0).unwrap();
    let policy = folder.policy();
    let allowed = folder.ensure(0).unwrap().allowed;
    let names = ["allowed", "billing", "robots", "jane"];
    for (name, identity) in names
        .into_iter()
        .zip([&allowed].into_iter().chain(&callers.identities))
    {
        let certificate = Certificate::parse(&identity.der).unwrap();
        let evaluation = evaluate(&policy, &certificate, Folder::at(1));
        let caller = policy
            .callers()
            .find(|caller| caller.name.as_ref().unwrap().as_str() == name);
        let candidates = evaluation.candidates();
        assert_eq!(candidates.len(), caller.unwrap().rules.len(), "{name}");
        for candidate in candidates {
            assert_eq!(candidate.caller().name.as_ref().unwrap().as_str(), name);
            assert_eq!(candidate.denials(), [], "{name}: {}", candidate.rule());
        }
    }
    let text = String::from_utf8(folder.bytes(POLICY)).unwrap();
    let schema = policy_source::schema();
    let keys = schema["definitions"]["RuleEntry"]["properties"]
        .as_object()
        .unwrap();
    let missing: BTreeSet<&String> = keys
        .keys()
        .filter(|key| !text.contains(&format!("\"{key}\":")))
        .collect();
    assert_eq!(missing.into_iter().collect::<Vec<_>>(), ["notBefore"]);
}

#[test]
fn lists_are_signed_anew_before_they_are_stale_and_all_else_when_it_ends() {
    let folder = Folder::filled();
    folder.callers(0).unwrap();
    let policy = folder.bytes(POLICY);
    assert_eq!(made(&folder.callers(28).unwrap()), []);
    let lists = ["root.crl", "intermediate.crl"].map(|name| (name.to_owned(), Why::Expired));
    assert_eq!(made(&folder.callers(29).unwrap()), lists);
    // A clock that went back.
    assert_eq!(made(&folder.callers(0).unwrap()), lists);
    let all = ("callers".to_owned(), Why::Expired);
    let kept = (POLICY.to_owned(), Why::Kept);
    assert_eq!(made(&folder.callers(365).unwrap()), [all, kept]);
    assert_eq!(folder.bytes(POLICY), policy);
    assert_eq!(made(&folder.callers(366).unwrap()), []);
    let list = Crl::parse(&folder.bytes("callers/intermediate.crl")).unwrap();
    assert!(list.is_empty());
}

#[test]
fn what_is_missing_or_differs_is_made_of_the_keys_and_a_missing_key_renews_all() {
    let folder = Folder::filled();
    folder.callers(0).unwrap();
    let before = contents(&folder);
    fs::remove_file(folder.path("callers/root.pem")).unwrap();
    fs::copy(
        folder.path("callers/jane.pfx"),
        folder.path("callers/robot.pfx"),
    )
    .unwrap();
    let repaired = ["root.pem", "robot.pfx"].map(|name| (name.to_owned(), Why::Disagreed));
    assert_eq!(made(&folder.callers(0).unwrap()), repaired);
    let is_pfx = |(name, _): &&(String, Vec<u8>)| name != "robot.pfx";
    let after = contents(&folder);
    assert!(after.iter().filter(is_pfx).eq(before.iter().filter(is_pfx)));
    let other = Folder::filled();
    other.callers(0).unwrap();
    for (name, why) in [
        ("jane.key", Why::Missing),
        ("intermediate.key", Why::Disagreed),
    ] {
        let path = folder.path(&format!("callers/{name}"));
        match why {
            Why::Missing => fs::remove_file(path).unwrap(),
            _ => fs::copy(other.path(&format!("callers/{name}")), path)
                .map(|_| ())
                .unwrap(),
        }
        assert_eq!(
            made(&folder.callers(0).unwrap())[0],
            ("callers".to_owned(), why),
            "{name}"
        );
        assert_eq!(made(&folder.callers(0).unwrap()), [], "{name}");
    }
}

#[test]
fn somebody_elses_files_are_never_replaced() {
    for name in [
        "root.key",
        "robot.pfx",
        "jane.pem",
        "intermediate.crl",
        "root.pem",
    ] {
        for is_filled in [false, true] {
            let folder = Folder::filled();
            if is_filled {
                folder.callers(0).unwrap();
            } else {
                fs::create_dir(folder.path(FOLDER)).unwrap();
            }
            let path = folder.path(&format!("callers/{name}"));
            fs::write(&path, "mine").unwrap();
            let Err(Failure::Configuration(problems)) = folder.callers(0) else {
                panic!("{name}: expected problems");
            };
            assert!(problems[0].at().ends_with(name), "{problems:?}");
            assert_eq!(fs::read(&path).unwrap(), b"mine", "{name}");
        }
    }
}
