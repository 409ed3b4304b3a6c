//! Client certificates are on wherever the app believes them.

use client_cert::FrontEnd;
use infra_checks::{Infra, Resource, Value};

const SITES: [&str; 2] = ["Microsoft.Web/sites", "Microsoft.Web/sites/slots"];
const CONTAINER_APPS: &str = "Microsoft.App/containerApps";

const SITE_SETTINGS: &str = "properties.siteConfig.appSettings";
const CONTAINER_SETTINGS: &str = "properties.template.containers[].env";

pub(crate) fn problems(infra: &Infra) -> Vec<String> {
    let mut problems = Vec::new();
    for site in SITES.iter().flat_map(|kind| infra.resources(kind)) {
        problems.extend(site_problems(&site));
    }
    for app in infra.resources(CONTAINER_APPS) {
        problems.extend(container_problems(&app));
    }
    let apps = infra
        .resources(SITES[0])
        .chain(infra.resources(CONTAINER_APPS))
        .count();
    if apps < 3 {
        problems.push(format!(
            "expected an app for each of three kinds of hosting, found {apps}"
        ));
    }
    problems.extend(sticky_problems(infra));
    problems
}

fn site_problems(site: &Resource<'_>) -> Vec<String> {
    let text = |text: &str| Value::Text(text.to_owned());
    let modes = [text("Required"), text("Optional")];
    let rows: [(&str, &[Value], &str); 8] = [
        (
            "properties.clientCertEnabled",
            &[Value::Bool(true)],
            "a mode alone switches nothing on",
        ),
        (
            "properties.clientCertMode",
            &modes,
            "another mode makes the front end renegotiate",
        ),
        (
            "properties.httpsOnly",
            &[Value::Bool(true)],
            "plain HTTP carries no certificate",
        ),
        (
            "properties.siteConfig.http20Enabled",
            &[Value::Bool(false)],
            "nobody has shown a certificate over HTTP/2",
        ),
        (
            "properties.siteConfig.minTlsVersion",
            &[text("1.2"), text("1.3")],
            "older versions are broken",
        ),
        (
            "properties.siteConfig.scmMinTlsVersion",
            &[text("1.2"), text("1.3")],
            "older versions are broken",
        ),
        (
            "properties.siteConfig.ipSecurityRestrictionsDefaultAction",
            &[text("Allow"), text("Deny")],
            "it has no others",
        ),
        (
            "properties.siteConfig.scmIpSecurityRestrictionsDefaultAction",
            &[text("Allow"), text("Deny")],
            "it has no others",
        ),
    ];
    let mut problems: Vec<String> = rows
        .iter()
        .flat_map(|(property, allowed, reason)| outside(site, property, allowed, reason))
        .collect();
    if site.has("properties.clientCertExclusionPaths") {
        problems.push(format!(
            "{}: expected no exclusion paths: they make the front end renegotiate",
            site.place()
        ));
    }
    problems.extend(front_end(site, SITE_SETTINGS, "app-service"));
    problems
}

fn container_problems(app: &Resource<'_>) -> Vec<String> {
    let ingress = "properties.configuration.ingress";
    let text = |text: &str| Value::Text(text.to_owned());
    let modes = [text("accept"), text("require")];
    let rows: [(String, &[Value], &str); 3] = [
        (
            format!("{ingress}.clientCertificateMode"),
            &modes,
            "`ignore` drops the certificate",
        ),
        (
            format!("{ingress}.allowInsecure"),
            &[Value::Bool(false)],
            "plain HTTP carries no certificate",
        ),
        (
            format!("{ingress}.transport"),
            &[text("http")],
            "nobody has shown a certificate over HTTP/2",
        ),
    ];
    let mut problems: Vec<String> = rows
        .iter()
        .flat_map(|(property, allowed, reason)| outside(app, property, allowed, reason))
        .collect();
    problems.extend(front_end(app, CONTAINER_SETTINGS, "container-apps"));
    problems
}

/// What names the front end is the one that the template makes, by a word that the handler knows.
fn front_end(app: &Resource<'_>, settings: &str, expected: &str) -> Option<String> {
    let found = app.value_of_key(settings, "CLIENT_CERT_FRONT_END");
    let is_known = FrontEnd::WORDS.iter().any(|(word, _)| *word == expected);
    let fits = is_known && found == [Value::Text(expected.to_owned())];
    (!fits).then(|| {
        format!(
            "{}: expected CLIENT_CERT_FRONT_END {expected}, found {found:?}",
            app.place()
        )
    })
}

/// Where there are slots, what believes certificates stays with the slot that asks for them.
fn sticky_problems(infra: &Infra) -> Vec<String> {
    let slots = infra.resources(SITES[1]).count();
    let mut configs = infra.resources("Microsoft.Web/sites/config");
    let sticky = Value::Text("CLIENT_CERT_FRONT_END".to_owned());
    let is_sticky = configs.any(|config| {
        config.values("name") == [Value::Text("slotConfigNames".to_owned())]
            && config
                .values("properties.appSettingNames[]")
                .contains(&sticky)
    });
    let missing = slots > 0 && !is_sticky;
    let problem = "expected CLIENT_CERT_FRONT_END in slotConfigNames: a swap would carry it to a slot without certificates";
    missing.then(|| problem.to_owned()).into_iter().collect()
}

/// The values of a property that are none of these, and a property that is not there.
pub(crate) fn outside(
    resource: &Resource<'_>,
    property: &str,
    allowed: &[Value],
    reason: &str,
) -> Vec<String> {
    let place = resource.place();
    let found = resource.values(property);
    if found.is_empty() {
        return vec![format!("{place}: expected {property} to be set: {reason}")];
    }
    let wrong = found.iter().filter(|value| !allowed.contains(value));
    wrong
        .map(|value| {
            format!("{place}: {property}: expected one of {allowed:?}, found {value:?}: {reason}")
        })
        .collect()
}
