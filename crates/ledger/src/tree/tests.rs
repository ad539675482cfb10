//! Every tree up to 64 leaves, every proof in it, and every wrong proof; then two strangers' code.

use std::collections::BTreeMap;
use std::convert::Infallible;

use proptest::prelude::*;
use sha2::Digest as _;

use super::*;

/// All complete nodes of a small tree.
#[derive(Default)]
struct Memory {
    frontier: Frontier,
    nodes: BTreeMap<(u8, u64), Hash>,
}

impl Memory {
    fn of(leaves: &[Hash]) -> Self {
        let mut memory = Self::default();
        for leaf in leaves {
            let nodes = &mut memory.nodes;
            memory.frontier.append_watched(*leaf, |level, index, hash| {
                nodes.insert((level, index), hash);
            });
        }
        memory
    }
}

impl HashReader for Memory {
    type Error = Infallible;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Infallible> {
        Ok(self.nodes[&(level, index)])
    }
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count)
        .map(|number| leaf_hash(&number.to_be_bytes()))
        .collect()
}

/// The definition in RFC 6962, 2.1, word for word.
fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        more => {
            let half = more.len().next_power_of_two() / 2;
            node_hash(
                root_by_definition(&more[..half]),
                root_by_definition(&more[half..]),
            )
        }
    }
}

#[test]
fn hashes_are_those_of_another_implementation() {
    assert_eq!(leaf_hash(b"abc").0[..], sha2::Sha256::digest(b"\x00abc")[..]);
    for length in [0, 1, 254, 255, 256, 1000] {
        let leaf = vec![7; length];
        assert_eq!(
            leaf_hash(&leaf).0[..],
            sha2::Sha256::digest([&[0], &leaf[..]].concat())[..],
            "{length}"
        );
    }
    assert_eq!(empty_root().0[..], sha2::Sha256::digest(b"")[..]);
    let (left, right) = (leaf_hash(b"l"), leaf_hash(b"r"));
    let joined = [&[1][..], &left.0, &right.0].concat();
    assert_eq!(node_hash(left, right).0[..], sha2::Sha256::digest(joined)[..]);
}

#[test]
fn every_root_up_to_64_follows_the_definition() {
    let all = leaves(64);
    let mut hashes = Memory::of(&all);
    for size in 0..=64 {
        let wanted = root_by_definition(&all[..size]);
        assert_eq!(
            Memory::of(&all[..size]).frontier.root(),
            wanted,
            "appended {size}"
        );
        assert_eq!(
            root_at(size as u64, &mut hashes).unwrap(),
            wanted,
            "read back {size}"
        );
    }
}

#[test]
fn every_inclusion_proof_up_to_64_holds_and_every_wrong_one_fails() {
    let all = leaves(64);
    let mut hashes = Memory::of(&all);
    for size in 1..=64_u64 {
        let root = root_by_definition(&all[..size as usize]);
        for index in 0..size {
            let leaf = all[index as usize];
            let proof = prove_inclusion(index, size, &mut hashes).unwrap();
            assert_eq!(verify_inclusion(leaf, index, size, root, &proof), Ok(()));
            for other in (0..=size).filter(|other| *other != index) {
                assert!(
                    verify_inclusion(leaf, other, size, root, &proof).is_err(),
                    "{index} as {other} of {size}"
                );
            }
            assert_eq!(
                verify_inclusion(leaf_hash(b"x"), index, size, root, &proof),
                Err(VerifyError::Root)
            );
            assert_eq!(
                verify_inclusion(leaf, index, size, leaf, &proof).is_ok(),
                size == 1
            );
            for bad in spoiled(&proof.0) {
                assert!(verify_inclusion(leaf, index, size, root, &InclusionProof(bad)).is_err());
            }
        }
        assert!(matches!(
            prove_inclusion(size, size, &mut hashes),
            Err(ProofError::Outside { .. })
        ));
    }
}

#[test]
fn every_consistency_proof_up_to_64_holds_and_every_wrong_one_fails() {
    let all = leaves(64);
    let mut hashes = Memory::of(&all);
    let roots: Vec<Hash> = (0..=64).map(|size| root_by_definition(&all[..size])).collect();
    for size in 0..=64_u64 {
        for older in 0..=size {
            let (old_root, root) = (roots[older as usize], roots[size as usize]);
            let proof = prove_consistency(older, size, &mut hashes).unwrap();
            assert_eq!(
                verify_consistency(older, old_root, size, root, &proof),
                Ok(()),
                "{older} to {size}"
            );
            let strange = leaf_hash(b"x");
            assert!(verify_consistency(older, strange, size, root, &proof).is_err());
            assert_eq!(
                verify_consistency(older, old_root, size, strange, &proof).is_ok(),
                older == 0 && size > 0
            );
            for other in (1..=64).filter(|other| *other != older) {
                let told = verify_consistency(other, old_root, size, root, &proof);
                assert!(told.is_err(), "{older} told as {other} of {size}");
            }
            for bad in spoiled(&proof.0) {
                let told = verify_consistency(older, old_root, size, root, &ConsistencyProof(bad));
                assert!(told.is_err(), "spoiled proof {older} to {size}");
            }
        }
        assert!(matches!(
            prove_consistency(size + 1, size, &mut hashes),
            Err(ProofError::Outside { .. })
        ));
    }
}

/// Every proof that differs from a right one by one hash: altered, dropped, doubled, swapped, added.
fn spoiled(right: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..right.len() {
        let mut altered = right.to_vec();
        altered[at].0[at % HASH_BYTES] ^= 1;
        let mut dropped = right.to_vec();
        dropped.remove(at);
        let mut doubled = right.to_vec();
        doubled.insert(at, right[at]);
        all.extend([altered, dropped, doubled]);
        if at > 0 {
            let mut swapped = right.to_vec();
            swapped.swap(at - 1, at);
            all.push(swapped);
        }
    }
    all.push([right, &[empty_root()]].concat());
    all
}

#[test]
fn a_frontier_taken_up_again_goes_on_alike() {
    let all = leaves(300);
    for cut in 0..300 {
        let whole = Memory::of(&all[..cut]).frontier;
        let mut again = Frontier::from_peaks(whole.size(), whole.peaks().to_vec()).unwrap();
        again.append_batch(&all[cut..]);
        assert_eq!(again, Memory::of(&all).frontier);
    }
    assert!(matches!(
        Frontier::from_peaks(3, leaves(1)),
        Err(FrontierError::Peaks {
            wanted: 2,
            held: 1,
            ..
        })
    ));
}

#[test]
fn appending_costs_one_node_hash_per_leaf() {
    let mut nodes = 0;
    let mut frontier = Frontier::new();
    for leaf in leaves(1 << 12) {
        frontier.append_watched(leaf, |level, _, _| nodes += u32::from(level > 0));
    }
    assert_eq!(nodes, (1 << 12) - 1);
}

#[test]
fn ct_merkle_agrees_on_roots_and_proofs() {
    let mut oracle = ct_merkle::mem_backed_tree::MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    let mut roots = vec![oracle.root()];
    for number in 0..97_u64 {
        oracle.push(number.to_be_bytes().to_vec());
        roots.push(oracle.root());
    }
    let all = leaves(97);
    let mut hashes = Memory::of(&all);
    for size in 1..=97_u64 {
        assert_eq!(
            root_at(size, &mut hashes).unwrap().0[..],
            roots[size as usize].as_bytes()[..]
        );
    }
    for index in 0..97_u64 {
        let ours = prove_inclusion(index, 97, &mut hashes).unwrap();
        assert_eq!(oracle.prove_inclusion(index as usize).as_bytes(), joined(&ours.0));
    }
    for older in 1..97_u64 {
        let ours = prove_consistency(older, 97, &mut hashes).unwrap();
        let theirs = oracle.prove_consistency((97 - older) as usize);
        assert_eq!(theirs.as_bytes(), joined(&ours.0));
    }
}

#[test]
fn a_proof_is_a_text_of_hashes() {
    let proof = prove_consistency(3, 7, &mut Memory::of(&leaves(7))).unwrap();
    assert_eq!(proof.to_string().lines().count(), 4);
    assert_eq!(proof.to_string().parse(), Ok(proof.clone()));
    assert_eq!("".parse(), Ok(ConsistencyProof::default()));
    for bad in ["x", "\n", "AAAA\n"] {
        assert_eq!(bad.parse::<ConsistencyProof>(), Err(NotAProof));
    }
    assert_eq!(
        proof.to_string().repeat(17).parse::<ConsistencyProof>(),
        Err(NotAProof)
    );
}

fn joined(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Stored hashes in the order in which `tlog_tiles` numbers them.
struct TlogHashes(Vec<tlog_tiles::tlog::Hash>);

impl tlog_tiles::tlog::HashReader for TlogHashes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::tlog::Hash>, tlog_tiles::tlog::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

#[test]
fn tlog_tiles_accepts_our_proofs_and_we_accept_its() {
    use tlog_tiles::tlog;
    let mut theirs = TlogHashes(Vec::new());
    for number in 0..70_u64 {
        let stored = tlog::stored_hashes(number, &number.to_be_bytes(), &theirs).unwrap();
        theirs.0.extend(stored);
    }
    let mut ours = Memory::of(&leaves(70));
    let root = root_at(70, &mut ours).unwrap();
    let their_root = tlog::tree_hash(70, &theirs).unwrap();
    assert_eq!(root.0, their_root.0);
    for index in 0..70 {
        let proof = prove_inclusion(index, 70, &mut ours).unwrap();
        let told: Vec<tlog::Hash> = proof.0.iter().map(|hash| tlog::Hash(hash.0)).collect();
        let leaf = leaf_hash(&index.to_be_bytes());
        tlog::check_record(&told, 70, their_root, index, tlog::Hash(leaf.0)).unwrap();
        let back = tlog::prove_record(70, index, &theirs).unwrap();
        assert_eq!(back.iter().map(|hash| Hash(hash.0)).collect::<Vec<_>>(), proof.0);
    }
    for older in 1..=70 {
        let proof = prove_consistency(older, 70, &mut ours).unwrap();
        let told: Vec<tlog::Hash> = proof.0.iter().map(|hash| tlog::Hash(hash.0)).collect();
        let old_root = root_at(older, &mut ours).unwrap();
        tlog::check_tree(&told, 70, their_root, older, tlog::Hash(old_root.0)).unwrap();
    }
}

proptest! {
    #[test]
    fn verification_never_panics(
        numbers in any::<(u64, u64)>(),
        hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let hashes: Vec<Hash> = hashes.into_iter().map(Hash).collect();
        let (root, (one, two)) = (empty_root(), numbers);
        let _ = verify_inclusion(root, one, two, root, &InclusionProof(hashes.clone()));
        let _ = verify_consistency(one, root, two, root, &ConsistencyProof(hashes));
    }

    #[test]
    fn big_trees_prove_themselves(size in 1_u64..2000, pick in any::<(prop::sample::Index, prop::sample::Index)>()) {
        let mut hashes = Memory::of(&leaves(size));
        let root = root_at(size, &mut hashes).unwrap();
        let index = pick.0.index(size as usize) as u64;
        let proof = prove_inclusion(index, size, &mut hashes).unwrap();
        prop_assert_eq!(verify_inclusion(leaf_hash(&index.to_be_bytes()), index, size, root, &proof), Ok(()));
        let older = pick.1.index(size as usize + 1) as u64;
        let old_root = root_at(older, &mut hashes).unwrap();
        let proof = prove_consistency(older, size, &mut hashes).unwrap();
        prop_assert_eq!(verify_consistency(older, old_root, size, root, &proof), Ok(()));
    }
}
