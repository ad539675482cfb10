//! The `policy` room of Sandyq.
