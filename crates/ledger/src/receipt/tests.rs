//! Receipts are believed whole or not at all.

use proptest::prelude::*;
use sandyq_model::{Field, FieldSet, Pseudonym, Verb};

use super::samples::{consent, destruction, evidence, keys, signer, taken_back};
use super::*;
use crate::entry::samples::{destroyed, moment, withdrawn};

fn opened(text: &str) -> Result<Opened<DestructionReceipt>, ReceiptError> {
    open(text.as_bytes(), &keys())
}

#[test]
fn receipts_are_opened_with_the_key_alone() {
    let text = issue(&destruction(), &signer()).unwrap();
    let receipt = opened(&text).unwrap();
    assert_eq!(receipt.statement, destruction());
    assert_eq!((receipt.entry, receipt.checkpoint.size), (destroyed(), 11));
    let text = issue(&consent(), &signer()).unwrap();
    assert_eq!(
        open::<ConsentReceipt>(text.as_bytes(), &keys())
            .unwrap()
            .statement,
        consent()
    );
    assert!(matches!(
        AnyReceipt::open(text.as_bytes(), &keys()).unwrap(),
        AnyReceipt::Consent(_)
    ));
}

#[test]
fn a_key_that_stays_elsewhere_signs_alike() {
    let key = &keys()[0];
    let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
    let text = issue_with(&destruction(), key, |text| {
        Signature::by(key, pair.sign(text.as_bytes()).as_ref())
    });
    assert_eq!(text.unwrap(), issue(&destruction(), &signer()).unwrap());
    let wrong = issue_with(&destruction(), key, |_| Signature::by(key, &[0; 64]));
    assert!(matches!(
        wrong,
        Err(ReceiptError::Note(NoteError::WrongSignature(_)))
    ));
}

#[test]
fn white_space_and_order_do_not_matter() {
    let text = issue(&destruction(), &signer()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(opened(&value.to_string()).is_ok());
    assert!(opened(&text.replace('\n', "\r\n")).is_ok());
}

#[test]
fn the_canonical_form_is_the_signed_one() {
    let json = Json::of(&destruction()).unwrap();
    let text = signed_text(DestructionReceipt::FORMAT, &json).unwrap();
    assert!(text.starts_with(
        "sandyq/destruction-receipt/v1\n{\"copies\":{\"dead_after\":\"2026-12-23T10:35:00.123Z\""
    ));
    assert_eq!(text.lines().count(), 2);
    let note = Note::new(text).unwrap();
    assert!(
        note.text().parse::<Checkpoint>().is_err(),
        "a receipt is never a checkpoint"
    );
}

#[test]
fn nothing_that_contradicts_itself_is_issued() {
    type Spoil = fn(&mut DestructionReceipt);
    let spoils: [(&str, Spoil); 14] = [
        ("another format", |it| it.format.push('1')),
        ("somebody else", |it| it.subject = Pseudonym::from_bytes([1; 16])),
        ("another instant", |it| it.destroyed_at = moment(119)),
        ("more fields", |it| {
            it.destroyed = it.destroyed.with(Field::CARD_VERIFICATION)
        }),
        ("other verbs", |it| it.verbs = vec![VerbWord(Verb::Block)]),
        ("issued before", |it| it.issued_at = moment(100)),
        ("withdrawn after", |it| it.withdrawn_at = Some(moment(121))),
        ("dead before", |it| it.copies.dead_after = moment(1)),
        ("kept and destroyed", |it| it.kept[0].fields = it.destroyed),
        ("no norm", |it| it.kept[0].citation = "  ".to_owned()),
        ("kept nothing", |it| it.kept[0].fields = FieldSet::EMPTY),
        ("another entry", |it| it.ledger.entry = withdrawn().encode()),
        ("another place", |it| it.ledger.index = 4),
        ("a proof cut short", |it| it.ledger.proof.0.truncate(2)),
    ];
    for (defect, spoil) in spoils {
        let mut receipt = destruction();
        spoil(&mut receipt);
        assert!(issue(&receipt, &signer()).is_err(), "{defect}");
    }
    let stranger = Signer::from_seed("example.kz/ledger", &[2; 32]).unwrap();
    assert!(matches!(
        issue(&destruction(), &stranger),
        Err(ReceiptError::Checkpoint(_))
    ));
}

#[test]
fn an_entry_of_another_deed_proves_no_destruction() {
    for spoil in [
        |entry: &mut Entry| entry.deed = crate::entry::Deed::Verb(Verb::Block),
        |entry: &mut Entry| entry.outcome = Outcome::Refused,
        |entry: &mut Entry| entry.outcome = Outcome::Failed,
        |entry: &mut Entry| entry.subject = None,
    ] {
        let mut entry = destroyed();
        spoil(&mut entry);
        let receipt = DestructionReceipt {
            ledger: evidence(&entry),
            ..destruction()
        };
        assert!(matches!(
            issue(&receipt, &signer()),
            Err(ReceiptError::Contradiction(_))
        ));
    }
}

#[test]
fn consents_that_contradict_themselves_are_not_issued() {
    type Spoil = fn(&mut ConsentReceipt);
    let spoils: [(&str, Spoil); 10] = [
        ("another event", |it| it.steps[0].event = ConsentEvent::Withdrawn),
        ("another instant", |it| it.steps[0].at = moment(29)),
        ("another who acted", |it| it.steps[0].by = ActedBy::Representative),
        ("nothing that happened", |it| it.steps.clear()),
        ("confirmed twice", |it| it.steps.push(it.steps[0].clone())),
        ("no fields", |it| it.item.fields.clear()),
        ("a field twice", |it| {
            it.item.fields.push(it.item.fields[0].clone())
        }),
        ("another policy", |it| it.notice.policy = it.notice.hash),
        ("issued before", |it| it.issued_at = moment(0)),
        ("somebody else", |it| it.subject = Pseudonym::from_bytes([1; 16])),
    ];
    for (defect, spoil) in spoils {
        let mut receipt = consent();
        spoil(&mut receipt);
        assert!(
            matches!(issue(&receipt, &signer()), Err(ReceiptError::Contradiction(_))),
            "{defect}"
        );
    }
}

#[test]
fn who_took_a_consent_back_and_when_it_was_given_come_back_as_they_were() {
    for acts in [
        ActedBy::Operator,
        ActedBy::Representative,
        ActedBy::Together,
        ActedBy::Subject,
    ] {
        let mut receipt = taken_back();
        receipt.steps[0].by = acts;
        let text = issue(&receipt, &signer()).unwrap();
        let opened = open::<ConsentReceipt>(text.as_bytes(), &keys()).unwrap();
        assert_eq!(opened.statement, receipt);
        assert_eq!(opened.statement.last().unwrap().channel, "letter");
    }
}

#[test]
fn a_receipt_whose_words_are_given_another_meaning_is_not_believed() {
    for (from, to) in [
        ("https://w3id.org/dpv#", "https://example.com/dpv#"),
        ("\"dpv:ConsentReceipt\"", "\"dpv:ConsentRecord\""),
        ("dpv:ExplicitlyExpressedConsent", "dpv:ImpliedConsent"),
        ("urn:uuid:5b5b", "urn:uuid:6b6b"),
        ("\"dct:identifier\":\"13\"", "\"dct:identifier\":\"013\""),
        ("\"ledger\":", "\"dpv:hasRight\":\"none\",\"ledger\":"),
    ] {
        let good = Json::of(&consent()).unwrap().canonical().unwrap();
        let canonical = good.replace(from, to);
        assert_ne!(canonical, good, "{to}");
        let signature = signer().sign(&format!("{}\n{canonical}\n", ConsentReceipt::FORMAT));
        let text = canonical.replacen('{', &format!("{{\"signatures\":[\"{signature}\"],"), 1);
        assert!(AnyReceipt::open(text.as_bytes(), &keys()).is_err(), "{to}");
    }
}

#[test]
fn hostile_texts_are_refused() {
    let good = issue(&destruction(), &signer()).unwrap();
    for (defect, from, to) in [
        ("no_signatures", "\"signatures\"", "\"signature\""),
        ("signature_of_none", "\"— example.kz", "\"- example.kz"),
        ("another_kind", "destruction-receipt", "consent-receipt"),
        ("another_version", "receipt/v1", "receipt/v2"),
        (
            "member_added",
            "{\n  \"copies\"",
            "{\n  \"note\": \"ok\",\n  \"copies\"",
        ),
        (
            "member_twice",
            "{\n  \"copies\"",
            "{\n  \"format\": \"x\",\n  \"copies\"",
        ),
        ("epoch_changed", "\"epoch\": 7", "\"epoch\": 6"),
        ("operator_changed", "990140001234", "990140001235"),
        ("until_changed", "2032-12-31", "2031-12-31"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good, "{defect}");
        assert!(opened(&bad).is_err(), "{defect}");
        assert!(AnyReceipt::open(bad.as_bytes(), &keys()).is_err(), "{defect}");
    }
    assert!(matches!(
        open::<DestructionReceipt>(good.as_bytes(), &[]),
        Err(ReceiptError::Note(_))
    ));
}

#[test]
fn a_signed_member_in_another_form_is_not_believed() {
    for (from, to) in [
        ("0e0e0e0e-0e0e", "0E0E0E0E-0E0E"),
        ("[4,5,", "[5,4,"),
        (".123Z", ".1230Z"),
    ] {
        let canonical = Json::of(&destruction())
            .unwrap()
            .canonical()
            .unwrap()
            .replacen(from, to, 1);
        let signature = signer().sign(&format!("{}\n{canonical}\n", DestructionReceipt::FORMAT));
        let text = canonical.replacen('{', &format!("{{\"signatures\":[\"{signature}\"],"), 1);
        assert!(matches!(opened(&text), Err(ReceiptError::Member(_))), "{to}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = AnyReceipt::open(&bytes, &keys());
    }

    #[test]
    fn no_changed_byte_is_believed(at in any::<prop::sample::Index>(), with: u8) {
        let good = issue(&destruction(), &signer()).unwrap();
        let mut bytes = good.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = with;
        let same = Json::parse(&bytes).ok() == Json::parse(good.as_bytes()).ok();
        prop_assert_eq!(AnyReceipt::open(&bytes, &keys()).is_ok(), same);
    }
}
