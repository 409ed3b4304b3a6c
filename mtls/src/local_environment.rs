//! The handler's environment under `mtls local`.

use std::path::Path;

use app_settings::Problem;
use client_cert::Thumbprint;

use crate::handler_process::Variables;
use crate::local_settings::{FILE, LocalSettings};

/// Lists the certificates that are allowed.
const THUMBPRINTS: &str = "ALLOWED_CLIENT_CERT_THUMBPRINTS";

/// Each of these says who is allowed.
const ALLOWLISTS: [&str; 3] = [THUMBPRINTS, "ALLOWED_CLIENT_CERT_COMMON_NAMES", POLICY];

/// Names the policy document.
const POLICY: &str = "CLIENT_CERT_POLICY";

/// Says what sets the certificate header.
const FRONT_END: &str = "CLIENT_CERT_FRONT_END";

/// What it says here, unless somebody says otherwise.
const DEVELOPMENT: &str = "development";

/// Set in Azure on some plans, and by container tools that have nothing to do with it.
const AMBIGUOUS: &str = "CONTAINER_NAME";

/// Set in Azure and nowhere else.
const CERTAIN: [&str; 2] = ["WEBSITE_INSTANCE_ID", "WEBSITE_POD_NAME"];

/// What a run says of its callers where the settings say nothing.
#[derive(Default)]
pub(crate) struct Defaults<'d> {
    /// The first test certificate, where there is one.
    pub(crate) allowed: Option<&'d Thumbprint>,
    /// The policy document that the command line names. It counts as one that is in the environment.
    pub(crate) policy: Option<&'d str>,
}

/// What was inherited, then `local.settings.json`, then what makes the first call work.
///
/// The problems of the settings file come along, so that
/// the caller can report them with others.
pub(crate) fn of(
    folder: &Path,
    defaults: &Defaults<'_>,
    notes: &mut Vec<String>,
) -> (Variables, Vec<Problem>) {
    let mut environment = Variables::inherited();
    if let Some(policy) = defaults.policy {
        environment.set(POLICY, policy);
    }
    let problems = match LocalSettings::read(folder) {
        Ok(settings) => {
            let merged = settings.merge_into(&mut environment);
            notes.extend(merged.kept.iter().map(|name| {
                format!("{FILE}: {name} is set in the environment already; that value is used")
            }));
            Vec::new()
        }
        Err(problems) => problems,
    };
    let allowed = defaults.allowed.map(Thumbprint::hex);
    add_defaults(&mut environment, allowed, notes);
    (environment, problems)
}

/// Allows the first test certificate, unless somebody else is allowed, and declares the front end.
fn add_defaults(environment: &mut Variables, allowed: Option<String>, notes: &mut Vec<String>) {
    let is_listed = ALLOWLISTS.iter().any(|name| environment.is_set(name));
    if let Some(allowed) = allowed.filter(|_| !is_listed) {
        environment.set(THUMBPRINTS, &allowed);
        notes.push("Nobody is listed: certs/allowed.pfx is allowed for this run.".to_owned());
    }
    if !environment.is_set(FRONT_END) {
        environment.set(FRONT_END, DEVELOPMENT);
    }
    drop_ambiguous(environment, notes);
}

/// The handler takes a container's name for Azure, where it rightly refuses `development`. Our own front end is
/// before it here, on loopback, so the name is kept from it unless Azure is certain.
fn drop_ambiguous(environment: &mut Variables, notes: &mut Vec<String>) {
    let is_azure = CERTAIN.iter().any(|name| environment.is_set(name));
    let is_development = environment.get(FRONT_END) == Some(DEVELOPMENT);
    if environment.is_set(AMBIGUOUS) && is_development && !is_azure {
        environment.remove(AMBIGUOUS);
        notes.push(format!(
            "{AMBIGUOUS} is set, as in Azure; it is kept from the handler, since this is not Azure."
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(mut environment: Variables) -> [Option<String>; 3] {
        add_defaults(&mut environment, Some("abc".to_owned()), &mut Vec::new());
        [ALLOWLISTS[0], ALLOWLISTS[1], FRONT_END]
            .map(|name| environment.get(name).map(ToOwned::to_owned))
    }

    #[test]
    fn the_first_certificate_is_allowed_unless_somebody_else_is() {
        let text = |text: &str| Some(text.to_owned());
        let development = text("development");
        assert_eq!(
            with(Variables::default()),
            [text("abc"), None, development.clone()]
        );
        let blank = Variables::from([(ALLOWLISTS[0], " "), (FRONT_END, "")]);
        assert_eq!(with(blank), [text("abc"), None, development.clone()]);
        let pins = Variables::from([(ALLOWLISTS[0], "def"), (FRONT_END, "app-service")]);
        assert_eq!(with(pins), [text("def"), None, text("app-service")]);
        let names = Variables::from([(ALLOWLISTS[1], "partner")]);
        assert_eq!(with(names), [None, text("partner"), development.clone()]);
        let document = Variables::from([(ALLOWLISTS[2], "policy.json")]);
        assert_eq!(with(document), [None, None, development]);
    }

    #[test]
    fn a_containers_name_is_kept_from_the_handler_unless_this_is_azure() {
        let container_name = |mut environment: Variables| {
            add_defaults(&mut environment, Some("abc".to_owned()), &mut Vec::new());
            environment.get(AMBIGUOUS).map(ToOwned::to_owned)
        };
        let kept = Some("box".to_owned());
        assert_eq!(container_name(Variables::from([(AMBIGUOUS, "box")])), None);
        let azure = Variables::from([(AMBIGUOUS, "box"), (CERTAIN[1], "pod")]);
        assert_eq!(container_name(azure), kept);
        let declared = Variables::from([(AMBIGUOUS, "box"), (FRONT_END, "app-service")]);
        assert_eq!(container_name(declared), kept);
    }
}
