//! 5.1.4: an employee opens the data of so many people in an hour and of no more; who tries is refused, and that is entered.

use std::sync::Arc;

use jiff::SignedDuration;
use sandyq_model::{Problem, Purpose};
use sandyq_policy::Policy;
use sandyq_processing::access::Caller;
use sandyq_processing::{Language, Rejected};

use crate::stage::{Stage, policy_of, shipped_folder};

fn two_in_an_hour() -> Arc<Policy> {
    let mut folder = shipped_folder();
    let text = folder.file("5-protection.md").unwrap();
    let shorter = text.replace("limit \"bulk-read\" count=50", "limit \"bulk-read\" count=2");
    assert_ne!(text, shorter);
    folder.put("5-protection.md", shorter);
    policy_of(&folder)
}

async fn opens(stage: &Stage, staff: &Caller, reference: &str) -> Result<(), Option<Problem>> {
    let opened = stage
        .system
        .open_case(staff, reference, Some(Purpose::ORDERS), Language::En)
        .await;
    match opened {
        Ok(_) => Ok(()),
        Err(Rejected::Mistake(mistake)) => Err(mistake.of("purpose")),
        Err(_) => Err(None),
    }
}

#[tokio::test]
async fn more_people_than_the_policy_lets_one_employee_open_stay_closed() {
    let stage = Stage::with_policy(two_in_an_hour());
    let mut orders = Vec::new();
    for name in ["mara", "dana", "timur"] {
        let (caller, reference) = stage.guest(&format!("{name}@example.com")).await;
        stage.pays(&caller, &reference).await.unwrap();
        orders.push((caller, reference));
    }
    let aslan = stage.staff("aslan", "sales").await;
    let [(_, first), (_, second), (timur, third)] = orders.as_slice() else {
        panic!("three")
    };
    for reference in [first, second, first] {
        assert_eq!(
            opens(&stage, &aslan, reference).await,
            Ok(()),
            "the same person counts once"
        );
    }
    assert_eq!(opens(&stage, &aslan, third).await, Err(Some(Problem::BulkRead)));
    let looks = stage.system.my_accesses(timur, 1, Language::En).await.unwrap();
    let refused = looks
        .rows
        .iter()
        .filter(|look| look.refused && look.who == "Sales");
    assert_eq!(refused.count(), 1, "the person reads of the attempt");

    let other = stage.staff("bota", "sales").await;
    assert_eq!(
        opens(&stage, &other, third).await,
        Ok(()),
        "each employee counts alone"
    );
    stage.passes(SignedDuration::from_mins(61));
    let aslan = stage.staff_again("aslan").await;
    assert_eq!(opens(&stage, &aslan, third).await, Ok(()));
}
