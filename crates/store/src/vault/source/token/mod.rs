//! 5.1.3-a: a PKCS#11 token, in which the root key and the keys of epochs are made and from which they never leave.
//!
//! A token counts wrong PINs and locks. So a PIN that was refused is never sent again by this process, and none is sent
//! when one try is left.

mod epochs;
mod fault;
mod root;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use super::TokenSettings;

pub use epochs::TokenEpochs;
pub use fault::TokenFault;
pub use root::TokenRoot;

/// A token that we have signed in to. A session that was lost is opened again.
pub struct Token {
    module: Pkcs11,
    settings: TokenSettings,
    link: Mutex<Link>,
}

#[derive(Default)]
struct Link {
    session: Option<Session>,
    /// Why the token did not let us in; it is not asked again.
    refused: Option<TokenFault>,
}

impl Token {
    /// Loads the library of the token's maker, finds the token by its label, and signs in.
    ///
    /// # Errors
    /// A [`TokenFault`] that says what to do.
    pub fn connect(settings: TokenSettings) -> Result<Self, TokenFault> {
        let module = Pkcs11::new(&settings.module).map_err(|error| TokenFault::Module {
            path: settings.module.clone(),
            said: error.to_string(),
        })?;
        let token = Self {
            module,
            settings,
            link: Mutex::default(),
        };
        token.within(|_| Ok(()))?;
        Ok(token)
    }

    /// Does that in a session; once more in a new one when the session was lost. What is done must bear being repeated.
    fn within<T>(&self, work: impl Fn(&Session) -> Result<T, Error>) -> Result<T, TokenFault> {
        let mut link = self.link();
        let done = work(self.session(&mut link)?);
        match done {
            Err(error) if is_lost(&error) => {
                tracing::warn!("the session with the token was lost; it is opened again");
                link.session = None;
                work(self.session(&mut link)?).map_err(|error| TokenFault::refused(&error))
            }
            done => done.map_err(|error| TokenFault::refused(&error)),
        }
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn session<'a>(&self, link: &'a mut Link) -> Result<&'a Session, TokenFault> {
        if let Some(refused) = &link.refused {
            return Err(refused.clone());
        }
        let session = match link.session.take() {
            Some(session) if is_signed_in(&session) => session,
            _ => self.sign_in().inspect_err(|fault| {
                if fault.is_of_the_pin() {
                    link.refused = Some(fault.clone());
                }
            })?,
        };
        Ok(link.session.insert(session))
    }

    fn sign_in(&self) -> Result<Session, TokenFault> {
        let refused = |error| TokenFault::refused(&error);
        match self
            .module
            .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
        {
            // A module is begun once in a process, by whoever comes first.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(refused(error)),
        }
        let slot = self.slot()?;
        let about = self.module.get_token_info(slot).map_err(refused)?;
        if about.user_pin_locked() {
            return Err(TokenFault::Locked);
        }
        if about.user_pin_final_try() {
            return Err(TokenFault::LastTry);
        }
        let session = self.module.open_rw_session(slot).map_err(refused)?;
        let pin = AuthPin::from(self.settings.pin.expose().as_str());
        match session.login(UserType::User, Some(&pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(error) => Err(TokenFault::of_sign_in(&error)),
        }
    }

    fn slot(&self) -> Result<Slot, TokenFault> {
        let refused = |error| TokenFault::refused(&error);
        let mut found = None;
        for slot in self.module.get_slots_with_token().map_err(refused)? {
            // A slot whose token is not ready is not the one we look for.
            let Ok(about) = self.module.get_token_info(slot) else {
                continue;
            };
            if about.token_initialized() && about.label() == self.settings.token {
                if found.is_some() {
                    return Err(TokenFault::Two(self.settings.token.clone()));
                }
                found = Some(slot);
            }
        }
        found.ok_or_else(|| TokenFault::Gone(self.settings.token.clone()))
    }
}

/// Whether the token still knows us in that session. A token does not refuse to look for a private key when it does not:
/// it says that there is none, and a key that cannot be seen would be taken for one that was destroyed.
fn is_signed_in(session: &Session) -> bool {
    session
        .get_session_info()
        .is_ok_and(|about| matches!(about.session_state(), SessionState::RwUser))
}

/// Whether a new session may help.
const fn is_lost(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::DeviceRemoved
                | RvError::DeviceError
                | RvError::TokenNotPresent
                | RvError::UserNotLoggedIn,
            _,
        )
    )
}

/// The objects of that token with that label, which are secret keys.
fn labelled(session: &Session, label: &str) -> Result<Vec<ObjectHandle>, Error> {
    session.find_objects(&[
        Attribute::Class(cryptoki::object::ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Label(label.as_bytes().to_vec()),
    ])
}

/// What is true of every key that we make: it stays in the token, and nobody may change that.
fn stays_inside(label: &str, bytes: usize) -> Result<Vec<Attribute>, Error> {
    Ok(vec![
        Attribute::Class(cryptoki::object::ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Copyable(false),
        Attribute::Modifiable(false),
        Attribute::Wrap(false),
        Attribute::Unwrap(false),
        Attribute::Derive(false),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::ValueLen(bytes.try_into()?),
    ])
}
