//! Somebody who kept every copy of the key store that he could get, and now has the root key and the file of the present
//! epoch. He reads the format by hand, with nothing of the code that writes it, and tries every key that ever turns up
//! at a place on every row that ever was there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sandyq_model::SubjectId;
use sandyq_store::vault::{KeyFile, KeySource};

/// What he has kept.
#[derive(Default)]
pub struct Attacker {
    rows: BTreeSet<(Vec<u8>, Vec<u8>)>,
}

impl Attacker {
    /// He copies the key store of that folder.
    pub fn copies(&mut self, data: &Path) {
        // A copy of his own: nobody hears of him.
        let his = tempfile::tempdir_in(data.parent().unwrap()).unwrap();
        super::files::copy(&data.join("keys"), his.path());
        let connection = rusqlite::Connection::open(his.path().join("keys.db")).unwrap();
        let mut query = connection.prepare("SELECT path, blob FROM row").unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        self.rows.extend(rows.map(Result::unwrap));
    }

    /// Every data key that opens with what lies in that folder now, or to whose subject a lead that dies with it does.
    pub fn opens(&self, data: &Path) -> BTreeSet<(SubjectId, u32)> {
        let held = epoch_keys(&data.join("keys"));
        let mut known: BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>> = BTreeMap::new();
        for (_, row) in self.rows.iter().filter(|(path, _)| path == b"t") {
            let bound = [b"sandyq/key-tree-top", &[1][..], &row[1..5]].concat();
            // Any key that there is, not only the one that the row names.
            for top in held.iter().filter_map(|key| opens(key, &row[5..], &bound)) {
                known.entry(Vec::new()).or_default().insert(top);
            }
        }
        let mut opened = BTreeSet::new();
        // In order of paths: what leads to a node is before it.
        for (path, row) in self.rows.iter().filter(|(path, _)| path.starts_with(b"n")) {
            let steps = &path[1..];
            let bound = [b"sandyq/key-node", &[1][..], steps].concat();
            let keys = known.get(steps).cloned().unwrap_or_default();
            for content in keys.iter().filter_map(|key| opens(key, &row[1..], &bound)) {
                if content[0] == 1 {
                    let below = (0..16_u8).filter(|step| number(&content, 1) & 1 << step != 0);
                    for (step, key) in below.zip(content[3..].chunks(32)) {
                        let child = [steps, &[step]].concat();
                        known.entry(child).or_default().insert(key.to_vec());
                    }
                } else {
                    opened.extend(names(&content));
                }
            }
        }
        opened
    }
}

fn number(content: &[u8], at: usize) -> usize {
    usize::from(u16::from_be_bytes(content[at..at + 2].try_into().unwrap()))
}

/// Whose keys lie in a bucket, and to whose keys leads belong that do.
fn names(content: &[u8]) -> Vec<(SubjectId, u32)> {
    let name = |bytes: &[u8], generation: &[u8]| {
        let subject = SubjectId::from_bytes(bytes.try_into().unwrap());
        (subject, u32::from_be_bytes(generation.try_into().unwrap()))
    };
    let keys = content[3..].chunks(83).take(number(content, 1));
    let mut names: Vec<_> = keys.map(|key| name(&key[..16], &key[16..20])).collect();
    let mut at = 3 + 83 * number(content, 1);
    while at < content.len() {
        let leads = content[at + 2..].chunks(49).take(number(content, at));
        names.extend(leads.map(|lead| name(&lead[16..32], &lead[33..37])));
        at += 2 + 49 * number(content, at);
    }
    names
}

/// The keys of epochs in the file as it lies there now.
fn epoch_keys(keys: &Path) -> Vec<Vec<u8>> {
    let root = KeyFile::open(&keys.join("root.key")).unwrap();
    let wrap = root.derive(b"sandyq/epoch-wrap/1").unwrap();
    let bytes = std::fs::read(keys.join("epoch.key")).unwrap();
    let blocks = bytes.chunks(512).skip(1);
    blocks
        .filter_map(|block| {
            let bound = [b"sandyq/epoch-key", &block[..7]].concat();
            opens(wrap.as_slice(), &block[7..67], &bound)
        })
        .collect()
}

/// Opens what AES-256-GCM made of nonce, ciphertext and tag.
fn opens(key: &[u8], sealed: &[u8], bound: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_at_checked(12)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut opened = sealed.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = key.open_in_place(nonce, Aad::from(bound), &mut opened).ok()?;
    Some(plain.to_vec())
}
