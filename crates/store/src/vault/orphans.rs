//! Which data keys and which subjects do not belong together. A crash between the two stores leaves such; the next
//! start looks and finishes.

use std::collections::BTreeSet;

use sandyq_model::SubjectId;

/// What one store has and the other has not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orphans {
    /// Data keys that no subject uses: written before a commit that never happened. They may be killed.
    pub keys_without_subject: Vec<(SubjectId, u32)>,
    /// Subjects whose data key is gone: their values open for nobody. A destruction to finish, or a loss to report.
    pub subjects_without_key: Vec<(SubjectId, u32)>,
}

impl Orphans {
    /// Whether the two stores belong together.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.keys_without_subject.is_empty() && self.subjects_without_key.is_empty()
    }
}

/// Compares the keys that there are with the keys that subjects use, in any order.
#[must_use]
pub fn orphans(keys: &[(SubjectId, u32)], used_by_subjects: &[(SubjectId, u32)]) -> Orphans {
    let keys: BTreeSet<_> = keys.iter().copied().collect();
    let used: BTreeSet<_> = used_by_subjects.iter().copied().collect();
    Orphans {
        keys_without_subject: keys.difference(&used).copied().collect(),
        subjects_without_key: used.difference(&keys).copied().collect(),
    }
}
