//! A setting that is one word out of several.

use std::fmt;
use std::str::FromStr;

use app_settings::{Environment, HarmlessSetting, Problem};

/// One word out of several.
pub(super) fn word<T>(
    environment: &Environment,
    setting: HarmlessSetting,
    problems: &mut Vec<Problem>,
) -> T
where
    T: Default + FromStr<Err: fmt::Display>,
{
    let Some(value) = environment.setting(setting.name(), problems) else {
        return T::default();
    };
    value.parse().unwrap_or_else(|expected| {
        let found = setting.shown(value.trimmed().expose());
        problems.push(Problem::new(
            setting.name(),
            format!("{expected}, found {found}; correct it or remove it"),
        ));
        T::default()
    })
}
