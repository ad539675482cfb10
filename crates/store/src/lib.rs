//! The `store` room of Sandyq.
