//! 6.3, DEF-4: keys of epochs in a token. What the token destroyed is in no backup of anything.

use std::sync::Arc;

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use sandyq_model::{Chance, Fault};
use zeroize::{Zeroize, Zeroizing};

use super::super::super::epoch::{Epoch, EpochKeys};
use super::super::KEY_BYTES;
use super::{Token, TokenFault, labelled, stays_inside};

/// An AES-256 key for each epoch, made in the token.
pub struct TokenEpochs {
    token: Arc<Token>,
    chance: Arc<dyn Chance>,
}

impl TokenEpochs {
    /// The keys of epochs in that token. Nonces come from `chance`.
    #[must_use]
    pub const fn new(token: Arc<Token>, chance: Arc<dyn Chance>) -> Self {
        Self { token, chance }
    }
}

impl EpochKeys for TokenEpochs {
    fn held(&mut self) -> Result<Vec<Epoch>, Fault> {
        Ok(self.token.within(epochs)?)
    }

    fn make(&mut self, epoch: Epoch) -> Result<(), Fault> {
        let mut template = self.token.within(|_| stays_inside(&label(epoch), KEY_BYTES))?;
        template.extend([
            Attribute::KeyType(KeyType::AES),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::Sign(false),
            Attribute::Verify(false),
        ]);
        let is_there = self.token.within(|session| {
            // Asked anew at each try: a lost session must not leave two keys of one epoch.
            let held = epochs(session)?;
            if held.contains(&epoch) {
                return Ok(true);
            }
            if held.len() >= EPOCHS_MAX {
                return Ok(false);
            }
            session
                .generate_key(&Mechanism::AesKeyGen, &template)
                .map(|_| true)
        })?;
        if is_there {
            Ok(())
        } else {
            Err(TokenFault::Full(epoch).into())
        }
    }

    fn wrap(&mut self, epoch: Epoch, top: &[u8; KEY_BYTES]) -> Result<Vec<u8>, Fault> {
        let wrapped = self.token.within(|session| {
            let Some(key) = key_of(session, epoch)? else {
                return Ok(None);
            };
            // New for each try, and read back: some tokens write a nonce of their own here.
            let mut nonce = [0; NONCE_BYTES];
            self.chance.fill(&mut nonce);
            let bound = label(epoch);
            let params = GcmParams::new(&mut nonce, bound.as_bytes(), TAG_BITS.into())?;
            let mechanism = Mechanism::AesGcm(params);
            let sealed = session.encrypt(&mechanism, key, top)?;
            drop(mechanism);
            Ok(Some([&[FORMAT], nonce.as_slice(), sealed.as_slice()].concat()))
        })?;
        Ok(wrapped.ok_or(TokenFault::NoEpoch(epoch))?)
    }

    fn unwrap(&mut self, epoch: Epoch, wrapped: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault> {
        let parts = wrapped
            .strip_prefix(&[FORMAT])
            .and_then(|rest| rest.split_first_chunk::<NONCE_BYTES>())
            .filter(|(_, sealed)| sealed.len() == KEY_BYTES + TAG_BYTES);
        let (nonce, sealed) = parts.ok_or(TokenFault::DoesNotOpen(epoch))?;
        let opened = self.token.within(|session| {
            let Some(key) = key_of(session, epoch)? else {
                return Ok(None);
            };
            let mut nonce = *nonce;
            let bound = label(epoch);
            let params = GcmParams::new(&mut nonce, bound.as_bytes(), TAG_BITS.into())?;
            match session.decrypt(&Mechanism::AesGcm(params), key, sealed) {
                Err(error) if is_changed(&error) => Ok(Some(Vec::new())),
                opened => opened.map(Some),
            }
        })?;
        let mut opened = opened.ok_or(TokenFault::NoEpoch(epoch))?;
        let top = opened.as_slice().try_into().map(Zeroizing::new);
        opened.zeroize();
        Ok(top.map_err(|_| TokenFault::DoesNotOpen(epoch))?)
    }

    fn forget(&mut self, epoch: Epoch) -> Result<(), Fault> {
        let is_gone = self.token.within(|session| {
            for key in labelled(session, &label(epoch))? {
                session.destroy_object(key)?;
            }
            Ok(labelled(session, &label(epoch))?.is_empty())
        })?;
        if is_gone {
            Ok(())
        } else {
            Err(TokenFault::NotDestroyed(epoch).into())
        }
    }
}

/// The epochs whose keys the token holds, rising.
fn epochs(session: &Session) -> Result<Vec<Epoch>, Error> {
    let keys = session.find_objects(&[
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Token(true),
    ])?;
    let mut held = Vec::new();
    for key in keys {
        let attributes = session.get_attributes(key, &[AttributeType::Label])?;
        held.extend(attributes.iter().filter_map(|attribute| match attribute {
            Attribute::Label(label) => epoch_of(label),
            _ => None,
        }));
    }
    held.sort_unstable();
    Ok(held)
}

fn key_of(session: &Session, epoch: Epoch) -> Result<Option<ObjectHandle>, Error> {
    Ok(labelled(session, &label(epoch))?.first().copied())
}

/// Whether a token says so of a text that does not open. `SoftHSM` knows no better word than a general error.
const fn is_changed(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::EncryptedDataInvalid | RvError::EncryptedDataLenRange | RvError::GeneralError,
            _,
        )
    )
}

fn label(epoch: Epoch) -> String {
    format!("{LABEL}{epoch}")
}

fn epoch_of(label: &[u8]) -> Option<Epoch> {
    std::str::from_utf8(label).ok()?.strip_prefix(LABEL)?.parse().ok()
}

const LABEL: &str = "sandyq-epoch-";
/// One epoch, and the one that follows it.
const EPOCHS_MAX: usize = 2;
/// The first byte of a wrapped key: its format.
const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const TAG_BITS: u64 = 128;
