//! 5.1.4: nobody of staff comes in by a password alone. A number and a code on paper open the way once each; whoever lost both is
//! helped by who runs the system, and what changes about a way in ends the sessions.

use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Entry, Happening};
use sandyq_model::{Actor, Plain, Problem, Role};
use sandyq_processing::Rejected;
use sandyq_processing::access::{Caller, HalfWay, OwnProof, SessionToken, number_shown};

use crate::stage::Stage;
use crate::stage::desk::{PASSWORD, sets_up};

fn administrator() -> Actor {
    Actor::system(Role::ADMINISTRATOR)
}

async fn added(stage: &Stage, name: &str) {
    let by = administrator();
    let added = stage.system.add_staff(&by, name, "sales", Plain::from(PASSWORD));
    added.await.unwrap();
}

async fn half_way(stage: &Stage, name: &str) -> HalfWay {
    stage.system.sign_in(name, Plain::from(PASSWORD)).await.unwrap()
}

async fn proves(stage: &Stage, name: &str, typed: &Plain<String>) -> Result<Caller, Rejected> {
    let half_way = half_way(stage, name).await;
    let entered = stage
        .system
        .sign_in_by_number(half_way.token.expose(), typed)
        .await?;
    let caller = stage.system.caller(entered.session.expose()).await?;
    caller.ok_or(Rejected::SignInFirst)
}

fn problem(outcome: Result<impl Sized, Rejected>, input: &str) -> Option<Problem> {
    match outcome {
        Err(Rejected::Mistake(mistake)) => mistake.of(input),
        _ => None,
    }
}

async fn is_in(stage: &Stage, session: &str) -> bool {
    stage.system.caller(session).await.unwrap().is_some()
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

#[tokio::test]
async fn a_password_alone_opens_nothing() {
    let stage = Stage::new();
    added(&stage, "aliya").await;
    let half_way = half_way(&stage, "aliya").await;
    assert!(half_way.sets_up);
    let token = half_way.token.expose();
    assert!(!is_in(&stage, token).await, "half the way is no session");
    let nothing_to_prove = stage
        .system
        .sign_in_by_number(token, &Plain::from("000000"))
        .await;
    assert!(matches!(nothing_to_prove, Err(Rejected::SignInFirst)));
    let wrong = stage.system.set_up_staff(token, &Plain::from("000000")).await;
    assert_eq!(problem(wrong, "code"), Some(Problem::OneTime));
    let (session, kept) = sets_up(&stage.system, token).await;
    assert!(is_in(&stage, session.expose()).await);
    assert_eq!(kept.codes.len(), 10);
    let again = stage.system.proposed_to_staff(token).await;
    assert!(
        matches!(again, Err(Rejected::SignInFirst)),
        "the secret is shown to nobody any more"
    );
    assert_eq!(count_of(&stage, Happening::AuthenticatorSet).await, 1);
    assert_eq!(count_of(&stage, Happening::SignedIn).await, 1);
}

#[tokio::test]
async fn a_number_opens_the_way_once_and_so_does_a_code_on_paper() {
    let stage = Stage::new();
    stage.staff("aliya", "sales").await;
    let shown = stage.desks.number_of(&stage.system, "aliya");
    let used = proves(&stage, "aliya", &shown).await;
    assert_eq!(
        problem(used, "code"),
        Some(Problem::OneTime),
        "it set the factor up"
    );
    stage.passes(SignedDuration::from_secs(30));
    let next = stage.desks.number_of(&stage.system, "aliya");
    let first = half_way(&stage, "aliya").await;
    assert!(!first.sets_up);
    assert!(proves(&stage, "aliya", &next).await.is_ok());
    assert_eq!(
        problem(proves(&stage, "aliya", &next).await, "code"),
        Some(Problem::OneTime)
    );
    let code = stage.desks.code_of("aliya");
    let as_written = Plain::new(format!(" {} ", code.expose().to_uppercase()));
    assert!(proves(&stage, "aliya", &as_written).await.is_ok());
    assert_eq!(
        problem(proves(&stage, "aliya", &code).await, "code"),
        Some(Problem::OneTime)
    );
}

#[tokio::test]
async fn of_two_who_use_one_number_one_comes_in() {
    let stage = Stage::new();
    stage.staff("aliya", "sales").await;
    stage.passes(SignedDuration::from_secs(60));
    let number = stage.desks.number_of(&stage.system, "aliya");
    let (one, two) = tokio::join!(proves(&stage, "aliya", &number), proves(&stage, "aliya", &number));
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1);
}

#[tokio::test]
async fn whoever_guesses_numbers_is_not_listened_to_for_a_while() {
    let stage = Stage::new();
    stage.staff("aliya", "sales").await;
    stage.passes(SignedDuration::from_secs(60));
    for _ in 0..5 {
        let half_way = half_way(&stage, "aliya").await;
        let typed = Plain::from("000000");
        let guessed = stage
            .system
            .sign_in_by_number(half_way.token.expose(), &typed)
            .await;
        assert_eq!(problem(guessed, "code"), Some(Problem::OneTime));
    }
    let paused = stage.system.sign_in("aliya", Plain::from(PASSWORD)).await;
    assert_eq!(
        problem(paused, "password"),
        Some(Problem::Code),
        "the right password as well"
    );
    stage.passes(SignedDuration::from_mins(6));
    let number = stage.desks.number_of(&stage.system, "aliya");
    assert!(proves(&stage, "aliya", &number).await.is_ok());
}

#[tokio::test]
async fn a_pause_holds_for_whoever_was_half_the_way_in() {
    let stage = Stage::new();
    stage.staff("aliya", "sales").await;
    stage.passes(SignedDuration::from_secs(60));
    let half_way = half_way(&stage, "aliya").await;
    let tries = async |typed: &Plain<String>| {
        let tried = stage
            .system
            .sign_in_by_number(half_way.token.expose(), typed)
            .await;
        problem(tried, "code")
    };
    for _ in 0..5 {
        assert_eq!(tries(&Plain::from("000000")).await, Some(Problem::OneTime));
    }
    let number = stage.desks.number_of(&stage.system, "aliya");
    assert_eq!(tries(&number).await, Some(Problem::Wait));
}

#[tokio::test]
async fn half_the_way_is_for_ten_minutes_and_shows_a_secret_to_the_newest_only() {
    let stage = Stage::new();
    added(&stage, "aliya").await;
    let first = half_way(&stage, "aliya").await;
    let seen = stage
        .system
        .proposed_to_staff(first.token.expose())
        .await
        .unwrap();
    let second = half_way(&stage, "aliya").await;
    let gone = stage.system.proposed_to_staff(first.token.expose()).await;
    assert!(matches!(gone, Err(Rejected::SignInFirst)));
    let old = number_shown(&seen.secret, stage.now()).unwrap();
    let by_the_old = stage.system.set_up_staff(second.token.expose(), &old).await;
    assert_eq!(problem(by_the_old, "code"), Some(Problem::OneTime));
    stage.passes(SignedDuration::from_mins(10));
    let late = stage.system.proposed_to_staff(second.token.expose()).await;
    assert!(matches!(late, Err(Rejected::SignInFirst)));
}

#[tokio::test]
async fn a_password_that_was_given_out_leads_to_a_set_up_for_72_hours() {
    let stage = Stage::new();
    added(&stage, "aliya").await;
    stage.passes(SignedDuration::from_hours(72));
    let late = stage.system.sign_in("aliya", Plain::from(PASSWORD)).await;
    assert_eq!(problem(late, "password"), Some(Problem::SetUpLate));
    let wrong = stage
        .system
        .sign_in("aliya", Plain::from("not the right one at all"))
        .await;
    assert_eq!(
        problem(wrong, "password"),
        Some(Problem::Code),
        "only who knows the password is told"
    );
    stage
        .system
        .remove_staff_factor(&administrator(), "aliya")
        .await
        .unwrap();
    assert!(half_way(&stage, "aliya").await.sets_up);
}

#[tokio::test]
async fn what_changes_about_a_way_in_ends_the_sessions() {
    let stage = Stage::new();
    for what in ["factor", "password", "close"] {
        let name = format!("aliya-{what}");
        stage.staff(&name, "sales").await;
        let session = stage.desks.comes_in(&stage.system, &name).await;
        let half_way = half_way(&stage, &name).await;
        assert!(is_in(&stage, session.expose()).await);
        let (system, by) = (&stage.system, administrator());
        match what {
            "factor" => system.remove_staff_factor(&by, &name).await.unwrap(),
            "password" => {
                let other = Plain::from("another long password");
                system.renew_staff_password(&by, &name, other).await.unwrap();
            }
            _ => system.close_staff(&by, &name).await.unwrap(),
        }
        assert!(!is_in(&stage, session.expose()).await, "{what}");
        let code = stage.desks.code_of(&name);
        let rest = system.sign_in_by_number(half_way.token.expose(), &code).await;
        assert!(
            matches!(rest, Err(Rejected::SignInFirst)),
            "{what}: the half way too"
        );
    }
    assert_eq!(count_of(&stage, Happening::AuthenticatorRemoved).await, 1);
    assert_eq!(count_of(&stage, Happening::StaffChanged).await, 1);
    assert_eq!(count_of(&stage, Happening::StaffRemoved).await, 1);
    let lost = stage.desks.code_of("aliya-factor");
    let half_way = half_way(&stage, "aliya-factor").await;
    assert!(half_way.sets_up, "another one is set up");
    let old = stage.system.set_up_staff(half_way.token.expose(), &lost).await;
    assert_eq!(
        problem(old, "code"),
        Some(Problem::OneTime),
        "codes go with the factor"
    );
}

#[tokio::test]
async fn a_new_password_leaves_the_factor_as_it_is() {
    let stage = Stage::new();
    stage.staff("aliya", "sales").await;
    let (by, same) = (administrator(), Plain::from(PASSWORD));
    let renewed = stage.system.renew_staff_password(&by, "aliya", same);
    renewed.await.unwrap();
    assert!(!half_way(&stage, "aliya").await.sets_up);
    let code = stage.desks.code_of("aliya");
    assert!(proves(&stage, "aliya", &code).await.is_ok());
}

#[tokio::test]
async fn an_account_of_staff_gets_no_password_that_everybody_tries() {
    let stage = Stage::new();
    let by = administrator();
    for (poor, says) in [
        ("too short", Problem::PasswordShort),
        ("passwordpassword", Problem::PasswordCommon),
        ("gulmira-aliya-gulmira", Problem::PasswordCommon),
    ] {
        let added = stage
            .system
            .add_staff(&by, "gulmira-aliya", "sales", Plain::from(poor))
            .await;
        assert_eq!(problem(added, "password"), Some(says), "{poor}");
    }
}

#[tokio::test]
async fn what_staff_prove_with_opens_for_nobody_else() {
    let stage = Stage::new();
    for name in ["aliya", "bolat"] {
        stage.staff(name, "sales").await;
    }
    stage.passes(SignedDuration::from_secs(60));
    let number = stage.desks.number_of(&stage.system, "aliya");
    assert_eq!(
        problem(proves(&stage, "bolat", &number).await, "code"),
        Some(Problem::OneTime)
    );
    let code = stage.desks.code_of("aliya");
    assert_eq!(
        problem(proves(&stage, "bolat", &code).await, "code"),
        Some(Problem::OneTime)
    );
}

#[tokio::test]
async fn sessions_of_staff_are_listed_and_ended_one_by_one() {
    let stage = Stage::new();
    let aliya = stage.staff("aliya", "sales").await;
    stage.staff("bolat", "sales").await;
    let other = stage.desks.comes_in(&stage.system, "aliya").await;
    half_way(&stage, "aliya").await;
    let listed = stage.system.my_sessions(&aliya).await.unwrap();
    assert_eq!(listed.len(), 2, "half the way is none");
    let name = &listed.iter().find(|one| !one.own).unwrap().name;
    let stranger = stage.staff_again("bolat").await;
    let foreign = stage.system.end_session(&stranger, Some(name)).await;
    assert!(matches!(foreign, Err(Rejected::NotFound)));
    stage.system.end_session(&aliya, Some(name)).await.unwrap();
    assert!(!is_in(&stage, other.expose()).await);
    assert_eq!(stage.system.my_sessions(&aliya).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_number_is_good_for_ten_minutes_of_what_concerns_rights() {
    let stage = Stage::new();
    stage.staff("aliya", "sales").await;
    let session = stage.desks.comes_in(&stage.system, "aliya").await;
    let aliya = stage.system.caller(session.expose()).await.unwrap().unwrap();
    assert!(stage.system.proved_lately(&aliya).await.unwrap());
    stage.passes(SignedDuration::from_mins(10));
    assert!(!stage.system.proved_lately(&aliya).await.unwrap());
    let wrong = stage.system.prove_at_desk(&aliya, &Plain::from("000000")).await;
    assert_eq!(problem(wrong, "code"), Some(Problem::OneTime));
    let number = stage.desks.number_of(&stage.system, "aliya");
    let next = stage.system.prove_at_desk(&aliya, &number).await.unwrap();
    assert!(
        !is_in(&stage, session.expose()).await,
        "it goes on under another secret"
    );
    let aliya = stage.system.caller(next.expose()).await.unwrap().unwrap();
    assert!(stage.system.proved_lately(&aliya).await.unwrap());
    let again = stage.system.prove_at_desk(&aliya, &number).await;
    assert_eq!(problem(again, "code"), Some(Problem::OneTime));
    for _ in 0..24 {
        stage.passes(SignedDuration::from_mins(29));
        stage.system.caller(next.expose()).await.unwrap();
    }
    stage.passes(SignedDuration::from_mins(14));
    assert!(
        !is_in(&stage, next.expose()).await,
        "twelve hours from the sign-in, not from the number"
    );
}

/// Somebody changes the password by what they type.
async fn changes(
    stage: &Stage,
    caller: &Caller,
    current: &str,
    number: &Plain<String>,
    chosen: &str,
) -> Result<SessionToken, Rejected> {
    let proof = OwnProof {
        current: Plain::from(current),
        number: number.clone(),
    };
    let chosen = Plain::from(chosen);
    stage
        .system
        .change_own_staff_password(caller, proof, &chosen)
        .await
}

const CHOSEN: &str = "nine grey wolves at dusk";

#[tokio::test]
async fn a_password_is_changed_by_both_proofs_and_everybody_else_goes_out() {
    let stage = Stage::new();
    let aliya = stage.staff("aliya", "sales").await;
    let bolat = stage.staff("bolat", "sales").await;
    let other = stage.desks.comes_in(&stage.system, "aliya").await;
    let waiting = half_way(&stage, "aliya").await;
    stage.passes(SignedDuration::from_secs(60));
    let number = stage.desks.number_of(&stage.system, "aliya");
    let short = changes(&stage, &aliya, "not compared at all", &number, "short").await;
    assert_eq!(problem(short, "password"), Some(Problem::PasswordShort));
    let common = changes(&stage, &aliya, PASSWORD, &number, "passwordpassword").await;
    assert_eq!(problem(common, "password"), Some(Problem::PasswordCommon));
    assert_eq!(
        count_of(&stage, Happening::SignInRefused).await,
        0,
        "nothing was compared"
    );
    let session = changes(&stage, &aliya, PASSWORD, &number, CHOSEN).await.unwrap();
    assert_eq!(count_of(&stage, Happening::StaffChanged).await, 1);
    let goes_on = stage.system.caller(session.expose()).await.unwrap().unwrap();
    assert_eq!(stage.system.my_sessions(&goes_on).await.unwrap().len(), 1);
    assert!(!is_in(&stage, other.expose()).await);
    assert_eq!(
        stage.system.my_sessions(&bolat).await.unwrap().len(),
        1,
        "nobody else's"
    );
    let code = stage.desks.code_of("aliya");
    let rest = stage
        .system
        .sign_in_by_number(waiting.token.expose(), &code)
        .await;
    assert!(matches!(rest, Err(Rejected::SignInFirst)), "half the way as well");
    let old = stage.system.sign_in("aliya", Plain::from(PASSWORD)).await;
    assert_eq!(problem(old, "password"), Some(Problem::Code));
    assert!(stage.system.sign_in("aliya", Plain::from(CHOSEN)).await.is_ok());
    let again = changes(&stage, &goes_on, CHOSEN, &number, "ten white wolves at dawn").await;
    assert_eq!(
        problem(again, "current"),
        Some(Problem::PasswordOrNumber),
        "a number opens once"
    );
}

#[tokio::test]
async fn which_proof_was_wrong_is_not_said_and_the_fifth_failure_ends_the_session() {
    let stage = Stage::new();
    stage.staff("aliya", "sales").await;
    let sits = stage.staff_again("aliya").await;
    let elsewhere = stage.desks.comes_in(&stage.system, "aliya").await;
    stage.passes(SignedDuration::from_secs(60));
    let number = stage.desks.number_of(&stage.system, "aliya");
    let wrong = Plain::from("000000");
    for (current, typed) in [
        (PASSWORD, &wrong),
        ("another long password", &number),
        ("another long password", &wrong),
        (PASSWORD, &wrong),
    ] {
        let tried = changes(&stage, &sits, current, typed, CHOSEN).await;
        assert_eq!(problem(tried, "current"), Some(Problem::PasswordOrNumber));
    }
    let fifth = changes(&stage, &sits, PASSWORD, &wrong, CHOSEN).await;
    assert!(matches!(fifth, Err(Rejected::SignInFirst)));
    let listed = stage.system.my_sessions(&sits).await.unwrap();
    assert!(listed.iter().all(|one| !one.own), "the session is over");
    let elsewhere = stage.system.caller(elsewhere.expose()).await.unwrap().unwrap();
    let paused = changes(&stage, &elsewhere, PASSWORD, &number, CHOSEN).await;
    assert_eq!(problem(paused, "current"), Some(Problem::Wait));
    assert_eq!(
        problem(
            stage.system.sign_in("aliya", Plain::from(PASSWORD)).await,
            "password"
        ),
        Some(Problem::Code)
    );
    assert_eq!(count_of(&stage, Happening::SignInRefused).await, 7);
    stage.passes(SignedDuration::from_mins(6));
    let number = stage.desks.number_of(&stage.system, "aliya");
    assert!(
        changes(&stage, &elsewhere, PASSWORD, &number, CHOSEN)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_first() {
    let stage = Stage::new();
    let aliya = stage.staff("aliya", "sales").await;
    let (one, two) = (stage.desks.code_of("aliya"), stage.desks.code_of("aliya"));
    let (first, second) = tokio::join!(
        changes(&stage, &aliya, PASSWORD, &one, CHOSEN),
        changes(&stage, &aliya, PASSWORD, &two, "ten white wolves at dawn"),
    );
    assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1);
}
