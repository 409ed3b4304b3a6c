//! What is in an envelope.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::error::EnvelopeError;
use super::http_request::HttpRequest;
use super::members::Members;
use super::reading::take_room;
use super::room::Room;
use super::tree::Tree;

/// The envelope of one invocation, as it came.
///
/// Read strictly where a decision depends on it: members that appear twice are refused, headers that do are counted.
/// Members that the host may add are passed over. Room for all of it is taken before it is read.
#[derive(Debug)]
pub struct Envelope {
    data: Members,
    metadata: Members,
}

/// What started a function that no HTTP request starts.
#[derive(Debug)]
#[non_exhaustive]
pub struct Triggering {
    /// The value of the trigger's binding.
    pub data: Value,
    /// The values of the other input bindings.
    pub inputs: Map<String, Value>,
    /// What the host knows besides.
    pub metadata: Map<String, Value>,
}

impl Envelope {
    /// Reads the text of an envelope for a function without a caller.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: not JSON, not of the host's form, or more than there is room for.
    pub fn parse(text: &[u8], room: &mut impl Room) -> Result<Self, EnvelopeError> {
        Self::read(text, None, room)
    }

    /// Reads the text of an envelope with a request in it.
    ///
    /// Metadata is passed over: all of it is present in the request as well, and it is where the host puts a JSON body
    /// apart, which nobody should be made to hold before the caller is admitted.
    ///
    /// # Errors
    ///
    /// As [`Envelope::parse`].
    pub fn parse_request(text: &[u8], room: &mut impl Room) -> Result<Self, EnvelopeError> {
        Self::read(text, Some("Metadata"), room)
    }

    fn read(
        text: &[u8],
        skip: Option<&'static str>,
        room: &mut impl Room,
    ) -> Result<Self, EnvelopeError> {
        take_room(text, skip, room)?;
        let mut members = Members::new("envelope", Tree::read(text, skip)?)?;
        let data = members.take("Data")?;
        let data = data.ok_or_else(|| EnvelopeError::missing("Data".to_owned()))?;
        let metadata = members.take("Metadata")?.unwrap_or(Tree::Null);
        Ok(Self {
            data: Members::new("Data", data)?,
            metadata: Members::optional("Metadata", metadata)?,
        })
    }

    /// The request that started the function, from the binding of this name, spelt as in `function.json`.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: the binding is missing, appears twice, or is no request; or no room.
    pub fn into_http(
        mut self,
        trigger: &str,
        room: &mut impl Room,
    ) -> Result<HttpRequest, EnvelopeError> {
        let request = Members::new(trigger, self.trigger(trigger)?)?;
        HttpRequest::new(request, decoded(self.data, room)?, room)
    }

    /// What started a function without a caller, from the binding of this name.
    ///
    /// Values that the host encoded twice are decoded.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: the binding is missing or appears twice; or no room.
    pub fn into_triggering(
        mut self,
        trigger: &str,
        room: &mut impl Room,
    ) -> Result<Triggering, EnvelopeError> {
        Ok(Triggering {
            data: self.trigger(trigger)?.decoded(room)?,
            inputs: decoded(self.data, room)?,
            metadata: decoded(self.metadata, room)?,
        })
    }

    fn trigger(&mut self, binding: &str) -> Result<Tree, EnvelopeError> {
        let value = self.data.take(binding)?;
        value.ok_or_else(|| EnvelopeError::missing(format!("Data.{binding}")))
    }
}

fn decoded(members: Members, room: &mut impl Room) -> Result<Map<String, Value>, EnvelopeError> {
    let mut map = Map::new();
    for (name, tree) in members.into_pairs() {
        map.insert(name, tree.decoded(room)?);
    }
    Ok(map)
}
