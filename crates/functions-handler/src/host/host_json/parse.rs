//! From the settings to the values that matter, with every problem on the way.

use serde_json::Value;

use super::contents::{CustomHandler, FunctionTimeout, HostJson};
use super::misspelt::{LEGACY, meant};
use super::profile::profile;
use super::routes::{refuse_misplaced_markers, refuse_unread_switch, routes};
use super::settings::Settings;
use crate::host::contract::{DEFAULT_ROUTE_PREFIX, HOST_JSON, INITIALIZATION_TIMEOUT};
use crate::host::found::{found, quoted};
use crate::host::json;
use crate::host::route::RoutePrefix;
use app_settings::Problem;

impl HostJson {
    /// Reads the text of `host.json`, replaced where `overrides` say so.
    ///
    /// `overrides` are environment variables, all of them or a part: those that do not start with
    /// `AzureFunctionsJobHost` and a separator, `__` or `:`, are passed over.
    ///
    /// # Errors
    ///
    /// Every problem at once, at `host.json: <key>` or at the variable's name. A marker counts in an entry of
    /// `customHandler.http.routes` alone; anywhere else, and in a variable, it is refused.
    pub fn parse(
        text: &[u8],
        overrides: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Problem>> {
        let root = match json::parse_caseless(text) {
            Ok(root) => root,
            Err(error) => {
                let text = format!("expected JSON, found a mistake at {error}; correct the file");
                return Err(vec![Problem::new(HOST_JSON, text)]);
            }
        };
        if !root.is_object() {
            let text = "expected an object, found another value; write {\"version\": \"2.0\", \"customHandler\": …}";
            return Err(vec![Problem::new(HOST_JSON, text)]);
        }
        let mut settings = Settings::new(&root);
        settings.replace(overrides);
        version(&mut settings, &root);
        refuse_misplaced_markers(&mut settings);
        let profile = profile(&mut settings);
        let route_prefix = route_prefix(&mut settings);
        let host = HostJson {
            profile,
            custom_headers: custom_headers(&mut settings),
            function_timeout: function_timeout(&mut settings),
            functions: settings
                .has("functions")
                .then(|| settings.list("functions")),
            custom_handler: custom_handler(&mut settings, &route_prefix),
            route_prefix,
        };
        let problems = settings.into_problems();
        if problems.is_empty() {
            Ok(host)
        } else {
            Err(problems)
        }
    }
}

/// The host looks at the file alone, and at this spelling of the key.
fn version(settings: &mut Settings, root: &Value) {
    let found = match root.get("version") {
        Some(Value::String(version)) if version == "2.0" => return,
        Some(other) => found(other),
        None => "no such key in lower case".to_owned(),
    };
    settings.refuse_in_file(
        "version",
        format!("expected \"2.0\", found {found}; write \"version\": \"2.0\""),
    );
}

fn route_prefix(settings: &mut Settings) -> RoutePrefix {
    const KEY: &str = "extensions:http:routePrefix";
    let text = settings
        .text(KEY)
        .unwrap_or_else(|| DEFAULT_ROUTE_PREFIX.to_owned());
    match (RoutePrefix::parse(&text), settings.is_from_variable(KEY)) {
        (Ok(prefix), false) => prefix,
        (Ok(prefix), true) => prefix.from_setting(),
        (Err(error), false) => {
            settings.refuse(KEY, error.to_string());
            RoutePrefix::default()
        }
        // The error repeats the prefix.
        (Err(_), true) => {
            let text = "expected a prefix of routes, found text that cannot be one; correct it or unset it";
            settings.refuse(KEY, text);
            RoutePrefix::default()
        }
    }
}

fn custom_headers(settings: &mut Settings) -> Vec<(String, String)> {
    const KEY: &str = "extensions:http:customHeaders";
    let start = format!("{HOST_JSON}: {}.", KEY.replace(':', "."));
    let below = settings
        .below(KEY)
        .map(|(name, at)| match at.get(start.len()..) {
            // The file's spelling of the name, where it comes from the file.
            Some(spelled) if spelled.eq_ignore_ascii_case(name) => spelled.to_owned(),
            _ => name.to_owned(),
        });
    let names: Vec<String> = below.collect();
    let read = |name: String| custom_header(settings, &format!("{KEY}:{name}"), name);
    names.into_iter().filter_map(read).collect()
}

fn custom_header(settings: &mut Settings, key: &str, name: String) -> Option<(String, String)> {
    let value = settings.text(key)?;
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !name.bytes().all(token) || value.bytes().any(|byte| byte.is_ascii_control()) {
        settings.refuse(key, "expected a header name and a value on one line, found other characters; correct the name or value");
        return None;
    }
    Some((name, value))
}

fn function_timeout(settings: &mut Settings) -> FunctionTimeout {
    const KEY: &str = "functionTimeout";
    if !settings.has(KEY) {
        return FunctionTimeout::PlanDefault;
    }
    if settings.is_text(KEY, "-1") {
        return FunctionTimeout::Unlimited;
    }
    settings
        .duration(KEY)
        .map_or(FunctionTimeout::PlanDefault, FunctionTimeout::After)
}

fn custom_handler(settings: &mut Settings, prefix: &RoutePrefix) -> CustomHandler {
    refuse_kind(settings);
    refuse_legacy(settings);
    refuse_misspelt(settings);
    let proxying = settings
        .flag("customHandler:enableProxyingHttpRequest")
        .unwrap_or(false);
    refuse_unread_switch(settings, proxying);
    CustomHandler {
        executable: executable(settings),
        working_directory: settings
            .text("customHandler:description:workingDirectory")
            .filter(|path| !path.is_empty()),
        arguments: settings.list("customHandler:description:arguments"),
        enable_forwarding_http_request: settings
            .flag("customHandler:enableForwardingHttpRequest")
            .unwrap_or(false),
        enable_proxying_http_request: proxying,
        initialization_timeout: settings
            .duration("customHandler:initializationTimeout")
            .unwrap_or(INITIALIZATION_TIMEOUT),
        use_std_error_stream_for_errors_only: settings
            .flag("customHandler:description:useStdErrorStreamForErrorsOnly")
            .unwrap_or(true),
        port: settings.port("customHandler:port"),
        routes: routes(settings, prefix),
    }
}

fn executable(settings: &mut Settings) -> String {
    const KEY: &str = "customHandler:description:defaultExecutablePath";
    const DO: &str = "write {\"description\": {\"defaultExecutablePath\": \"bin/handler\"}}";
    if !settings.has("customHandler") {
        let legacy = if settings.has("httpWorker") {
            "the legacy httpWorker alone"
        } else {
            "nothing"
        };
        settings.refuse(
            "customHandler",
            format!("expected the section that starts the handler, found {legacy}; {DO}"),
        );
        return String::new();
    }
    if !settings.has("customHandler:description") {
        settings.refuse(
            "customHandler:description",
            format!("expected an object, found nothing; {DO}"),
        );
        return String::new();
    }
    let path = settings.text(KEY);
    match path {
        Some(path) if path.trim().is_empty() => {
            settings.refuse(
                KEY,
                "expected a path, found a blank text; write \"bin/handler\"",
            );
            path
        }
        Some(path) => path,
        None => {
            if !settings.has(KEY) {
                settings.refuse(KEY, "expected a path, found nothing; write \"bin/handler\"");
            }
            String::new()
        }
    }
}

fn refuse_kind(settings: &mut Settings) {
    const KEY: &str = "customHandler:type";
    if settings.has(KEY) && !settings.is_text(KEY, "http") {
        settings.refuse(
            KEY,
            "expected no such key, found one that changes how requests arrive; remove it",
        );
    }
}

fn refuse_legacy(settings: &mut Settings) {
    for name in LEGACY {
        let key = format!("customHandler:description:{name}");
        if settings.has(&key) {
            settings.refuse(
                &key,
                "expected no such key, found one of the old httpWorker; use arguments",
            );
        }
    }
}

/// The host ignores a key that it does not know; one that is nearly right was meant to work.
fn refuse_misspelt(settings: &mut Settings) {
    let below = settings
        .below("customHandler")
        .map(|(key, _)| key.to_owned());
    for key in below.collect::<Vec<_>>() {
        if let Some(meant) = meant(&key) {
            let text = format!(
                "expected a key that the host knows, found {}; did you mean {}?",
                quoted(&key.replace(':', ".")),
                meant.replace(':', ".")
            );
            settings.refuse(&format!("customHandler:{key}"), text);
        }
    }
}
