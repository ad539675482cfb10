//! The words of the policy as types.
//!
//! Everything here is pure: instants, working days, the clock and randomness come in as arguments. One word, one
//! meaning: a [`Verb`] is an action with personal data (DEF-2), an [`Operation`] is who does which verb to whose
//! which fields, for which purpose, to which recipient; [`Facts`] are what is known about it when it is decided.

pub mod act;
pub mod breach;
pub mod calendar;
pub mod card;
pub mod category;
pub mod chance;
pub mod clause;
mod coded;
pub mod facts;
pub mod fault;
pub mod field;
pub mod ground;
pub mod hold;
pub mod id;
pub mod letter;
pub mod local_act;
pub mod mistake;
pub mod offering;
pub mod operation;
pub mod plain;
pub mod purpose;
pub mod recipient;
pub mod refusal;
pub mod request;
pub mod role;
pub mod standing;
pub mod time;
pub mod value;
pub mod verb;

pub use act::Act;
pub use breach::{BreachActKind, BreachKind, BreachStep, Unreached};
pub use calendar::WorkingCalendar;
pub use card::CardVerification;
pub use category::Category;
pub use chance::Chance;
pub use clause::Clause;
pub use facts::Facts;
pub use fault::Fault;
pub use field::{Field, FieldSet};
pub use ground::Ground;
pub use hold::OrderedBy;
pub use id::{
    ActorId, BreachActId, BreachId, CaseId, ConsentId, DisclosureId, HoldId, IdempotencyKey, JobId,
    LocalActId, ProposalId, Pseudonym, ReceiptId, RecipientId, SubjectId, WebhookId,
};
pub use local_act::LocalActKind;
pub use mistake::{Mistake, Problem};
pub use offering::OfferingKind;
pub use operation::{Actor, Operation};
pub use plain::Plain;
pub use purpose::Purpose;
pub use recipient::{Country, Recipient, RecipientKind};
pub use refusal::Refusal;
pub use request::{Channel, RequestKind, RequestState, Step};
pub use role::Role;
pub use standing::Standing;
pub use time::Clock;
pub use verb::Verb;
