//! Notes of our own, the example of the specification, and another implementation.

use proptest::prelude::*;
use signed_note::{StandardVerifier, VerifierList};

use super::*;

/// The note and the key of the `golang.org/x/mod/sumdb/note` documentation.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const EXAMPLE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn signer(name: &str, seed: u8) -> Signer {
    Signer::from_seed(name, &[seed; 32]).unwrap()
}

#[test]
fn the_example_of_the_go_implementation_verifies() {
    let key: VerifierKey = PETER.parse().unwrap();
    assert_eq!(key.to_string(), PETER);
    let note = Note::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap().keys, [&key]);
    assert_eq!(note.to_string(), EXAMPLE);
}

#[test]
fn another_implementation_verifies_ours() {
    let signer = signer("example.kz/ledger", 1);
    let mut note = Note::new("бір\n\nекі\n").unwrap();
    note.sign(&signer);
    let theirs = signed_note::Note::from_bytes(note.to_string().as_bytes()).unwrap();
    let key = StandardVerifier::new(&signer.verifier_key().to_string()).unwrap();
    let (verified, unverified) = theirs.verify(&VerifierList::new(vec![Box::new(key)])).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));
}

#[test]
fn unknown_signatures_are_passed_over_and_false_ones_are_not() {
    let (ours, other) = (signer("example.kz/a", 1), signer("example.kz/b", 2));
    let mut note = Note::new("text\n").unwrap();
    note.sign(&other);
    let keys = [ours.verifier_key().clone()];
    assert_eq!(note.verify(&keys), Err(NoteError::NoTrustedSignature));
    note.sign(&ours);
    assert_eq!(note.verify(&keys).unwrap().keys.len(), 1);
    let both = [ours.verifier_key().clone(), other.verifier_key().clone()];
    assert_eq!(note.verify(&both).unwrap().keys.len(), 2);
    let mut forged = Note::new("other text\n").unwrap();
    forged.add(note.signatures()[1].clone());
    assert_eq!(
        forged.verify(&keys),
        Err(NoteError::WrongSignature("example.kz/a".to_owned()))
    );
    note.sign(&ours);
    assert_eq!(
        note.verify(&keys),
        Err(NoteError::Malformed("a key has signed it twice"))
    );
}

#[test]
fn a_witness_says_when() {
    let (log, witness) = (signer("example.kz/a", 1), signer("witness.example/w", 9));
    let mut note = Note::new("example.kz/a\n0\nhash\n").unwrap();
    note.sign(&log);
    note.add(witness.cosign(note.text(), 1_679_315_147).unwrap());
    let keys = [witness.cosigner_key().unwrap()];
    assert_eq!(note.verify(&keys).unwrap().seconds, [Some(1_679_315_147)]);
    assert_eq!(note.verify_author(&keys), Err(NoteError::NoTrustedSignature));
    let read: VerifierKey = keys[0].to_string().parse().unwrap();
    assert_eq!(read, keys[0]);
    assert_eq!(
        note.verify(&[witness.verifier_key().clone()]),
        Err(NoteError::NoTrustedSignature)
    );
}

#[test]
fn hostile_notes_are_refused() {
    let good = {
        let mut note = Note::new("a\n").unwrap();
        note.sign(&signer("k", 1));
        note.to_string()
    };
    let hostile: [(&str, String); 10] = [
        ("empty", String::new()),
        ("no_signature", "a\n\n".to_owned()),
        ("no_blank_line", good.replacen("\n\n", "\n", 1)),
        ("crlf", good.replace('\n', "\r\n")),
        ("tab_in_text", good.replacen('a', "\t", 1)),
        ("unfinished_line", good.trim_end().to_owned()),
        ("hyphen_for_dash", good.replace('—', "-")),
        ("space_in_name", good.replace(" k ", " k k ")),
        ("plus_in_name", good.replace(" k ", " k+ ")),
        ("short_signature", "a\n\n— k AAAAAA==\n".to_owned()),
    ];
    for (defect, text) in hostile {
        assert!(
            matches!(Note::parse(text.as_bytes()), Err(NoteError::Malformed(_))),
            "{defect}"
        );
    }
    assert!(Note::parse(&[&[0xff], good.as_bytes()].concat()).is_err());
    assert!(Note::new("no newline").is_err());
}

#[test]
fn hostile_keys_are_refused() {
    let good = signer("k", 1).verifier_key().to_string();
    let (head, tail) = good.rsplit_once('+').unwrap();
    let other_kind = BASE64_STANDARD.encode([&[2][..], &[0; 32]].concat());
    assert_eq!(good.parse::<VerifierKey>().unwrap().to_string(), good);
    assert_eq!("k".parse::<VerifierKey>(), Err(KeyError::Form));
    assert_eq!(
        format!("k+00000000+{tail}").parse::<VerifierKey>(),
        Err(KeyError::Id)
    );
    assert_eq!(
        format!("l{head}+{tail}").parse::<VerifierKey>(),
        Err(KeyError::Id)
    );
    assert_eq!(
        format!("k+00000000+{other_kind}").parse::<VerifierKey>(),
        Err(KeyError::Kind(2))
    );
    assert_eq!(
        format!("+00000000+{tail}").parse::<VerifierKey>(),
        Err(KeyError::Name)
    );
    assert!(matches!(Signer::from_seed("a b", &[0; 32]), Err(KeyError::Name)));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "\\PC*") {
        let _ = Note::parse(&bytes);
        let _ = text.parse::<VerifierKey>();
        let _ = Signature::parse(&text);
    }

    #[test]
    fn no_changed_byte_is_believed(at in any::<prop::sample::Index>(), with: u8) {
        let signer = signer("example.kz/a", 1);
        let mut note = Note::new("first line\nsecond line\n").unwrap();
        note.sign(&signer);
        let mut bytes = note.to_string().into_bytes();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != with);
        bytes[at] = with;
        let believed = Note::parse(&bytes).and_then(|note| note.verify(&[signer.verifier_key().clone()]).map(|_| ()));
        prop_assert!(believed.is_err());
    }
}
