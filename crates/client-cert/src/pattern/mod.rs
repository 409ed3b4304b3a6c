//! What rules compare alternative names with. A name that is absent, unreadable or of another type is never a match.

mod dns;
mod uri;
mod user_principal_name;

pub use dns::DnsPattern;
pub use uri::UriPattern;
pub use user_principal_name::UserPrincipalName;
