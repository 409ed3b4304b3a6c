//! Settings that take one word out of several.

use crate::{Environment, HarmlessSetting, Problem};

/// The most characters of a wrong value that are compared with the words: the longest word has 17.
const MAX_COMPARED_CHARACTERS: usize = 32;

/// How many characters of a word there are for each that may differ: `no` is not taken for `on`.
const CHARACTERS_FOR_A_MISTAKE: usize = 3;

impl HarmlessSetting {
    /// The meaning of this setting's word. `None` if it is unset, and if it is not one of `words`, which `problems` then says.
    ///
    /// ```
    /// use app_settings::{Environment, HarmlessSetting};
    ///
    /// const KEEP: HarmlessSetting = HarmlessSetting::new("ORDERS_KEEP");
    ///
    /// let environment = Environment::from_iter([("ORDERS_KEEP", "alwys")]);
    /// let mut problems = Vec::new();
    /// let words = [("never", false), ("always", true)];
    /// assert_eq!(KEEP.word(&environment, &words, &mut problems), None);
    /// assert_eq!(
    ///     problems[0].text(),
    ///     "expected never or always, found \"alwys\"; did you mean always?"
    /// );
    /// ```
    pub fn word<T: Clone>(
        self,
        environment: &Environment,
        words: &[(&str, T)],
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let value = environment.setting(self.name(), problems)?;
        let meaning = self.meaning(value.expose(), words);
        meaning.map_err(|problem| problems.push(problem)).ok()
    }

    /// The meaning of `text`, blanks around it removed, for settings that are not read from the environment here.
    ///
    /// # Errors
    ///
    /// The problem lists the words, and names the nearest if there is one: a single word of which at most a third differs,
    /// upper and lower case being alike.
    pub fn meaning<T: Clone>(self, text: &str, words: &[(&str, T)]) -> Result<T, Problem> {
        let text = text.trim();
        let found = words.iter().find(|(word, _)| *word == text);
        found.map(|(_, meaning)| meaning.clone()).ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let advice = nearest(&words, text).map_or_else(
                || "correct it or remove it".to_owned(),
                |word| format!("did you mean {word}?"),
            );
            let (expected, found) = (listed(&words), self.shown(text));
            Problem::new(
                self.name(),
                format!("expected {expected}, found {found}; {advice}"),
            )
        })
    }
}

/// `a, b or c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The one word that is nearest to `text`, if at most a third of it differs; upper and lower case are alike.
///
/// ```
/// assert_eq!(app_settings::nearest(&["route", "methods"], "Ruote"), Some("route"));
/// assert_eq!(app_settings::nearest(&["route", "methods"], "prefix"), None);
/// ```
pub fn nearest<'a>(words: &[&'a str], text: &str) -> Option<&'a str> {
    let text: String = text.chars().take(MAX_COMPARED_CHARACTERS).collect();
    let text = text.to_ascii_lowercase();
    let distance = |word: &str| strsim::damerau_levenshtein(&word.to_ascii_lowercase(), &text);
    let least = words.iter().map(|word| distance(word)).min()?;
    let mut near = words.iter().filter(|word| distance(word) == least);
    match (near.next(), near.next()) {
        (Some(word), None) if CHARACTERS_FOR_A_MISTAKE * least <= word.len() => Some(word),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_word_gets_the_nearest_one_where_a_single_one_is_near() {
        let rows: [(&[&str], &str, Option<&str>); 13] = [
            (
                &["app-service", "development"],
                "appservice",
                Some("app-service"),
            ),
            (
                &["app-service", "development"],
                "Development",
                Some("development"),
            ),
            (&["app-service", "development"], "azure", None),
            (&["app-service", "development"], "", None),
            (&["off", "on"], "ON", Some("on")),
            (&["off", "on"], "no", None),
            (&["off", "on"], "of", None),
            (&["false", "true"], "ture", Some("true")),
            (&["false", "true"], "yes", None),
            (&["401", "403"], "404", None),
            (&["401", "403"], "4013", None),
            (&["own", "outside"], "inside", None),
            (&[], "x", None),
        ];
        for (words, text, expected) in rows {
            assert_eq!(nearest(words, text), expected, "{text:?} of {words:?}");
        }
        let long = "x".repeat(1_000_000);
        assert_eq!(nearest(&["app-service", "development"], &long), None);
    }

    #[test]
    fn a_problem_lists_every_word_and_no_long_value() {
        const SETTING: HarmlessSetting = HarmlessSetting::new("S");
        let words = [("if-present", 1), ("any", 2), ("required", 3)];
        for (text, expected) in [
            (" any ", Ok(2)),
            (
                "anyy",
                Err("expected if-present, any or required, found \"anyy\"; did you mean any?"),
            ),
            (
                "maybe",
                Err(
                    "expected if-present, any or required, found \"maybe\"; correct it or remove it",
                ),
            ),
            (
                "hunter2-hunter2",
                Err(
                    "expected if-present, any or required, found a text of 15 characters; correct it or remove it",
                ),
            ),
        ] {
            let found = SETTING.meaning(text, &words);
            let found = found.as_ref().map_err(Problem::text);
            assert_eq!(found.copied(), expected, "{text}");
        }
        let mut problems = Vec::new();
        let unset = SETTING.word(&Environment::default(), &words, &mut problems);
        assert_eq!((unset, problems.len()), (None, 0));
    }
}
