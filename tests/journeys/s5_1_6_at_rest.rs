//! Clause 5.1.6 at the administrator's desk: what is not looked after is named; a backup is begun and made while the site goes on; it is tried
//! out with an identity that is there for as long as it takes; both stand in the account under the administrator, and nobody's data is shown.

use super::harness::{Visitor, wait_for};
use super::s5_1_6_backup::Scene;

const PAGE: &str = "/staff/at-rest";

#[test]
fn the_administrator_makes_a_backup_and_tries_it_out() {
    let mut scene = Scene::set();
    let settings = scene.running.data().join("sandyq.toml");
    let mut text = std::fs::read_to_string(&settings).expect("settings");
    let stick = scene.elsewhere.path().join("stick");
    let other = scene.elsewhere.path().join("other");
    text.push_str(&format!(
        "drill_identity = \"{}\"\nsecond_drill_identity = \"{}\"\n",
        stick.display(),
        other.display()
    ));
    std::fs::write(&settings, text).expect("settings");
    scene.running.start_again();
    let mut administrator = scene.running.at_desk("administrator", "en");
    let page = administrator.get(PAGE);
    // The server makes the first set by itself.
    let made =
        |page: &super::harness::Page| page.text().contains("KiB new") || page.text().contains("MiB new");
    if !made(&page) {
        wait_for("the first set", || {
            let page = administrator.get(PAGE);
            made(&page).then_some(page)
        });
    }
    let page = administrator.get(PAGE);
    assert!(
        page.text().contains("No backup was ever tried out"),
        "{}",
        page.text()
    );
    assert!(
        page.text().contains("sandyq drill --identity"),
        "nothing to drill with here"
    );
    let first = set_of(&page);

    administrator.submit(&page, &[("step", "backup")]);
    let page = wait_for("another set", || {
        let page = administrator.get(PAGE);
        (set_of(&page) != first && !page.text().contains("is being made")).then_some(page)
    });

    std::fs::copy(scene.elsewhere.path().join("identity"), &stick).expect("the stick is plugged in");
    let page_with = administrator.get(PAGE);
    assert!(
        page_with.text().contains("Try out the newest backup"),
        "{}",
        page_with.text()
    );
    administrator.submit(&page_with, &[("step", "drill")]);
    let tried = wait_for("the drill", || {
        let page = administrator.get(PAGE);
        page.text().contains("Everything was found right").then_some(page)
    });
    assert!(
        tried.text().contains(&set_of(&page)),
        "of the newest: {}",
        tried.text()
    );
    std::fs::remove_file(&stick).expect("unplugged");
    let alone = administrator.get(PAGE);
    assert!(
        !alone.text().contains("Try out the newest backup"),
        "{}",
        alone.text()
    );
    shown_to_nobody_else(&scene, &mut administrator);
    assert!(scene.running.stop().success());
}

/// In every language to the administrator, in the account, and to nobody else.
fn shown_to_nobody_else(scene: &Scene, administrator: &mut Visitor) {
    for (language, words) in [
        ("kk", "Сақтық көшірмелер мен кілттер"),
        ("ru", "Резервные копии и ключи"),
    ] {
        administrator.language = language.to_owned();
        let page = administrator.get(&format!("{PAGE}?language={language}"));
        assert!(page.text().contains(words), "{}", page.text());
    }
    let mut auditor = scene.running.at_desk("auditor", "en");
    let ledger = auditor.get("/staff/audit?deed=backup-drilled");
    assert!(
        ledger.text().contains("administrator"),
        "who did it: {}",
        ledger.text()
    );
    assert_eq!(
        auditor.get(PAGE).answer.status,
        404,
        "it is the administrator's alone"
    );
}

/// The set that the page calls the last one.
fn set_of(page: &super::harness::Page) -> String {
    let after = page.source.split("Last backup").nth(1).unwrap_or_default();
    let code = after.split("<code>").nth(1).unwrap_or_default();
    code.split('<').next().unwrap_or_default().to_owned()
}
