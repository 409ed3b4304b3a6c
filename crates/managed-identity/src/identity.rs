//! The app's managed identity: where its tokens come from.

use reqwest::Url;
use zeroize::Zeroizing;

/// The endpoint of virtual machines, which has no setting (Azure Instance Metadata Service).
const INSTANCE_METADATA: &str = "http://169.254.169.254/metadata/identity/oauth2/token";

/// The app's managed identity, as App Service and Functions describe it in the environment, or a virtual machine's. It has
/// neither `Debug` nor `Display`.
#[derive(Clone)]
pub struct ManagedIdentity {
    endpoint: Url,
    version: &'static str,
    header: (&'static str, Zeroizing<String>),
    client_id: Option<String>,
}

impl ManagedIdentity {
    /// From the variables `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` ("Connect to Azure services in app code", REST endpoint
    /// reference), or the instance metadata service where either is absent; with `AZURE_CLIENT_ID` for a user-assigned
    /// identity. `None` if the endpoint is not an http or https URL.
    pub fn from_variables<'v>(variable: impl Fn(&str) -> Option<&'v str>) -> Option<Self> {
        let client_id = variable("AZURE_CLIENT_ID").map(str::to_owned);
        let given = variable("IDENTITY_ENDPOINT").zip(variable("IDENTITY_HEADER"));
        let (endpoint, version, header) = match given {
            Some((endpoint, header)) => (endpoint, "2019-08-01", ("X-IDENTITY-HEADER", header)),
            None => (INSTANCE_METADATA, "2018-02-01", ("Metadata", "true")),
        };
        let endpoint = Url::parse(endpoint).ok()?;
        matches!(endpoint.scheme(), "http" | "https").then(|| Self {
            endpoint,
            version,
            header: (header.0, Zeroizing::new(header.1.to_owned())),
            client_id,
        })
    }

    /// Where a token for a resource is asked for.
    pub(super) fn url(&self, resource: &str) -> Url {
        let mut url = self.endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("api-version", self.version)
            .append_pair("resource", resource);
        if let Some(id) = &self.client_id {
            query.append_pair("client_id", id);
        }
        drop(query);
        url
    }

    /// The header that the endpoint wants: name and value.
    pub(super) fn header(&self) -> (&'static str, &str) {
        (self.header.0, &self.header.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_which_endpoint_is_asked() {
        let resource = "resource=https%3A%2F%2Fstorage.azure.com%2F";
        for (variables, expected) in [
            (
                vec![],
                format!("{INSTANCE_METADATA}?api-version=2018-02-01&{resource}"),
            ),
            (
                vec![("AZURE_CLIENT_ID", "a&b")],
                format!("{INSTANCE_METADATA}?api-version=2018-02-01&{resource}&client_id=a%26b"),
            ),
            (
                vec![
                    ("IDENTITY_ENDPOINT", "http://localhost:1/x"),
                    ("IDENTITY_HEADER", "h"),
                ],
                format!("http://localhost:1/x?api-version=2019-08-01&{resource}"),
            ),
            (
                vec![("IDENTITY_ENDPOINT", "http://localhost:1/x")],
                format!("{INSTANCE_METADATA}?api-version=2018-02-01&{resource}"),
            ),
        ] {
            let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
            let identity = ManagedIdentity::from_variables(find).unwrap();
            assert_eq!(
                identity.url("https://storage.azure.com/").as_str(),
                expected
            );
        }
        let broken = |name: &str| name.starts_with("IDENTITY").then_some("file:///etc/passwd");
        assert!(ManagedIdentity::from_variables(broken).is_none());
    }
}
