//! The payload of an escrow: one line that says what it is, and the keys sealed under the key that was split.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use jiff::Timestamp;
use sandyq_model::Chance;
use zeroize::Zeroizing;

use super::EscrowFault;
use crate::vault::epoch::Epoch;
use crate::vault::source::{KEY_BYTES, Words};

/// What may be said of a set: which keys, and how many of whom bring them back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscrowSet {
    /// Another one for each set.
    pub id: String,
    /// The epoch for which it was made.
    pub epoch: Epoch,
    /// So many shares bring the keys back.
    pub needed: u8,
    /// How many shares there are.
    pub shares: u8,
    /// Whose they are ([`EscrowSettings::fingerprint`](super::EscrowSettings::fingerprint)).
    pub custodians: String,
    /// Whether the root key is in it; that of a token never is.
    pub holds_root: bool,
    /// Which root key of this operator it belongs to.
    pub root_number: u32,
    /// When that root key was made.
    pub root_created_at: Timestamp,
    /// When the set was made.
    pub made_at: Timestamp,
}

/// The keys in a payload.
pub(super) struct Keys {
    pub root: Option<Zeroizing<[u8; KEY_BYTES]>>,
    pub top: Zeroizing<[u8; KEY_BYTES]>,
}

impl EscrowSet {
    /// Reads what a payload says of itself. Only opening it shows that this is true.
    ///
    /// # Errors
    /// [`EscrowFault::Damaged`].
    pub fn read(payload: &[u8]) -> Result<Self, EscrowFault> {
        split(payload).map(|(set, _)| set).ok_or_else(damaged)
    }

    fn parse(header: &str) -> Option<Self> {
        let mut words = Words::of(header);
        words.is(FORMAT)?;
        let set = Self {
            id: words.value("set=")?,
            epoch: words.value("epoch=")?,
            needed: words.value("needed=")?,
            shares: words.value("shares=")?,
            custodians: words.value("custodians=")?,
            holds_root: words.value("root=")?,
            root_number: words.value("number=")?,
            root_created_at: words.value("created=")?,
            made_at: words.value("made=")?,
        };
        words.are_read().then_some(set)
    }

    fn header(&self) -> String {
        format!(
            "{FORMAT} set={} epoch={} needed={} shares={} custodians={} root={} number={} created={} made={}",
            self.id,
            self.epoch,
            self.needed,
            self.shares,
            self.custodians,
            self.holds_root,
            self.root_number,
            self.root_created_at,
            self.made_at
        )
    }

    pub(super) fn seal(
        &self,
        key: &[u8; KEY_BYTES],
        root: Option<&[u8; KEY_BYTES]>,
        top: &[u8; KEY_BYTES],
        chance: &dyn Chance,
    ) -> Result<Vec<u8>, EscrowFault> {
        let mut nonce = [0; NONCE_LEN];
        chance.fill(&mut nonce);
        let mut sealed = Zeroizing::new(Vec::with_capacity(2 * KEY_BYTES + AES_256_GCM.tag_len()));
        sealed.extend_from_slice(top);
        sealed.extend(root.into_iter().flatten());
        let header = self.header();
        cipher(key)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(header.as_bytes()),
                &mut *sealed,
            )
            .map_err(|_| EscrowFault::Library)?;
        Ok(format!("{header}\n{}{}\n", hex::encode(nonce), hex::encode(&*sealed)).into_bytes())
    }
}

/// Opens a payload with the key that the shares gave.
pub(super) fn open(payload: &[u8], key: &[u8; KEY_BYTES]) -> Result<Keys, EscrowFault> {
    let (set, body) = split(payload).ok_or_else(damaged)?;
    let (nonce, sealed) = body.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
    let mut opened = Zeroizing::new(sealed.to_vec());
    let plain = cipher(key)?
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(set.header().as_bytes()),
            &mut opened,
        )
        .map_err(|_| EscrowFault::DoesNotOpen)?;
    let (top, root) = plain.split_first_chunk().ok_or_else(damaged)?;
    Ok(Keys {
        top: Zeroizing::new(*top),
        root: root.first_chunk().copied().map(Zeroizing::new),
    })
}

fn split(payload: &[u8]) -> Option<(EscrowSet, Vec<u8>)> {
    let text = std::str::from_utf8(payload)
        .ok()
        .filter(|text| text.len() <= PAYLOAD_BYTES_MAX)?;
    let (header, body) = text.strip_suffix('\n')?.split_once('\n')?;
    Some((EscrowSet::parse(header)?, hex::decode(body).ok()?))
}

fn cipher(key: &[u8; KEY_BYTES]) -> Result<LessSafeKey, EscrowFault> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| EscrowFault::Library)?;
    Ok(LessSafeKey::new(key))
}

fn damaged() -> EscrowFault {
    EscrowFault::Damaged("payload".into())
}

const FORMAT: &str = "sandyq-escrow/1";
const PAYLOAD_BYTES_MAX: usize = 1024;
