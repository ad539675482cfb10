//! 6.3, DEF-4: how a person is found again by an exact value, and how nobody finds the destroyed.
//!
//! A *lead* goes from the token of a value – a keyed hash, see [`Vault::blind_index`](super::Vault::blind_index) – to its
//! person. Tokens of telephone numbers can all be tried by whoever holds the root key, so none lies anywhere that is copied
//! for long: leads lie in the key tree, sealed under its nodes and gone with the person's key; the data holds each token
//! sealed under that key, from which a restored system makes its leads anew.
//!
//! ```text
//! sealed token     format (1) | nonce (12) | token (16) | tag (16), AES-256-GCM under the subject's data key
//! associated data  "sandyq/token" | format | subject (16) | field (1) | generation (4)
//! ```
//! The nonce is the lead's mark as well: a lead counts while the data holds the sealed token of the same mark.

use aws_lc_rs::aead::{Aad, NONCE_LEN, Nonce};
use sandyq_model::{Chance, Field, SubjectId};

use super::fault::VaultFault;
use super::keyed_hash::TOKEN_BYTES;
use super::subject_key::SubjectKey;

/// A keyed hash of a folded value.
pub type SearchToken = [u8; TOKEN_BYTES];

/// Which sealed token of the data a lead belongs to. Random, and never used again.
pub type LeadMark = [u8; NONCE_LEN];

/// The way from a token to a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lead {
    /// Whom it leads to.
    pub subject: SubjectId,
    /// Which field has the value.
    pub field: Field,
    /// The generation of the subject's key that it dies with.
    pub generation: u32,
    /// The sealed token that it belongs to.
    pub mark: LeadMark,
    /// What it starts from.
    pub token: SearchToken,
}

/// A lead, and its token as it lies in the data.
#[derive(Clone)]
pub struct NewLead {
    /// For the key store, which must have it before the data is durable.
    pub lead: Lead,
    /// For the data.
    pub sealed: Vec<u8>,
}

/// Seals the token of a value of that field.
pub(super) fn seal(
    key: &SubjectKey,
    field: Field,
    token: SearchToken,
    chance: &dyn Chance,
) -> Result<NewLead, VaultFault> {
    let mut mark = [0; NONCE_LEN];
    chance.fill(&mut mark);
    let mut body = token;
    let tag = key
        .cipher()
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(mark),
            Aad::from(associated_data(key, field)),
            &mut body,
        )
        .map_err(|_| VaultFault::Library)?;
    Ok(NewLead {
        lead: Lead {
            subject: key.subject(),
            field,
            generation: key.generation(),
            mark,
            token,
        },
        sealed: [&[FORMAT][..], &mark, &body, tag.as_ref()].concat(),
    })
}

/// The lead of a sealed token.
pub(super) fn open(key: &SubjectKey, field: Field, sealed: &[u8]) -> Result<Lead, VaultFault> {
    let mark = mark_of(sealed).ok_or(VaultFault::UnknownFormat(field))?;
    let mut body = sealed.get(HEAD_BYTES..).unwrap_or_default().to_vec();
    let token = key
        .cipher()
        .open_in_place(
            Nonce::assume_unique_for_key(mark),
            Aad::from(associated_data(key, field)),
            &mut body,
        )
        .map_err(|_| VaultFault::DoesNotOpen(field))?;
    Ok(Lead {
        subject: key.subject(),
        field,
        generation: key.generation(),
        mark,
        token: (&*token)
            .try_into()
            .map_err(|_| VaultFault::UnknownFormat(field))?,
    })
}

/// The mark of a sealed token, which needs no key; `None` when it is none.
#[must_use]
pub fn mark_of(sealed: &[u8]) -> Option<LeadMark> {
    match sealed.split_first()? {
        (&FORMAT, rest) => rest.first_chunk().copied(),
        _ => None,
    }
}

fn associated_data(key: &SubjectKey, field: Field) -> Vec<u8> {
    [
        &b"sandyq/token"[..],
        &[FORMAT],
        key.subject().as_bytes(),
        &[field.number()],
        &key.generation().to_be_bytes(),
    ]
    .concat()
}

const FORMAT: u8 = 1;
/// Format and nonce.
const HEAD_BYTES: usize = 1 + NONCE_LEN;
