//! Somebody who kept every row that was ever durable, and now has the root key and the file of the present epoch. Reads
//! the format by hand, with nothing of the code that writes it, and tries every key that ever turns up at a place on
//! every row that ever was there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sandyq_model::SubjectId;

use super::super::super::source::KeySource;
use super::{Cellar, KeyRow};

/// Opens what AES-256-GCM made of nonce, ciphertext and tag.
fn opens(key: &[u8], sealed: &[u8], bound: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_at_checked(12)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut opened = sealed.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = key.open_in_place(nonce, Aad::from(bound), &mut opened).ok()?;
    Some(plain.to_vec())
}

/// The keys of epochs in the file as it lies there now.
fn epoch_keys(source: &dyn KeySource, file: &PathBuf) -> Vec<(u32, Vec<u8>)> {
    let wrap = source.derive(b"sandyq/epoch-wrap/1").unwrap();
    let bytes = fs::read(file).unwrap();
    let blocks = bytes.chunks(512).skip(1);
    blocks
        .filter_map(|block| {
            let bound = [b"sandyq/epoch-key", &block[..7]].concat();
            let key = opens(wrap.as_slice(), &block[7..67], &bound)?;
            Some((u32::from_be_bytes(block[3..7].try_into().unwrap()), key))
        })
        .collect()
}

/// Every data key that opens, of all that was kept.
pub(super) fn everything_that_opens(cellar: &Cellar) -> Opened {
    let kept = cellar.kept.lock().unwrap().clone();
    let files = ["epoch.key", "epoch-elsewhere.key"].map(|file| cellar.path(file));
    opens_of(&kept, &cellar.source, &files)
}

/// What he has opened.
#[derive(Default)]
pub(crate) struct Opened {
    /// Data keys.
    pub(crate) keys: BTreeSet<(SubjectId, u32)>,
    /// Tokens, and whom they lead to.
    pub(crate) tokens: BTreeSet<([u8; 16], SubjectId)>,
}

impl Opened {
    /// Reads what lies in a bucket.
    fn take(&mut self, content: &[u8]) {
        let subject = |bytes: &[u8]| SubjectId::from_bytes(bytes.try_into().unwrap());
        let number = |at: usize| usize::from(u16::from_be_bytes(content[at..at + 2].try_into().unwrap()));
        let mut at = 3;
        for entry in content[at..].chunks(83).take(number(1)) {
            let generation = u32::from_be_bytes(entry[16..20].try_into().unwrap());
            self.keys.insert((subject(&entry[..16]), generation));
        }
        at += 83 * number(1);
        while at < content.len() {
            for lead in content[at + 2..].chunks(49).take(number(at)) {
                let token = lead[..16].try_into().unwrap();
                self.tokens.insert((token, subject(&lead[16..32])));
            }
            at += 2 + 49 * number(at);
        }
    }
}

/// The same, of rows from anywhere.
pub(crate) fn opens_of(kept: &BTreeSet<KeyRow>, source: &dyn KeySource, epoch_files: &[PathBuf]) -> Opened {
    let mut known: BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>> = BTreeMap::new();
    let held: Vec<(u32, Vec<u8>)> = epoch_files
        .iter()
        .flat_map(|file| epoch_keys(source, file))
        .collect();
    for (_, row) in kept.iter().filter(|(path, _)| path == b"t") {
        let epoch: [u8; 4] = row[1..5].try_into().unwrap();
        let bound = [b"sandyq/key-tree-top", &[1][..], &epoch].concat();
        // Any key that there is, not only the one that the row names.
        for top in held.iter().filter_map(|(_, key)| opens(key, &row[5..], &bound)) {
            known.entry(Vec::new()).or_default().insert(top);
        }
    }
    let mut opened = Opened::default();
    // In order of paths: what leads to a node is before it.
    for (path, row) in kept.iter().filter(|(path, _)| path.starts_with(b"n")) {
        let steps = &path[1..];
        let bound = [b"sandyq/key-node", &[1][..], steps].concat();
        let keys = known.get(steps).cloned().unwrap_or_default();
        for content in keys.iter().filter_map(|key| opens(key, &row[1..], &bound)) {
            if content[0] == 1 {
                let number = u16::from_be_bytes(content[1..3].try_into().unwrap());
                let below = (0..16_u8).filter(|step| number & 1 << step != 0);
                for (step, key) in below.zip(content[3..].chunks(32)) {
                    let child = [steps, &[step]].concat();
                    known.entry(child).or_default().insert(key.to_vec());
                }
            } else {
                opened.take(&content);
            }
        }
    }
    opened
}
