//! The names of a certificate that name constraints are weighed on.

use super::alternative_name::SubjectAlternativeName;
use super::certificate::Certificate;
use super::name::Name;
use super::name_form::NameForm;
use super::subtree::Presented;
use super::uri::Uri;

/// The subject, unless it is empty, the alternative names, and the mail addresses in the subject.
///
/// RFC 5280 weighs mail addresses in the subject where there is no subjectAltName; here they are always weighed, as OpenSSL
/// does, so that no other name hides them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConstrainedNames<'c> {
    pub(super) subject: &'c Name,
    pub(super) alternative: &'c [SubjectAlternativeName],
}

impl<'c> ConstrainedNames<'c> {
    pub(crate) fn of(certificate: &'c Certificate) -> Self {
        Self {
            subject: certificate.subject(),
            alternative: &certificate.extensions().subject_alternative_names,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Presented<'c>> {
        let subject = Some(self.subject).filter(|name| !name.is_empty());
        let mail = self.subject.mail_addresses();
        subject
            .map(Presented::Directory)
            .into_iter()
            .chain(mail.map(|address| address.map_or(UNREADABLE_MAIL, mail_address)))
            .chain(self.alternative.iter().map(alternative))
    }
}

const UNREADABLE_MAIL: Presented<'_> = Presented::Unreadable(NameForm::Mail);

fn alternative(name: &SubjectAlternativeName) -> Presented<'_> {
    match name {
        SubjectAlternativeName::Dns(name) => dns_name(name),
        SubjectAlternativeName::Mail(address) => mail_address(address),
        SubjectAlternativeName::Uri(text) => uri(text),
        SubjectAlternativeName::Ip(address) => Presented::Ip(*address),
        SubjectAlternativeName::Directory(name) => Presented::Directory(name),
        SubjectAlternativeName::UserPrincipalName(_) => Presented::Unreadable(NameForm::Other),
        SubjectAlternativeName::Other(other) => Presented::Unreadable(other.form()),
    }
}

/// A DNS name; a wildcard stands for one whole left-most label.
fn dns_name<'n>(text: &str) -> Presented<'n> {
    let (wildcard, name) = match text.strip_prefix("*.") {
        Some(parent) => (true, parent),
        None => (false, text),
    };
    match name.parse() {
        Ok(name) => Presented::Dns { name, wildcard },
        Err(_) => Presented::Unreadable(NameForm::Dns),
    }
}

fn mail_address<'n>(text: &str) -> Presented<'n> {
    text.parse().map_or(UNREADABLE_MAIL, Presented::Mail)
}

/// A URI by its host: one without a host, or with an IP address for one, cannot be constrained and is refused where URIs are.
fn uri<'n>(text: &str) -> Presented<'n> {
    let host = Uri::parse(text)
        .ok()
        .and_then(|uri| uri.host()?.parse().ok());
    host.map_or(Presented::Unreadable(NameForm::Uri), Presented::Uri)
}

/// A common name, as each form of name that it has the form of; none for a person's name.
///
/// RFC 5280 constrains no common names, so that an authority which may issue names in one domain could issue every common
/// name, that of another domain's host among them. So a common name counts as what it looks like:
///
/// | common name | is weighed as |
/// | --- | --- |
/// | `billing.partner.example`, `billing`, `*.partner.example`: no blank, no `@`, no `://` | a DNS name |
/// | `jane@partner.example`: with an `@` | a mail address |
/// | `spiffe://partner.example/robots/7`: with `://` | a URI |
/// | `10.0.0.1` | an IP address, and a DNS name |
/// | `Jane Doe`: with a blank, and none of these | nothing of these |
///
/// What has the form and is no such name, one word with an umlaut for example, cannot be compared and is refused where the
/// form is constrained. A name with a blank inside is no host to anybody (RFC 1123, section 2.1), and a rule compares it whole; what
/// restricts to whom an authority may give it are constraints on directory names, which are weighed on the whole subject.
/// OpenSSL weighs common names as DNS names where they look like ones with a dot, and Go and `rustls-webpki` do not weigh
/// them; single labels are weighed here because people list hosts by them.
pub(super) fn of_common_name(name: &str) -> Vec<Presented<'_>> {
    let (is_uri, is_mail) = (name.contains("://"), name.contains('@'));
    let is_dns = !is_uri && !is_mail && !name.contains(' ');
    let address = name.parse().ok().map(Presented::Ip);
    [
        is_dns.then(|| dns_name(name)),
        is_mail.then(|| mail_address(name)),
        is_uri.then(|| uri(name)),
        address,
    ]
    .into_iter()
    .flatten()
    .collect()
}
