//! The verifier as a stranger uses it: files, arguments, texts and exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it goes wrong"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::entry::{By, Deed, Entry, Happening, Moment};
use sandyq_ledger::note::Signer;
use sandyq_ledger::receipt::{DestructionReceipt, issue};
use sandyq_ledger::tile::{Layer, Tile, TileId, TileReader, TiledHashes, Tree, encode_bundle};
use sandyq_ledger::tree::{Hash, prove_consistency, prove_inclusion};
use sandyq_model::Role;
use serde_json::Value;

const ORIGIN: &str = "example.kz/ledger";
const KEY: &str = "example.kz/ledger+7ad263e3+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
const OTHER_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

fn signer() -> Signer {
    Signer::from_seed(ORIGIN, &[1; 32]).unwrap()
}

/// What the verifier answered.
struct Answer {
    code: i32,
    out: String,
    err: String,
}

fn verifier<const N: usize>(arguments: [&str; N]) -> Answer {
    let output = Command::new(env!("CARGO_BIN_EXE_sandyq-verifier"))
        .args(arguments)
        .output()
        .unwrap();
    Answer {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec/vectors")
        .join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn entry(number: u64) -> Entry {
    let at = Moment::from_millis(1_795_430_100_000 + number * 1000).unwrap();
    Entry::new(
        at,
        Role::ADMINISTRATOR,
        By::System,
        Deed::Happening(Happening::LedgerVerified),
    )
}

/// A ledger in a folder, as a web server would hand it out.
struct Folder(tempfile::TempDir);

impl Folder {
    fn of(size: u64) -> Self {
        Self::with((0..size).map(entry).collect())
    }

    fn with(entries: Vec<Entry>) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let size = entries.len() as u64;
        let mut tree = Tree::new();
        let leaves: Vec<Hash> = entries.iter().map(Entry::leaf_hash).collect();
        tree.append_batch(&leaves)
            .iter()
            .for_each(|tile: &Tile| folder.write(&tile.id.path(), &tile.bytes()));
        for (index, part) in (0..).zip(entries.chunks(256)) {
            let id = TileId::in_tree(Layer::Entries, index, size).unwrap();
            folder.write(
                &id.path(),
                &encode_bundle(part.iter().map(Entry::encode)).unwrap(),
            );
        }
        let note = tree.checkpoint(ORIGIN).sign(&[&signer()]).unwrap().to_string();
        folder.write("checkpoint", note.as_bytes());
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn spoil(&self, name: &str, at: usize) {
        let mut bytes = fs::read(self.path(name)).unwrap();
        bytes[at] ^= 1;
        fs::write(self.path(name), bytes).unwrap();
    }

    /// The proof from the ledger as it was with `older` entries to the one in this folder, as a file.
    fn proof(&self, older: u64) -> String {
        let keys = [signer().verifier_key().clone()];
        let newest = Checkpoint::open(&fs::read(self.path("checkpoint")).unwrap(), &keys).unwrap();
        let mut hashes = TiledHashes::new(newest.size, Files(self.0.path().to_owned()));
        prove_consistency(older, newest.size, &mut hashes)
            .unwrap()
            .to_string()
    }
}

struct Files(PathBuf);

impl TileReader for Files {
    type Error = std::io::Error;

    fn tile(&mut self, id: TileId) -> std::io::Result<Vec<u8>> {
        fs::read(self.0.join(id.path()))
    }
}

#[test]
fn a_destruction_receipt_holds() {
    let folder = Folder::of(1);
    folder.write(
        "receipt.json",
        vectors("destruction-receipt.json")["receipt"]
            .as_str()
            .unwrap()
            .as_bytes(),
    );
    let answer = verifier(["receipt", &folder.text("receipt.json"), "--key", KEY]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    assert_eq!(
        answer.out,
        "the receipt holds: destruction\n  \
         receipt     0e0e0e0e-0e0e-0e0e-0e0e-0e0e0e0e0e0e\n  \
         operator    ТОО «Үлгі», BIN 990140001234\n  \
         subject     5b5b5b5b-5b5b-5b5b-5b5b-5b5b5b5b5b5b\n  \
         destroyed   fields 4, 5, 13, 14, 15 at 2026-11-23T10:37:00.123Z\n  \
         kept        fields 1, 2, 3 until 2032-12-31: Tax Code 2026, Art. 206(3)\n  \
         copies      sealed backups from before the destruction stay readable to whoever also holds the key of the \
         epoch, until that key is dead; key epoch 7, dead after 2026-12-23T10:35:00.123Z\n  \
         ledger      under the checkpoint example.kz/ledger with 11 entries, root \
         WVD2VodThQ14OLg+TYujVVtJM1ro27v9TaRtzC4geyE=\n  \
         not shown   that nobody made a copy against the rules; the receipt binds the operator to its word\n"
    );
}

#[test]
fn a_consent_receipt_holds_and_speaks_json() {
    let folder = Folder::of(1);
    folder.write(
        "receipt.json",
        vectors("consent-receipt.json")["receipt"]
            .as_str()
            .unwrap()
            .as_bytes(),
    );
    let answer = verifier(["--json", "receipt", &folder.text("receipt.json"), "--key", KEY]);
    let told: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(answer.code, 0);
    assert_eq!(
        (told["answer"].as_str(), told["kind"].as_str()),
        (Some("holds"), Some("consent"))
    );
    let record = &told["receipt"]["dpv:hasRecordOfActivity"];
    assert_eq!(record["dpv:hasConsentStatus"][0]["@type"], "dpv:ConsentGiven");
    assert_eq!(
        record["dpv:hasProcess"]["dpv:hasPurpose"]["dct:identifier"],
        "2.2.5"
    );
    assert_eq!(told["entry"]["deed"], "confirm");
    assert_eq!(told["checkpoint"]["size"], 11);
}

#[test]
fn a_manifest_holds_and_names_its_files() {
    let folder = Folder::of(1);
    folder.write(
        "manifest.json",
        vectors("archive-manifest.json")["receipt"]
            .as_str()
            .unwrap()
            .as_bytes(),
    );
    let answer = verifier(["receipt", &folder.text("manifest.json"), "--key", KEY]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    for said in ["data.json, 3 bytes", "data.html, 16 bytes", "sha256 "] {
        assert!(answer.out.contains(said), "{}", answer.out);
    }
}

#[test]
fn every_hostile_receipt_is_refused() {
    let folder = Folder::of(1);
    for name in [
        "destruction-receipt.json",
        "consent-receipt.json",
        "archive-manifest.json",
    ] {
        let vectors = vectors(name);
        for hostile in vectors["hostile"].as_array().unwrap() {
            let (from, to) = (
                hostile["replace"].as_str().unwrap(),
                hostile["with"].as_str().unwrap(),
            );
            let spoiled = vectors["receipt"].as_str().unwrap().replace(from, to);
            folder.write("receipt.json", spoiled.as_bytes());
            let answer = verifier(["receipt", &folder.text("receipt.json"), "--key", KEY]);
            assert!(
                matches!(answer.code, 1 | 5),
                "{}: {}",
                hostile["name"],
                answer.code
            );
            let error = hostile["error"].as_str().unwrap();
            assert!(
                answer.err.starts_with(&format!("error: {error}\nhint: ")),
                "{}",
                answer.err
            );
            assert_eq!(answer.out, "");
        }
    }
}

#[test]
fn a_receipt_is_held_against_a_checkpoint_of_ones_own() {
    let folder = Folder::of(20);
    let receipt = vectors("destruction-receipt.json")["receipt"]
        .as_str()
        .unwrap()
        .to_owned();
    folder.write("receipt.json", receipt.as_bytes());
    let receipt: Value = serde_json::from_str(&receipt).unwrap();
    folder.write(
        "own",
        receipt["ledger"]["checkpoint"].as_str().unwrap().as_bytes(),
    );
    let file = folder.text("receipt.json");
    let answer = verifier([
        "receipt",
        &file,
        "--key",
        KEY,
        "--checkpoint",
        &folder.text("own"),
    ]);
    assert_eq!(answer.code, 0);
    assert!(
        answer
            .out
            .contains("confirmed   the same ledger as the checkpoint that you hold, of 11 entries")
    );
    let answer = verifier([
        "receipt",
        &file,
        "--key",
        KEY,
        "--checkpoint",
        &folder.text("checkpoint"),
    ]);
    assert_eq!(answer.code, 1);
    assert_eq!(
        answer.err,
        "error: the checkpoints are of 11 and 20 entries\nhint: give the consistency proof between them with --proof\n"
    );
    folder.write("proof", folder.proof(11).as_bytes());
    let (newer, proof) = (folder.text("checkpoint"), folder.text("proof"));
    let answer = verifier([
        "receipt",
        &file,
        "--key",
        KEY,
        "--checkpoint",
        &newer,
        "--proof",
        &proof,
    ]);
    assert_eq!(answer.code, 5, "another ledger under the same name is a fork");
    assert!(answer.err.starts_with("error: not one ledger: "));
}

/// A ledger with the destruction of the vectors at place 5; all other entries are of another kind.
fn with_a_destruction(size: u64, destruction: &Entry) -> Folder {
    let entries = (0..size).map(|number| if number == 5 { *destruction } else { entry(number) });
    Folder::with(entries.collect())
}

#[test]
fn a_receipt_is_checked_years_later_against_what_was_published_then() {
    let mut statement: Value =
        serde_json::from_str(vectors("destruction-receipt.json")["receipt"].as_str().unwrap()).unwrap();
    statement.as_object_mut().unwrap().remove("signatures");
    let mut statement: DestructionReceipt = serde_json::from_value(statement).unwrap();
    let destruction = Entry::decode(&statement.ledger.entry).unwrap();

    // The ledger had 11 entries when the receipt was issued, and has 70,000 now.
    let then = with_a_destruction(11, &destruction);
    let mut hashes = TiledHashes::new(11, Files(then.0.path().to_owned()));
    statement.ledger.proof = prove_inclusion(5, 11, &mut hashes).unwrap();
    statement.ledger.checkpoint = fs::read_to_string(then.path("checkpoint")).unwrap();
    let now = with_a_destruction(70_000, &destruction);
    now.write("receipt.json", issue(&statement, &signer()).unwrap().as_bytes());
    now.write("proof", now.proof(11).as_bytes());
    let (receipt, newest, proof) = (
        now.text("receipt.json"),
        now.text("checkpoint"),
        now.text("proof"),
    );
    let check = |newest: &str, proof: &str| {
        verifier([
            "receipt",
            &receipt,
            "--key",
            KEY,
            "--checkpoint",
            newest,
            "--proof",
            proof,
        ])
    };
    let answer = check(&newest, &proof);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(
        answer
            .out
            .contains("the same ledger as the checkpoint that you hold, of 70000 entries"),
        "{}",
        answer.out
    );
    assert!(
        answer
            .out
            .contains("key epoch 7, dead after 2026-12-23T10:35:00.123Z"),
        "{}",
        answer.out
    );

    // A ledger from which the destruction was taken out, however much grew on it.
    let other = Folder::of(70_000);
    other.write("proof", other.proof(11).as_bytes());
    for proof in [other.text("proof"), proof] {
        let answer = check(&other.text("checkpoint"), &proof);
        assert_eq!(answer.code, 5, "{}", answer.out);
        assert!(
            answer.err.starts_with("error: not one ledger: "),
            "{}",
            answer.err
        );
    }
}

#[test]
fn a_checkpoint_holds_for_its_key_alone() {
    let folder = Folder::of(7);
    let file = folder.text("checkpoint");
    let answer = verifier(["checkpoint", &file, "--key", KEY]);
    assert_eq!(answer.code, 0);
    assert!(
        answer
            .out
            .starts_with("the checkpoint holds\n  ledger      example.kz/ledger\n  entries     7\n")
    );
    let answer = verifier(["checkpoint", &file, "--key", OTHER_KEY]);
    assert_eq!(answer.code, 1);
    assert_eq!(
        answer.err,
        "error: no trusted key has signed this\n\
         hint: is --key the key of this ledger? Its name and id must be those on the signature line\n"
    );
    folder.spoil("checkpoint", 18);
    let answer = verifier(["checkpoint", &file, "--key", KEY, "--json"]);
    assert_eq!(answer.code, 5);
    assert_eq!(
        serde_json::from_str::<Value>(&answer.out).unwrap()["reason"],
        "checkpoint-altered"
    );
}

#[test]
fn a_ledger_that_only_grew_is_consistent() {
    let (old, new) = (Folder::of(300), Folder::of(700));
    new.write("proof", new.proof(300).as_bytes());
    let (older, newer, proof) = (old.text("checkpoint"), new.text("checkpoint"), new.text("proof"));
    let answer = verifier(["consistency", &older, &newer, "--proof", &proof, "--key", KEY]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let answer = verifier(["consistency", &newer, &older, "--proof", &proof, "--key", KEY]);
    assert_eq!(answer.code, 5);
    assert!(
        answer
            .err
            .starts_with("error: the new checkpoint has 300 entries, the old one 700")
    );
    new.write("proof", new.proof(299).as_bytes());
    let answer = verifier(["consistency", &older, &newer, "--proof", &proof, "--key", KEY]);
    assert_eq!(answer.code, 5);
    new.write("proof", b"not a proof\n");
    let answer = verifier(["consistency", &older, &newer, "--proof", &proof, "--key", KEY]);
    assert_eq!(answer.code, 2);
}

#[test]
fn a_whole_ledger_is_verified_from_its_folder() {
    let (old, folder) = (Folder::of(300), Folder::of(700));
    let answer = verifier([
        "ledger",
        &folder.text(""),
        "--key",
        KEY,
        "--since",
        &old.text("checkpoint"),
    ]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    assert!(answer.out.starts_with(
        "the ledger is whole\n  ledger      example.kz/ledger\n  \
         entries     700, from 2026-11-23T10:35:00.000Z to 2026-11-23T10:46:39.000Z\n  checkpoints 2\n  tiles       4\n"
    ));
    let answer = verifier([
        "ledger",
        &old.text(""),
        "--key",
        KEY,
        "--since",
        &folder.text("checkpoint"),
        "--json",
    ]);
    let told: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!((answer.code, told["reason"].as_str()), (5, Some("cut-off")));
    assert_eq!(
        answer.err.lines().next(),
        Some("error: the ledger was cut off: it holds 300 entries, and 700 were signed")
    );
}

#[test]
fn each_damage_to_a_folder_is_named() {
    for (name, at, wanted) in [
        ("tile/entries/000", 10, "entry 0 was changed"),
        ("tile/entries/001", 3_010, "entry 456 was changed"),
        (
            "tile/entries/002.p/188",
            0,
            "could not be read: bundle `tile/entries/002.p/188`",
        ),
        ("tile/0/001", 33, "tile `tile/0/001` was altered or is missing"),
        (
            "tile/0/002.p/188",
            6_000,
            "tile `tile/0/002.p/188` was altered or is missing",
        ),
        (
            "tile/1/000.p/2",
            63,
            "tile `tile/1/000.p/2` was altered or is missing",
        ),
    ] {
        let folder = Folder::of(700);
        folder.spoil(name, at);
        let answer = verifier(["ledger", &folder.text(""), "--key", KEY]);
        assert_eq!(answer.code, 5, "{name}");
        assert!(answer.err.contains(wanted), "{name}: {}", answer.err);
    }
    let folder = Folder::of(700);
    fs::remove_file(folder.path("tile/entries/001")).unwrap();
    let answer = verifier(["ledger", &folder.text(""), "--key", KEY]);
    assert!(
        answer
            .err
            .starts_with("error: entry 256 could not be read: bundle `tile/entries/001`"),
        "{}",
        answer.err
    );
}

#[test]
fn a_wrong_call_is_explained() {
    for (arguments, why) in [
        (vec![], "no command was given"),
        (vec!["ledgers"], "there is no command `ledgers`"),
        (vec!["receipt"], "this command takes one FILE"),
        (
            vec!["receipt", "x"],
            "no --key was given: without a key nothing can be believed",
        ),
        (
            vec!["receipt", "x", "--key", "abc"],
            "a verifier key has the form `name+1a2b3c4d+base64`",
        ),
        (
            vec!["receipt", "x", "--key", KEY, "--since", "y"],
            "--since belongs to `ledger`",
        ),
        (
            vec!["receipt", "x", "--key", KEY, "--proof", "y"],
            "--proof belongs to `consistency`",
        ),
        (
            vec!["consistency", "x", "y", "--key", KEY],
            "`consistency` needs --proof",
        ),
        (
            vec!["checkpoint", "/no/such/file", "--key", KEY],
            "`/no/such/file` cannot be read",
        ),
        (vec!["checkpoint", "x", "--keys", KEY], "--keys"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_sandyq-verifier"))
            .args(&arguments)
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            err.starts_with("error: ") && err.contains(why),
            "{arguments:?}: {err}"
        );
        assert!(err.ends_with("hint: `sandyq-verifier --help` shows how it is called\n"));
    }
    let help = verifier(["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("exit codes:"));
    assert!(verifier(["--version"]).out.starts_with("sandyq-verifier 0."));
}
