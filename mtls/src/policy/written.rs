//! A policy document as the tool writes one: an entry a line, so that changes are read easily.

use std::fmt;

use serde_json::Value;

/// A document of one caller.
pub(super) struct Written {
    /// What the first lines say, as comments.
    pub(super) comments: Vec<String>,
    /// The trust domain's name and files, if there is one.
    pub(super) domain: Option<WrittenDomain>,
    pub(super) caller: String,
    /// The rules, each an object.
    pub(super) rules: Vec<Vec<(&'static str, Value)>>,
}

/// A trust domain: names of files beside the document.
pub(super) struct WrittenDomain {
    pub(super) name: String,
    pub(super) anchors: Vec<String>,
    pub(super) intermediates: Vec<String>,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for comment in &self.comments {
            writeln!(f, "// {comment}")?;
        }
        writeln!(f, "{{\n  \"version\": 1,")?;
        if let Some(domain) = &self.domain {
            domain.fmt(f)?;
        }
        writeln!(f, "  \"callers\": [\n    {{")?;
        writeln!(f, "      \"name\": {},", Value::from(self.caller.as_str()))?;
        writeln!(f, "      \"any\": [")?;
        for rule in &self.rules {
            writeln!(f, "        {},", object(rule))?;
        }
        writeln!(f, "      ],\n    }},\n  ],\n}}")
    }
}

impl fmt::Display for WrittenDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  \"trustDomains\": {{")?;
        writeln!(f, "    {}: {{", Value::from(self.name.as_str()))?;
        writeln!(f, "      \"anchors\": {},", list(&self.anchors))?;
        if !self.intermediates.is_empty() {
            writeln!(f, "      \"intermediates\": {},", list(&self.intermediates))?;
        }
        writeln!(f, "    }},\n  }},")
    }
}

/// An object on one line, with blanks as people write them.
pub(super) fn object(members: &[(&'static str, Value)]) -> String {
    let members = members
        .iter()
        .map(|(key, value)| format!("\"{key}\": {value}"));
    let members: Vec<String> = members.collect();
    format!("{{ {} }}", members.join(", "))
}

/// A list on one line, with blanks as people write them.
pub(super) fn list(texts: &[String]) -> String {
    let texts = texts
        .iter()
        .map(|text| Value::from(text.as_str()).to_string());
    let texts: Vec<String> = texts.collect();
    format!("[{}]", texts.join(", "))
}
