//! What can go wrong with a token, and what to do.

use std::path::PathBuf;

use cryptoki::error::{Error, RvError};
use sandyq_model::Fault;

/// Why a token does not serve. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// The library of the token's maker cannot be used.
    #[error(
        "the token's library {} cannot be used ({said}); name the one of the token's maker as keys.module",
        .path.display()
    )]
    Module {
        /// Where it should be.
        path: PathBuf,
        /// What was said.
        said: String,
    },
    /// No token has that label.
    #[error("there is no token labelled `{0}`; plug it in, or correct keys.token in the settings")]
    Gone(String),
    /// Nobody can say which one is meant.
    #[error("two tokens are labelled `{0}`; take one away, or give it another label")]
    Two(String),
    /// The PIN is wrong.
    #[error(
        "the token refused the PIN, and it is not tried again: tokens lock after a few wrong ones; correct it and start anew"
    )]
    WrongPin,
    /// One more wrong PIN would lock it.
    #[error(
        "one try is left before the token locks, and we do not use it; sign in once with the tool of the token's maker"
    )]
    LastTry,
    /// It counted too many wrong PINs.
    #[error("the token is locked after wrong PINs; its security officer can set a new PIN")]
    Locked,
    /// The PIN must be changed or set first.
    #[error("the token wants its PIN to be set anew; do that with the tool of the token's maker")]
    PinExpired,
    /// There is no root key in it.
    #[error(
        "the token holds no root key of ours; is it the right token? `sandyq init --token` makes one for a new store"
    )]
    NoRoot,
    /// There is a root key in it.
    #[error("the token holds a root key already, which may be in use; take an empty token")]
    RootExists,
    /// Which one opens the store is not to be guessed.
    #[error("the token holds several root keys; take the one away that is not of this store")]
    Roots,
    /// A key that can leave the token is no key of ours.
    #[error("the root key in the token can be read or copied out of it; it was not made by this program")]
    CanLeave,
    /// The key of that epoch is not there.
    #[error("the token holds no key of epoch {0}")]
    NoEpoch(u32),
    /// There is room for two.
    #[error("two epochs live in the token already; one must end before epoch {0} can begin")]
    Full(u32),
    /// What was wrapped does not open.
    #[error(
        "the key at the top of the tree does not open under the key of epoch {0}: it was changed, or the token failed"
    )]
    DoesNotOpen(u32),
    /// It said that it destroyed a key, and the key is there.
    #[error("the token did not destroy the key of epoch {0}")]
    NotDestroyed(u32),
    /// Something else.
    #[error("the token refused: {0}; look at it with the tool of the token's maker")]
    Refused(String),
}

impl TokenFault {
    pub(super) fn refused(error: &Error) -> Self {
        Self::Refused(error.to_string())
    }

    /// What a sign-in that failed means.
    pub(super) fn of_sign_in(error: &Error) -> Self {
        match error {
            Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => {
                Self::WrongPin
            }
            Error::Pkcs11(RvError::PinLocked, _) => Self::Locked,
            Error::Pkcs11(RvError::PinExpired | RvError::UserPinNotInitialized, _) => Self::PinExpired,
            error => Self::refused(error),
        }
    }

    /// Whether another try would bring the token nearer to locking.
    pub(super) const fn is_of_the_pin(&self) -> bool {
        matches!(
            self,
            Self::WrongPin | Self::LastTry | Self::Locked | Self::PinExpired
        )
    }
}

impl From<TokenFault> for Fault {
    fn from(fault: TokenFault) -> Self {
        match fault {
            TokenFault::Refused(_)
            | TokenFault::NoEpoch(_)
            | TokenFault::Full(_)
            | TokenFault::DoesNotOpen(_)
            | TokenFault::NotDestroyed(_) => Self::Vault(fault.to_string()),
            fault => Self::Configuration(fault.to_string()),
        }
    }
}
