//! Whether what is due is destroyed, and what a person must look at (8-c).

use sandyq_processing::retention::{Alarm, Run};
use serde_json::Value;

use super::super::keys::part;
use super::super::retention::in_a_sentence;
use super::{Finding, State};

const WHAT: &str = "retention";

/// How it is, by the runs and the alarms of a store.
pub(super) fn finding(runs: &[Run], alarms: &[Alarm]) -> Finding {
    let says: Vec<String> = alarms.iter().map(|alarm| in_a_sentence(*alarm)).collect();
    of(says, runs.first().map(|run| run.day.clone()))
}

/// How it is, by what `sandyq retention plan` says.
pub(super) fn of_plan(plan: &Value) -> Finding {
    let texts = |name: &str| part(plan, name).as_array().cloned().unwrap_or_default();
    let says = texts("alarms");
    let says = says
        .iter()
        .filter_map(|alarm| alarm.as_str().map(ToOwned::to_owned));
    let newest = texts("runs")
        .first()
        .and_then(|run| Some(part(run, "day").as_str()?.to_owned()));
    of(says.collect(), newest)
}

fn of(alarms: Vec<String>, newest: Option<String>) -> Finding {
    if !alarms.is_empty() {
        return Finding::new(WHAT, State::Wrong, alarms.join("; "));
    }
    match newest {
        Some(day) => Finding::new(WHAT, State::Well, format!("last run {day}, nothing waits")),
        None => Finding::new(WHAT, State::Well, "no run yet; a server runs daily"),
    }
}

#[cfg(test)]
mod tests {
    use sandyq_processing::retention::Stop;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_alarm_is_wrong_and_says_what_to_do() {
        let found = finding(&[], &[Alarm::Stopped(Stop::Calendar), Alarm::Waiting(3)]);
        assert_eq!(found.state, State::Wrong);
        assert!(found.says.contains("calendar/kz.kdl") && found.says.contains("3 due"));
        assert_eq!(finding(&[], &[]).state, State::Well);
        let plan = json!({ "alarms": ["3 due"], "runs": [] });
        assert_eq!(of_plan(&plan).state, State::Wrong);
        let quiet = json!({ "alarms": [], "runs": [{ "day": "2026-11-27" }] });
        assert!(of_plan(&quiet).says.contains("2026-11-27"));
    }
}
