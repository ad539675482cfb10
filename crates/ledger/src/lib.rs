//! The `ledger` room of Sandyq.
