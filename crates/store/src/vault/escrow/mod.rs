//! 6.3, 5.1.6: custodians who together bring the keys back when the machine is lost, and none of whom can alone.
//!
//! A random key seals the payload: the root key, where it can leave its source, and the key at the top of the tree. That
//! key is split so that any `needed` of the shares give it back; each share is encrypted to its custodian. A set is
//! replaced as a whole once the top that it opens is durable, and what it replaces is overwritten.

mod files;
mod payload;
mod recovery;
mod share;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use age::x25519::Recipient;
use aws_lc_rs::digest;
use sandyq_model::{Chance, Clock, Fault};
use zeroize::Zeroizing;

use super::epoch::{Epoch, Escrow};
use super::source::{KEY_BYTES, KeyOrigin, KeySource};

pub use payload::EscrowSet;
pub use recovery::{Recovered, recover};

/// One who keeps a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custodian {
    /// What the custodian is called, such as a post in the company.
    pub name: String,
    /// The custodian's age recipient, `age1…`. The custodian alone has the identity that belongs to it.
    pub recipient: String,
}

/// Who the custodians are, and where their shares lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscrowSettings {
    /// So many of them together bring the keys back.
    pub needed: u8,
    /// All of them.
    pub custodians: Vec<Custodian>,
    /// The folder with the payload and the shares.
    pub folder: PathBuf,
    /// A second one, such as on another machine.
    pub copy: Option<PathBuf>,
}

/// Hands keys to custodians.
pub struct CustodianEscrow {
    settings: EscrowSettings,
    recipients: Vec<Recipient>,
    root: Option<Zeroizing<[u8; KEY_BYTES]>>,
    origin: KeyOrigin,
    chance: Arc<dyn Chance>,
    clock: Arc<dyn Clock>,
}

impl CustodianEscrow {
    /// An escrow with these custodians, of this source.
    ///
    /// # Errors
    /// [`EscrowFault`] when the settings cannot be followed.
    pub fn new(
        settings: EscrowSettings,
        source: &dyn KeySource,
        chance: Arc<dyn Chance>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, EscrowFault> {
        Ok(Self {
            recipients: settings.recipients()?,
            settings,
            root: source.for_custodians(),
            origin: source.origin(),
            chance,
            clock,
        })
    }
}

impl EscrowSettings {
    /// The set that lies in the folder; `None` before the first.
    ///
    /// # Errors
    /// [`EscrowFault::Damaged`] or [`EscrowFault::Io`].
    pub fn present(&self) -> Result<Option<EscrowSet>, EscrowFault> {
        let payload = files::payload(&self.folder)?;
        payload.map(|bytes| EscrowSet::read(&bytes)).transpose()
    }

    /// Looks whether the settings can be followed.
    ///
    /// # Errors
    /// [`EscrowFault::Custodians`] or [`EscrowFault::Recipient`].
    pub fn check(&self) -> Result<(), EscrowFault> {
        self.recipients().map(drop)
    }

    /// What tells one choice of custodians from another: the beginning of SHA-256 over their recipients.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let all: Vec<&str> = self.custodians.iter().map(|one| one.recipient.trim()).collect();
        let whole = digest::digest(&digest::SHA256, all.join("\n").as_bytes());
        hex::encode(whole.as_ref().get(..SET_ID_BYTES).unwrap_or_default())
    }

    fn folders(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(&self.folder)
            .chain(&self.copy)
            .map(PathBuf::as_path)
    }

    fn recipients(&self) -> Result<Vec<Recipient>, EscrowFault> {
        let count = self.custodians.len();
        let distinct: BTreeSet<&str> = self.custodians.iter().map(|one| one.recipient.trim()).collect();
        if !(2..=CUSTODIANS_MAX).contains(&count)
            || !(2..=count).contains(&usize::from(self.needed))
            || distinct.len() != count
        {
            return Err(EscrowFault::Custodians);
        }
        let parse = |one: &Custodian| {
            let recipient = one.recipient.trim().parse();
            recipient.map_err(|_| EscrowFault::Recipient(one.name.clone()))
        };
        self.custodians.iter().map(parse).collect()
    }
}

impl Escrow for CustodianEscrow {
    fn prepare(&mut self, epoch: Epoch, top: &[u8; KEY_BYTES]) -> Result<(), Fault> {
        let files = self.new_set(epoch, top)?;
        for folder in self.settings.folders() {
            files::prepare(folder, &files)?;
        }
        Ok(())
    }

    fn settle(&mut self, epoch: Epoch) -> Result<(), Fault> {
        // Every folder is tried, also after one has failed.
        let mut settled = Ok(());
        for folder in self.settings.folders() {
            settled = settled.and(files::settle(folder, epoch));
        }
        Ok(settled?)
    }
}

impl CustodianEscrow {
    fn new_set(&self, epoch: Epoch, top: &[u8; KEY_BYTES]) -> Result<files::Files, EscrowFault> {
        let mut id = [0; SET_ID_BYTES];
        self.chance.fill(&mut id);
        let set = EscrowSet {
            id: hex::encode(id),
            epoch,
            needed: self.settings.needed,
            shares: u8::try_from(self.recipients.len()).map_err(|_| EscrowFault::Custodians)?,
            custodians: self.settings.fingerprint(),
            holds_root: self.root.is_some(),
            root_number: self.origin.number,
            root_created_at: self.origin.created_at,
            made_at: self.clock.now(),
        };
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        self.chance.fill(key.as_mut());
        let payload = set.seal(&key, self.root.as_deref(), top, &*self.chance)?;
        let shares = share::split(&set, &key, &*self.chance)?;
        // A set that would not bring the keys back never takes the place of one that does.
        let few: Vec<_> = shares
            .iter()
            .rev()
            .take(usize::from(set.needed))
            .cloned()
            .collect();
        if *recover(&payload, &few)?.top != *top {
            return Err(EscrowFault::Library);
        }
        let mut files = vec![(files::PAYLOAD.to_owned(), payload)];
        for (number, (share, recipient)) in shares.iter().zip(&self.recipients).enumerate() {
            // The library takes its own randomness from the operating system.
            let encrypted = age::encrypt(recipient, share).map_err(|_| EscrowFault::Library)?;
            files.push((format!("share-{}.age", number + 1), encrypted));
        }
        Ok(files)
    }
}

/// Why keys are not handed to custodians, or do not come back. Each says what to do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EscrowFault {
    /// The numbers do not fit.
    #[error(
        "an escrow needs 2 to {CUSTODIANS_MAX} custodians with a recipient each of their own, and 2 of them or more to open"
    )]
    Custodians,
    /// The recipient of that custodian is none.
    #[error(
        "the recipient of custodian `{0}` is no age recipient; it begins with `age1`, and `age-keygen -y` prints it"
    )]
    Recipient(String),
    /// Too few shares.
    #[error("{given} shares are too few, and {needed} are needed; ask another custodian")]
    TooFew {
        /// How many there were.
        given: usize,
        /// How many it takes.
        needed: u8,
    },
    /// The same share twice.
    #[error("share {0} was given twice; each custodian has another one")]
    Twice(u8),
    /// A share of another set.
    #[error(
        "share {share} is of another set (epoch {epoch}), and the payload is of epoch {payload_epoch}; take files that lay in one folder"
    )]
    OtherSet {
        /// Which share.
        share: u8,
        /// Its epoch.
        epoch: Epoch,
        /// That of the payload.
        payload_epoch: Epoch,
    },
    /// A file that was changed, or is something else.
    #[error(
        "the {0} is damaged, or no such file; take another copy (a share must be decrypted first: `age -d`)"
    )]
    Damaged(String),
    /// The shares fit and the payload does not open.
    #[error(
        "the shares do not open the payload: one of them was changed, or the payload was; try other shares"
    )]
    DoesNotOpen,
    /// The files could not be made durable.
    #[error("the escrow folder {path} cannot be written ({said}); the epoch does not end until it can")]
    Io {
        /// Which folder.
        path: PathBuf,
        /// What the system said.
        said: String,
    },
    /// The cryptographic library refused.
    #[error("the shares could not be made")]
    Library,
}

impl EscrowFault {
    fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            said: error.to_string(),
        }
    }
}

impl From<EscrowFault> for Fault {
    fn from(fault: EscrowFault) -> Self {
        Self::Vault(fault.to_string())
    }
}

/// No more custodians than that.
pub const CUSTODIANS_MAX: usize = 16;
const SET_ID_BYTES: usize = 8;
