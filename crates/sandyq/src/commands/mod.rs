//! One command, one file: its arguments, what it does, what it says.

pub mod check;
pub mod decide;
pub mod explain;
pub mod init;
