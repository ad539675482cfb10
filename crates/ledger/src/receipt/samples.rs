//! A small ledger with a destruction and a consent in it, and the receipts of both.

use std::collections::BTreeMap;
use std::io;

use sandyq_model::{ConsentId, FieldSet, Purpose, ReceiptId, Role, Verb};

use super::*;
use crate::entry::samples::{destroyed, moment, numbered};
use crate::entry::{By, Deed, Moment};
use crate::tile::{TileId, TileReader, TiledHashes, Tree};
use crate::tree::{Hash, sha256};

pub(crate) const ORIGIN: &str = "example.kz/ledger";

pub(crate) fn signer() -> Signer {
    Signer::from_seed(ORIGIN, &[1; 32]).unwrap()
}

pub(crate) fn keys() -> [VerifierKey; 1] {
    [signer().verifier_key().clone()]
}

struct Shelf(BTreeMap<String, Vec<u8>>);

impl TileReader for Shelf {
    type Error = io::Error;

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, io::Error> {
        self.0
            .get(&id.path())
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// The evidence for `entry` at place 5 of a ledger of 11 entries.
pub(crate) fn evidence(entry: &Entry) -> Evidence {
    let entries = (0..11).map(|number| if number == 5 { *entry } else { numbered(number) });
    let leaves: Vec<Hash> = entries.map(|entry| entry.leaf_hash()).collect();
    let mut tree = Tree::new();
    let tiles = tree
        .append_batch(&leaves)
        .into_iter()
        .map(|tile| (tile.id.path(), tile.bytes()))
        .collect();
    let checkpoint = tree.checkpoint(ORIGIN);
    let signed = checkpoint.sign(&[&signer()]).unwrap();
    let mut hashes = TiledHashes::new(11, Shelf(tiles));
    Evidence::gather(entry, 5, &checkpoint, &signed, &mut hashes).unwrap()
}

pub(crate) fn operator() -> Operator {
    Operator {
        name: "ТОО «Үлгі»".to_owned(),
        bin: "990140001234".to_owned(),
    }
}

pub(crate) fn destruction() -> DestructionReceipt {
    let entry = destroyed();
    DestructionReceipt {
        format: DestructionReceipt::FORMAT.to_owned(),
        receipt: ReceiptId::from_bytes([0x0e; 16]),
        operator: operator(),
        subject: entry.subject.unwrap(),
        withdrawn_at: Some(moment(60)),
        destroyed_at: entry.at,
        issued_at: moment(121),
        verbs: vec![VerbWord(Verb::Destroy), VerbWord(Verb::Delete)],
        destroyed: entry.fields,
        kept: vec![Kept {
            fields: FieldSet::from_bits(0b1110),
            citation: "Tax Code 2026, Art. 206(3)".to_owned(),
            until: "2032-12-31".parse().unwrap(),
        }],
        copies: Copies {
            statement: CopiesStatement::SealedUntilEpochEnds,
            epoch: 7,
            dead_after: Moment::from_millis(moment(0).as_millis() + 30 * 86_400_000).unwrap(),
        },
        ledger: evidence(&entry),
    }
}

pub(crate) fn consent() -> ConsentReceipt {
    let mut entry = Entry::new(moment(30), Role::SUBJECT, By::Subject, Deed::Verb(Verb::Confirm));
    entry.subject = destroyed().subject;
    entry.fields = FieldSet::RECORD;
    let policy = sha256(b"policy");
    entry.policy = crate::entry::PolicyMark::of_hash(&policy.0);
    ConsentReceipt {
        format: ConsentReceipt::FORMAT.to_owned(),
        receipt: ReceiptId::from_bytes([0x0c; 16]),
        operator: operator(),
        contact: Contact {
            address: "Алматы, Төле би к-сі, 101, 050012".to_owned(),
            email: "derbes@example.kz".to_owned(),
        },
        subject: entry.subject.unwrap(),
        issued_at: moment(31),
        notice: Notice {
            hash: HexHash(sha256("мәтін".as_bytes())),
            language: "kk".to_owned(),
            policy: HexHash(policy),
        },
        item: ConsentItem {
            consent: ConsentId::from_bytes([1; 16]),
            purpose: Purpose::new(5).unwrap(),
            purpose_title: "Лицензияларды тіркеу".to_owned(),
            fields: [(1, "Тегі"), (2, "Аты"), (13, "E-mail")]
                .map(|(number, title)| ConsentedField {
                    number,
                    title: title.to_owned(),
                })
                .to_vec(),
            recipient: Some("distributor".to_owned()),
            until: "purpose-reached".to_owned(),
        },
        steps: vec![ConsentStep {
            event: ConsentEvent::Confirmed,
            at: entry.at,
            channel: "e-mail".to_owned(),
            by: ActedBy::Subject,
        }],
        jurisdiction: "KZ".to_owned(),
        storage: "KZ".to_owned(),
        withdraw_by: vec!["portal".to_owned(), "email".to_owned(), "letter".to_owned()],
        ledger: evidence(&entry),
    }
}

/// The same consent, taken back by a letter that staff entered.
pub(crate) fn taken_back() -> ConsentReceipt {
    let given = consent();
    let mut entry = Entry::new(
        moment(60),
        Role::RESPONSIBLE,
        By::System,
        Deed::Verb(Verb::Withdraw),
    );
    entry.subject = Some(given.subject);
    entry.fields = FieldSet::RECORD;
    let mut steps = given.steps.clone();
    steps.push(ConsentStep {
        event: ConsentEvent::Withdrawn,
        at: entry.at,
        channel: "letter".to_owned(),
        by: ActedBy::Operator,
    });
    ConsentReceipt {
        receipt: ReceiptId::from_bytes([0x0d; 16]),
        issued_at: moment(61),
        steps,
        ledger: evidence(&entry),
        ..given
    }
}

pub(crate) fn archive() -> ArchiveManifest {
    let mut entry = Entry::new(moment(40), Role::SUBJECT, By::Subject, Deed::Verb(Verb::Extract));
    entry.subject = destroyed().subject;
    entry.fields = FieldSet::from_bits(0b10_0000_0000_0110);
    let file = |name: &str, content: &[u8]| ArchivedFile {
        name: name.to_owned(),
        bytes: content.len() as u64,
        sha256: HexHash(sha256(content)),
    };
    ArchiveManifest {
        format: ArchiveManifest::FORMAT.to_owned(),
        archive: ReceiptId::from_bytes([0x0a; 16]),
        operator: operator(),
        subject: entry.subject.unwrap(),
        at: entry.at,
        issued_at: moment(41),
        language: "kk".to_owned(),
        files: vec![
            file("data.json", b"{}\n"),
            file("data.html", b"<!doctype html>\n"),
        ],
        ledger: evidence(&entry),
    }
}
