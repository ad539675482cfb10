//! The `sandyq` binary.
fn main() {}
