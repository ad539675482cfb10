//! The keys of epochs in a small file whose bytes are overwritten in their place (6.3, DEF-4), for a root key that lies
//! in a file too.
//!
//! ```text
//! block 0          "sandyq-epoch-keys/1\n" | id of the wrapping key (8)
//! blocks 1 and 2   format (1) | version of the wrapping key (2) | epoch (4) | nonce (12) | key (32) | tag (16), or zeros
//! associated data  "sandyq/epoch-key" | format | version | epoch
//! ```
//! A block is 512 bytes, so that one that tears leaves the others whole. A block that does not open is no key. There may
//! be a second file at another place, off this machine say: a key is made in all of them, and forgotten in all of them,
//! before that is answered. No copy of these files may be made: an old one brings back what has died.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sandyq_model::{Chance, Fault};
use zeroize::Zeroizing;

use super::epoch::{Epoch, EpochKeys};
use super::fault::VaultFault;
use super::hierarchy::{KeyId, KeyUse, KeyVersions, derive, key_id};
use super::source::{KEY_BYTES, KeySource, check_ours_alone, sync_folder_of};

/// The keys of epochs in files.
pub struct EpochSlots {
    places: Vec<PathBuf>,
    /// The wrapping keys, by version from 1.
    wraps: Vec<LessSafeKey>,
    first_wrap: KeyId,
    chance: Arc<dyn Chance>,
}

/// A key that lies in a block.
struct Held {
    epoch: Epoch,
    block: usize,
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl EpochSlots {
    /// Opens the files at these places, the first of which is on this machine; one that is missing is made. What a crash
    /// left only in some of them is made good.
    ///
    /// # Errors
    /// [`Fault::Configuration`] when others may reach a file; [`Fault::Vault`] when it is none of ours, or is wrapped
    /// under another root key.
    pub fn open(
        places: &[PathBuf],
        source: &dyn KeySource,
        versions: &KeyVersions,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, Fault> {
        let wraps = (1..=versions.of(KeyUse::EpochWrap)).map(|version| {
            let secret = derive(source, KeyUse::EpochWrap, version)?;
            cipher(&secret)
        });
        let slots = Self {
            places: places.to_vec(),
            wraps: wraps.collect::<Result<_, Fault>>()?,
            first_wrap: key_id(source, KeyUse::EpochWrap, 1)?,
            chance,
        };
        for place in &slots.places {
            make_if_missing(place, &slots.head())?;
        }
        slots.make_alike()?;
        Ok(slots)
    }

    /// The newest key is brought where it is missing. An older one is not: it may be about to be forgotten.
    fn make_alike(&self) -> Result<(), Fault> {
        let held: Vec<Vec<Held>> = self
            .places
            .iter()
            .map(|place| self.read(place))
            .collect::<Result<_, Fault>>()?;
        let Some(newest) = held.iter().flatten().max_by_key(|held| held.epoch) else {
            return Ok(());
        };
        for (place, there) in self.places.iter().zip(&held) {
            match there.iter().find(|held| held.epoch == newest.epoch) {
                Some(same) if same.key == newest.key => {}
                Some(_) => return Err(unlike(newest.epoch)),
                None => self.write(place, there, newest)?,
            }
        }
        Ok(())
    }

    fn keys_of(&self, epoch: Epoch) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault> {
        let mut fault = no_key(epoch);
        for place in &self.places {
            match self.read(place) {
                Ok(held) => {
                    if let Some(found) = held.into_iter().find(|held| held.epoch == epoch) {
                        return Ok(found.key);
                    }
                }
                Err(unreadable) => fault = unreadable,
            }
        }
        Err(fault)
    }

    /// Every key in the file.
    fn read(&self, place: &Path) -> Result<Vec<Held>, Fault> {
        let file = OpenOptions::new().read(true).open(place).map_err(io(place))?;
        check_ours_alone(place, &file)?;
        let mut bytes = Zeroizing::new([0; FILE_BYTES]);
        file.read_exact_at(bytes.as_mut(), 0).map_err(io(place))?;
        let (blocks, _) = bytes.as_chunks::<BLOCK_BYTES>();
        let mut blocks = blocks.iter().enumerate();
        let head = blocks.next().map(|(_, head)| *head);
        match head {
            Some(head) if head == self.head() => {}
            Some(head) if head.starts_with(FORMAT_LINE) => return Err(other_root(place)),
            _ => return Err(not_ours(place)),
        }
        Ok(blocks
            .filter_map(|(nth, block)| self.open_block(nth, block))
            .collect())
    }

    fn head(&self) -> [u8; BLOCK_BYTES] {
        let mut head = [0; BLOCK_BYTES];
        let parts = FORMAT_LINE.iter().chain(self.first_wrap.as_bytes());
        for (place, byte) in head.iter_mut().zip(parts) {
            *place = *byte;
        }
        head
    }

    fn open_block(&self, nth: usize, block: &[u8; BLOCK_BYTES]) -> Option<Held> {
        let (head, rest) = block.split_first_chunk::<7>()?;
        let [FORMAT, high, low, epoch @ ..] = *head else {
            return None;
        };
        let version = u16::from_be_bytes([high, low]);
        let epoch = Epoch::from_be_bytes(epoch);
        let wrap = self.wraps.get(usize::from(version).checked_sub(1)?)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>()?;
        let (sealed, _) = rest.split_first_chunk::<{ KEY_BYTES + TAG_BYTES }>()?;
        let mut opened = Zeroizing::new(*sealed);
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let key = wrap
            .open_in_place(nonce, Aad::from(bound(version, epoch)), opened.as_mut_slice())
            .ok()?;
        let key = Zeroizing::new(<[u8; KEY_BYTES]>::try_from(&*key).ok()?);
        Some(Held {
            epoch,
            block: nth,
            key,
        })
    }

    fn seal_block(&self, epoch: Epoch, key: &[u8; KEY_BYTES]) -> Result<[u8; BLOCK_BYTES], Fault> {
        let version = u16::try_from(self.wraps.len()).unwrap_or(u16::MAX);
        let wrap = self.wraps.last().ok_or(VaultFault::Library)?;
        let mut nonce = [0; NONCE_LEN];
        self.chance.fill(&mut nonce);
        let mut sealed = Zeroizing::new(*key);
        let tag = wrap
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound(version, epoch)),
                sealed.as_mut_slice(),
            )
            .map_err(|_| VaultFault::Library)?;
        let parts = [
            &[FORMAT][..],
            &version.to_be_bytes(),
            &epoch.to_be_bytes(),
            &nonce,
            sealed.as_slice(),
            tag.as_ref(),
        ];
        let mut block = [0; BLOCK_BYTES];
        for (place, byte) in block.iter_mut().zip(parts.into_iter().flatten()) {
            *place = *byte;
        }
        Ok(block)
    }

    /// Writes the key into a block of that file that holds none.
    fn write(&self, place: &Path, there: &[Held], key: &Held) -> Result<(), Fault> {
        let free = (1..BLOCKS).find(|block| there.iter().all(|held| held.block != *block));
        let free = free.ok_or_else(|| full(place))?;
        overwrite(place, free, &self.seal_block(key.epoch, &key.key)?)
    }
}

impl EpochKeys for EpochSlots {
    fn held(&mut self) -> Result<Vec<Epoch>, Fault> {
        let mut epochs = Vec::new();
        let mut answered = false;
        let mut fault = Ok(());
        for place in &self.places {
            match self.read(place) {
                Ok(held) => {
                    answered = true;
                    epochs.extend(held.iter().map(|held| held.epoch));
                }
                Err(unreadable) => fault = Err(unreadable),
            }
        }
        // One place that answers is enough to know which keys live; all must answer to make one or to forget one.
        if !answered {
            fault?;
        }
        epochs.sort_unstable();
        epochs.dedup();
        Ok(epochs)
    }

    fn make(&mut self, epoch: Epoch) -> Result<(), Fault> {
        let held: Vec<Vec<Held>> = self
            .places
            .iter()
            .map(|place| self.read(place))
            .collect::<Result<_, Fault>>()?;
        let known = held.iter().flatten().find(|held| held.epoch == epoch);
        let new = match known {
            Some(known) => Held {
                epoch,
                block: known.block,
                key: known.key.clone(),
            },
            None => {
                let mut key = Zeroizing::new([0; KEY_BYTES]);
                self.chance.fill(key.as_mut());
                Held { epoch, block: 0, key }
            }
        };
        for (place, there) in self.places.iter().zip(&held) {
            match there.iter().find(|held| held.epoch == epoch) {
                Some(same) if same.key == new.key => {}
                Some(_) => return Err(unlike(epoch)),
                None => self.write(place, there, &new)?,
            }
        }
        Ok(())
    }

    fn wrap(&mut self, epoch: Epoch, top: &[u8; KEY_BYTES]) -> Result<Vec<u8>, Fault> {
        let key = self.keys_of(epoch)?;
        let mut nonce = [0; NONCE_LEN];
        self.chance.fill(&mut nonce);
        let mut sealed = Zeroizing::new(*top);
        let tag = cipher(&key)?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(top_bound(epoch)),
                sealed.as_mut_slice(),
            )
            .map_err(|_| VaultFault::Library)?;
        Ok([&nonce[..], sealed.as_slice(), tag.as_ref()].concat())
    }

    fn unwrap(&mut self, epoch: Epoch, wrapped: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault> {
        let key = self.keys_of(epoch)?;
        let (nonce, sealed) = wrapped
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(VaultFault::UnknownWrapping)?;
        let mut opened = Zeroizing::new(sealed.to_vec());
        let top = cipher(&key)?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(top_bound(epoch)),
                opened.as_mut_slice(),
            )
            .map_err(|_| VaultFault::KeyDoesNotOpen)?;
        let top = <[u8; KEY_BYTES]>::try_from(&*top).map_err(|_| VaultFault::UnknownWrapping)?;
        Ok(Zeroizing::new(top))
    }

    fn forget(&mut self, epoch: Epoch) -> Result<(), Fault> {
        // Every place is tried, also after one has failed: the fewer hold it, the better.
        let mut forgotten = Ok(());
        for place in &self.places {
            let there = self.read(place).and_then(|held| {
                held.iter()
                    .filter(|held| held.epoch == epoch)
                    .try_for_each(|held| overwrite(place, held.block, &[0; BLOCK_BYTES]))
            });
            forgotten = forgotten.and(there);
        }
        forgotten
    }
}

fn overwrite(place: &Path, block: usize, bytes: &[u8; BLOCK_BYTES]) -> Result<(), Fault> {
    let file = OpenOptions::new().write(true).open(place).map_err(io(place))?;
    let offset = u64::try_from(block * BLOCK_BYTES).unwrap_or(u64::MAX);
    file.write_all_at(bytes, offset)
        .and_then(|()| file.sync_all())
        .map_err(io(place))
}

/// The file gets its name when it is whole, so that a crash leaves none or all of it.
fn make_if_missing(place: &Path, head: &[u8; BLOCK_BYTES]) -> Result<(), Fault> {
    match File::open(place) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(io(place)(error)),
    }
    let draft = place.with_extension("draft");
    let made = make_draft(&draft, head).and_then(|()| std::fs::hard_link(&draft, place));
    let made = match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made,
    };
    made.and_then(|()| std::fs::remove_file(&draft))
        .and_then(|()| sync_folder_of(place))
        .map_err(io(place))
}

fn make_draft(draft: &Path, head: &[u8; BLOCK_BYTES]) -> std::io::Result<()> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(draft)?;
    file.write_all_at(&[0; FILE_BYTES], 0)?;
    file.write_all_at(head, 0)?;
    file.sync_all()
}

fn cipher(secret: &[u8; KEY_BYTES]) -> Result<LessSafeKey, Fault> {
    let key = UnboundKey::new(&AES_256_GCM, secret).map_err(|_| VaultFault::Library)?;
    Ok(LessSafeKey::new(key))
}

fn bound(version: u16, epoch: Epoch) -> Vec<u8> {
    let parts = [
        &b"sandyq/epoch-key"[..],
        &[FORMAT],
        &version.to_be_bytes(),
        &epoch.to_be_bytes(),
    ];
    parts.concat()
}

fn top_bound(epoch: Epoch) -> Vec<u8> {
    [&b"sandyq/key-tree-top"[..], &[FORMAT], &epoch.to_be_bytes()].concat()
}

fn io(place: &Path) -> impl FnOnce(std::io::Error) -> Fault + use<> {
    let place = place.to_owned();
    move |error| Fault::Vault(format!("the keys of epochs in {}: {error}", place.display()))
}

fn no_key(epoch: Epoch) -> Fault {
    Fault::Vault(format!(
        "there is no key of epoch {epoch}: put the file with the keys of epochs back in its place, or ask the custodians"
    ))
}

fn full(place: &Path) -> Fault {
    Fault::Vault(format!(
        "{} holds the keys of two other epochs: the older one must be forgotten first",
        place.display()
    ))
}

fn unlike(epoch: Epoch) -> Fault {
    Fault::Vault(format!(
        "the places of the keys of epochs hold two different keys of epoch {epoch}: move away the file that does not \
         belong to this key store"
    ))
}

fn other_root(place: &Path) -> Fault {
    Fault::Vault(format!(
        "the keys of epochs in {} lie under another root key: the key source is another one; put the right key file back",
        place.display()
    ))
}

fn not_ours(place: &Path) -> Fault {
    Fault::Vault(format!(
        "{} does not hold keys of epochs; name another place for them",
        place.display()
    ))
}

const FORMAT_LINE: &[u8] = b"sandyq-epoch-keys/1\n";
const FORMAT: u8 = 1;
const TAG_BYTES: usize = 16;
/// What a disk writes whole or not at all.
const BLOCK_BYTES: usize = 512;
/// The head, and two keys.
const BLOCKS: usize = 3;
const FILE_BYTES: usize = BLOCKS * BLOCK_BYTES;
