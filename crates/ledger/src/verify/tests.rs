//! A small ledger, and everything that can be done to it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;

use proptest::prelude::*;

use super::*;
use crate::entry::samples::{moment, numbered};
use crate::note::Signer;
use crate::tile::{Layer, Tree, tiles_of};
use crate::tree::{Hash, leaf_hash};

const ORIGIN: &str = "example.kz/ledger";

/// A ledger in memory, as a store would keep it.
#[derive(Clone)]
struct Kept {
    entries: Vec<Vec<u8>>,
    tiles: BTreeMap<String, Vec<u8>>,
    checkpoints: Vec<String>,
}

impl TileReader for BTreeMap<String, Vec<u8>> {
    type Error = io::Error;

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, io::Error> {
        self.get(&id.path())
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn signer() -> Signer {
    Signer::from_seed(ORIGIN, &[1; 32]).unwrap()
}

impl Kept {
    /// Entries in groups of these sizes, a checkpoint behind each group.
    fn of(groups: &[u64]) -> Self {
        let (mut entries, mut tiles, mut checkpoints) = (Vec::new(), BTreeMap::new(), Vec::new());
        let mut tree = Tree::new();
        for group in groups {
            let more: Vec<Vec<u8>> = (tree.size()..tree.size() + group)
                .map(|at| numbered(at).encode())
                .collect();
            let hashes: Vec<Hash> = more.iter().map(|entry| leaf_hash(entry)).collect();
            tiles.extend(
                tree.append_batch(&hashes)
                    .into_iter()
                    .map(|tile| (tile.id.path(), tile.bytes())),
            );
            checkpoints.push(tree.checkpoint(ORIGIN).sign(&[&signer()]).unwrap().to_string());
            entries.extend(more);
        }
        Self {
            entries,
            tiles,
            checkpoints,
        }
    }

    fn verify(&self) -> Result<Report, Damage> {
        let keys = [signer().verifier_key().clone()];
        let checkpoints = open_checkpoints(&self.checkpoints, Some(ORIGIN), &keys)?;
        let entries = self.entries.iter().map(Ok::<_, Infallible>);
        verify_ledger(entries, &mut self.tiles.clone(), &checkpoints, 0)
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Result<Report, Damage> {
        let mut changed = self.clone();
        change(&mut changed);
        changed.verify()
    }
}

#[test]
fn a_whole_ledger_is_whole() {
    let report = Kept::of(&[1, 2, 250, 3, 44, 300]).verify().unwrap();
    assert_eq!(
        (report.size, report.unsigned, report.checkpoints, report.tiles),
        (600, 0, 6, 4)
    );
    assert_eq!((report.first, report.last), (Some(moment(0)), Some(moment(599))));
    assert_eq!(report.backwards, 0);
    let empty = Kept::of(&[]).verify().unwrap();
    assert_eq!((empty.size, empty.checkpoints), (0, 0));
    assert_eq!(Kept::of(&[0]).verify().unwrap().checkpoints, 1);
    assert_eq!(Kept::of(&[256]).verify().unwrap().tiles, 2);
}

#[test]
fn entries_behind_the_last_checkpoint_are_only_read() {
    let mut ledger = Kept::of(&[5]);
    ledger.entries.push(numbered(5).encode());
    assert_eq!(ledger.verify().unwrap().unsigned, 1);
}

#[test]
fn a_change_at_every_place_is_found_there() {
    let ledger = Kept::of(&[3, 5, 4]);
    for index in 0..12_u64 {
        let entry = &ledger.entries[index as usize];
        for byte in 0..entry.len() {
            let found = ledger.with(|it| it.entries[index as usize][byte] ^= 1);
            assert_eq!(found, Err(Damage::Changed { index }), "byte {byte} of {index}");
        }
    }
}

#[test]
fn a_removal_at_every_place_is_found_there() {
    let ledger = Kept::of(&[3, 5, 4]);
    for index in 0..11_u64 {
        let found = ledger.with(|it| drop(it.entries.remove(index as usize)));
        assert_eq!(found, Err(Damage::Removed { index }));
    }
    let found = ledger.with(|it| {
        it.entries.pop();
    });
    assert_eq!(found, Err(Damage::CutOff { held: 11, signed: 12 }));
}

#[test]
fn a_removal_hidden_by_a_new_entry_is_found() {
    let ledger = Kept::of(&[3, 5, 4]);
    for index in 0..11_u64 {
        let found = ledger.with(|it| {
            it.entries.remove(index as usize);
            it.entries.push(numbered(99).encode());
        });
        assert_eq!(found, Err(Damage::Removed { index }));
    }
}

#[test]
fn a_move_between_any_two_places_is_found() {
    let ledger = Kept::of(&[3, 5, 4]);
    for from in 0..12_usize {
        for to in (0..12).filter(|to| *to != from) {
            let found = ledger.with(|it| {
                let moved = it.entries.remove(from);
                it.entries.insert(to, moved);
            });
            let index = from.min(to) as u64;
            assert!(
                matches!(found, Err(Damage::Reordered { index: at, .. }) if at == index),
                "{from} to {to}: {found:?}"
            );
            let found = ledger.with(|it| it.entries.swap(from, to));
            let belongs = from.max(to) as u64;
            assert_eq!(found, Err(Damage::Reordered { index, belongs }));
        }
    }
}

#[test]
fn an_insertion_at_every_place_is_found_there() {
    let ledger = Kept::of(&[3, 5, 4]);
    for index in 0..12_u64 {
        let found = ledger.with(|it| it.entries.insert(index as usize, numbered(99).encode()));
        assert_eq!(found, Err(Damage::Inserted { index }));
    }
}

#[test]
fn a_cut_at_every_place_is_found() {
    let ledger = Kept::of(&[3, 5, 4]);
    for held in 0..12 {
        assert_eq!(
            ledger.with(|it| it.entries.truncate(held)),
            Err(Damage::CutOff {
                held: held as u64,
                signed: 12
            })
        );
    }
}

#[test]
fn a_cut_with_its_tiles_is_found_by_a_checkpoint_kept_outside() {
    let ledger = Kept::of(&[3, 5, 4]);
    let mut cut = Kept::of(&[3, 5]);
    assert!(cut.verify().is_ok());
    cut.checkpoints.push(ledger.checkpoints[2].clone());
    assert_eq!(cut.verify(), Err(Damage::CutOff { held: 8, signed: 12 }));
}

#[test]
fn a_rewritten_ledger_is_found_between_two_checkpoints() {
    let ledger = Kept::of(&[3, 5, 4]);
    let mut rewritten = ledger.clone();
    rewritten.entries[6] = numbered(99).encode();
    let mut tree = Tree::new();
    let hashes: Vec<Hash> = rewritten.entries.iter().map(|entry| leaf_hash(entry)).collect();
    rewritten.tiles = tree
        .append_batch(&hashes)
        .into_iter()
        .map(|tile| (tile.id.path(), tile.bytes()))
        .collect();
    assert_eq!(rewritten.verify(), Err(Damage::Rewritten { after: 3, by: 8 }));
    rewritten.checkpoints[2] = tree.checkpoint(ORIGIN).sign(&[&signer()]).unwrap().to_string();
    assert_eq!(rewritten.verify(), Err(Damage::Rewritten { after: 3, by: 8 }));
}

#[test]
fn every_altered_byte_of_every_tile_is_found() {
    let ledger = Kept::of(&[200, 100, 214]);
    for id in tiles_of(514) {
        let path = id.path();
        for byte in 0..ledger.tiles[&path].len() {
            let mut tiles = ledger.tiles.clone();
            tiles.get_mut(&path).unwrap()[byte] ^= 0x10;
            // Of the biggest tiles, each hash once, in another byte each time: a whole pass for each byte takes long.
            if id.is_full() && byte % 32 != byte / 32 % 32 {
                continue;
            }
            let changed = Kept {
                tiles,
                ..ledger.clone()
            };
            assert_eq!(changed.verify(), Err(Damage::Tile(id)), "byte {byte} of {id}");
        }
        assert_eq!(
            ledger.with(|it| drop(it.tiles.remove(&path))),
            Err(Damage::Tile(id))
        );
        assert_eq!(
            ledger.with(|it| {
                it.tiles.get_mut(&path).unwrap().pop();
            }),
            Err(Damage::Tile(id))
        );
    }
}

#[test]
fn every_altered_byte_of_every_checkpoint_is_found() {
    let ledger = Kept::of(&[3, 5, 4]);
    for number in 0..3 {
        for byte in 0..ledger.checkpoints[number].len() {
            let mut notes: Vec<Vec<u8>> = ledger
                .checkpoints
                .iter()
                .map(|note| note.clone().into_bytes())
                .collect();
            notes[number][byte] ^= 1;
            let keys = [signer().verifier_key().clone()];
            let found = open_checkpoints(&notes, Some(ORIGIN), &keys);
            let named = match found {
                Err(Damage::Signature { number: at, .. } | Damage::Checkpoint { number: at, .. }) => at,
                other => panic!("byte {byte}: {other:?}"),
            };
            assert_eq!(named, number);
        }
    }
}

#[test]
fn two_ledgers_of_one_size_are_a_fork() {
    let ledger = Kept::of(&[3]);
    let other = Checkpoint {
        origin: ORIGIN.into(),
        size: 3,
        root: leaf_hash(b"x"),
    };
    let other = other.sign(&[&signer()]).unwrap().to_string();
    assert_eq!(
        ledger.with(|it| it.checkpoints.push(other)),
        Err(Damage::Forked { size: 3 })
    );
    assert!(
        ledger
            .with(|it| it.checkpoints.push(it.checkpoints[0].clone()))
            .is_ok()
    );
}

#[test]
fn the_checkpoint_of_another_ledger_or_key_is_refused() {
    let ledger = Kept::of(&[3]);
    let elsewhere = Tree::new()
        .checkpoint("example.kz/other")
        .sign(&[&signer()])
        .unwrap()
        .to_string();
    let found = ledger.with(|it| it.checkpoints.push(elsewhere));
    assert!(matches!(
        found,
        Err(Damage::Checkpoint {
            number: 1,
            error: CheckpointError::Origin(_)
        })
    ));
    let stranger = Signer::from_seed(ORIGIN, &[2; 32]).unwrap();
    let strange = Tree::new()
        .checkpoint(ORIGIN)
        .sign(&[&stranger])
        .unwrap()
        .to_string();
    let found = ledger.with(|it| it.checkpoints.push(strange));
    assert!(matches!(
        found,
        Err(Damage::Signature {
            number: 1,
            error: NoteError::NoTrustedSignature
        })
    ));
}

#[test]
fn signed_bytes_that_are_no_entry_are_named() {
    let mut tree = Tree::new();
    let entries = vec![numbered(0).encode(), b"not an entry".to_vec()];
    let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let tiles = tree
        .append_batch(&hashes)
        .into_iter()
        .map(|tile| (tile.id.path(), tile.bytes()))
        .collect();
    let checkpoints = vec![tree.checkpoint(ORIGIN).sign(&[&signer()]).unwrap().to_string()];
    let found = Kept {
        entries,
        tiles,
        checkpoints,
    }
    .verify();
    assert!(matches!(
        found,
        Err(Damage::NotCanonical {
            index: 1,
            error: EntryError::Version(b'n')
        })
    ));
}

#[test]
fn time_that_goes_backwards_is_reported() {
    let mut tree = Tree::new();
    let entries: Vec<Vec<u8>> = [10, 20, 5, 15, 30]
        .map(|second| {
            let mut entry = numbered(0);
            entry.at = moment(second);
            entry.encode()
        })
        .to_vec();
    let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let mut tiles: BTreeMap<_, _> = tree
        .append_batch(&hashes)
        .into_iter()
        .map(|tile| (tile.id.path(), tile.bytes()))
        .collect();
    let checkpoints = [tree.checkpoint(ORIGIN)];
    for (tolerance, wanted) in [(0, vec![2, 3]), (5_000, vec![2]), (15_000, vec![])] {
        let read = entries.iter().map(Ok::<_, Infallible>);
        let report = verify_ledger(read, &mut tiles, &checkpoints, tolerance).unwrap();
        assert_eq!(report.backwards_at, wanted);
    }
}

#[test]
fn an_entry_that_cannot_be_read_stops_the_pass() {
    let entries = [Ok(numbered(0).encode()), Err("disk")];
    let found = verify_ledger(entries, &mut BTreeMap::new(), &[], 0);
    assert_eq!(
        found,
        Err(Damage::Unreadable {
            index: 1,
            reason: "disk".into()
        })
    );
}

proptest! {
    #[test]
    fn any_single_damage_is_found(
        groups in prop::collection::vec(1..40_u64, 1..6),
        pick in any::<(prop::sample::Index, prop::sample::Index)>(),
        sort in 0..4_u8,
    ) {
        let ledger = Kept::of(&groups);
        prop_assert!(ledger.verify().is_ok());
        let (one, two) = (pick.0.index(ledger.entries.len()), pick.1.index(ledger.entries.len()));
        prop_assume!(sort != 2 || one != two);
        let found = ledger.with(|it| match sort {
            0 => it.entries[one][3] ^= 0x40,
            1 => drop(it.entries.remove(one)),
            2 => it.entries.swap(one, two),
            _ => it.entries.truncate(one),
        });
        prop_assert!(found.is_err());
    }

    #[test]
    fn strange_entries_and_tiles_never_panic(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..20),
        tile in prop::collection::vec(any::<u8>(), 0..700),
        size in 0..30_u64,
    ) {
        let checkpoint = Tree::new().checkpoint(ORIGIN);
        let id = TileId::in_tree(Layer::Hashes(0), 0, size.max(1)).unwrap();
        let mut tiles = BTreeMap::from([(id.path(), tile)]);
        let checkpoints = [Checkpoint { size, ..checkpoint }];
        let _ = verify_ledger(entries.into_iter().map(Ok::<_, Infallible>), &mut tiles, &checkpoints, 0);
    }
}
