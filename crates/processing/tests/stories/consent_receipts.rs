//! 1.2, 6.3: each consent has a signed receipt: its owner opens it while the consent stands, whoever holds it can check
//! it afterwards, and it never holds a value.

use crate::stage::Stage;
use sandyq_ledger::receipt::{self, ActedBy, ConsentReceipt, Opened};
use sandyq_ledger::tree::sha256;
use sandyq_model::Standing;
use sandyq_processing::access::Caller;
use sandyq_processing::consent::{ConsentEvent, ConsentReceiptView, MyConsent};
use sandyq_processing::{Language, Rejected};

const MARA: &str = "mara@example.com";
const DANA: &str = "dana@example.com";

async fn consents(stage: &Stage, caller: &Caller) -> Vec<MyConsent> {
    stage.system.my_consents(caller, Language::En).await.unwrap()
}

async fn opens(stage: &Stage, caller: Option<&Caller>, number: &str) -> Result<ConsentReceiptView, Rejected> {
    stage.system.consent_receipt(caller, number, Language::En).await
}

fn verified(stage: &Stage, json: &str) -> Opened<ConsentReceipt> {
    let keys = [stage.system.store().verifier_key().clone()];
    receipt::open(json.as_bytes(), &keys).unwrap()
}

#[tokio::test]
async fn a_confirmed_consent_has_a_receipt_with_its_text_and_no_value() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    let all = consents(&stage, &mara).await;
    assert!(!all.is_empty());
    for consent in &all {
        let [(ConsentEvent::Confirmed, _, number)] = consent.receipts.as_slice() else {
            panic!("{consent:?}")
        };
        let view = opens(&stage, Some(&mara), number).await.unwrap();
        let said = verified(&stage, &view.json).statement;
        assert_eq!(said.steps.len(), 1);
        assert_eq!(said.steps[0].by, ActedBy::Subject);
        assert_eq!(said.item.purpose, consent.purpose.0);
        assert_eq!(said.item.consent, consent.id);
        assert_eq!(said.contact.email, "privacy@example.kz");
        assert_eq!(said.notice.policy.to_string(), view.hashes[1]);
        let text = view.text.unwrap();
        assert_eq!(
            sha256(text.as_bytes()),
            said.notice.hash.0,
            "the text is the one that was shown"
        );
        for value in [MARA, "+77011234567", "7011234567"] {
            assert!(!view.json.contains(value), "{}", view.json);
        }
        let again = opens(&stage, Some(&mara), number).await.unwrap();
        assert_eq!(again.json, view.json, "it is signed once");
    }
    let looks = stage.system.my_accesses(&mara, 1, Language::En).await.unwrap();
    let issued = looks.rows.iter().filter(|look| look.what == "receipt-issued");
    assert_eq!(issued.count(), all.len(), "signing is entered");
}

#[tokio::test]
async fn somebody_elses_receipt_is_as_absent_as_one_that_never_was() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    let (dana, _) = stage.guest(DANA).await;
    let number = consents(&stage, &mara).await[0].receipts[0].2.clone();
    let never = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff";
    for (caller, number) in [
        (Some(&dana), number.as_str()),
        (None, number.as_str()),
        (Some(&mara), never),
        (None, "nothing"),
    ] {
        assert!(matches!(
            opens(&stage, caller, number).await,
            Err(Rejected::NotFound)
        ));
    }
    assert!(opens(&stage, Some(&mara), &number).await.is_ok());
}

#[tokio::test]
async fn a_withdrawal_has_its_receipts_and_the_earlier_one_goes_on_to_verify() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    let all = consents(&stage, &mara).await;
    let earlier = opens(&stage, Some(&mara), &all[0].receipts[0].2).await.unwrap();
    let withdrawn = stage.system.take_withdrawal(&mara, stage.key()).await.unwrap();
    stage.passes(jiff::SignedDuration::from_mins(1));
    stage.system.run_queue().await.unwrap();
    let numbers = stage.system.withdrawal_receipts(&withdrawn.number).await.unwrap();
    assert_eq!(
        numbers.len(),
        all.len(),
        "one for each consent that was taken back"
    );
    for number in &numbers {
        let view = opens(&stage, None, number).await.unwrap();
        let opened = verified(&stage, &view.json);
        let [given, taken_back] = opened.statement.steps.as_slice() else {
            panic!("{:?}", opened.statement.steps)
        };
        assert_eq!(
            (given.event, given.channel.as_str()),
            (ConsentEvent::Confirmed, "e-mail")
        );
        assert_eq!(
            (taken_back.event, taken_back.channel.as_str()),
            (ConsentEvent::Withdrawn, "portal")
        );
        assert_eq!((given.by, taken_back.by), (ActedBy::Subject, ActedBy::Subject));
    }
    verified(&stage, &earlier.json);
    let still = opens(&stage, None, &earlier.number).await.unwrap();
    assert_eq!(still.json, earlier.json);
    let counts = stage
        .system
        .store()
        .read(sandyq_store::tables::subject::counts)
        .await
        .unwrap();
    assert!(
        counts
            .iter()
            .all(|(_, standing, _)| *standing == Standing::Destroyed)
    );
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test]
async fn a_receipt_that_is_first_opened_much_later_finds_its_entry() {
    let stage = Stage::new();
    let (mara, _) = stage.guest(MARA).await;
    for _ in 0..300 {
        stage.system.my_accesses(&mara, 1, Language::En).await.unwrap();
    }
    let number = consents(&stage, &mara).await[0].receipts[0].2.clone();
    let view = opens(&stage, Some(&mara), &number).await.unwrap();
    verified(&stage, &view.json);
}
