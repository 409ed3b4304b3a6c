//! What a successful call says about itself.

use serde::Serialize;

use client_cert::Thumbprint;

/// The outcome of a call that the upstream answered with success.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The status of the upstream, 200 to 299.
    pub upstream_status: u16,
    /// The name of the certificate file, `null` where the certificate comes from another source.
    pub client_certificate_path: Option<String>,
    /// The certificate that was presented, `sha256:` and hexadecimal.
    #[serde(serialize_with = "as_text")]
    pub client_certificate_thumbprint: Thumbprint,
}

fn as_text<S: serde::Serializer>(
    thumbprint: &Thumbprint,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(thumbprint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_as_the_sample_writes_it_with_our_thumbprint() {
        let answer = |path: Option<&str>| {
            serde_json::to_string(&Answer {
                upstream_status: 200,
                client_certificate_path: path.map(str::to_owned),
                client_certificate_thumbprint: Thumbprint::Sha256([0xAB; 32]),
            })
            .unwrap()
        };
        let digits = "ab".repeat(32);
        assert_eq!(
            answer(Some("partner.p12")),
            format!(
                r#"{{"upstreamStatus":200,"clientCertificatePath":"partner.p12","clientCertificateThumbprint":"sha256:{digits}"}}"#
            )
        );
        assert!(answer(None).contains(r#""clientCertificatePath":null"#));
    }
}
