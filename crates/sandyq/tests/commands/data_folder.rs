//! `init`, `serve` before it serves, `staff`, `doctor`, `verify` on a new folder.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::said::Place;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A folder made and filled in as an operator would.
pub fn filled_in() -> Place {
    let place = Place::new();
    place.sandyq(&["init", "data"]).ends(0);
    let person = |role: &str| {
        format!(
            "[operator.{role}]\nname = \"Айнұр Серік\"\nphone = \"+7 727 250 00 01\"\nemail = \"a@example.com\"\n"
        )
    };
    let settings = format!(
        "[operator]\nname = \"«Мысал» ЖШС\"\nbin = \"061211600012\"\naddress = \"Абай даңғылы, 1, Алматы\\n050000\"\n\
         phone = \"+7 727 250 00 00\"\nemail = \"privacy@example.com\"\nsite = \"https://example.kz\"\n{}{}\
         [smtp]\nhost = \"127.0.0.1\"\nport = 25\nsecurity = \"plain\"\nfrom = \"privacy@example.com\"\n\
         [payments]\nport = \"demonstration\"\n[web]\nlisten = \"127.0.0.1:0\"\n",
        person("responsible"),
        person("deputy")
    );
    std::fs::write(place.path("data/sandyq.toml"), settings).unwrap();
    place
}

#[test]
fn init_makes_a_folder_that_only_its_owner_reaches() {
    let place = Place::new();
    let said = place.sandyq(&["init", "data"]).ends(0);
    assert_eq!(said.out, "made data\n");
    assert!(said.err.contains("sandyq serve --data data"), "{}", said.err);
    assert_eq!(mode(&place.path("data")), 0o700);
    assert_eq!(mode(&place.path("data/keys")), 0o700);
    assert_eq!(mode(&place.path("data/keys/root.key")), 0o600);
    assert_eq!(mode(&place.path("data/sandyq.toml")), 0o600);
    place.sandyq(&["check", "data/policy"]).ends(0);
}

#[test]
fn init_overwrites_nothing() {
    let place = Place::new();
    place.sandyq(&["init", "data"]).ends(0);
    let key = std::fs::read(place.path("data/keys/root.key")).unwrap();
    let said = place.sandyq(&["init", "data"]).ends(1);
    assert_eq!(
        said.err,
        "error: data is there already and not empty\n help: nothing is ever overwritten: name another folder\n"
    );
    assert_eq!(std::fs::read(place.path("data/keys/root.key")).unwrap(), key);
    let rest: Vec<_> = std::fs::read_dir(place.path(""))
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(rest, ["data"], "no half of a folder is left");
}

#[test]
fn quiet_says_the_answer_only() {
    let said = Place::new().sandyq(&["init", "data", "--quiet"]).ends(0);
    assert_eq!((said.out.as_str(), said.err.as_str()), ("made data\n", ""));
}

#[test]
fn serve_names_every_setting_that_is_missing() {
    let place = Place::new();
    place.sandyq(&["init", "data"]).ends(0);
    let said = place.sandyq(&["serve", "--data", "data"]).ends(3);
    for setting in [
        "operator.name",
        "operator.bin",
        "operator.responsible.name",
        "operator.deputy.email",
        "smtp.host",
    ] {
        assert!(
            said.err.contains(&format!("help: {setting} is missing")),
            "{setting}: {}",
            said.err
        );
    }
    assert!(!place.path("data/sandyq.db").exists(), "nothing was made");
}

#[test]
fn a_misspelt_setting_is_shown_with_its_place() {
    let place = Place::new();
    place.sandyq(&["init", "data"]).ends(0);
    std::fs::write(
        place.path("data/sandyq.toml"),
        "[smtp]\nhost = \"x\"\npasword = \"s3cret-in-settings\"\n",
    )
    .unwrap();
    let said = place.sandyq(&["serve", "--data", "data"]).ends(3);
    assert!(
        said.err
            .starts_with("error: data/sandyq.toml:3:1: unknown field `pasword`"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("s3cret"), "{}", said.err);
}

#[test]
fn a_folder_that_is_none_is_told_how_to_make() {
    let place = Place::new();
    for command in ["serve", "verify", "doctor"] {
        let said = place.sandyq(&[command, "--data", "nowhere"]).ends(3);
        assert!(
            said.err.contains("make one with `sandyq init nowhere`"),
            "{}",
            said.err
        );
    }
}

#[test]
fn a_key_that_others_can_read_is_not_used() {
    let place = filled_in();
    std::fs::set_permissions(place.path("data/keys/root.key"), Permissions::from_mode(0o644)).unwrap();
    let said = place.sandyq(&["serve", "--data", "data"]).ends(3);
    assert!(
        said.err.contains("others may reach the key file") && said.err.contains("chmod 600"),
        "{}",
        said.err
    );
    let doctor = place.sandyq(&["doctor", "--data", "data"]).ends(1);
    assert!(doctor.out.contains("wrong    root key"), "{}", doctor.out);
}

#[test]
fn a_filled_in_folder_is_served_and_stops_in_peace() {
    let place = filled_in();
    let serving = place.serving(&["serve", "--data", "data", "--json"]);
    assert_eq!(serving.get("/health").0, 200);
    assert_eq!(serving.get("/policy").0, 200);
    assert_eq!(
        serving.get("/demo/mail").0,
        404,
        "only a demonstration shows letters"
    );
    let busy = place.sandyq(&["verify", "--data", "data"]).ends(6);
    assert!(busy.err.contains("another sandyq works on data"), "{}", busy.err);
    let doctor = place
        .sandyq(&["doctor", "--data", "data", "--json"])
        .ends(0)
        .json();
    let database = doctor["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["check"] == "database")
        .unwrap();
    assert_eq!(database["state"], "unknown");
    assert_eq!(serving.stop(), Some(0));
    let doctor = place.sandyq(&["doctor", "--data", "data"]).ends(0);
    assert!(doctor.out.contains("well     ledger"), "{}", doctor.out);
}

#[test]
fn staff_get_a_password_once_or_bring_their_own() {
    let place = filled_in();
    let made = place
        .sandyq(&["staff", "add", "aibek", "--role", "sales", "--data", "data"])
        .ends(0);
    assert_eq!(made.out.trim().len(), 23, "{}", made.out);
    assert!(
        !made.err.contains(made.out.trim()),
        "the password is in the answer only"
    );
    let own = [
        "staff",
        "add",
        "dana",
        "--role",
        "auditor",
        "--data",
        "data",
        "--password-stdin",
        "--json",
    ];
    let said = place.sandyq_with(&own, "seven horses on the steppe\n").ends(0);
    assert!(said.json()["password"].is_null());
    let short = place.sandyq_with(
        &[
            "staff",
            "add",
            "x",
            "--role",
            "sales",
            "--data",
            "data",
            "--password-stdin",
        ],
        "abc\n",
    );
    assert!(short.ends(2).err.contains("15 to 256 characters"));
    let again = place
        .sandyq(&["staff", "add", "aibek", "--role", "sales", "--data", "data"])
        .ends(2);
    assert!(again.err.contains("name (repeated)"), "{}", again.err);
    place
        .sandyq(&["staff", "add", "robot", "--role", "mailer", "--data", "data"])
        .ends(2);
    place.sandyq(&["verify", "--data", "data"]).ends(0);
}

#[test]
fn nothing_opens_while_the_clock_is_behind() {
    let place = filled_in();
    place
        .sandyq(&["staff", "add", "aibek", "--role", "sales", "--data", "data"])
        .ends(0);
    let later = std::process::Command::new("touch")
        .args(["-d", "2099-01-01T00:00:00Z"])
        .arg(place.path("data/ledger.head"))
        .status();
    assert!(later.unwrap().success());
    let said = place.sandyq(&["verify", "--data", "data"]).ends(3);
    assert!(
        said.err.contains("before what was written already"),
        "{}",
        said.err
    );
    let doctor = place.sandyq(&["doctor", "--data", "data"]).ends(1);
    assert!(doctor.out.contains("wrong    clock"), "{}", doctor.out);
}
