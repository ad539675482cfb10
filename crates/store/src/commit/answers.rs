//! Answers leave only after the group is durable.

use sandyq_model::Fault;

use super::plan::Verdict;
use super::queue::Pending;
use super::{CommitError, Committed};

/// Answers everybody in a group by its verdict.
pub(super) fn give(group: Vec<Pending>, verdicts: Vec<Verdict>, first_index: u64, tree_size: u64) {
    let answers: Vec<_> = (0..group.len())
        .map(|place| answer(place, &group, &verdicts, first_index, tree_size))
        .collect();
    for (pending, answer) in group.into_iter().zip(answers) {
        // Whoever asked may have gone; what was done stays done.
        let _ = pending.answer.send(answer);
    }
}

/// Tells everybody in a group that it did not work.
pub(super) fn give_fault(group: Vec<Pending>, reason: &str) {
    for pending in group {
        // Whoever asked may have gone.
        let _ = pending.answer.send(Err(Fault::Store(reason.to_owned()).into()));
    }
}

fn answer(
    place: usize,
    group: &[Pending],
    verdicts: &[Verdict],
    first_index: u64,
    tree_size: u64,
) -> Result<Committed, CommitError> {
    match verdicts.get(place) {
        Some(Verdict::Done(nth)) => Ok(Committed::Done {
            entry_index: first_index + nth,
            tree_size,
        }),
        Some(Verdict::Already(answer)) => Ok(Committed::Already(answer.clone())),
        Some(Verdict::SameAs(earlier)) => same_as(*earlier, group),
        Some(Verdict::OtherContent) => Err(CommitError::OtherSubmission),
        Some(Verdict::Stale) => Err(CommitError::Stale),
        Some(Verdict::Conflict(what)) => Err(CommitError::Conflict(what)),
        Some(Verdict::Behind(reason)) => Err(Fault::Busy(reason.clone()).into()),
        Some(Verdict::Fault(reason)) => Err(Fault::Store(reason.clone()).into()),
        None => Err(Fault::Store("the commit was not decided".into()).into()),
    }
}

/// INVARIANT: an earlier commit that did not happen has given its key free, so the one meant here was done.
fn same_as(earlier: usize, group: &[Pending]) -> Result<Committed, CommitError> {
    let stored = group.get(earlier).and_then(|pending| pending.once.as_ref());
    stored
        .map(|once| Committed::Already(once.answer.clone()))
        .ok_or(CommitError::Stale)
}
