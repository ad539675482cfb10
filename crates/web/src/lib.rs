//! The `web` room of Sandyq.
