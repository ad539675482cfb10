//! A root key that was made in a token. Each derivation is one HMAC-SHA256 inside it.

use std::sync::Arc;

use cryptoki::error::Error;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectHandle};
use cryptoki::session::Session;
use jiff::Timestamp;
use sandyq_model::{Clock, Fault};
use zeroize::{Zeroize, Zeroizing};

use super::super::{KEY_BYTES, KeyOrigin, KeySource};
use super::{Token, TokenFault, labelled, stays_inside};

/// The root key in a token.
pub struct TokenRoot {
    token: Arc<Token>,
    origin: KeyOrigin,
}

impl TokenRoot {
    /// Makes the root key in a token that holds none.
    ///
    /// # Errors
    /// [`TokenFault::RootExists`], or what the token said.
    pub fn create(token: Arc<Token>, clock: &dyn Clock) -> Result<Self, TokenFault> {
        let made_at = clock.now().as_second().to_be_bytes();
        let mut template = token.within(|_| stays_inside(LABEL, KEY_BYTES))?;
        template.extend([
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            Attribute::Sign(true),
            Attribute::Verify(false),
            Attribute::Encrypt(false),
            Attribute::Decrypt(false),
            Attribute::Id(made_at.to_vec()),
        ]);
        let is_new = token.within(|session| {
            // Asked anew at each try: a lost session must not leave two root keys.
            let held = labelled(session, LABEL)?;
            if let Some(root) = held.first() {
                return Ok(created_at(session, *root)? == Some(made_at));
            }
            session.generate_key(&Mechanism::GenericSecretKeyGen, &template)?;
            Ok(true)
        })?;
        if is_new {
            Self::open(token)
        } else {
            Err(TokenFault::RootExists)
        }
    }

    /// Finds the root key in the token, and makes sure that it cannot leave.
    ///
    /// # Errors
    /// [`TokenFault::NoRoot`] and others, each with what to do.
    pub fn open(token: Arc<Token>) -> Result<Self, TokenFault> {
        let roots = token.within(|session| labelled(session, LABEL))?;
        let root = match roots.as_slice() {
            [] => return Err(TokenFault::NoRoot),
            [root] => *root,
            _ => return Err(TokenFault::Roots),
        };
        if !token.within(|session| cannot_leave(session, root))? {
            return Err(TokenFault::CanLeave);
        }
        let second = token.within(|session| created_at(session, root))?;
        let second = second.map(i64::from_be_bytes);
        let created_at = second.and_then(|second| Timestamp::from_second(second).ok());
        let origin = KeyOrigin {
            kind: KIND,
            number: 1,
            created_at: created_at.unwrap_or(Timestamp::UNIX_EPOCH),
        };
        Ok(Self { token, origin })
    }
}

impl KeySource for TokenRoot {
    fn derive(&self, info: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault> {
        // RFC 5869, 2.3: the first block of the expansion, which is as long as our keys.
        let message = [info, &[1]].concat();
        let derived = self.token.within(|session| {
            let root = labelled(session, LABEL)?;
            match root.first() {
                Some(root) => session.sign(&Mechanism::Sha256Hmac, *root, &message).map(Some),
                None => Ok(None),
            }
        })?;
        let mut derived = derived.ok_or(TokenFault::NoRoot)?;
        let key = derived.first_chunk().copied().map(Zeroizing::new);
        derived.zeroize();
        Ok(key.ok_or_else(|| TokenFault::Refused("its HMAC is shorter than 32 bytes".into()))?)
    }

    fn origin(&self) -> KeyOrigin {
        self.origin.clone()
    }
}

fn created_at(session: &Session, root: ObjectHandle) -> Result<Option<[u8; 8]>, Error> {
    let attributes = session.get_attributes(root, &[AttributeType::Id])?;
    Ok(attributes.iter().find_map(|attribute| match attribute {
        Attribute::Id(id) => id.as_slice().try_into().ok(),
        _ => None,
    }))
}

fn cannot_leave(session: &Session, key: ObjectHandle) -> Result<bool, Error> {
    let asked = [AttributeType::Sensitive, AttributeType::Extractable];
    let attributes = session.get_attributes(key, &asked)?;
    Ok(attributes.contains(&Attribute::Sensitive(true))
        && attributes.contains(&Attribute::Extractable(false)))
}

/// What the root key is called in the token.
const LABEL: &str = "sandyq-root-1";
/// What the inventory calls it.
const KIND: &str = "token";
