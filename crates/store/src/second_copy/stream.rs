//! The writing end of a stream. Nothing is appended after a write or a sync that failed: what of it is durable nobody can
//! know, so the segment is closed, and the next one says from where on it counts.

use std::sync::Arc;

use sandyq_model::{Chance, Fault};

use super::content::{Content, Stand};
use super::files::CopyFiles;
use super::frame::{Chain, LINK_BYTES, SALT_BYTES, SegmentHead};
use super::walk::Walked;
use crate::vault::CopyKey;

/// Appends frames to the newest segment.
pub(crate) struct Stream {
    files: Box<dyn CopyFiles>,
    key: CopyKey,
    chance: Arc<dyn Chance>,
    /// The segment that is appended to; `None` before the first, and after a failure.
    chain: Option<Chain>,
    /// The last frame that is known to be durable, and the hash up to it.
    durable: (u64, [u8; LINK_BYTES]),
    /// The name of the next segment: above every number that was ever used, also in vain.
    next: u64,
    segment_bytes: u64,
    /// The segments that count, rising.
    segments: Vec<u64>,
}

impl Stream {
    /// Goes on from where a stream ended, with a new segment.
    pub(crate) fn after(
        walked: &Walked,
        files: Box<dyn CopyFiles>,
        key: CopyKey,
        chance: Arc<dyn Chance>,
    ) -> Self {
        Self {
            files,
            key,
            chance,
            chain: None,
            durable: (walked.last, walked.link),
            next: walked.last.max(walked.greatest) + 1,
            segment_bytes: 0,
            segments: walked.segments.clone(),
        }
    }

    /// Whether there is a segment to append to.
    pub(crate) const fn is_open(&self) -> bool {
        self.chain.is_some()
    }

    /// How long the newest segment is.
    pub(crate) const fn segment_bytes(&self) -> u64 {
        self.segment_bytes
    }

    /// The number of the last frame that is known to be durable.
    pub(crate) const fn durable(&self) -> u64 {
        self.durable.0
    }

    /// The hash up to that frame.
    pub(crate) const fn link(&self) -> &[u8; LINK_BYTES] {
        &self.durable.1
    }

    /// Begins a new segment, which says where the store stands.
    ///
    /// # Errors
    /// [`Fault::Outside`] when it could not be made durable; then there is no segment to append to.
    pub(crate) fn begin(&mut self, stand: Stand) -> Result<(), Fault> {
        self.chain = None;
        self.segment_bytes = 0;
        self.refuse_another_folder()?;
        let mut salt = [0; SALT_BYTES];
        self.chance.fill(&mut salt);
        let head = SegmentHead {
            first: self.next,
            follows: self.durable.0,
            link: self.durable.1,
            salt,
        };
        let (bytes, chain) = head.seal(&self.key)?;
        self.next += 1;
        let begun = self
            .files
            .begin(head.first)
            .map_err(|error| unwritten(&error))
            .and_then(|()| self.append(chain, bytes, &[Content::Stand(stand)]));
        if begun.is_ok() {
            self.segments.push(head.first);
        } else {
            // Nothing in it counts. If it cannot be removed either, the next segment says so.
            let _ = self.files.remove(head.first);
        }
        begun
    }

    /// Appends frames and makes them durable; gives the number of the first of them.
    ///
    /// # Errors
    /// [`Fault::Outside`] when they could not be made durable; then the segment is closed.
    pub(crate) fn write(&mut self, contents: &[Content]) -> Result<u64, Fault> {
        let chain = self.chain.take().ok_or_else(|| {
            Fault::Outside("the segment of the second copy was closed after a failure".into())
        })?;
        let first = chain.number();
        self.append(chain, Vec::new(), contents)?;
        Ok(first)
    }

    /// Removes the segments that hold nothing but frames before that one. What cannot be removed stays, and does no harm.
    pub(crate) fn remove_before(&mut self, number: u64) {
        while let [oldest, next, ..] = self.segments.as_slice()
            && *next <= number
        {
            let oldest = *oldest;
            if let Err(error) = self.files.remove(oldest) {
                tracing::warn!(%error, "an old segment of the second copy could not be removed");
                return;
            }
            self.segments.remove(0);
        }
    }

    fn append(&mut self, mut chain: Chain, mut bytes: Vec<u8>, contents: &[Content]) -> Result<(), Fault> {
        for content in contents {
            chain.seal(content.kind(), &content.encode(), &mut bytes)?;
        }
        // Numbers that were used in vain are not used again.
        self.next = self.next.max(chain.number());
        self.files
            .append(&bytes)
            .and_then(|()| self.files.sync())
            .map_err(|error| unwritten(&error))?;
        self.segment_bytes += bytes.len() as u64;
        self.durable = (chain.number() - 1, chain.link());
        self.chain = Some(chain);
        Ok(())
    }

    /// A folder that was mounted and is not any more looks empty. Writing there would be a copy on this machine.
    fn refuse_another_folder(&mut self) -> Result<(), Fault> {
        let Some(newest) = self.segments.last() else {
            return Ok(());
        };
        let there = self.files.segments().map_err(|error| unwritten(&error))?;
        if there.contains(newest) {
            Ok(())
        } else {
            Err(Fault::Outside(
                "the folder of the second copy does not hold the copy any more: is it mounted?".into(),
            ))
        }
    }
}

fn unwritten(error: &std::io::Error) -> Fault {
    Fault::Outside(format!("the second copy could not be written: {error}"))
}
