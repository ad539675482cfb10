//! 5.1.4, 6.5: who is calling. Staff sign in by name and password; a subject proves control of a contact on file by a
//! mailed code. A session is a secret in a cookie, of which only a keyed hash is kept.

mod account;
mod authenticators;
mod codes;
mod factors;
mod forgotten;
mod grants;
mod invitations;
mod looks;
mod new_address;
mod own_passkeys;
mod own_password;
mod own_sessions;
mod passkeys;
mod password;
mod passwords;
mod places;
mod provider;
mod sessions;
mod signing_in;
mod staff;
mod staff_at_desk;
mod staff_passkeys;
mod staff_provider;
mod tickets;
mod way_in_of_staff;

pub use authenticators::PasswordState;
pub use codes::{AskedForLink, Confirmed, Entered};
pub use factors::{Proposed, SecondProof, number_shown};
pub use forgotten::{Reset, ResetTakes};
pub use grants::{AccessOnDay, AccessRow};
pub use invitations::{Invitation, Invited, Inviting, RoleToGive};
pub(crate) use looks::{Looks, Searches};
pub use new_address::NewAddress;
pub use own_passkeys::{
    OwnPasskey, OwnPasskeys, PASSKEY_NAME_LENGTH_MAX, PASSKEYS_MAX, PasskeyAsked, PasskeyClaim,
    PasskeyProposed,
};
pub use own_password::OwnProof;
pub use own_sessions::OwnSession;
pub use passkeys::{ALGORITHMS, Assertion, Attestation};
pub use passwords::{PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MIN_WITH_FACTOR};
pub(crate) use places::Places;
pub(crate) use provider::Provider;
pub use provider::{BACK as PROVIDER_BACK, ProviderSettings, Returned};
pub use sessions::{Caller, SessionToken};
pub use signing_in::{Claim, SecondStep, SignedIn, Way};
pub use staff::StaffCard;
pub use staff_at_desk::{ChangingRole, STAFF_SHOWN_MAX, StaffAccount};
pub use staff_provider::{AtProvider, OwnLink};
pub(crate) use tickets::Tickets;
pub use way_in_of_staff::HalfWay;

use sandyq_model::{Problem, SubjectId};
use sandyq_store::Statement;
use sandyq_store::tables::{authenticator, code, session};

use crate::rejected::Rejected;

/// 6.3: ends every way in of a subject: open sessions, codes on their way, and what proves who somebody is.
pub(crate) fn end_ways_in(subject: SubjectId) -> [Statement; 3] {
    [
        session::remove_all_of_subject(subject),
        code::remove_all(subject),
        authenticator::remove_all(subject),
    ]
}

/// What a row that was not as expected means: somebody else was quicker, or the page is old.
pub(crate) fn conflict(what: &'static str) -> Rejected {
    let problem = if what.contains("code") {
        Problem::Code
    } else {
        Problem::Stale
    };
    Rejected::mistake(what, problem)
}
