//! What `mtls` says when it is called without arguments: worked examples.

use std::fmt::Write as _;

/// What one wants, and the lines to paste for it. A new command adds its lines here; a test reads every one that
/// begins with `mtls`.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "Real mutual TLS on https://localhost:7443; makes certificates and builds the handler first",
        &["mtls local", "mtls local --watch"],
    ),
    (
        "The same with callers of an authority and a policy document that has every kind of rule; then revoke one of them",
        &[
            "mtls local --policy certs/policy.json",
            "mtls certificate revoke certs/callers/robot.pem",
        ],
    ),
    (
        "Make an app to begin with, or put the gate before the server of one that exists",
        &[
            "mtls new my-app --rust",
            "mtls new my-app --gate python",
            "mtls init --dry-run",
        ],
    ),
    (
        "Build the program and make the package that is deployed, or see what would be in it",
        &["mtls package --output app.zip", "mtls package --dry-run"],
    ),
    (
        "Call the secured function, admitted and refused",
        &[
            "curl --cacert certs/ca.pem --cert-type P12 --cert 'certs/allowed.pfx:Pa@@word123' https://localhost:7443/api/SecuredFunction",
            "curl --cacert certs/ca.pem --cert-type P12 --cert 'certs/denied.pfx:Pa@@word123' https://localhost:7443/api/SecuredFunction",
        ],
    ),
    (
        "Put real mutual TLS before a running func start",
        &["mtls front-end --upstream http://127.0.0.1:7071"],
    ),
    (
        "See what a certificate file holds, whatever its form",
        &[
            "mtls certificate show certs/allowed.pfx --password 'Pa@@word123'",
            "mtls certificate show certs/allowed.pem --json",
        ],
    ),
    (
        "See what the handler decides about a certificate, check by check, and what to change",
        &[
            "mtls explain --certificate certs/denied.pfx --password 'Pa@@word123' --function SecuredFunction",
            "mtls explain --certificate partner.cer --settings azure-settings.json --at 2027-01-01T00:00:00Z",
            "mtls explain --certificate - --json",
        ],
    ),
    (
        "List the functions with their routes and callers, and write the app's OpenAPI document",
        &[
            "mtls functions --exclude /api/health",
            "mtls openapi --output openapi.json",
        ],
    ),
    (
        "Write the lists of app settings as a policy document, and look for what in it is seldom meant",
        &[
            "mtls policy convert --settings azure-settings.json --output policy.json",
            "mtls policy check policy.json --certificate partner.cer",
        ],
    ),
    (
        "Add a caller to a policy document, and see who may call what and what a new document changes",
        &[
            "mtls policy add policy.json --certificate partner.cer --name partner --role orders.write",
            "mtls policy show policy.json",
            "mtls policy diff policy.json policy-next.json",
        ],
    ),
    (
        "Print the value that a front end forwards",
        &["mtls certificate header certs/allowed.pem"],
    ),
    (
        "Make an authority, and a caller that it issues",
        &[
            "mtls certificate new --ca --common-name 'Partner CA' --out partner-ca.pfx --pem --password-env CA_PASSWORD",
            "mtls certificate new --common-name 'Partner' --issuer partner-ca.pfx --issuer-password-env CA_PASSWORD --out partner.pfx",
        ],
    ),
    (
        "Revoke a certificate that it issued: writes partner-ca.crl, for a policy document to name",
        &[
            "mtls certificate revoke partner.pfx --password-env PARTNER_PASSWORD --reason key-compromise --issuer partner-ca.pfx --issuer-password-env CA_PASSWORD",
        ],
    ),
    (
        "Call a partner with our identity, and see what was sent and what is refused",
        &[
            "mtls call https://partner.example/api --identity partner.p12 --password-env PARTNER_PASSWORD",
            "mtls call https://localhost:7443/api/SecuredFunction --identity certs/allowed.pfx --password 'Pa@@word123' --cacert certs/ca.pem --json",
            "mtls certificate show partner.p12 --as-identity --password-env PARTNER_PASSWORD",
        ],
    ),
    (
        "Let a client that cannot present a certificate call an app: it calls http://127.0.0.1:8080",
        &[
            "mtls connect https://app.azurewebsites.net --certificate partner.p12 --password-env PARTNER_PASSWORD --listen 127.0.0.1:8080",
        ],
    ),
    (
        "Check an app from outside, forged headers included",
        &[
            "mtls probe https://localhost:7443 --function SecuredFunction --public PublicFunction --allowed certs/allowed.pfx --allowed-password 'Pa@@word123' --denied certs/denied.pfx --denied-password 'Pa@@word123'",
        ],
    ),
    (
        "Call it from Postman, or from newman",
        &["mtls postman --base-url https://localhost:7443"],
    ),
    ("Build what is deployed, into bin/handler", &["mtls build"]),
    (
        "See what would fail on Azure, and what is public, before it is published",
        &["mtls check", "mtls check examples/rust --json"],
    ),
    (
        "Completions for a shell, and man pages",
        &["mtls completions bash", "mtls man --out man1"],
    ),
];

/// The examples as text for a terminal.
pub(crate) fn text() -> String {
    let mut text =
        String::from("Client certificates for Azure Functions, before anything is deployed.\n");
    for (wish, lines) in EXAMPLES {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{wish}:\n");
        for line in *lines {
            let _ = writeln!(text, "  {line}");
        }
    }
    text.push_str("\nAll commands: mtls --help\n");
    text
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;
    use crate::Cli;

    /// The words of a line, with single quotes as a shell takes them.
    fn words(line: &str) -> Vec<String> {
        line.split('\'')
            .enumerate()
            .flat_map(|(index, part)| match index % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect()
    }

    #[test]
    fn every_example_is_a_command_that_the_parser_takes() {
        let mut parsed = 0;
        for line in EXAMPLES.iter().flat_map(|(_, lines)| *lines) {
            let words = words(line);
            let known = words
                .get(1)
                .is_some_and(|name| Cli::command().find_subcommand(name).is_some());
            if words[0] != "mtls" || !known {
                continue;
            }
            if let Err(error) = Cli::try_parse_from(&words) {
                panic!("{line}: {error}");
            }
            parsed += 1;
        }
        assert!(parsed >= 6, "{parsed}");
    }
}
