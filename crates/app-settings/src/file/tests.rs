#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;
use std::thread;
use std::time::Instant;

use super::*;

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_regular_file_is_read_up_to_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"12345").unwrap();
    assert_eq!(read_file(&file, 5).unwrap().as_slice(), b"12345");
    assert_eq!(
        read_file(&file, 4).unwrap_err(),
        FileError::TooLarge { most: 4 }
    );
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_not_a_regular_file_is_refused_at_once_by_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    fifo(&pipe);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    let began = Instant::now();
    for (path, found) in [
        (folder.path(), "a folder"),
        (&pipe, "a pipe"),
        (&link, "a pipe"),
        (Path::new("/dev/zero"), "a device"),
        (Path::new("/dev/tty"), "a device"),
    ] {
        match read_file(path, 10) {
            Err(FileError::NotAFile { found: kind }) => assert_eq!(kind, found),
            // Without a terminal there is no such device.
            Err(FileError::Unreadable { .. }) if path == Path::new("/dev/tty") => {}
            other => panic!("{}: {:?}", path.display(), other.map(|bytes| bytes.len())),
        }
    }
    assert!(began.elapsed() < FILE_READ_TIMEOUT);
}

#[cfg(target_os = "linux")]
#[test]
fn an_endless_file_that_claims_to_be_empty_is_bounded() {
    // Its length is 0 to fstat, whatever it has.
    assert_eq!(
        read_file(Path::new("/proc/self/maps"), 16).unwrap_err(),
        FileError::TooLarge { most: 16 }
    );
}

#[test]
fn readers_of_one_path_at_the_same_time_all_get_their_answer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"12345").unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(read_file(&file, 5).unwrap().as_slice(), b"12345"));
        }
    });
}

#[test]
fn folders_are_listed_by_the_file_that_they_contain() {
    let root = tempfile::tempdir().unwrap();
    for (folder, file) in [("B", "function.json"), ("A", "function.json"), ("C", "x")] {
        fs::create_dir(root.path().join(folder)).unwrap();
        fs::write(root.path().join(folder).join(file), "").unwrap();
    }
    fs::write(root.path().join("function.json"), "").unwrap();
    assert_eq!(
        folders_with(root.path(), "function.json").unwrap(),
        ["A", "B"]
    );
}

#[cfg(unix)]
#[test]
fn a_file_below_a_folder_is_read_and_nothing_outside_it() {
    use std::os::unix::fs::symlink;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("policy");
    fs::create_dir_all(folder.join("trust")).unwrap();
    fs::create_dir_all(folder.join("..2027")).unwrap();
    fs::write(place.path().join("secret.pem"), b"secret").unwrap();
    for name in ["a.pem", "trust/b.pem", "..2027/c.pem"] {
        fs::write(folder.join(name), name).unwrap();
    }
    symlink("..2027/c.pem", folder.join("c.pem")).unwrap();
    symlink(place.path().join("secret.pem"), folder.join("out.pem")).unwrap();
    symlink(place.path(), folder.join("up")).unwrap();
    symlink("circle.pem", folder.join("circle.pem")).unwrap();
    symlink(&folder, place.path().join("current")).unwrap();
    let secret = place.path().join("secret.pem");
    for (name, expected) in [
        (Path::new("a.pem"), Ok("a.pem")),
        (Path::new("trust/b.pem"), Ok("trust/b.pem")),
        (Path::new("c.pem"), Ok("..2027/c.pem")),
        (Path::new("d.pem"), Err(FileError::Missing)),
        (
            Path::new("trust"),
            Err(FileError::NotAFile { found: "a folder" }),
        ),
        (Path::new("out.pem"), Err(FileError::Outside)),
        (Path::new("up/secret.pem"), Err(FileError::Outside)),
        (Path::new("../secret.pem"), Err(FileError::Outside)),
        (&secret, Err(FileError::Outside)),
    ] {
        for folder in [&folder, &place.path().join("current")] {
            let found = read_file_below(folder, name, 100);
            let found = found.as_ref().map(|bytes| str::from_utf8(bytes).unwrap());
            assert_eq!(
                found,
                expected.as_ref().map(|text| *text),
                "{}",
                name.display()
            );
        }
    }
    let circle = read_file_below(&folder, Path::new("circle.pem"), 100);
    assert!(matches!(circle, Err(FileError::Unreadable { .. })));
}
