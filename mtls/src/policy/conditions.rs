//! The conditions of a rule in a trust domain, on a command line.

use clap::Args;
use serde_json::{Value, json};

/// What a rule in a trust domain compares.
#[derive(Args)]
#[group(multiple = true)]
pub(super) struct Conditions {
    /// The trust domain whose authorities issue the certificate
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,

    /// A DNS name of the certificate, or *. and its parent
    #[arg(long, value_name = "NAME", requires = "domain")]
    dns: Option<String>,

    /// A URI of the certificate, which may end in /* or /**
    #[arg(long, value_name = "URI", requires = "domain")]
    uri: Option<String>,

    /// A mail address of the certificate
    #[arg(long, value_name = "ADDRESS", requires = "domain")]
    email: Option<String>,

    /// An IP address of the certificate
    #[arg(long, value_name = "ADDRESS", requires = "domain")]
    ip: Option<String>,

    /// A user principal name of the certificate
    #[arg(long, value_name = "NAME", requires = "domain")]
    user_principal_name: Option<String>,

    /// The certificate's common name
    #[arg(long, value_name = "TEXT", requires = "domain")]
    common_name: Option<String>,

    /// The certificate's whole subject, as RFC 4514 writes it
    #[arg(long, value_name = "NAME", requires = "domain")]
    subject: Option<String>,

    /// A certificate policy that is valid for the certificate's whole path
    #[arg(long, value_name = "OID", requires = "domain")]
    certificate_policy: Option<String>,

    /// An extension of the certificate: its OID, OID=TEXT, or OID=der:HEX
    #[arg(long, value_name = "OID[=VALUE]", requires = "domain")]
    extension: Option<String>,
}

impl Conditions {
    /// What was given, by the document's keys.
    pub(super) fn given(&self) -> Vec<(&'static str, Value)> {
        let conditions = [
            ("domain", &self.domain),
            ("commonName", &self.common_name),
            ("subject", &self.subject),
            ("dns", &self.dns),
            ("uri", &self.uri),
            ("email", &self.email),
            ("ip", &self.ip),
            ("userPrincipalName", &self.user_principal_name),
            ("certificatePolicy", &self.certificate_policy),
        ];
        let given = conditions
            .into_iter()
            .filter_map(|(key, value)| Some((key, Value::from(value.as_deref()?))));
        let extension = self.extension.as_deref().map(extension);
        given
            .chain(extension.map(|value| ("extension", value)))
            .collect()
    }
}

/// The condition, as a document writes it.
fn extension(text: &str) -> Value {
    let Some((oid, value)) = text.split_once('=') else {
        return json!({ "oid": text });
    };
    match value.strip_prefix("der:") {
        Some(hex) => json!({ "oid": oid, "der": hex }),
        None => json!({ "oid": oid, "text": value }),
    }
}
