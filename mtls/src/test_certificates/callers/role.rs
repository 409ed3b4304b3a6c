//! The three callers: a program, a robot and a person, each with names of its kind. All names are reserved for examples: by RFC
//! 2606 and RFC 5737, and object identifiers below 2.999 by Rec. ITU-T X.660.

use std::net::{IpAddr, Ipv4Addr};

use openssl::error::ErrorStack;
use openssl::nid::Nid;

use crate::certificate::extension::Extension;
use crate::certificate::issue::{Purpose, Template};
use crate::certificate::names::{AlternativeName, CommonName};
use crate::certificate::subject::Subject;
use crate::certificate::validity::Validity;

/// The certificate policy that the robot's certificate is issued under.
pub(super) const POLICY: &str = "2.999.1";

/// The robot's extension, and its text.
pub(super) const EXTENSION: (&str, &str) = ("2.999.2", "press 7");

/// The URI of the robot, below a segment that all robots share.
pub(super) const ROBOTS: &str = "spiffe://callers.example/robots/";

/// One caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    Billing,
    Robot,
    Jane,
}

impl Role {
    pub(super) const ALL: [Self; 3] = [Self::Billing, Self::Robot, Self::Jane];

    /// The name of its files.
    pub(super) fn stem(self) -> &'static str {
        match self {
            Self::Billing => "billing",
            Self::Robot => "robot",
            Self::Jane => "jane",
        }
    }

    /// What its certificate says.
    pub(super) fn template(self, validity: Validity) -> Result<Template, ErrorStack> {
        Ok(Template {
            subject: self.subject(),
            alternative_names: self.alternative_names(),
            extensions: match self {
                Self::Billing | Self::Jane => Vec::new(),
                Self::Robot => vec![
                    Extension::of_policy(POLICY)?,
                    Extension::of_text(EXTENSION.0, EXTENSION.1),
                ],
            },
            validity,
            purpose: Purpose::Caller,
        })
    }

    fn subject(self) -> Subject {
        // As Active Directory Certificate Services write a person: the container is a common name too.
        const USERS: &[(Nid, &str)] = &[
            (Nid::DOMAINCOMPONENT, "example"),
            (Nid::DOMAINCOMPONENT, "callers"),
            (Nid::COMMONNAME, "Users"),
        ];
        match self {
            Self::Billing => CommonName::constant("Billing").into(),
            Self::Robot => CommonName::constant("robot-7").into(),
            Self::Jane => Subject {
                containers: USERS,
                common_name: CommonName::constant("Jane Doe"),
            },
        }
    }

    fn alternative_names(self) -> Vec<AlternativeName> {
        match self {
            Self::Billing => vec![AlternativeName::Dns("billing.callers.example".to_owned())],
            Self::Robot => vec![
                AlternativeName::Uri(format!("{ROBOTS}press-7")),
                AlternativeName::Ip(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))),
            ],
            Self::Jane => vec![
                AlternativeName::UserPrincipalName("jane@callers.example".to_owned()),
                AlternativeName::Email("jane.doe@callers.example".to_owned()),
            ],
        }
    }
}
