#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Barrier;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::channel;

use super::*;

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
fn work_that_reads_files_reads_them_all_on_its_own_thread() {
    let threads = begin_reading(|| {
        let own = thread::current().id();
        let read = ["/a", "/b"].map(|path| {
            within(Path::new(path), FILE_READ_TIMEOUT, || {
                Ok(thread::current().id())
            })
            .unwrap()
        });
        (own, read)
    });
    let (own, read) = threads.wait().unwrap();
    assert_eq!(read, [own, own]);
    assert_ne!(own, thread::current().id());
}

#[test]
fn work_is_left_behind_at_the_file_that_does_not_answer_and_reads_no_other() {
    const TIMEOUT: Duration = Duration::from_millis(20);
    let stalled = Path::new("/a share that stops in the middle");
    let (answer, share) = channel::<()>();
    let (sender, after) = channel();
    let reading = begin(TIMEOUT, move || {
        within(Path::new("/a file that answers"), TIMEOUT, || Ok(())).unwrap();
        let first = within(stalled, TIMEOUT, move || {
            let _ = share.recv();
            Ok(())
        });
        let next = within(Path::new("/the next file"), TIMEOUT, || Ok(()));
        sender.send((first, next)).unwrap();
    });
    let interrupted = reading.wait().unwrap_err();
    assert_eq!(interrupted.path(), Some(stalled));
    let after_timeout = FileError::Stalled {
        after: Some(TIMEOUT),
    };
    assert_eq!(interrupted.error(), &after_timeout);
    let again = within(stalled, FILE_READ_TIMEOUT, || Ok(()));
    assert_eq!(again, Err(FileError::Stalled { after: None }));
    drop(answer);
    let (first, next) = after.recv().unwrap();
    assert_eq!(first, Ok(()));
    assert_eq!(next, Err(FileError::Stalled { after: None }));
}

#[test]
fn work_that_panics_is_an_error_and_not_a_wait() {
    let reading = begin_reading(|| -> () { panic!("a mistake in a reader") });
    let interrupted = reading.wait().unwrap_err();
    assert_eq!(interrupted.to_string(), "the reader failed");
    assert_eq!(interrupted.path(), None);
}
