//! The key file is ours alone, whole, and never overwritten; each refusal says what to do.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};

use super::super::{KeyFile, KeyFileFault, KeySource};
use super::{Strongroom, clock};

fn refusal(path: &std::path::Path) -> String {
    KeyFile::open(path).err().unwrap().to_string()
}

#[test]
fn a_new_key_file_is_readable_by_its_owner_only_and_opens_again() {
    let room = Strongroom::new();
    let path = room.path("root.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("sandyq-root-key/1 number=1 created=2026-11-23T11:00:00Z")
    );
    let digits = lines.next().unwrap();
    assert!(digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(lines.next(), None);
    let again = KeyFile::open(&path).unwrap();
    assert_eq!(*again.derive(b"x").unwrap(), *room.source.derive(b"x").unwrap());
    assert_eq!(again.origin().number, 1);
    let left: Vec<_> = fs::read_dir(room.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "no draft stays behind");
}

#[test]
fn derivation_is_hkdf_sha256_of_rfc_5869() {
    // Worked out with an independent implementation (hmac and hashlib of Python) for the root key 00 01 … 1f.
    let room = Strongroom::new();
    let path = room.path("known.key");
    let digits: String = (0..32_u8).map(|byte| format!("{byte:02x}")).collect();
    fs::write(
        &path,
        format!("sandyq-root-key/1 number=1 created=2026-11-23T11:00:00Z\n{digits}\n"),
    )
    .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let derived = KeyFile::open(&path)
        .unwrap()
        .derive(b"sandyq/seal-kek/1")
        .unwrap();
    assert_eq!(
        hex::encode(*derived),
        "9909140ae7ce669844339f9d8c122a1b61eebfebba71f0ef1bbfa1e33d125eeb"
    );
}

#[test]
fn an_existing_key_file_is_never_overwritten() {
    let room = Strongroom::new();
    let path = room.path("root.key");
    let before = fs::read(&path).unwrap();
    let refused = KeyFile::create(&path, 2, &*room.chance, &clock());
    assert!(matches!(refused, Err(KeyFileFault::Exists(_))));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_draft_that_a_crash_left_is_no_obstacle() {
    let room = Strongroom::new();
    fs::write(room.path("second.draft"), "half a ke").unwrap();
    assert!(KeyFile::create(&room.path("second.key"), 2, &*room.chance, &clock()).is_ok());
    assert!(!room.path("second.draft").exists());
}

#[test]
fn rights_for_anybody_else_are_refused_with_what_to_do() {
    let room = Strongroom::new();
    let path = room.path("root.key");
    for mode in [0o640, 0o604, 0o610, 0o601, 0o660, 0o644, 0o777, 0o620] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let words = refusal(&path);
        assert!(
            words.contains(&format!("mode {mode:04o}")) && words.contains("chmod 600"),
            "{words}"
        );
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(KeyFile::open(&path).is_ok(), "read-only is as good");
}

#[test]
fn a_file_of_another_owner_is_refused_with_what_to_do() {
    let room = Strongroom::new();
    let path = room.path("root.key");
    if chown(&path, Some(65_534), None).is_err() {
        return; // Only a superuser can give a file away.
    }
    let words = refusal(&path);
    assert!(
        words.contains("belongs to user 65534") && words.contains("chown"),
        "{words}"
    );
}

#[test]
fn a_missing_file_or_a_folder_is_said_to_be_one() {
    let room = Strongroom::new();
    assert!(refusal(&room.path("nowhere.key")).contains("there is no key file"));
    assert!(refusal(room.folder.path()).contains("not a regular file"));
}

#[test]
fn a_file_that_holds_no_key_is_refused_by_what_is_wrong() {
    let room = Strongroom::new();
    let header = "sandyq-root-key/1 number=1 created=2026-11-23T11:00:00Z";
    let digits = "ab".repeat(16) + &"cd".repeat(16);
    let cases = [
        ("empty", String::new(), "begin with"),
        ("raw_bytes_without_a_header", "x".repeat(32), "begin with"),
        (
            "later_format",
            format!("sandyq-root-key/2 number=1 created=2026-11-23T11:00:00Z\n{digits}\n"),
            "begin with",
        ),
        (
            "number_not_a_number",
            format!("sandyq-root-key/1 number=one created=2026-11-23T11:00:00Z\n{digits}\n"),
            "begin with",
        ),
        ("one_word_more", format!("{header} x\n{digits}\n"), "begin with"),
        (
            "one_digit_less",
            format!("{header}\n{}\n", &digits[1..]),
            "64 hexadecimal digits",
        ),
        (
            "one_digit_more",
            format!("{header}\n{digits}a\n"),
            "64 hexadecimal digits",
        ),
        (
            "not_a_digit",
            format!("{header}\n{}g\n", &digits[1..]),
            "64 hexadecimal digits",
        ),
        (
            "third_line",
            format!("{header}\n{digits}\n{digits}\n"),
            "64 hexadecimal digits",
        ),
        ("all_zero", format!("{header}\n{}\n", "0".repeat(64)), "no key"),
        (
            "too_long",
            format!("{header}\n{digits}\n{}", " ".repeat(300)),
            "longer",
        ),
    ];
    for (name, text, words) in cases {
        let path = room.path(name);
        fs::write(&path, &text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let said = refusal(&path);
        assert!(said.contains(words), "{name}: {said}");
        assert!(
            !said.contains(&digits),
            "{name}: never repeats what the file holds"
        );
    }
}
