//! DEF-4: which rows go with somebody, in whatever way they are destroyed: by an operation, or because a restore finds no key. What
//! the registers keep – consents as proofs, disclosures, requests without whom they were about – is not among them.

use jiff::Timestamp;
use sandyq_model::SubjectId;

use super::{
    alike, authenticator, breach_subject, case_file, code, emergency, hold, proposal, publication,
    purpose_use, record, search_index, session, subject_request, wish,
};
use crate::database::Statement;

/// What goes even when something stays under a floor: every way in, every way to be found, and every link to them. A request to destroy
/// is carried out by that.
#[must_use]
pub fn in_part(subject: SubjectId, at: Timestamp) -> Vec<Statement> {
    let [step, answered] = subject_request::carried_out(subject, at);
    vec![
        step,
        answered,
        session::remove_all_of_subject(subject),
        code::remove_all(subject),
        authenticator::remove_all(subject),
        search_index::remove_all(subject),
        proposal::remove_all(subject),
        publication::remove_all(subject),
        breach_subject::remove_all(subject),
        alike::remove_all(subject),
        subject_request::unlink(subject, at),
    ]
}

/// What goes besides when nothing stays: every value, the cases and what was done in them.
#[must_use]
pub fn whole(subject: SubjectId) -> Vec<Statement> {
    let mut statements = vec![
        emergency::forget_cases(subject),
        record::remove_all(subject),
        purpose_use::remove_all(subject),
        hold::remove_all(subject),
        wish::remove_all(subject),
    ];
    statements.extend(case_file::remove_all(subject));
    statements
}
