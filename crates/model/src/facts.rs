//! What is known about an operation when it is decided. Gathered by `processing`, judged by `policy`.

use crate::field::FieldSet;
use crate::recipient::Recipient;
use crate::standing::Standing;

/// The circumstances of one operation. The default is the poorest one: nothing is known, nothing is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Where the subject's record stands; `None` when there is none.
    pub standing: Option<Standing>,
    /// The actor has read the current policy (PRE-1). Parts of the system have.
    pub familiar: bool,
    /// Fields covered by a live, confirmed consent for the operation's purpose (and recipient).
    pub consented: FieldSet,
    /// Fields whose consent text was accepted in this very submission, or waits for confirmation (1.2).
    pub agreed: FieldSet,
    /// The subject has withdrawn, and has not agreed anew (6.3).
    pub withdrawn: bool,
    /// The operation names an open case of this subject that serves its purpose.
    pub case: bool,
    /// That case is one in which the person was invited to an interview (1.1.5).
    pub interview: bool,
    /// The actor is the subject, or the recorded representative.
    pub own: bool,
    /// Whom data would go to.
    pub recipient: Recipient,
    /// Fields that a cited retention floor covers now (8-a).
    pub floor: FieldSet,
    /// Fields under a court order or a lawful block.
    pub hold: FieldSet,
    /// Destruction is due: end of storage, withdrawal, unlawful collection, pending past its limit.
    pub due: bool,
    /// The responsible person approved this very operation (2.2.12).
    pub approved: bool,
    /// Another person, who may do the same, agreed to this very operation (5.1.1).
    pub seconded: bool,
    /// It is a look that was asked for in an emergency, within its minutes (5.1.7).
    pub emergency: bool,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            standing: None,
            familiar: false,
            consented: FieldSet::EMPTY,
            agreed: FieldSet::EMPTY,
            withdrawn: false,
            case: false,
            interview: false,
            own: false,
            recipient: Recipient::OPERATOR,
            floor: FieldSet::EMPTY,
            hold: FieldSet::EMPTY,
            due: false,
            approved: false,
            seconded: false,
            emergency: false,
        }
    }
}
