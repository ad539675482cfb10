//! The `processing` room of Sandyq.
