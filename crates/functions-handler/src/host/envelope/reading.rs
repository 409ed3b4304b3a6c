//! Room for a whole JSON text before it is read.

#[cfg(test)]
mod tests;

use super::error::EnvelopeError;
use super::room::Room;
use super::structure::{Event, Structure};

/// Takes room for a whole text that is about to be read, without the member of the outermost object that is passed over.
///
/// # Errors
///
/// [`EnvelopeError`]: no room, or what is not JSON. A reader could pass over what is wrong, and read on without room.
pub(super) fn take_room(
    text: &[u8],
    passed_over: Option<&str>,
    room: &mut impl Room,
) -> Result<(), EnvelopeError> {
    let mut structure = Structure::default();
    let mut before = None;
    while let Some(event) = structure.next(text)? {
        match event {
            Event::Name {
                text: name,
                depth: 1,
            } => {
                let passes =
                    passed_over.is_some_and(|name_of| text.get(name) == Some(name_of.as_bytes()));
                before = passes.then(|| structure.counts());
            }
            Event::End { depth: 1, .. } => {
                if let Some(before) = before.take() {
                    structure.count_as(before);
                }
            }
            Event::Name { .. } | Event::Begin { .. } | Event::End { .. } => {}
        }
    }
    Ok(room.take(structure.counts().bytes())?)
}
