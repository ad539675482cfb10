//! The one row that says how the key store stands: its step, its epoch, and who died in it.

use jiff::Timestamp;
use sandyq_model::Fault;

use super::super::epoch::Epoch;

/// How the key store stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The last durable commit.
    pub(super) step: u64,
    /// Under whose key the top of the tree is wrapped.
    pub(super) epoch: Epoch,
    /// Since when.
    pub(super) since: Timestamp,
    /// How many data keys live.
    pub(super) count: u64,
    /// Keys that died in this epoch, and when the first of them did.
    pub(super) deaths: Deaths,
    /// Nodes given a new key since the last change of epochs.
    pub(super) renewed: u64,
    /// Where a change of epochs stands.
    pub(super) phase: Phase,
    /// Keys that died in the epoch before, while its key is not known to be forgotten.
    pub(super) ending: Deaths,
    /// The hash of the last durable commit over the one before; `None` in a row of a version that kept none.
    pub(super) link: Option<Link>,
}

/// The hash of a commit over the one before.
pub(super) type Link = [u8; 32];

/// Keys that died and whose old copies still open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Deaths {
    pub(super) count: u64,
    pub(super) oldest: Option<Timestamp>,
}

/// Where a change of epochs stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// There is none.
    Still,
    /// The next epoch's key is being made.
    Beginning,
    /// This epoch has begun; the key of the one before is being forgotten.
    Ending,
}

impl State {
    pub(super) fn first(at: Timestamp) -> Self {
        Self {
            step: 0,
            epoch: 1,
            since: at,
            count: 0,
            deaths: Deaths::default(),
            renewed: 0,
            phase: Phase::Still,
            ending: Deaths::default(),
            link: None,
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut row = self.without_link();
        if let (Some(link), Some(format)) = (&self.link, row.first_mut()) {
            *format = FORMAT;
            row.extend_from_slice(link);
        }
        row
    }

    /// The row as it was before there were links; a link is over this.
    pub(super) fn without_link(&self) -> Vec<u8> {
        let phase = match self.phase {
            Phase::Still => 0,
            Phase::Beginning => 1,
            Phase::Ending => 2,
        };
        [
            &[FORMAT_WITHOUT_LINK, phase][..],
            &self.epoch.to_be_bytes(),
            &self.step.to_be_bytes(),
            &millis(Some(self.since)),
            &self.count.to_be_bytes(),
            &self.deaths.count.to_be_bytes(),
            &millis(self.deaths.oldest),
            &self.renewed.to_be_bytes(),
            &self.ending.count.to_be_bytes(),
            &millis(self.ending.oldest),
        ]
        .concat()
    }

    pub(super) fn read(row: &[u8]) -> Result<Self, Fault> {
        Self::read_whole(row)
            .ok_or_else(|| Fault::Vault("the state of the key store is in an unknown format".to_owned()))
    }

    fn read_whole(row: &[u8]) -> Option<Self> {
        let (head, rest) = row.split_first_chunk::<6>()?;
        let [format, phase, epoch @ ..] = *head;
        let (rest, link) = match format {
            FORMAT_WITHOUT_LINK => (rest, None),
            FORMAT => rest.split_last_chunk().map(|(rest, link)| (rest, Some(*link)))?,
            _ => return None,
        };
        let (numbers, []) = rest.as_chunks::<8>() else {
            return None;
        };
        let &[step, since, count, died, first, renewed, ending, ending_first] = numbers else {
            return None;
        };
        let deaths = |count, oldest| Deaths {
            count: u64::from_be_bytes(count),
            oldest: instant(oldest),
        };
        Some(Self {
            step: u64::from_be_bytes(step),
            epoch: u32::from_be_bytes(epoch),
            since: instant(since)?,
            count: u64::from_be_bytes(count),
            deaths: deaths(died, first),
            renewed: u64::from_be_bytes(renewed),
            phase: match phase {
                0 => Phase::Still,
                1 => Phase::Beginning,
                2 => Phase::Ending,
                _ => return None,
            },
            ending: deaths(ending, ending_first),
            link,
        })
    }
}

impl Deaths {
    pub(super) fn add(&mut self, count: u64, at: Timestamp) {
        if count > 0 {
            self.count += count;
            self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
        }
    }
}

fn millis(at: Option<Timestamp>) -> [u8; 8] {
    at.map_or(NEVER, Timestamp::as_millisecond).to_be_bytes()
}

fn instant(bytes: [u8; 8]) -> Option<Timestamp> {
    match i64::from_be_bytes(bytes) {
        NEVER => None,
        millis => Timestamp::from_millisecond(millis).ok(),
    }
}

/// The row.
pub(super) const STATE_ROW: &[u8] = b"s";
/// The format of rows that end with the link.
const FORMAT: u8 = 2;
/// The format before.
const FORMAT_WITHOUT_LINK: u8 = 1;
const NEVER: i64 = i64::MIN;
