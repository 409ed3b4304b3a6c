#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Barrier};
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
fn a_stalled_read_is_given_up_and_not_begun_again_until_it_returns() {
    let path = Path::new("/a share that does not answer");
    let (answer, share) = channel::<()>();
    let stall = |share: Receiver<()>| {
        within(path, Duration::from_millis(20), move || {
            let _ = share.recv();
            Ok(1)
        })
    };
    let first = stall(share).unwrap_err();
    assert!(matches!(first, FileError::Stalled { after: Some(_) }));
    let again = within(path, FILE_READ_TIMEOUT, || Ok(2));
    assert_eq!(again, Err(FileError::Stalled { after: None }));
    drop(answer);
    let end = Instant::now() + FILE_READ_TIMEOUT;
    while within(path, FILE_READ_TIMEOUT, || Ok(2)) != Ok(2) {
        assert!(Instant::now() < end, "the path is never read again");
        thread::yield_now();
    }
}

#[test]
fn readers_of_one_path_take_turns_and_leave_one_thread_behind() {
    const READERS: usize = 2;
    let path = Path::new("/a path that two threads read");
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (answer, share) = channel::<()>();
    let share = Arc::new(Mutex::new(share));
    let begin = Arc::new(Barrier::new(READERS));
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            let (share, begin) = (Arc::clone(&share), Arc::clone(&begin));
            thread::spawn(move || {
                begin.wait();
                within(path, Duration::from_millis(50), move || {
                    most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                    let _ = share.lock().unwrap().recv();
                    running.fetch_sub(1, SeqCst);
                    Ok(())
                })
            })
        })
        .collect();
    for reader in readers {
        let error = reader.join().unwrap().unwrap_err();
        assert!(matches!(error, FileError::Stalled { .. }), "{error:?}");
    }
    drop(answer);
    assert_eq!(most.load(SeqCst), 1);
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
