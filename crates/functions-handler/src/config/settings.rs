//! App settings, as types.

use std::path::Path;
use std::sync::Arc;

use app_settings::{Environment, HarmlessSetting, Problem};
use client_cert::{
    Caller, DEFAULT_MINIMUM_RSA_BITS, ExtendedKeyUsageRule, Fitness, FrontEnd, FrontEndSecrets,
    KeyUsageRule, Policy, PolicyVersion, Rule, TrustDomain,
};

use super::audit_scope::AuditScope;
use super::denied_status::DeniedStatus;
use super::document::{self, ListSource, PolicySource, Started, Taken};
use super::known::{
    AUDIT, COMMON_NAMES, DENIED_STATUS, EXTENDED_KEY_USAGE, FRONT_END, INTERMEDIATES, KEY_USAGE,
    MINIMUM_RSA_BITS, POLICY, THUMBPRINTS, TRUST_ANCHORS,
};
use super::listed::Listed;
use super::origins::AllowedOrigins;
use super::policies::Policies;
use super::trust::{self, Authorities};
use super::unused_days::{self, UnusedDays};
use super::{front_end, origins};
use crate::host::{Profile, contract};

/// The least that `CLIENT_CERT_MINIMUM_RSA_BITS` accepts: shorter keys have been factored in public.
const LOWEST_MINIMUM_RSA_BITS: usize = 1024;

/// The most that it accepts: OpenSSL refuses longer keys in a handshake (`OPENSSL_RSA_MAX_MODULUS_BITS`).
const HIGHEST_MINIMUM_RSA_BITS: usize = 16_384;

/// The settings that decide who is admitted, and how a refusal looks.
#[derive(Debug)]
pub struct Settings {
    /// Who is admitted.
    pub policy: Policy,
    /// The policy that is tried beside it and decides nothing.
    pub report_only: Option<Policy>,
    /// What the front end proves itself with, where it has to.
    pub front_end_secrets: Option<FrontEndSecrets>,
    /// Where it is set; see [`Settings::denied_status()`].
    pub(crate) denied_status: Option<DeniedStatus>,
    /// Origins whose pages may call secured functions.
    pub allowed_origins: AllowedOrigins,
    /// After how many days without a call a caller is named; `None`: never.
    pub unused_days: Option<UnusedDays>,
    /// Which calls have a line of their own in the log.
    pub audit: AuditScope,
    /// Bytes of a body that the host lets through.
    pub body_bytes: u64,
    /// What an operator should know about these settings although they are valid.
    pub notes: Vec<String>,
    /// The document that the policy comes from, if it is not that of the two lists.
    pub(crate) document: Option<StartedDocument>,
}

impl Settings {
    /// Reads all settings of the engine. File names are relative to `app_root`.
    ///
    /// Names that are not known are not looked at: see [`KnownSettings`](app_settings::KnownSettings).
    ///
    /// # Errors
    ///
    /// Every problem at once, each with the name of its setting or file. No message repeats a value that may be a secret.
    pub fn load(environment: &Environment, app_root: &Path) -> Result<Self, Vec<Problem>> {
        let (mut problems, mut notes) = (Vec::new(), Vec::new());
        let fitness = Fitness {
            extended_key_usage: EXTENDED_KEY_USAGE
                .word(environment, ExtendedKeyUsageRule::WORDS, &mut problems)
                .unwrap_or_default(),
            key_usage: KEY_USAGE
                .word(environment, KeyUsageRule::WORDS, &mut problems)
                .unwrap_or_default(),
            minimum_rsa_bits: minimum_rsa_bits(environment, &mut problems),
        };
        let (front_end, front_end_secrets) = front_end::load(environment, &mut problems);
        let denied_status = DENIED_STATUS.word(environment, DeniedStatus::WORDS, &mut problems);
        let allowed_origins = origins::load(environment, &mut problems);
        let unused_days = unused_days::load(environment, &mut problems);
        let audit = AUDIT
            .word(environment, AuditScope::WORDS, &mut problems)
            .unwrap_or_default();
        if environment.is_set(POLICY) {
            let common = Common {
                front_end_secrets,
                denied_status,
                allowed_origins,
                unused_days,
                audit,
                body_bytes: body_bytes(environment),
            };
            let started =
                document::start(environment, app_root, (front_end, fitness), &mut problems);
            return match started {
                Some(started) if problems.is_empty() => {
                    Ok(Self::of_document(started, front_end, common))
                }
                _ => Err(problems),
            };
        }
        document::absent(environment, &mut problems);
        let listed = Listed::read(environment, &mut problems);
        let authorities = trust::load(environment, app_root, &mut notes, &mut problems);
        let rules = rules(&listed, authorities, &mut notes, &mut problems);
        let policy = Policy::new(front_end, fitness, [Caller::of_lists(rules)])
            .map_err(|error| problems.push(Problem::new(COMMON_NAMES.name(), error.to_string())))
            .ok();
        match policy {
            Some(policy) if problems.is_empty() => {
                notes.splice(0..0, policy_notes(&policy));
                Ok(Self {
                    document: None,
                    report_only: None,
                    policy: policy.with_version(version(&policy)),
                    front_end_secrets,
                    denied_status,
                    allowed_origins,
                    unused_days,
                    audit,
                    body_bytes: body_bytes(environment),
                    notes,
                })
            }
            _ => Err(problems),
        }
    }
}

/// The document that the policy comes from.
#[derive(Debug)]
pub(crate) struct StartedDocument {
    pub(crate) source: PolicySource,
    /// The revocation lists that it names by URL.
    pub(crate) lists: ListSource,
    /// What it came to. `None` if it is at a URL and nothing of it is there yet: every secured call is refused until it is.
    pub(crate) taken: Option<Taken>,
}

/// What neither the lists nor a document say.
struct Common {
    front_end_secrets: Option<FrontEndSecrets>,
    denied_status: Option<DeniedStatus>,
    allowed_origins: AllowedOrigins,
    unused_days: Option<UnusedDays>,
    audit: AuditScope,
    body_bytes: u64,
}

impl Settings {
    /// The status of a refusal of callers who are not authenticated, in an app whose `host.json` has this profile.
    pub fn denied_status(&self, profile: Profile) -> DeniedStatus {
        self.denied_status
            .unwrap_or_else(|| DeniedStatus::default_of(profile))
    }

    fn of_document(started: Started, front_end: FrontEnd, common: Common) -> Self {
        let Started {
            source,
            lists,
            taken,
            mut notes,
        } = started;
        let Policies {
            policy,
            report_only,
        } = match &taken {
            Some(taken) => {
                let applied = taken.apply(&lists.lists());
                notes.extend(taken.notes());
                notes.extend(applied.list_notes);
                applied.policies
            }
            None => {
                notes.push(format!(
                    "{POLICY} is not fetched yet, and there is no copy of it that loads: every secured call is refused until it is"
                ));
                Policy::unavailable(front_end, source.why_unavailable()).into()
            }
        };
        notes.splice(0..0, policy_notes(&policy));
        Self {
            policy,
            report_only,
            front_end_secrets: common.front_end_secrets,
            denied_status: common.denied_status,
            allowed_origins: common.allowed_origins,
            unused_days: common.unused_days,
            audit: common.audit,
            body_bytes: common.body_bytes,
            notes,
            document: Some(StartedDocument {
                source,
                lists,
                taken,
            }),
        }
    }
}

/// The version of the policy of the two lists: it changes with what they list and with the authorities.
fn version(policy: &Policy) -> PolicyVersion {
    let rules = policy.rules().map(ToString::to_string);
    let domains = policy.domains().iter();
    let anchors = domains
        .flat_map(|domain| domain.anchors())
        .map(|anchor| format!("{} {:?}", anchor.subject(), anchor.validity()));
    let parts: Vec<String> = rules.chain(anchors).collect();
    PolicyVersion::of(parts.iter().map(String::as_bytes))
}

/// The rules of both lists. Without authorities that could be read, those of the names are left out: whether the names
/// have an anchor cannot be judged then.
fn rules(
    listed: &Listed,
    authorities: Option<Authorities>,
    notes: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Vec<Rule> {
    let mut rules: Vec<Rule> = listed.thumbprints.iter().copied().map(Rule::pin).collect();
    let Some(Authorities {
        anchors,
        intermediates,
    }) = authorities
    else {
        return rules;
    };
    if listed.common_names.is_empty() {
        if !anchors.is_empty() {
            notes.push(format!(
                "trust anchors are set without {}: an anchor admits nobody by itself",
                COMMON_NAMES.name()
            ));
        }
        return rules;
    }
    match TrustDomain::new(anchors, intermediates).map(Arc::new) {
        Ok(domain) => {
            let found = domain.notes();
            notes.extend(found.iter().map(|note| format!("{INTERMEDIATES}: {note}")));
            let names = listed.common_names.iter().cloned();
            rules.extend(names.map(|name| Rule::common_name(name, &domain)));
        }
        Err(error) => problems.push(Problem::new(
            COMMON_NAMES.name(),
            format!(
                "{error}; set {TRUST_ANCHORS} to the one authority that issues these names, or list thumbprints instead"
            ),
        )),
    }
    rules
}

fn minimum_rsa_bits(environment: &Environment, problems: &mut Vec<Problem>) -> usize {
    let Some(value) = environment.setting(MINIMUM_RSA_BITS.name(), problems) else {
        return DEFAULT_MINIMUM_RSA_BITS;
    };
    let bits: Option<usize> = value.parse().ok();
    let allowed = LOWEST_MINIMUM_RSA_BITS..=HIGHEST_MINIMUM_RSA_BITS;
    bits.filter(|bits| allowed.contains(bits)).unwrap_or_else(|| {
        problems.push(Problem::new(
            MINIMUM_RSA_BITS.name(),
            format!(
                "expected a whole number from {LOWEST_MINIMUM_RSA_BITS} to {HIGHEST_MINIMUM_RSA_BITS}, found {}; \
                 remove it for {DEFAULT_MINIMUM_RSA_BITS}",
                MINIMUM_RSA_BITS.shown(value.expose())
            ),
        ));
        DEFAULT_MINIMUM_RSA_BITS
    })
}

/// The host's own setting; one that the host cannot read either means its default.
fn body_bytes(environment: &Environment) -> u64 {
    let setting = environment.get(contract::BODY_LIMIT_VARIABLE);
    setting
        .and_then(|value| value.parse().ok())
        .unwrap_or(contract::BODY_LIMIT)
}

fn policy_notes(policy: &Policy) -> Vec<String> {
    let [front_end, thumbprints, common_names] =
        [FRONT_END, THUMBPRINTS, COMMON_NAMES].map(HarmlessSetting::name);
    let mut notes = Vec::new();
    match policy.front_end() {
        FrontEnd::Undeclared => notes.push(format!(
            "{front_end} is not set: every forwarded certificate is ignored and every secured call refused"
        )),
        FrontEnd::Development => notes.push(format!(
            "{front_end} is development: whoever reaches this port or the host may write the certificate's header themselves"
        )),
        FrontEnd::AppService | FrontEnd::ContainerApps | FrontEnd::Rfc9440 => {}
    }
    if policy.is_empty() && policy.is_available() {
        notes.push(format!(
            "neither {thumbprints} nor {common_names} is set: nobody is admitted"
        ));
    }
    if policy.fitness().minimum_rsa_bits < DEFAULT_MINIMUM_RSA_BITS {
        notes.push(format!(
            "{} is below {DEFAULT_MINIMUM_RSA_BITS}: such keys are no longer acceptable (NIST SP 800-131A)",
            MINIMUM_RSA_BITS.name()
        ));
    }
    notes
}
