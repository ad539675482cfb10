//! Frames as bytes (`spec/second-copy.md`): each sealed, numbered, and bound to the hash of everything before it, so that
//! a frame that was removed, moved, changed or put in is found. Pure; knows nothing of what frames hold.

use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use sandyq_ledger::tree::sha256;
use sandyq_model::Fault;

use crate::vault::CopyKey;

/// The beginning of a segment: which frames are in it, and what they follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHead {
    /// The number of its first frame.
    pub first: u64,
    /// The number of the frame that it follows; 0: it is the first of a stream. Frames between, in older segments,
    /// were never known to be durable and do not count.
    pub follows: u64,
    /// The hash up to and with the frame that it follows.
    pub link: [u8; LINK_BYTES],
    /// Makes the segment's key another than any other's.
    pub salt: [u8; SALT_BYTES],
}

/// The running end of a segment: what seals or opens its next frame.
pub(crate) struct Chain {
    cipher: LessSafeKey,
    number: u64,
    link: [u8; LINK_BYTES],
}

/// What stands at a place of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A whole frame, and how many bytes it takes.
    Frame {
        /// What it holds, as a number.
        kind: u8,
        /// What it holds, opened.
        plain: Vec<u8>,
        /// Its length with everything.
        bytes: usize,
    },
    /// The beginning of a frame, and then no more: a write that did not come to its end.
    Torn,
    /// Something else than was written there.
    Altered,
}

impl SegmentHead {
    /// The head as bytes, and the chain that its first frame continues.
    pub(crate) fn seal(&self, key: &CopyKey) -> Result<(Vec<u8>, Chain), Fault> {
        let mut bytes = self.text(key.version());
        let cipher = key.of_segment(&self.salt, &bytes)?;
        let tag = tag(&cipher, HEAD_NONCE, self.first, &bytes)?;
        bytes.extend_from_slice(&tag);
        let chain = Chain {
            cipher,
            number: self.first,
            link: sha256(&bytes).0,
        };
        Ok((bytes, chain))
    }

    /// Reads the head of a segment, which these bytes begin with; `None` when it is cut off.
    ///
    /// # Errors
    /// [`Fault::Ledger`] when it is another than was written, or under another key.
    pub(crate) fn open(bytes: &[u8], key: &CopyKey) -> Result<Option<(Self, Chain)>, Fault> {
        let Some((head, _)) = bytes.split_at_checked(SEGMENT_HEAD_BYTES) else {
            return Ok(None);
        };
        if let Some(read) = Self::read(head) {
            let (expected, chain) = read.seal(key)?;
            if expected == head {
                return Ok(Some((read, chain)));
            }
        }
        if ends_in_nothing(bytes) {
            Ok(None)
        } else {
            Err(altered("the head of a segment"))
        }
    }

    fn text(&self, version: u16) -> Vec<u8> {
        [
            MAGIC.as_slice(),
            &version.to_be_bytes(),
            &self.first.to_be_bytes(),
            &self.follows.to_be_bytes(),
            &self.link,
            &self.salt,
        ]
        .concat()
    }

    fn read(head: &[u8]) -> Option<Self> {
        let rest = head.strip_prefix(MAGIC.as_slice())?;
        let (_version, rest) = rest.split_first_chunk::<2>()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let (follows, rest) = rest.split_first_chunk::<8>()?;
        let (link, rest) = rest.split_first_chunk::<LINK_BYTES>()?;
        let (salt, _) = rest.split_first_chunk::<SALT_BYTES>()?;
        Some(Self {
            first: u64::from_be_bytes(*first),
            follows: u64::from_be_bytes(*follows),
            link: *link,
            salt: *salt,
        })
    }
}

impl Chain {
    /// The number that the next frame has.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// The hash over everything up to here.
    pub(crate) const fn link(&self) -> [u8; LINK_BYTES] {
        self.link
    }

    /// Seals the next frame onto the end of `out`.
    ///
    /// # Errors
    /// [`Fault::Store`] when it is longer than [`FRAME_BYTES_MAX`].
    pub(crate) fn seal(&mut self, kind: u8, plain: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        let length = u32::try_from(plain.len())
            .ok()
            .filter(|_| plain.len() <= FRAME_BYTES_MAX)
            .ok_or_else(|| Fault::Store("a frame of the second copy is too long".into()))?;
        let from = out.len();
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&self.number.to_be_bytes());
        out.push(kind);
        let bound = [out.get(from..).unwrap_or_default(), &self.link].concat();
        out.extend_from_slice(&tag(&self.cipher, LENGTH_NONCE, self.number, &bound)?);
        let mut sealed = plain.to_vec();
        self.cipher
            .seal_in_place_append_tag(nonce(BODY_NONCE, self.number), Aad::from(&bound), &mut sealed)
            .map_err(|_| Fault::Vault("the cryptographic library refused".into()))?;
        out.extend_from_slice(&sealed);
        self.go_on(out.get(from..).unwrap_or_default());
        Ok(())
    }

    /// Opens the next frame, which begins where `bytes` does.
    pub(crate) fn open(&mut self, bytes: &[u8]) -> Found {
        match self.try_open(bytes) {
            Ok((kind, plain, length)) => {
                self.go_on(bytes.get(..length).unwrap_or_default());
                Found::Frame {
                    kind,
                    plain,
                    bytes: length,
                }
            }
            Err(Flaw::CutOff) => Found::Torn,
            // Room that was given and never written reads as zeros: as good as cut off there.
            Err(Flaw::Other) if ends_in_nothing(bytes) => Found::Torn,
            Err(Flaw::Other) => Found::Altered,
        }
    }

    fn try_open(&self, bytes: &[u8]) -> Result<(u8, Vec<u8>, usize), Flaw> {
        let (head, rest) = bytes.split_at_checked(FRAME_HEAD_BYTES).ok_or(Flaw::CutOff)?;
        let (length_tag, rest) = rest.split_at_checked(TAG_BYTES).ok_or(Flaw::CutOff)?;
        let bound = [head, &self.link].concat();
        let expected = tag(&self.cipher, LENGTH_NONCE, self.number, &bound).map_err(|_| Flaw::Other)?;
        if expected != length_tag {
            return Err(Flaw::Other);
        }
        let (length, numbered) = head.split_first_chunk::<4>().ok_or(Flaw::Other)?;
        let (number, kind) = numbered.split_first_chunk::<8>().ok_or(Flaw::Other)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Flaw::Other)?;
        if u64::from_be_bytes(*number) != self.number || length > FRAME_BYTES_MAX {
            return Err(Flaw::Other);
        }
        let (sealed, _) = rest.split_at_checked(length + TAG_BYTES).ok_or(Flaw::CutOff)?;
        let mut plain = sealed.to_vec();
        let opened = self
            .cipher
            .open_in_place(nonce(BODY_NONCE, self.number), Aad::from(&bound), &mut plain);
        let opened = opened.map_err(|_| Flaw::Other)?.len();
        plain.truncate(opened);
        let kind = kind.first().copied().ok_or(Flaw::Other)?;
        Ok((kind, plain, FRAME_HEAD_BYTES + TAG_BYTES + sealed.len()))
    }

    fn go_on(&mut self, frame: &[u8]) {
        self.link = sha256(frame).0;
        self.number += 1;
    }
}

enum Flaw {
    CutOff,
    Other,
}

/// A damage of the copy, in words.
pub(crate) fn altered(what: &str) -> Fault {
    Fault::Ledger(format!(
        "the second copy is not what was written with this root key: {what} was changed, moved or removed"
    ))
}

fn ends_in_nothing(bytes: &[u8]) -> bool {
    bytes.iter().rev().take(TAG_BYTES).all(|byte| *byte == 0)
}

/// The tag over something that is not secret.
fn tag(cipher: &LessSafeKey, use_of: [u8; 4], number: u64, bound: &[u8]) -> Result<[u8; TAG_BYTES], Fault> {
    let tag = cipher
        .seal_in_place_separate_tag(nonce(use_of, number), Aad::from(bound), &mut [])
        .map_err(|_| Fault::Vault("the cryptographic library refused".into()))?;
    let mut bytes = [0; TAG_BYTES];
    bytes
        .iter_mut()
        .zip(tag.as_ref())
        .for_each(|(place, byte)| *place = *byte);
    Ok(bytes)
}

/// INVARIANT: a segment's key seals one frame of each number.
fn nonce(use_of: [u8; 4], number: u64) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    let (use_place, number_place) = bytes.split_at_mut(use_of.len());
    use_place.copy_from_slice(&use_of);
    number_place.copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

/// What a frame holds at most, in bytes.
pub(crate) const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The length of a hash that links frames.
pub(crate) const LINK_BYTES: usize = 32;
/// The length of a segment's salt.
pub(crate) const SALT_BYTES: usize = 32;
/// What begins every segment.
const MAGIC: &[u8; 14] = b"sandyq-copy/1\n";
/// Magic, version of the key, first, follows, link, salt, tag.
pub(crate) const SEGMENT_HEAD_BYTES: usize = 14 + 2 + 8 + 8 + LINK_BYTES + SALT_BYTES + TAG_BYTES;
/// Length, number, kind.
const FRAME_HEAD_BYTES: usize = 4 + 8 + 1;
const TAG_BYTES: usize = 16;
const BODY_NONCE: [u8; 4] = [0; 4];
const LENGTH_NONCE: [u8; 4] = [0, 0, 0, 1];
const HEAD_NONCE: [u8; 4] = [0, 0, 0, 2];
