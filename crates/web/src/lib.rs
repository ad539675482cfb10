//! The faces: server-rendered pages in Kazakh, Russian and English that need no script (design 7).
//!
//! A face parses once, asks [`sandyq_processing`], and renders what comes back. It never decides and never opens a
//! sealed value. HTTP statuses are chosen here. Where things are: `public/` the site and the purchase, `portal/` one's
//! own data, `console/` staff, `ledger` for outsiders, `mail/` letters; `http/` what every request passes, `components/`
//! what pages are made of, `language/` how they speak.

pub mod assets;
pub mod components;
pub mod console;
pub mod demo_staff;
pub mod desk;
pub mod http;
pub mod language;
pub mod layout;
pub mod ledger;
pub mod mail;
pub mod paper;
pub mod portal;
pub mod public;
mod site;
pub mod turned;
pub mod visit;

pub use desk::WebOptions;
pub use site::site;

#[cfg(test)]
mod samples;
