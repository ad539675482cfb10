//! 6.2, 6.3: leads that a commit in the data store has ended.

use sandyq_model::{Fault, SubjectId};

use super::super::lead::Lead;
use super::draft::Draft;

/// Which leads end.
#[derive(Clone, Default)]
pub struct Leads {
    /// These have come: others to the same subject and field end.
    pub replaced_by: Vec<Lead>,
    /// All to these subjects end.
    pub to: Vec<SubjectId>,
}

impl Leads {
    /// Whether none can.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.replaced_by.is_empty() && self.to.is_empty()
    }

    pub(super) fn end_in(&self, draft: &mut Draft<'_>) -> Result<(), Fault> {
        for subject in &self.to {
            for lead in draft.tree.leads_to(*subject)? {
                draft.remove_lead(&lead)?;
            }
        }
        for new in &self.replaced_by {
            for lead in draft.tree.leads_to(new.subject)? {
                if lead.field == new.field && lead.mark != new.mark {
                    draft.remove_lead(&lead)?;
                }
            }
        }
        Ok(())
    }
}
