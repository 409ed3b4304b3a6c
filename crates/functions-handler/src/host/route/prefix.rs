//! The host's `routePrefix`.

use super::parse::{self, RouteError};
use super::segment::Segment;

/// What is in front of each route: literal segments, or nothing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RoutePrefix {
    text: String,
    segments: Vec<Segment>,
    is_from_setting: bool,
}

impl RoutePrefix {
    /// Reads a prefix, without slashes around it.
    ///
    /// # Errors
    ///
    /// [`RouteError`] if it is no list of literal segments.
    pub fn parse(text: &str) -> Result<Self, RouteError> {
        Ok(Self {
            text: text.to_owned(),
            segments: parse::prefix(text)?,
            is_from_setting: false,
        })
    }

    /// The same prefix as the value of a setting, which messages do not show.
    #[must_use]
    pub fn from_setting(self) -> Self {
        Self {
            is_from_setting: true,
            ..self
        }
    }

    /// Whether it is the value of a setting.
    pub fn is_from_setting(&self) -> bool {
        self.is_from_setting
    }

    /// The text. That of a setting belongs in no message.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}
