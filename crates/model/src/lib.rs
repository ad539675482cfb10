//! The `model` room of Sandyq.
