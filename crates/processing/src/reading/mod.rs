//! What faces render: forms, the policy and its words, in the reader's language. Nothing personal but what
//! [`mask`] makes of a permitted answer.

mod form;
pub mod mask;
mod parts;
mod policy_page;
mod words;

pub use form::{Form, Input};
pub(crate) use parts::as_json;
pub use policy_page::{ClauseView, PeriodView, PolicyPage, SectionView};
pub use words::ServiceWords;
