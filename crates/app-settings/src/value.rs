//! Values of settings: any of them may be a secret, so none can be formatted.

use std::str::FromStr;

use crate::reference::Reference;

/// The most characters of a value that a message shows. A secret that is worth stealing is longer.
const SHOWN_CHARACTERS: usize = 11;

/// The longest run of base64 characters that can be a name: a common name has 64 characters at most (RFC 5280,
/// `ub-common-name`), and so has a SHA-256 thumbprint.
const MAX_WORD_CHARACTERS: usize = 64;

/// The shortest base64 that is taken for a key by how it begins: 30 bytes. A private key of 32 bytes has 64 characters.
const MIN_SEQUENCE_CHARACTERS: usize = 40;

/// The value of a setting or variable. It has neither `Debug` nor `Display`; [`Value::described`] is for messages.
///
/// ```compile_fail
/// let environment = app_settings::Environment::from_iter([("PASSWORD", "hunter2")]);
/// println!("{:?}", environment.get("PASSWORD"));
/// ```
#[derive(Clone, Copy)]
pub struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    /// A value from elsewhere than the environment.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text itself, for parsers. It does not belong in any message.
    pub fn expose(self) -> &'a str {
        self.0
    }

    /// The value without blanks around it.
    pub fn trimmed(self) -> Self {
        Self(self.0.trim())
    }

    /// Parses the value without the blanks around it.
    ///
    /// # Errors
    ///
    /// The parser's. One that repeats the text does not belong in a message.
    pub fn parse<T: FromStr>(self) -> Result<T, T::Err> {
        self.0.trim().parse()
    }

    /// What kind of text the value is, for "found …": nothing of the text itself.
    pub fn described(self) -> String {
        described(self.0)
    }

    /// Whether the value, or a part of a list in it, is the text of a reference to Key Vault or App Configuration that Azure
    /// should have replaced. Case and blanks do not count, and neither do quotes and brackets before it.
    pub fn is_unresolved_reference(self) -> bool {
        Reference::in_value(self.0).is_some()
    }
}

/// A setting whose value may appear in messages: a word, a number, or a list of public facts. Its values are shown only
/// where they are short and on one line, since anything can be pasted into any setting.
#[derive(Clone, Copy, Debug)]
pub struct HarmlessSetting(&'static str);

impl HarmlessSetting {
    /// Lists the setting `name` as harmless.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// The value of this setting, or an entry of it, for "found …": quoted where it has at most 11 characters, else
    /// described.
    pub fn shown(self, text: &str) -> String {
        if is_short(text) {
            format!("{text:?}")
        } else {
            described(text)
        }
    }
}

/// Whether a text can be a key or a certificate: PEM, base64 of more characters in a row than a name has, or base64 that
/// begins as an ASN.1 sequence does. 64 hexadecimal digits are a thumbprint.
pub fn is_key_material(text: &str) -> bool {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=-_".contains(c);
    text.contains("-----BEGIN") || text.split(|c| !is_base64(c)).any(is_key_material_word)
}

fn is_key_material_word(word: &str) -> bool {
    let is_hexadecimal = || word.bytes().all(|byte| byte.is_ascii_hexdigit());
    // The first byte of a sequence is 0x30, and so `M` and one of `A` to `P` in base64.
    let begins_as_sequence =
        || matches!(word.as_bytes(), [b'M', b'A'..=b'P', ..]) && !word.contains(['-', '_']);
    match word.len() {
        length if length > MAX_WORD_CHARACTERS => true,
        MAX_WORD_CHARACTERS => !is_hexadecimal(),
        length => length >= MIN_SEQUENCE_CHARACTERS && begins_as_sequence(),
    }
}

/// Whether a text is short enough for a message, and on one line.
fn is_short(text: &str) -> bool {
    text.chars().count() <= SHOWN_CHARACTERS && !text.contains(char::is_control)
}

fn described(text: &str) -> String {
    let length = text.chars().count();
    if text.contains("-----BEGIN") {
        "PEM text".to_owned()
    } else if is_key_material(text) {
        format!("{length} characters that look like base64")
    } else if text.trim().contains(['\n', '\r']) {
        format!("several lines, {length} characters in all")
    } else {
        format!("a text of {length} characters")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_harmless_value_is_shown_only_where_it_is_short_and_on_one_line() {
        let setting = HarmlessSetting::new("S");
        let rows = [
            ("app-service", "\"app-service\""),
            ("app-services", "a text of 12 characters"),
            ("a\nb", "several lines, 3 characters in all"),
            ("a\u{7}b", "a text of 3 characters"),
            (
                "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----",
                "PEM text",
            ),
        ];
        for (text, shown) in rows {
            assert_eq!(setting.shown(text), shown, "{text}");
        }
        let base64 = "MIIK".repeat(200);
        assert_eq!(
            Value::new(&base64).described(),
            "800 characters that look like base64"
        );
        assert_eq!(Value::new("short").described(), "a text of 5 characters");
    }

    #[test]
    fn keys_are_told_from_names_and_thumbprints() {
        let sha256 = "3a".repeat(32);
        for (text, expected) in [
            // Ed25519 in PKCS#8: 48 bytes, 64 characters.
            (
                "MC4CAQAwBQYDK2VwBCIEIMt2vqJ0Rk3mQ1b8sX5fYxk9wQm2Zp7LhT4uVnEoCsdA",
                true,
            ),
            ("MC4CAQAwBQYDK2VwBCIEIMt2vqJ0Rk3mQ1b8sX5f", true),
            ("MC4CAQAwBQYDK2VwBCIEIMt2vqJ0Rk3mQ1b8sX5", false),
            ("-----BEGIN PRIVATE KEY-----", true),
            (&sha256, false),
            (&format!("{sha256},{sha256}"), false),
            (&format!("{sha256}a"), true),
            (&"x".repeat(64), true),
            (&"x".repeat(63), false),
            ("Manufacturing-Department-of-the-Northern-Region", false),
            ("MANUFACTURING-AND-ORDERING-OF-PARTNERS-IN-EUROPE", false),
            ("billing.partner.example", false),
        ] {
            assert_eq!(is_key_material(text), expected, "{text}");
        }
    }
}
