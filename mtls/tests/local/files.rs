//! What is written into `certs/`, and what in there is never touched.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::running::Running;

const ARGUMENTS: [&str; 7] = [
    "front-end",
    "--upstream",
    "http://127.0.0.1:1",
    "--port",
    "0",
    "--log",
    "json",
];

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_folder_and_the_keys_are_for_their_owner_alone_whatever_the_umask() {
    for umask in ["000", "077", "0777"] {
        let folder = tempfile::tempdir().unwrap();
        let mut shell = Command::new("sh");
        let script = format!("umask {umask} && exec \"$0\" \"$@\"");
        shell
            .args(["-c", &script, env!("CARGO_BIN_EXE_mtls")])
            .args(ARGUMENTS);
        Running::spawn(shell, folder.path()).wait_until_ready();
        let certs = folder.path().join("certs");
        assert_eq!(mode(&certs), 0o700, "{umask}");
        for key in [
            "allowed.pfx",
            "allowed.key",
            "denied.pfx",
            "denied.key",
            "server.key",
        ] {
            assert_eq!(mode(&certs.join(key)), 0o600, "{umask} {key}");
        }
    }
}

#[test]
fn a_link_in_the_place_of_the_lock_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("certs")).unwrap();
    let target = folder.path().join("precious");
    std::fs::write(&target, "kept").unwrap();
    for target in [target.clone(), folder.path().join("dangling")] {
        let lock = folder.path().join("certs/.lock");
        symlink(&target, &lock).unwrap();
        let (status, errors) = Running::launch(folder.path(), &ARGUMENTS).end();
        assert_eq!(status.code(), Some(64), "{errors}");
        assert!(
            errors.contains("certs/.lock: expected an empty file"),
            "{errors}"
        );
        std::fs::remove_file(lock).unwrap();
    }
    assert_eq!(std::fs::read_to_string(target).unwrap(), "kept");
    assert!(!folder.path().join("dangling").exists());
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_reported_and_not_waited_for() {
    for name in [".lock", "allowed.pfx", "ca.pem", "server.key"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("certs")).unwrap();
        let pipe = folder.path().join("certs").join(name);
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let (status, errors) = Running::launch(folder.path(), &ARGUMENTS).end();
        assert_eq!(status.code(), Some(64), "{name}: {errors}");
        assert!(
            errors.contains(name) && (errors.contains("regular file") || errors.contains("a pipe")),
            "{errors}"
        );
    }
}
