//! Commands that cannot work: one clear message.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use crate::held::{Held, one_start};
use crate::marked::PATIENCE;

crate::trials![a_command_that_cannot_work_is_one_clear_message];

/// A file that is the program.
fn file(content: &str, mode: u32) -> tempfile::TempPath {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), content).unwrap();
    fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
    file.into_temp_path()
}

async fn a_command_that_cannot_work_is_one_clear_message() {
    let own = std::env::current_exe().unwrap();
    let own = own.to_str().unwrap();
    let plain = file("", 0o644);
    let orphaned = file("#!/no/such/interpreter\r\n", 0o755);
    let unknown = file("#!/no/such/interpreter -u\n", 0o755);
    let text = |path: &tempfile::TempPath| path.to_str().unwrap().to_owned();
    let (plain, orphaned, unknown) = (text(&plain), text(&orphaned), text(&unknown));
    let table: [(&str, &[&str], &[&str]); 10] = [
        (
            "no-such-program",
            &[],
            &[
                "expected the program no-such-program",
                "folders of PATH, /",
                "or write its whole path",
            ],
        ),
        (
            "./no/such/file",
            &[],
            &["found no file /", "/no/such/file: a relative path"],
        ),
        ("", &[], &["no such file"]),
        (&plain, &[], &["must not be executed", "chmod +x"]),
        ("/tmp", &[], &["/tmp, found something that is no file"]),
        (
            &orphaned,
            &[],
            &[
                "no interpreter /no/such/interpreter\\r",
                "line end of Windows",
            ],
        ),
        (
            &unknown,
            &[],
            &["interpreter in its first line, /no/such/interpreter, is not"],
        ),
        (
            own,
            &["serve", "exit", "3"],
            &[
                "before it was ready, exit status: 3",
                "\n  a last word",
                "\n  and a reason",
            ],
        ),
        (
            own,
            &["serve", "exit", "0"],
            &["before it was ready, exit status: 0"],
        ),
        (
            own,
            &["serve", "sleep"],
            &[
                "was not ready on 127.0.0.1:",
                "nothing accepts connections there",
                "printed nothing",
            ],
        ),
    ];
    for (program, arguments, expected) in table {
        let options = one_start(Duration::from_millis(500));
        let mut held = Held::run(program, arguments, options);
        let message = tokio::time::timeout(PATIENCE, held.hopeless())
            .await
            .unwrap();
        for part in expected {
            assert!(message.contains(part), "{program}: {part}: {message}");
        }
        held.mark.assert_gone_within(Duration::ZERO);
    }
}
