//! 6.3, 1.2, DEF-8: the second copy. While the store works, everything that must never be forgotten or brought back goes
//! into a stream in a folder off the machine: the keys as they are now, what became of a person by each change – of whoever
//! is protected first –, and the ledger. A restore takes the data from a backup and the truth about who exists from here.
//!
//! The bytes are promised in `spec/second-copy.md`. Frames are sealed, numbered and chained (`frame`); a thread beside
//! the writer appends them; [`SecondCopy`] reads them.

mod content;
mod files;
mod frame;
mod image;
mod joining;
mod lane;
mod notice;
mod opening;
mod outbox;
mod read;
mod shipper;
mod stream;
#[cfg(test)]
mod tests;
mod walk;

pub use content::LedgerPage;
pub use image::{Image, Rows, SharedRow};
pub(crate) use joining::{JoinParts, Joining, follow};
pub(crate) use lane::Whom;
pub(crate) use opening::Shipping;
pub use opening::{NOTICE_NAME, SecondCopyOptions};
pub use outbox::CopyStatus;
pub(crate) use outbox::{Outbox, Parcel};
pub use read::SecondCopy;
pub use walk::End;
