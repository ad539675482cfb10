//! What the key store has noted about derived keys: their ids and since when, so that a wrong key source is found at
//! the start and not at the first value that does not open.

use jiff::Timestamp;
use sandyq_model::Fault;

use super::super::inventory::KeyLine;
use super::rows::KeyRow;

/// One noted key.
pub(super) struct Note {
    pub(super) usage: String,
    pub(super) version: u16,
    pub(super) key_id: Vec<u8>,
    pub(super) created_at: Timestamp,
}

impl Note {
    /// A noted key from its row; `None` for a row of another kind.
    pub(super) fn of((path, blob): &KeyRow) -> Option<Self> {
        let (usage, version) = path.strip_prefix(NOTE_ROWS)?.split_last_chunk::<2>()?;
        let (millis, key_id) = blob.split_first_chunk::<8>()?;
        Some(Self {
            usage: String::from_utf8(usage.to_vec()).ok()?,
            version: u16::from_be_bytes(*version),
            key_id: key_id.to_vec(),
            created_at: Timestamp::from_millisecond(i64::from_be_bytes(*millis)).ok()?,
        })
    }
}

/// The row that notes a key.
pub(super) fn row(usage: &str, version: u16, key_id: &[u8], millis: i64) -> KeyRow {
    let path = [NOTE_ROWS, usage.as_bytes(), &version.to_be_bytes()].concat();
    (path, [&millis.to_be_bytes()[..], key_id].concat())
}

/// The row that notes this line.
pub(super) fn row_of(line: &KeyLine) -> KeyRow {
    let millis = line.created_at.map_or(0, Timestamp::as_millisecond);
    row(line.usage.label(), line.version, line.id.as_bytes(), millis)
}

/// The lines with the instants that were noted, and apart from them the lines to note now.
pub(super) fn reconcile(
    lines: &[KeyLine],
    noted: &[Note],
    at: Timestamp,
) -> Result<(Vec<KeyLine>, Vec<KeyLine>), Fault> {
    for note in noted {
        let line = lines
            .iter()
            .find(|line| line.usage.label() == note.usage && line.version == note.version);
        match line {
            None => return Err(went_back(note)),
            Some(line) if line.id.as_bytes()[..] != note.key_id[..] => return Err(other_source(note)),
            Some(_) => {}
        }
    }
    let mut all = Vec::with_capacity(lines.len());
    let mut new = Vec::new();
    for line in lines {
        let note = noted
            .iter()
            .find(|note| line.usage.label() == note.usage && line.version == note.version);
        let created_at = note.map_or(at, |note| note.created_at);
        let dated = KeyLine {
            created_at: Some(created_at),
            ..line.clone()
        };
        if note.is_none() {
            new.push(dated.clone());
        }
        all.push(dated);
    }
    Ok((all, new))
}

fn other_source(note: &Note) -> Fault {
    Fault::Vault(format!(
        "the key `{}` version {} is not the one that this key store was made with: the key source is another one; put \
         the right key file back",
        note.usage, note.version
    ))
}

fn went_back(note: &Note) -> Fault {
    Fault::Vault(format!(
        "this key store has used version {} of the key `{}`, which the settings do not name any more; set it to {} or \
         later",
        note.version, note.usage, note.version
    ))
}

/// Rows of noted keys: this, the use, and the version (2); in it the instant in milliseconds (8) and the id.
pub(super) const NOTE_ROWS: &[u8] = b"u";
