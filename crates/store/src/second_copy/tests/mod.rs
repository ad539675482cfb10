//! Stories of the second copy.
mod format;
mod memory;
mod restored;
mod shipping;
