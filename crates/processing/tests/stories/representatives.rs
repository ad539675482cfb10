//! DEF-11, 1.1.2-b, 1.2-b: who is too young to act alone. Under the first age a representative acts; up to the second one nothing
//! counts before a representative agreed, by a code of their own. Nobody else is asked for a representative.

use jiff::SignedDuration;
use sandyq_ledger::receipt::{self, ActedBy, ConsentReceipt};
use sandyq_model::{Plain, Problem, Role, Standing};
use sandyq_processing::access::{Caller, Confirmed};
use sandyq_processing::consent::{ConsentEvent, MyConsent};
use sandyq_processing::ports::Message;
use sandyq_processing::service::{Submission, Taken};
use sandyq_processing::{Language, Rejected};

use sandyq_store::tables::subject;

use crate::stage::{Stage, purchase};

const YOUNG: &str = "timur@example.com";
const PARENT: &str = "saule@example.com";
pub const CHILDS_BIRTH: &str = "01.01.2015";
pub const YOUTHS_BIRTH: &str = "01.01.2010";

fn named(born: &str) -> Submission {
    let mut submission = purchase(YOUNG);
    for (input, typed) in [
        ("birth_date", born),
        ("representative_name", "Ахметова Сәуле"),
        ("representative_email", PARENT),
        ("representative_authority", "mother"),
    ] {
        submission.answers.insert(input.to_owned(), Plain::from(typed));
    }
    submission
}

fn without(mut submission: Submission, input: &str) -> Submission {
    submission.answers.remove(input);
    submission
}

async fn types(stage: &Stage, taken: &Taken, code: &Plain<String>) -> Result<Confirmed, Rejected> {
    let system = &stage.system;
    let typed = system
        .confirm(&taken.ticket, &taken.binding, code, stage.key())
        .await;
    system.run_queue().await.unwrap();
    typed
}

/// Somebody young for whom everything is confirmed: whose browser it is, and the reference.
pub async fn agreed(stage: &Stage, born: &str) -> (Caller, String) {
    let taken = stage.submits(named(born)).await.unwrap();
    if !taken.represented {
        let half = types(stage, &taken, &stage.code_for(YOUNG)).await;
        assert!(matches!(half, Ok(Confirmed::Half)));
    }
    let whole = types(stage, &taken, &stage.code_for(PARENT)).await.unwrap();
    let entered = whole.whole().expect("everything is confirmed");
    let caller = stage.system.caller(entered.session.expose()).await.unwrap();
    (caller.unwrap(), entered.case.unwrap())
}

fn wrong(rejected: Result<Taken, Rejected>) -> Vec<(String, Problem)> {
    match rejected {
        Err(Rejected::Mistake(mistake)) => mistake.0,
        Err(other) => panic!("{other:?}"),
        Ok(_) => Vec::new(),
    }
}

async fn standing(stage: &Stage) -> Option<Standing> {
    let counts = stage.system.store().read(subject::counts).await.unwrap();
    counts.first().map(|(_, standing, _)| *standing)
}

/// "My data" by a mailed code; `None` when that address gets none.
pub async fn enters(stage: &Stage, email: &str, reference: &str) -> Option<Caller> {
    let before = stage.letters_to(email);
    let asked = stage
        .system
        .ask_for_link(Plain::from(email), reference, Language::En)
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    if stage.letters_to(email) == before {
        return None;
    }
    let code = stage.code_for(email);
    let entered = stage
        .system
        .enter(&asked.ticket, &asked.binding, &code, stage.key())
        .await
        .unwrap();
    stage.system.caller(entered.session.expose()).await.unwrap()
}

/// To what the representative was asked to agree, by the newest letter.
fn asked_to_agree(stage: &Stage) -> Vec<(String, String)> {
    let letters = stage.letters.0.lock().unwrap();
    let mut asked = letters.iter().rev().filter_map(|letter| match &letter.message {
        Message::AgreementCode { consents, .. } if letter.to.expose() == PARENT => Some(consents.clone()),
        _ => None,
    });
    asked.next().unwrap()
}

async fn receipts_say(stage: &Stage, caller: &Caller, by: ActedBy) {
    let mine: Vec<MyConsent> = stage.system.my_consents(caller, Language::En).await.unwrap();
    assert!(!mine.is_empty());
    for consent in mine {
        let [(ConsentEvent::Confirmed, _, number)] = consent.receipts.as_slice() else {
            panic!("{consent:?}")
        };
        let view = stage
            .system
            .consent_receipt(Some(caller), number, Language::En)
            .await
            .unwrap();
        let keys = [stage.system.store().verifier_key().clone()];
        let said = receipt::open::<ConsentReceipt>(view.json.as_bytes(), &keys).unwrap();
        assert_eq!(said.statement.steps[0].by, by);
        for value in [YOUNG, PARENT, "Сәуле", "mother"] {
            assert!(!view.json.contains(value));
        }
    }
}

#[tokio::test]
async fn who_is_too_young_names_a_representative_and_nobody_else_does() {
    let stage = Stage::new();
    for (born, why) in [
        (CHILDS_BIRTH, Problem::UnderFourteen),
        (YOUTHS_BIRTH, Problem::UnderEighteen),
    ] {
        let mut alone = purchase(YOUNG);
        alone.answers.insert("birth_date".to_owned(), Plain::from(born));
        let lacks = wrong(stage.submits(alone).await);
        assert_eq!(
            lacks,
            [
                ("representative_name".to_owned(), why),
                ("representative_email".to_owned(), Problem::Missing),
                ("representative_authority".to_owned(), Problem::Missing),
            ]
        );
        let unproven = wrong(
            stage
                .submits(without(named(born), "representative_authority"))
                .await,
        );
        assert_eq!(
            unproven,
            [("representative_authority".to_owned(), Problem::Missing)]
        );
    }
    for grown in [named("01.01.1990"), without(named("01.01.1990"), "birth_date")] {
        let surplus = wrong(stage.submits(grown).await);
        assert_eq!(surplus.len(), 3);
        assert!(surplus.iter().all(|(_, problem)| *problem == Problem::Unknown));
    }
    assert_eq!(standing(&stage).await, None, "nothing was stored");
}

#[tokio::test]
async fn a_young_person_cannot_agree_in_the_representatives_place() {
    let stage = Stage::new();
    let mut both = named(YOUTHS_BIRTH);
    both.answers.insert(
        "representative_email".to_owned(),
        Plain::from("Timur@Example.com"),
    );
    assert_eq!(
        wrong(stage.submits(both).await),
        [("representative_email".to_owned(), Problem::OwnAddress)]
    );

    let taken = stage.submits(named(YOUTHS_BIRTH)).await.unwrap();
    let own = stage.code_for(YOUNG);
    assert_eq!(stage.letters_to(PARENT), 0, "the young person confirms first");
    assert!(matches!(types(&stage, &taken, &own).await, Ok(Confirmed::Half)));
    assert_eq!(standing(&stage).await, Some(Standing::Pending));
    assert!(
        types(&stage, &taken, &own).await.is_err(),
        "the first code does not stand in for the second"
    );
    stage.passes(SignedDuration::from_hours(24 * 8));
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(
        standing(&stage).await,
        Some(Standing::Destroyed),
        "nobody agreed in time"
    );
}

#[tokio::test]
async fn from_fourteen_it_takes_two_codes() {
    let stage = Stage::new();
    let taken = stage.submits(named(YOUTHS_BIRTH)).await.unwrap();
    let half = types(&stage, &taken, &stage.code_for(YOUNG)).await;
    assert!(matches!(half, Ok(Confirmed::Half)));
    stage.passes(SignedDuration::from_hours(20));
    let late = types(&stage, &taken, &stage.code_for(PARENT)).await.unwrap();
    let entered = late.whole().expect("a parent has until the record goes");
    let young = stage
        .system
        .caller(entered.session.expose())
        .await
        .unwrap()
        .unwrap();
    let agreed = asked_to_agree(&stage);
    assert_eq!(agreed.len(), stage.all_consents("guest-purchase").len());
    for (_, hash) in &agreed {
        let texts = stage.system.text_of_hash(hash).await.unwrap();
        assert_eq!(texts.len(), 3);
    }

    assert_eq!(standing(&stage).await, Some(Standing::Active));
    assert_eq!(
        young.actor.role,
        Role::SUBJECT,
        "the browser is the young person's"
    );
    receipts_say(&stage, &young, ActedBy::Together).await;
    let mut confirmed = 0;
    for page in 1..=3 {
        let seen = stage
            .system
            .my_accesses(&young, page, Language::En)
            .await
            .unwrap();
        confirmed += seen
            .rows
            .iter()
            .filter(|look| look.what.to_lowercase().contains("confirm"))
            .count();
    }
    assert_eq!(confirmed, 2, "each of the two has an entry");

    // What the young person gives later, the representative gives as well.
    let open = stage.system.open_to_consent(&young, Language::En).await.unwrap();
    assert!(open.is_empty(), "all boxes were ticked");
}

#[tokio::test]
async fn under_fourteen_the_representative_acts_and_gets_every_letter() {
    let stage = Stage::new();
    let (parent, _) = agreed(&stage, CHILDS_BIRTH).await;
    assert_eq!(standing(&stage).await, Some(Standing::Active));
    assert!(parent.represents());
    receipts_say(&stage, &parent, ActedBy::Representative).await;

    let data = stage.system.my_data(&parent, Language::En).await.unwrap();
    assert!(data.represents);
    let reference = data.cases[0].clone();
    assert!(
        enters(&stage, YOUNG, &reference).await.is_none(),
        "the child has no way in of their own"
    );
    let back = enters(&stage, PARENT, &reference).await.unwrap();
    assert!(back.represents());

    let paid = stage.pays(&back, &reference).await;
    assert!(paid.is_ok());
    stage.system.run_queue().await.unwrap();
    assert_eq!(stage.letters_to(YOUNG), 0);
}

#[tokio::test]
async fn a_representative_takes_the_consent_back() {
    let stage = Stage::new();
    let (_, reference) = agreed(&stage, YOUTHS_BIRTH).await;
    let parent = enters(&stage, PARENT, &reference).await.unwrap();
    assert!(parent.represents());
    let young = enters(&stage, YOUNG, &reference).await.unwrap();
    assert!(!young.represents());
    stage.system.withdraw(&parent, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert!(
        enters(&stage, YOUNG, &reference).await.is_none(),
        "nothing is used after a withdrawal"
    );
}

#[tokio::test]
async fn nobody_becomes_a_child_by_a_correction() {
    let stage = Stage::new();
    let (mara, _) = stage.guest("mara@example.com").await;
    for (born, why) in [
        (CHILDS_BIRTH, Problem::UnderFourteen),
        (YOUTHS_BIRTH, Problem::UnderEighteen),
    ] {
        let changed = stage
            .system
            .clarify(&mara, "birth_date", &Plain::from(born), stage.key())
            .await;
        let Err(Rejected::Mistake(mistake)) = changed else {
            panic!("refused")
        };
        assert_eq!(mistake.of("birth_date"), Some(why));
    }
    let named = stage
        .system
        .clarify(&mara, "representative_email", &Plain::from(PARENT), stage.key())
        .await;
    assert!(
        matches!(named, Err(Rejected::Mistake(_))),
        "nobody names one afterwards"
    );
}
