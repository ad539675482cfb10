//! 5.1.4, 6.5: who is calling. Staff sign in by name and password; a subject proves control of a contact on file by a
//! mailed code. A session is a secret in a cookie, of which only a keyed hash is kept.

mod codes;
mod password;
mod sessions;
mod staff;

pub use codes::{AskedForLink, Entered};
pub use sessions::{Caller, SessionToken};
pub use staff::{PASSWORD_LENGTH_MIN, StaffCard};

use sandyq_model::Problem;

use crate::rejected::Rejected;

/// What a row that was not as expected means: somebody else was quicker, or the page is old.
pub(crate) fn conflict(what: &'static str) -> Rejected {
    let problem = if what.contains("code") {
        Problem::Code
    } else {
        Problem::Stale
    };
    Rejected::mistake(what, problem)
}
