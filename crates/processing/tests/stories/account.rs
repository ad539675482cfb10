//! 1.1.3, 2.2.1: an account, from registration to the way in; and what strangers learn by trying: nothing.

use std::sync::Arc;

use crate::stage::{Stage, answers};
use jiff::SignedDuration;
use sandyq_model::{Plain, Problem};
use sandyq_processing::access::{
    AskedForLink, Caller, Claim, Reset, SecondStep, SessionToken, SignedIn, Way,
};
use sandyq_processing::service::Submission;
use sandyq_processing::system::ANSWERED_AFTER;
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::authenticator;

pub const DANA: &str = "dana@example.com";
pub const PASSWORD: &str = "seven horses on a hill";
pub const OTHER: &str = "eight camels in the sand";

pub fn registration(email: &str) -> Submission {
    Submission {
        service: "account".to_owned(),
        language: Language::En,
        answers: answers(&[("last_name", "Omarova"), ("first_name", "Dana"), ("email", email)]),
        about: None,
        quantity: 1,
    }
}

pub fn claim(email: &str, password: &str) -> Claim {
    Claim {
        email: Plain::from(email),
        password: Plain::from(password),
        language: Language::En,
        place: None,
        browser: None,
    }
}

pub fn problem(outcome: Result<impl Sized, Rejected>, input: &str) -> Option<Problem> {
    match outcome {
        Err(Rejected::Mistake(mistake)) => mistake.of(input),
        Err(other) => panic!("not a mistake: {other}"),
        Ok(_) => None,
    }
}

pub async fn caller(stage: &Stage, session: &SessionToken) -> Option<Caller> {
    stage.system.caller(session.expose()).await.unwrap()
}

async fn claims(stage: &Stage, claim: Claim) -> Result<SignedIn, Rejected> {
    match stage.system.sign_in_to_account(claim).await? {
        Way::Open(signed_in) => Ok(signed_in),
        Way::SecondProof(_) => panic!("a second proof is asked for"),
    }
}

pub async fn tries(stage: &Stage, email: &str, password: &str) -> Result<SignedIn, Rejected> {
    claims(stage, claim(email, password)).await
}

pub async fn chooses(
    stage: &Stage,
    caller: &Caller,
    current: &str,
    password: &str,
) -> Result<SessionToken, Rejected> {
    let (current, password) = (Plain::from(current), Plain::from(password));
    let chosen = stage
        .system
        .choose_password(caller, &current, &password, Language::En)
        .await;
    stage.system.run_queue().await.unwrap();
    chosen
}

pub fn reset_of(proven: &AskedForLink, password: &str, second_proof: &str) -> Reset {
    Reset {
        ticket: proven.ticket.clone(),
        binding: proven.binding.clone(),
        password: Plain::from(password),
        second_proof: Plain::from(second_proof),
        passkey: None,
        language: Language::En,
    }
}

/// Dana registered, confirmed, and chose a password.
pub async fn registered(stage: &Stage) -> Caller {
    let taken = stage.submits(registration(DANA)).await.unwrap();
    let entered = stage.confirms(&taken, DANA).await;
    let first = caller(stage, &entered.session).await.unwrap();
    let session = chooses(stage, &first, "", PASSWORD).await.unwrap();
    assert!(
        caller(stage, &entered.session).await.is_none(),
        "the session is another one now"
    );
    caller(stage, &session).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_registers_chooses_a_password_and_comes_in() {
    let stage = Stage::new();
    let taken = stage.submits(registration(DANA)).await.unwrap();
    assert_eq!(
        problem(tries(&stage, DANA, PASSWORD).await, "password"),
        Some(Problem::SignIn)
    );
    let entered = stage.confirms(&taken, DANA).await;
    let first = caller(&stage, &entered.session).await.unwrap();
    let state = stage.system.my_password(&first).await.unwrap().unwrap();
    assert!(!state.chosen);
    for (poor, says) in [
        ("too short", Problem::PasswordShort),
        ("passwordpassword", Problem::PasswordCommon),
        ("Sandyq Demonstration", Problem::PasswordCommon),
    ] {
        assert_eq!(
            problem(chooses(&stage, &first, "", poor).await, "password"),
            Some(says),
            "{poor}"
        );
    }
    chooses(&stage, &first, "", PASSWORD).await.unwrap();
    let signed_in = tries(&stage, "  DANA@example.com ", PASSWORD).await.unwrap();
    let known = caller(&stage, &signed_in.session).await.unwrap();
    let data = stage.system.my_data(&known, Language::En).await.unwrap();
    assert!(data.rows.iter().any(|row| row.value.expose() == "Omarova"));
    stage.system.run_queue().await.unwrap();
    assert_eq!(
        stage.letters_to(DANA),
        2,
        "a code, and a word about a browser that is new"
    );
    let again = Claim {
        browser: Some(signed_in.browser),
        ..claim(DANA, PASSWORD)
    };
    claims(&stage, again).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(
        stage.letters_to(DANA),
        2,
        "nothing new about a browser that is known"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_registers_a_taken_address_learns_nothing_and_the_owner_is_told() {
    let stage = Stage::new();
    registered(&stage).await;
    let before = stage.letters_to(DANA);
    let counts = || stage.system.store().read(sandyq_store::tables::subject::counts);
    let people = counts().await.unwrap();
    let taken = stage.submits(registration(DANA)).await.unwrap();
    let fresh = stage.submits(registration("aigul@example.com")).await.unwrap();
    assert_eq!(taken.until, fresh.until);
    assert_eq!(taken.ticket.len(), fresh.ticket.len());
    assert_eq!(stage.letters_to(DANA), before + 1);
    let code = Plain::from("12345678");
    let mut said = Vec::new();
    for ticket in [&taken, &fresh] {
        let mut answers = Vec::new();
        for _ in 0..7 {
            let tried = stage
                .system
                .confirm(&ticket.ticket, &ticket.binding, &code, stage.key())
                .await;
            answers.push(problem(tried, "code"));
        }
        said.push(answers);
    }
    assert_eq!(said[0], said[1], "word for word");
    assert_eq!(said[0].last().unwrap(), &Some(Problem::Attempts));
    let now = counts().await.unwrap();
    let sum = |rows: &[(_, _, u64)]| rows.iter().map(|row| row.2).sum::<u64>();
    assert_eq!(sum(&now), sum(&people) + 1, "nothing of the second Dana was kept");
    tries(&stage, DANA, PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_registrations_of_one_address_one_becomes_an_account() {
    let stage = Stage::new();
    let first = stage.submits(registration(DANA)).await.unwrap();
    let first_code = stage.code_for(DANA);
    let second = stage.submits(registration(DANA)).await.unwrap();
    let second_code = stage.code_for(DANA);
    let confirm = |taken: &sandyq_processing::service::Taken, code: &Plain<String>| {
        let (system, key) = (stage.system.clone(), stage.key());
        let (ticket, binding, code) = (taken.ticket.clone(), taken.binding.clone(), code.clone());
        async move { system.confirm(&ticket, &binding, &code, key).await }
    };
    let (one, two) = tokio::join!(confirm(&first, &first_code), confirm(&second, &second_code));
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_addresses_get_one_answer_after_the_same_time() {
    let mut stage = Stage::new();
    registered(&stage).await;
    stage.system = crate::queue::with_post(&stage, Arc::clone(&stage.letters) as _, ANSWERED_AFTER);
    for email in [DANA, "nobody@example.com"] {
        let begun = tokio::time::Instant::now();
        let refused = tries(&stage, email, "not this one at all").await;
        assert_eq!(problem(refused, "password"), Some(Problem::SignIn), "{email}");
        assert!(begun.elapsed().as_millis() >= 400);
        let asked = stage
            .system
            .ask_for_reset(&Plain::from(email), Language::En)
            .await
            .unwrap();
        let before = stage.letters_to(email);
        stage.system.run_queue().await.unwrap();
        assert_eq!(stage.letters_to(email) - before, usize::from(email == DANA));
        let mut said = Vec::new();
        for _ in 0..6 {
            let code = Plain::from("00000000");
            let tried = stage
                .system
                .prove_for_reset(&asked.ticket, &asked.binding, &code)
                .await;
            said.push(problem(tried, "code").unwrap());
        }
        assert_eq!(said[..5], [Problem::Code; 5], "{email}");
        assert_eq!(said[5], Problem::Attempts, "{email}");
    }
    assert_eq!(
        problem(tries(&stage, "no address", PASSWORD).await, "email"),
        Some(Problem::Email)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_paused_and_the_owner_is_not_locked_out() {
    let stage = Stage::new();
    registered(&stage).await;
    let own = tries(&stage, DANA, PASSWORD).await.unwrap();
    for _ in 0..5 {
        tries(&stage, DANA, "not this one at all").await.err().unwrap();
    }
    let right = tries(&stage, DANA, PASSWORD).await;
    assert_eq!(
        problem(right, "password"),
        Some(Problem::SignIn),
        "from a strange browser not for now"
    );
    let known = Claim {
        browser: Some(own.browser.clone()),
        ..claim(DANA, PASSWORD)
    };
    claims(&stage, known).await.unwrap();
    let forged = Claim {
        browser: Some(own.browser.replace(|c: char| c.is_ascii_digit(), "0")),
        ..claim(DANA, "not this one at all")
    };
    claims(&stage, forged).await.err().unwrap();
    stage.passes(SignedDuration::from_mins(2));
    tries(&stage, DANA, PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_chosen_anew_by_the_letter_and_everybody_goes_out() {
    let stage = Stage::new();
    let inside = registered(&stage).await;
    let asked = stage
        .system
        .ask_for_reset(&Plain::from(DANA), Language::En)
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    let code = stage.code_for(DANA);
    let elsewhere = stage.system.prove_for_reset(&asked.ticket, "0000", &code).await;
    assert_eq!(problem(elsewhere, "code"), Some(Problem::Code), "another browser");
    let proven = stage
        .system
        .prove_for_reset(&asked.ticket, &asked.binding, &code)
        .await
        .unwrap();
    let again = stage
        .system
        .prove_for_reset(&asked.ticket, &asked.binding, &code)
        .await;
    assert_eq!(problem(again, "code"), Some(Problem::Code), "a code works once");
    let choose = |password: &'static str| {
        let system = stage.system.clone();
        let reset = reset_of(&proven, password, "");
        async move { system.reset_password(reset).await }
    };
    assert_eq!(
        problem(choose("short").await, "password"),
        Some(Problem::PasswordShort)
    );
    choose(OTHER).await.unwrap();
    assert!(choose(PASSWORD).await.is_err(), "once");
    let data = stage.system.my_data(&inside, Language::En).await;
    assert!(data.is_ok(), "the caller was read before");
    assert_eq!(
        problem(tries(&stage, DANA, PASSWORD).await, "password"),
        Some(Problem::SignIn)
    );
    tries(&stage, DANA, OTHER).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_password_takes_the_present_one_and_ends_every_other_session() {
    let stage = Stage::new();
    let inside = registered(&stage).await;
    let other = tries(&stage, DANA, PASSWORD).await.unwrap();
    let wrong = chooses(&stage, &inside, "not this one at all", OTHER).await;
    assert_eq!(problem(wrong, "current"), Some(Problem::PasswordWrong));
    let before = stage.letters_to(DANA);
    let session = chooses(&stage, &inside, PASSWORD, OTHER).await.unwrap();
    assert!(stage.letters_to(DANA) > before, "the owner is told");
    assert!(caller(&stage, &other.session).await.is_none());
    assert!(caller(&stage, &session).await.is_some());
    // The same characters in another writing are the same password (NFKC).
    let composed = "Тойға шақырамын: ёлка й";
    let decomposed = "Тойға шақырамын: е\u{308}лка и\u{306}";
    let now = caller(&stage, &session).await.unwrap();
    chooses(&stage, &now, OTHER, decomposed).await.unwrap();
    tries(&stage, DANA, composed).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_ends_the_account_and_what_proved_its_owner() {
    let stage = Stage::new();
    let inside = registered(&stage).await;
    let subject = inside.subject.unwrap();
    let kept = || {
        stage
            .system
            .store()
            .read(move |reader| authenticator::of_subject(reader, subject))
    };
    let rows = kept().await.unwrap();
    assert_eq!(rows.len(), 1);
    let sealed = String::from_utf8_lossy(&rows[0].sealed);
    assert!(!sealed.contains("argon2"), "the hash is sealed");
    stage.system.take_withdrawal(&inside, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert!(kept().await.unwrap().is_empty());
    assert_eq!(
        problem(tries(&stage, DANA, PASSWORD).await, "password"),
        Some(Problem::SignIn)
    );
    let again = stage.submits(registration(DANA)).await.unwrap();
    stage.confirms(&again, DANA).await;
}

/// The number that a program on a telephone shows at that moment (RFC 6238), told apart from the system's own.
pub fn number(secret: &str, stage: &Stage) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut bits = Vec::new();
    for sign in secret.chars() {
        let value = alphabet.find(sign).unwrap();
        bits.extend((0..5).rev().map(|bit| u8::from(value >> bit & 1 == 1)));
    }
    let bytes: Vec<u8> = bits
        .chunks_exact(8)
        .map(|byte| byte.iter().fold(0, |all, bit| all << 1 | bit))
        .collect();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let step = u64::try_from(stage.now().as_second()).unwrap() / 30;
    let tag = aws_lc_rs::hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let place = usize::from(tag[19] & 15);
    let four: [u8; 4] = tag[place..place + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

pub async fn second(stage: &Stage, link: &AskedForLink, code: &str) -> Result<SignedIn, Rejected> {
    let step = SecondStep {
        ticket: link.ticket.clone(),
        binding: link.binding.clone(),
        code: Plain::from(code),
        language: Language::En,
        place: None,
        browser: None,
    };
    stage.system.sign_in_by_second_proof(step).await
}

pub async fn led_on(stage: &Stage) -> AskedForLink {
    match stage
        .system
        .sign_in_to_account(claim(DANA, PASSWORD))
        .await
        .unwrap()
    {
        Way::SecondProof(link) => link,
        Way::Open(_) => panic!("the password alone opened the way"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_proof_is_asked_for_and_each_number_opens_the_way_once() {
    let stage = Stage::new();
    let inside = registered(&stage).await;
    let system = &stage.system;
    let wrong = system
        .propose_second_proof(&inside, &Plain::from("not this one at all"))
        .await;
    assert_eq!(problem(wrong, "current"), Some(Problem::PasswordWrong));
    let proposed = system
        .propose_second_proof(&inside, &Plain::from(PASSWORD))
        .await
        .unwrap();
    let secret = proposed.secret.expose().clone();
    let early = system
        .set_second_proof(&inside, &Plain::from("000000"), Language::En)
        .await;
    assert_eq!(problem(early, "code"), Some(Problem::OneTime));
    tries(&stage, DANA, PASSWORD).await.unwrap();
    let first = Plain::new(number(&secret, &stage));
    let set = system
        .set_second_proof(&inside, &first, Language::En)
        .await
        .unwrap();
    assert_eq!(set.codes.len(), 10);
    assert!(caller(&stage, &set.session).await.is_some());
    let link = led_on(&stage).await;
    let again = second(&stage, &link, first.expose()).await;
    assert_eq!(
        problem(again, "code"),
        Some(Problem::OneTime),
        "used to set it up"
    );
    stage.passes(SignedDuration::from_secs(30));
    let now = number(&secret, &stage);
    let other = AskedForLink {
        ticket: link.ticket.clone(),
        binding: "00".to_owned(),
    };
    assert_eq!(
        problem(second(&stage, &other, &now).await, "code"),
        Some(Problem::Code),
        "another browser"
    );
    second(&stage, &link, &now).await.unwrap();
    let next = led_on(&stage).await;
    assert_eq!(
        problem(second(&stage, &next, &now).await, "code"),
        Some(Problem::OneTime),
        "replayed"
    );
    let paper = set.codes[3].expose().to_uppercase();
    second(&stage, &next, &paper).await.unwrap();
    let last = led_on(&stage).await;
    assert_eq!(
        problem(second(&stage, &last, &paper).await, "code"),
        Some(Problem::OneTime),
        "on paper, once"
    );
    for _ in 0..4 {
        second(&stage, &last, "123456").await.err().unwrap();
    }
    assert_eq!(
        problem(second(&stage, &last, &now).await, "code"),
        Some(Problem::Attempts)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_alone_does_not_get_around_the_second_proof() {
    let stage = Stage::new();
    let inside = registered(&stage).await;
    let system = &stage.system;
    let proposed = system
        .propose_second_proof(&inside, &Plain::from(PASSWORD))
        .await
        .unwrap();
    let secret = proposed.secret.expose().clone();
    let first = Plain::new(number(&secret, &stage));
    let set = system
        .set_second_proof(&inside, &first, Language::En)
        .await
        .unwrap();
    let asked = system
        .ask_for_reset(&Plain::from(DANA), Language::En)
        .await
        .unwrap();
    system.run_queue().await.unwrap();
    let proven = system
        .prove_for_reset(&asked.ticket, &asked.binding, &stage.code_for(DANA))
        .await
        .unwrap();
    assert!(
        system
            .reset_takes(&proven.ticket, &proven.binding)
            .await
            .unwrap()
            .number
    );
    let without = system.reset_password(reset_of(&proven, "nine eagles", "")).await;
    assert_eq!(problem(without, "code"), Some(Problem::OneTime));
    let code = set.codes[0].expose().clone();
    let session = system
        .reset_password(reset_of(&proven, "nine eagles", &code))
        .await
        .unwrap();
    let owner = caller(&stage, &session).await.unwrap();
    let (short, code) = (Plain::from("nine eagles"), set.codes[1].clone());
    let kept = system
        .remove_second_proof(&owner, &short, &code, Language::En)
        .await;
    assert_eq!(
        problem(kept, "current"),
        Some(Problem::PasswordShort),
        "too short to be alone"
    );
    let session = chooses(&stage, &owner, "nine eagles", OTHER).await.unwrap();
    let owner = caller(&stage, &session).await.unwrap();
    system
        .remove_second_proof(&owner, &Plain::from(OTHER), &code, Language::En)
        .await
        .unwrap();
    tries(&stage, DANA, OTHER).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended_by_their_owner_alone() {
    let stage = Stage::new();
    let inside = registered(&stage).await;
    let other = tries(&stage, DANA, PASSWORD).await.unwrap();
    let (stranger, _) = stage.guest("aigul@example.com").await;
    let list = stage.system.my_sessions(&inside).await.unwrap();
    assert_eq!(list.len(), 2);
    let name = list.iter().find(|session| !session.own).unwrap().name.clone();
    let by_stranger = stage.system.end_session(&stranger, Some(&name)).await;
    assert!(matches!(by_stranger, Err(Rejected::NotFound)));
    stage.system.end_session(&inside, Some(&name)).await.unwrap();
    assert!(caller(&stage, &other.session).await.is_none());
    tries(&stage, DANA, PASSWORD).await.unwrap();
    stage.system.end_session(&inside, None).await.unwrap();
    assert_eq!(stage.system.my_sessions(&inside).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_of_an_account_changes_with_the_password_only() {
    let stage = Stage::new();
    let inside = registered(&stage).await;
    let city = Plain::from("Astana");
    for (typed, right) in [("not this one at all", false), (PASSWORD, true)] {
        let proof = (&Plain::from(typed), stage.key());
        let changed = stage.system.clarify_proven(&inside, "city", &city, proof).await;
        assert_eq!(changed.is_ok(), right, "{typed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_is_taken_when_its_code_is_typed_and_the_old_one_is_told() {
    let stage = Stage::new();
    let inside = registered(&stage).await;
    let system = &stage.system;
    let (password, new) = (Plain::from(PASSWORD), Plain::from("dana.new@example.com"));
    let around = system
        .clarify_proven(&inside, "email", &new, (&password, stage.key()))
        .await;
    assert_eq!(
        problem(around, "email"),
        Some(Problem::Unknown),
        "no way around the code"
    );
    let proposed = system
        .propose_address(&inside, &password, &new, Language::En)
        .await
        .unwrap();
    let under = || (Language::En, stage.key());
    let early = system
        .change_address(&inside, &proposed, &Plain::from("00000000"), under())
        .await;
    assert_eq!(problem(early, "code"), Some(Problem::Code));
    let code = stage.code_for("dana.new@example.com");
    let other = sandyq_processing::access::NewAddress {
        ticket: proposed.ticket.clone(),
        email: Plain::from("somebody.else@example.com"),
        seal: proposed.seal.clone(),
    };
    let swapped = system.change_address(&inside, &other, &code, under()).await;
    assert_eq!(
        problem(swapped, "code"),
        Some(Problem::Code),
        "the code is for one address"
    );
    let before = stage.letters_to(DANA);
    system
        .change_address(&inside, &proposed, &code, under())
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(stage.letters_to(DANA), before + 1, "the old address is told");
    tries(&stage, DANA, PASSWORD).await.err().unwrap();
    tries(&stage, "dana.new@example.com", PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_has_an_account_cannot_be_taken_and_its_owner_is_told() {
    let stage = Stage::new();
    let inside = registered(&stage).await;
    let taken = stage.submits(registration("aigul@example.com")).await.unwrap();
    let entered = stage.confirms(&taken, "aigul@example.com").await;
    let aigul = caller(&stage, &entered.session).await.unwrap();
    let before = stage.letters_to(DANA);
    let proposed = stage
        .system
        .propose_address(&aigul, &Plain::from(""), &Plain::from(DANA), Language::En)
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(stage.letters_to(DANA), before + 1);
    let under = (Language::En, stage.key());
    let guessed = stage
        .system
        .change_address(&aigul, &proposed, &stage.code_for(DANA), under)
        .await;
    assert_eq!(problem(guessed, "code"), Some(Problem::Code));
    assert!(stage.system.my_data(&inside, Language::En).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_registers_types_nothing_twice_and_the_date_of_birth_stays_behind() {
    let stage = Stage::new();
    let mut bought = crate::stage::purchase(DANA);
    bought
        .answers
        .insert("birth_date".to_owned(), Plain::from("07.05.1990"));
    let (guest, case) = stage.comes(bought, DANA).await;
    stage.pays(&guest, &case).await.unwrap();
    let own = stage
        .system
        .begun_with(&guest, "account", Language::En)
        .await
        .unwrap();
    let names: Vec<&str> = own.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names.contains(&"last_name") && names.contains(&"email"),
        "{names:?}"
    );
    for behind in ["birth_date", "card_number", "card_holder", "card_expiry"] {
        assert!(!names.contains(&behind), "{behind}");
    }
    for other in ["event-registration", "guest-purchase", "vacancy-application"] {
        let begun = stage
            .system
            .begun_with(&guest, other, Language::En)
            .await
            .unwrap();
        assert!(
            begun.is_empty(),
            "{other}: what was given for one thing is not used for another"
        );
    }
    let mut submission = registration(DANA);
    submission.answers = own.into_iter().collect();
    let taken = stage.submits(submission).await.unwrap();
    let entered = stage.confirms(&taken, DANA).await;
    let account = caller(&stage, &entered.session).await.unwrap();
    let data = stage.system.my_data(&account, Language::En).await.unwrap();
    assert!(
        data.rows
            .iter()
            .all(|row| row.name != "birth_date" && row.source == "account")
    );
    let order = stage.system.my_data(&guest, Language::En).await.unwrap();
    assert_eq!(order.cases, [case], "the order goes on where it was");
}
