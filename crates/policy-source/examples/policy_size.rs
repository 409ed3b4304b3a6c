//! What a large document costs: time to load, memory, and time of a decision that nothing was kept of, for 10 and for 100,000
//! callers.
//!
//! Run it twice, `policy_size 10` and `policy_size 100000`, and compare: the peak of a process never falls, so that each size has a
//! process of its own. Without an argument it runs itself for both and prints the ratios.

use std::env;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;

use client_cert::{
    DEFAULT_MINIMUM_RSA_BITS, Decider, Decision, ExtendedKeyUsageRule, Fitness, Forwarded,
    FrontEnd, HeaderLine, KeyUsageRule, Policy, Requirement,
};
use policy_source::{Unreadable, load};
use test_support::memory::kilobytes;
use test_support::{Issued, NOW, Shape};

const FITNESS: Fitness = Fitness {
    extended_key_usage: ExtendedKeyUsageRule::IfPresent,
    key_usage: KeyUsageRule::DigitalSignature,
    minimum_rsa_bits: DEFAULT_MINIMUM_RSA_BITS,
};

/// How many decisions are timed; the median counts.
const DECISIONS: usize = 301;

/// One of each size, smallest first.
const SIZES: [usize; 2] = [10, 100_000];

fn main() -> io::Result<()> {
    match env::args().nth(1).and_then(|count| count.parse().ok()) {
        Some(count) => report(&measure(count)?),
        None => compare(),
    }
}

/// What one size costs: document bytes, milliseconds to load, kilobytes of memory at the peak and after it, and microseconds of
/// decisions.
struct Cost {
    callers: usize,
    bytes: usize,
    milliseconds: f64,
    peak: u64,
    kept: u64,
    decisions: [f64; 3],
}

fn measure(callers: usize) -> io::Result<Cost> {
    let certificates = Certificates::new();
    let document = document(callers, &certificates.pinned);
    let before = kilobytes("VmRSS")?;
    let began = Instant::now();
    let root = certificates.root.pem();
    let loaded = load(
        document.as_bytes(),
        FrontEnd::AppService,
        FITNESS,
        |name| match name.as_str() {
            "root.pem" => Ok(root.clone().into_bytes()),
            _ => Err(Unreadable::new("no such file")),
        },
    );
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
        decisions: certificates.decisions(&loaded.policy)?,
    };
    Ok(cost)
}

/// A caller by pin, one by name, and one whom nobody knows.
struct Certificates {
    root: Issued,
    pinned: Issued,
    named: Issued,
    unknown: Issued,
}

impl Certificates {
    fn new() -> Self {
        let root = Shape::authority("Root").self_signed();
        let mut named = Shape::caller("named");
        named.dns = vec!["caller-1.example".to_owned()];
        Self {
            pinned: Shape::caller("pinned").self_signed(),
            named: root.issue(named),
            unknown: root.issue(Shape::caller("unknown")),
            root,
        }
    }

    /// The time of a decision about each, in microseconds.
    fn decisions(&self, policy: &Policy) -> io::Result<[f64; 3]> {
        Ok([
            decision(policy, &self.pinned, true)?,
            decision(policy, &self.named, true)?,
            decision(policy, &self.unknown, false)?,
        ])
    }
}

/// The median over deciders that have kept nothing.
fn decision(policy: &Policy, certificate: &Issued, is_admitted: bool) -> io::Result<f64> {
    let header = certificate.header();
    let forwarded = Forwarded {
        arr_client_cert: HeaderLine::Once(header.as_bytes()),
        proto: HeaderLine::Once(b"https"),
        ..Forwarded::EMPTY
    };
    let now = rustls_pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(
        NOW.unsigned_abs(),
    ));
    let mut times = Vec::with_capacity(DECISIONS);
    for _ in 0..DECISIONS {
        let decider = Decider::new(policy.clone());
        let began = Instant::now();
        let decision = decider.decide(&Requirement::Admitted, &forwarded, now);
        times.push(began.elapsed().as_secs_f64() * 1_000_000.0);
        if matches!(decision, Decision::Allow(_)) != is_admitted {
            return Err(io::Error::other("expected the other decision"));
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(DECISIONS / 2).copied().unwrap_or(f64::NAN))
}

/// Callers with a name, two roles, two pins, one of them with a window, and a DNS name. The first has the certificate's pin.
fn document(callers: usize, pinned: &Issued) -> String {
    let mut text = String::from(
        "{\"version\": 1, \"trustDomains\": {\"p\": {\"anchors\": [\"root.pem\"]}}, \"callers\": [\n",
    );
    for number in 0..callers {
        let pin = match number {
            0 => pinned.sha256(),
            number => format!("{number:064x}"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{{ \"name\": \"caller-{number}\", \"roles\": [\"invoices.read\", \"orders.write\"], \"any\": [\n  \
             {{ \"sha256\": \"{pin}\", \"until\": \"2027-03-01T00:00:00Z\" }},\n  \
             {{ \"sha256\": \"{:064x}\", \"notBefore\": \"2027-02-01T00:00:00Z\" }},\n  \
             {{ \"domain\": \"p\", \"dns\": \"caller-{number}.example\" }} ] }},",
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
        decisions: [pinned, named, unknown],
    } = cost;
    writeln!(
        io::stdout().lock(),
        "{callers} callers {bytes} bytes {milliseconds:.3} ms {peak} kB peak {kept} kB kept \
         {pinned:.2} us pinned {named:.2} us named {unknown:.2} us unknown"
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
    for (name, index) in [
        ("callers", 0),
        ("time to load", 4),
        ("peak", 6),
        ("kept", 9),
        ("decision by pin", 12),
        ("decision by name", 15),
        ("decision about an unknown caller", 18),
    ] {
        writeln!(
            out,
            "{name}: {:.1} times",
            number(large, index) / number(small, index)
        )?;
    }
    Ok(())
}
