//! What the command line and the settings say.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use app_settings::{Environment, HarmlessSetting, Problem, Value};
use http::Uri;
use upstream::{Address, HostName, Prefix, Principal, Secret, UpstreamOptions};
use uuid::Uuid;
use wrapped_server::{Listen, ReadyWhen, ServerCommand, Statuses};

use crate::settings::{
    AUTHENTICATION, DANGEROUS, EVENT_COMMENTS, HOST, PRINCIPAL, READY, READY_STATUSES, SECRET,
    STRIP, UNDERSCORES, UPSTREAM, WITHHELD,
};

/// Everything that the gate is told.
pub(crate) struct Options {
    /// The server that we start, if it is us who starts it.
    pub(crate) command: Option<ServerCommand>,
    /// Where that listens, and when it is ready.
    pub(crate) listen: Listening,
    /// What the server gets to see. The address of one that chooses a port at each start is put in later.
    pub(crate) upstream: UpstreamOptions,
    /// Whether callers come over TLS, which a front end ends.
    pub(crate) front_end_declared: bool,
}

/// Where a server of ours listens, and when it is ready.
#[derive(Clone, Debug)]
pub(crate) struct Listening {
    pub(crate) listen: Listen,
    pub(crate) ready_when: ReadyWhen,
}

impl Options {
    /// Reads the command line, without our own name, and the settings.
    ///
    /// # Errors
    ///
    /// Every problem at once. No message repeats an argument or a value that may be a secret.
    pub(crate) fn load(
        environment: &Environment,
        arguments: impl Iterator<Item = OsString>,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let command = command(arguments).map_err(|problem| problems.push(problem));
        let fixed = fixed_address(environment, &mut problems);
        let secret = secret(
            environment,
            command.as_ref().is_ok_and(Option::is_some),
            &mut problems,
        );
        let ready_when = ready_when(environment, &mut problems);
        let unset = Address::dangerous(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let upstream = UpstreamOptions {
            host: choice(
                environment,
                HOST,
                &[("own", HostName::OwnName), ("outside", HostName::Outside)],
                &mut problems,
            ),
            strip: strip(environment, &mut problems),
            keep_underscores: choice(
                environment,
                UNDERSCORES,
                &[("drop", false), ("keep", true)],
                &mut problems,
            ),
            event_stream_comments: choice(
                environment,
                EVENT_COMMENTS,
                &[("off", false), ("on", true)],
                &mut problems,
            ),
            principal: principal(environment, &mut problems),
            secret: secret.as_ref().map(|(secret, _)| secret.clone()),
            ..UpstreamOptions::new(fixed.clone().unwrap_or(unset))
        };
        if matches!(command, Ok(None)) && fixed.is_none() && !environment.is_set(UPSTREAM) {
            problems.push(Problem::new(
                "the command line",
                format!("expected the server's command, as in `gate -- python3 server.py`, found none; add it to the arguments in host.json, or set {UPSTREAM}"),
            ));
        }
        let (Ok(command), true) = (command, problems.is_empty()) else {
            return Err(problems);
        };
        let listen = fixed.map_or(Listen::FreePort, |address| {
            Listen::Address(address.socket())
        });
        Ok(Self {
            command: command.map(|command| with_variables(command, secret)),
            listen: Listening { listen, ready_when },
            upstream,
            front_end_declared: environment.is_set("CLIENT_CERT_FRONT_END"),
        })
    }
}

/// The command after `--`. `None` if there is nothing at all.
fn command(
    mut arguments: impl Iterator<Item = OsString>,
) -> Result<Option<ServerCommand>, Problem> {
    let problem = |found: &str| {
        let text = format!(
            "expected `--` and the server's command, as in `gate -- python3 server.py`, found {found}; correct the arguments in host.json"
        );
        Problem::new("the command line", text)
    };
    match arguments.next() {
        None => return Ok(None),
        Some(first) if first == "--" => {}
        Some(_) => return Err(problem("another first argument")),
    }
    let program = arguments
        .next()
        .ok_or_else(|| problem("nothing after it"))?;
    let command = ServerCommand::new(program, std::env::vars_os());
    Ok(Some(arguments.fold(command, ServerCommand::argument)))
}

fn with_variables(command: ServerCommand, secret: Option<(Secret, String)>) -> ServerCommand {
    let command = WITHHELD.into_iter().fold(command, ServerCommand::withhold);
    match secret {
        Some((_, text)) => command.variable(SECRET, text),
        None => command,
    }
}

/// The secret that is configured; a fresh one for a server that we start.
fn secret(
    environment: &Environment,
    is_started: bool,
    problems: &mut Vec<Problem>,
) -> Option<(Secret, String)> {
    let text = match environment.setting(SECRET, problems) {
        Some(value) => value.expose().to_owned(),
        None if is_started => format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()),
        None => return None,
    };
    match Secret::new(&text) {
        Ok(secret) => Some((secret, text)),
        Err(expected) => {
            problems.push(Problem::new(SECRET, format!("{expected}; choose another")));
            None
        }
    }
}

/// The address of a server that has one of its own.
fn fixed_address(environment: &Environment, problems: &mut Vec<Problem>) -> Option<Address> {
    let value = environment.setting(UPSTREAM, problems)?;
    let is_dangerous = choice(
        environment,
        DANGEROUS,
        &[("false", false), ("true", true)],
        problems,
    );
    let Some(socket) = socket(value) else {
        problems.push(Problem::new(
            UPSTREAM,
            "expected a URL of an address and a port without a path, such as http://127.0.0.1:8000, found something else; correct it",
        ));
        return None;
    };
    if is_dangerous {
        return Some(Address::dangerous(socket));
    }
    Address::loopback(socket)
        .map_err(|error| {
            let text = format!(
                "{error}; let the server listen on 127.0.0.1. {} allows it",
                DANGEROUS.name()
            );
            problems.push(Problem::new(UPSTREAM, text));
        })
        .ok()
}

fn socket(value: Value<'_>) -> Option<SocketAddr> {
    let uri: Uri = value.parse().ok()?;
    let authority = uri.authority()?;
    let is_plain = uri.scheme_str() == Some("http")
        && matches!(
            uri.path_and_query().map(|path| path.as_str()),
            None | Some("/" | "")
        )
        && !authority.as_str().contains('@');
    let host = authority.host();
    let ip = match host.trim_start_matches('[').trim_end_matches(']') {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        "::1" => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip.parse().ok()?,
    };
    let port = authority.port_u16().filter(|port| *port != 0)?;
    is_plain.then_some(SocketAddr::from((ip, port)))
}

fn strip(environment: &Environment, problems: &mut Vec<Problem>) -> Option<Prefix> {
    let value = environment.setting(STRIP.name(), problems)?;
    value
        .parse()
        .map_err(|expected| problems.push(wrong(STRIP, value, &format!("{expected}"))))
        .ok()
}

fn ready_when(environment: &Environment, problems: &mut Vec<Problem>) -> ReadyWhen {
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
            let text = format!(
                "expected {} beside it, found none; set that, or remove this",
                READY.name()
            );
            problems.push(Problem::new(READY_STATUSES.name(), text));
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
fn principal(environment: &Environment, problems: &mut Vec<Problem>) -> Principal {
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
fn choice<T: Clone + Default>(
    environment: &Environment,
    setting: HarmlessSetting,
    words: &[(&str, T)],
    problems: &mut Vec<Problem>,
) -> T {
    let word = setting.word(environment, words, problems);
    word.unwrap_or_default()
}

fn wrong(setting: HarmlessSetting, value: Value<'_>, expected: &str) -> Problem {
    let found = setting.shown(value.trimmed().expose());
    Problem::new(
        setting.name(),
        format!("{expected}, found {found}; correct it or remove it"),
    )
}
