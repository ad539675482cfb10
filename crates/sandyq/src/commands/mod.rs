//! One command, one file: its arguments, what it does, what it says.

pub mod backup;
pub mod breach;
pub mod check;
pub mod decide;
pub mod decisions;
pub mod demo;
pub mod doctor;
pub mod drill;
pub mod escrow;
pub mod explain;
pub mod init;
pub mod key_list;
pub mod keys;
pub mod passphrase;
pub mod prove;
pub mod register;
pub mod restore;
pub mod retention;
pub mod serve;
pub mod staff;
pub mod subject;
pub mod verify;
