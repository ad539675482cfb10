//! 5.1.4, 1.1.6: what staff note about a case is data about the person: sealed, read by them, bound to its case and its purpose.

use sandyq_model::{IdempotencyKey, Plain, Problem, Purpose};
use sandyq_processing::access::Caller;
use sandyq_processing::{Language, Rejected};

use crate::stage::Stage;
use crate::stage::asked::problem;

const MARA: &str = "mara@example.com";

async fn ordered(stage: &Stage) -> (Caller, String) {
    let (caller, reference) = stage.guest(MARA).await;
    stage.pays(&caller, &reference).await.unwrap();
    (caller, reference)
}

async fn notes(
    stage: &Stage,
    (staff, reference): (&Caller, &str),
    purpose: Purpose,
    words: &str,
    key: IdempotencyKey,
) -> Result<(), Rejected> {
    let words = Plain::from(words);
    let system = &stage.system;
    system
        .note_on_case(staff, reference, (Some(purpose), &words), key)
        .await
}

#[tokio::test]
async fn a_note_is_a_value_of_the_persons_with_its_author_and_its_time() {
    let stage = Stage::new();
    let (mara, reference) = ordered(&stage).await;
    let aslan = stage.staff("aslan", "sales").await;
    let bota = stage.staff("bota", "sales").await;
    let system = &stage.system;
    let orders = Purpose::ORDERS;
    let key = stage.key();
    for _ in 0..2 {
        let typed = "Wants a call\nin the morning";
        notes(&stage, (&aslan, &reference), orders, typed, key)
            .await
            .unwrap();
    }
    let second = "Called; pays on Friday";
    notes(&stage, (&bota, &reference), orders, second, stage.key())
        .await
        .unwrap();

    let opened = system
        .open_case(&aslan, &reference, Some(orders), Language::En)
        .await
        .unwrap();
    let shown = opened.fields.iter().find(|field| field.name == "case_note");
    assert!(shown.unwrap().masked && opened.notes);
    let whole = system
        .reveal(&aslan, &reference, Some(orders), "case_note", Language::En)
        .await
        .unwrap();
    let whole = whole.value.expose().clone();
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 2, "what is sent twice is noted once: {whole}");
    assert!(
        lines[0].ends_with(", aslan: Wants a call in the morning"),
        "{whole}"
    );
    assert!(lines[1].ends_with(", bota: Called; pays on Friday"), "{whole}");
    assert!(lines.iter().all(|line| line.starts_with(&reference)), "{whole}");

    let data = system.my_data(&mara, Language::En).await.unwrap();
    let own = data.rows.iter().find(|row| row.name == "case_note").unwrap();
    assert_eq!(
        own.value.expose(),
        &whole,
        "the person reads what is written about them"
    );
    assert!(!own.changeable, "what staff noted is not rewritten");
    let words = Plain::from("Something else");
    let rewritten = system.clarify(&mara, "case_note", &words, stage.key()).await;
    assert_eq!(problem(rewritten, "case_note"), Some(Problem::Unknown));
    let looks = system.my_accesses(&mara, 1, Language::En).await.unwrap();
    let noted = looks
        .rows
        .iter()
        .filter(|look| look.what == "Correct or complete it" && look.who == "Sales")
        .filter(|look| look.fields == ["Notes on your case"]);
    assert_eq!(noted.count(), 2, "each note is an entry that the person reads");
}

#[tokio::test]
async fn a_note_is_short_holds_no_number_of_papers_and_there_are_few_of_them() {
    let stage = Stage::new();
    let (_, reference) = ordered(&stage).await;
    let aslan = stage.staff("aslan", "sales").await;
    let at = (&aslan, reference.as_str());
    for (words, what) in [
        ("", Problem::Missing),
        (" \n ", Problem::Missing),
        ("Card 4111 1111 1111 1111", Problem::PapersNumber),
        ("IIN 900101300123", Problem::PapersNumber),
        (&*"long ".repeat(61), Problem::TooLong),
    ] {
        let wrong = notes(&stage, at, Purpose::ORDERS, words, stage.key()).await;
        assert_eq!(problem(wrong, "note"), Some(what), "{words}");
    }
    let limit = stage.system.policy().limit("case-notes").unwrap().count.unwrap();
    for _ in 0..limit {
        let long = "x".repeat(300);
        notes(&stage, at, Purpose::ORDERS, &long, stage.key())
            .await
            .unwrap();
    }
    let more = notes(&stage, at, Purpose::ORDERS, "One more", stage.key()).await;
    assert_eq!(problem(more, "note"), Some(Problem::Notes));
}

#[tokio::test]
async fn a_note_serves_its_case_and_its_purpose_alone() {
    let stage = Stage::new();
    let (mara, reference) = ordered(&stage).await;
    let aslan = stage.staff("aslan", "sales").await;
    let saule = stage.staff("saule", "support").await;
    let bolat = stage.staff("bolat", "administrator").await;
    let system = &stage.system;
    let note = "For the order alone";
    for (staff, purpose) in [
        (&saule, Purpose::ORDERS),
        (&saule, Purpose::QUESTIONS),
        (&bolat, Purpose::ORDERS),
    ] {
        let stranger = notes(&stage, (staff, &reference), purpose, note, stage.key()).await;
        assert!(matches!(stranger, Err(Rejected::NotFound)));
    }
    let other = notes(
        &stage,
        (&aslan, &reference),
        Purpose::QUESTIONS,
        note,
        stage.key(),
    )
    .await;
    assert!(matches!(other, Err(Rejected::Refusal(_))));
    notes(&stage, (&aslan, &reference), Purpose::ORDERS, note, stage.key())
        .await
        .unwrap();

    system.withdraw(&mara, stage.key()).await.unwrap();
    system.run_queue().await.unwrap();
    let late = notes(&stage, (&aslan, &reference), Purpose::ORDERS, note, stage.key()).await;
    assert!(late.is_err(), "nothing is noted about whoever withdrew");
    let gone = system
        .reveal(
            &aslan,
            &reference,
            Some(Purpose::ORDERS),
            "case_note",
            Language::En,
        )
        .await;
    assert!(gone.is_err());
}
