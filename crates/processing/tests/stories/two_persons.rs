//! 5.1.1: nobody alone destroys by hand, enters or lifts an order, or gives a role that looks after the others. One proposes, another
//! one who may do the same agrees, and both stand in the ledger. The same person twice is refused.

use jiff::SignedDuration;
use sandyq_ledger::entry::{By, Deed as Entered, Entry, Happening, Outcome};
use sandyq_model::{Actor, Plain, Problem, Role, Standing, SubjectId, Verb};
use sandyq_processing::Rejected;
use sandyq_processing::access::{Caller, Inviting};
use sandyq_processing::second_person::{Agreed, Deed};
use sandyq_store::tables::{posting, subject};

use crate::holds::order;
use crate::stage::Stage;
use crate::stage::asked::problem;

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

fn is_refused_by<T>(outcome: Result<T, Rejected>, clause: &str) -> bool {
    matches!(outcome, Err(Rejected::Refusal(refusal)) if refusal.rules.iter().any(|rule| rule.to_string() == clause))
}

async fn somebody(stage: &Stage) -> (Caller, SubjectId) {
    let (mara, _) = stage.guest("mara@example.com").await;
    let id = mara.subject.unwrap();
    (mara, id)
}

#[tokio::test]
async fn one_proposes_another_agrees_and_both_are_entered() {
    let stage = Stage::new();
    let (mara, id) = somebody(&stage).await;
    let aru = stage.staff("aru", "responsible").await;
    let early = stage.system.propose_destruction(&aru, id).await;
    assert!(
        is_refused_by(early, "8"),
        "nothing is due, and two cannot change that"
    );
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    let proposed = stage.system.propose_destruction(&aru, id).await.unwrap();
    let said = newest(&stage, 1).await.remove(0);
    assert_eq!(said.deed, Entered::Happening(Happening::Proposed));
    assert!(said.subject.is_some(), "the person reads of it");

    let bek = stage.deputy().await;
    let waiting = stage.system.proposals(&bek).await.unwrap();
    assert_eq!(
        (waiting.len(), waiting[0].by.as_str(), waiting[0].own),
        (1, "aru", false)
    );
    assert_eq!(waiting[0].deed, Deed::Destroy);
    let agreed = stage.system.agree(&bek, proposed).await.unwrap();
    assert!(matches!(agreed, Agreed::Destroyed(_)));
    let both = newest(&stage, 2).await;
    let of = |deed| both.iter().find(|entry| entry.deed == deed).unwrap().by;
    assert_eq!(of(Entered::Verb(Verb::Destroy)), By::Person(aru.actor.id));
    assert_eq!(
        of(Entered::Happening(Happening::Approved)),
        By::Person(bek.actor.id)
    );
    let row = stage.system.store().read(move |reader| subject::find(reader, id));
    assert_eq!(row.await.unwrap().unwrap().standing, Standing::Destroyed);
    let again = stage.system.agree(&bek, proposed).await;
    assert!(matches!(again, Err(Rejected::NotFound)), "it counts once");
}

#[tokio::test]
async fn the_same_person_twice_is_refused_and_the_refusal_is_entered() {
    let stage = Stage::new();
    let (_, id) = somebody(&stage).await;
    let aru = stage.staff("aru", "responsible").await;
    let proposed = stage.system.propose_hold(&aru, id, &order()).await.unwrap();
    let own = stage.system.proposals(&aru).await.unwrap();
    assert!(own[0].own);
    assert!(is_refused_by(stage.system.agree(&aru, proposed).await, "5.1.1"));
    let said = newest(&stage, 1).await.remove(0);
    assert_eq!(
        (said.deed, said.outcome),
        (Entered::Verb(Verb::Store), Outcome::Refused)
    );
    assert_eq!(stage.system.overview(id).await.unwrap().holds, []);
    let bek = stage.deputy().await;
    assert!(matches!(
        stage.system.agree(&bek, proposed).await.unwrap(),
        Agreed::Kept(_)
    ));
    assert_eq!(stage.system.overview(id).await.unwrap().holds.len(), 1);
}

#[tokio::test]
async fn what_is_turned_down_taken_back_or_too_old_is_not_done() {
    let stage = Stage::new();
    let (_, id) = somebody(&stage).await;
    let aru = stage.staff("aru", "responsible").await;
    let bek = stage.deputy().await;
    let sales = stage.staff("aliya", "sales").await;
    let proposes = async || stage.system.propose_hold(&aru, id, &order()).await.unwrap();
    for who in [&bek, &aru] {
        let proposed = proposes().await;
        assert!(matches!(
            stage.system.turn_down(&sales, proposed).await,
            Err(Rejected::NotFound)
        ));
        assert!(matches!(
            stage.system.agree(&sales, proposed).await,
            Err(Rejected::NotFound)
        ));
        stage.system.turn_down(who, proposed).await.unwrap();
        let said = newest(&stage, 1).await.remove(0);
        assert_eq!(said.deed, Entered::Happening(Happening::Disapproved));
        assert!(matches!(
            stage.system.agree(&bek, proposed).await,
            Err(Rejected::NotFound)
        ));
    }
    let proposed = proposes().await;
    stage.passes(SignedDuration::from_hours(72));
    let bek = stage.staff_again("bek").await;
    assert!(matches!(
        stage.system.agree(&bek, proposed).await,
        Err(Rejected::NotFound)
    ));
    assert_eq!(stage.system.proposals(&bek).await.unwrap(), []);
    assert_eq!(stage.system.overview(id).await.unwrap().holds, []);
}

#[tokio::test]
async fn the_word_of_somebody_who_was_sent_away_counts_no_more() {
    let stage = Stage::new();
    let (_, id) = somebody(&stage).await;
    let aru = stage.staff("aru", "responsible").await;
    let proposed = stage.system.propose_hold(&aru, id, &order()).await.unwrap();
    let by = Actor::system(Role::ADMINISTRATOR);
    stage.system.change_staff_role(&by, "aru", "sales").await.unwrap();
    let bek = stage.deputy().await;
    let refused = stage.system.agree(&bek, proposed).await;
    assert!(
        matches!(refused, Err(Rejected::NotFound)),
        "it went with the role"
    );
    stage.system.close_staff(&by, "aru").await.unwrap();
    let refused = stage.system.agree(&bek, proposed).await;
    assert!(matches!(refused, Err(Rejected::NotFound)));
    assert_eq!(stage.system.overview(id).await.unwrap().holds, []);
}

#[tokio::test]
async fn a_role_that_looks_after_others_takes_two() {
    let stage = Stage::new();
    let erlan = stage.staff("erlan", "administrator").await;
    let Inviting::Proposed(proposed) = stage
        .system
        .invite_at_desk(&erlan, "zarina", "auditor")
        .await
        .unwrap()
    else {
        panic!("an auditor is not invited by one person");
    };
    assert!(is_refused_by(stage.system.agree(&erlan, proposed).await, "5.1.1"));
    let said = newest(&stage, 1).await.remove(0);
    assert_eq!(
        (said.deed, said.outcome),
        (Entered::Happening(Happening::Approved), Outcome::Refused)
    );
    let aru = stage.staff("aru", "responsible").await;
    let Agreed::Invited(name, invitation) = stage.system.agree(&aru, proposed).await.unwrap() else {
        panic!("an invitation was proposed");
    };
    assert_eq!(name, "zarina");
    let token = invitation.path.expose().rsplit('/').next().unwrap().to_owned();
    let password = Plain::from("a long enough password");
    assert!(stage.system.accept_invitation(&token, &password).await.is_ok());
    let above = stage.system.invite_at_desk(&aru, "saule", "responsible").await;
    assert_eq!(
        problem(above, "role"),
        Some(Problem::RoleAbove),
        "nobody gives the responsible person's role at the desk"
    );
}
