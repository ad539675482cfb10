//! The pages of an account: the way in, a forgotten password, a new one.

use sandyq_model::{Mistake, Problem};
use sandyq_processing::Language;

use super::{Sample, visit};
use crate::portal::password;
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
        ("current".into(), Problem::SignIn),
        ("password".into(), Problem::PasswordCommon),
    ]);
    let (door, asks) = (outside("/sign-in"), outside("/sign-in/forgotten"));
    let code = outside("/sign-in/forgotten/0123");
    let own = inside("/my/password");
    vec![
        ("sign-in", door.clone(), sign_in::page(&door, "", &none)),
        (
            "sign-in-wrong",
            door.clone(),
            sign_in::page(&door, "dana@example.com", &unfit),
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
