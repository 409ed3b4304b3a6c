//! Which servers the settings trust.

use app_settings::{HarmlessSetting, NamedFile};

use super::names::{TRUST_ANCHORS, TRUST_ANCHORS_ONLY};
use super::reader::Reader;
use crate::trust::{Anchors, Trust};

/// The words of [`TRUST_ANCHORS_ONLY`], in any case.
const ONLY_WORDS: &[(&str, bool)] = &[("true", true), ("false", false), ("1", true), ("0", false)];

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
        let setting = HarmlessSetting::new(TRUST_ANCHORS_ONLY);
        match setting.meaning(&text.to_ascii_lowercase(), ONLY_WORDS) {
            Ok(is_only) => {
                if is_only && trust_anchors.is_empty() {
                    self.problem(
                        TRUST_ANCHORS_ONLY,
                        format!(
                            "expected a file in {TRUST_ANCHORS}, found none: no server could be trusted; name one, or remove this setting"
                        ),
                    );
                }
                is_only
            }
            Err(problem) => {
                self.problem(TRUST_ANCHORS_ONLY, problem.text());
                false
            }
        }
    }
}
