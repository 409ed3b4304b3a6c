//! What an operator should act upon before it keeps callers out, named once a day.
//!
//! ```text
//! admitted call ─▶ Usage ─┐
//! policy in force ────────┼─▶ due(policy, usage, now) ─▶ Ledger: named within a day? ─▶ lines of the log
//! clock ──────────────────┘
//! ```
//!
//! A call costs no more than one atomic store a second for each rule. All else happens in one task beside the requests,
//! which looks once a minute, so that a policy that is put in force is looked at within a minute as well.
//!
//! Usage is known since this process started, and to this process alone. It belongs to names of callers and texts of rules, not
//! to a policy: a policy that is replaced loses none of it.
//!
//! The end of a certificate that a caller presents is not named here but with the call
//! ([`ExpiryLine`](crate::log)): rules for names say nothing about the certificates that satisfy them, so the call is the
//! only place where it is known.

mod due;
mod ledger;
mod listed;
mod notice;
mod notice_line;
#[cfg(test)]
mod tests;
mod usage;
mod watch;

pub(crate) use usage::{Usage, UsedRule};
pub(crate) use watch::{Daily, watch};
