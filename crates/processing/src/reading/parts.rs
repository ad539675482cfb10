//! A value as it stands in a document for machines.

use sandyq_model::Plain;
use sandyq_model::value::{ValueKind, split};
use serde_json::{Map, Value};

/// Rows as a list of objects, each with the parts that were given by their names; everything else as its text, and so is what was
/// kept before there were rows.
pub(crate) fn as_json(kind: ValueKind, value: &Plain<String>) -> Value {
    let Some(rows) = split(value).filter(|_| kind.has_rows()) else {
        return Value::String(value.expose().clone());
    };
    let parts = |row: &sandyq_model::value::Row| -> Map<String, Value> {
        row.parts()
            .map(|(part, value)| (part.to_owned(), Value::String(value.to_owned())))
            .collect()
    };
    Value::Array(rows.iter().map(|row| Value::Object(parts(row))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_objects_and_lines_of_before_are_a_text() {
        let kept = Plain::from("rows/1\n\nfrom=2010\nto=still\ninstitution=A");
        assert_eq!(
            as_json(ValueKind::Education, &kept),
            serde_json::json!([{"from": "2010", "to": "still", "institution": "A"}])
        );
        assert_eq!(as_json(ValueKind::Text, &kept), serde_json::json!(kept.expose()));
        let before = Plain::from("2010 – 2014; A");
        assert_eq!(
            as_json(ValueKind::Education, &before),
            serde_json::json!("2010 – 2014; A")
        );
    }
}
