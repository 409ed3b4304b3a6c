//! App settings, as types.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use crate::host::contract;
use app_settings::Problem;
use client_cert::{Caller, DEFAULT_MINIMUM_RSA_BITS, Fitness, FrontEnd, Policy, Rule, TrustDomain};

use super::trust::TRUST_ANCHORS;
use super::{AllowedOrigins, known, lists, origins, trust};
use app_settings::Environment;

const THUMBPRINTS: &str = "ALLOWED_CLIENT_CERT_THUMBPRINTS";
const COMMON_NAMES: &str = "ALLOWED_CLIENT_CERT_COMMON_NAMES";
const FRONT_END: &str = "CLIENT_CERT_FRONT_END";
const EXTENDED_KEY_USAGE: &str = "CLIENT_CERT_EXTENDED_KEY_USAGE";
const MINIMUM_RSA_BITS: &str = "CLIENT_CERT_MINIMUM_RSA_BITS";
const DENIED_STATUS: &str = "CLIENT_CERT_DENIED_STATUS";

/// The least that `CLIENT_CERT_MINIMUM_RSA_BITS` may ask for: shorter keys have been factored in public.
const LOWEST_MINIMUM_RSA_BITS: usize = 1024;

/// The most that it may ask for: OpenSSL refuses longer keys in a handshake (`OPENSSL_RSA_MAX_MODULUS_BITS`).
const HIGHEST_MINIMUM_RSA_BITS: usize = 16_384;

/// The settings that decide who is admitted, and how a refusal looks.
#[derive(Debug)]
pub struct Settings {
    /// Who is admitted.
    pub policy: Policy,
    /// The status of a refusal of callers who are not authenticated.
    pub denied_status: DeniedStatus,
    /// Origins whose pages may call secured functions.
    pub allowed_origins: AllowedOrigins,
    /// Bytes of a body that the host lets through.
    pub body_bytes: u64,
    /// What an operator should know about these settings although they are valid.
    pub notes: Vec<String>,
}

impl Settings {
    /// Reads all settings. File names are relative to `app_root`.
    ///
    /// # Errors
    ///
    /// Every problem at once, each with the name of its setting or file.
    pub fn load(environment: &Environment, app_root: &Path) -> Result<Self, Vec<Problem>> {
        let mut problems = known::problems(environment);
        let mut notes = Vec::new();
        let fitness = Fitness {
            extended_key_usage: word(environment, EXTENDED_KEY_USAGE, &mut problems),
            minimum_rsa_bits: minimum_rsa_bits(environment, &mut problems),
        };
        let front_end = front_end(environment, &mut problems);
        let denied_status = word(environment, DENIED_STATUS, &mut problems);
        let allowed_origins = origins::load(environment, &mut problems);
        let rules = rules(environment, app_root, &mut problems, &mut notes);
        let policy = Policy::new(front_end, fitness, [Caller::of_lists(rules)])
            .map_err(|error| problems.push(Problem::new(COMMON_NAMES, error.to_string())))
            .ok();
        match policy {
            Some(policy) if problems.is_empty() => {
                notes.extend(policy_notes(&policy));
                Ok(Self {
                    policy,
                    denied_status,
                    allowed_origins,
                    body_bytes: body_bytes(environment),
                    notes,
                })
            }
            _ => Err(problems),
        }
    }
}

/// The rules of both lists. What cannot be read is a problem, and the rules are then not used.
fn rules(
    environment: &Environment,
    app_root: &Path,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Vec<Rule> {
    let pins = lists::thumbprints(THUMBPRINTS, environment.get(THUMBPRINTS), problems);
    let names = lists::names(COMMON_NAMES, environment.get(COMMON_NAMES), problems);
    let authorities = trust::load(environment, app_root, problems, notes);
    let mut rules: Vec<Rule> = pins.into_iter().map(Rule::Pin).collect();
    let Some((anchors, intermediates)) = authorities else {
        return rules;
    };
    if names.is_empty() {
        if !anchors.is_empty() {
            notes.push(format!(
                "trust anchors are set without {COMMON_NAMES}: an anchor admits nobody by itself"
            ));
        }
        return rules;
    }
    match TrustDomain::new(anchors, intermediates).map(Arc::new) {
        Ok(domain) => rules.extend(names.into_iter().map(|name| Rule::common_name(name, &domain))),
        Err(error) => problems.push(Problem::new(
            COMMON_NAMES,
            format!(
                "{error}; set {TRUST_ANCHORS} to the one authority that issues these names, or list thumbprints instead"
            ),
        )),
    }
    rules
}

/// The declared front end, if it can be true where this process runs.
fn front_end(environment: &Environment, problems: &mut Vec<Problem>) -> FrontEnd {
    let declared: FrontEnd = word(environment, FRONT_END, problems);
    let contradiction = match declared {
        FrontEnd::Undeclared => None,
        FrontEnd::AppService => environment.get(contract::CORE_TOOLS_VARIABLE).map(|_| {
            format!(
                "expected development under Core Tools ({} is set), found app-service; on this machine no App \
                 Service sets the header",
                contract::CORE_TOOLS_VARIABLE
            )
        }),
        FrontEnd::Development => contract::AZURE_VARIABLES.into_iter().find(|name| environment.get(name).is_some()).map(|name| {
            format!(
                "expected app-service in Azure ({name} is set), found development; there a caller could write the \
                 header himself; if this is not Azure, unset {name}"
            )
        }),
    };
    if let Some(text) = contradiction {
        problems.push(Problem::new(FRONT_END, text));
    }
    declared
}

fn minimum_rsa_bits(environment: &Environment, problems: &mut Vec<Problem>) -> usize {
    let Some(text) = environment.get(MINIMUM_RSA_BITS) else {
        return DEFAULT_MINIMUM_RSA_BITS;
    };
    match text.trim().parse() {
        Ok(bits) if (LOWEST_MINIMUM_RSA_BITS..=HIGHEST_MINIMUM_RSA_BITS).contains(&bits) => return bits,
        Ok(_) | Err(_) => problems.push(Problem::new(
            MINIMUM_RSA_BITS,
            format!(
                "expected a whole number from {LOWEST_MINIMUM_RSA_BITS} to {HIGHEST_MINIMUM_RSA_BITS}, found {}; \
                 remove it for {DEFAULT_MINIMUM_RSA_BITS}",
                shown(text)
            ),
        )),
    }
    DEFAULT_MINIMUM_RSA_BITS
}

/// The host's own setting; one that it could not read either means its default.
fn body_bytes(environment: &Environment) -> u64 {
    let setting = environment.get(contract::BODY_LIMIT_VARIABLE);
    setting
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(contract::BODY_LIMIT)
}

/// One word out of several.
fn word<T>(environment: &Environment, name: &str, problems: &mut Vec<Problem>) -> T
where
    T: Default + FromStr<Err: fmt::Display>,
{
    let Some(text) = environment.get(name) else {
        return T::default();
    };
    text.trim().parse().unwrap_or_else(|expected| {
        problems.push(Problem::new(
            name,
            format!("{expected}, found {}; correct it or remove it", shown(text)),
        ));
        T::default()
    })
}

/// A value as a message may show it: short and escaped.
pub(super) fn shown(text: &str) -> String {
    /// Enough to recognise a value by.
    const LONGEST: usize = 40;
    let start: String = text.chars().take(LONGEST).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    format!("{start:?}{more}")
}

fn policy_notes(policy: &Policy) -> Vec<String> {
    let mut notes = Vec::new();
    match policy.front_end() {
        FrontEnd::Undeclared => notes.push(format!(
            "{FRONT_END} is not set: no forwarded certificate counts, every secured call is refused"
        )),
        FrontEnd::Development => notes.push(format!(
            "{FRONT_END} is development: whoever reaches this port or the host may write the certificate's header himself"
        )),
        FrontEnd::AppService => {}
    }
    if policy.is_empty() {
        notes.push(format!(
            "neither {THUMBPRINTS} nor {COMMON_NAMES} is set: nobody is admitted"
        ));
    }
    if policy.fitness().minimum_rsa_bits < DEFAULT_MINIMUM_RSA_BITS {
        notes.push(format!("{MINIMUM_RSA_BITS} is below {DEFAULT_MINIMUM_RSA_BITS}: such keys are no longer acceptable (NIST SP 800-131A)"));
    }
    notes
}

/// The status of a refusal of callers who are not authenticated.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum DeniedStatus {
    /// 401, as RFC 9110 has it.
    #[default]
    Unauthorized,
    /// 403, as the Flask sample has it.
    Forbidden,
}

impl DeniedStatus {
    /// The number on the wire.
    pub fn code(self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
        }
    }
}

/// What the setting `CLIENT_CERT_DENIED_STATUS` may say.
impl FromStr for DeniedStatus {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "401" => Ok(Self::Unauthorized),
            "403" => Ok(Self::Forbidden),
            _ => Err("expected 401 or 403"),
        }
    }
}
