//! Data is opened by identities, and by no key but one.

use infra_checks::{Infra, Value};

use crate::certificates::outside;

/// The module whose account is opened by a key: Azure Files knows nothing else for the share that an app runs from.
const WITH_KEY: &str = "modules/content-share.bicep";

pub(crate) fn problems(infra: &Infra) -> Vec<String> {
    let mut problems = Vec::new();
    let yes = [Value::Bool(true)];
    for account in infra.resources("Microsoft.Storage/storageAccounts") {
        let with_key = [Value::Bool(account.path() == WITH_KEY)];
        let rows: [(&str, &[Value], &str); 4] = [
            (
                "properties.allowSharedKeyAccess",
                &with_key,
                "identities open it",
            ),
            (
                "properties.allowBlobPublicAccess",
                &[Value::Bool(false)],
                "nothing in it is public",
            ),
            ("properties.supportsHttpsTrafficOnly", &yes, "no plain HTTP"),
            (
                "properties.minimumTlsVersion",
                &[Value::Text("TLS1_2".to_owned())],
                "as Azure Storage spells it",
            ),
        ];
        problems.extend(
            rows.iter().flat_map(|(property, allowed, reason)| {
                outside(&account, property, allowed, reason)
            }),
        );
    }
    for container in infra.resources("Microsoft.Storage/storageAccounts/blobServices/containers") {
        let private = [Value::Text("None".to_owned())];
        problems.extend(outside(
            &container,
            "properties.publicAccess",
            &private,
            "nothing in it is public",
        ));
    }
    for vault in infra.resources("Microsoft.KeyVault/vaults") {
        problems.extend(outside(
            &vault,
            "properties.enableRbacAuthorization",
            &yes,
            "roles say who reads it",
        ));
        problems.extend(outside(
            &vault,
            "properties.enablePurgeProtection",
            &yes,
            "what is deleted can be restored",
        ));
    }
    problems
}
