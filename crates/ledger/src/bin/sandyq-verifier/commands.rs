//! The five questions that can be asked.

use std::fmt::Display;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sandyq_ledger::checkpoint::{Checkpoint, CheckpointError};
use sandyq_ledger::entry::Entry;
use sandyq_ledger::note::NoteError;
use sandyq_ledger::receipt::{
    AnyReceipt, ArchiveManifest, ConsentReceipt, DestructionReceipt, Extract, ReceiptError,
};
use sandyq_ledger::tree::{ConsistencyProof, NotAProof, verify_consistency};
use sandyq_ledger::verify::{Damage, open_checkpoints, verify_ledger};
use sandyq_model::{Field, FieldSet};
use serde_json::{Map, Value, json};

use crate::arguments::Arguments;
use crate::folder::Folder;
use crate::verdict::{Trouble, Verdict};

/// Is this receipt what the operator signed, and is its entry in the ledger?
pub fn receipt(file: &Path, arguments: &Arguments) -> Result<Verdict, Trouble> {
    let receipt = AnyReceipt::open(&read(file)?, &arguments.keys).map_err(of_receipt)?;
    let (entry, under) = (receipt.entry(), receipt.checkpoint());
    let mut lines = match &receipt {
        AnyReceipt::Destruction(opened) => destruction_lines(&opened.statement),
        AnyReceipt::Consent(opened) => consent_lines(&opened.statement),
        AnyReceipt::Archive(opened) => archive_lines(&opened.statement),
    };
    let (kind, statement, caution) = match &receipt {
        AnyReceipt::Destruction(opened) => ("destruction", value(&opened.statement), DESTRUCTION_CAUTION),
        AnyReceipt::Consent(opened) => ("consent", value(&opened.statement), CONSENT_CAUTION),
        AnyReceipt::Archive(opened) => ("archive", value(&opened.statement), ARCHIVE_CAUTION),
    };
    lines.push(("ledger", format!("under the checkpoint {under}")));
    if let Some(held) = &arguments.checkpoint {
        let held =
            Checkpoint::open_of(&under.origin, &read(held)?, &arguments.keys).map_err(of_checkpoint)?;
        same_ledger(under, &held, arguments.proof.as_deref())?;
        lines.push((
            "confirmed",
            format!(
                "the same ledger as the checkpoint that you hold, of {} entries",
                held.size
            ),
        ));
    }
    let mut members = Map::new();
    members.insert("kind".to_owned(), json!(kind));
    members.insert("receipt".to_owned(), statement);
    members.insert("entry".to_owned(), value(entry));
    members.insert("checkpoint".to_owned(), checkpoint_value(under));
    Ok(Verdict {
        head: format!("the receipt holds: {kind}"),
        lines,
        caution,
        members,
    })
}

/// Is each of these entries in the ledger?
pub fn extract(file: &Path, arguments: &Arguments) -> Result<Verdict, Trouble> {
    let opened = Extract::open(&read(file)?, &arguments.keys).map_err(of_receipt)?;
    let (entries, checkpoint) = (opened.entries, opened.checkpoint);
    let mut lines = vec![("ledger", format!("under the checkpoint {checkpoint}"))];
    let said = |(index, entry): &(u64, Entry)| {
        let clauses: Vec<String> = entry.clauses.iter().map(|clause| clause.to_string()).collect();
        let line = format!(
            "{index}  {}  {} {}  {}",
            entry.at,
            entry.deed.name(),
            entry.outcome.name(),
            clauses.join(" ")
        );
        ("entry", line.trim_end().to_owned())
    };
    lines.extend(entries.iter().map(said));
    let listed = entries
        .iter()
        .map(|(index, entry)| json!({"index": index, "entry": value(entry)}));
    let mut members = Map::new();
    members.insert("entries".to_owned(), listed.collect());
    if let Some(next) = opened.next {
        lines.push((
            "cut",
            format!("not all that was asked for: the next part is before entry {next}"),
        ));
        members.insert("next".to_owned(), json!(next));
    }
    members.insert("checkpoint".to_owned(), checkpoint_value(&checkpoint));
    Ok(Verdict {
        head: format!("all {} entries are in the ledger", entries.len()),
        lines,
        caution: EXTRACT_CAUTION,
        members,
    })
}

/// Did a trusted key sign this checkpoint?
pub fn checkpoint(file: &Path, arguments: &Arguments) -> Result<Verdict, Trouble> {
    let checkpoint = open(file, arguments)?;
    let lines = vec![
        ("ledger", checkpoint.origin.clone()),
        ("entries", checkpoint.size.to_string()),
        ("root", BASE64_STANDARD.encode(checkpoint.root.0)),
    ];
    let mut members = Map::new();
    members.insert("checkpoint".to_owned(), checkpoint_value(&checkpoint));
    Ok(Verdict {
        head: "the checkpoint holds".to_owned(),
        lines,
        caution: CHECKPOINT_CAUTION,
        members,
    })
}

/// Does the newer ledger begin with the older one?
pub fn consistency(old: &Path, new: &Path, arguments: &Arguments) -> Result<Verdict, Trouble> {
    let older = open(old, arguments)?;
    let newer = Checkpoint::open_of(&older.origin, &read(new)?, &arguments.keys).map_err(of_checkpoint)?;
    if older.size > newer.size {
        let why = format!(
            "the new checkpoint has {} entries, the old one {}: was the order kept?",
            newer.size, older.size
        );
        return Err(Trouble::Damaged { word: "cut-off", why });
    }
    same_ledger(&older, &newer, arguments.proof.as_deref())?;
    let lines = vec![("old", older.to_string()), ("new", newer.to_string())];
    let mut members = Map::new();
    members.insert("old".to_owned(), checkpoint_value(&older));
    members.insert("new".to_owned(), checkpoint_value(&newer));
    let head = "the new ledger begins with the old one: nothing was changed, removed or reordered".to_owned();
    Ok(Verdict {
        head,
        lines,
        caution: CHECKPOINT_CAUTION,
        members,
    })
}

/// Is this whole ledger what was signed?
pub fn ledger(folder: &Path, arguments: &Arguments) -> Result<Verdict, Trouble> {
    let current = read(&folder.join("checkpoint"))?;
    let mut notes = vec![current];
    if let Some(since) = &arguments.since {
        notes.push(read(since)?);
    }
    let current =
        open_checkpoints(notes.get(..1).unwrap_or_default(), None, &arguments.keys).map_err(of_damage)?;
    let checkpoints = open_checkpoints(&notes, None, &arguments.keys).map_err(of_damage)?;
    let size = current.first().map_or(0, |current| current.size);
    let tiles = Folder::new(folder);
    let report = verify_ledger(
        tiles.entries(size),
        &mut Folder::new(folder),
        &checkpoints,
        arguments.tolerance_ms,
    )
    .map_err(of_damage)?;
    let when =
        |moment: Option<sandyq_ledger::entry::Moment>| moment.map_or("-".to_owned(), |at| at.to_string());
    let mut lines = vec![
        (
            "ledger",
            current
                .first()
                .map_or(String::new(), |current| current.origin.clone()),
        ),
        (
            "entries",
            format!(
                "{}, from {} to {}",
                report.size,
                when(report.first),
                when(report.last)
            ),
        ),
        ("checkpoints", report.checkpoints.to_string()),
        ("tiles", report.tiles.to_string()),
        ("root", report.root.clone()),
    ];
    if report.backwards > 0 {
        lines.push((
            "warning",
            format!(
                "{} entries are older than one before them: {:?}",
                report.backwards, report.backwards_at
            ),
        ));
    }
    let mut members = Map::new();
    members.insert("report".to_owned(), value(&report));
    Ok(Verdict {
        head: "the ledger is whole".to_owned(),
        lines,
        caution: LEDGER_CAUTION,
        members,
    })
}

fn destruction_lines(receipt: &DestructionReceipt) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("receipt", receipt.receipt.to_string()),
        (
            "operator",
            format!("{}, BIN {}", receipt.operator.name, receipt.operator.bin),
        ),
        ("subject", receipt.subject.to_string()),
        (
            "destroyed",
            format!("{} at {}", fields(receipt.destroyed), receipt.destroyed_at),
        ),
    ];
    for kept in &receipt.kept {
        lines.push((
            "kept",
            format!("{} until {}: {}", fields(kept.fields), kept.until, kept.citation),
        ));
    }
    let copies = &receipt.copies;
    lines.push((
        "copies",
        format!(
            "{}; key epoch {}, dead after {}",
            copies.statement, copies.epoch, copies.dead_after
        ),
    ));
    lines
}

fn consent_lines(receipt: &ConsentReceipt) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("receipt", receipt.receipt.to_string()),
        (
            "operator",
            format!("{}, BIN {}", receipt.operator.name, receipt.operator.bin),
        ),
        ("subject", receipt.subject.to_string()),
        ("consent", receipt.item.consent.to_string()),
    ];
    for step in &receipt.steps {
        let line = format!(
            "{:?} at {} by {}, {:?}",
            step.event, step.at, step.channel, step.by
        );
        lines.push(("what", line));
    }
    lines.push((
        "notice",
        format!(
            "{} in {}, policy {}",
            receipt.notice.hash, receipt.notice.language, receipt.notice.policy
        ),
    ));
    let item = &receipt.item;
    let to = item
        .recipient
        .as_deref()
        .map_or(String::new(), |recipient| format!(" to {recipient}"));
    let line = format!(
        "{} for {} ({}){to} until {}",
        fields(item.field_set()),
        item.purpose,
        item.purpose_title,
        item.until
    );
    lines.push(("covers", line));
    lines
}

fn archive_lines(manifest: &ArchiveManifest) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("archive", manifest.archive.to_string()),
        (
            "operator",
            format!("{}, BIN {}", manifest.operator.name, manifest.operator.bin),
        ),
        ("subject", manifest.subject.to_string()),
        ("taken out", format!("at {}", manifest.at)),
    ];
    for file in &manifest.files {
        let line = format!("{}, {} bytes, sha256 {}", file.name, file.bytes, file.sha256);
        lines.push(("file", line));
    }
    lines
}

fn fields(set: FieldSet) -> String {
    if set == FieldSet::RECORD {
        return "the whole record".to_owned();
    }
    let numbers: Vec<String> = set
        .iter()
        .map(Field::number)
        .map(|number| number.to_string())
        .collect();
    format!("fields {}", numbers.join(", "))
}

/// Whether two signed checkpoints are of one ledger that only grew.
fn same_ledger(one: &Checkpoint, two: &Checkpoint, proof: Option<&Path>) -> Result<(), Trouble> {
    let (older, newer) = if one.size <= two.size {
        (one, two)
    } else {
        (two, one)
    };
    let proof = match proof {
        Some(proof) => read_proof(proof)?,
        None if older.size == newer.size => ConsistencyProof::default(),
        None => {
            let why = format!("the checkpoints are of {} and {} entries", older.size, newer.size);
            return Err(Trouble::Unconfirmed {
                why,
                hint: "give the consistency proof between them with --proof",
            });
        }
    };
    verify_consistency(older.size, older.root, newer.size, newer.root, &proof).map_err(|error| {
        Trouble::Damaged {
            word: "forked",
            why: format!("not one ledger: {error}"),
        }
    })
}

fn read_proof(file: &Path) -> Result<ConsistencyProof, Trouble> {
    let told = |error: &dyn Display| Trouble::Usage(format!("`{}`: {error}", file.display()));
    let text = String::from_utf8(read(file)?).map_err(|error| told(&error))?;
    text.parse().map_err(|error: NotAProof| told(&error))
}

fn open(file: &Path, arguments: &Arguments) -> Result<Checkpoint, Trouble> {
    Checkpoint::open(&read(file)?, &arguments.keys).map_err(of_checkpoint)
}

fn read(file: &Path) -> Result<Vec<u8>, Trouble> {
    std::fs::read(file)
        .map_err(|error| Trouble::Usage(format!("`{}` cannot be read: {error}", file.display())))
}

fn of_receipt(error: ReceiptError) -> Trouble {
    match error {
        ReceiptError::Note(NoteError::NoTrustedSignature) => not_trusted(&error),
        ReceiptError::Checkpoint(inner) => of_checkpoint(inner),
        ReceiptError::Format(_) => Trouble::Unconfirmed {
            why: error.to_string(),
            hint: "is there a newer verifier?",
        },
        error => Trouble::Damaged {
            word: "receipt-altered",
            why: error.to_string(),
        },
    }
}

fn of_checkpoint(error: CheckpointError) -> Trouble {
    match error {
        CheckpointError::Note(NoteError::NoTrustedSignature) => not_trusted(&error),
        CheckpointError::Origin(_) => Trouble::Unconfirmed {
            why: error.to_string(),
            hint: "take both checkpoints from one ledger",
        },
        error => Trouble::Damaged {
            word: "checkpoint-altered",
            why: error.to_string(),
        },
    }
}

fn of_damage(damage: Damage) -> Trouble {
    match damage {
        Damage::Signature {
            error: NoteError::NoTrustedSignature,
            ..
        } => not_trusted(&damage),
        Damage::Checkpoint {
            error: error @ CheckpointError::Origin(_),
            ..
        } => of_checkpoint(error),
        damage => Trouble::Damaged {
            word: damage.name(),
            why: damage.to_string(),
        },
    }
}

fn not_trusted(error: &dyn std::error::Error) -> Trouble {
    let hint = "is --key the key of this ledger? Its name and id must be those on the signature line";
    Trouble::Unconfirmed {
        why: error.to_string(),
        hint,
    }
}

fn checkpoint_value(checkpoint: &Checkpoint) -> Value {
    json!({"origin": checkpoint.origin, "size": checkpoint.size, "root": BASE64_STANDARD.encode(checkpoint.root.0)})
}

fn value<T: serde::Serialize>(of: &T) -> Value {
    serde_json::to_value(of).unwrap_or(Value::Null)
}

const EXTRACT_CAUTION: &str = "that there are no other entries, and who a pseudonym is";
const DESTRUCTION_CAUTION: &str =
    "that nobody made a copy against the rules; the receipt binds the operator to its word";
const CONSENT_CAUTION: &str = "who the person is, and whether the consent still stands today";
const ARCHIVE_CAUTION: &str = "that the files beside it are these: compare their hashes, for instance with `sha256sum --check SHA256SUMS`";
const CHECKPOINT_CAUTION: &str = "that others were shown the same ledger; compare checkpoints with them";
const LEDGER_CAUTION: &str = "that every operation was entered, and what was entered behind the checkpoint";
