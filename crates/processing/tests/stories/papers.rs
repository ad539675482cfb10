//! 6.3, 8: the paper of a letter whose record was destroyed waits, by its numbers alone, until an act says that it was destroyed; and
//! the acts of destruction themselves are a register that the responsible person and the auditor read.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed as Entered, Happening};
use sandyq_model::{Plain, Problem, RequestKind};
use sandyq_processing::access::Caller;
use sandyq_processing::local_act::Entered as Document;
use sandyq_processing::request::{Deed, PAPERS_AT_ONCE};
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::posting;

use crate::stage::Stage;
use crate::stage::asked::{enters, problem};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// An act of the register: of destroying paper, or another document.
async fn an_act(stage: &Stage, aru: &Caller, kind: &str, adopted_on: &str) -> String {
    let act = Document {
        kind: kind.to_owned(),
        title: "Act on destroyed paper".to_owned(),
        document: "№ 3".to_owned(),
        version: "1".to_owned(),
        adopted_on: adopted_on.to_owned(),
        approver: "commission".to_owned(),
        in_force_since: adopted_on.to_owned(),
        file: format!("%PDF-1.7\n{kind} {adopted_on}\n%%EOF\n").into_bytes(),
        ..Document::default()
    };
    let entered = stage.system.enter_local_act(aru, &act, stage.key()).await;
    entered.unwrap().to_string()
}

/// Somebody writes a letter by which everything goes, its record included; gives the number.
async fn a_letter_is_gone(stage: &Stage, aru: &Caller, email: &str) -> String {
    stage.guest(email).await;
    let reference = enters(stage, aru, RequestKind::Withdraw).await;
    let contact = Plain::from(email);
    assert!(stage.system.suppose(aru, &reference, &contact).await.unwrap());
    stage
        .system
        .ask_identity(aru, &reference, Language::Ru)
        .await
        .unwrap();
    stage.system.run_queue().await.unwrap();
    let code = stage.code_for(email);
    stage.system.check_identity(aru, &reference, &code).await.unwrap();
    let carried = stage.system.carry_out(aru, &reference, &Deed::default()).await;
    carried.unwrap();
    stage.system.run_queue().await.unwrap();
    let words = Plain::from("Your data was destroyed.");
    stage
        .system
        .draft_answer(aru, &reference, &words, stage.key())
        .await
        .unwrap();
    stage.system.give_answer(aru, &reference, None).await.unwrap();
    stage.passes(DAY * 11);
    stage.system.run_retention().await.unwrap();
    stage.system.run_queue().await.unwrap();
    reference
}

async fn gone(stage: &Stage, aru: &Caller, papers: &[&str], act: &str) -> Result<usize, Rejected> {
    let papers: Vec<String> = papers.iter().map(|one| (*one).to_owned()).collect();
    stage.system.papers_gone(aru, &papers, act).await
}

#[tokio::test]
async fn the_paper_of_a_destroyed_letter_waits_until_an_act_names_it() {
    let stage = Stage::new();
    let aru = stage.staff("aru", "responsible").await;
    assert!(stage.system.papers(&aru, 1).await.unwrap().rows.is_empty());
    let kept = enters(&stage, &aru, RequestKind::Access).await;
    let reference = a_letter_is_gone(&stage, &aru, "dana@example.com").await;
    let waiting = stage.system.papers(&aru, 1).await.unwrap();
    assert!(waiting.enters && !waiting.more);
    let [paper] = waiting.rows.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!(
        (paper.reference.as_str(), paper.letter),
        (reference.as_str(), (2026, 2))
    );
    assert!(!paper.late && paper.due_at > Some(paper.since));
    assert_ne!(
        paper.reference, kept,
        "a letter that is still here keeps its paper"
    );
    assert_eq!(stage.system.late_paper(&aru).await.unwrap(), None);
    stage.passes(DAY * 60);
    let aru = stage.staff_again("aru").await;
    let late = stage.system.late_paper(&aru).await.unwrap().unwrap();
    assert!(late.late && late.reference == reference);
    let act = an_act(&stage, &aru, "paper-destroyed", "2026-12-20").await;
    assert_eq!(gone(&stage, &aru, &[&reference], &act).await.unwrap(), 1);
    assert_eq!(
        gone(&stage, &aru, &[&reference], &act).await.unwrap(),
        0,
        "it is named once"
    );
    assert!(stage.system.papers(&aru, 1).await.unwrap().rows.is_empty());
    assert_eq!(stage.system.late_paper(&aru).await.unwrap(), None);
    let size = stage.system.store().checkpoint().size;
    let store = stage.system.store();
    let all = store
        .read(move |reader| posting::range(reader, 0, size))
        .await
        .unwrap();
    let said = all.into_iter().rev().map(|placed| placed.entry);
    let said = said
        .into_iter()
        .find(|entry| entry.deed == Entered::Happening(Happening::PaperDestroyed))
        .unwrap();
    assert_eq!(said.subject, None, "nobody is behind it any more");
    assert!(said.clauses.iter().any(|clause| clause.to_string() == "8"));
    let hash = digest(&SHA256, reference.as_bytes());
    assert_eq!(
        said.case.unwrap().as_bytes()[..],
        hash.as_ref()[..16],
        "it names the request by its number, and no record"
    );
}

#[tokio::test]
async fn a_paper_that_is_due_beyond_the_calendar_closes_no_board() {
    let stage = Stage::new();
    stage.passes(DAY * 374);
    let aru = stage.staff("aru", "responsible").await;
    let reference = a_letter_is_gone(&stage, &aru, "dana@example.com").await;
    let waiting = stage.system.papers(&aru, 1).await.unwrap();
    assert_eq!(waiting.rows.len(), 1);
    assert_eq!((waiting.rows[0].due_at, waiting.rows[0].late), (None, false));
    assert_eq!(stage.system.late_paper(&aru).await.unwrap(), None);
    stage.passes(DAY * 30);
    let aru = stage.staff_again("aru").await;
    let late = stage.system.late_paper(&aru).await.unwrap().unwrap();
    assert_eq!(
        (late.reference, late.due_at),
        (reference, None),
        "the calendar has ended"
    );
}

#[tokio::test]
async fn what_is_no_act_or_no_paper_names_nothing_and_the_auditor_only_reads() {
    let stage = Stage::new();
    let aru = stage.staff("aru", "responsible").await;
    let kept = enters(&stage, &aru, RequestKind::Access).await;
    let reference = a_letter_is_gone(&stage, &aru, "dana@example.com").await;
    let rules = an_act(&stage, &aru, "rules", "2026-11-20").await;
    let early = an_act(&stage, &aru, "paper-destroyed", "2026-11-01").await;
    let today = sandyq_model::time::day_in_kazakhstan(stage.now()).to_string();
    let act = an_act(&stage, &aru, "paper-destroyed", &today).await;
    for (papers, number, input, expected) in [
        (vec![], act.as_str(), "papers", Problem::Missing),
        (
            vec![reference.as_str(); PAPERS_AT_ONCE + 1],
            &act,
            "papers",
            Problem::TooMany,
        ),
        (vec![reference.as_str()], "", "act", Problem::Missing),
        (vec![reference.as_str()], "first", "act", Problem::Choice),
        (vec![reference.as_str()], "99", "act", Problem::Choice),
        (vec![reference.as_str()], &rules, "act", Problem::Choice),
        (vec![reference.as_str()], &early, "act", Problem::Date),
    ] {
        let outcome = gone(&stage, &aru, &papers, number).await;
        assert_eq!(problem(outcome, input), Some(expected), "{number}");
    }
    // A letter that is still here, or that nobody knows, is passed over.
    assert_eq!(
        gone(&stage, &aru, &[&kept, "SQ-0000-0000"], &act).await.unwrap(),
        0
    );
    let auditor = stage.staff("zarina", "auditor").await;
    let seen = stage.system.papers(&auditor, 1).await.unwrap();
    assert_eq!((seen.rows.len(), seen.enters), (1, false));
    let refused = gone(&stage, &auditor, &[&reference], &act).await;
    assert!(matches!(refused, Err(Rejected::NotFound)));
    let sales = stage.staff("aslan", "sales").await;
    assert!(matches!(
        stage.system.papers(&sales, 1).await,
        Err(Rejected::NotFound)
    ));
    assert!(matches!(
        stage.system.late_paper(&auditor).await,
        Err(Rejected::NotFound)
    ));
}

#[tokio::test]
async fn acts_of_destruction_are_read_by_two_roles_and_say_what_was_signed() {
    let stage = Stage::new();
    let aru = stage.staff("aru", "responsible").await;
    let auditor = stage.staff("zarina", "auditor").await;
    let (mara, _) = stage.guest("mara@example.com").await;
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    for reader in [&aru, &auditor] {
        let acts = stage.system.destructions(reader, 1, Language::En).await.unwrap();
        assert_eq!((acts.rows.len(), acts.more), (1, false));
        let act = acts.rows[0].signed.as_ref().unwrap();
        assert!(!act.destroyed.is_empty() && act.withdrawn_at.is_some());
        let receipt = stage.system.receipt(&acts.rows[0].number, Language::En).await;
        let receipt = receipt.unwrap().unwrap();
        assert_eq!((receipt.at, receipt.proof.index), (acts.rows[0].at, act.entry));
        let all = stage.system.all_destructions(reader, Language::En).await.unwrap();
        assert_eq!(all, acts.rows);
    }
    let sales = stage.staff("aslan", "sales").await;
    let refused = stage.system.destructions(&sales, 1, Language::En).await;
    assert!(matches!(refused, Err(Rejected::NotFound)));
}
