//! Every command through the real binary: what it answers, what it says, how it ends.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

mod backup;
mod data_folder;
mod demonstration;
mod doctor;
mod escrow;
mod help;
mod key_sources;
mod keys;
mod killed;
mod policy;
mod restore;
mod said;
mod second_copy;
mod staff;
