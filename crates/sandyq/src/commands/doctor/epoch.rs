//! Whether the epoch of keys ends when it should: until then who died in it opens in old copies (DEF-4).

use jiff::Timestamp;
use sandyq_processing::at_rest::EPOCH_LATE;
use serde_json::Value;

use super::super::keys::part;
use super::{Finding, State};

/// How it is, from what `sandyq keys list` lists.
pub(super) fn finding(listed: &Value, now: Timestamp) -> Finding {
    let what = "key epoch";
    let number = |name: &str| part(listed, name).as_u64().unwrap_or(0);
    let (epoch, deaths) = (number("epoch"), number("deaths"));
    let due: Option<Timestamp> = part(listed, "due_at").as_str().and_then(|at| at.parse().ok());
    match due {
        Some(due) if due + EPOCH_LATE < now => {
            let says = format!(
                "epoch {epoch} should have ended at {}, and old copies still open {deaths} keys that died in it; run \
                 `sandyq keys rotate --now`, and read the log of the server",
                due.strftime("%F %H:%MZ")
            );
            Finding::new(what, State::Wrong, says)
        }
        _ if part(listed, "changing") == true => {
            let says =
                "the end of an epoch was cut off; a server goes on with it, and so does: sandyq keys rotate";
            Finding::new(what, State::Warning, says)
        }
        Some(due) => {
            let ends = due.strftime("%F %H:%MZ");
            Finding::new(
                what,
                State::Well,
                format!("{epoch}, with {deaths} deaths; ends by {ends}"),
            )
        }
        None => Finding::new(what, State::Well, format!("{epoch}, and nobody died in it")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(listed: &Value) -> (State, String) {
        let found = finding(listed, "2026-11-26T12:00:00Z".parse().unwrap());
        (found.state, found.says)
    }

    #[test]
    fn an_epoch_that_should_have_ended_is_wrong_and_one_that_was_cut_off_is_said() {
        let quiet = json!({ "epoch": 3, "deaths": 0, "due_at": null, "changing": false });
        assert_eq!(state(&quiet), (State::Well, "3, and nobody died in it".into()));
        let coming = json!({ "epoch": 3, "deaths": 2, "due_at": "2026-11-27T08:00:00Z", "changing": false });
        let says = "3, with 2 deaths; ends by 2026-11-27 08:00Z";
        assert_eq!(state(&coming), (State::Well, says.into()));
        let due = json!({ "epoch": 3, "deaths": 2, "due_at": "2026-11-26T11:30:00Z", "changing": false });
        assert_eq!(state(&due).0, State::Well, "the schedule has an hour");
        let late = json!({ "epoch": 3, "deaths": 2, "due_at": "2026-11-26T10:59:00Z", "changing": true });
        let (late, says) = state(&late);
        assert_eq!(late, State::Wrong);
        assert!(
            says.contains("2026-11-26 10:59Z") && says.contains("keys rotate --now"),
            "{says}"
        );
        let cut_off = json!({ "epoch": 3, "deaths": 0, "due_at": null, "changing": true });
        assert_eq!(state(&cut_off).0, State::Warning);
    }
}
