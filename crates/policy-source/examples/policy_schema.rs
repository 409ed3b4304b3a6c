//! Prints the JSON Schema of the policy document.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let schema = serde_json::to_string_pretty(&policy_source::schema())?;
    writeln!(io::stdout().lock(), "{schema}")
}
