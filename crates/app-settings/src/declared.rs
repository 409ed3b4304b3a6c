//! Which settings exist, so that a misspelt one is an error instead of a setting that nobody reads.

use crate::{Environment, Problem};

/// The settings that one crate or app reads, and the prefixes that it claims for them.
///
/// An unknown setting with a claimed prefix is a start-up error, so a misspelt name never goes unnoticed. A crate
/// declares its settings in a constant; an app adds its own, also below a prefix that another crate claims.
///
/// ```
/// use app_settings::{DeclaredSettings, Environment, KnownSettings};
///
/// const LIBRARY: DeclaredSettings = DeclaredSettings::new(&["CLIENT_CERT"], &["CLIENT_CERT_FRONT_END"]);
/// const APP: DeclaredSettings = DeclaredSettings::new(&[], &["CLIENT_CERTIFICATE_X"]);
///
/// let known = KnownSettings::new([LIBRARY, APP]);
/// let environment = Environment::from_iter([("CLIENT_CERTIFICATE_X", "1"), ("CLIENT_CERT_FRONTEND", "x")]);
/// let problems = known.unknown(&environment);
/// assert_eq!(problems.len(), 1);
/// assert_eq!(problems[0].at(), "CLIENT_CERT_FRONTEND");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DeclaredSettings {
    prefixes: &'static [&'static str],
    names: &'static [&'static str],
    reserved: &'static [&'static str],
}

impl DeclaredSettings {
    /// The settings `names`, and no other name that begins with one of `prefixes`. Prefixes are upper case and claim
    /// names in any case; names count in their own case alone.
    pub const fn new(prefixes: &'static [&'static str], names: &'static [&'static str]) -> Self {
        Self {
            prefixes,
            names,
            reserved: &[],
        }
    }

    /// Also refuses these settings unless another part declares them: a later version or another program honours them, and this
    /// one would ignore them.
    pub const fn with_reserved(self, reserved: &'static [&'static str]) -> Self {
        Self { reserved, ..self }
    }

    /// The names, in the order of the declaration.
    pub const fn names(&self) -> &'static [&'static str] {
        self.names
    }
}

/// All settings that a process knows: what each of its parts declares.
#[derive(Clone, Debug, Default)]
pub struct KnownSettings {
    declared: Vec<DeclaredSettings>,
}

impl KnownSettings {
    /// The settings of several parts together.
    pub fn new(declared: impl IntoIterator<Item = DeclaredSettings>) -> Self {
        Self {
            declared: declared.into_iter().collect(),
        }
    }

    /// Adds the settings of another part.
    pub fn declare(&mut self, declared: DeclaredSettings) {
        self.declared.push(declared);
    }

    /// Every name that is known, reserved ones left out.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.declared
            .iter()
            .flat_map(|declared| declared.names.iter().copied())
    }

    /// One problem for each variable that is set, has a claimed prefix, and is not known. It names the nearest known
    /// setting. Values are not looked at.
    pub fn unknown(&self, environment: &Environment) -> Vec<Problem> {
        environment
            .names()
            .filter(|name| self.claims(name))
            .filter(|name| !self.names().any(|known| known == *name))
            .filter(|name| !self.reserves(name))
            .map(|name| self.problem(name))
            .collect()
    }

    /// One problem for each reserved setting that is set.
    pub fn reserved(&self, environment: &Environment) -> Vec<Problem> {
        let set = environment.names().filter(|name| self.reserves(name));
        set.map(|name| {
            Problem::new(
                name,
                "expected no such setting in this version of this program, which would ignore it; remove it, or use a version that has it",
            )
        })
        .collect()
    }

    fn claims(&self, name: &str) -> bool {
        let upper = name.to_ascii_uppercase();
        let mut prefixes = self
            .declared
            .iter()
            .flat_map(|declared| declared.prefixes.iter());
        prefixes.any(|prefix| upper.starts_with(prefix))
    }

    fn reserves(&self, name: &str) -> bool {
        let mut declared = self.declared.iter();
        declared.any(|declared| declared.reserved.contains(&name))
            && !self.names().any(|known| known == name)
    }

    fn problem(&self, name: &str) -> Problem {
        let upper = name.to_ascii_uppercase();
        let nearest = self
            .names()
            .min_by_key(|known| strsim::damerau_levenshtein(known, &upper));
        let advice = nearest.map_or_else(
            || "remove it".to_owned(),
            |nearest| format!("the nearest known one is {nearest}; rename it or remove it"),
        );
        Problem::new(
            name,
            format!("expected a known setting, found an unknown name; {advice}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIBRARY: DeclaredSettings =
        DeclaredSettings::new(&["CLIENT_CERT"], &["CLIENT_CERT_FRONT_END"])
            .with_reserved(&["CLIENT_CERT_POLICY", "CLIENT_CERT_UPSTREAM"]);
    const APP: DeclaredSettings = DeclaredSettings::new(
        &["REMOTE_"],
        &["CLIENT_CERTIFICATE_X", "CLIENT_CERT_UPSTREAM", "REMOTE_URL"],
    );

    #[test]
    fn only_names_with_a_claimed_prefix_are_judged() {
        let known = KnownSettings::new([LIBRARY, APP]);
        let rows = [
            ("CLIENT_CERT_FRONT_END", None, false),
            (
                "client_cert_front_end",
                Some("CLIENT_CERT_FRONT_END"),
                false,
            ),
            ("CLIENT_CERT_FRONTEND", Some("CLIENT_CERT_FRONT_END"), false),
            ("CLIENT_CERTIFICATE_X", None, false),
            ("CLIENT_CERTIFICATE_Y", Some("CLIENT_CERTIFICATE_X"), false),
            ("REMOTE_URI", Some("REMOTE_URL"), false),
            ("CLIENT_CERT_POLICY", None, true),
            // Reserved by one part and declared by another.
            ("CLIENT_CERT_UPSTREAM", None, false),
            ("PATH", None, false),
        ];
        for (name, nearest, reserved) in rows {
            let set = Environment::from_iter([(name, "x")]);
            let unknown = known.unknown(&set);
            match nearest {
                None => assert!(unknown.is_empty(), "{name}: {unknown:?}"),
                Some(nearest) => assert!(
                    unknown[0].text().contains(&format!("is {nearest};")),
                    "{name}: {unknown:?}"
                ),
            }
            assert_eq!(known.reserved(&set).len(), usize::from(reserved), "{name}");
            let blank = Environment::from_iter([(name, " ")]);
            assert!(known.unknown(&blank).is_empty() && known.reserved(&blank).is_empty());
        }
    }
}
