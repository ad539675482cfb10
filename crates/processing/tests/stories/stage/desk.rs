//! How staff of a stage come in: by their password, and by what they keep as their second factor.

use std::collections::BTreeMap;
use std::sync::Mutex;

use sandyq_model::Plain;
use sandyq_processing::System;
use sandyq_processing::access::{Caller, SessionToken, number_shown};

/// The password of all staff of a stage.
pub const PASSWORD: &str = "a long enough password";

/// What somebody keeps: the secret in their telephone, and codes on paper.
pub struct Kept {
    pub secret: Plain<String>,
    pub codes: Vec<Plain<String>>,
}

/// What everybody keeps, by name.
#[derive(Default)]
pub struct Desks(Mutex<BTreeMap<String, Kept>>);

impl Desks {
    /// Somebody signs in, and sets up a second factor if that is still to be done.
    pub async fn comes_in(&self, system: &System, name: &str) -> SessionToken {
        let half_way = system.sign_in(name, Plain::from(PASSWORD)).await.unwrap();
        if half_way.sets_up {
            let (session, kept) = sets_up(system, half_way.token.expose()).await;
            self.0.lock().unwrap().insert(name.to_owned(), kept);
            return session;
        }
        let code = self.code_of(name);
        let entered = system.sign_in_by_number(half_way.token.expose(), &code).await;
        entered.unwrap().session
    }

    /// The next of somebody's codes on paper.
    pub fn code_of(&self, name: &str) -> Plain<String> {
        self.0.lock().unwrap().get_mut(name).unwrap().codes.pop().unwrap()
    }

    /// The number that somebody's telephone shows now.
    pub fn number_of(&self, system: &System, name: &str) -> Plain<String> {
        let kept = self.0.lock().unwrap();
        number_shown(&kept[name].secret, system.now()).unwrap()
    }
}

/// Sets up a second factor by the number that is shown now.
pub async fn sets_up(system: &System, half_way: &str) -> (SessionToken, Kept) {
    let secret = system.proposed_to_staff(half_way).await.unwrap().secret;
    let number = number_shown(&secret, system.now()).unwrap();
    let set = system.set_up_staff(half_way, &number).await.unwrap();
    let kept = Kept {
        secret,
        codes: set.codes,
    };
    (set.session, kept)
}

/// Whose session it is, who has read the policy by then.
pub async fn reads_the_policy(system: &System, session: &SessionToken) -> Caller {
    let caller = system.caller(session.expose()).await.unwrap().unwrap();
    system.familiarize(&caller).await.unwrap();
    system.caller(session.expose()).await.unwrap().unwrap()
}
