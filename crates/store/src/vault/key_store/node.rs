//! One node of the key tree: what lies in it, and how it lies in its row.
//!
//! ```text
//! row              format (1) | nonce (12) | content | tag (16), AES-256-GCM under the node's key
//! associated data  "sandyq/key-node" | format | steps from the top
//! inner node       1 | which of the 16 children there are (2) | the key of each (32)
//! bucket           2 | how many (2) | subject (16) | generation (4) | wrapped data key (63) | …
//! with leads       3 | how many keys (2) | as above | how many leads from here (2) | lead (49) | … | and to here | …
//! lead             token (16) | subject (16) | field (1) | generation (4) | mark (12)
//! ```
//! So a row opens in its own place only, and what was in a row opens for nobody once the node's key is forgotten.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sandyq_model::{Chance, Fault, Field, SubjectId};
use zeroize::Zeroizing;

use super::super::fault::VaultFault;
use super::super::lead::Lead;
use super::super::source::KEY_BYTES;
use super::super::subject_key::WRAPPED_BYTES;
use super::path::Path;

/// The key of a node. Wiped when dropped.
#[derive(Clone)]
pub(super) struct NodeKey(Zeroizing<[u8; KEY_BYTES]>);

impl NodeKey {
    pub(super) fn random(chance: &dyn Chance) -> Self {
        let mut secret = Zeroizing::new([0; KEY_BYTES]);
        chance.fill(secret.as_mut());
        Self(secret)
    }

    pub(super) const fn of(secret: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(secret)
    }

    pub(super) fn secret(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    fn cipher(&self) -> Result<LessSafeKey, VaultFault> {
        UnboundKey::new(&AES_256_GCM, self.0.as_slice())
            .map(LessSafeKey::new)
            .map_err(|_| VaultFault::Library)
    }
}

/// What a data key goes by.
pub(super) type Name = (SubjectId, u32);

/// A node, opened.
pub(super) enum Node {
    /// Leads on: the keys of the nodes below.
    Inner(BTreeMap<u8, NodeKey>),
    /// Where something lies.
    Bucket(Bucket),
}

/// What lies at the places of one part of the tree.
#[derive(Default)]
pub(super) struct Bucket {
    /// Wrapped data keys, at their subject.
    pub(super) keys: BTreeMap<Name, [u8; WRAPPED_BYTES]>,
    /// Leads, at the token they start from.
    pub(super) from_here: BTreeSet<Lead>,
    /// The same leads once more, at the subject they lead to.
    pub(super) to_here: BTreeSet<Lead>,
}

impl Bucket {
    /// How much lies in it.
    pub(super) fn len(&self) -> usize {
        self.keys.len() + self.from_here.len() + self.to_here.len()
    }
}

impl Node {
    /// A bucket with nothing in it.
    pub(super) const fn empty() -> Self {
        Self::Bucket(Bucket {
            keys: BTreeMap::new(),
            from_here: BTreeSet::new(),
            to_here: BTreeSet::new(),
        })
    }

    /// The row of this node under that key.
    pub(super) fn seal(&self, path: &Path, key: &NodeKey, chance: &dyn Chance) -> Result<Vec<u8>, Fault> {
        let mut nonce = [0; NONCE_LEN];
        chance.fill(&mut nonce);
        // As long as it will be, so that no plain copy is left behind by growing.
        let mut content = Zeroizing::new(Vec::with_capacity(self.content_bytes()));
        self.write_content(&mut content);
        let tag = key
            .cipher()?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated_data(path)),
                content.as_mut_slice(),
            )
            .map_err(|_| VaultFault::Library)?;
        Ok([&[FORMAT][..], &nonce, &content, tag.as_ref()].concat())
    }

    /// Opens a row.
    pub(super) fn open(row: &[u8], path: &Path, key: &NodeKey) -> Result<Self, Fault> {
        let (head, sealed) = row.split_at_checked(1 + NONCE_LEN).ok_or_else(unreadable)?;
        let [FORMAT, nonce @ ..] = head else {
            return Err(unreadable());
        };
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| unreadable())?;
        let mut opened = Zeroizing::new(sealed.to_vec());
        let content = key
            .cipher()?
            .open_in_place(nonce, Aad::from(associated_data(path)), opened.as_mut_slice())
            .map_err(|_| does_not_open())?;
        Self::read_content(content).ok_or_else(unreadable)
    }

    fn content_bytes(&self) -> usize {
        match self {
            Self::Inner(children) => HEAD_BYTES + children.len() * KEY_BYTES,
            Self::Bucket(bucket) => {
                let leads = bucket.from_here.len() + bucket.to_here.len();
                HEAD_BYTES + bucket.keys.len() * ENTRY_BYTES + leads * LEAD_BYTES + 2 * COUNT_BYTES
            }
        }
    }

    fn write_content(&self, content: &mut Vec<u8>) {
        match self {
            Self::Inner(children) => {
                let which = children
                    .keys()
                    .fold(0_u16, |which, step| which | 1 << (step & 0x0f));
                content.push(INNER);
                content.extend_from_slice(&which.to_be_bytes());
                for key in children.values() {
                    content.extend_from_slice(key.secret());
                }
            }
            Self::Bucket(bucket) => {
                let leads = [&bucket.from_here, &bucket.to_here];
                let without = leads.iter().all(|leads| leads.is_empty());
                content.push(if without { BUCKET } else { BUCKET_WITH_LEADS });
                content.extend_from_slice(&count(bucket.keys.len()));
                for ((subject, generation), wrapped) in &bucket.keys {
                    content.extend_from_slice(subject.as_bytes());
                    content.extend_from_slice(&generation.to_be_bytes());
                    content.extend_from_slice(wrapped);
                }
                for leads in leads.into_iter().filter(|_| !without) {
                    content.extend_from_slice(&count(leads.len()));
                    leads.iter().for_each(|lead| write_lead(lead, content));
                }
            }
        }
    }

    fn read_content(content: &[u8]) -> Option<Self> {
        let (head, rest) = content.split_at_checked(HEAD_BYTES)?;
        let &[kind, high, low] = head else {
            return None;
        };
        let number = u16::from_be_bytes([high, low]);
        match kind {
            INNER => {
                let steps = (0..16_u8).filter(|step| number & 1 << step != 0);
                let (keys, left) = rest.as_chunks::<KEY_BYTES>();
                let children = steps.zip(keys.iter().map(|key| NodeKey::of(Zeroizing::new(*key))));
                let whole = left.is_empty() && keys.len() == usize::try_from(number.count_ones()).ok()?;
                whole.then(|| Self::Inner(children.collect()))
            }
            BUCKET | BUCKET_WITH_LEADS => {
                let (entries, rest) = rest.split_at_checked(usize::from(number) * ENTRY_BYTES)?;
                let (entries, _) = entries.as_chunks::<ENTRY_BYTES>();
                let keys = entries.iter().map(read_entry).collect::<Option<_>>()?;
                let (from_here, to_here, rest) = if kind == BUCKET {
                    (BTreeSet::new(), BTreeSet::new(), rest)
                } else {
                    let (from_here, rest) = read_leads(rest)?;
                    let (to_here, rest) = read_leads(rest)?;
                    (from_here, to_here, rest)
                };
                let bucket = Bucket {
                    keys,
                    from_here,
                    to_here,
                };
                rest.is_empty().then_some(Self::Bucket(bucket))
            }
            _ => None,
        }
    }
}

fn read_entry(entry: &[u8; ENTRY_BYTES]) -> Option<(Name, [u8; WRAPPED_BYTES])> {
    let (subject, rest) = entry.split_first_chunk::<16>()?;
    let (generation, wrapped) = rest.split_first_chunk::<4>()?;
    let name = (SubjectId::from_bytes(*subject), u32::from_be_bytes(*generation));
    Some((name, wrapped.try_into().ok()?))
}

fn count(number: usize) -> [u8; COUNT_BYTES] {
    u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes()
}

fn write_lead(lead: &Lead, content: &mut Vec<u8>) {
    content.extend_from_slice(&lead.token);
    content.extend_from_slice(lead.subject.as_bytes());
    content.push(lead.field.number());
    content.extend_from_slice(&lead.generation.to_be_bytes());
    content.extend_from_slice(&lead.mark);
}

fn read_leads(content: &[u8]) -> Option<(BTreeSet<Lead>, &[u8])> {
    let (number, rest) = content.split_first_chunk::<COUNT_BYTES>()?;
    let bytes = usize::from(u16::from_be_bytes(*number)) * LEAD_BYTES;
    let (leads, rest) = rest.split_at_checked(bytes)?;
    let (leads, _) = leads.as_chunks::<LEAD_BYTES>();
    Some((leads.iter().map(read_lead).collect::<Option<_>>()?, rest))
}

fn read_lead(lead: &[u8; LEAD_BYTES]) -> Option<Lead> {
    let (token, rest) = lead.split_first_chunk::<16>()?;
    let (subject, rest) = rest.split_first_chunk::<16>()?;
    let (field, rest) = rest.split_first()?;
    let (generation, mark) = rest.split_first_chunk::<4>()?;
    Some(Lead {
        subject: SubjectId::from_bytes(*subject),
        field: Field::new(*field)?,
        generation: u32::from_be_bytes(*generation),
        mark: mark.try_into().ok()?,
        token: *token,
    })
}

fn associated_data(path: &Path) -> Vec<u8> {
    [&b"sandyq/key-node"[..], &[FORMAT], path.steps()].concat()
}

fn unreadable() -> Fault {
    Fault::Vault("a node of the key tree is in an unknown format".to_owned())
}

fn does_not_open() -> Fault {
    Fault::Vault("a node of the key tree does not open: it was changed, or is of another time".to_owned())
}

/// A bucket in which more lies than this is split among 16.
pub(super) const BUCKET_MAX: usize = 32;
const FORMAT: u8 = 1;
const INNER: u8 = 1;
const BUCKET: u8 = 2;
const BUCKET_WITH_LEADS: u8 = 3;
/// Kind, and which or how many.
const HEAD_BYTES: usize = 3;
const COUNT_BYTES: usize = 2;
const ENTRY_BYTES: usize = 16 + 4 + WRAPPED_BYTES;
const LEAD_BYTES: usize = 16 + 16 + 1 + 4 + NONCE_LEN;
