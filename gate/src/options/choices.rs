//! Settings with a few values to choose from.

use app_settings::{Environment, HarmlessSetting, Problem, Value};
use upstream::{Prefix, Principal};
use wrapped_server::{ReadyWhen, Statuses};

use crate::settings::{AUTHENTICATION, PRINCIPAL, READY, READY_STATUSES, STRIP};

pub(super) fn strip(environment: &Environment, problems: &mut Vec<Problem>) -> Option<Prefix> {
    let value = environment.setting(STRIP.name(), problems)?;
    value
        .parse()
        .map_err(|expected| problems.push(wrong(STRIP, value, &format!("{expected}"))))
        .ok()
}

pub(super) fn ready_when(environment: &Environment, problems: &mut Vec<Problem>) -> ReadyWhen {
    let statuses = environment
        .setting(READY_STATUSES.name(), problems)
        .map(|value| {
            value.parse::<Statuses>().unwrap_or_else(|expected| {
                problems.push(wrong(READY_STATUSES, value, &format!("{expected}")));
                Statuses::default()
            })
        });
    let Some(value) = environment.setting(READY.name(), problems) else {
        if statuses.is_some() {
            problems.push(needs(READY_STATUSES, READY.name()));
        }
        return ReadyWhen::Accepts;
    };
    match value.parse() {
        Ok(path) if value.expose().starts_with('/') => ReadyWhen::Answers {
            path,
            statuses: statuses.unwrap_or_default(),
        },
        Ok(_) | Err(_) => {
            problems.push(wrong(READY, value, "expected a path such as /health"));
            ReadyWhen::Accepts
        }
    }
}

/// Who writes App Service Authentication's headers: we by setting, it where it is on, else nobody.
pub(super) fn principal(environment: &Environment, problems: &mut Vec<Problem>) -> Principal {
    let is_ours = choice(
        environment,
        PRINCIPAL,
        &[("false", false), ("true", true)],
        problems,
    );
    let authentication = environment.get(AUTHENTICATION);
    let is_on = authentication.is_some_and(|value| value.expose().eq_ignore_ascii_case("true"));
    match (is_ours, is_on) {
        (true, _) => Principal::Certificate,
        (false, true) => Principal::AppService,
        (false, false) => Principal::Removed,
    }
}

/// One word out of several; the default is that of the type.
pub(super) fn choice<T: Clone + Default>(
    environment: &Environment,
    setting: HarmlessSetting,
    words: &[(&str, T)],
    problems: &mut Vec<Problem>,
) -> T {
    let word = setting.word(environment, words, problems);
    word.unwrap_or_default()
}

/// A setting that says something about another one, which is unset.
pub(super) fn needs(setting: HarmlessSetting, other: &str) -> Problem {
    let text = format!("expected {other} beside it, found none; set that, or remove this");
    Problem::new(setting.name(), text)
}

fn wrong(setting: HarmlessSetting, value: Value<'_>, expected: &str) -> Problem {
    let found = setting.shown(value.trimmed().expose());
    Problem::new(
        setting.name(),
        format!("{expected}, found {found}; correct it or remove it"),
    )
}
