//! Stories of the second copy.
mod format;
mod memory;
mod shipping;
