//! The JSON Schema of a document, made from the types that are read.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use serde_json::{Value, json};

use super::top::Document;

/// The JSON Schema (draft 7, which every editor knows) of a policy document.
///
/// A document that is read matches the schema. What the schema cannot say is checked by the reader alone: names that refer to
/// nothing, rules that two callers have, dates such as 30 February, the order of a window's ends.
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<Document>();
    RecursiveTransform(absent_but_never_null).transform(&mut schema);
    RecursiveTransform(join_lines).transform(&mut schema);
    schema.insert(
        "title".to_owned(),
        json!("Who may call what, by client certificate"),
    );
    // Read by Visual Studio Code.
    schema.insert("allowComments".to_owned(), json!(true));
    schema.insert("allowTrailingCommas".to_owned(), json!(true));
    schema.to_value()
}

/// A key that may be absent is an `Option`, for which serde takes `null` too. The reader takes none.
fn absent_but_never_null(schema: &mut Schema) {
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            schema.insert("type".to_owned(), kind);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| *choice != json!({ "type": "null" }));
        if let [choice] = choices.as_slice() {
            let choice = json!([choice]);
            schema.remove("anyOf");
            schema.insert("allOf".to_owned(), choice);
        }
    }
}

/// A paragraph of a description is one line: editors wrap it to their width.
fn join_lines(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let paragraphs: Vec<String> = description
            .split("\n\n")
            .map(|paragraph| paragraph.replace('\n', " "))
            .collect();
        *description = paragraphs.join("\n\n");
    }
}
