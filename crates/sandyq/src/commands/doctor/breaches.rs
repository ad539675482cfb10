//! Whether the authority was told of every breach in time (5.1.3).

use sandyq_store::tables::breach::Breach;
use serde_json::Value;

use super::super::breach::clock;
use super::super::keys::part;
use super::{Finding, State};

const WHAT: &str = "breaches";

/// How it is, by the breaches of a store of which nobody was told though their hour has come.
pub(super) fn finding(late: &[Breach]) -> Finding {
    let late = late.iter().map(|breach| {
        let due = Value::String(breach.due_at.to_string());
        (u64::from(breach.number), clock(&due))
    });
    of(late.collect())
}

/// How it is, by what a server says of those.
pub(super) fn of_late(late: &Value) -> Finding {
    let late = late.as_array().cloned().unwrap_or_default();
    let late = late
        .iter()
        .filter_map(|row| Some((part(row, "number").as_u64()?, clock(part(row, "due_at")))));
    of(late.collect())
}

fn of(late: Vec<(u64, String)>) -> Finding {
    if late.is_empty() {
        return Finding::new(WHAT, State::Well, "none of which the authority waits to be told");
    }
    let says = late.iter().map(|(number, due)| format!("{number} (due {due})"));
    let says = says.collect::<Vec<_>>().join(", ");
    let says = format!(
        "the authority was not told in time: {says}; the responsible person sends the notice from /staff/breaches"
    );
    Finding::new(WHAT, State::Wrong, says)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_of_which_nobody_was_told_in_time_is_wrong_and_named_by_its_number() {
        assert_eq!(finding(&[]).state, State::Well);
        let late = json!([{ "number": 3, "due_at": "2026-11-30T09:40:00Z" }]);
        let found = of_late(&late);
        assert_eq!(found.state, State::Wrong);
        assert!(
            found.says.contains("3 (due 2026-11-30 14:40 +05:00)"),
            "{}",
            found.says
        );
        assert_eq!(of_late(&json!([])).state, State::Well);
    }
}
