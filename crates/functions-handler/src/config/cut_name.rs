//! Names that a comma has cut, as `Heron, Ltd.` in a list without quotes.

/// The legal forms of companies, which follow a comma in many names: in lower case and without full stops.
const LEGAL_FORMS: [&str; 52] = [
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "doo",
    "eg",
    "ev",
    "gbr",
    "gmbh",
    "inc",
    "incorporated",
    "jr",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "se",
    "spa",
    "spzoo",
    "sr",
    "srl",
    "sro",
    "ug",
    "vof",
    "zrt",
    "and",
    "&",
];

/// Whether a comma has cut a name here: punctuation at its edge, or nothing but a company's legal form.
pub(super) fn looks_cut(text: &str) -> bool {
    let is_edge =
        |c: char| c.is_ascii_punctuation() && !matches!(c, '(' | ')' | '[' | ']' | '{' | '}');
    let is_legal_form = |word: &str| {
        let word: String = word
            .chars()
            .filter(|c| *c != '.' && *c != '/')
            .flat_map(char::to_lowercase)
            .collect();
        word.is_empty() || LEGAL_FORMS.contains(&word.as_str())
    };
    text.starts_with(is_edge)
        || text.ends_with(is_edge)
        || !are_brackets_closed(text)
        || text.split_whitespace().all(is_legal_form)
}

fn are_brackets_closed(text: &str) -> bool {
    [('(', ')'), ('[', ']'), ('{', '}')]
        .iter()
        .all(|(open, close)| text.matches(*open).count() == text.matches(*close).count())
}
