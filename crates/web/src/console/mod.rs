//! The console of staff (5.1.4): cases, a purpose before every look, and only the fields that the purpose allows.

pub mod access;
pub mod alike;
pub mod asked;
pub mod at_rest;
pub mod audit;
pub mod breach;
pub mod breaches;
pub mod cases;
pub mod decide;
pub mod door;
pub mod familiar;
pub mod figures;
pub mod hand_over;
pub mod invite;
pub mod invited;
pub mod open_case;
pub mod own_sessions;
pub mod privileged;
pub mod proposals;
pub mod recipients;
pub mod record;
pub mod request;
pub mod requests;
pub mod retention;
pub mod search;
pub mod second_factor;
