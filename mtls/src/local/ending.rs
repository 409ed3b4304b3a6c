//! What to say when the handler is gone for good.

use app_settings::Problem;

use crate::failure::Failure;
use crate::handler_process::Ended;

/// The failure of the command, with what to do.
pub(super) fn failure(ended: Ended) -> Failure {
    match ended {
        Ended::NotStarted { program, error } => {
            let text = format!(
                "expected a program that can be started, found: {error}; make it by `mtls build` in a cargo package, or put it there, and look at customHandler.description in host.json"
            );
            Problem::new(program, text).into()
        }
        Ended::Misconfigured { program } => {
            let text = "it ended with exit code 64: its configuration is wrong, its own lines above say where; correct that and start again (the host would try three times)";
            Problem::new(program, text).into()
        }
        Ended::GivenUp { program, last } => Failure::No(format!(
            "{program} {last}, once too often within 30 minutes. The Functions host would shut down here; the lines above say why it ended"
        )),
        Ended::Stopped => Failure::No("the handler was stopped".to_owned()),
    }
}
