//! Every command through the real binary: what it answers, what it says, how it ends.

mod data_folder;
mod demonstration;
mod help;
mod policy;
mod said;
