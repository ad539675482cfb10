//! What every journey stands on: the program, a visitor without a browser, a browser, and mail.
//!
//! ```text
//! let running = Running::demo(&[]);                     // the real program on a free port of the loopback
//! let mut mara = Visitor::at(&running.url);             // forms and cookies, no browser: fast
//! let browser = Browser::open(Window::without_script()); // Chromium; one driver for the whole binary
//! browser.goto(&running.url);
//! browser.fill("Last name", "Иванова");
//! browser.submit();
//! assert_eq!(browser.strange_requests(&running.url), Vec::<String>::new());
//! ```
//!
//! Everything panics with a sentence when it cannot go on: a journey has no use for errors of its own tools.
#![allow(dead_code, unused_imports, reason = "a journey uses what it needs")]

mod accessibility;
mod browser;
mod chromedriver;
mod desk;
pub mod device;
mod html;
mod http;
mod mail;
pub mod paper;
mod patience;
mod process;
mod program;
pub mod provider;
pub mod receiver;
mod site;
mod visitor;
mod walk;

pub use accessibility::Violation;
pub use browser::{Browser, Window};
pub use desk::{number_now, sets_up};
pub use html::tags;
pub use http::exchange;
pub use mail::{Letter, MailServer, code_in, links_in};
pub use patience::wait_for;
pub use program::{Running, Staff, binary, command, pages_folder, profile_folder};
pub use site::Site;
pub use visitor::{Page, Visitor};
pub use walk::{PRIMARY, Walk};
