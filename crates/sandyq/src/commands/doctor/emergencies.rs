//! Whether every look in an emergency was judged in time (5.1.7).

use sandyq_model::Clock;
use sandyq_policy::Policy;
use sandyq_processing::emergency::{LATE_MAX, judged_before};
use sandyq_store::Store;
use sandyq_store::tables::emergency;
use serde_json::Value;

use super::{Finding, State};
use crate::failure::Failure;
use crate::outside::WallClock;

const WHAT: &str = "emergencies";

/// How it is, by a store.
pub(super) async fn finding(store: &Store, policy: &Policy) -> Result<Finding, Failure> {
    let before = judged_before(policy, WallClock.now());
    let late = store.read(move |reader| emergency::late(reader, before, LATE_MAX));
    let late = u64::try_from(late.await?).unwrap_or(u64::MAX);
    Ok(of(late))
}

/// How it is, by what a server says.
pub(super) fn of_late(late: &Value) -> Finding {
    of(late.as_u64().unwrap_or(0))
}

fn of(late: u64) -> Finding {
    if late == 0 {
        return Finding::new(
            WHAT,
            State::Well,
            "no look in an emergency waits too long to be judged",
        );
    }
    let says = format!(
        "{late} looks in an emergency were not judged in time; the responsible person does it at /staff/emergencies"
    );
    Finding::new(WHAT, State::Wrong, says)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_nobody_judged_in_time_is_wrong() {
        assert_eq!(of_late(&json!(0)).state, State::Well);
        let late = of_late(&json!(2));
        assert_eq!(late.state, State::Wrong);
        assert!(late.says.starts_with("2 looks") && late.says.contains("/staff/emergencies"));
    }
}
