//! Standard error: problems of a start, and panics.

use std::io::{self, Write as _};
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use app_settings::Problem;

use crate::host::contract;

/// All problems at once, one line each and not more than anybody reads, where the host and `mtls local` show them.
///
/// That nobody reads standard error is no reason to panic, here or below.
pub(crate) fn report(problems: &[Problem]) -> ExitCode {
    let mut lines = io::stderr().lock();
    for line in Problem::lines(problems) {
        let _ = writeln!(lines, "{line}");
    }
    ExitCode::from(contract::EXIT_CONFIGURATION)
}

/// Where a panic happened. Its message is left out: it may quote anything.
pub(crate) fn report_panic(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(|place| format!(" at {}:{}", place.file(), place.line()));
    let _ = writeln!(io::stderr().lock(), "panic{}", place.unwrap_or_default());
}
