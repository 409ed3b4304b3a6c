//! The text of a document, and its syntax.

use jsonc_parser::ast::Value as Node;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::finding::{Finding, Findings};
use super::locator::{Locator, position};
use super::problem::Problem;

/// The largest document that is read. One caller with a thumbprint, a name rule and two roles takes some 300 bytes, so that
/// 100,000 of them take 30 MB.
pub const MAX_DOCUMENT_BYTES: u64 = 64 * 1024 * 1024;

/// The UTF-8 byte order mark, which editors on Windows put before text.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// The text of a document.
#[derive(Clone, Copy)]
pub(crate) struct Source<'t> {
    text: &'t str,
}

impl<'t> Source<'t> {
    /// Takes the bytes of a document.
    pub(crate) fn new(bytes: &'t [u8]) -> Result<Self, Problem> {
        if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_DOCUMENT_BYTES) {
            let text = format!(
                "expected at most {MAX_DOCUMENT_BYTES} bytes, found {}",
                bytes.len()
            );
            return Err(Source { text: "" }.problem_at(0, text));
        }
        match str::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                text: text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text),
            }),
            Err(error) => {
                let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let text = str::from_utf8(good).unwrap_or_default();
                let found = "expected UTF-8, found other bytes; save the file as UTF-8";
                Err(Source { text }.problem_at(good.len(), found.to_owned()))
            }
        }
    }

    /// The document's one value. Comments and trailing commas are allowed; whatever else is not JSON is a problem. The parser
    /// takes at most 512 levels of nesting, and the document's types have six.
    pub(crate) fn parse(self) -> Result<Node<'t>, Problem> {
        let parsed = parse_to_ast(self.text, &CollectOptions::default(), &options());
        match parsed.map(|parsed| parsed.value) {
            Ok(Some(node)) => Ok(node),
            Ok(None) => {
                let text =
                    "expected an object, found nothing; write a policy or remove the setting";
                Err(self.problem_at(self.text.len(), text.to_owned()))
            }
            Err(error) => {
                let text = format!(
                    "expected JSON (comments and trailing commas are allowed), found a mistake here: {}",
                    error.kind()
                );
                Err(self.problem_at(error.range().start, text))
            }
        }
    }

    /// What was found, each with its line, column and JSON path.
    pub(crate) fn problems(self, findings: Findings) -> Vec<Problem> {
        if findings.is_empty() {
            return Vec::new();
        }
        let locator = Locator::new(self.text, self.parse().ok());
        let (findings, unlisted) = findings.sorted();
        let problem = |finding: &Finding| match finding.other {
            None => locator.problem(finding.place, finding.text.clone()),
            Some(other) => locator.problem_of_two(finding.place, other, finding.text.clone()),
        };
        let mut problems: Vec<Problem> = findings.iter().map(problem).collect();
        if unlisted > 0 {
            problems.push(self.problem_at(
                0,
                format!("{unlisted} more problems are not listed; correct these first"),
            ));
        }
        problems
    }

    /// Finds lines and paths of places in the document.
    pub(crate) fn locator(self) -> Locator<'t> {
        Locator::new(self.text, self.parse().ok())
    }

    /// A problem with the document as a whole.
    pub(crate) fn whole(self, text: String) -> Problem {
        self.problem_at(0, text)
    }

    /// A problem with the document as a whole, or with its syntax.
    fn problem_at(self, offset: usize, text: String) -> Problem {
        Problem::new(position(self.text, offset), "$".to_owned(), text)
    }
}

/// JSON with comments and trailing commas, as editors know it.
fn options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: true,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}
