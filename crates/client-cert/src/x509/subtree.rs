//! One base of a name constraint, and which names lie below it (RFC 5280, section 4.2.1.10).

use std::net::IpAddr;

use x509_parser::asn1_rs::Tag;

use super::der::{Element, elements};
use super::dns_name::DnsName;
use super::ip_range::IpRange;
use super::mail_address::MailAddress;
use super::name::Name;
use super::name_form::NameForm;

/// The base of a subtree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Subtree {
    /// A host name and those below it; `None` for every name.
    Dns(Option<DnsName>),
    /// One mailbox.
    Mailbox(MailAddress),
    /// The mailboxes of hosts.
    MailHosts(Hosts),
    /// URIs by their hosts.
    UriHosts(Hosts),
    Ip(IpRange),
    Directory(Name),
    /// A base that cannot be read, is of a form that is not supported, or has other limits than those of RFC 5280: no name
    /// of this form can be compared with it.
    Unusable(NameForm),
}

/// Hosts of mail addresses and URIs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Hosts {
    /// Of an empty base, whose meaning RFC 5280 leaves open and other validators take for this.
    Every,
    One(DnsName),
    /// Of a base with a leading dot: all names below it, but not itself.
    Below(DnsName),
}

/// A name of a certificate, as far as it is compared.
#[derive(Clone, Debug)]
pub(super) enum Presented<'n> {
    /// A DNS name, or all names of one label more.
    Dns {
        name: DnsName,
        wildcard: bool,
    },
    Mail(MailAddress),
    /// A URI by its host.
    Uri(DnsName),
    Ip(IpAddr),
    Directory(&'n Name),
    /// A name that cannot be read, or is of a form that is not supported.
    Unreadable(NameForm),
}

impl Subtree {
    /// Reads a `GeneralSubtree`; `None` if it is anything else.
    pub(super) fn read(subtree: &Element<'_>) -> Option<Self> {
        let parts = subtree
            .is(Tag::Sequence)
            .then(|| elements(subtree.content()))??;
        let (base, limits) = parts.split_first()?;
        let form = NameForm::of_tag(|tag| base.is_context(tag))?;
        // minimum is 0 by default, and only 0 is allowed; maximum must be absent.
        let plain = match limits {
            [] => true,
            [minimum] => minimum.is_context(0) && minimum.content() == [0],
            _ => false,
        };
        let base = plain.then(|| Self::of_base(form, base.content())).flatten();
        Some(base.unwrap_or(Self::Unusable(form)))
    }

    fn of_base(form: NameForm, content: &[u8]) -> Option<Self> {
        let text = || str::from_utf8(content).ok();
        match form {
            // A leading dot has a meaning in constraints on URIs and mail addresses alone.
            NameForm::Dns => match text()? {
                "" => Some(Self::Dns(None)),
                name => name.parse().ok().map(|name| Self::Dns(Some(name))),
            },
            NameForm::Mail => match text()? {
                mailbox if mailbox.contains('@') => mailbox.parse().ok().map(Self::Mailbox),
                hosts => Hosts::read(hosts).map(Self::MailHosts),
            },
            NameForm::Uri => Hosts::read(text()?).map(Self::UriHosts),
            NameForm::Ip => IpRange::read(content).map(Self::Ip),
            NameForm::Directory => Name::from_der(content).map(Self::Directory),
            NameForm::Other | NameForm::X400 | NameForm::EdiParty | NameForm::RegisteredId => None,
        }
    }

    pub(super) fn form(&self) -> NameForm {
        match self {
            Self::Dns(_) => NameForm::Dns,
            Self::Mailbox(_) | Self::MailHosts(_) => NameForm::Mail,
            Self::UriHosts(_) => NameForm::Uri,
            Self::Ip(_) => NameForm::Ip,
            Self::Directory(_) => NameForm::Directory,
            Self::Unusable(form) => *form,
        }
    }

    /// Whether all that the name stands for lies in the subtree.
    pub(super) fn contains(&self, presented: &Presented<'_>) -> bool {
        match (self, presented) {
            (Self::Dns(None), Presented::Dns { .. }) => true,
            (Self::Dns(Some(base)), Presented::Dns { name, .. }) => name.is_within(base),
            (Self::Mailbox(mailbox), Presented::Mail(address)) => mailbox == address,
            (Self::MailHosts(hosts), Presented::Mail(address)) => hosts.contain(address.host()),
            (Self::UriHosts(hosts), Presented::Uri(host)) => hosts.contain(host),
            (Self::Ip(range), Presented::Ip(address)) => range.contains(*address),
            (Self::Directory(base), Presented::Directory(name)) => name.is_within(base),
            _ => false,
        }
    }

    /// Whether some of what the name stands for lies in the subtree, or could: a wildcard stands for names inside and
    /// outside, and a directory name that is not compared by RFC 4518 could be any.
    pub(super) fn touches(&self, presented: &Presented<'_>) -> bool {
        let could = match (self, presented) {
            (
                Self::Dns(Some(base)),
                Presented::Dns {
                    name,
                    wildcard: true,
                },
            ) => base.parent().as_ref() == Some(name),
            (Self::Directory(base), Presented::Directory(name)) => {
                !name.is_comparable() || !base.is_comparable()
            }
            _ => false,
        };
        could || self.contains(presented)
    }
}

impl Hosts {
    fn read(text: &str) -> Option<Self> {
        match text.strip_prefix('.') {
            None if text.is_empty() => Some(Self::Every),
            None => text.parse().ok().map(Self::One),
            Some(base) => base.parse().ok().map(Self::Below),
        }
    }

    fn contain(&self, host: &DnsName) -> bool {
        match self {
            Self::Every => true,
            Self::One(name) => host == name,
            Self::Below(base) => host.is_below(base),
        }
    }
}

impl Presented<'_> {
    pub(super) fn form(&self) -> NameForm {
        match self {
            Self::Dns { .. } => NameForm::Dns,
            Self::Mail(_) => NameForm::Mail,
            Self::Uri(_) => NameForm::Uri,
            Self::Ip(_) => NameForm::Ip,
            Self::Directory(_) => NameForm::Directory,
            Self::Unreadable(form) => *form,
        }
    }
}
