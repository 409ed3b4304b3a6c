//! What is particular to Azure Blob Storage.

/// The version of the REST API that requests name ("Versioning for Azure Storage"). A request with a token needs 2017-11-09 or
/// later.
pub(super) const VERSION: &str = "2023-11-03";

/// The header of [`VERSION`].
pub(super) const VERSION_HEADER: &str = "x-ms-version";

/// The header that names the reason of a refusal.
pub(super) const ERROR_HEADER: &str = "x-ms-error-code";

/// Whom a token is for ("Authorize access to blobs using Microsoft Entra ID").
pub(super) const RESOURCE: &str = "https://storage.azure.com/";

/// The hosts of storage accounts: public, US government, China.
const SUFFIXES: [&str; 3] = [
    ".blob.core.windows.net",
    ".blob.core.usgovcloudapi.net",
    ".blob.core.chinacloudapi.cn",
];

/// Whether a host, in lower case, is a storage account's. Only such a host is sent a token.
pub(super) fn is_host(host: &str) -> bool {
    SUFFIXES.iter().any(|suffix| {
        let account = host.strip_suffix(suffix);
        account.is_some_and(|account| {
            !account.is_empty()
                && account
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    })
}
