//! A submission is done once, however often it is sent. The same key with something else in it is another submission, which
//! is not done and not answered as the first was.

use sandyq_model::{IdempotencyKey, Problem};
use sandyq_store::tables::idempotency::{self, Once};

use crate::rejected::Rejected;
use crate::system::System;

/// What is kept of a submission: hashes of the key that the caller has, and of what was sent with it. Of the key itself
/// nothing is kept, so that nobody can try what was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SentUnder {
    /// In the place of the caller's key.
    pub key: IdempotencyKey,
    /// In the place of the content.
    pub content: [u8; 32],
}

impl SentUnder {
    /// The submission, with what a repetition is answered.
    pub(crate) const fn answered(self, answer: Vec<u8>) -> Once {
        Once {
            key: self.key,
            content: Some(self.content),
            answer,
        }
    }
}

impl System {
    /// A submission of that kind with these parts.
    pub(crate) fn sent_under(&self, key: IdempotencyKey, what: &str, parts: &[&[u8]]) -> SentUnder {
        let all: Vec<&[u8]> = std::iter::once(what.as_bytes())
            .chain(parts.iter().copied())
            .collect();
        SentUnder {
            key: self.vault().idempotency_key(b"submission", key.as_bytes()),
            content: self.vault().submission_hash(key, &all).into(),
        }
    }

    /// Whether it was done, for asking before any work is done.
    ///
    /// # Errors
    /// A mistake with `key` when that was used for another submission.
    pub(crate) async fn was_done(&self, sent: SentUnder) -> Result<bool, Rejected> {
        let done = self
            .store()
            .read(move |reader| idempotency::done(reader, sent.key))
            .await?;
        match done {
            None => Ok(false),
            Some(once) if once.is_of(Some(&sent.content)) => Ok(true),
            Some(_) => Err(sent_before()),
        }
    }
}

/// The key was used for another submission.
pub(crate) fn sent_before() -> Rejected {
    Rejected::mistake("key", Problem::SentBefore)
}
