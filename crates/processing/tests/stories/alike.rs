//! 6.1: records that look alike are shown to the responsible person, and nothing joins them.

use sandyq_model::Standing;
use sandyq_processing::access::Caller;
use sandyq_processing::request::Alike;
use sandyq_processing::{Language, Rejected};

use crate::stage::{Stage, purchase};

const MARA: &str = "mara@example.com";
const DANA: &str = "dana@example.com";

async fn alike(stage: &Stage, who: &Caller, of: &Caller) -> Result<Vec<Alike>, Rejected> {
    stage.system.alike(who, of.subject.unwrap()).await
}

fn without_phone(email: &str, phone: &str) -> sandyq_processing::service::Submission {
    let mut submission = purchase(email);
    submission
        .answers
        .insert("contact_phone".to_owned(), sandyq_model::Plain::from(phone));
    submission
}

#[tokio::test]
async fn a_human_sees_records_with_one_contact_and_decides() {
    let stage = Stage::new();
    let (first, _) = stage.guest(MARA).await;
    let (second, _) = stage.guest(MARA).await;
    let (dana, _) = stage.comes(without_phone(DANA, "+7 701 765 43 21"), DANA).await;
    stage.submits(purchase(MARA)).await.unwrap();
    let aigul = stage.staff("aigul", "responsible").await;

    let found = alike(&stage, &aigul, &first).await.unwrap();
    let [one] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        Some(one.subject),
        second.subject,
        "one that waits for its confirmation is not shown"
    );
    assert_eq!(one.standing, Standing::Active);
    assert_eq!(one.by.iter().count(), 2, "by e-mail and by telephone");
    assert!(alike(&stage, &aigul, &dana).await.unwrap().is_empty());

    let data = stage.system.my_data(&second, Language::En).await.unwrap();
    assert!(!data.rows.is_empty(), "both are as they were");
    let looks = stage.system.my_accesses(&first, 1, Language::En).await.unwrap();
    assert!(!looks.rows.is_empty());

    let sales = stage.staff("aslan", "sales").await;
    for stranger in [&sales, &dana] {
        assert!(alike(&stage, stranger, &first).await.is_err());
    }
    stage.system.withdraw(&first, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert!(
        alike(&stage, &aigul, &first).await.unwrap().is_empty(),
        "nothing is compared after a withdrawal"
    );
    assert!(alike(&stage, &aigul, &second).await.unwrap().is_empty());
}
