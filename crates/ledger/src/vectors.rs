//! The test vectors in `spec/vectors`, made anew from fixed seeds and compared byte for byte.
//!
//! When a format changes on purpose: `UPDATE_VECTORS=1 cargo test -p sandyq-ledger vectors`, and read the difference.

use std::convert::Infallible;
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::checkpoint::Checkpoint;
use crate::entry::samples::{breach_entered, destroyed, epoch_ended, extracted, refused, started, withdrawn};
use crate::entry::{Clauses, Entry};
use crate::json::Json;
use crate::note::{Note, Signer, VerifierKey};
use crate::receipt::samples::{ORIGIN, archive, consent, destruction, keys, signer};
use crate::receipt::{AnyReceipt, ArchiveManifest, ConsentReceipt, DestructionReceipt, Statement, issue};
use crate::tile::{Layer, TileId, decode_bundle, encode_bundle, tiles_of};
use crate::tree::{
    ConsistencyProof, Frontier, Hash, HashReader, InclusionProof, leaf_hash, prove_consistency,
    prove_inclusion, root_at, verify_consistency, verify_inclusion,
};

/// Compares with the file, or writes it when asked to.
fn compare(name: &str, vectors: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec/vectors")
        .join(name);
    let made = serde_json::to_string_pretty(&sorted(vectors)).unwrap() + "\n";
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == made, "{name} is not what the code makes");
}

/// Members by name, however this build of the library keeps them.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            names
                .into_iter()
                .map(|name| (name.clone(), sorted(&members[name])))
                .collect()
        }
        Value::Array(values) => values.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| BASE64_STANDARD.encode(hash.0)).collect()
}

#[test]
fn ledger_entry() {
    let named = [
        (
            "a member of staff reads a name and an e-mail address",
            extracted(),
        ),
        ("the person withdraws", withdrawn()),
        ("a transfer abroad is refused", refused()),
        ("time destroys what is due, and part stays", destroyed()),
        ("the system starts", started()),
        ("an epoch of keys ends", epoch_ended()),
        ("a breach is entered in the register", breach_entered()),
    ];
    let entries = named.map(|(name, entry)| {
        let (hex, leaf) = (hex(&entry.encode()), entry.leaf_hash().to_string());
        json!({"name": name, "hex": hex, "leaf_hash": leaf, "means": entry})
    });
    let base = started().encode();
    let spoiled = |at: usize, with: u8| {
        let mut bytes = base.clone();
        bytes[at] = with;
        bytes
    };
    let hostile = [
        ("empty", Vec::new()),
        ("cut_off", base[..12].to_vec()),
        ("trailing_byte", [&base[..], &[0]].concat()),
        ("version_of_tomorrow", spoiled(0, 2)),
        ("two_actors", spoiled(1, 3)),
        ("year_10889", [&base[..2], &[0xff; 6], &base[8..]].concat()),
        ("role_0", spoiled(8, 0)),
        ("deed_19", spoiled(9, 19)),
        ("outcome_3", spoiled(10, 0xc0)),
        ("purpose_13", spoiled(10, 13)),
        (
            "zero_subject",
            [&spoiled(1, 4)[..11], &[0; 16], &base[11..]].concat(),
        ),
        ("zero_field_byte", [&base[..11], &[1, 0, 0]].concat()),
        ("unended_clause", [&base[..11], &[0, 1, 0x33]].concat()),
        ("needless_padding", [&base[..11], &[0, 2, 0x3e, 0xff]].concat()),
    ];
    let hostile = hostile.map(|(name, bytes)| {
        let error = Entry::decode(&bytes).unwrap_err();
        json!({"name": name, "hex": hex(&bytes), "error": error.to_string()})
    });
    let packed = ["4.3", "5.1.4#2", "PRE-1", "DEF-10"].map(|clause| {
        let mut entry = started();
        entry.clauses = Clauses::new(&[sandyq_model::Clause::fixed(clause)]).unwrap();
        json!({"clause": clause, "packed": hex(&entry.encode()[13..])})
    });
    compare(
        "ledger-entry.json",
        &json!({"entries": entries, "hostile": hostile, "clauses": packed}),
    );
}

/// The nodes of the tree whose leaf `n` is the number `n` in eight bytes.
struct Numbers;

impl HashReader for Numbers {
    type Error = Infallible;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Infallible> {
        let mut frontier = Frontier::new();
        for number in index << level..(index + 1) << level {
            frontier.append(leaf_hash(&number.to_be_bytes()));
        }
        Ok(frontier.root())
    }
}

fn roots() -> Vec<Value> {
    let root = |size: u64| json!({"size": size, "root": root_at(size, &mut Numbers).unwrap().to_string()});
    [0, 1, 2, 3, 7, 8, 255, 256, 257, 70_000].map(root).to_vec()
}

fn inclusion_proofs() -> Vec<Value> {
    let proof = |(index, size): (u64, u64)| {
        let proof = prove_inclusion(index, size, &mut Numbers).unwrap();
        let root = root_at(size, &mut Numbers).unwrap();
        assert_eq!(
            verify_inclusion(leaf_hash(&index.to_be_bytes()), index, size, root, &proof),
            Ok(())
        );
        json!({"index": index, "size": size, "proof": base64(&proof.0)})
    };
    [(0, 1), (0, 2), (2, 3), (6, 7), (3, 8), (256, 257), (300, 1000)]
        .map(proof)
        .to_vec()
}

fn consistency_proofs() -> Vec<Value> {
    let proof = |(older, size): (u64, u64)| {
        let proof = prove_consistency(older, size, &mut Numbers).unwrap();
        let (from, to) = (
            root_at(older, &mut Numbers).unwrap(),
            root_at(size, &mut Numbers).unwrap(),
        );
        assert_eq!(verify_consistency(older, from, size, to, &proof), Ok(()));
        json!({"older": older, "size": size, "proof": base64(&proof.0)})
    };
    [
        (0, 7),
        (1, 2),
        (3, 7),
        (4, 7),
        (6, 8),
        (8, 8),
        (255, 257),
        (256, 1000),
    ]
    .map(proof)
    .to_vec()
}

#[test]
fn checkpoint() {
    let witness = Signer::from_seed("witness.example/w", &[9; 32]).unwrap();
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 7,
        root: root_at(7, &mut Numbers).unwrap(),
    };
    let mut note = checkpoint.sign(&[&signer()]).unwrap();
    note.add(witness.cosign(note.text(), 1_795_430_101).unwrap());
    let note = note.to_string();
    let keys = [signer().verifier_key().clone(), witness.cosigner_key().unwrap()];
    assert_eq!(
        Note::parse(note.as_bytes())
            .unwrap()
            .verify(&keys)
            .unwrap()
            .keys
            .len(),
        2
    );
    let hostile = [
        ("another_size", note.replacen("\n7\n", "\n8\n", 1)),
        ("leading_zero", note.replacen("\n7\n", "\n07\n", 1)),
        ("another_key", note.replace("— example.kz", "— example.org")),
        ("hyphen_for_dash", note.replace('—', "-")),
        ("no_signature", note.split("— ").next().unwrap().to_owned()),
        ("carriage_returns", note.replace('\n', "\r\n")),
    ];
    let hostile = hostile.map(|(name, note)| {
        let error = Checkpoint::open(note.as_bytes(), &keys).unwrap_err();
        json!({"name": name, "note": note, "error": error.to_string()})
    });
    let bundle = encode_bundle([started().encode(), withdrawn().encode()]).unwrap();
    assert_eq!(decode_bundle(&bundle).unwrap().len(), 2);
    let tiles = |size: u64| {
        tiles_of(size)
            .filter(|id| size < 70_000 || !id.is_full())
            .map(TileId::path)
            .collect::<Vec<_>>()
    };
    let bundles = |size: u64| {
        (0..)
            .map_while(|index| TileId::in_tree(Layer::Entries, index, size))
            .map(TileId::path)
            .collect::<Vec<_>>()
    };
    compare(
        "checkpoint.json",
        &json!({
            "seed": hex(&[1; 32]),
            "key": keys[0].to_string(),
            "witness_seed": hex(&[9; 32]),
            "witness_key": keys[1].to_string(),
            "note": note,
            "hostile": hostile,
            "leaves": "leaf n of these trees is the number n in eight bytes, most significant first",
            "roots": roots(),
            "inclusion": inclusion_proofs(),
            "consistency": consistency_proofs(),
            "paths": [
                {"size": 256, "tiles": tiles(256), "bundles": bundles(256)},
                {"size": 600, "tiles": tiles(600), "bundles": bundles(600)},
                {"size": 70_000, "partial_tiles": tiles(70_000)},
            ],
            "bundle": {"entries": [hex(&started().encode()), hex(&withdrawn().encode())], "hex": hex(&bundle)},
        }),
    );
}

/// A receipt, the text that was signed, and what others made of it.
fn receipt_vectors<S: Statement>(statement: &S, hostile: &[(&str, &str, &str)]) -> Value {
    let receipt = issue(statement, &signer()).unwrap();
    assert!(AnyReceipt::open(receipt.as_bytes(), &keys()).is_ok());
    let canonical = Json::of(statement).unwrap().canonical().unwrap();
    let hostile = hostile.iter().map(|(name, from, to)| {
        let spoiled = receipt.replace(from, to);
        assert_ne!(spoiled, receipt, "{name}");
        let error = AnyReceipt::open(spoiled.as_bytes(), &keys()).unwrap_err();
        json!({"name": name, "replace": from, "with": to, "error": error.to_string()})
    });
    json!({
        "seed": hex(&[1; 32]),
        "key": signer().verifier_key().to_string(),
        "receipt": receipt,
        "signed_text": format!("{}\n{canonical}\n", S::FORMAT),
        "hostile": hostile.collect::<Vec<_>>(),
    })
}

#[test]
fn destruction_receipt() {
    let vectors = receipt_vectors(
        &destruction(),
        &[
            ("another_epoch", "\"epoch\": 7", "\"epoch\": 6"),
            ("shorter_floor", "2032-12-31", "2027-12-31"),
            ("another_operator", "990140001234", "990140001235"),
            ("more_fields", "      3\n", "      3,\n      9\n"),
            ("signature_of_nobody", "— example.kz", "— example.org"),
            ("another_version", "receipt/v1", "receipt/v2"),
            ("fraction", "\"index\": 5", "\"index\": 5.0"),
            ("name_twice", "\"kept\":", "\"copies\":"),
        ],
    );
    assert_eq!(
        vectors["signed_text"].as_str().unwrap().lines().next(),
        Some(DestructionReceipt::FORMAT)
    );
    compare("destruction-receipt.json", &vectors);
}

#[test]
fn consent_receipt() {
    let vectors = receipt_vectors(
        &consent(),
        &[
            ("another_text_in_another_language", "\"kk\"", "\"ru\""),
            (
                "given_becomes_withdrawn",
                "dpv:ConsentGiven",
                "dpv:ConsentWithdrawn",
            ),
            ("another_purpose", "\"2.2.5\"", "\"2.2.6\""),
            ("another_recipient", "distributor", "rights-holder"),
            (
                "another_meaning",
                "https://w3id.org/dpv#",
                "https://example.com/dpv#",
            ),
            ("no_policy", "dpv:hasPolicy", "dpv:hasPolicies"),
            ("another_kind", "consent-receipt", "destruction-receipt"),
        ],
    );
    assert_eq!(
        vectors["signed_text"].as_str().unwrap().lines().next(),
        Some(ConsentReceipt::FORMAT)
    );
    compare("consent-receipt.json", &vectors);
}

#[test]
fn archive_manifest() {
    let vectors = receipt_vectors(
        &archive(),
        &[
            ("another_file", "data.html", "data.pdf"),
            ("another_length", "\"bytes\": 3", "\"bytes\": 4"),
            ("another_language", "\"language\": \"kk\"", "\"language\": \"ru\""),
            ("another_kind", "archive-manifest", "consent-receipt"),
            ("another_version", "manifest/v1", "manifest/v2"),
        ],
    );
    assert_eq!(
        vectors["signed_text"].as_str().unwrap().lines().next(),
        Some(ArchiveManifest::FORMAT)
    );
    compare("archive-manifest.json", &vectors);
}

#[test]
fn kept_vectors_hold() {
    let read = |name: &str| -> Value {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../spec/vectors")
            .join(name);
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let checkpoints = read("checkpoint.json");
    let key: VerifierKey = checkpoints["key"].as_str().unwrap().parse().unwrap();
    assert!(Checkpoint::open(checkpoints["note"].as_str().unwrap().as_bytes(), &[key]).is_ok());
    let hashes = |of: &Value| -> Vec<Hash> {
        let texts = of["proof"]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap());
        texts
            .map(|text| Hash::from_slice(&BASE64_STANDARD.decode(text).unwrap()).unwrap())
            .collect()
    };
    let root = |size: &Value| root_at(size.as_u64().unwrap(), &mut Numbers).unwrap();
    for it in checkpoints["inclusion"].as_array().unwrap() {
        let (index, size) = (it["index"].as_u64().unwrap(), it["size"].as_u64().unwrap());
        let (leaf, proof) = (leaf_hash(&index.to_be_bytes()), InclusionProof(hashes(it)));
        assert_eq!(
            verify_inclusion(leaf, index, size, root(&it["size"]), &proof),
            Ok(())
        );
    }
    for it in checkpoints["consistency"].as_array().unwrap() {
        let (older, size) = (it["older"].as_u64().unwrap(), it["size"].as_u64().unwrap());
        let proof = ConsistencyProof(hashes(it));
        assert_eq!(
            verify_consistency(older, root(&it["older"]), size, root(&it["size"]), &proof),
            Ok(())
        );
    }
    for name in [
        "destruction-receipt.json",
        "consent-receipt.json",
        "archive-manifest.json",
    ] {
        let vectors = read(name);
        let key: VerifierKey = vectors["key"].as_str().unwrap().parse().unwrap();
        assert!(AnyReceipt::open(vectors["receipt"].as_str().unwrap().as_bytes(), &[key]).is_ok());
    }
}
