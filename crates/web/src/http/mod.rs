//! What every request passes through and every answer carries, whatever page it is.

pub mod arrival;
pub mod cookies;
pub mod file;
pub mod forgery;
pub mod gate;
pub mod headers;
pub mod intake;
pub mod journal;
pub mod rows;
