//! What the decision needs of an envelope.

use super::error::EnvelopeError;
use super::headers::Headers;
use super::reading::take_room;
use super::room::Room;
use super::tree::Tree;

/// The method and the headers of the request inside an envelope. Everything in it is the caller's text.
#[derive(Debug)]
pub struct EarlyRequest {
    /// The method.
    pub method: String,
    /// The headers.
    pub headers: Headers,
}

impl EarlyRequest {
    /// Reads both out of their texts. What is absent reads as the host's reader takes it: POST, and no headers.
    pub(super) fn read(
        method: Option<&[u8]>,
        headers: Option<&[u8]>,
        room: &mut impl Room,
    ) -> Result<Self, EnvelopeError> {
        let mut tree = |text: Option<&[u8]>| text.map_or(Ok(Tree::Null), |text| read(text, room));
        let method = tree(method)?.optional_text("Method")?;
        let headers = Headers::new(tree(headers)?)?;
        Ok(Self {
            method: method.unwrap_or_else(|| "POST".to_owned()),
            headers,
        })
    }
}

fn read(text: &[u8], room: &mut impl Room) -> Result<Tree, EnvelopeError> {
    take_room(text, None, room)?;
    Ok(Tree::read(text, None)?)
}
