//! Stories of the second copy.
mod apart;
mod format;
mod kept;
mod memory;
mod restored;
mod shipping;
mod vectors;
