//! The managed identity of an app in Azure: who issues its tokens, and how long each is good.
//!
//! Nothing here knows what a token opens. What carries a secret has neither `Debug` nor `Display`, and is overwritten when it is
//! dropped; the HTTP client's own buffers are not.

mod identity;
mod secret_answer;
mod token;
mod token_error;
mod tokens;
mod transport_error;

pub use identity::ManagedIdentity;
pub use secret_answer::SecretAnswer;
pub use token_error::TokenError;
pub use tokens::Tokens;
pub use transport_error::TransportError;
