//! 5.1.4, 1.1.6: over the pages: cases are chosen by boxes, looked at once more, taken, and given back again; a note is typed in the opened
//! case. No script takes part.

use axum::http::StatusCode;

use super::browser::{Browser, Seen};
use super::desk::{reads_the_policy, sets_up};
use super::matrix::{State, comes};
use super::stage::Stage;

const LIST: &str = "/staff/cases";
const TOGETHER: &str = "/staff/cases/together";

async fn at_desk(stage: &Stage, name: &str, role: &str) -> Browser {
    stage.staff(name, role).await;
    let mut browser = Browser::new(&stage.site());
    sets_up(stage, &mut browser, name).await;
    reads_the_policy(&mut browser).await;
    browser
}

/// Sends boxes and a step, with the token of the session.
async fn sends(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Seen {
    let own = browser.get("/staff/familiar").await.inputs();
    let mut all: Vec<(String, String)> = own.into_iter().filter(|(name, _)| name == "token").collect();
    all.extend(
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    browser.post(path, &all).await
}

#[tokio::test]
async fn cases_are_chosen_by_boxes_taken_together_and_given_back_again() {
    let stage = Stage::new();
    let (_, reference) = comes(&stage, 2, State::Active).await;
    let mut aliya = at_desk(&stage, "aliya", "support").await;
    let list = aliya.get(LIST).await;
    let boxed = format!("case-{reference}");
    assert_eq!(list.boxes(), [(boxed.clone(), "yes".to_owned())]);
    assert!(!list.text.contains(" checked"), "nothing is ticked beforehand");

    let none = sends(&mut aliya, TOGETHER, &[("step", "take")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let foreign = sends(
        &mut aliya,
        TOGETHER,
        &[("case-mara@a.kz", "yes"), ("step", "take")],
    )
    .await;
    assert_ne!(foreign.status, StatusCode::OK);

    let chosen = [
        (&*boxed, "yes"),
        ("case-SQ-0000-0000", "yes"),
        ("kind", "question"),
    ];
    let with = |step| [&chosen[..], &[("step", step)]].concat();
    let ahead = sends(&mut aliya, TOGETHER, &with("take")).await;
    assert_eq!(ahead.status, StatusCode::OK, "{}", ahead.text);
    assert!(ahead.text.contains("not on your desk") && ahead.text.contains("do-take"));
    let nobodys = aliya.get("/staff/cases?owner=nobody").await;
    assert!(nobodys.text.contains(&reference), "nothing has happened yet");

    let done = sends(&mut aliya, TOGETHER, &with("do-take")).await;
    assert!(done.text.contains("One case is yours"), "{}", done.text);
    assert!(
        aliya
            .get("/staff/cases?owner=own")
            .await
            .text
            .contains(&reference)
    );
    let undo = format!("name=\"{boxed}\" value=\"yes\"");
    assert!(done.text.contains(&undo) && done.text.contains("do-give-back"));
    assert!(
        !done.text.contains("name=\"case-SQ-0000-0000\""),
        "only what was done is undone"
    );
    let undone = [(&*boxed, "yes"), ("step", "do-give-back")];
    let undone = sends(&mut aliya, TOGETHER, &undone).await;
    assert!(undone.text.contains("One case is given back"), "{}", undone.text);

    let one = sends(
        &mut aliya,
        &format!("{LIST}/{reference}/take"),
        &[("owner", "own")],
    )
    .await;
    assert_eq!(one.status, StatusCode::SEE_OTHER);
    let there = one.headers["location"].to_str().unwrap().to_owned();
    let list = aliya.get(&there).await;
    assert!(list.text.contains(&format!("You have taken {reference}")));
    assert!(list.text.contains("Undo this"));
    let strange = aliya.get("/staff/cases?did=taken&of=mara@a.kz").await;
    assert!(!strange.text.contains("Undo this") && !strange.text.contains("mara"));
}

#[tokio::test]
async fn a_note_is_typed_in_the_opened_case_and_shown_in_it() {
    let stage = Stage::new();
    let (_, reference) = comes(&stage, 2, State::Active).await;
    let mut aliya = at_desk(&stage, "aliya", "support").await;
    let path = format!("{LIST}/{reference}");
    let asks = aliya.get(&path).await;
    let purpose = [("purpose", "2.2.8"), ("step", "open")];
    let opened = aliya.fill(&asks, &path, &purpose).await;
    assert!(opened.text.contains("What was agreed"), "{}", opened.text);

    let notes = format!("{path}/note");
    let number = [("note", "Card 4111 1111 1111 1111"), ("step", "note")];
    let wrong = aliya.fill(&opened, &notes, &number).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let typed = [("note", "Wants a call on Friday"), ("step", "note")];
    let noted = aliya.fill(&wrong, &notes, &typed).await;
    assert_eq!(noted.status, StatusCode::OK, "{}", noted.text);
    assert!(!noted.text.contains("Friday"));

    let asks = aliya.get(&path).await;
    let opened = aliya.fill(&asks, &path, &purpose).await;
    assert!(!opened.text.contains("Friday"), "it is hidden until needed");
    let reveal = [("purpose", "2.2.8"), ("field", "case_note")];
    let shown = sends(&mut aliya, &format!("{path}/reveal"), &reveal).await;
    assert!(
        shown.text.contains("aliya: Wants a call on Friday"),
        "{}",
        shown.text
    );

    let mut bota = at_desk(&stage, "bota", "sales").await;
    let stranger = [
        ("purpose", "2.2.8"),
        ("note", "From another desk"),
        ("step", "note"),
    ];
    let stranger = sends(&mut bota, &notes, &stranger).await;
    assert_ne!(stranger.status, StatusCode::OK);
}

#[tokio::test]
async fn a_filter_is_kept_above_the_list_without_a_reference() {
    let stage = Stage::new();
    let mut aliya = at_desk(&stage, "aliya", "support").await;
    let views = "/staff/cases/views";
    let words = [
        ("owner", "own"),
        ("reference", "SQ-0000-0000"),
        ("view", "Mine"),
        ("step", "keep"),
    ];
    let kept = sends(&mut aliya, views, &words).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let list = aliya.get(LIST).await;
    assert!(
        list.text.contains("href=\"/staff/cases?owner=own\""),
        "{}",
        list.text
    );
    for (name, owner) in [("", "own"), ("mara@a.kz", "own"), ("Mine", "Mara")] {
        let wrong = [("owner", owner), ("view", name), ("step", "keep")];
        let wrong = sends(&mut aliya, views, &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {owner}");
    }
    let gone = sends(&mut aliya, views, &[("view", "Mine"), ("step", "forget")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert!(!aliya.get(LIST).await.text.contains("Your views"));
}

#[tokio::test]
async fn shortcuts_are_off_until_they_are_switched_on_and_off_means_no_script() {
    let stage = Stage::new();
    let _ = comes(&stage, 2, State::Active).await;
    let mut aliya = at_desk(&stage, "aliya", "support").await;
    let is_scripted = |seen: &Seen| {
        let policy = seen.headers["content-security-policy"].to_str().unwrap();
        let has = seen.text.contains("/keys.js");
        assert_eq!(policy.contains("script-src 'self'"), has);
        has
    };
    assert!(!is_scripted(&aliya.get(LIST).await));
    let strange = sends(&mut aliya, "/staff/keys", &[("step", "perhaps")]).await;
    assert_ne!(strange.status, StatusCode::SEE_OTHER);
    sends(&mut aliya, "/staff/keys", &[("step", "on")]).await;
    let list = aliya.get(LIST).await;
    assert!(
        is_scripted(&list) && list.text.contains("id=\"keys\" hidden"),
        "{}",
        list.text
    );
    assert!(list.text.contains("data-row") && list.text.contains("data-take"));
    sends(&mut aliya, "/staff/keys", &[("step", "off")]).await;
    assert!(!is_scripted(&aliya.get(LIST).await));
    let nobody = Browser::new(&stage.site()).get("/").await;
    assert!(!is_scripted(&nobody), "visitors have none");
}
