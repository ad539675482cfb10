//! Stories of the second copy.
mod format;
mod kept;
mod memory;
mod restored;
mod shipping;
