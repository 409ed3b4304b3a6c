//! App settings in a file, in the forms that people have them in.

use std::collections::BTreeMap;
use std::path::Path;

use app_settings::{Environment, Problem};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::settings_lines;
use crate::certificate_file;
use crate::handler_process::Variables;
use crate::local_settings::{self, LocalSettings};

/// Set in Azure and nowhere else. What `az` lists is set there, so the handler's rules for Azure apply.
const AZURE: (&str, &str) = (
    "WEBSITE_INSTANCE_ID",
    "az functionapp config appsettings list",
);

/// What Container Apps sets for a replica.
const CONTAINER_APP: [(&str, &str); 3] = [
    ("CONTAINER_APP_NAME", "app"),
    ("CONTAINER_APP_REVISION", "app--1"),
    ("CONTAINER_APP_ENV_DNS_SUFFIX", "the declared front end"),
];

/// One element of what `az functionapp config appsettings list` prints.
#[derive(Deserialize)]
struct AppSetting {
    name: String,
    value: Option<String>,
}

/// Names and values as they were found, in the order of the file.
type Pairs = Vec<(String, String)>;

/// Reads a file of settings.
///
/// Recognized by content: a JSON array is what `az` prints, a JSON object is a `local.settings.json`, anything else is
/// lines such as `NAME=value` and `export NAME=value`, with `#` before comments. UTF-8, and UTF-16 after a byte order
/// mark.
///
/// # Errors
///
/// All problems at once, each with the file's name; no value is shown.
pub(crate) fn read(path: &Path) -> Result<Environment, Vec<Problem>> {
    let name = crate::printable::printable(&crate::certificate_file::name_of(path));
    let text = text(path).map_err(|problem| vec![problem])?;
    parse(&name, &text).map(placed)
}

/// A place tells an app where it runs by variables that are not settings, so no file of settings contains them. Settings that
/// declare App Service or Container Apps are judged as there.
fn placed(environment: Environment) -> Environment {
    let declared = environment.get("CLIENT_CERT_FRONT_END");
    let place: &[(&str, &str)] = match declared.map(|value| value.trimmed().expose()) {
        Some("app-service") => &[(AZURE.0, "the declared front end")],
        Some("container-apps") => &CONTAINER_APP,
        _ => &[],
    };
    let missing = place.iter().filter(|(name, _)| !environment.is_set(name));
    let missing: Vec<(&str, &str)> = missing.copied().collect();
    let found = environment.iter();
    let found = found.map(|(name, value)| (name, value.expose()));
    found.chain(missing).collect()
}

fn text(path: &Path) -> Result<Zeroizing<String>, Problem> {
    let bytes = certificate_file::load(path)?;
    let text = certificate_file::decode(&bytes).map(|(text, _)| text);
    let problem = || {
        let text = "expected text, found other bytes; save the file as UTF-8";
        Problem::new(certificate_file::name_of(path), text)
    };
    text.ok_or_else(problem)
}

fn parse(name: &str, text: &str) -> Result<Environment, Vec<Problem>> {
    match text.trim_start().chars().next() {
        Some('[') => {
            let mut pairs = app_settings(text).map_err(|text| vec![Problem::new(name, text)])?;
            if !declares_container_apps(&pairs) {
                pairs.push((AZURE.0.to_owned(), AZURE.1.to_owned()));
            }
            unique(name, pairs)
        }
        Some('{') => local(name, text),
        _ => settings_lines::parse(name, text).and_then(|pairs| unique(name, pairs)),
    }
}

/// Whether a list from Azure is that of an app in Container Apps, where no variable of App Service is set.
fn declares_container_apps(pairs: &Pairs) -> bool {
    pairs
        .iter()
        .any(|(name, value)| name == "CLIENT_CERT_FRONT_END" && value.trim() == "container-apps")
}

fn app_settings(text: &str) -> Result<Pairs, String> {
    let settings: Vec<AppSetting> = serde_json::from_str(text).map_err(|error| {
        format!(
            "expected what az functionapp config appsettings list prints, found a mistake in line {}; write it again",
            error.line()
        )
    })?;
    let pairs = settings.into_iter().map(|AppSetting { name, value }| {
        let value = value.ok_or_else(|| {
            format!(
                "expected a value of {name:?}, found null; az shows values with list, not with set"
            )
        })?;
        Ok((name, value))
    });
    pairs.collect()
}

fn local(name: &str, text: &str) -> Result<Environment, Vec<Problem>> {
    let settings = LocalSettings::parse(text.as_bytes()).map_err(|problems| {
        let renamed = problems.iter().map(|problem| {
            let at = problem.at().replacen(local_settings::FILE, name, 1);
            Problem::new(at, problem.text())
        });
        renamed.collect::<Vec<_>>()
    })?;
    let mut variables = Variables::default();
    settings.merge_into(&mut variables);
    Ok(variables.iter().collect())
}

/// With two values under one name it is unknown which one the handler gets.
fn unique(name: &str, pairs: Pairs) -> Result<Environment, Vec<Problem>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, _) in &pairs {
        *counts.entry(key).or_default() += 1;
    }
    let twice = counts.into_iter().filter(|(_, count)| *count > 1);
    let problems: Vec<Problem> = twice
        .map(|(key, count)| {
            let at = format!("{name}: {}", key.escape_default());
            Problem::new(at, format!("expected one value, found {count}; keep one"))
        })
        .collect();
    match problems.is_empty() {
        true => Ok(pairs.into_iter().collect()),
        false => Err(problems),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<Option<String>, String> {
        parse("settings", text)
            .map(|environment| {
                environment
                    .get("CLIENT_CERT_FRONT_END")
                    .map(|value| value.expose().to_owned())
            })
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn each_form_gives_the_same_setting() {
        for text in [
            r#"{"IsEncrypted": false, "Values": {"CLIENT_CERT_FRONT_END": "app-service"}}"#,
            r#" [{"name": "CLIENT_CERT_FRONT_END", "slotSetting": true, "value": "app-service"}]"#,
            "# comment\n\nCLIENT_CERT_FRONT_END=app-service\r\nOTHER=a=b",
            "CLIENT_CERT_FRONT_END = \"app-service\"",
            "export CLIENT_CERT_FRONT_END=app-service",
            "set CLIENT_CERT_FRONT_END=app-service",
        ] {
            assert_eq!(value(text), Ok(Some("app-service".to_owned())), "{text}");
        }
    }

    #[test]
    fn what_az_lists_is_in_azure() {
        assert!(
            parse("s", "[]")
                .unwrap()
                .get("WEBSITE_INSTANCE_ID")
                .is_some()
        );
        assert!(
            parse("s", "A=b")
                .unwrap()
                .get("WEBSITE_INSTANCE_ID")
                .is_none()
        );
        for (front_end, is_there) in [("app-service", true), (" container-apps ", false)] {
            let text = format!(r#"[{{"name": "CLIENT_CERT_FRONT_END", "value": "{front_end}"}}]"#);
            let placed = placed(parse("s", &text).unwrap());
            assert_eq!(placed.get("WEBSITE_INSTANCE_ID").is_some(), is_there);
            assert_eq!(placed.get("CONTAINER_APP_NAME").is_none(), is_there);
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_no_value_is_shown() {
        for (text, says) in [
            (
                "A=hunter2\nhunter2",
                "settings: line 2: expected NAME=value",
            ),
            ("A=a\nfi", "settings: line 2: expected NAME=value"),
            (
                "export A=hunter2\nset A=hunter2",
                "settings: A: expected one value, found 2",
            ),
            (
                "A=hunter2\nA=hunter2",
                "settings: A: expected one value, found 2",
            ),
            ("[{\"name\": \"A\", \"value\": null}]", "found null"),
            ("[{\"name\": \"hunter2\"", "line 1"),
            (
                "{\"IsEncrypted\": false, \"Values\": {\"A\": [\"hunter2\"]}}",
                "settings: Values.A",
            ),
        ] {
            let error = value(text).unwrap_err();
            assert!(
                error.contains(says) && !error.contains("hunter2"),
                "{error}"
            );
        }
    }
}
