//! One custodian's part of the key: a text that says of which set it is, and a sum that finds a damaged one.

use std::convert::Infallible;

use aws_lc_rs::digest;
use blahaj::{Share, Sharks};
use rand_core::{TryCryptoRng, TryRng};
use sandyq_model::Chance;
use zeroize::Zeroizing;

use super::{EscrowFault, EscrowSet};
use crate::vault::epoch::Epoch;
use crate::vault::source::{KEY_BYTES, Words};

/// A share that was read.
pub(super) struct ReadShare {
    pub set: String,
    pub epoch: Epoch,
    pub number: u8,
    pub part: Share,
}

/// Splits the key for that set; any `needed` of the texts give it back, fewer say nothing of it.
pub(super) fn split(
    set: &EscrowSet,
    key: &[u8; KEY_BYTES],
    chance: &dyn Chance,
) -> Result<Vec<Zeroizing<Vec<u8>>>, EscrowFault> {
    let mut drawn = Drawn(chance);
    let parts = Sharks(set.needed).dealer_rng(key, &mut drawn);
    let shares: Vec<_> = parts
        .take(usize::from(set.shares))
        .map(|part| text(set, &part))
        .collect();
    if shares.len() == usize::from(set.shares) {
        Ok(shares)
    } else {
        Err(EscrowFault::Library)
    }
}

/// Puts the key together. The shares are of one set, distinct, and enough: the caller has made sure.
pub(super) fn join(needed: u8, shares: &[ReadShare]) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let parts = shares.iter().map(|share| &share.part);
    let key = Zeroizing::new(Sharks(needed).recover(parts).ok()?);
    key.as_slice().try_into().ok().map(Zeroizing::new)
}

/// Reads a share that its custodian decrypted. `place` names it in what is said of it.
pub(super) fn read(text: &[u8], place: usize) -> Result<ReadShare, EscrowFault> {
    parse(text).ok_or_else(|| EscrowFault::Damaged(format!("share in place {place}")))
}

fn parse(text: &[u8]) -> Option<ReadShare> {
    let text = std::str::from_utf8(text)
        .ok()
        .filter(|text| text.len() <= SHARE_BYTES_MAX)?;
    let (summed, sum) = text.trim_end().rsplit_once("\nsum=")?;
    if sum != sum_of(summed) {
        return None;
    }
    let (header, digits) = summed.split_once('\n')?;
    let mut words = Words::of(header);
    words.is(FORMAT)?;
    let (set, epoch, number) = (
        words.value("set=")?,
        words.value("epoch=")?,
        words.value("share=")?,
    );
    let bytes = Zeroizing::new(hex::decode(digits).ok()?);
    // A part at the place 0 would be the key itself.
    let fits = bytes.len() == KEY_BYTES + 1 && bytes.first() == Some(&number) && number > 0;
    let part = Share::try_from(bytes.as_slice()).ok()?;
    (fits && words.are_read()).then_some(ReadShare {
        set,
        epoch,
        number,
        part,
    })
}

fn text(set: &EscrowSet, part: &Share) -> Zeroizing<Vec<u8>> {
    let bytes = Zeroizing::new(Vec::from(part));
    let number = bytes.first().copied().unwrap_or_default();
    let digits = Zeroizing::new(hex::encode(&*bytes));
    let summed = Zeroizing::new(format!(
        "{FORMAT} set={} epoch={} share={number}\n{}",
        set.id, set.epoch, *digits
    ));
    Zeroizing::new(format!("{}\nsum={}\n", *summed, sum_of(&summed)).into_bytes())
}

fn sum_of(text: &str) -> String {
    let whole = digest::digest(&digest::SHA256, text.as_bytes());
    hex::encode(whole.as_ref().get(..SUM_BYTES).unwrap_or_default())
}

/// Our chance, as the library wants it.
struct Drawn<'a>(&'a dyn Chance);

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}

const FORMAT: &str = "sandyq-escrow-share/1";
const SUM_BYTES: usize = 8;
const SHARE_BYTES_MAX: usize = 512;
