//! Places of keys.

use super::*;

fn lines(text: &str, keys: &[&str]) -> Vec<Option<usize>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), text).unwrap();
    let file = JsonFile::read(folder.path(), "a.json").unwrap();
    keys.iter().map(|key| file.place(key).line).collect()
}

#[test]
fn keys_are_found_as_the_engine_names_them() {
    let text =
        "\u{FEFF}{ // one\n\"a.b\": 1,\n\"A\": {\n'b': [\n{\"name\": \"req\",\n\"c\": 2},\n{}]}}";
    let table = [
        ("a.b", 2),
        ("a.b.0.c", 2),
        ("A", 3),
        ("a.x", 3),
        ("A.b[1]", 7),
        ("A.b.req", 5),
    ];
    for (key, expected) in table {
        // A name with a dot goes before two names.
        let text = text.replace("a.b", if key.starts_with("a.b") { "a.b" } else { "z" });
        assert_eq!(lines(&text, &[key]), [Some(expected)], "{key}");
    }
    let text = text.replace("a.b", "z");
    assert_eq!(
        lines(&text, &["A.b.req.c", "A.b[0].c", "A.b.0.c", "", "nothing"]),
        [Some(6), Some(6), Some(6), None, None]
    );
}

#[test]
fn what_is_no_json_has_the_line_of_its_mistake() {
    assert_eq!(lines("{\n\"a\": 1,\n\"a\": 2}", &["a", ""]), [Some(3); 2]);
    assert_eq!(lines("{\n\"a\": }", &["b"]), [Some(2)]);
}
