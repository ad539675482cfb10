//! The published policy as a program.
//!
//! A policy folder holds literate Markdown: per clause its text for people, and under it the blocks that make it
//! true. [`Policy::load`] reads it, [`Policy::check`] finds every mistake in it, [`Policy::decide`] answers whether an
//! operation is allowed, always with the clauses that made the answer. Nothing here reads a clock, a store or a value:
//! facts are handed in.

pub mod cases;
pub mod check;
mod countable;
mod decide;
mod decisions;
pub mod declarations;
mod explain;
mod folder;
mod language;
pub mod letters;
mod markdown;
#[cfg(test)]
mod meaning;
mod permit;
mod place;
mod policy;
mod prose;
#[cfg(feature = "prove")]
pub mod prove;
mod question;
pub mod register;
mod rules;
mod tables;
mod text;

pub use check::{Code, Diagnostic};
pub use countable::COUNTED_FOR;
pub use decide::Answer;
pub use decisions::{decisions, is_within, reads};
pub use explain::{Explanation, SpokenRule};
pub use folder::Folder;
pub use language::{Language, UnknownLanguage};
pub use permit::{Permit, Spent};
pub use place::Position;
pub use policy::Policy;
pub use question::{GroundWord, Question};
pub use rules::{Effect, Rule};
pub use text::{ClauseText, SectionText};
