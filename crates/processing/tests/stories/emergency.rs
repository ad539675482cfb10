//! 5.1.7: in an emergency another desk sees one case for some minutes, after a second person has agreed. The person is told, reads each look,
//! and reads how it was judged. What the policy opens to nobody stays closed, and nobody is both of the two.

use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed as Entered, Entry, Happening, Outcome};
use sandyq_model::{Actor, Problem, ProposalId, Role, Verb};
use sandyq_processing::access::Caller;
use sandyq_processing::emergency::{EmergencyLook, Reason, Verdict};
use sandyq_processing::ports::Message;
use sandyq_processing::second_person::{Agreed, Deed};
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::{emergency, posting};

use crate::stage::asked::problem;
use crate::stage::{self, Stage};

const MARA: &str = "mara@example.com";

/// Mara's paid order, and somebody of another desk.
async fn scene() -> (Stage, Caller, String, Caller) {
    let stage = Stage::new();
    let (mara, order) = stage.guest(MARA).await;
    stage.pays(&mara, &order).await.unwrap();
    let support = stage.staff("aliya", "support").await;
    (stage, mara, order, support)
}

async fn asks(stage: &Stage, who: &Caller, reference: &str) -> Result<ProposalId, Rejected> {
    stage
        .system
        .ask_in_emergency(who, reference, Some(Reason::Loss))
        .await
}

async fn looks(stage: &Stage, who: &Caller, id: ProposalId) -> Result<EmergencyLook, Rejected> {
    stage.system.look_in_emergency(who, id, Language::En).await
}

/// Asked, agreed, and open.
async fn opened(stage: &Stage, who: &Caller, reference: &str) -> ProposalId {
    let id = asks(stage, who, reference).await.unwrap();
    let agreed = stage.system.agree(&stage.deputy().await, id).await.unwrap();
    assert!(matches!(agreed, Agreed::Opened));
    id
}

async fn newest(stage: &Stage, count: u32) -> Vec<Entry> {
    let store = stage.system.store();
    let size = store.checkpoint().size;
    let newest = store.read(move |reader| posting::newest(reader, size, count));
    newest
        .await
        .unwrap()
        .into_iter()
        .map(|placed| placed.entry)
        .collect()
}

fn clauses(entry: &Entry) -> Vec<String> {
    let clauses = entry.clauses.iter();
    clauses.map(|clause| clause.clause().to_owned()).collect()
}

fn told(stage: &Stage) -> usize {
    let letters = stage.letters.0.lock().unwrap();
    let told = letters
        .iter()
        .filter(|letter| matches!(letter.message, Message::Emergency { .. }));
    told.count()
}

#[tokio::test]
async fn another_desk_sees_one_case_for_some_minutes_at_the_word_of_two() {
    let (stage, mara, order, support) = scene().await;
    let closed = stage
        .system
        .open_case(
            &support,
            &order,
            Some(sandyq_model::Purpose::ORDERS),
            Language::En,
        )
        .await;
    assert!(matches!(closed, Err(Rejected::NotFound)), "on any other day");

    let id = asks(&stage, &support, &order.to_lowercase()).await.unwrap();
    assert!(matches!(
        looks(&stage, &support, id).await,
        Err(Rejected::NotFound)
    ));
    assert_eq!(told(&stage), 0);
    let bek = stage.deputy().await;
    let waiting = stage.system.proposals(&bek).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert!(matches!(&waiting[0].deed, Deed::Emergency { reference, reason }
        if *reference == order && reason == "loss"));
    stage.system.agree(&bek, id).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(told(&stage), 1, "the person is told at once");

    let own = stage.system.my_emergencies(&support).await.unwrap();
    assert_eq!((own.open.len(), own.waiting.len()), (1, 0));
    let look = looks(&stage, &support, id).await.unwrap();
    let names: Vec<&str> = look.fields.iter().map(|field| field.name.as_str()).collect();
    assert!(
        names.contains(&"last_name") && names.contains(&"contact_phone"),
        "{names:?}"
    );
    assert!(!names.iter().any(|name| name.starts_with("card")), "{names:?}");
    let entry = newest(&stage, 1).await.remove(0);
    assert_eq!(
        (entry.deed, entry.outcome),
        (Entered::Verb(Verb::Extract), Outcome::Done)
    );
    assert_eq!(clauses(&entry), ["5.1.7"], "told apart from any other look");
    let phone = stage
        .system
        .reveal_in_emergency(&support, id, "contact_phone", Language::En)
        .await
        .unwrap();
    assert!(!phone.masked);
    for (who, why) in [
        (&bek, "who agreed"),
        (&stage.staff("erlan", "events").await, "another desk"),
    ] {
        let foreign = looks(&stage, who, id).await;
        assert!(matches!(foreign, Err(Rejected::NotFound)), "{why}");
    }
    let looked = stage.system.my_accesses(&mara, 1, Language::En).await.unwrap();
    let in_emergency = looked
        .rows
        .iter()
        .filter(|row| row.emergency && !row.fields.is_empty());
    assert_eq!(in_emergency.count(), 2, "the person reads of each look");

    stage.passes(SignedDuration::from_mins(15));
    let over = looks(&stage, &support, id).await;
    assert!(matches!(over, Err(Rejected::NotFound)), "the minutes are over");
    assert_eq!(stage.system.my_emergencies(&support).await.unwrap().open, []);
}

#[tokio::test]
async fn nobody_is_both_of_the_two_and_who_may_not_ask_finds_nothing() {
    let (stage, _, order, support) = scene().await;
    let id = asks(&stage, &support, &order).await.unwrap();
    let own = stage.system.agree(&support, id).await;
    assert!(matches!(&own, Err(Rejected::Refusal(refusal))
        if refusal.rules.iter().any(|rule| rule.to_string() == "5.1.7")));
    let entry = newest(&stage, 1).await.remove(0);
    assert_eq!(
        (entry.deed, entry.outcome),
        (Entered::Verb(Verb::Extract), Outcome::Refused)
    );
    let other = stage.staff("erlan", "events").await;
    let foreign = stage.system.agree(&other, id).await;
    assert!(matches!(foreign, Err(Rejected::NotFound)));
    for (name, role) in [
        ("aru", "responsible"),
        ("gulmira", "auditor"),
        ("bolat", "administrator"),
    ] {
        let who = stage.staff(name, role).await;
        assert!(
            matches!(asks(&stage, &who, &order).await, Err(Rejected::NotFound)),
            "{role}"
        );
    }
    // What was asked for goes with the role in which it was asked.
    let by = Actor::system(Role::ADMINISTRATOR);
    stage
        .system
        .change_staff_role(&by, "aliya", "auditor")
        .await
        .unwrap();
    let late = stage.system.agree(&stage.deputy().await, id).await;
    assert!(matches!(late, Err(Rejected::NotFound)));
    assert_eq!(told(&stage), 0);
}

#[tokio::test]
async fn what_the_policy_opens_to_nobody_stays_closed() {
    let (stage, mara, order, support) = scene().await;
    let absent = asks(&stage, &support, "SQ-0000-0000").await;
    assert_eq!(problem(absent, "reference"), Some(Problem::NoCase));
    let sales = stage.staff("erlan", "sales").await;
    let own = asks(&stage, &sales, &order).await;
    assert_eq!(problem(own, "reference"), Some(Problem::OwnDesk));
    let none = stage.system.ask_in_emergency(&support, &order, None).await;
    assert_eq!(problem(none, "reason"), Some(Problem::Missing));

    let id = opened(&stage, &support, &order).await;
    for field in ["card_number", "card_holder"] {
        let card = stage
            .system
            .reveal_in_emergency(&support, id, field, Language::En)
            .await;
        assert!(
            matches!(&card, Err(Rejected::Refusal(refusal))
                if refusal.rules.iter().any(|rule| rule.to_string() == "5.1.7")),
            "{field}"
        );
    }
    let waiting = asks(&stage, &support, &order).await.unwrap();
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    let gone = looks(&stage, &support, id).await;
    assert!(
        matches!(gone, Err(Rejected::Refusal(_))),
        "a consent that was taken back counts within the minutes"
    );
    let late = stage.system.agree(&stage.deputy().await, waiting).await;
    assert!(matches!(late, Err(Rejected::Refusal(_))));
    let refused = asks(&stage, &support, &order).await;
    assert_eq!(
        problem(refused, "reference"),
        Some(Problem::NoCase),
        "as if it were not there"
    );
    let entry = newest(&stage, 1).await.remove(0);
    assert_eq!(entry.outcome, Outcome::Refused, "and it is entered");
}

#[tokio::test]
async fn an_ask_is_for_an_hour_can_be_taken_back_and_there_are_three_at_most() {
    let (stage, _, order, support) = scene().await;
    let first = asks(&stage, &support, &order).await.unwrap();
    for _ in 0..2 {
        asks(&stage, &support, &order).await.unwrap();
    }
    let fourth = asks(&stage, &support, &order).await;
    assert_eq!(problem(fourth, "reference"), Some(Problem::AsksWaiting));
    stage.system.turn_down(&support, first).await.unwrap();
    let entry = newest(&stage, 1).await.remove(0);
    assert_eq!(entry.deed, Entered::Happening(Happening::Disapproved));
    let last = asks(&stage, &support, &order).await.unwrap();
    stage.passes(SignedDuration::from_mins(60));
    let late = stage.system.agree(&stage.deputy().await, last).await;
    assert!(matches!(late, Err(Rejected::NotFound)));
}

#[tokio::test]
async fn each_is_judged_afterwards_and_the_board_says_when_nobody_does() {
    let (stage, mara, order, support) = scene().await;
    let (right, wrong) = (
        opened(&stage, &support, &order).await,
        opened(&stage, &support, &order).await,
    );
    looks(&stage, &support, wrong).await.unwrap();
    let aru = stage.staff("aru", "responsible").await;
    let list = stage.system.unjudged_emergencies(&aru).await.unwrap();
    assert_eq!(list.len(), 2);
    let seen = list.iter().find(|one| one.id == wrong).unwrap();
    assert_eq!((seen.looks, seen.is_open, seen.is_late), (1, true, false));
    assert_eq!(
        (seen.by.as_deref(), seen.second.as_deref()),
        (Some("aliya"), Some("bek"))
    );
    let judges = async |who: &Caller, id, verdict| stage.system.judge_emergency(who, id, verdict).await;
    let early = judges(&aru, right, Some(Verdict::Right)).await;
    assert_eq!(problem(early, "verdict"), Some(Problem::NotDone));
    let foreign = judges(&support, right, Some(Verdict::Right)).await;
    assert!(matches!(foreign, Err(Rejected::NotFound)));
    assert_eq!(stage.system.late_emergencies().await.unwrap(), 0);

    stage.passes(SignedDuration::from_hours(73));
    assert_eq!(stage.system.late_emergencies().await.unwrap(), 2);
    let aru = stage.staff_again("aru").await;
    let board = stage
        .system
        .requests_board(&aru, sandyq_processing::request::BoardFilter::default(), 1)
        .await
        .unwrap();
    assert_eq!(board.unjudged, 2);
    for (id, verdict) in [(right, Verdict::Right), (wrong, Verdict::Wrong)] {
        assert_eq!(judges(&aru, id, Some(verdict)).await.unwrap(), verdict);
        let again = judges(&aru, id, Some(Verdict::Right)).await;
        assert!(matches!(again, Err(Rejected::NotFound)), "once");
    }
    assert_eq!(stage.system.unjudged_emergencies(&aru).await.unwrap(), []);
    assert_eq!(stage.system.late_emergencies().await.unwrap(), 0);
    let ledger = newest(&stage, 40).await;
    let judged = ledger
        .iter()
        .find(|entry| entry.deed == Entered::Happening(Happening::EmergencyWrong))
        .unwrap();
    assert!(judged.subject.is_some(), "the person reads of it");
    drop(mara);
}

#[tokio::test]
async fn with_the_person_goes_what_leads_to_them_and_the_judgement_stays_to_be_made() {
    let stage = Stage::new();
    let question = stage::submission(
        ("question", None),
        Language::En,
        &[("email", MARA), ("message", "Where is the manual?")],
    );
    let (mara, reference) = stage.comes(question, MARA).await;
    let sales = stage.staff("erlan", "sales").await;
    let id = opened(&stage, &sales, &reference).await;
    looks(&stage, &sales, id).await.unwrap();
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let row = stage
        .system
        .store()
        .read(move |reader| emergency::find(reader, id));
    let row = row.await.unwrap().unwrap();
    assert_eq!(row.reference, None);
    let gone = looks(&stage, &sales, id).await;
    assert!(matches!(gone, Err(Rejected::NotFound)));
    stage.passes(SignedDuration::from_mins(16));
    let aru = stage.staff("aru", "responsible").await;
    let list = stage.system.unjudged_emergencies(&aru).await.unwrap();
    assert_eq!((list.len(), list[0].reference.as_deref()), (1, None));
    let judged = stage.system.judge_emergency(&aru, id, Some(Verdict::Right)).await;
    assert_eq!(judged.unwrap(), Verdict::Right);
}
