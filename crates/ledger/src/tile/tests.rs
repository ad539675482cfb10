//! Tiles against their specification, against another implementation, and against every size.

use std::collections::BTreeMap;
use std::io;

use proptest::prelude::*;

use super::*;
use crate::tree::{
    Frontier, leaf_hash, prove_consistency, prove_inclusion, root_at, verify_consistency, verify_inclusion,
};

/// Tiles in memory, by path.
#[derive(Clone, Default)]
struct Shelf(BTreeMap<String, Vec<u8>>);

impl Shelf {
    fn keep(&mut self, tiles: Vec<Tile>) {
        self.0
            .extend(tiles.into_iter().map(|tile| (tile.id.path(), tile.bytes())));
    }
}

impl TileReader for Shelf {
    type Error = io::Error;

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, io::Error> {
        self.0
            .get(&id.path())
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn leaf(number: u64) -> Hash {
    leaf_hash(&number.to_be_bytes())
}

fn leaves(from: u64, to: u64) -> Vec<Hash> {
    (from..to).map(leaf).collect()
}

#[test]
fn paths_are_those_of_the_specification() {
    let id = |layer, index, width| TileId { layer, index, width };
    for (id, path) in [
        (id(Layer::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067"),
        (id(Layer::Hashes(0), 273, 112), "tile/0/273.p/112"),
        (id(Layer::Hashes(2), 0, 1), "tile/2/000.p/1"),
        (id(Layer::Entries, 0, 256), "tile/entries/000"),
        (id(Layer::Entries, 1000, 5), "tile/entries/x001/000.p/5"),
        (
            id(Layer::Hashes(7), u64::MAX, 255),
            "tile/7/x018/x446/x744/x073/x709/x551/615.p/255",
        ),
    ] {
        assert_eq!(id.path(), path);
        assert_eq!(path.parse(), Ok(id));
    }
}

#[test]
fn other_paths_are_refused() {
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/01",
        "tile/0/0001",
        "tile/00/001",
        "tile/8/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/007",
        "tile/0/000.p/",
        "tile/0/000.p/1/",
        "tile/entry/000",
        "/tile/0/000",
        "tile/0/+01",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert_eq!(path.parse::<TileId>(), Err(NotATilePath), "{path}");
    }
}

#[test]
fn the_worked_numbers_of_the_specification() {
    let mut counts = BTreeMap::new();
    for id in tiles_of(70_000) {
        let Layer::Hashes(level) = id.layer else {
            panic!("a bundle")
        };
        *counts.entry((level, id.width)).or_insert(0) += 1;
    }
    assert_eq!(
        counts,
        BTreeMap::from([
            ((0, 256), 273),
            ((0, 112), 1),
            ((1, 256), 1),
            ((1, 17), 1),
            ((2, 1), 1)
        ])
    );
    let of_256: Vec<String> = tiles_of(256).map(TileId::path).collect();
    assert_eq!(of_256, ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(tiles_of(0).count(), 0);
}

#[test]
fn batches_of_any_size_store_the_tiles_of_every_size() {
    let mut shelf = Shelf::default();
    let mut tree = Tree::new();
    let mut frontier = Frontier::new();
    for step in [1, 2, 253, 1, 255, 256, 257, 0, 512, 1000] {
        let more = leaves(tree.size(), tree.size() + step);
        frontier.append_batch(&more);
        shelf.keep(tree.append_batch(&more));
        assert_eq!(tree.root(), frontier.root());
        for id in tiles_of(tree.size()) {
            let hashes = read_hashes(&mut shelf, id).unwrap();
            assert_eq!(hashes.len(), usize::from(id.width), "{id}");
        }
        assert_eq!(Tree::open(tree.size(), &mut shelf).unwrap(), tree);
        let mut hashes = TiledHashes::new(tree.size(), shelf.clone());
        assert_eq!(root_at(tree.size(), &mut hashes).unwrap(), tree.root());
    }
}

#[test]
fn a_reopened_tree_gives_the_same_tiles() {
    let mut shelf = Shelf::default();
    let mut tree = Tree::new();
    for size in 0..600 {
        let mut again = Tree::open(size, &mut shelf).unwrap();
        let tiles = tree.append_batch(&[leaf(size)]);
        assert_eq!(again.append_batch(&[leaf(size)]), tiles, "{size}");
        shelf.keep(tiles);
    }
}

#[test]
fn another_implementation_names_and_fills_tiles_alike() {
    use tlog_tiles::tlog;
    struct Theirs(Vec<tlog::Hash>);
    impl tlog::HashReader for Theirs {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
            Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
        }
    }
    let mut theirs = Theirs(Vec::new());
    let (mut tree, mut shelf) = (Tree::new(), Shelf::default());
    for number in 0..700_u64 {
        let stored = tlog::stored_hashes(number, &number.to_be_bytes(), &theirs).unwrap();
        theirs.0.extend(stored);
        let ours = tree.append_batch(&[leaf(number)]);
        let mut new: Vec<(String, Vec<u8>)> = tlog_tiles::Tile::new_tiles(8, number, number + 1)
            .iter()
            .map(|tile| {
                (
                    tile.path().replace("tile/8/", "tile/"),
                    tile.read_data(&theirs).unwrap(),
                )
            })
            .collect();
        new.sort();
        let mut told: Vec<(String, Vec<u8>)> =
            ours.iter().map(|tile| (tile.id.path(), tile.bytes())).collect();
        told.sort();
        assert_eq!(told, new, "{number}");
        shelf.keep(ours);
    }
}

#[test]
fn proofs_out_of_tiles_hold() {
    let (mut tree, mut shelf) = (Tree::new(), Shelf::default());
    shelf.keep(tree.append_batch(&leaves(0, 70_000)));
    let mut hashes = TiledHashes::new(70_000, shelf.clone());
    for index in [0, 1, 255, 256, 65_535, 65_536, 69_888, 69_999] {
        let proof = prove_inclusion(index, 70_000, &mut hashes).unwrap();
        assert_eq!(
            verify_inclusion(leaf(index), index, 70_000, tree.root(), &proof),
            Ok(())
        );
    }
    for older in [1, 255, 256, 257, 65_536, 69_888, 69_999] {
        let old_root = root_at(older, &mut hashes).unwrap();
        let proof = prove_consistency(older, 70_000, &mut hashes).unwrap();
        assert_eq!(
            verify_consistency(older, old_root, 70_000, tree.root(), &proof),
            Ok(())
        );
    }
}

#[test]
fn a_tree_that_was_changed_does_not_open() {
    let (mut tree, mut shelf) = (Tree::new(), Shelf::default());
    shelf.keep(tree.append_batch(&leaves(0, 300)));
    let checkpoint = tree.checkpoint("example.kz/ledger");
    assert_eq!(Tree::open_at(&checkpoint, &mut shelf).unwrap(), tree);
    let edge = shelf.0.get_mut("tile/0/001.p/44").unwrap();
    edge[40] ^= 1;
    assert!(matches!(
        Tree::open_at(&checkpoint, &mut shelf),
        Err(OpenError::Root { size: 300 })
    ));
    shelf.0.get_mut("tile/0/001.p/44").unwrap().pop();
    assert!(matches!(
        Tree::open(300, &mut shelf),
        Err(OpenError::Tile(TileError::Length { bytes: 1407, .. }))
    ));
    shelf.0.remove("tile/0/001.p/44");
    assert!(matches!(
        Tree::open(300, &mut shelf),
        Err(OpenError::Tile(TileError::Read { .. }))
    ));
}

#[test]
fn a_full_tile_serves_for_a_partial_one() {
    let (mut tree, mut shelf) = (Tree::new(), Shelf::default());
    shelf.keep(tree.append_batch(&leaves(0, 256)));
    let full = shelf.0["tile/0/000"].clone();
    shelf.0.insert("tile/0/000.p/7".to_owned(), full);
    let mut seven = Tree::new();
    seven.append_batch(&leaves(0, 7));
    assert_eq!(Tree::open(7, &mut shelf).unwrap(), seven);
}

#[test]
fn bundles_hold_entries_behind_their_lengths() {
    let bytes = encode_bundle([&b"abc"[..], b"", b"d"]).unwrap();
    assert_eq!(bytes, b"\x00\x03abc\x00\x00\x00\x01d");
    assert_eq!(decode_bundle(&bytes), Ok(vec![&b"abc"[..], b"", b"d"]));
    assert_eq!(decode_bundle(&bytes[..4]), Err(BundleError::CutOff(0)));
    assert_eq!(decode_bundle(&bytes[..8]), Err(BundleError::CutOff(2)));
    assert_eq!(decode_bundle(&[0; 514]), Err(BundleError::TooMany));
    assert_eq!(encode_bundle(vec![b"x"; 257]), Err(BundleError::TooMany));
    assert_eq!(
        encode_bundle([vec![0; 65_536]]),
        Err(BundleError::TooLong(65_536))
    );
}

proptest! {
    #[test]
    fn readers_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), path in "(tile/)?\\PC*") {
        let _ = decode_bundle(&bytes);
        let _ = path.parse::<TileId>();
    }

    #[test]
    fn places_survive_their_path(level in 0..=TILE_LEVEL_MAX, index: u64, width in 1..=TILE_WIDTH) {
        let id = TileId { layer: Layer::Hashes(level), index, width };
        prop_assert_eq!(id.path().parse(), Ok(id));
    }
}
