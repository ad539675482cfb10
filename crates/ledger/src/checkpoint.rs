//! Checkpoints (C2SP `tlog-checkpoint`): how many entries there are and what their hash is, signed.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use thiserror::Error;

use crate::note::{Note, NoteError, Signer, VerifierKey};
use crate::tree::Hash;

/// What a ledger says of itself at one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the ledger; by custom its key has the same.
    pub origin: String,
    /// How many entries it holds.
    pub size: u64,
    /// The hash of the tree over them.
    pub root: Hash,
}

/// Why something is not a checkpoint that can be believed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// The note around it cannot be believed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is not origin, size and root, each on its line and nothing more.
    #[error("not a checkpoint: {0}")]
    Malformed(&'static str),
    /// The checkpoint of another ledger.
    #[error("a checkpoint of `{0}`, which is another ledger")]
    Origin(String),
}

impl Checkpoint {
    /// The three lines that are signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            BASE64_STANDARD.encode(self.root.0)
        )
    }

    /// The checkpoint as a note signed by `signers`.
    ///
    /// # Errors
    /// When the origin cannot stand in a note.
    pub fn sign(&self, signers: &[&Signer]) -> Result<Note, CheckpointError> {
        // The origin could break the text into other lines: what is signed must read back as what was meant.
        if self.text().parse::<Self>()? != *self {
            return Err(CheckpointError::Malformed("its origin is not one line"));
        }
        let mut note = Note::new(self.text())?;
        signers.iter().for_each(|signer| note.sign(signer));
        Ok(note)
    }

    /// Reads a signed checkpoint and verifies that one of `keys` signed it.
    ///
    /// # Errors
    /// When no trusted key signed it, a signature is false, or the text is none of a checkpoint.
    pub fn open(bytes: &[u8], keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        note.verify_author(keys)?;
        note.text().parse()
    }

    /// As [`Checkpoint::open`], and the ledger must be the one of this name.
    ///
    /// # Errors
    /// As [`Checkpoint::open`]; [`CheckpointError::Origin`] for another ledger.
    pub fn open_of(origin: &str, bytes: &[u8], keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let checkpoint = Self::open(bytes, keys)?;
        if checkpoint.origin == origin {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Origin(checkpoint.origin))
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} with {} entries, root {}",
            self.origin,
            self.size,
            BASE64_STANDARD.encode(self.root.0)
        )
    }
}

/// Reads the text of a checkpoint; believes nothing.
impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = CheckpointError::Malformed;
        let lines = text
            .strip_suffix('\n')
            .ok_or(malformed("its last line does not end"))?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(malformed("it is not three lines: origin, size, root"));
        };
        if origin.is_empty() {
            return Err(malformed("it names no origin"));
        }
        let digits =
            size.bytes().all(|digit| digit.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let size = size
            .parse()
            .ok()
            .filter(|_| digits)
            .ok_or(malformed("its size is not a number"))?;
        let root = BASE64_STANDARD
            .decode(root)
            .ok()
            .and_then(|root| Hash::from_slice(&root));
        let root = root.ok_or(malformed("its root is not a hash"))?;
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree::{empty_root, leaf_hash};

    /// The example of C2SP `tlog-checkpoint`.
    const EXAMPLE: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn signer() -> Signer {
        Signer::from_seed("example.kz/ledger", &[1; 32]).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_reads_and_writes() {
        let checkpoint: Checkpoint = EXAMPLE.parse().unwrap();
        assert_eq!(checkpoint.size, 20_852_163);
        assert_eq!(checkpoint.text(), EXAMPLE);
    }

    #[test]
    fn another_implementation_reads_ours() {
        let checkpoint = Checkpoint {
            origin: "example.kz/ledger".into(),
            size: 7,
            root: leaf_hash(b"x"),
        };
        let theirs = tlog_tiles::Checkpoint::from_bytes(checkpoint.text().as_bytes()).unwrap();
        assert_eq!((theirs.origin(), theirs.size()), ("example.kz/ledger", 7));
        assert_eq!(theirs.hash().0, checkpoint.root.0);
    }

    #[test]
    fn only_the_signed_ledger_opens() {
        let checkpoint = Checkpoint {
            origin: "example.kz/ledger".into(),
            size: 0,
            root: empty_root(),
        };
        let note = checkpoint.sign(&[&signer()]).unwrap().to_string();
        let keys = [signer().verifier_key().clone()];
        assert_eq!(
            Checkpoint::open_of("example.kz/ledger", note.as_bytes(), &keys),
            Ok(checkpoint.clone())
        );
        let other = Checkpoint::open_of("example.kz/other", note.as_bytes(), &keys);
        assert_eq!(other, Err(CheckpointError::Origin("example.kz/ledger".into())));
        assert!(Checkpoint::open(note.as_bytes(), &[]).is_err());
        let broken = Checkpoint {
            origin: "a\n5".into(),
            ..checkpoint
        };
        assert!(broken.sign(&[&signer()]).is_err());
    }

    #[test]
    fn hostile_texts_are_refused() {
        for (defect, from, to) in [
            ("no_origin", "example.com/behind-the-sofa", ""),
            ("leading_zero", "20852163", "020852163"),
            ("plus_sign", "20852163", "+20852163"),
            ("negative", "20852163", "-1"),
            ("too_big", "20852163", "18446744073709551616"),
            ("short_root", "CsUY", ""),
            ("loose_bits", "q2I=", "q2J="),
            ("extension_line", "q2I=\n", "q2I=\nmore\n"),
            ("missing_newline", "q2I=\n", "q2I="),
        ] {
            assert!(
                EXAMPLE.replace(from, to).parse::<Checkpoint>().is_err(),
                "{defect}"
            );
        }
    }

    #[test]
    fn every_altered_byte_is_found() {
        let keys = [signer().verifier_key().clone()];
        let checkpoint = Checkpoint {
            origin: "example.kz/ledger".into(),
            size: 70_000,
            root: leaf_hash(b"x"),
        };
        let note = checkpoint.sign(&[&signer()]).unwrap().to_string().into_bytes();
        for at in 0..note.len() {
            for flip in [1, 0x20, 0x80] {
                let mut altered = note.clone();
                altered[at] ^= flip;
                assert!(Checkpoint::open(&altered, &keys).is_err(), "byte {at}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(\\PC|\n)*", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = text.parse::<Checkpoint>();
            let _ = Checkpoint::open(&bytes, &[signer().verifier_key().clone()]);
        }
    }
}
