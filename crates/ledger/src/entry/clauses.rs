//! The clauses that decided an operation, packed four bits to a sign.

use std::fmt;

use sandyq_model::Clause;
use thiserror::Error;

/// Clauses that an entry can name.
pub const CLAUSES_MAX: usize = 8;

/// Signs that all clauses of an entry have together, ends included.
pub const CLAUSE_NIBBLES_MAX: usize = 64;

/// Clauses in the order of their weight. Holds no text, so an entry is copied without allocation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Clauses {
    length: u8,
    packed: [u8; PACKED_BYTES_MAX],
}

/// Clauses that an entry cannot name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ClausesError {
    /// More clauses, or longer ones, than an entry holds.
    #[error("an entry names at most {CLAUSES_MAX} clauses of {CLAUSE_NIBBLES_MAX} signs together")]
    TooMany,
    /// A clause is not written as numbers with full stops, or begins otherwise than with `PRE-` or `DEF-`.
    #[error("a clause is written as `4.3`, `5.1.4#2`, `PRE-1` or `DEF-7`")]
    Unspeakable,
}

impl Clauses {
    /// No clause.
    pub const NONE: Self = Self {
        length: 0,
        packed: [0; PACKED_BYTES_MAX],
    };

    /// Packs all of these clauses.
    ///
    /// # Errors
    /// When there are too many, or one is not written as a clause.
    pub fn new(clauses: &[Clause]) -> Result<Self, ClausesError> {
        let mut packing = Packing::default();
        clauses
            .iter()
            .try_for_each(|clause| packing.push(clause.as_str()))?;
        Ok(packing.finish())
    }

    /// Packs as many of these clauses as an entry holds, from the most telling on; those that are not written as
    /// clauses are passed over.
    #[must_use]
    pub fn most_telling(clauses: &[Clause]) -> Self {
        let mut packing = Packing::default();
        for clause in clauses {
            if packing.push(clause.as_str()) == Err(ClausesError::TooMany) {
                break;
            }
        }
        packing.finish()
    }

    /// The clauses, most telling first.
    pub fn iter(&self) -> impl Iterator<Item = Clause> {
        let mut nibbles = nibbles(self.as_packed())
            .take_while(|nibble| *nibble != PAD)
            .collect::<Vec<_>>()
            .into_iter();
        std::iter::from_fn(move || {
            let text: String = nibbles
                .by_ref()
                .take_while(|nibble| *nibble != END)
                .filter_map(spoken)
                .collect();
            (!text.is_empty()).then(|| Clause::new(text))
        })
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The packed signs.
    pub(super) fn as_packed(&self) -> &[u8] {
        self.packed.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// Takes packed signs back, if they are what [`Clauses::as_packed`] would give.
    pub(super) fn from_packed(bytes: &[u8]) -> Option<Self> {
        let length = u8::try_from(bytes.len())
            .ok()
            .filter(|length| usize::from(*length) <= PACKED_BYTES_MAX)?;
        let mut packed = [0; PACKED_BYTES_MAX];
        packed.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        is_canonical(bytes).then_some(Self { length, packed })
    }
}

impl fmt::Debug for Clauses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|clause| clause.to_string()))
            .finish()
    }
}

/// Signs being packed.
#[derive(Default)]
struct Packing {
    clauses: usize,
    nibbles: Vec<u8>,
}

impl Packing {
    fn push(&mut self, clause: &str) -> Result<(), ClausesError> {
        let mut signs = Vec::with_capacity(clause.len() + 1);
        let rest = match (clause.strip_prefix("PRE-"), clause.strip_prefix("DEF-")) {
            (Some(rest), _) => {
                signs.push(PRE);
                rest
            }
            (_, Some(rest)) => {
                signs.push(DEF);
                rest
            }
            _ => clause,
        };
        for letter in rest.bytes() {
            signs.push(match letter {
                b'0'..=b'9' => letter - b'0',
                b'.' => STOP,
                b'#' => RULE,
                _ => return Err(ClausesError::Unspeakable),
            });
        }
        if signs.is_empty() {
            return Err(ClausesError::Unspeakable);
        }
        signs.push(END);
        if self.clauses == CLAUSES_MAX || self.nibbles.len() + signs.len() > CLAUSE_NIBBLES_MAX {
            return Err(ClausesError::TooMany);
        }
        self.clauses += 1;
        self.nibbles.extend(signs);
        Ok(())
    }

    fn finish(self) -> Clauses {
        let mut clauses = Clauses::NONE;
        for (byte, pair) in clauses.packed.iter_mut().zip(self.nibbles.chunks(2)) {
            let high = pair.first().copied().unwrap_or(PAD);
            let low = pair.get(1).copied().unwrap_or(PAD);
            *byte = high << 4 | low;
            clauses.length += 1;
        }
        clauses
    }
}

fn nibbles(packed: &[u8]) -> impl Iterator<Item = u8> {
    packed.iter().flat_map(|byte| [byte >> 4, byte & 0x0f])
}

fn spoken(nibble: u8) -> Option<&'static str> {
    match nibble {
        STOP => Some("."),
        RULE => Some("#"),
        PRE => Some("PRE-"),
        DEF => Some("DEF-"),
        digit => DIGITS.get(usize::from(digit)..=usize::from(digit)),
    }
}

/// Whole clauses only, each with an end and something before it, a head only at the head, at most one sign of padding
/// in the last place.
fn is_canonical(packed: &[u8]) -> bool {
    let places = packed.len() * 2;
    let (mut clauses, mut signs) = (0, 0);
    for (place, nibble) in nibbles(packed).enumerate() {
        match nibble {
            END if signs == 0 => return false,
            END => (clauses, signs) = (clauses + 1, 0),
            PAD if place + 1 != places || signs != 0 || place == 0 => return false,
            PAD => {}
            PRE | DEF if signs != 0 => return false,
            _ => signs += 1,
        }
    }
    let ends = packed
        .last()
        .is_none_or(|last| last & 0x0f == END || *last == END << 4 | PAD);
    signs == 0 && clauses <= CLAUSES_MAX && ends
}

const PACKED_BYTES_MAX: usize = CLAUSE_NIBBLES_MAX / 2;
const DIGITS: &str = "0123456789";
const STOP: u8 = 0xa;
const RULE: u8 = 0xb;
const PRE: u8 = 0xc;
const DEF: u8 = 0xd;
const END: u8 = 0xe;
const PAD: u8 = 0xf;
