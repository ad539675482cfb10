//! Where a passkey is asked for, and the pages on which its owner adds one and takes it away.

use sandyq_model::{Mistake, Plain, Problem};
use sandyq_processing::Language;
use sandyq_processing::access::{OwnPasskey, OwnPasskeys, PASSKEYS_MAX, PasskeyAsked, PasskeyProposed};

use super::{Sample, visit};
use crate::console::passkeys::{OF_STAFF, PATH as OF_STAFF_PATH};
use crate::portal::passkeys::{self, New, OWNERS};
use crate::portal::password;
use crate::public::sign_in;
use crate::visit::Standpoint;

/// The door, the second proof, and a new password.
pub fn doors(language: Language) -> Vec<Sample> {
    let outside = |here: &str| visit(language, here, Standpoint::Visitor);
    let (door, second) = (outside("/sign-in"), outside("/sign-in/second/0123"));
    let anew = outside("/sign-in/password/0123");
    let none = Mistake::default();
    let refused = Mistake::one("passkey", Problem::Passkey);
    let late = Mistake::one("passkey", Problem::Stale);
    let asked = asked();
    vec![
        (
            "sign-in-passkey",
            door.clone(),
            sign_in::page(&door, "", Some(&asked), &none),
        ),
        (
            "sign-in-passkey-wrong",
            door.clone(),
            sign_in::page(&door, "", Some(&asked), &refused),
        ),
        (
            "sign-in-second-passkey",
            second.clone(),
            sign_in::second_page(&second, "0123", Some(&asked), &none),
        ),
        (
            "password-by-passkey",
            anew.clone(),
            password::page(&anew, &choice(false), &late),
        ),
        (
            "password-by-either",
            anew.clone(),
            password::page(&anew, &choice(true), &none),
        ),
    ]
}

pub fn asked() -> PasskeyAsked {
    PasskeyAsked {
        challenge: "c2FtcGxlIGNoYWxsZW5nZQ".to_owned(),
        site: "example.kz".to_owned(),
        origin: "https://example.kz".to_owned(),
    }
}

/// A new password of somebody who has a passkey, and perhaps a second proof.
fn choice(asks_second: bool) -> password::Choice {
    password::Choice {
        action: "/sign-in/password/0123".to_owned(),
        asks_current: false,
        asks_second,
        passkey: Some(asked()),
        key: "password-new",
        back: "/sign-in",
    }
}

/// None, some, as many as there can be; a site that has none.
pub fn lists(language: Language) -> Vec<Sample> {
    let own = visit(language, "/my/passkeys", Standpoint::Subject);
    let of = |list: Vec<OwnPasskey>, asks_second: bool| OwnPasskeys {
        list,
        site: Some("example.kz".to_owned()),
        origin: Some("https://example.kz".to_owned()),
        asks_second,
    };
    let nowhere = OwnPasskeys {
        site: None,
        origin: None,
        ..of(Vec::new(), false)
    };
    let wrong = New {
        name: "Менің телефоным".to_owned(),
        mistake: Mistake(vec![
            ("current".into(), Problem::PasswordWrong),
            ("code".into(), Problem::OneTime),
        ]),
    };
    let full = of(vec![one(3); PASSKEYS_MAX], false);
    let some = of((0..3).map(one).collect(), true);
    let new = New::default();
    vec![
        (
            "passkeys-none",
            own.clone(),
            passkeys::page(&own, &OWNERS, &of(Vec::new(), false), &new),
        ),
        (
            "passkeys-wrong",
            own.clone(),
            passkeys::page(&own, &OWNERS, &some, &wrong),
        ),
        (
            "passkeys-full",
            own.clone(),
            passkeys::page(&own, &OWNERS, &full, &new),
        ),
        (
            "passkeys-nowhere",
            own.clone(),
            passkeys::page(&own, &OWNERS, &nowhere, &new),
        ),
    ]
}

fn one(place: usize) -> OwnPasskey {
    let name = ["Менің телефоным", "Ключ YubiKey", "Work laptop"].get(place);
    let at = |text: &str| text.parse().unwrap();
    OwnPasskey {
        id: format!("{place:032x}"),
        name: Plain::from(*name.unwrap_or(&"One of ten")),
        since: at("2026-11-23T05:00:00Z"),
        used_at: (place > 0).then(|| at("2026-11-24T14:10:00Z")),
    }
}

/// One that is made, and one that goes.
pub fn changes(language: Language) -> Vec<Sample> {
    let own = visit(language, "/my/passkeys", Standpoint::Subject);
    let gone = visit(language, "/my/passkeys/00", Standpoint::Subject);
    let proposed = PasskeyProposed {
        asked: asked(),
        handle: "c2FtcGxlIGhhbmRsZQ".to_owned(),
        name: Plain::from("Менің телефоным"),
        known: vec!["a25vd24".to_owned()],
    };
    let none = Mistake::default();
    let refused = Mistake::one("passkey", Problem::Passkey);
    let unproven = Mistake::one("current", Problem::PasswordWrong);
    vec![
        (
            "passkey-set",
            own.clone(),
            passkeys::make_page(&own, &OWNERS, &proposed, &none),
        ),
        (
            "passkey-set-wrong",
            own.clone(),
            passkeys::make_page(&own, &OWNERS, &proposed, &refused),
        ),
        (
            "passkey-remove",
            gone.clone(),
            passkeys::remove_page(&gone, &OWNERS, &one(0), &unproven),
        ),
    ]
}

/// Those of staff: none, some, one that is made, and one that goes.
pub fn staff(language: Language) -> Vec<Sample> {
    let own = visit(language, OF_STAFF_PATH, Standpoint::Staff);
    let gone = visit(language, "/staff/passkeys/00", Standpoint::Staff);
    let of = |list: Vec<OwnPasskey>| OwnPasskeys {
        list,
        site: Some("example.kz".to_owned()),
        origin: Some("https://example.kz".to_owned()),
        asks_second: true,
    };
    let proposed = PasskeyProposed {
        asked: asked(),
        handle: "c2FtcGxlIGhhbmRsZQ".to_owned(),
        name: Plain::from("Менің телефоным"),
        known: Vec::new(),
    };
    let wrong = New {
        name: "Менің телефоным".to_owned(),
        mistake: Mistake::one("current", Problem::PasswordOrNumber),
    };
    let unproven = Mistake::one("current", Problem::PasswordOrNumber);
    let some = of((0..2).map(one).collect());
    vec![
        (
            "staff-passkeys-none",
            own.clone(),
            passkeys::page(&own, &OF_STAFF, &of(Vec::new()), &New::default()),
        ),
        (
            "staff-passkeys-wrong",
            own.clone(),
            passkeys::page(&own, &OF_STAFF, &some, &wrong),
        ),
        (
            "staff-passkey-set",
            own.clone(),
            passkeys::make_page(&own, &OF_STAFF, &proposed, &Mistake::default()),
        ),
        (
            "staff-passkey-remove",
            gone.clone(),
            passkeys::remove_page(&gone, &OF_STAFF, &one(0), &unproven),
        ),
    ]
}
