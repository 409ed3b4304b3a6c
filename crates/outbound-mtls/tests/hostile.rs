//! Files that are changed at random, in their structure too, are read without a panic, within bounds of memory and time.
//!
//! The changes are drawn from the same numbers on each run; the keys are new. A process of its own, with one test, so that its memory is the reader's.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::time::{Duration, Instant};

use outbound_mtls::{Contents, Password};

use test_support::hierarchy::self_signed_client;
use test_support::memory::kilobytes;
use test_support::pfx::{self, Bag, Kdf, PASSWORD};

/// How many changed files are read.
const FILES: u64 = 30_000;

/// The most time for one file: the most work that is done for one takes about a second on a machine that is idle.
const MAX_TIME: Duration = Duration::from_secs(10);

/// The most memory for a file that does not ask for scrypt, in kB: eight times the largest file here.
const MAX_MEMORY: u64 = 8 * 1024;

/// The same, where scrypt may take 64 MiB and OpenSSL's working memory with it.
const MAX_MEMORY_WITH_SCRYPT: u64 = MAX_MEMORY + 128 * 1024;

#[test]
fn changed_files_are_read_within_bounds_of_memory_and_time() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    // What is set up once by the libraries does not count.
    for file in files() {
        read(&file);
    }
    for file in crafted() {
        bounded(&file, MAX_MEMORY);
    }
    let files = files();
    let (mut loaded, mut refused) = (0, 0);
    for _ in 0..FILES {
        let (seed, most) = match random.below(files.len()) {
            0 => (&files[0], MAX_MEMORY_WITH_SCRYPT),
            other => (&files[other], MAX_MEMORY),
        };
        let mut file = seed.clone();
        for _ in 0..=random.below(3) {
            change(&mut file, &mut random);
        }
        match bounded(&file, most) {
            true => loaded += 1,
            false => refused += 1,
        }
    }
    // Some changes do not matter, and most do: neither the reader nor the changes are idle.
    assert!(
        loaded > FILES / 100 && refused > FILES / 2,
        "{loaded} {refused}"
    );
}

/// Reads a file; whether it loads.
fn read(file: &[u8]) -> bool {
    Contents::read("p.p12", file, Some(&Password::new(PASSWORD.to_owned()))).is_ok()
}

fn bounded(file: &[u8], most: u64) -> bool {
    // The peak of the memory in use begins anew.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = [kilobytes("VmRSS").unwrap(), kilobytes("VmPeak").unwrap()];
    let begun = Instant::now();
    let loads = read(file);
    let took = begun.elapsed();
    let after = [kilobytes("VmHWM").unwrap(), kilobytes("VmPeak").unwrap()];
    let head = &file[..file.len().min(400)];
    assert!(took < MAX_TIME, "{took:?} {head:02x?}");
    for (before, after) in before.into_iter().zip(after) {
        let grown = after.saturating_sub(before);
        assert!(grown < most, "{grown} kB {head:02x?}");
    }
    loads
}

/// Files of every structure that is read; the first asks for scrypt.
fn files() -> Vec<Vec<u8>> {
    let ours = self_signed_client();
    let (key, certificate) = (&ours.key, &ours.certificate);
    let cheap = pfx::made(
        &ours,
        std::slice::from_ref(certificate),
        PASSWORD,
        |builder| {
            builder.key_iter(1).mac_iter(1);
        },
    );
    let plain = pfx::plain(&[
        Bag::Key(key, Some("ours")),
        Bag::Inner(vec![Bag::Inner(vec![Bag::Certificate(certificate, None)])]),
    ]);
    let locked = |kdf| Bag::Locked(kdf, &[0; 64]);
    let scrypt = locked(Kdf::Scrypt { n: 4, r: 1, p: 1 });
    let checked = pfx::authenticated_safe(&[
        locked(Kdf::Pbkdf2 { iterations: 2 }),
        locked(Kdf::Pkcs12 { iterations: 2 }),
    ]);
    let checked = pfx::archive(&checked, &pfx::pbmac1_data(&[0; 32], 2));
    let encrypted = pfx::encrypted_safe(Kdf::Pbkdf2 { iterations: 2 }, &[0; 64]);
    let encrypted = pfx::archive(&encrypted, &[]);
    let definite = [cheap, plain, checked, encrypted];
    let indefinite = definite.each_ref().map(|file| pfx::indefinite(file));
    std::iter::once(pfx::plain(&[scrypt]))
        .chain(definite)
        .chain(indefinite)
        .collect()
}

/// Files of the greatest size whose structure is as deep, as wide or as false as it can be.
fn crafted() -> Vec<Vec<u8>> {
    let around = |inside: &[u8]| pfx::archive(inside, &[]);
    let size = (1 << 20) - 100;
    let deep = |open: &[u8], depth: usize| {
        let end = if open[1] == 0x80 { &[0, 0][..] } else { &[] };
        [open.repeat(depth), end.repeat(depth)].concat()
    };
    let mut crafted = vec![pfx::indefinite(&around(&vec![0x30; size * 9 / 10]))];
    for open in [[0x30, 0x80], [0x24, 0x80], [0xA0, 0x80], [0x31, 0x80]] {
        // At the reader's own limit, beyond it, and as deep as a file can be.
        for depth in [30, 31, 32, 33, 34, size / 4] {
            let nested = deep(&open, depth);
            let wide = nested.repeat((size / nested.len()).max(1));
            crafted.extend([nested.clone(), around(&nested), wide.clone(), around(&wide)]);
            crafted.push(around(&[&[0x30, 0x80][..], &wide, &[0, 0]].concat()));
            crafted.push(around(&[&[0x24, 0x80][..], &wide, &[0, 0]].concat()));
        }
    }
    for tag in [0x02, 0x04, 0x06, 0x24, 0x30, 0x31, 0xA0] {
        for length in [
            &[0x84, 0xFF, 0xFF, 0xFF, 0xFF][..],
            &[0x88; 9],
            &[0xFF; 200],
            &[0x83, 0x0F, 0, 0],
        ] {
            let lie = [&[tag], length, &[0x30; 40]].concat();
            crafted.extend([around(&lie), lie]);
        }
        // Octet strings of one byte each, and an identifier or a number as long as the file.
        crafted.push(around(
            &[&[0x24, 0x80][..], &[0x04, 1, 7].repeat(size / 3), &[0, 0]].concat(),
        ));
        let long = u32::try_from(size).unwrap().to_be_bytes();
        crafted.push(around(
            &[&[tag, 0x84], &long[..], &vec![0x81; size]].concat(),
        ));
    }
    crafted
}

/// One change of the bytes or of the structure.
fn change(file: &mut Vec<u8>, random: &mut Random) {
    if file.is_empty() {
        return;
    }
    let at = random.below(file.len());
    let to = at + random.below(file.len() - at);
    match random.below(8) {
        0 => file[at] = random.byte(),
        1 => file[at] ^= 1 << random.below(8),
        2 => file.truncate(at),
        3 => drop(file.drain(at..to)),
        4 => {
            let copy = file[at..to].to_vec();
            file.splice(at..at, copy);
        }
        5 => lie(file, random),
        6 => open_end(file, random),
        _ => nest(file, random),
    }
}

/// Where a header may be, judged by a known tag.
fn header(file: &[u8], random: &mut Random) -> Option<usize> {
    let from = random.below(file.len());
    let known = |at: &usize| [0x02, 0x04, 0x06, 0x24, 0x30, 0x31, 0xA0].contains(&file[*at]);
    (from..file.len() - 1).find(known)
}

/// A length that is not the true one.
fn lie(file: &mut Vec<u8>, random: &mut Random) {
    let Some(at) = header(file, random) else {
        return;
    };
    let [a, b, c, d] = [(); 4].map(|()| random.byte());
    let long = [0x80 | (random.byte() % 10), a, b, c, d];
    let next = file[at + 1];
    let length: &[u8] = match random.below(6) {
        0 => &[next.wrapping_add(1)],
        1 => &[next.wrapping_sub(1)],
        2 => &[0],
        3 => &[0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        4 => &long,
        _ => &[0x88, 0, 0, 0, 0, 0, 0, 0, a],
    };
    let length = length.to_vec();
    file.splice(at + 1..at + 2, length);
}

/// A length that is indefinite, with or without an end.
fn open_end(file: &mut Vec<u8>, random: &mut Random) {
    let Some(at) = header(file, random) else {
        return;
    };
    file[at] |= 0x20 * u8::from(random.below(2) == 0);
    file[at + 1] = 0x80;
    if random.below(2) == 0 {
        let end = at + 2 + random.below(file.len() - at - 1);
        file.splice(end..end, [0, 0]);
    }
}

/// Up to 64 values around the rest of the file, or around nothing.
fn nest(file: &mut Vec<u8>, random: &mut Random) {
    let Some(at) = header(file, random) else {
        return;
    };
    let tag = [0x24, 0x30, 0x31, 0xA0][random.below(4)];
    let depth = 1 + random.below(64);
    file.splice(at..at, [tag, 0x80].repeat(depth));
    if random.below(2) == 0 {
        let end = at + 2 * depth + random.below(file.len() - at - 2 * depth + 1);
        file.splice(end..end, [0, 0].repeat(depth));
    }
}

/// Numbers that are the same on each run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap();
        usize::try_from(self.next() % end).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }
}
