//! 3, 5.1.2: the operator's own documents. The responsible person enters them with their files, nothing of them is changed, a newer
//! one comes in the place of an older one; the auditor reads, and everybody those that are public.

use sandyq_ledger::entry::{Deed, Entry, Happening};
use sandyq_ledger::tree::sha256;
use sandyq_model::{LocalActKind, Mistake, Problem};
use sandyq_processing::Rejected;
use sandyq_processing::access::Caller;
use sandyq_processing::local_act::{Entered, LOCAL_ACT_FILE_BYTES_MAX, LOCAL_ACTS_MAX, Stands};

use crate::stage::Stage;

/// A PDF with these words in it.
fn pdf(words: &str) -> Vec<u8> {
    format!("%PDF-1.7\n{words}\n%%EOF\n").into_bytes()
}

/// Rules, in that version.
fn rules(version: &str) -> Entered {
    Entered {
        kind: "rules".to_owned(),
        title: "Rules for the protection of personal data".to_owned(),
        document: "№ 14-P".to_owned(),
        version: version.to_owned(),
        adopted_on: "2026-11-20".to_owned(),
        approver: "director".to_owned(),
        in_force_since: "2026-11-20".to_owned(),
        file: pdf(version),
        ..Entered::default()
    }
}

async fn enters(stage: &Stage, caller: &Caller, entered: &Entered) -> Result<u32, Rejected> {
    stage.system.enter_local_act(caller, entered, stage.key()).await
}

fn mistakes<T: std::fmt::Debug>(outcome: Result<T, Rejected>) -> Vec<(String, Problem)> {
    match outcome {
        Err(Rejected::Mistake(Mistake(mistakes))) => mistakes,
        other => panic!("{other:?}"),
    }
}

fn one(name: &str, problem: Problem) -> Vec<(String, Problem)> {
    vec![(name.to_owned(), problem)]
}

/// Entries about the register, oldest first.
async fn entries(stage: &Stage) -> Vec<(Happening, Entry)> {
    let store = stage.system.store();
    let mut found = Vec::new();
    for index in 0..store.checkpoint().size {
        let entry = Entry::decode(&store.entry(index).await.unwrap().unwrap()).unwrap();
        if let Deed::Happening(happening) = entry.deed
            && matches!(happening.code(), 140 | 141 | 146)
        {
            found.push((happening, entry));
        }
    }
    found
}

#[tokio::test]
async fn a_newer_version_comes_in_the_place_of_the_older_one_and_both_are_kept() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let auditor = stage.staff("timur", "auditor").await;
    assert_eq!(enters(&stage, &responsible, &rules("1")).await.unwrap(), 1);
    let second = Entered {
        replaces: "1".to_owned(),
        in_force_since: "01.12.2026".to_owned(),
        is_public: true,
        ..rules("2")
    };
    assert_eq!(enters(&stage, &responsible, &second).await.unwrap(), 2);
    let register = stage.system.local_acts(&auditor, 1).await.unwrap();
    assert!(!register.enters && !register.more);
    let [newer, older] = register.rows.as_slice() else {
        panic!("{register:?}")
    };
    assert_eq!((newer.number, newer.kind), (2, LocalActKind::Rules));
    assert_eq!(
        (newer.stands, newer.replaces, newer.replaced_by),
        (Stands::NotYet, Some(1), None)
    );
    let since = "2026-12-01".parse().unwrap();
    assert_eq!(
        (older.stands, older.replaced_by),
        (Stands::InForce, Some((2, since)))
    );
    // On its day the newer one is in force, and the older one is not.
    stage.passes(jiff::SignedDuration::from_hours(24 * 9));
    let public = stage.system.public_documents().await.unwrap();
    assert_eq!(public.len(), 1);
    assert_eq!((public[0].stands, public[0].replaces), (Stands::InForce, None));
    assert_eq!(public[0].file_hash, hex::encode(sha256(&pdf("2")).0));
    // Nothing else comes in the place of what was replaced, and nothing of what is not there.
    let third = |replaces: &str| Entered {
        replaces: replaces.to_owned(),
        in_force_since: "2026-12-02".to_owned(),
        ..rules("3")
    };
    for (replaces, problem) in [("1", Problem::Closed), ("9", Problem::Choice)] {
        let refused = enters(&stage, &responsible, &third(replaces)).await;
        assert_eq!(mistakes(refused), one("replaces", problem), "{replaces}");
    }
    assert_eq!(enters(&stage, &responsible, &third("2")).await.unwrap(), 3);
}

#[tokio::test]
async fn what_is_public_is_everybodys_and_each_other_look_has_its_entry() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let auditor = stage.staff("timur", "auditor").await;
    let sales = stage.staff("sara", "sales").await;
    enters(&stage, &responsible, &rules("1")).await.unwrap();
    let open = Entered {
        is_public: true,
        ..rules("2")
    };
    enters(&stage, &responsible, &open).await.unwrap();
    let system = &stage.system;
    let file = system.public_document(2).await.unwrap();
    assert_eq!((file.name.as_str(), file.content), ("document-2.pdf", pdf("2")));
    for number in [1, 3] {
        let nothing = system.public_document(number).await;
        assert!(matches!(nothing, Err(Rejected::NotFound)), "{number}");
    }
    assert_eq!(
        system.local_act_file(&auditor, 1).await.unwrap().content,
        pdf("1")
    );
    system.local_acts(&responsible, 1).await.unwrap();
    let refused = enters(&stage, &auditor, &rules("3")).await;
    assert!(matches!(refused, Err(Rejected::NotFound)));
    assert!(matches!(
        system.local_act_file(&sales, 2).await,
        Err(Rejected::NotFound)
    ));
    assert!(matches!(
        system.local_acts(&sales, 1).await,
        Err(Rejected::NotFound)
    ));
    let entries = entries(&stage).await;
    use Happening::{LocalActEntered, LocalActsRead};
    let happened: Vec<_> = entries.iter().map(|(happening, _)| *happening).collect();
    assert_eq!(
        happened,
        [LocalActEntered, LocalActEntered, LocalActsRead, LocalActsRead]
    );
    // Whoever has a file finds its entry: it holds the first bytes of its hash.
    let named: Vec<_> = entries.iter().map(|(_, entry)| entry.case).collect();
    for (place, version) in [(0, "1"), (1, "2"), (2, "1")] {
        let hash = sha256(&pdf(version)).0;
        assert_eq!(named[place].unwrap().as_bytes(), &hash[..16]);
    }
    assert_eq!(named[3], None);
    assert!(entries.iter().all(|(_, entry)| entry.subject.is_none()));
}

/// A public document.
fn open(version: &str) -> Entered {
    Entered {
        is_public: true,
        ..rules(version)
    }
}

#[tokio::test]
async fn a_public_document_is_taken_off_the_site_and_stays_in_the_register() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let auditor = stage.staff("timur", "auditor").await;
    let system = &stage.system;
    enters(&stage, &responsible, &open("1")).await.unwrap();
    enters(&stage, &responsible, &rules("2")).await.unwrap();
    for (caller, number) in [(&auditor, 1), (&responsible, 2), (&responsible, 3)] {
        let seen = system.local_act_on_the_site(caller, number).await;
        assert!(matches!(seen, Err(Rejected::NotFound)), "{number}");
        let refused = system.hide_local_act(caller, number, stage.key()).await;
        assert!(matches!(refused, Err(Rejected::NotFound)), "{number}");
    }
    assert_eq!(system.public_documents().await.unwrap().len(), 1);
    let key = stage.key();
    for _ in 0..2 {
        system.hide_local_act(&responsible, 1, key).await.unwrap();
    }
    let off = system.now();
    let again = system.hide_local_act(&responsible, 1, stage.key()).await;
    assert!(matches!(again, Err(Rejected::NotFound)));
    assert!(system.public_documents().await.unwrap().is_empty());
    let gone = system.public_document(1).await;
    assert!(matches!(gone, Err(Rejected::NotFound)), "{gone:?}");
    let kept = system.local_acts(&auditor, 1).await.unwrap().rows.remove(1);
    assert_eq!((kept.is_public, kept.hidden_at), (true, Some(off)));
    assert_eq!(
        system.local_act_file(&auditor, 1).await.unwrap().content,
        pdf("1")
    );
    let hidden: Vec<Entry> = entries(&stage)
        .await
        .into_iter()
        .filter(|(happening, _)| *happening == Happening::LocalActHidden)
        .map(|(_, entry)| entry)
        .collect();
    let [entry] = hidden.as_slice() else {
        panic!("once: {hidden:?}")
    };
    assert_eq!(entry.case.unwrap().as_bytes(), &sha256(&pdf("1")).0[..16]);
    assert!(entry.subject.is_none());
}

#[tokio::test]
async fn the_public_list_names_nothing_that_does_not_stand_on_the_site() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let in_place = |act: Entered, of: &str| Entered {
        replaces: of.to_owned(),
        ..act
    };
    let all = [
        open("1"),
        in_place(rules("2"), "1"),
        in_place(open("3"), "2"),
        in_place(open("4"), "3"),
    ];
    for act in &all {
        enters(&stage, &responsible, act).await.unwrap();
    }
    let seen = async || {
        let public = stage.system.public_documents().await.unwrap();
        let public = public.into_iter();
        public
            .map(|row| (row.number, row.stands, row.replaces, row.replaced_by))
            .collect::<Vec<_>>()
    };
    let since = "2026-11-20".parse().unwrap();
    assert_eq!(
        seen().await,
        [
            (4, Stands::InForce, Some(3), None),
            (3, Stands::Replaced, None, Some((4, since))),
            (1, Stands::Replaced, None, None),
        ]
    );
    let hidden = stage.system.hide_local_act(&responsible, 4, stage.key());
    hidden.await.unwrap();
    assert_eq!(
        seen().await,
        [
            (3, Stands::Replaced, None, None),
            (1, Stands::Replaced, None, None),
        ]
    );
    let register = stage.system.local_acts(&responsible, 1).await.unwrap();
    let named: Vec<_> = register.rows.iter().map(|row| row.replaces).collect();
    assert_eq!(named, [Some(3), Some(2), Some(1), None], "the register names all");
}

#[tokio::test]
async fn whatever_is_wrong_is_said_at_once_and_nothing_is_entered() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let wrong = Entered {
        kind: "law".to_owned(),
        title: "Order about 850101300123".to_owned(),
        document: String::new(),
        version: "1\n2".to_owned(),
        approver: "dana@example.com".to_owned(),
        adopted_on: "2026-11-24".to_owned(),
        in_force_since: "tomorrow".to_owned(),
        replaces: "first".to_owned(),
        file: b"<script>alert(1)</script>".to_vec(),
        is_public: true,
    };
    let mut said = mistakes(enters(&stage, &responsible, &wrong).await);
    said.sort();
    let mut expected = vec![
        ("kind", Problem::Missing),
        ("title", Problem::Personal),
        ("document", Problem::Missing),
        ("version", Problem::Characters),
        ("approver", Problem::Personal),
        ("adopted_on", Problem::Date),
        ("in_force_since", Problem::Date),
        ("replaces", Problem::Characters),
        ("scan", Problem::Pdf),
    ];
    expected.sort();
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(name, problem)| (name.to_owned(), problem))
        .collect();
    assert_eq!(said, expected);
    let shown = Entered {
        kind: "paper-destroyed".to_owned(),
        is_public: true,
        ..rules("1")
    };
    assert_eq!(
        mistakes(enters(&stage, &responsible, &shown).await),
        one("public", Problem::InternalOnly),
        "an act about destroyed paper may name whoever was there"
    );
    let large = Entered {
        file: pdf(&"a".repeat(LOCAL_ACT_FILE_BYTES_MAX)),
        ..rules("1")
    };
    assert_eq!(
        mistakes(enters(&stage, &responsible, &large).await),
        one("scan", Problem::Pdf)
    );
    assert!(entries(&stage).await.is_empty());
}

#[tokio::test]
async fn the_same_file_is_entered_once_and_the_register_ends_somewhere() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let key = stage.key();
    let first = rules("1");
    for _ in 0..2 {
        let entered = stage.system.enter_local_act(&responsible, &first, key).await;
        assert_eq!(entered.unwrap(), 1, "the same form again does nothing again");
    }
    let other = Entered {
        title: "Something else".to_owned(),
        ..rules("1")
    };
    let refused = enters(&stage, &responsible, &other).await;
    assert_eq!(mistakes(refused), one("scan", Problem::SameFile));
    for number in 2..=LOCAL_ACTS_MAX {
        let entered = enters(&stage, &responsible, &rules(&number.to_string())).await;
        assert_eq!(entered.unwrap(), number);
    }
    let refused = enters(&stage, &responsible, &rules("one more")).await;
    assert_eq!(mistakes(refused), one("title", Problem::Rows));
    let register = stage.system.local_acts(&responsible, 2).await.unwrap();
    assert!(register.more && register.enters && register.rows[0].number == LOCAL_ACTS_MAX - 25);
}

#[tokio::test]
async fn a_file_is_at_rest_sealed() {
    let stage = Stage::new();
    let responsible = stage.staff("aru", "responsible").await;
    let secret = Entered {
        file: pdf("the-words-of-the-file-that-nobody-finds"),
        ..rules("1")
    };
    enters(&stage, &responsible, &secret).await.unwrap();
    let id = sandyq_model::LocalActId::try_from(&sha256(&secret.file).0[..16]).unwrap();
    let store = stage.system.store();
    let sealed = store
        .read(move |reader| sandyq_store::tables::local_act::file(reader, id))
        .await
        .unwrap()
        .unwrap();
    assert!(!sealed.windows(9).any(|part| part == b"the-words"));
    assert_eq!(
        stage
            .system
            .local_act_file(&responsible, 1)
            .await
            .unwrap()
            .content,
        secret.file
    );
}
