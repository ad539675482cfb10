//! An instant as the ledger and the receipts write it: to the millisecond, in UTC.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use thiserror::Error;

/// Milliseconds since 1970-01-01T00:00:00Z, up to the end of the year 9998.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    /// The moment so many milliseconds after 1970 began; `None` beyond the year 9998.
    #[must_use]
    pub fn from_millis(millis: u64) -> Option<Self> {
        (millis <= MILLIS_MAX).then_some(Self(millis))
    }

    /// Milliseconds since 1970 began.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The instant.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        // INVARIANT: a moment is never beyond MILLIS_MAX, which is within the range of a timestamp.
        i64::try_from(self.0)
            .ok()
            .and_then(|millis| Timestamp::from_millisecond(millis).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Cuts to the millisecond; an instant before 1970 becomes the first moment.
impl From<Timestamp> for Moment {
    fn from(instant: Timestamp) -> Self {
        Self(
            u64::try_from(instant.as_millisecond())
                .unwrap_or(0)
                .min(MILLIS_MAX),
        )
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Not an instant in the one form that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an instant; expected a form such as 2026-11-23T10:35:00.000Z")]
pub struct NotAMoment;

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let instant: Timestamp = text.parse().map_err(|_| NotAMoment)?;
        let moment = Self::from(instant);
        if moment.to_string() == text {
            Ok(moment)
        } else {
            Err(NotAMoment)
        }
    }
}

/// 9998-12-31T23:59:59.999Z: a little before the last instant that a timestamp can hold.
const MILLIS_MAX: u64 = 253_370_764_799_999;
