//! Accounts of staff: closed, with another password, and after a restore (5.1.4, 5.1.6).

use std::fs;

use super::backup::with_backups;
use super::escrow::run;
use super::said::Place;

const OLD: &str = "the password of last year\n";
const NEW: &str = "another password since then\n";

fn with_input(place: &Place, line: &str, input: &str) -> i32 {
    place
        .sandyq_with(&line.split(' ').collect::<Vec<_>>(), input)
        .code
}

/// Two accounts, with a place for backups.
fn with_staff() -> Place {
    let place = with_backups();
    for (name, role) in [("gulmira", "responsible"), ("aibek", "responsible")] {
        let add = format!("staff add {name} --role {role} --password-stdin --data data");
        assert_eq!(with_input(&place, &add, OLD), 0);
    }
    place
}

/// Since then one has left, the other has a new password, and somebody came.
fn since_then(place: &Place) {
    run(place, "staff close gulmira --data data").ends(0);
    let renew = "staff password aibek --password-stdin --data data";
    assert_eq!(with_input(place, renew, NEW), 0);
    let add = "staff add zarina --role sales --password-stdin --data data";
    assert_eq!(with_input(place, add, NEW), 0);
}

/// Whether that is somebody's password: whoever has none that fits is told so, and whoever has is told that a second factor
/// comes next.
fn is_password_of(place: &Place, name: &str, password: &str) -> bool {
    let line = format!("subject show SQ-0000-0000 --as {name} --data data");
    let said = place
        .sandyq_with(&line.split(' ').collect::<Vec<_>>(), password)
        .ends(4);
    let fits = said.err.contains("second factor");
    assert_ne!(fits, said.err.contains("do not go together"), "{}", said.err);
    fits
}

fn as_it_is_since(place: &Place) {
    assert!(!is_password_of(place, "gulmira", OLD), "who has left stays out");
    assert!(
        !is_password_of(place, "aibek", OLD),
        "an old password opens nothing"
    );
    assert!(is_password_of(place, "aibek", NEW));
    let listed = run(place, "staff list --data data --json").ends(0).json();
    let closed: Vec<_> = listed["staff"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["closed_at"].is_string()))
        .collect();
    assert_eq!(closed, [("aibek", false), ("gulmira", true), ("zarina", false)]);
}

#[test]
fn an_account_is_closed_and_opened_again_with_a_new_password() {
    let place = with_staff();
    assert!(is_password_of(&place, "gulmira", OLD));
    since_then(&place);
    as_it_is_since(&place);
    let listed = run(&place, "staff list --data data").ends(0);
    assert!(
        listed.out.contains("gulmira  responsible, since ") && listed.out.contains(", closed "),
        "{}",
        listed.out
    );
    assert_eq!(
        with_input(&place, "staff password gulmira --password-stdin --data data", NEW),
        0
    );
    assert!(is_password_of(&place, "gulmira", NEW));
    let said = run(&place, "staff close nobody --data data");
    assert_ne!(said.code, 0);
    assert!(said.err.contains("sandyq staff list"), "{}", said.err);
    let short = with_input(
        &place,
        "staff password aibek --password-stdin --data data",
        "short\n",
    );
    assert_ne!(short, 0);
}

#[test]
fn a_restore_lets_nobody_of_staff_in_who_left_or_has_another_password_since() {
    let place = with_staff();
    run(&place, "backup --data data").ends(0);
    since_then(&place);
    run(
        &place,
        "restore --data data --identity identity --identity other --yes",
    )
    .ends(0);
    as_it_is_since(&place);
    run(&place, "verify --data data").ends(0);
}

#[test]
fn nor_when_the_machine_is_lost_and_only_the_second_copy_knows() {
    let place = with_staff();
    fs::create_dir(place.path("copy")).unwrap();
    let settings = place.path("data/sandyq.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let more = format!(
        "[keys]\nepoch_copy = \"{}\"\n[second_copy]\nfolder = \"{}\"\ncountry = \"KZ\"\n",
        place.path("epoch.key").display(),
        place.path("copy").display()
    );
    fs::write(&settings, text + &more).unwrap();
    run(&place, "verify --data data").ends(0);
    run(&place, "backup --data data").ends(0);
    since_then(&place);
    for lost in [
        "sandyq.db",
        "sandyq.db-wal",
        "sandyq.db-shm",
        "ledger.head",
        "second-copy.head",
    ] {
        let _not_there = fs::remove_file(place.path("data").join(lost));
    }
    fs::remove_file(place.path("data/keys/keys.db")).unwrap();
    let said = run(
        &place,
        "restore --data data --identity identity --identity other --yes",
    )
    .ends(0);
    assert!(!said.err.contains("those of the set"), "{}", said.err);
    as_it_is_since(&place);
    run(&place, "verify --data data").ends(0);
}

#[test]
fn when_nothing_is_known_since_it_is_said_before_anything_is_done() {
    let place = with_staff();
    run(&place, "backup --data data").ends(0);
    for lost in ["sandyq.db", "sandyq.db-wal", "sandyq.db-shm", "ledger.head"] {
        let _not_there = fs::remove_file(place.path("data").join(lost));
    }
    let said = run(
        &place,
        "restore --data data --identity identity --identity other --dry-run",
    )
    .ends(0);
    assert!(
        said.err.contains("staff accounts will be those of the set"),
        "{}",
        said.err
    );
}

fn rows_on(place: &Place, on: &str) -> Vec<(String, bool)> {
    let line = format!("staff access --data data --json{on}");
    let said = run(place, &line).ends(0).json();
    let rows = said["access"].as_array().unwrap();
    rows.iter()
        .map(|row| (row["name"].as_str().unwrap().to_owned(), row["until"].is_string()))
        .collect()
}

#[test]
fn who_had_access_is_said_for_a_day_with_what_each_role_reads() {
    let place = with_staff();
    run(&place, "staff role aibek --role sales --data data").ends(0);
    let owned = |rows: &[(&str, bool)]| -> Vec<(String, bool)> {
        rows.iter()
            .map(|(name, ended)| ((*name).to_owned(), *ended))
            .collect()
    };
    let today = [("aibek", true), ("aibek", false), ("gulmira", false)];
    assert_eq!(rows_on(&place, ""), owned(&today));
    assert_eq!(rows_on(&place, " --on 2020-01-01"), []);
    let words = run(&place, "staff access --data data").ends(0);
    assert!(
        words.out.contains("aibek  ") && words.out.contains("    "),
        "{}",
        words.out
    );
    assert!(words.err.contains("policy in force now"), "{}", words.err);
    let to_come = run(&place, "staff access --on 2999-01-01 --data data");
    assert_ne!(to_come.code, 0);
    let same = run(&place, "staff role aibek --role sales --data data");
    assert_ne!(same.code, 0);
}

#[test]
fn an_invitation_is_a_link_that_is_shown_once_and_a_lost_factor_is_taken_away() {
    let place = with_staff();
    let invited = run(&place, "staff invite zarina --role sales --data data --json")
        .ends(0)
        .json();
    let link = invited["link"].as_str().unwrap();
    let token = link.split_once("/staff/invited/").unwrap().1;
    assert_eq!(token.len(), 43, "{link}");
    let listed = run(&place, "staff list --data data").ends(0);
    assert!(!listed.out.contains("zarina"), "nobody yet: {}", listed.out);
    for wrong in ["gulmira --role sales", "new --role mailer"] {
        assert_ne!(
            run(&place, &format!("staff invite {wrong} --data data")).code,
            0,
            "{wrong}"
        );
    }
    run(&place, "staff factor gulmira --data data").ends(0);
    assert!(is_password_of(&place, "gulmira", OLD));
    assert_ne!(run(&place, "staff factor nobody --data data").code, 0);
    assert_ne!(
        run(&place, "staff unlink gulmira --data data").code,
        0,
        "there is no link"
    );
    for file in ["sandyq.db", "sandyq.db-wal"] {
        let bytes = fs::read(place.path("data").join(file)).unwrap_or_default();
        let found = bytes
            .windows(token.len())
            .any(|window| window == token.as_bytes());
        assert!(!found, "the link lies in {file}");
    }
}
