//! Who is admitted: the decision, as tables. Read them as the specification.
//!
//! Every row names a situation and the outcome: `allow: <rule>`, or `deny: <reason code>`. One file a rule.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod authority;
mod cache;
mod callers;
mod chains;
mod conditions;
mod container_apps;
mod covering;
mod denied;
mod der;
mod envoy;
mod facts;
mod fitness;
mod front_end;
mod header;
mod list_bounds;
mod name;
mod newest;
mod path;
mod path_reasons;
mod pin;
mod reading;
mod reasons;
mod revocation;
mod rfc9440;
mod succession;
mod table;
mod window;
