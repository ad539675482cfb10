//! 6.1, 6.4: everything at once, for its owner alone, after they have shown once more who they are.
use crate::stage::{Stage, answers};
use jiff::SignedDuration;
use sandyq_ledger::receipt::{self, ArchiveManifest, ConsentReceipt};
use sandyq_ledger::tree::sha256;
use sandyq_model::{Plain, Problem, RequestKind};
use sandyq_processing::access::Caller;
use sandyq_processing::request::Everything;
use sandyq_processing::service::Submission;
use sandyq_processing::{Language, Rejected};

const MARA: &str = "mara@example.com";

async fn takes_out(stage: &Stage, caller: &Caller) -> Result<Everything, Rejected> {
    stage
        .system
        .everything(caller, &Plain::from(""), Language::En)
        .await
}

#[tokio::test]
async fn it_holds_all_of_it_and_no_card_number() {
    let stage = Stage::new();
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    let (kind, words) = (
        RequestKind::Object,
        Plain::from("No machine should decide about me."),
    );
    let reference = stage
        .system
        .ask(&mara, kind, &words, Language::En, stage.key())
        .await
        .unwrap();
    let all = takes_out(&stage, &mara).await.unwrap();
    let json = String::from_utf8(all.json()).unwrap();
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    for held in [
        MARA,
        "Омарова",
        case.as_str(),
        reference.as_str(),
        "No machine should decide about me.",
    ] {
        assert!(json.contains(held), "{held}");
    }
    assert!(
        !json.contains("4111111111111111") && json.contains("•••• 1111"),
        "{json}"
    );
    assert_eq!(read["consents"].as_array().unwrap().len(), all.consents.len());
    assert_eq!(read["person"]["standing"], "active");
    let of_request = |look: &&serde_json::Value| look["request"] == reference.as_str();
    let looks = read["looks"].as_array().unwrap();
    assert!(
        looks.iter().filter(of_request).count() >= 1,
        "looks at the request are looks, too"
    );

    let files = [("data.json".to_owned(), all.json())];
    let [(name, manifest), (_, sums)] = stage.system.manifest(&all, &files).await.unwrap();
    assert_eq!(name, "manifest.json");
    let keys = [stage.system.store().verifier_key().clone()];
    let opened = receipt::open::<ArchiveManifest>(&manifest, &keys).unwrap();
    assert_eq!(opened.statement.files[0].sha256.0, sha256(json.as_bytes()));
    assert_eq!(opened.entry.subject, Some(all.pseudonym));
    let sums = String::from_utf8(sums).unwrap();
    assert!(
        sums.contains(&format!("{}  manifest.json", sha256(&manifest))),
        "{sums}"
    );
}

#[tokio::test]
async fn each_value_says_until_when_it_is_kept_and_by_what() {
    let stage = Stage::new();
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    let all = takes_out(&stage, &mara).await.unwrap();
    let read: serde_json::Value = serde_json::from_slice(&all.json()).unwrap();
    let values = read["values"].as_array().unwrap();
    let (mut by_law, mut by_purpose) = (0, 0);
    for value in values {
        let keepers = value["kept_by"].as_array().unwrap();
        let last = keepers.iter().map(|keeper| instant(&keeper["until"])).max();
        assert_eq!(last, Some(instant(&value["until"])), "{value:#}");
        for keeper in keepers {
            match keeper["by"].as_str().unwrap() {
                "floor" => by_law += usize::from(keeper["norm"] == "Tax Code 2026, Art. 206(3)"),
                "purpose" => {
                    by_purpose += 1;
                    let item = &keeper["consent"];
                    let consents = read["consents"].as_array().unwrap();
                    assert!(consents.iter().any(|consent| consent["item"] == *item), "{item}");
                }
                other => panic!("{other}"),
            }
        }
    }
    assert_eq!(by_law, 2, "the name on the receipt of a payment");
    assert!(by_purpose >= values.len(), "{by_purpose}");
}

#[tokio::test]
async fn what_stays_longer_by_a_consent_of_its_own_says_so() {
    let stage = Stage::new();
    let typed = [
        ("last_name", "Омарова"),
        ("first_name", "Мара"),
        ("email", MARA),
        ("cell_phone", "+7 701 123 45 67"),
    ];
    let application = Submission {
        service: "vacancy-application".to_owned(),
        language: Language::En,
        answers: answers(&typed),
        about: Some("accountant".to_owned()),
        quantity: 1,
    };
    let (mara, _) = stage.comes(application, MARA).await;
    let all = takes_out(&stage, &mara).await.unwrap();
    let read: serde_json::Value = serde_json::from_slice(&all.json()).unwrap();
    for value in read["values"].as_array().unwrap() {
        let keepers = value["kept_by"].as_array().unwrap();
        let last = keepers.iter().max_by_key(|keeper| instant(&keeper["until"]));
        let last = last.unwrap();
        assert_eq!(last["by"], "consent", "{value:#}");
        assert_eq!(last["until"], value["until"]);
    }
}

fn instant(text: &serde_json::Value) -> jiff::Timestamp {
    text.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_receipts_of_all_consents_are_in_it_with_the_texts_that_they_name() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    let all = takes_out(&stage, &mara).await.unwrap();
    assert_eq!(all.receipts.len(), all.consents.len());
    let keys = [stage.system.store().verifier_key().clone()];
    let papers = all.papers();
    for (number, text) in &all.receipts {
        let said = receipt::open::<ConsentReceipt>(text.as_bytes(), &keys).unwrap();
        let said = said.statement;
        assert_eq!(said.receipt, *number);
        assert!(all.consents.iter().any(|consent| consent.id == said.item.consent));
        let name = format!("receipts/texts/{}.txt", said.notice.hash);
        let (_, shown) = papers.iter().find(|(file, _)| *file == name).unwrap();
        assert_eq!(sha256(shown), said.notice.hash.0);
        assert!(!text.contains(MARA));
    }
    let again = takes_out(&stage, &mara).await.unwrap();
    assert_eq!(again.receipts, all.receipts, "they are signed once");
    let issued = |all: &Everything| {
        all.looks
            .iter()
            .filter(|look| look.what == "receipt-issued")
            .count()
    };
    assert_eq!(
        (issued(&all), issued(&again)),
        (all.receipts.len(), all.receipts.len()),
        "each signing is entered, and in the account that goes out"
    );
}

#[tokio::test]
async fn whoever_came_in_long_ago_comes_in_again_first() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    assert_eq!(
        stage.system.asks_before_archive(&mara).await.unwrap(),
        Some(false)
    );
    stage.passes(SignedDuration::from_mins(16));
    assert_eq!(stage.system.asks_before_archive(&mara).await.unwrap(), None);
    match takes_out(&stage, &mara).await {
        Err(Rejected::Mistake(mistake)) => assert_eq!(mistake.of("session"), Some(Problem::Stale)),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was taken out"),
    }
}

#[tokio::test]
async fn a_blocked_record_is_not_taken_out() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    let responsible = stage.staff("aigul", "responsible").await;
    stage
        .system
        .block(&responsible, mara.subject.unwrap())
        .await
        .unwrap();
    assert!(matches!(
        takes_out(&stage, &mara).await,
        Err(Rejected::Refusal(_))
    ));
}
