//! The managed identity of an app in Azure: who issues its tokens, and how long each is good.
//!
//! Nothing here knows what a token opens.

mod identity;
mod token;

pub use identity::ManagedIdentity;
pub use token::Token;
