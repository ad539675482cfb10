//! The pages of an account: the way in, a forgotten password, a new one.

use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::Language;
use sandyq_processing::access::{NewAddress, OwnSession, Proposed};

use super::{Sample, visit};
use crate::portal::{new_address, password, second_proof, sessions};
use crate::public::confirm::code_page;
use crate::public::{forgotten, sign_in};
use crate::visit::Standpoint;

pub fn pages(language: Language) -> Vec<Sample> {
    let outside = |here: &str| visit(language, here, Standpoint::Visitor);
    let inside = |here: &str| visit(language, here, Standpoint::Subject);
    let none = Mistake::default();
    let unfit = Mistake::one("password", Problem::SignIn);
    let no_address = Mistake::one("email", Problem::Email);
    let common = Mistake(vec![
        ("current".into(), Problem::PasswordWrong),
        ("password".into(), Problem::PasswordCommon),
    ]);
    let (door, asks) = (outside("/sign-in"), outside("/sign-in/forgotten"));
    let code = outside("/sign-in/forgotten/0123");
    let own = inside("/my/password");
    let second = outside("/sign-in/second/0123");
    let one_time = Mistake::one("code", Problem::OneTime);
    vec![
        ("sign-in", door.clone(), sign_in::page(&door, "", None, &none)),
        (
            "sign-in-wrong",
            door.clone(),
            sign_in::page(&door, "dana@example.com", None, &unfit),
        ),
        (
            "sign-in-second",
            second.clone(),
            sign_in::second_page(&second, "0123", None, &one_time),
        ),
        ("forgotten", asks.clone(), forgotten::ask_page(&asks, "", &none)),
        (
            "forgotten-wrong",
            asks.clone(),
            forgotten::ask_page(&asks, "dana", &no_address),
        ),
        (
            "forgotten-code",
            code.clone(),
            code_page(&code, &forgotten::of("0123"), "", &none),
        ),
        (
            "my-password-first",
            own.clone(),
            password::page(&own, &password::own(false), &none),
        ),
        (
            "my-password-wrong",
            own.clone(),
            password::page(&own, &password::own(true), &common),
        ),
    ]
}

/// A secret that waits for its first number.
pub fn proposed() -> Proposed {
    Proposed {
        secret: Plain::from("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
        link: Plain::from(
            "otpauth://totp/example.kz?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=example.kz",
        ),
    }
}

/// Where somebody is signed in.
pub fn sessions_of_one() -> [OwnSession; 3] {
    let at = |text: &str| text.parse().unwrap();
    [("a1", true), ("b2", false), ("c3", false)].map(|(name, own)| OwnSession {
        name: name.to_owned(),
        since: at("2026-11-23T05:00:00Z"),
        seen_at: at("2026-11-23T05:20:00Z"),
        own,
    })
}

/// Codes on paper.
pub fn paper_codes() -> [Plain<String>; 3] {
    ["4k7mt0q2xz", "h3v9cpwd81", "0fyr5s6bna"].map(Plain::from)
}

/// The second proof, and where one is signed in.
pub fn inner_pages(language: Language) -> Vec<Sample> {
    let inside = |here: &str| visit(language, here, Standpoint::Subject);
    let none = Mistake::default();
    let own = inside("/my/second-proof");
    let wrong = Mistake(vec![
        ("current".into(), Problem::PasswordWrong),
        ("code".into(), Problem::OneTime),
    ]);
    let (proposed, codes) = (proposed(), paper_codes());
    let sessions = sessions_of_one();
    let list = inside("/my/sessions");
    let change = inside("/my/new-address");
    vec![
        ("second-begin", own.clone(), second_proof::begin_page(&own, &none)),
        (
            "second-set",
            own.clone(),
            second_proof::confirm_page(&own, &proposed, &none),
        ),
        (
            "second-codes",
            own.clone(),
            second_proof::codes_page(&own, &codes),
        ),
        (
            "second-remove-wrong",
            own.clone(),
            second_proof::remove_page(&own, &wrong),
        ),
        ("new-address", change.clone(), {
            let new = NewAddress {
                ticket: "0123".into(),
                email: Plain::from("dana@example.com"),
                seal: "4567".into(),
            };
            new_address::page(&change, &new, &Mistake::one("code", Problem::Code))
        }),
        (
            "sessions",
            list.clone(),
            sessions::page(&list, (sessions::PATH, None), &sessions),
        ),
    ]
}
