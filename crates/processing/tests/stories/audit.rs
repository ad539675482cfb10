//! 5.1.5: the auditor and the responsible person read the ledger: filtered, verified, taken out with proofs that hold without us. They
//! learn nobody's name by it, and each look is an entry.

use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Happening, Outcome};
use sandyq_ledger::receipt::{EXTRACT_ENTRIES_MAX, Extract, ReceiptError};
use sandyq_model::{Purpose, Verb};
use sandyq_processing::access::Caller;
use sandyq_processing::audit::{AuditFilter, AuditPage, Notable};
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::posting;
use sandyq_store::{Commit, Statement};

use crate::stage::Stage;

const MARA: &str = "mara@example.com";

async fn reads(stage: &Stage, caller: &Caller, filter: &AuditFilter) -> AuditPage {
    stage
        .system
        .audit(caller, filter, None, Language::En)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_auditor_finds_who_did_what_and_nobodys_name() {
    let stage = Stage::new();
    let auditor = stage.staff("aidar", "auditor").await;
    let sales = stage.staff("aslan", "sales").await;
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    let system = &stage.system;
    system
        .open_case(&sales, &case, Some(Purpose::ORDERS), Language::En)
        .await
        .unwrap();
    assert!(
        system
            .open_case(&sales, &case, Some(Purpose::RECRUITMENT), Language::En)
            .await
            .is_err()
    );

    let refused = AuditFilter {
        outcome: Some(Outcome::Refused),
        deed: Some(Deed::Verb(Verb::Extract)),
        ..AuditFilter::default()
    };
    let found = reads(&stage, &auditor, &refused).await;
    let [line] = found.lines.as_slice() else {
        panic!("one refusal: {:?}", found.lines)
    };
    assert_eq!(line.by.as_deref(), Some("aslan"));
    let same_person = AuditFilter {
        person: line.subject,
        ..AuditFilter::default()
    };
    let about_mara = reads(&stage, &auditor, &same_person).await;
    assert!(about_mara.lines.len() > 5, "{}", about_mara.lines.len());
    let below = AuditFilter {
        clause: Some("5.1".into()),
        ..AuditFilter::default()
    };
    let by_clause = reads(&stage, &auditor, &below).await;
    assert!(!by_clause.lines.is_empty());
    for line in &by_clause.lines {
        assert!(line.clauses.iter().any(|clause| clause.starts_with("5.1.")));
    }
    let all = reads(&stage, &auditor, &AuditFilter::default()).await;
    let written = format!("{:?}{:?}", all.lines, about_mara.lines);
    assert!(!written.contains("mara") && !written.contains("Омарова"));

    let looks = AuditFilter {
        deed: Some(Deed::Happening(Happening::LedgerRead)),
        ..AuditFilter::default()
    };
    assert!(
        reads(&stage, &auditor, &looks).await.lines.len() >= 4,
        "each look is an entry"
    );
    let read = system.my_accesses(&mara, 1, Language::En).await.unwrap();
    assert!(
        read.rows.iter().any(|look| look.who == "Auditor"),
        "the person reads that their entries were asked for"
    );
}

#[tokio::test]
async fn nobody_else_reads_it_and_the_auditor_opens_no_case() {
    let stage = Stage::new();
    let auditor = stage.staff("aidar", "auditor").await;
    let sales = stage.staff("aslan", "sales").await;
    let admin = stage.staff("admin", "administrator").await;
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    let system = &stage.system;
    let nothing = AuditFilter::default();
    for caller in [&sales, &admin, &mara] {
        let read = system.audit(caller, &nothing, None, Language::En).await;
        assert!(matches!(read, Err(Rejected::NotFound | Rejected::SignInFirst)));
        assert!(system.verify_ledger(caller).await.is_err());
        assert!(system.extract_of_ledger(caller, &nothing, None).await.is_err());
        assert!(system.notices(caller).await.is_err());
        assert!(system.entry_of_ledger(caller, 0).await.is_err());
    }
    let opened = system
        .open_case(&auditor, &case, Some(Purpose::ORDERS), Language::En)
        .await;
    assert!(opened.is_err(), "the auditor reads the account and no data");
    assert!(matches!(
        system.entry_of_ledger(&auditor, u64::MAX).await,
        Err(Rejected::NotFound)
    ));
}

#[tokio::test]
async fn what_was_taken_out_holds_without_us_and_no_byte_can_be_changed() {
    let stage = Stage::new();
    let auditor = stage.staff("aidar", "auditor").await;
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    let system = &stage.system;
    let file = system
        .extract_of_ledger(&auditor, &AuditFilter::default(), None)
        .await
        .unwrap();
    let keys = [system.store().verifier_key().clone()];
    let opened = Extract::open(&file, &keys).unwrap();
    let (entries, checkpoint) = (opened.entries, opened.checkpoint);
    assert_eq!(opened.next, None, "nothing is left out");
    assert_eq!(entries.len() as u64, checkpoint.size, "all of a small ledger");
    let verified = system.verify_ledger(&auditor).await.unwrap();
    assert!(verified.entries >= checkpoint.size);

    let mut changed: Extract = serde_json::from_slice(&file).unwrap();
    changed.entries[0].index -= 1;
    let bytes = serde_json::to_vec(&changed).unwrap();
    assert!(matches!(
        Extract::open(&bytes, &keys),
        Err(ReceiptError::Proof(_))
    ));
    let mut changed: Extract = serde_json::from_slice(&file).unwrap();
    changed.entries[1].entry[3] ^= 1;
    let bytes = serde_json::to_vec(&changed).unwrap();
    assert!(Extract::open(&bytes, &keys).is_err());
    assert!(
        Extract::open(&file, &[]).is_err(),
        "without a key nothing is believed"
    );
}

#[tokio::test]
async fn refusals_in_a_row_nights_and_many_people_stand_out() {
    let stage = Stage::new();
    let auditor = stage.staff("aidar", "auditor").await;
    let sales = stage.staff("aslan", "sales").await;
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    let system = &stage.system;
    let looks = async |purpose| {
        let _ = system.open_case(&sales, &case, Some(purpose), Language::En).await;
    };
    looks(Purpose::ORDERS).await;
    for _ in 0..4 {
        looks(Purpose::RECRUITMENT).await;
    }
    assert!(
        system.notices(&auditor).await.unwrap().lines.is_empty(),
        "a working day"
    );
    looks(Purpose::RECRUITMENT).await;
    let lines = system.notices(&auditor).await.unwrap().lines;
    let [refusals] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (&refusals.what, refusals.who.as_str(), refusals.count),
        (&Notable::Refusals, "aslan", 5)
    );

    stage.passes(SignedDuration::from_hours(14));
    let sales = stage.staff_again("aslan").await;
    let _ = system
        .open_case(&sales, &case, Some(Purpose::ORDERS), Language::En)
        .await
        .unwrap();
    let auditor = stage.staff_again("aidar").await;
    let lines = system.notices(&auditor).await.unwrap().lines;
    assert!(
        lines.iter().any(|line| line.what == Notable::OutsideHours),
        "{lines:?}"
    );
    stage.passes(SignedDuration::from_hours(24 * 8));
    let auditor = stage.staff_again("aidar").await;
    assert!(
        system.notices(&auditor).await.unwrap().lines.is_empty(),
        "seven days, no more"
    );
}

/// As many entries again as an extract holds.
async fn fills(stage: &Stage, count: usize) {
    let store = stage.system.store();
    let one = store.read(|reader| posting::at(reader, 0)).await.unwrap().entry;
    let commit = Commit {
        entries: vec![one; count],
        ..Commit::default()
    };
    store.commit(commit).await.unwrap();
}

#[tokio::test]
async fn a_file_that_was_cut_says_where_the_next_part_begins_and_the_parts_are_the_whole() {
    let stage = Stage::new();
    let auditor = stage.staff("aidar", "auditor").await;
    for _ in 0..5 {
        fills(&stage, EXTRACT_ENTRIES_MAX / 5).await;
    }
    let system = &stage.system;
    let keys = [system.store().verifier_key().clone()];
    let (mut before, mut parts, mut taken) = (None, 0, Vec::new());
    let size = system.store().checkpoint().size;
    loop {
        let nothing = AuditFilter::default();
        let file = system
            .extract_of_ledger(&auditor, &nothing, before)
            .await
            .unwrap();
        let part = Extract::open(&file, &keys).unwrap();
        taken.extend(part.entries.iter().map(|(index, _)| *index));
        parts += 1;
        before = part.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(parts, 2, "one more than a file holds");
    assert_eq!(taken, (0..size).rev().collect::<Vec<_>>(), "each entry once");
}

#[tokio::test]
async fn a_ledger_that_does_not_verify_is_entered_as_that() {
    let stage = Stage::new();
    let auditor = stage.staff("aidar", "auditor").await;
    let altered = Statement {
        sql: "UPDATE ledger_checkpoint SET note = 'x' || note WHERE size = (SELECT MIN(size) FROM ledger_checkpoint)",
        args: Vec::new(),
        rows: Some(1),
    };
    let commit = Commit {
        statements: vec![altered],
        ..Commit::default()
    };
    stage.system.store().commit(commit).await.unwrap();
    let verified = stage.system.verify_ledger(&auditor).await;
    assert!(matches!(verified, Err(Rejected::Fault(_))), "{verified:?}");
    let store = stage.system.store();
    let size = store.checkpoint().size;
    let newest = store
        .read(move |reader| posting::at(reader, size - 1))
        .await
        .unwrap();
    assert_eq!(newest.entry.deed, Deed::Happening(Happening::LedgerVerified));
    assert_eq!(newest.entry.outcome, Outcome::Failed);
}
