//! 5.1.3-a: one value, sealed by itself. AES-256-GCM under the subject's data key, bound to where it stands.
//!
//! ```text
//! bytes            format (1) | generation (4) | nonce (12) | padded value | tag (16)
//! associated data  "sandyq/value" | format | subject (16) | field (1) | version (4) | generation (4)
//! ```
//! So a sealed value that is moved to another row, field, subject, version or generation does not open. Values are
//! padded to whole blocks of [`PAD_BYTES`], so that "married" and "single" have one length. Never decides whether a
//! value may be opened: that is what the permit is for.

use aws_lc_rs::aead::{Aad, NONCE_LEN, Nonce};
use sandyq_model::{Chance, Field, Plain, SubjectId};
use zeroize::Zeroizing;

use super::fault::VaultFault;
use super::subject_key::SubjectKey;

/// A sealed value of a record, with the place that it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedValue {
    /// Which field.
    pub field: Field,
    /// Which version of that field's value, counted from 1.
    pub version: u32,
    /// Under which generation of the subject's key.
    pub generation: u32,
    /// Format, generation, nonce, ciphertext and tag.
    pub bytes: Vec<u8>,
}

pub(super) fn seal(
    key: &SubjectKey,
    field: Field,
    version: u32,
    plain: &str,
    chance: &dyn Chance,
) -> Result<SealedValue, VaultFault> {
    if plain.len() > SEALED_VALUE_BYTES_MAX {
        return Err(VaultFault::TooLong(field));
    }
    let bound = associated_data(key.subject(), field, version, key.generation());
    Ok(SealedValue {
        field,
        version,
        generation: key.generation(),
        bytes: seal_bound(key, &bound, plain, chance)?,
    })
}

/// Seals a text under the subject's key, bound to what `bound` says about where it stands.
pub(super) fn seal_bound(
    key: &SubjectKey,
    bound: &[u8],
    plain: &str,
    chance: &dyn Chance,
) -> Result<Vec<u8>, VaultFault> {
    let padded = (plain.len() / PAD_BYTES + 1) * PAD_BYTES;
    let mut nonce = [0; NONCE_LEN];
    chance.fill(&mut nonce);
    // Sealed in place, in a buffer that is never moved: the plain bytes are overwritten, not left behind.
    let mut bytes = Vec::with_capacity(HEAD_BYTES + padded + TAG_BYTES);
    bytes.push(FORMAT);
    bytes.extend_from_slice(&key.generation().to_be_bytes());
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(plain.as_bytes());
    bytes.push(PAD_MARK);
    bytes.resize(HEAD_BYTES + padded, 0);
    let (_, value) = bytes.split_at_mut(HEAD_BYTES);
    let tag = key
        .cipher()
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), value)
        .map_err(|_| VaultFault::Library)?;
    bytes.extend_from_slice(tag.as_ref());
    Ok(bytes)
}

pub(super) fn open(key: &SubjectKey, sealed: &SealedValue) -> Result<Plain<String>, VaultFault> {
    let field = sealed.field;
    if sealed.generation != key.generation() {
        return Err(VaultFault::OtherGeneration(field));
    }
    let bound = associated_data(key.subject(), field, sealed.version, sealed.generation);
    open_bound(key, &bound, &sealed.bytes).map_err(|unopened| match unopened {
        Unopened::Format => VaultFault::UnknownFormat(field),
        Unopened::Generation => VaultFault::OtherGeneration(field),
        Unopened::Seal => VaultFault::DoesNotOpen(field),
    })
}

/// Why sealed bytes do not open.
pub(super) enum Unopened {
    /// They are not of this format.
    Format,
    /// They name another generation of the key.
    Generation,
    /// They, or where they stand, were changed; or the key is another one.
    Seal,
}

/// Opens what [`seal_bound`] sealed in the same place.
pub(super) fn open_bound(key: &SubjectKey, bound: &[u8], sealed: &[u8]) -> Result<Plain<String>, Unopened> {
    let (head, body) = sealed.split_at_checked(HEAD_BYTES).ok_or(Unopened::Format)?;
    let [FORMAT, first, second, third, fourth, nonce @ ..] = head else {
        return Err(Unopened::Format);
    };
    if u32::from_be_bytes([*first, *second, *third, *fourth]) != key.generation() {
        return Err(Unopened::Generation);
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unopened::Format)?;
    let mut opened = Zeroizing::new(body.to_vec());
    let padded = key
        .cipher()
        .open_in_place(nonce, Aad::from(bound), opened.as_mut_slice())
        .map_err(|_| Unopened::Seal)?;
    let end = padded
        .iter()
        .rposition(|byte| *byte != 0)
        .ok_or(Unopened::Format)?;
    if padded.get(end) != Some(&PAD_MARK) {
        return Err(Unopened::Format);
    }
    opened.truncate(end);
    // The buffer becomes the value: one plain copy to wipe, not two.
    match String::from_utf8(std::mem::take(&mut *opened)) {
        Ok(text) => Ok(Plain::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(Unopened::Format)
        }
    }
}

fn associated_data(subject: SubjectId, field: Field, version: u32, generation: u32) -> [u8; BOUND_BYTES] {
    let mut bound = [0; BOUND_BYTES];
    let parts = [
        &b"sandyq/value"[..],
        &[FORMAT],
        subject.as_bytes(),
        &[field.number()],
        &version.to_be_bytes(),
        &generation.to_be_bytes(),
    ];
    for (place, byte) in bound.iter_mut().zip(parts.into_iter().flatten()) {
        *place = *byte;
    }
    bound
}

/// No longer value is sealed, in bytes of UTF-8.
pub const SEALED_VALUE_BYTES_MAX: usize = 256 * 1024;
/// Values are padded to whole blocks of this many bytes.
pub const PAD_BYTES: usize = 32;
/// Ends the value inside its padding (ISO/IEC 7816-4): what follows it is zeros.
const PAD_MARK: u8 = 0x80;
/// The format of sealed values that this version writes.
const FORMAT: u8 = 1;
/// Format, generation, nonce.
const HEAD_BYTES: usize = 1 + 4 + NONCE_LEN;
const TAG_BYTES: usize = 16;
const BOUND_BYTES: usize = 12 + 1 + 16 + 1 + 4 + 4;
