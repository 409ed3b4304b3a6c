//! The declared front end, and what it proves itself with.

use app_settings::{Environment, Problem};
use client_cert::{FrontEnd, FrontEndSecrets};

use super::known::{FRONT_END, FRONT_END_SECRET};
use super::place;

/// The declared front end, if it can be in front of this process, and the secrets of one that has to prove itself.
pub(super) fn load(
    environment: &Environment,
    problems: &mut Vec<Problem>,
) -> (FrontEnd, Option<FrontEndSecrets>) {
    let declared = FRONT_END
        .word(environment, FrontEnd::WORDS, problems)
        .unwrap_or_default();
    let contradiction = place::contradiction(declared, environment);
    problems.extend(contradiction.map(|text| Problem::new(FRONT_END.name(), text)));
    (declared, secrets(declared, environment, problems))
}

/// The secrets, which are set beside the one front end that needs them. No message has anything of a value.
fn secrets(
    declared: FrontEnd,
    environment: &Environment,
    problems: &mut Vec<Problem>,
) -> Option<FrontEndSecrets> {
    let (is_needed, is_set) = (
        declared == FrontEnd::Rfc9440,
        environment.is_set(FRONT_END_SECRET),
    );
    let mut problem = |text: String| problems.push(Problem::new(FRONT_END_SECRET, text));
    if is_needed != is_set {
        let front_end = FRONT_END.name();
        problem(match is_needed {
            true => format!(
                "expected the secret that the front end sends, since {front_end} is rfc9440, found none; set one, such as what \
                 openssl rand -hex 32 prints"
            ),
            false => format!(
                "expected {front_end}=rfc9440 beside it, found another front end or none, which sends no secret; set that, or \
                 remove this"
            ),
        });
        return None;
    }
    let value = environment.setting(FRONT_END_SECRET, problems)?;
    let listed = value.expose().split(',').map(str::trim);
    FrontEndSecrets::new(listed)
        .map_err(|error| problems.push(Problem::new(FRONT_END_SECRET, error.to_string())))
        .ok()
}
