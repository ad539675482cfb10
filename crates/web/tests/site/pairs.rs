//! 6.1: the list of records that may be one person is the responsible person's; a joined record is named to its owner, and stays closed.

use axum::http::StatusCode;

use super::browser::{Browser, Seen};
use super::buy;
use super::desk::{reads_the_policy, sets_up};
use super::stage::Stage;

const PATH: &str = "/staff/alike";

/// Sends the form of a pair.
async fn decides(browser: &mut Browser, [one, other]: [&str; 2], because: &str, step: &str) -> Seen {
    let fields = browser.get("/staff/familiar").await.inputs().into_iter();
    let mut fields: Vec<_> = fields
        .filter(|(name, _)| matches!(name.as_str(), "token" | "key"))
        .collect();
    let typed = [
        ("one", one),
        ("other", other),
        ("because", because),
        ("step", step),
    ];
    fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    browser.post(PATH, &fields).await
}

/// What the first hidden input of that name holds.
fn hidden(page: &Seen, name: &str) -> String {
    let input = page
        .text
        .split(&format!("name=\"{name}\" value=\""))
        .nth(1)
        .unwrap();
    input.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_responsible_person_joins_two_records_and_neither_opens_the_other() {
    let stage = Stage::new();
    let site = stage.site();
    let mut first = Browser::new(&site);
    let of_first = buy(&stage, &mut first).await;
    let mut second = Browser::new(&site);
    let of_second = buy(&stage, &mut second).await;
    stage.system.look_for_alike().await.unwrap();

    stage.staff("gulmira", "responsible").await;
    let mut gulmira = Browser::new(&site);
    sets_up(&stage, &mut gulmira, "gulmira").await;
    reads_the_policy(&mut gulmira).await;
    let list = gulmira.get(PATH).await;
    assert_eq!(list.status, StatusCode::OK);
    assert_eq!(list.text.matches("href=\"/staff/records/").count(), 2);
    for value in ["Әбілқайырова", "dana@example.com", "+77011234567"] {
        assert!(!list.text.contains(value), "records by links, never by a name");
    }

    let (one, other) = (hidden(&list, "one"), hidden(&list, "other"));
    let two = [one.as_str(), other.as_str()];
    let wrong = decides(&mut gulmira, two, "", "one-person").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let place = format!("because-{one}-{other}");
    assert!(
        wrong.text.contains(&format!("href=\"#{place}\"")),
        "{}",
        wrong.text
    );
    assert!(wrong.text.contains(&format!("id=\"{place}\"")));
    let joined = decides(&mut gulmira, two, "papers", "one-person").await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.text);

    for (owner, own, other) in [
        (&mut first, &of_first, &of_second),
        (&mut second, &of_second, &of_first),
    ] {
        let my = owner.get("/my").await;
        assert!(my.text.contains(other.as_str()), "{}", my.text);
        assert!(!my.text.contains(&format!("/order/{other}")));
        let weighed = owner.get("/my/withdraw").await;
        assert!(weighed.text.contains(other.as_str()));
        assert_eq!(owner.get(&format!("/order/{own}")).await.status, StatusCode::OK);
        let closed = owner.get(&format!("/order/{other}")).await;
        assert_ne!(closed.status, StatusCode::OK, "one way in opens one record");
    }

    let split = decides(&mut gulmira, two, "mistaken", "not-one-person").await;
    assert_eq!(split.status, StatusCode::SEE_OTHER, "{}", split.text);
    let my = first.get("/my").await;
    assert!(!my.text.contains(of_second.as_str()), "undone");
}

#[tokio::test]
async fn nobody_else_decides() {
    let stage = Stage::new();
    let site = stage.site();
    let mut dana = Browser::new(&site);
    buy(&stage, &mut dana).await;
    let mut again = Browser::new(&site);
    buy(&stage, &mut again).await;
    stage.system.look_for_alike().await.unwrap();
    let gulmira = stage.system.store().read(|reader| {
        let open = sandyq_store::tables::alike::open(reader, 1)?;
        Ok(open.into_iter().next())
    });
    let (likeness, _) = gulmira.await.unwrap().unwrap();
    let (one, other) = (likeness.subject.to_string(), likeness.other.to_string());

    for (name, role) in [
        ("aliya", "sales"),
        ("bolat", "administrator"),
        ("zarina", "auditor"),
    ] {
        stage.staff(name, role).await;
        let mut browser = Browser::new(&site);
        sets_up(&stage, &mut browser, name).await;
        reads_the_policy(&mut browser).await;
        assert_eq!(browser.get(PATH).await.status, StatusCode::NOT_FOUND, "{role}");
        let posted = decides(&mut browser, [&one, &other], "said", "one-person").await;
        assert_eq!(posted.status, StatusCode::NOT_FOUND, "{role}: {}", posted.text);
    }
}
