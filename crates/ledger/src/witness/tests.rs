use proptest::prelude::*;

use super::*;
use crate::note::Signer;
use crate::tile::Tree;
use crate::tree::{Hash, HashReader, leaf_hash, node_hash, prove_consistency};

const ORIGIN: &str = "example.kz/ledger";

fn signer() -> Signer {
    Signer::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn witness() -> Signer {
    Signer::from_seed("witness.example/w", &[2; 32]).unwrap()
}

fn keys() -> Vec<VerifierKey> {
    vec![signer().verifier_key().clone()]
}

/// The leaves of a ledger; from `forked_at` on they are another's.
fn leaves(size: u64, forked_at: u64) -> Vec<Hash> {
    (0..size)
        .map(|number| {
            leaf_hash(&[number.to_be_bytes(), u64::from(number >= forked_at).to_be_bytes()].concat())
        })
        .collect()
}

struct Leaves(Vec<Hash>);

impl HashReader for Leaves {
    type Error = ();

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, ()> {
        if level == 0 {
            return self.0.get(usize::try_from(index).unwrap()).copied().ok_or(());
        }
        Ok(node_hash(
            self.node(level - 1, index * 2)?,
            self.node(level - 1, index * 2 + 1)?,
        ))
    }
}

fn checkpoint(leaves: &[Hash]) -> Checkpoint {
    let mut tree = Tree::new();
    tree.append_batch(leaves);
    tree.checkpoint(ORIGIN)
}

fn request(old: u64, size: u64, forked_at: u64) -> Request {
    let leaves = leaves(size, forked_at);
    Request {
        old,
        proof: prove_consistency(old.min(size), size, &mut Leaves(leaves.clone())).unwrap(),
        note: checkpoint(&leaves).sign(&[&signer()]).unwrap().to_string(),
    }
}

#[test]
fn a_ledger_that_only_grows_is_signed_and_everything_else_is_named() {
    let never = u64::MAX;
    let known = checkpoint(&leaves(7, never));
    let examine = |request: Request, known: Option<&Checkpoint>| {
        request
            .examine(ORIGIN, &keys(), known)
            .map(|checkpoint| checkpoint.size)
    };
    assert_eq!(examine(request(0, 7, never), None), Ok(7));
    assert_eq!(examine(request(7, 12, never), Some(&known)), Ok(12));
    assert_eq!(examine(request(7, 7, never), Some(&known)), Ok(7));
    assert_eq!(
        examine(request(5, 12, never), Some(&known)),
        Err(Declined::Stale { known: 7, asked: 5 })
    );
    assert_eq!(
        examine(request(3, 12, never), None),
        Err(Declined::Stale { known: 0, asked: 3 })
    );
    assert_eq!(
        examine(request(4, 4, never), Some(&known)),
        Err(Declined::RolledBack { known: 7, size: 4 })
    );
    for forked_at in 0..7 {
        for size in [7, 8, 12] {
            assert_eq!(
                examine(request(7, size, forked_at), Some(&known)),
                Err(Declined::Forked { known: 7, size }),
                "forked at {forked_at}"
            );
        }
    }
    let foreign = request(0, 7, never).examine("example.kz/other", &keys(), None);
    assert!(matches!(
        foreign,
        Err(Declined::Checkpoint(CheckpointError::Origin(_)))
    ));
    let unknown = request(0, 7, never).examine(ORIGIN, &[], None);
    assert!(matches!(
        unknown,
        Err(Declined::Checkpoint(CheckpointError::Note(_)))
    ));
}

#[test]
fn a_cosigned_checkpoint_opens_with_both_keys_and_no_fewer() {
    let checkpoint = checkpoint(&leaves(7, u64::MAX));
    let mut note = checkpoint.sign(&[&signer()]).unwrap();
    note.add(witness().cosign(note.text(), 1_795_430_101).unwrap());
    let ledger = signer().verifier_key().clone();
    let trusted = [witness().cosigner_key().unwrap()];
    let opened = Witnessed::open(note.to_string().as_bytes(), &ledger, &trusted).unwrap();
    assert_eq!(opened.checkpoint, checkpoint);
    assert_eq!(opened.by, [("witness.example/w".to_owned(), 1_795_430_101)]);
    let nobody = Witnessed::open(note.to_string().as_bytes(), &ledger, &[]);
    assert_eq!(nobody, Err(NoteError::NoTrustedSignature.into()));
    // A witness's key in its other form would be a second author.
    let author = [witness().verifier_key().clone()];
    assert!(Witnessed::open(note.to_string().as_bytes(), &ledger, &author).is_err());
    let mut alone = Note::new(checkpoint.text()).unwrap();
    alone.add(witness().cosign(alone.text(), 1).unwrap());
    assert!(Witnessed::open(alone.to_string().as_bytes(), &ledger, &trusted).is_err());
}

proptest! {
    #[test]
    fn a_request_reads_back_as_it_was_written(old in 0_u64..40, more in 0_u64..40) {
        let request = request(old, old + more, u64::MAX);
        prop_assert_eq!(request.to_string().parse::<Request>(), Ok(request));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(old [0-9]{0,22})?(\\PC|\n)*") {
        let _ = text.parse::<Request>();
    }
}
