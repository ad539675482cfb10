//! 5.1.6: backup sets. What a set holds, how it is written, read, thinned out, and brought back.
//!
//! A set is a signed [`Manifest`] and the chunks that it names. It holds the rows of the data, taken in one
//! snapshot while everything runs, the same bytes on either engine. It never holds a key: what a set gives back is
//! sealed values, and only for people whose key still lives in the key store. Chunks are named by what is in them, so
//! the next set writes only what has changed. The bytes are promised in `spec/backup-set.md`.

mod cut;
mod fault;
mod folder;
mod manifest;
#[cfg(feature = "objstore")]
mod object;
mod parts;
pub mod restore;
mod rows;
mod seal;
mod shelf;
mod tables;
mod thin;
mod verified;
mod write;

pub use fault::BackupFault;
pub use folder::FolderShelf;
pub use manifest::{ChunkLine, Manifest, SetId, TableLines};
#[cfg(feature = "objstore")]
pub use object::{ObjectShelf, ObjectStore};
pub use parts::{BadPart, PartsRead, check_parts};
pub use seal::{Identity, Recipients};
pub use shelf::{NAME_BYTES_MAX, Shelf, Stored, check_name};
pub use tables::{NOT_IN_A_SET, Needed, TABLES_OF_A_SET};
pub use thin::{Keep, Thinned, thin};
pub use verified::{SetLine, VerifiedSet, list, open_set};
pub(crate) use write::write;
pub use write::{Made, SetAbout};
