//! The bytes of an entry (`spec/ledger-entry.md`): one way to write each entry, and every other way refused.

use sandyq_model::{ActorId, CaseId, Country, FieldSet, Pseudonym, Purpose, Role};
use thiserror::Error;

use super::{
    By, Clauses, Deed, Detail, Entry, GroundKind, GroundMark, Moment, Outcome, PolicyMark, RecipientMark,
};

/// Bytes that an entry can have at most.
pub const ENTRY_BYTES_MAX: usize = 141;

/// Bytes that are not an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    /// Longer than any entry.
    #[error("an entry has at most {ENTRY_BYTES_MAX} bytes, not {0}")]
    TooLong(usize),
    /// The bytes end before the entry does.
    #[error("the entry breaks off at byte {0}")]
    CutOff(usize),
    /// Bytes are left over after the entry.
    #[error("{0} bytes follow after the end of the entry")]
    Trailing(usize),
    /// A version that this program does not know.
    #[error("version {0} of the entry is not known")]
    Version(u8),
    /// A number that names nothing.
    #[error("{what} {code} is not known")]
    Unknown {
        /// What the number should name.
        what: &'static str,
        /// The number.
        code: u64,
    },
    /// The same entry could be written otherwise, and only that other way is allowed.
    #[error("{0} is not written in the one canonical way")]
    NotCanonical(&'static str),
}

impl Entry {
    /// The bytes of this entry. Ids that are all zero are written as absent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ENTRY_BYTES_MAX);
        self.encode_into(&mut bytes);
        bytes
    }

    /// Adds the bytes of this entry to `bytes`.
    pub fn encode_into(&self, bytes: &mut Vec<u8>) {
        let millis = self.at.as_millis().to_be_bytes();
        bytes.extend([VERSION, self.presence()]);
        bytes.extend(millis.iter().skip(2));
        bytes.extend([self.role.number(), self.deed.code(), self.mixed()]);
        if let Some(actor) = self.actor() {
            bytes.extend(actor);
        }
        let ids = [
            self.subject.map(|id| *id.as_bytes()),
            self.ground_reference(),
            self.case.map(|id| *id.as_bytes()),
        ];
        ids.into_iter()
            .flatten()
            .filter(|id| *id != ZERO)
            .for_each(|id| bytes.extend(id));
        if let Some(recipient) = self.recipient {
            write_varint(recipient.code, bytes);
            bytes.extend(recipient.country.as_str().bytes());
        }
        if let Some(policy) = self.policy {
            bytes.extend(policy.as_bytes());
        }
        if self.detail != Detail::None {
            bytes.push(self.detail.code());
        }
        let fields = self.fields.bits().to_be_bytes();
        let fields = fields
            .get(self.fields.bits().leading_zeros() as usize / 8..)
            .unwrap_or_default();
        for part in [fields, self.clauses.as_packed()] {
            // INVARIANT: sixteen bytes of fields and thirty-two of clauses at most: the length is one byte.
            bytes.push(part.len() as u8);
            bytes.extend(part);
        }
    }

    /// Reads an entry back.
    ///
    /// # Errors
    /// [`EntryError`] when the bytes are not exactly what [`Entry::encode`] gives for some entry.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::TooLong(bytes.len()));
        }
        let mut reader = Reader { bytes, at: 0 };
        let entry = reader.entry()?;
        match bytes.len() - reader.at {
            0 => Ok(entry),
            left => Err(EntryError::Trailing(left)),
        }
    }

    fn actor(&self) -> Option<[u8; 16]> {
        match self.by {
            By::Person(id) if *id.as_bytes() != ZERO => Some(*id.as_bytes()),
            _ => None,
        }
    }

    fn ground_reference(&self) -> Option<[u8; 16]> {
        Some(*self.ground.reference()).filter(|reference| *reference != ZERO)
    }

    fn presence(&self) -> u8 {
        let parts = [
            (ACTOR, self.actor().is_some()),
            (ACTOR_IS_SUBJECT, self.by == By::Subject),
            (SUBJECT, self.subject.is_some_and(|id| *id.as_bytes() != ZERO)),
            (REFERENCE, self.ground_reference().is_some()),
            (CASE, self.case.is_some_and(|id| *id.as_bytes() != ZERO)),
            (RECIPIENT, self.recipient.is_some()),
            (POLICY, self.policy.is_some()),
            (DETAIL, self.detail != Detail::None),
        ];
        parts
            .into_iter()
            .filter(|(_, present)| *present)
            .fold(0, |all, (bit, _)| all | bit)
    }

    fn mixed(&self) -> u8 {
        (self.outcome as u8) << 6 | (self.ground.kind() as u8) << 4 | self.purpose.map_or(0, Purpose::number)
    }
}

/// Bytes being read.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn entry(&mut self) -> Result<Entry, EntryError> {
        let version = self.byte()?;
        if version != VERSION {
            return Err(EntryError::Version(version));
        }
        let presence = self.byte()?;
        let mut entry = self.head()?;
        entry.by = match (presence & ACTOR != 0, presence & ACTOR_IS_SUBJECT != 0) {
            (false, false) => By::System,
            (false, true) => By::Subject,
            (true, false) => By::Person(ActorId::from_bytes(self.id("the actor")?)),
            (true, true) => return Err(EntryError::NotCanonical("the actor")),
        };
        if presence & SUBJECT != 0 {
            entry.subject = Some(Pseudonym::from_bytes(self.id("the subject")?));
        }
        if presence & REFERENCE != 0 {
            if entry.ground.kind() == GroundKind::None {
                return Err(EntryError::NotCanonical("the reference of no ground"));
            }
            entry.ground = GroundMark::new(entry.ground.kind(), self.id("the reference of the ground")?);
        }
        if presence & CASE != 0 {
            entry.case = Some(CaseId::from_bytes(self.id("the case")?));
        }
        if presence & RECIPIENT != 0 {
            entry.recipient = Some(self.recipient()?);
        }
        if presence & POLICY != 0 {
            let mark = PolicyMark::from_bytes(self.array()?);
            entry.policy = Some(mark.ok_or(EntryError::NotCanonical("the policy"))?);
        }
        if presence & DETAIL != 0 {
            entry.detail = self.detail()?;
        }
        entry.fields = self.fields()?;
        let clauses = Clauses::from_packed(self.sized()?);
        entry.clauses = clauses.ok_or(EntryError::NotCanonical("the list of clauses"))?;
        Ok(entry)
    }

    fn head(&mut self) -> Result<Entry, EntryError> {
        let [a, b, c, d, e, f] = self.array()?;
        let millis = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let at = Moment::from_millis(millis).ok_or(EntryError::Unknown {
            what: "the instant",
            code: millis,
        })?;
        let role = self.byte()?;
        let role = Role::new(role).ok_or_else(|| unknown("role", role))?;
        let deed = self.byte()?;
        let deed = Deed::from_code(deed).ok_or_else(|| unknown("deed", deed))?;
        let mixed = self.byte()?;
        let mut entry = Entry::new(at, role, By::System, deed);
        entry.outcome = Outcome::from_code(mixed >> 6).ok_or_else(|| unknown("outcome", mixed >> 6))?;
        entry.ground = GroundMark::new(GroundKind::from_bits(mixed >> 4), ZERO);
        entry.purpose = match mixed & 0x0f {
            0 => None,
            number => Some(Purpose::new(number).ok_or_else(|| unknown("purpose", number))?),
        };
        Ok(entry)
    }

    fn recipient(&mut self) -> Result<RecipientMark, EntryError> {
        let code = self.varint()?;
        let letters: [u8; 2] = self.array()?;
        let country: Option<Country> = std::str::from_utf8(&letters)
            .ok()
            .and_then(|letters| letters.parse().ok());
        let unknown = EntryError::Unknown {
            what: "country",
            code: u64::from(u16::from_be_bytes(letters)),
        };
        Ok(RecipientMark {
            code,
            country: country.ok_or(unknown)?,
        })
    }

    fn detail(&mut self) -> Result<Detail, EntryError> {
        match self.byte()? {
            0 => Err(EntryError::NotCanonical("the detail")),
            code => Detail::from_code(code).ok_or_else(|| unknown("detail", code)),
        }
    }

    fn fields(&mut self) -> Result<FieldSet, EntryError> {
        let part = self.sized()?;
        if part.len() > size_of::<u128>() || part.first() == Some(&0) {
            return Err(EntryError::NotCanonical("the set of fields"));
        }
        Ok(FieldSet::from_bits(
            part.iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte)),
        ))
    }

    fn varint(&mut self) -> Result<u32, EntryError> {
        let mut value = 0_u64;
        for group in 0..VARINT_BYTES_MAX {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << (7 * group);
            if byte & 0x80 == 0 {
                let shortest = byte != 0 || group == 0;
                let fits = u32::try_from(value).ok().filter(|_| shortest);
                return fits.ok_or(EntryError::NotCanonical("the number of the recipient"));
            }
        }
        Err(EntryError::NotCanonical("the number of the recipient"))
    }

    fn id(&mut self, what: &'static str) -> Result<[u8; 16], EntryError> {
        let id = self.array()?;
        if id == ZERO {
            Err(EntryError::NotCanonical(what))
        } else {
            Ok(id)
        }
    }

    fn sized(&mut self) -> Result<&'a [u8], EntryError> {
        let length = self.byte()?;
        self.take(usize::from(length))
    }

    fn byte(&mut self) -> Result<u8, EntryError> {
        self.array().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], EntryError> {
        self.take(N)?
            .try_into()
            .map_err(|_| EntryError::CutOff(self.bytes.len()))
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], EntryError> {
        let part = self
            .bytes
            .get(self.at..self.at + count)
            .ok_or(EntryError::CutOff(self.bytes.len()))?;
        self.at += count;
        Ok(part)
    }
}

fn unknown(what: &'static str, code: u8) -> EntryError {
    EntryError::Unknown {
        what,
        code: u64::from(code),
    }
}

fn write_varint(mut value: u32, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

const VERSION: u8 = 1;
const ZERO: [u8; 16] = [0; 16];
const VARINT_BYTES_MAX: u32 = 5;

const ACTOR: u8 = 0x01;
const ACTOR_IS_SUBJECT: u8 = 0x02;
const SUBJECT: u8 = 0x04;
const REFERENCE: u8 = 0x08;
const CASE: u8 = 0x10;
const RECIPIENT: u8 = 0x20;
const POLICY: u8 = 0x40;
const DETAIL: u8 = 0x80;
