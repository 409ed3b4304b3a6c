//! `mtls completions` and `mtls man`: what shells and `man` read, made from the argument parser itself.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_settings::Problem;
use clap::{Args, Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::Cli;
use crate::failure::Failure;
use crate::output;

/// The name of the program.
const NAME: &str = "mtls";

/// Print the completions of a shell, to be read by its start file
#[derive(Args)]
pub(crate) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Print the man page, or write one page per command into a folder
#[derive(Args)]
pub(crate) struct ManPage {
    /// Write mtls.1 and a page for every command there; pages of that name are replaced
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut visible(), NAME, &mut script);
        print(&script)
    }
}

impl ManPage {
    /// Prints the page of the program, or writes all pages.
    ///
    /// # Errors
    ///
    /// A folder that cannot be made or written: exit 64.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        match &self.out {
            None => {
                let mut page = Vec::new();
                Man::new(visible())
                    .render(&mut page)
                    .map_err(|error| Failure::No(error.to_string()))?;
                print(&page)
            }
            Some(folder) => {
                write(folder).map_err(|error| {
                    let text = format!(
                        "expected a folder to write into, found: {error}; name another one"
                    );
                    Problem::new(folder.display().to_string(), text)
                })?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn write(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(visible(), folder)
}

fn print(bytes: &[u8]) -> Result<ExitCode, Failure> {
    output::print(&String::from_utf8_lossy(bytes))?;
    Ok(ExitCode::SUCCESS)
}

/// The parser without its hidden commands, which clap_complete would offer.
fn visible() -> Command {
    let all = Cli::command();
    let shown = all
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .cloned()
        .collect::<Vec<_>>();
    Command::new(NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .about(all.get_about().cloned().unwrap_or_default())
        .args(all.get_arguments().cloned().collect::<Vec<_>>())
        .subcommands(shown)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_shell_completes_every_command_and_no_hidden_one() {
        for shell in Shell::value_variants() {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut visible(), NAME, &mut script);
            let script = String::from_utf8(script).unwrap();
            for command in [
                "certificate",
                "check",
                "explain",
                "functions",
                "openapi",
                "local",
            ] {
                assert!(script.contains(command), "{shell}: {command}");
            }
            assert!(!script.contains("become"), "{shell}");
        }
    }
}
