//! 6.1, 6.4: everything at once, for its owner alone, after they have shown once more who they are.
use crate::stage::Stage;
use jiff::SignedDuration;
use sandyq_ledger::receipt::{self, ArchiveManifest};
use sandyq_ledger::tree::sha256;
use sandyq_model::{Plain, Problem, RequestKind};
use sandyq_processing::access::Caller;
use sandyq_processing::request::Everything;
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

    let files = [("data.json", all.json())];
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
