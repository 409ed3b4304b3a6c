//! Which servers the settings trust.

use app_settings::{HarmlessSetting, NamedFile};

use super::names::{TRUST_ANCHORS, TRUST_ANCHORS_ONLY};
use super::reader::Reader;
use crate::trust::{Anchors, Trust};

impl Reader<'_> {
    pub(super) fn trust(&mut self) -> Trust {
        let files = self.trust_anchors();
        let trust = match self.trust_anchors_only(&files) {
            true => Trust::nothing(),
            false => Trust::system(),
        };
        let files = files.into_iter().map(Anchors::File);
        files.fold(trust, Trust::and)
    }

    fn trust_anchors(&self) -> Vec<NamedFile> {
        let text = self.text(TRUST_ANCHORS).unwrap_or_default();
        text.split(';')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| NamedFile::new(TRUST_ANCHORS, name, self.app_root))
            .collect()
    }

    fn trust_anchors_only(&mut self, trust_anchors: &[NamedFile]) -> bool {
        let Some(text) = self.text(TRUST_ANCHORS_ONLY) else {
            return false;
        };
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" if trust_anchors.is_empty() => {
                self.problem(
                    TRUST_ANCHORS_ONLY,
                    format!(
                        "expected a file in {TRUST_ANCHORS}, found none: no server could be trusted; name one, or remove this setting"
                    ),
                );
                true
            }
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                let found = HarmlessSetting::new(TRUST_ANCHORS_ONLY).shown(text);
                self.problem(
                    TRUST_ANCHORS_ONLY,
                    format!("expected true or false, found {found}; write one of these"),
                );
                false
            }
        }
    }
}
