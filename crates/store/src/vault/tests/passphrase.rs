//! A root key that a passphrase opens: a wrong passphrase is not a damaged file, and neither is repeated to anybody.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sandyq_model::Plain;

use super::super::{KeyFile, KeyFileFault, KeySource, PassphraseFile};
use super::{Strongroom, clock};

const WORDS: &str = "алты бақан ала ауыз болмайық";

fn made(room: &Strongroom) -> PassphraseFile {
    PassphraseFile::create(
        &room.path("p.key"),
        1,
        &Plain::from(WORDS),
        &*room.chance,
        &clock(),
    )
    .unwrap()
}

fn refusal(path: &Path, passphrase: &str) -> KeyFileFault {
    PassphraseFile::open(path, &Plain::from(passphrase))
        .err()
        .unwrap()
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn the_right_passphrase_opens_and_a_wrong_one_is_said_to_be_wrong() {
    let room = Strongroom::new();
    let source = made(&room);
    let path = room.path("p.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    let again = PassphraseFile::open(&path, &Plain::from(WORDS)).unwrap();
    assert_eq!(*again.derive(b"x").unwrap(), *source.derive(b"x").unwrap());
    assert_ne!(*again.derive(b"y").unwrap(), *source.derive(b"x").unwrap());
    assert_eq!(again.origin().kind, "passphrase");
    let words = refusal(&path, "алты бақан ала ауыз болмайық!");
    assert!(matches!(words, KeyFileFault::WrongPassphrase(_)), "{words}");
    assert!(!words.to_string().contains("бақан"));
    let refused = PassphraseFile::create(&path, 1, &Plain::from(WORDS), &*room.chance, &clock());
    assert!(matches!(refused, Err(KeyFileFault::Exists(_))));
}

#[test]
fn a_passphrase_is_the_same_however_its_signs_are_put_together() {
    let room = Strongroom::new();
    let path = room.path("p.key");
    let (whole, apart) = (
        "\u{439}од без семи дней был",
        "\u{438}\u{306}од без семи дней был",
    );
    PassphraseFile::create(&path, 1, &Plain::from(whole), &*room.chance, &clock()).unwrap();
    assert!(PassphraseFile::open(&path, &Plain::from(apart)).is_ok());
}

#[test]
fn a_damaged_file_is_not_called_a_wrong_passphrase() {
    let room = Strongroom::new();
    made(&room);
    let text = fs::read_to_string(room.path("p.key")).unwrap();
    let path = room.path("damaged.key");
    for place in (0..text.len()).step_by(7).chain(text.len() - 30..text.len()) {
        let mut bytes = text.clone().into_bytes();
        bytes[place] ^= 1;
        write(&path, &String::from_utf8(bytes).unwrap());
        let fault = refusal(&path, WORDS);
        assert!(
            matches!(fault, KeyFileFault::Malformed { .. }),
            "byte {place}: {fault}"
        );
    }
    for length in [0, 1, 40, text.len() / 2, text.len() - 1] {
        write(&path, &text[..length]);
        assert!(
            matches!(refusal(&path, WORDS), KeyFileFault::Malformed { .. }),
            "{length}"
        );
    }
}

#[test]
fn a_file_that_asks_for_too_little_work_or_too_much_is_refused() {
    let room = Strongroom::new();
    made(&room);
    let text = fs::read_to_string(room.path("p.key")).unwrap();
    let path = room.path("costs.key");
    for (was, becomes) in [
        ("kib=65536", "kib=65535"),
        ("kib=65536", "kib=4294967295"),
        ("passes=3", "passes=2"),
        ("passes=3", "passes=17"),
        ("lanes=4", "lanes=0"),
        ("lanes=4", "lanes=17"),
    ] {
        let (summed, _) = text.rsplit_once("\nsum=").unwrap();
        let changed = summed.replace(was, becomes);
        let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, changed.as_bytes());
        write(
            &path,
            &format!("{changed}\nsum={}\n", hex::encode(&sum.as_ref()[..8])),
        );
        let words = refusal(&path, WORDS).to_string();
        assert!(words.contains("less work than is safe"), "{becomes}: {words}");
    }
}

#[test]
fn rights_for_anybody_else_are_refused() {
    let room = Strongroom::new();
    made(&room);
    let path = room.path("p.key");
    for mode in [0o640, 0o604, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert!(refusal(&path, WORDS).to_string().contains("chmod 600"));
        assert!(PassphraseFile::check(&path).is_err());
    }
}

#[test]
fn a_short_passphrase_is_refused() {
    let room = Strongroom::new();
    let path = room.path("short.key");
    let made = PassphraseFile::create(&path, 1, &Plain::from("correct horse"), &*room.chance, &clock());
    assert!(matches!(made, Err(KeyFileFault::PassphraseLength)));
    assert!(!path.exists());
}

#[test]
fn one_kind_of_file_is_not_taken_for_the_other() {
    let room = Strongroom::new();
    made(&room);
    let words = KeyFile::open(&room.path("p.key")).err().unwrap().to_string();
    assert!(words.contains("source = \"passphrase\""), "{words}");
    let words = refusal(&room.path("root.key"), WORDS).to_string();
    assert!(words.contains("source = \"file\""), "{words}");
}

#[test]
fn a_changed_passphrase_opens_the_same_root_and_the_old_one_opens_nothing() {
    let room = Strongroom::new();
    let source = made(&room);
    let path = room.path("p.key");
    let new = Plain::from("another passphrase of six words");
    let change =
        |old: &str, new: &Plain<String>| PassphraseFile::change(&path, &Plain::from(old), new, &*room.chance);
    let before = fs::read_to_string(&path).unwrap();
    assert!(matches!(
        change("somebody else's passphrase", &new),
        Err(KeyFileFault::WrongPassphrase(_))
    ));
    assert!(matches!(
        change(WORDS, &Plain::from("short")),
        Err(KeyFileFault::PassphraseLength)
    ));
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        before,
        "what was refused changes nothing"
    );

    change(WORDS, &new).unwrap();
    let after = fs::read_to_string(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    let salt = |text: &str| {
        text.split(' ')
            .find_map(|word| word.strip_prefix("salt=").map(str::to_owned))
    };
    assert_ne!(salt(&before), salt(&after));
    assert!(matches!(refusal(&path, WORDS), KeyFileFault::WrongPassphrase(_)));
    let again = PassphraseFile::open(&path, &new).unwrap();
    assert_eq!(*again.derive(b"x").unwrap(), *source.derive(b"x").unwrap());
    assert_eq!(again.origin(), source.origin());
    let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().flatten().collect();
    assert!(!names.iter().any(|name| {
        name.path()
            .extension()
            .is_some_and(|end| end == "old" || end == "draft")
    }));
}

#[test]
fn a_change_that_a_crash_cut_off_leaves_one_passphrase_and_no_old_file() {
    let room = Strongroom::new();
    made(&room);
    let (path, old) = (room.path("p.key"), room.path("p.old"));
    // Before the new file took the place: both names are of the file in use.
    fs::hard_link(&path, &old).unwrap();
    PassphraseFile::open(&path, &Plain::from(WORDS)).unwrap();
    assert!(!old.exists());
    PassphraseFile::open(&path, &Plain::from(WORDS)).unwrap();

    // After it: the old file is still there, and somebody holds it open.
    fs::copy(&path, &old).unwrap();
    let mut held = fs::File::open(&old).unwrap();
    let new = Plain::from("another passphrase of six words");
    fs::remove_file(&old).unwrap();
    let mut in_use = fs::File::open(&path).unwrap();
    PassphraseFile::change(&path, &Plain::from(WORDS), &new, &*room.chance).unwrap();
    let mut text = Vec::new();
    in_use.read_to_end(&mut text).unwrap();
    assert!(text.iter().all(|byte| *byte == 0), "the old file is overwritten");
    text.clear();
    held.read_to_end(&mut text).unwrap();
    assert!(text.iter().any(|byte| *byte != 0), "the copy was another file");

    write(&old, &String::from_utf8(text).unwrap());
    let mut held = fs::File::open(&old).unwrap();
    PassphraseFile::open(&path, &new).unwrap();
    assert!(!old.exists());
    let mut text = Vec::new();
    held.read_to_end(&mut text).unwrap();
    assert!(
        text.iter().all(|byte| *byte == 0),
        "what a crash left is overwritten at the next start"
    );
}
