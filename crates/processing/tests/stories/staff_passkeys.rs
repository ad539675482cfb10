//! 5.1.4: passkeys of staff stand beside the number, after the password and before what concerns somebody's rights. They take the password
//! and a number to be added or taken away, verify their owner, and answer for one member of staff, one page and once.

use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Entry, Happening};
use sandyq_model::{Plain, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::access::{Caller, HalfWay, OwnProof, PasskeyProposed};

use crate::device::{Device, PRESENT};
use crate::stage::Stage;
use crate::stage::asked::problem;
use crate::stage::desk::PASSWORD;

fn proof(stage: &Stage, name: &str) -> OwnProof {
    OwnProof {
        current: Plain::from(PASSWORD),
        number: stage.desks.code_of(name),
    }
}

async fn proposed(stage: &Stage, who: &Caller, name: &str) -> PasskeyProposed {
    let called = Plain::from("My telephone");
    let proposed = stage
        .system
        .propose_staff_passkey(who, &called, proof(stage, name));
    proposed.await.unwrap()
}

/// Somebody adds a passkey of that device, and goes on in another session.
async fn adds(stage: &Stage, who: &Caller, name: &str, device: &mut Device) -> Caller {
    let proposed = proposed(stage, who, name).await;
    let made = device.makes(&proposed);
    let session = stage
        .system
        .set_staff_passkey(who, &proposed.name, &made)
        .await
        .unwrap();
    stage.system.caller(session.expose()).await.unwrap().unwrap()
}

async fn half_way(stage: &Stage, name: &str) -> HalfWay {
    stage.system.sign_in(name, Plain::from(PASSWORD)).await.unwrap()
}

async fn comes_in(stage: &Stage, name: &str, device: &mut Device) -> Result<Caller, Rejected> {
    let half_way = half_way(stage, name).await;
    let token = half_way.token.expose();
    let asked = stage.system.passkey_of_half_way(token).await.unwrap().unwrap();
    let answer = device.answers(&asked);
    let entered = stage.system.sign_in_staff_by_passkey(token, &answer).await?;
    let caller = stage.system.caller(entered.session.expose()).await?;
    caller.ok_or(Rejected::SignInFirst)
}

async fn count_of(stage: &Stage, happening: Happening) -> usize {
    let store = stage.system.store();
    let mut count = 0;
    for index in 0..store.checkpoint().size {
        let entry = Entry::decode(&store.entry(index).await.unwrap().unwrap()).unwrap();
        count += usize::from(entry.deed == Deed::Happening(happening));
    }
    count
}

fn is_wrong(outcome: Result<impl Sized, Rejected>) -> bool {
    problem(outcome, "passkey") == Some(Problem::Passkey)
}

#[tokio::test]
async fn a_passkey_leads_the_rest_of_the_way_in_and_the_number_goes_on_to() {
    let stage = Stage::new();
    let aliya = stage.staff("aliya", "sales").await;
    let other = stage.desks.comes_in(&stage.system, "aliya").await;
    let early = half_way(&stage, "aliya").await;
    let none = stage.system.passkey_of_half_way(early.token.expose()).await;
    assert!(none.unwrap().is_none(), "nothing is asked for that nobody has");
    let before = count_of(&stage, Happening::AuthenticatorSet).await;
    let mut device = Device::new();
    let aliya = adds(&stage, &aliya, "aliya", &mut device).await;
    assert_eq!(count_of(&stage, Happening::AuthenticatorSet).await, before + 1);
    let gone = stage.system.caller(other.expose()).await.unwrap();
    assert!(gone.is_none(), "other sessions end");
    let listed = stage.system.my_staff_passkeys(&aliya).await.unwrap().list;
    assert_eq!(
        (listed.len(), listed[0].name.expose().as_str()),
        (1, "My telephone")
    );
    let inside = comes_in(&stage, "aliya", &mut device).await.unwrap();
    assert!(stage.system.proved_lately(&inside).await.unwrap());
    for mut kind in [Device::with_ed25519(), Device::with_rsa()] {
        let inside = stage.staff_again("aliya").await;
        adds(&stage, &inside, "aliya", &mut kind).await;
        assert!(comes_in(&stage, "aliya", &mut kind).await.is_ok());
    }
    stage.staff_again("aliya").await;
}

#[tokio::test]
async fn an_answer_counts_once_here_and_for_its_owner() {
    let stage = Stage::new();
    let (aliya, bolat) = (
        stage.staff("aliya", "sales").await,
        stage.staff("bolat", "sales").await,
    );
    let (mut hers, mut his) = (Device::new(), Device::new());
    let aliya = adds(&stage, &aliya, "aliya", &mut hers).await;
    adds(&stage, &bolat, "bolat", &mut his).await;
    assert!(is_wrong(comes_in(&stage, "aliya", &mut his).await));
    hers.flags = PRESENT;
    assert!(
        is_wrong(comes_in(&stage, "aliya", &mut hers).await),
        "nobody was verified"
    );
    hers.flags = Device::new().flags;
    hers.origin = "https://examp1e.kz".to_owned();
    assert!(
        is_wrong(comes_in(&stage, "aliya", &mut hers).await),
        "a false page"
    );
    hers.origin = Device::new().origin;

    let way = half_way(&stage, "aliya").await;
    let token = way.token.expose();
    let asked = stage.system.passkey_of_half_way(token).await.unwrap().unwrap();
    let answer = hers.answers(&asked);
    let elsewhere = half_way(&stage, "aliya").await;
    let foreign = stage
        .system
        .sign_in_staff_by_passkey(elsewhere.token.expose(), &answer)
        .await;
    assert!(is_wrong(foreign), "of another way in");
    let at_desk = stage.system.prove_at_desk_by_passkey(&aliya, &answer).await;
    assert!(is_wrong(at_desk));
    stage.passes(SignedDuration::from_mins(6));
    let (one, two) = tokio::join!(
        stage.system.sign_in_staff_by_passkey(token, &answer),
        stage.system.sign_in_staff_by_passkey(token, &answer),
    );
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "once");
    let again = stage.system.sign_in_staff_by_passkey(token, &answer).await;
    assert!(matches!(again, Err(Rejected::SignInFirst)));
    hers.counter = 0;
    assert!(
        is_wrong(comes_in(&stage, "aliya", &mut hers).await),
        "a copy that counts anew"
    );
}

#[tokio::test]
async fn failures_of_passkeys_count_with_those_of_numbers() {
    let stage = Stage::new();
    let aliya = stage.staff("aliya", "sales").await;
    let mut device = Device::new();
    adds(&stage, &aliya, "aliya", &mut device).await;
    let way = half_way(&stage, "aliya").await;
    let token = way.token.expose();
    for _ in 0..5 {
        let asked = stage.system.passkey_of_half_way(token).await.unwrap().unwrap();
        let mut stranger = Device::new();
        let answer = stranger.answers(&asked);
        let tried = stage.system.sign_in_staff_by_passkey(token, &answer).await;
        assert!(is_wrong(tried));
    }
    let asked = stage.system.passkey_of_half_way(token).await.unwrap().unwrap();
    let right = device.answers(&asked);
    let paused = stage.system.sign_in_staff_by_passkey(token, &right).await;
    assert_eq!(problem(paused, "passkey"), Some(Problem::Wait));
}

#[tokio::test]
async fn it_stands_for_a_fresh_number_before_what_concerns_rights() {
    let stage = Stage::new();
    let aliya = stage.staff("aliya", "sales").await;
    let mut device = Device::new();
    let aliya = adds(&stage, &aliya, "aliya", &mut device).await;
    stage.passes(SignedDuration::from_mins(10));
    assert!(!stage.system.proved_lately(&aliya).await.unwrap());
    let asked = stage.system.passkey_of_desk(&aliya).await.unwrap().unwrap();
    let answer = device.answers(&asked);
    let session = stage
        .system
        .prove_at_desk_by_passkey(&aliya, &answer)
        .await
        .unwrap();
    let goes_on = stage.system.caller(session.expose()).await.unwrap().unwrap();
    assert!(stage.system.proved_lately(&goes_on).await.unwrap());
    let again = stage.system.prove_at_desk_by_passkey(&goes_on, &answer).await;
    assert!(is_wrong(again));
    let asked = stage.system.passkey_of_desk(&goes_on).await.unwrap().unwrap();
    let late = device.answers(&asked);
    stage.passes(SignedDuration::from_mins(10));
    let late = stage.system.prove_at_desk_by_passkey(&goes_on, &late).await;
    assert_eq!(problem(late, "passkey"), Some(Problem::Stale));
}

#[tokio::test]
async fn adding_and_taking_away_take_both_proofs_and_a_lost_factor_takes_all() {
    let stage = Stage::new();
    let aliya = stage.staff("aliya", "sales").await;
    let name = Plain::from("My telephone");
    for (current, number) in [
        (PASSWORD, Plain::from("000000")),
        ("another long password", stage.desks.code_of("aliya")),
    ] {
        let proof = OwnProof {
            current: Plain::from(current),
            number,
        };
        let refused = stage.system.propose_staff_passkey(&aliya, &name, proof).await;
        assert_eq!(problem(refused, "current"), Some(Problem::PasswordOrNumber));
    }
    let mut device = Device::new();
    // A challenge that only asks who is there makes nothing.
    let aliya = adds(&stage, &aliya, "aliya", &mut device).await;
    let asked = stage.system.passkey_of_desk(&aliya).await.unwrap().unwrap();
    let by_the_wrong = PasskeyProposed {
        asked,
        ..proposed(&stage, &aliya, "aliya").await
    };
    let made = Device::new().makes(&by_the_wrong);
    assert!(is_wrong(
        stage.system.set_staff_passkey(&aliya, &name, &made).await
    ));

    let id = stage.system.my_staff_passkeys(&aliya).await.unwrap().list[0]
        .id
        .clone();
    let bolat = stage.staff("bolat", "sales").await;
    let foreign = stage
        .system
        .remove_staff_passkey(&bolat, &id, proof(&stage, "bolat"))
        .await;
    assert!(matches!(foreign, Err(Rejected::NotFound)));
    let session = stage
        .system
        .remove_staff_passkey(&aliya, &id, proof(&stage, "aliya"))
        .await
        .unwrap();
    let aliya = stage.system.caller(session.expose()).await.unwrap().unwrap();
    assert!(
        stage
            .system
            .my_staff_passkeys(&aliya)
            .await
            .unwrap()
            .list
            .is_empty()
    );
    assert_eq!(count_of(&stage, Happening::AuthenticatorRemoved).await, 1);
    assert!(stage.system.passkey_of_desk(&aliya).await.unwrap().is_none());

    adds(&stage, &aliya, "aliya", &mut device).await;
    let by = sandyq_model::Actor::system(sandyq_model::Role::ADMINISTRATOR);
    stage.system.remove_staff_factor(&by, "aliya").await.unwrap();
    let half_way = half_way(&stage, "aliya").await;
    assert!(half_way.sets_up, "what was lost takes the passkeys along");
    let asked = stage.system.passkey_of_half_way(half_way.token.expose()).await;
    assert!(asked.unwrap().is_none());
}
