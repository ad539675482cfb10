//! 2.2.1: passkeys, from the first to the last: what opens an account with them, what does not, and what is left of them.

use jiff::SignedDuration;
use sandyq_model::{Plain, Problem};
use sandyq_processing::access::{
    AskedForLink, Assertion, Caller, PASSKEYS_MAX, PasskeyAsked, PasskeyClaim, PasskeyProposed, Reset,
    SessionToken, SignedIn,
};
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::authenticator::{self, Authenticator};

use crate::account::{
    DANA, OTHER, PASSWORD, caller, led_on, number, problem, registered, reset_of, second, tries,
};
use crate::device::{Device, PRESENT, VERIFIED};
use crate::stage::Stage;

/// The token that the pages of one browser carry.
const BROWSER: &str = "a token of this browser";

pub async fn proposed(stage: &Stage, owner: &Caller, name: &str) -> Result<PasskeyProposed, Rejected> {
    let (name, password) = (Plain::from(name), Plain::from(PASSWORD));
    stage
        .system
        .propose_passkey(owner, &name, &password, &Plain::from(""))
        .await
}

/// The owner adds a passkey of that device, and goes on in another session.
async fn adds(stage: &Stage, owner: &Caller, device: &mut Device, name: &str) -> Caller {
    let proposed = proposed(stage, owner, name).await.unwrap();
    let session = set(stage, owner, device, &proposed).await.unwrap();
    caller(stage, &session).await.unwrap()
}

async fn set(
    stage: &Stage,
    owner: &Caller,
    device: &mut Device,
    proposed: &PasskeyProposed,
) -> Result<SessionToken, Rejected> {
    let made = device.makes(proposed);
    let set = stage
        .system
        .set_passkey(owner, &proposed.name, &made, Language::En)
        .await;
    stage.system.run_queue().await.unwrap();
    set
}

fn asked(stage: &Stage) -> PasskeyAsked {
    stage.system.passkey_asked(BROWSER).unwrap()
}

async fn answered(stage: &Stage, assertion: Assertion) -> Result<SignedIn, Rejected> {
    answered_in(stage, assertion, BROWSER).await
}

async fn answered_in(stage: &Stage, assertion: Assertion, browser: &str) -> Result<SignedIn, Rejected> {
    let claim = PasskeyClaim {
        assertion,
        token: browser.to_owned(),
        language: Language::En,
        place: None,
        browser: None,
    };
    stage.system.sign_in_by_passkey(claim).await
}

pub async fn comes_in(stage: &Stage, device: &mut Device) -> Result<SignedIn, Rejected> {
    let assertion = device.answers(&asked(stage));
    answered(stage, assertion).await
}

fn wrong(outcome: Result<impl Sized, Rejected>) -> bool {
    problem(outcome, "passkey") == Some(Problem::Passkey)
}

pub async fn rows(stage: &Stage, owner: &Caller) -> Vec<Authenticator> {
    let subject = owner.subject.unwrap();
    let read = stage
        .system
        .store()
        .read(move |reader| authenticator::of_subject(reader, subject));
    read.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_adds_a_passkey_and_comes_in_by_it_alone() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let other = tries(&stage, DANA, PASSWORD).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let before = stage.letters_to(DANA);
    let mut device = Device::new();
    let owner = adds(&stage, &owner, &mut device, "  My telephone ").await;
    assert!(
        caller(&stage, &other.session).await.is_none(),
        "other sessions ended"
    );
    assert_eq!(stage.letters_to(DANA), before + 1, "the owner is told");

    stage.passes(SignedDuration::from_hours(30));
    let signed_in = comes_in(&stage, &mut device).await.unwrap();
    let inside = caller(&stage, &signed_in.session).await.unwrap();
    assert_eq!(inside.subject, owner.subject);
    let data = stage.system.my_data(&inside, Language::En).await.unwrap();
    assert!(data.rows.iter().any(|row| row.value.expose() == "Omarova"));

    let own = stage.system.my_passkeys(&inside).await.unwrap().unwrap();
    assert_eq!(own.origin.as_deref(), Some("https://example.kz"));
    let [passkey] = &own.list[..] else {
        panic!("one passkey");
    };
    assert_eq!(passkey.name.expose(), "My telephone");
    assert_eq!(passkey.used_at, Some(stage.now()));
    assert!(passkey.since < stage.now());
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_key_opens_and_a_device_that_does_not_count_opens_again() {
    let stage = Stage::new();
    let mut owner = registered(&stage).await;
    for mut device in [Device::new(), Device::with_ed25519(), Device::with_rsa()] {
        device.counts = 0;
        owner = adds(&stage, &owner, &mut device, "one of three").await;
        for _ in 0..2 {
            comes_in(&stage, &mut device).await.unwrap();
        }
    }
    // What the first ones opened with is as it was.
    assert_eq!(rows(&stage, &owner).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_that_goes_back_opens_nothing() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let mut device = Device::new();
    device.counter = 7;
    adds(&stage, &owner, &mut device, "counts").await;
    comes_in(&stage, &mut device).await.unwrap();
    for back in [7, 6, 0] {
        // A copy that was made before the last time.
        device.counter = back;
        assert!(wrong(comes_in(&stage, &mut device).await), "after {back}");
    }
    device.counter = 8;
    comes_in(&stage, &mut device).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_elsewhere_without_the_owner_or_for_another_site_opens_nothing() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let mut device = Device::new();
    let proposal = proposed(&stage, &owner, "telephone").await.unwrap();
    for change in [
        |device: &mut Device| device.origin = "https://example.kz.example.com".to_owned(),
        |device: &mut Device| device.site = Some("example.com".to_owned()),
        |device: &mut Device| device.flags = PRESENT,
        |device: &mut Device| device.flags = VERIFIED,
    ] {
        let mut changed = Device::new();
        change(&mut changed);
        assert!(wrong(set(&stage, &owner, &mut changed, &proposal).await));
    }
    set(&stage, &owner, &mut device, &proposal).await.unwrap();
    let (origin, flags) = (device.origin.clone(), device.flags);
    for change in [
        |device: &mut Device| device.origin = "https://example.kz.example.com".to_owned(),
        |device: &mut Device| device.origin = "http://example.kz".to_owned(),
        |device: &mut Device| device.site = Some("example.com".to_owned()),
        |device: &mut Device| device.flags = PRESENT,
        // Of a passkey that cannot be copied, a copy says that it can.
        |device: &mut Device| device.flags |= 0x18,
    ] {
        change(&mut device);
        assert!(wrong(comes_in(&stage, &mut device).await));
        (device.origin, device.flags, device.site) = (origin.clone(), flags, None);
    }
    let mut assertion = device.answers(&asked(&stage));
    assertion.signature = device.answers(&asked(&stage)).signature;
    assert!(
        wrong(answered(&stage, assertion).await),
        "signed for another challenge"
    );
    comes_in(&stage, &mut device).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_answered_once_in_its_browser_and_within_minutes() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let mut device = Device::new();
    device.counts = 0;
    adds(&stage, &owner, &mut device, "telephone").await;

    let assertion = device.answers(&asked(&stage));
    let elsewhere = answered_in(&stage, assertion.clone(), "a token of another browser").await;
    assert!(wrong(elsewhere), "another browser");
    answered(&stage, assertion.clone()).await.unwrap();
    assert!(wrong(answered(&stage, assertion).await), "used twice");

    // Of two at the same moment one is first, with a device that counts and with one that does not.
    let assertion = device.answers(&asked(&stage));
    let (one, two) = tokio::join!(
        answered(&stage, assertion.clone()),
        answered(&stage, assertion.clone())
    );
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1);

    let late = device.answers(&asked(&stage));
    stage.passes(SignedDuration::from_mins(10));
    let refused = answered(&stage, late).await;
    assert_eq!(problem(refused, "passkey"), Some(Problem::Stale));

    let own = PasskeyAsked {
        challenge: "AAAA".repeat(13) + "AA",
        ..asked(&stage)
    };
    let invented = device.answers(&own);
    assert!(wrong(answered(&stage, invented).await), "no challenge of ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_for_one_thing_serves_no_other() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let mut device = Device::new();
    let owner = adds(&stage, &owner, &mut device, "telephone").await;
    // A page that only asks who comes in cannot be used to add a passkey.
    let stolen = PasskeyProposed {
        asked: stage.system.passkey_asked(&owner.csrf).unwrap(),
        ..proposed(&stage, &owner, "another").await.unwrap()
    };
    let mut foreign = Device::new();
    assert!(wrong(set(&stage, &owner, &mut foreign, &stolen).await));
    let proposal = proposed(&stage, &owner, "another").await.unwrap();
    let assertion = device.answers(&proposal.asked);
    assert!(wrong(answered_in(&stage, assertion, &owner.csrf).await));
    // Nor one of another session.
    let other = tries(&stage, DANA, PASSWORD).await.unwrap();
    let other = caller(&stage, &other.session).await.unwrap();
    assert!(wrong(set(&stage, &other, &mut foreign, &proposal).await));
    let shown = stage
        .system
        .proposed_passkey(&owner, &Plain::from("another"), &proposal.asked.challenge)
        .await
        .unwrap();
    assert_eq!(shown.asked.challenge, proposal.asked.challenge);
    stage.passes(SignedDuration::from_mins(10));
    let late = set(&stage, &owner, &mut foreign, &proposal).await;
    assert_eq!(problem(late, "passkey"), Some(Problem::Stale));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_passkey_and_a_wrong_answer_are_answered_alike() {
    let mut stage = Stage::new();
    let owner = registered(&stage).await;
    let (mut known, mut unknown) = (Device::new(), Device::new());
    let proposal = proposed(&stage, &owner, "telephone").await.unwrap();
    unknown.makes(&proposal);
    set(&stage, &owner, &mut known, &proposal).await.unwrap();
    stage.system = crate::queue::with_post(
        &stage,
        std::sync::Arc::clone(&stage.letters) as _,
        sandyq_processing::system::ANSWERED_AFTER,
    );
    let mut said = Vec::new();
    let mut forged = known.answers(&asked(&stage));
    forged.signature = unknown.answers(&asked(&stage)).signature;
    let mut of_another = known.answers(&asked(&stage));
    of_another.handle = "AAAA".to_owned();
    let attempts = [
        unknown.answers(&asked(&stage)),
        forged,
        of_another,
        Assertion::default(),
    ];
    for assertion in attempts {
        let begun = tokio::time::Instant::now();
        let Err(Rejected::Mistake(mistake)) = answered(&stage, assertion).await else {
            panic!("a mistake");
        };
        assert!(begun.elapsed().as_millis() >= 400);
        said.push(mistake);
    }
    assert!(said.iter().all(|mistake| *mistake == said[0]), "{said:?}");
    // Whoever tries with a passkey locks nobody out who has the password.
    tries(&stage, DANA, PASSWORD).await.unwrap();
    comes_in(&stage, &mut known).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_tries_too_often_is_not_listened_to() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let mut device = Device::new();
    adds(&stage, &owner, &mut device, "telephone").await;
    for _ in 0..30 {
        assert!(wrong(answered(&stage, Assertion::default()).await));
    }
    let paused = comes_in(&stage, &mut device).await;
    assert_eq!(problem(paused, "passkey"), Some(Problem::Wait));
    stage.passes(SignedDuration::from_mins(11));
    comes_in(&stage, &mut device).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_that_was_taken_away_opens_nothing() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let (mut gone, mut stays) = (Device::new(), Device::new());
    let owner = adds(&stage, &owner, &mut gone, "old telephone").await;
    let owner = adds(&stage, &owner, &mut stays, "new telephone").await;
    let list = stage.system.my_passkeys(&owner).await.unwrap().unwrap().list;
    let id = list
        .iter()
        .find(|passkey| passkey.name.expose() == "old telephone")
        .unwrap()
        .id
        .clone();
    let removes = |password: &'static str, owner: &Caller| {
        let (system, owner, id) = (stage.system.clone(), owner.clone(), id.clone());
        async move {
            system
                .remove_passkey(&owner, &id, &Plain::from(password), Language::En)
                .await
        }
    };
    let refused = removes("not this one at all", &owner).await;
    assert_eq!(problem(refused, "current"), Some(Problem::PasswordWrong));
    let (stranger, _) = stage.guest("aigul@example.com").await;
    assert!(matches!(
        removes(PASSWORD, &stranger).await,
        Err(Rejected::NotFound)
    ));
    comes_in(&stage, &mut gone).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let before = stage.letters_to(DANA);
    let session = removes(PASSWORD, &owner).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(stage.letters_to(DANA), before + 1, "the owner is told");
    assert!(caller(&stage, &session).await.is_some());
    assert!(wrong(comes_in(&stage, &mut gone).await));
    comes_in(&stage, &mut stays).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_after_the_password_and_what_else_is_asked_for() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let system = &stage.system;
    let propose = |name: &'static str, password: &'static str, code: String| {
        let (system, owner) = (system.clone(), owner.clone());
        async move {
            let (name, password) = (Plain::from(name), Plain::from(password));
            system
                .propose_passkey(&owner, &name, &password, &Plain::new(code))
                .await
        }
    };
    let none = String::new();
    let unproven = propose("telephone", "not this one at all", none.clone()).await;
    assert_eq!(problem(unproven, "current"), Some(Problem::PasswordWrong));
    let nameless = propose("  ", PASSWORD, none.clone()).await;
    assert_eq!(problem(nameless, "name"), Some(Problem::Missing));
    const LONG: &str = "a name that is as long as no name of a telephone ever was or will";
    let long = propose(LONG, PASSWORD, none.clone()).await;
    assert_eq!(problem(long, "name"), Some(Problem::TooLong));

    let secret = system
        .propose_second_proof(&owner, &Plain::from(PASSWORD))
        .await
        .unwrap()
        .secret;
    let first = Plain::new(number(secret.expose(), &stage));
    let set_up = system
        .set_second_proof(&owner, &first, Language::En)
        .await
        .unwrap();
    let owner = caller(&stage, &set_up.session).await.unwrap();
    let (name, password) = (Plain::from("telephone"), Plain::from(PASSWORD));
    let without = system
        .propose_passkey(&owner, &name, &password, &Plain::from("000000"))
        .await;
    assert_eq!(
        problem(without, "code"),
        Some(Problem::OneTime),
        "a passkey stands for the second proof too"
    );
    let paper = set_up.codes[0].clone();
    let proposal = system
        .propose_passkey(&owner, &name, &password, &paper)
        .await
        .unwrap();
    let mut device = Device::new();
    set(&stage, &owner, &mut device, &proposal).await.unwrap();
    // It opens where the second proof is asked for, and at the door.
    let link = led_on(&stage).await;
    assert!(second(&stage, &link, paper.expose()).await.is_err(), "used up");
    comes_in(&stage, &mut device).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_ten_passkeys_at_most_and_a_device_has_one_of_them() {
    let stage = Stage::new();
    let mut owner = registered(&stage).await;
    let mut devices = Vec::new();
    for place in 0..PASSKEYS_MAX {
        let mut device = Device::new();
        owner = adds(&stage, &owner, &mut device, "one of ten").await;
        devices.push(device);
        if place == 0 {
            let proposal = proposed(&stage, &owner, "the same").await.unwrap();
            assert_eq!(proposal.known.len(), 1);
            let again = set(&stage, &owner, &mut devices[0], &proposal).await;
            assert!(wrong(again), "it is there already");
        }
    }
    assert!(matches!(
        proposed(&stage, &owner, "the eleventh").await,
        Err(Rejected::NotFound)
    ));
    comes_in(&stage, &mut devices[4]).await.unwrap();
}

async fn proves_the_address(stage: &Stage) -> AskedForLink {
    let asked = stage
        .system
        .ask_for_reset(&Plain::from(DANA), Language::En)
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    stage
        .system
        .prove_for_reset(&asked.ticket, &asked.binding, &stage.code_for(DANA))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_alone_opens_no_account_that_has_a_passkey() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let system = &stage.system;
    let mut device = Device::new();
    let owner = adds(&stage, &owner, &mut device, "telephone").await;
    let proven = proves_the_address(&stage).await;
    let takes = system.reset_takes(&proven.ticket, &proven.binding).await.unwrap();
    assert!(takes.passkey && !takes.number);
    assert!(wrong(system.reset_password(reset_of(&proven, OTHER, "")).await));
    let mut stranger = Device::new();
    stranger.makes(&proposed(&stage, &owner, "unused").await.unwrap());
    let with = |assertion: Assertion| {
        let reset = Reset {
            passkey: Some((assertion, BROWSER.to_owned())),
            ..reset_of(&proven, OTHER, "")
        };
        let system = system.clone();
        async move { system.reset_password(reset).await }
    };
    assert!(wrong(with(stranger.answers(&asked(&stage))).await));
    with(device.answers(&asked(&stage))).await.unwrap();
    tries(&stage, DANA, OTHER).await.unwrap();
    assert!(tries(&stage, DANA, PASSWORD).await.is_err());
    comes_in(&stage, &mut device).await.unwrap();

    let session = tries(&stage, DANA, OTHER).await.unwrap().session;
    let owner = caller(&stage, &session).await.unwrap();
    let id = system.my_passkeys(&owner).await.unwrap().unwrap().list[0]
        .id
        .clone();
    system
        .remove_passkey(&owner, &id, &Plain::from(OTHER), Language::En)
        .await
        .unwrap();
    let proven = proves_the_address(&stage).await;
    system
        .reset_password(reset_of(&proven, PASSWORD, ""))
        .await
        .expect("without one, the letter is enough again");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_an_account_has_no_passkeys() {
    let stage = Stage::new();
    let (guest, _) = stage.guest("aigul@example.com").await;
    assert!(stage.system.my_passkeys(&guest).await.unwrap().is_none());
    assert!(matches!(
        proposed(&stage, &guest, "telephone").await,
        Err(Rejected::NotFound)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn passkeys_end_with_the_account() {
    let stage = Stage::new();
    let owner = registered(&stage).await;
    let mut device = Device::new();
    let owner = adds(&stage, &owner, &mut device, "telephone").await;
    assert_eq!(rows(&stage, &owner).await.len(), 2);
    stage.system.take_withdrawal(&owner, stage.key()).await.unwrap();
    assert!(wrong(comes_in(&stage, &mut device).await), "withdrawn");
    stage.system.run_queue().await.unwrap();
    assert!(rows(&stage, &owner).await.is_empty());
    assert!(wrong(comes_in(&stage, &mut device).await), "destroyed");
    let stage = stage.reopens();
    assert!(wrong(comes_in(&stage, &mut device).await), "after the next start");
    stage.system.store().verify(|_, _| {}).await.unwrap();
}
