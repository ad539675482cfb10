//! What frames hold, as bytes and back (`spec/second-copy.md`). Numbers are most significant first; whatever has no fixed
//! length stands behind its length.

use sandyq_model::{Fault, SubjectId};

use super::image::{Image, Rows, SharedRow};
use crate::database::{Row, Value};
use crate::vault::{KeyHead, KeyRow, KeyStep};

/// Entries of the ledger, as they follow one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerPage {
    /// The index of its first entry.
    pub first: u64,
    /// How many entries.
    pub count: u64,
    /// The entries, each behind its length in two bytes.
    pub entries: Vec<u8>,
    /// The signed checkpoint over everything up to its last entry; empty when more pages belong to that checkpoint.
    pub note: String,
}

impl LedgerPage {
    /// The entries by themselves, in order.
    pub fn split(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.entries.as_slice();
        std::iter::from_fn(move || {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            rest = after;
            Some(entry)
        })
    }

    /// Whether it holds as many entries as it says, and nothing else.
    pub(crate) fn is_whole(&self) -> bool {
        let (count, bytes) = self.split().fold((0, 0), |(count, bytes), entry| {
            (count + 1, bytes + 2 + entry.len())
        });
        count == self.count && bytes == self.entries.len()
    }
}

/// Where the store stood when a segment began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stand {
    /// The newest step of the key store that the stream holds; 0: none yet.
    pub step: u64,
    /// Up to which entry the stream holds the ledger.
    pub ledger: u64,
    /// The number of the frame with which the newest whole base begins; 0: there is none yet.
    pub base: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// What a frame holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Where the store stands: the first frame of each segment.
    Stand(Stand),
    /// All rows of the key store follow, read while it went on: begun at that step.
    BaseBegins(u64),
    /// Some of them.
    BaseRows(Vec<KeyRow>),
    /// All were there at that step; complete with the steps up to it.
    BaseEnds(u64),
    /// One step of the key store.
    Step(KeyStep),
    /// All rows of a subject.
    Image(Image),
    /// A row that belongs to no subject's image: a receipt, the text of a consent.
    Shared(SharedRow),
    /// Entries of the ledger.
    Ledger(LedgerPage),
    /// The first entry that may name somebody who has changed since their image, and whom nothing protected; `None`: there
    /// is nobody.
    PeopleFrom(Option<u64>),
}

impl Content {
    /// The number that says what it is.
    pub(crate) const fn kind(&self) -> u8 {
        match self {
            Self::Stand(_) => 1,
            Self::BaseBegins(_) => 2,
            Self::BaseRows(_) => 3,
            Self::BaseEnds(_) => 4,
            Self::Step(_) => 5,
            Self::Image(_) => 6,
            Self::Shared(_) => 7,
            Self::Ledger(_) => 8,
            Self::PeopleFrom(_) => 9,
        }
    }

    /// The newest step of the key store, when the row that says it is in this frame.
    pub(crate) fn key_head(&self) -> Result<Option<KeyHead>, Fault> {
        let rows = match self {
            Self::BaseRows(rows) => rows,
            Self::Step(step) => &step.puts,
            _ => return Ok(None),
        };
        KeyHead::in_rows(rows.iter().map(|(path, row)| (path.as_slice(), row.as_slice())))
    }

    /// As bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Stand(stand) => {
                out.extend_from_slice(&stand.step.to_be_bytes());
                out.extend_from_slice(&stand.ledger.to_be_bytes());
                out.extend_from_slice(&stand.base.to_be_bytes());
                out.extend_from_slice(&stand.at.to_be_bytes());
            }
            Self::BaseBegins(step) | Self::BaseEnds(step) => out.extend_from_slice(&step.to_be_bytes()),
            Self::BaseRows(rows) => put_key_rows(&mut out, rows),
            Self::Step(step) => {
                out.extend_from_slice(&step.number.to_be_bytes());
                put_key_rows(&mut out, &step.puts);
                put_count(&mut out, step.removes.len());
                step.removes.iter().for_each(|path| put_bytes(&mut out, path));
            }
            Self::Image(image) => put_image(&mut out, image),
            Self::Shared(shared) => {
                out.push(shared.table);
                put_row(&mut out, &shared.row);
            }
            Self::Ledger(page) => {
                out.extend_from_slice(&page.first.to_be_bytes());
                out.extend_from_slice(&page.count.to_be_bytes());
                put_bytes(&mut out, &page.entries);
                put_bytes(&mut out, page.note.as_bytes());
            }
            Self::PeopleFrom(from) => {
                out.extend_from_slice(&from.unwrap_or(NOBODY).to_be_bytes());
            }
        }
        out
    }

    /// Back from bytes; `None` when no frame of that kind holds these.
    pub(crate) fn decode(kind: u8, bytes: &[u8]) -> Option<Self> {
        let mut rest = Rest(bytes);
        let content = match kind {
            1 => Self::Stand(Stand {
                step: rest.number()?,
                ledger: rest.number()?,
                base: rest.number()?,
                at: i64::from_be_bytes(rest.array()?),
            }),
            2 => Self::BaseBegins(rest.number()?),
            3 => Self::BaseRows(rest.key_rows()?),
            4 => Self::BaseEnds(rest.number()?),
            5 => Self::Step(KeyStep {
                number: rest.number()?,
                puts: rest.key_rows()?,
                removes: rest.many(Rest::bytes)?,
            }),
            6 => Self::Image(rest.image()?),
            7 => Self::Shared(SharedRow {
                table: rest.byte()?,
                row: rest.row()?,
            }),
            8 => Self::Ledger(LedgerPage {
                first: rest.number()?,
                count: rest.number()?,
                entries: rest.bytes()?,
                note: String::from_utf8(rest.bytes()?).ok()?,
            }),
            9 => Self::PeopleFrom(Some(rest.number()?).filter(|from| *from != NOBODY)),
            _ => return None,
        };
        rest.0.is_empty().then_some(content)
    }
}

/// In the place of the first entry that may name somebody who waits.
const NOBODY: u64 = u64::MAX;

fn put_count(out: &mut Vec<u8>, count: usize) {
    // INVARIANT: a frame has at most 64 MiB, and whoever makes one counts its rows.
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_count(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_key_rows(out: &mut Vec<u8>, rows: &[KeyRow]) {
    put_count(out, rows.len());
    for (path, held) in rows {
        put_bytes(out, path);
        put_bytes(out, held);
    }
}

fn put_image(out: &mut Vec<u8>, image: &Image) {
    out.extend_from_slice(image.subject.as_bytes());
    out.extend_from_slice(&image.ledger.to_be_bytes());
    put_count(out, image.tables.len());
    for rows in &image.tables {
        out.push(rows.table);
        put_count(out, rows.rows.len());
        rows.rows.iter().for_each(|row| put_row(out, row));
    }
}

fn put_row(out: &mut Vec<u8>, row: &Row) {
    put_count(out, row.0.len());
    for value in &row.0 {
        match value {
            Value::Null => out.push(0),
            Value::Integer(number) => {
                out.push(1);
                out.extend_from_slice(&number.to_be_bytes());
            }
            Value::Text(text) => {
                out.push(2);
                put_bytes(out, text.as_bytes());
            }
            Value::Blob(bytes) => {
                out.push(3);
                put_bytes(out, bytes);
            }
        }
    }
}

/// What is left to read.
struct Rest<'b>(&'b [u8]);

impl Rest<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        let length = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes.to_vec())
    }

    /// As many as are said, and never room for more than could be there.
    fn many<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
        if count > self.0.len() {
            return None;
        }
        (0..count).map(|_| one(self)).collect()
    }

    fn key_rows(&mut self) -> Option<Vec<KeyRow>> {
        self.many(|rest| Some((rest.bytes()?, rest.bytes()?)))
    }

    fn image(&mut self) -> Option<Image> {
        Some(Image {
            subject: SubjectId::from_bytes(self.array()?),
            ledger: self.number()?,
            tables: self.many(|rest| {
                Some(Rows {
                    table: rest.byte()?,
                    rows: rest.many(Self::row)?,
                })
            })?,
        })
    }

    fn row(&mut self) -> Option<Row> {
        self.many(|rest| {
            Some(match rest.byte()? {
                0 => Value::Null,
                1 => Value::Integer(i64::from_be_bytes(rest.array()?)),
                2 => Value::Text(String::from_utf8(rest.bytes()?).ok()?),
                3 => Value::Blob(rest.bytes()?),
                _ => return None,
            })
        })
        .map(Row)
    }
}
