//! What a long revocation list costs: time to load and to look up, and memory, for 10 and for a million entries.
//!
//! `crl_size` makes both lists and measures each in a process of its own, since the peak of a process never falls. It prints both
//! and the ratios. `crl_size FILE ENTRIES` measures the list in a file.

use std::hint::black_box;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use client_cert::Crl;
use test_support::Shape;
use test_support::crl::List;
use test_support::memory::kilobytes;

/// Smallest first.
const SIZES: [u32; 2] = [10, 1_000_000];

/// So many look-ups are timed, each of another number; half of them are listed.
const LOOK_UPS: u32 = 200_000;

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let file = arguments.next();
    let entries = arguments.next().and_then(|entries| entries.parse().ok());
    match (file, entries) {
        (Some(file), Some(entries)) => measure(&fs::read(file)?, entries),
        _ => compare(),
    }
}

/// Prints entries, bytes, milliseconds to load, nanoseconds to look up, and kilobytes at the peak and kept, both beside the file.
fn measure(file: &[u8], entries: u32) -> io::Result<()> {
    let before = kilobytes("VmRSS")?;
    let began = Instant::now();
    let crl = Crl::parse(file).map_err(io::Error::other)?;
    let load = began.elapsed().as_secs_f64() * 1_000.0;
    let (peak, kept) = (kilobytes("VmHWM")?, kilobytes("VmRSS")?);
    let began = Instant::now();
    for look_up in 0..LOOK_UPS {
        // Odd numbers stride over the list; every other one is beyond it.
        let number = look_up.wrapping_mul(2_654_435_761) % entries + entries * (look_up % 2);
        black_box(crl.lists(crl.issuer(), &serial(number)));
    }
    let look_up = began.elapsed().as_secs_f64() * 1e9 / f64::from(LOOK_UPS);
    let [peak, kept] = [peak, kept].map(|memory| memory.saturating_sub(before));
    writeln!(
        io::stdout().lock(),
        "{} entries {} bytes {load:.3} ms to load {look_up:.0} ns to look up {peak} kB peak {kept} kB kept",
        crl.len(),
        file.len(),
    )
}

fn compare() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let authority = Shape::authority("Root").self_signed();
    let mut lines = Vec::new();
    for size in SIZES {
        let mut list = List::of(&[]);
        // Backwards, as no list is in order by its numbers.
        list.entries = (0..size)
            .rev()
            .map(|number| (serial(number), Vec::new()))
            .collect();
        let file = folder.path().join("list.crl");
        fs::write(&file, list.signed_by(&authority))?;
        let mut program = Command::new(env::current_exe()?);
        let output = program.arg(&file).arg(size.to_string()).output()?;
        lines.push(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let mut out = io::stdout().lock();
    for line in &lines {
        write!(out, "{line}")?;
    }
    let [small, large] = [lines.first(), lines.last()].map(|line| line.map_or("", String::as_str));
    for (name, index) in [
        ("entries", 0),
        ("bytes", 2),
        ("load", 4),
        ("look-up", 8),
        ("kept", 16),
    ] {
        let ratio = number(large, index) / number(small, index);
        writeln!(out, "{name}: {ratio:.1} times")?;
    }
    Ok(())
}

/// A number of 16 octets, as authorities give them.
fn serial(number: u32) -> Vec<u8> {
    [
        &[0x40; 12][..],
        &number.wrapping_mul(2_654_435_761).to_be_bytes(),
    ]
    .concat()
}

fn number(line: &str, index: usize) -> f64 {
    let word = line.split(' ').nth(index);
    word.and_then(|word| word.parse().ok()).unwrap_or(f64::NAN)
}
