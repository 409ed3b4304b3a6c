//! The three files: the collection, its environment, and newman's list of client certificates.

use http::StatusCode;
use serde_json::{Value, json};

use super::addresses::Addresses;
use crate::front_end::Mode;

/// The requests and their tests. It knows no address; the environment does.
pub(super) const COLLECTION: &str = include_str!("../../tests/postman/collection.json");

/// What the environment says beside the addresses.
pub(super) struct Facts<'a> {
    pub(super) addresses: &'a Addresses,
    /// The allowed certificate in base64, for the forged header; empty where it is not known.
    pub(super) forged: &'a str,
    pub(super) mode: Mode,
    pub(super) refused_status: StatusCode,
}

/// One entry of the list.
pub(super) struct ClientCertificate<'a> {
    pub(super) name: &'static str,
    pub(super) address: &'a str,
    /// Relative to the folder where newman is started.
    pub(super) file: &'a str,
    pub(super) passphrase: Option<&'a str>,
}

/// The environment, to be imported into Postman or given to newman.
pub(super) fn environment(facts: &Facts<'_>) -> Value {
    let addresses = facts.addresses;
    let values: Vec<Value> = [
        ("allowedUrl", addresses.allowed.as_str()),
        ("deniedUrl", &addresses.denied),
        ("anonymousUrl", &addresses.anonymous),
        ("publicFunction", "PublicFunction"),
        ("securedFunction", "SecuredFunction"),
        ("certInfo", "cert-info"),
        ("clientCertificateMode", mode_name(facts.mode)),
        ("refusedStatus", facts.refused_status.as_str()),
        ("checkCertificates", "yes"),
        ("forgedCertificate", facts.forged),
    ]
    .into_iter()
    .map(|(key, value)| json!({"key": key, "value": value, "type": "default", "enabled": true}))
    .collect();
    json!({
        "name": format!("Client certificates: {}", addresses.allowed),
        "values": values,
        "_postman_variable_scope": "environment",
    })
}

/// The list for `--ssl-client-cert-list`. newman takes a .pfx in no other way; a pattern without the port means 443.
pub(super) fn client_certificates(certificates: &[ClientCertificate<'_>]) -> Value {
    certificates
        .iter()
        .map(|certificate| {
            let mut entry = json!({
                "name": certificate.name,
                "matches": [format!("{}/*", certificate.address)],
                "pfx": {"src": certificate.file},
            });
            if let (Some(passphrase), Some(entry)) = (certificate.passphrase, entry.as_object_mut())
            {
                entry.insert("passphrase".to_owned(), passphrase.into());
            }
            entry
        })
        .collect()
}

/// As the collection's tests compare it.
fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Required => "required",
        Mode::Optional => "optional",
        Mode::OptionalInteractiveUser => "optional-interactive-user",
        Mode::Ignore => "ignore",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_written_only_where_there_is_one() {
        let entry = |passphrase| ClientCertificate {
            name: "x",
            address: "https://app.test/api",
            file: "x.pfx",
            passphrase,
        };
        let list = client_certificates(&[entry(None), entry(Some("p"))]);
        assert_eq!(list[0].get("passphrase"), None);
        assert_eq!(list[1]["passphrase"], "p");
        assert_eq!(list[0]["matches"], json!(["https://app.test/api/*"]));
    }

    #[test]
    fn the_environment_has_every_variable_that_the_collection_uses() {
        let addresses = Addresses {
            allowed: "a".to_owned(),
            denied: "b".to_owned(),
            anonymous: "c".to_owned(),
        };
        let facts = Facts {
            addresses: &addresses,
            forged: "",
            mode: Mode::Optional,
            refused_status: StatusCode::FORBIDDEN,
        };
        let environment = environment(&facts);
        let keys: Vec<&str> = environment["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value["key"].as_str().unwrap())
            .collect();
        let in_urls = COLLECTION
            .split("{{")
            .skip(1)
            .filter_map(|rest| rest.split("}}").next());
        let in_scripts = COLLECTION
            .split("pm.variables.get('")
            .skip(1)
            .filter_map(|rest| rest.split('\'').next());
        let used: Vec<&str> = in_urls.chain(in_scripts).collect();
        assert!(used.len() > 10, "{used:?}");
        for variable in &used {
            assert!(keys.contains(variable), "{variable}");
        }
        for key in keys {
            assert!(used.contains(&key), "{key} is not used");
        }
    }
}
