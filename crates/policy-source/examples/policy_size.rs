//! What a large document costs: time to load and memory, for 10 and for 100,000 callers.
//!
//! Run it twice, `policy_size 10` and `policy_size 100000`, and compare: the peak of a process never falls, so that each size has a
//! process of its own. Without an argument it runs itself for both and prints the ratios.

use std::env;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;

use client_cert::{
    DEFAULT_MINIMUM_RSA_BITS, ExtendedKeyUsageRule, Fitness, FrontEnd, KeyUsageRule,
};
use policy_source::{Unreadable, load};
use test_support::memory::kilobytes;

const FITNESS: Fitness = Fitness {
    extended_key_usage: ExtendedKeyUsageRule::IfPresent,
    key_usage: KeyUsageRule::DigitalSignature,
    minimum_rsa_bits: DEFAULT_MINIMUM_RSA_BITS,
};

/// One of each size, smallest first.
const SIZES: [usize; 2] = [10, 100_000];

fn main() -> io::Result<()> {
    match env::args().nth(1).and_then(|count| count.parse().ok()) {
        Some(count) => report(&measure(count)?),
        None => compare(),
    }
}

/// What one size costs: document bytes, milliseconds, and kilobytes of memory at the peak and after it.
struct Cost {
    callers: usize,
    bytes: usize,
    milliseconds: f64,
    peak: u64,
    kept: u64,
}

fn measure(callers: usize) -> io::Result<Cost> {
    let document = document(callers);
    let before = kilobytes("VmRSS")?;
    let began = Instant::now();
    let loaded = load(document.as_bytes(), FrontEnd::AppService, FITNESS, |_| {
        Err(Unreadable::new("no file"))
    });
    let milliseconds = began.elapsed().as_secs_f64() * 1_000.0;
    let loaded = loaded.map_err(|problems| {
        io::Error::other(problems.iter().map(ToString::to_string).collect::<String>())
    })?;
    let cost = Cost {
        callers,
        bytes: document.len(),
        milliseconds,
        peak: kilobytes("VmHWM")?.saturating_sub(before),
        kept: kilobytes("VmRSS")?.saturating_sub(before),
    };
    drop(loaded);
    Ok(cost)
}

/// Callers with a name, two roles and two pins, one of them with a window.
fn document(callers: usize) -> String {
    let mut text = String::from("{\"version\": 1, \"callers\": [\n");
    for number in 0..callers {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{{ \"name\": \"caller-{number}\", \"roles\": [\"invoices.read\", \"orders.write\"], \"any\": [\n  \
             {{ \"sha256\": \"{number:064x}\", \"until\": \"2027-03-01T00:00:00Z\" }},\n  \
             {{ \"sha256\": \"{:064x}\", \"notBefore\": \"2027-02-01T00:00:00Z\" }} ] }},",
            number + callers
        );
    }
    text.push_str("] }\n");
    text
}

fn report(cost: &Cost) -> io::Result<()> {
    let Cost {
        callers,
        bytes,
        milliseconds,
        peak,
        kept,
    } = cost;
    writeln!(
        io::stdout().lock(),
        "{callers} callers {bytes} bytes {milliseconds:.3} ms {peak} kB peak {kept} kB kept"
    )
}

fn compare() -> io::Result<()> {
    let program = env::current_exe()?;
    let mut lines = Vec::new();
    for size in SIZES {
        let output = Command::new(&program).arg(size.to_string()).output()?;
        lines.push(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let number = |line: &str, index: usize| -> f64 {
        line.split(' ')
            .nth(index)
            .and_then(|word| word.parse().ok())
            .unwrap_or(f64::NAN)
    };
    let mut out = io::stdout().lock();
    for line in &lines {
        write!(out, "{line}")?;
    }
    let [small, large] = [lines.first(), lines.last()].map(|line| line.map_or("", String::as_str));
    for (name, index) in [("callers", 0), ("time", 4), ("peak", 6), ("kept", 9)] {
        writeln!(
            out,
            "{name}: {:.0} times",
            number(large, index) / number(small, index)
        )?;
    }
    Ok(())
}
