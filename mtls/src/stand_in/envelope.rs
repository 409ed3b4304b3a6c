//! The JSON envelope as the host writes and reads it. Pure.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

mod http_output;
mod metadata;
mod reply;
mod request;

pub(super) use reply::{Answered, NoReply, read};
pub(super) use request::{Call, head, text};

/// An http output that is none, or that no answer can be made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Unusable;

/// The bytes of a text that `Convert.FromBase64String` reads; it passes over blanks and line breaks.
fn base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let letters: String = text.split([' ', '\t', '\r', '\n']).collect();
    GeneralPurpose::new(&STANDARD, config).decode(letters).ok()
}
