//! 2.2.6, 5.1.4: where one is signed in, as a subject or as staff. Nothing is kept of the browser or the place, so that a session is told by its times.

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_store::Commit;
use sandyq_store::tables::session::{self, Session};

use super::sessions::{self, Caller, STAFF_IDLE, SUBJECT_IDLE};
use crate::entry;
use crate::rejected::Rejected;
use crate::system::System;

/// A session of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// What it is called on the page: it opens nothing.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// The one that asks.
    pub own: bool,
}

/// For how long after coming in somebody need not show again who they are.
const LATELY: SignedDuration = SignedDuration::from_mins(15);

impl System {
    /// Whether the caller came in a short while ago.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn came_in_lately(&self, caller: &Caller) -> Result<bool, Rejected> {
        let hash = caller.hash;
        let row = self
            .store()
            .read(move |reader| session::find(reader, hash))
            .await?;
        Ok(row.is_some_and(|row| self.now() < row.created_at + LATELY))
    }

    /// The sessions of the caller, the newest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn my_sessions(&self, caller: &Caller) -> Result<Vec<OwnSession>, Rejected> {
        let rows = self.live_sessions(caller).await?;
        let shown = rows.iter().map(|row| OwnSession {
            name: self.session_name(row),
            since: row.created_at,
            seen_at: row.seen_at,
            own: row.hash == caller.hash,
        });
        Ok(shown.collect())
    }

    /// Ends the caller's session of that name; without a name, every session but the one that asks.
    ///
    /// # Errors
    /// "Not found" when there is none of that name, or it is another person's.
    pub async fn end_session(&self, caller: &Caller, name: Option<&str>) -> Result<(), Rejected> {
        let rows = self.live_sessions(caller).await?;
        let ends = |row: &&Session| match name {
            Some(name) => self.session_name(row) == name,
            None => row.hash != caller.hash,
        };
        let ended: Vec<&Session> = rows.iter().filter(ends).collect();
        if name.is_some() && ended.is_empty() {
            return Err(Rejected::NotFound);
        }
        let pseudonym = match caller.subject {
            Some(subject) => self.dossier(subject).await?.pseudonym,
            None => None,
        };
        let signed_out = || {
            let mut entry = entry::of_happening(
                &caller.actor,
                Happening::SignedOut,
                Outcome::Done,
                Detail::None,
                self,
            );
            entry.subject = pseudonym;
            entry
        };
        let commit = Commit {
            statements: ended.iter().map(|row| session::remove(row.hash)).collect(),
            entries: ended.iter().map(|_| signed_out()).collect(),
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }

    async fn live_sessions(&self, caller: &Caller) -> Result<Vec<Session>, Rejected> {
        let (subject, staff) = (caller.subject, caller.staff.as_ref().map(|card| card.id));
        let rows = self.store().read(move |reader| match (subject, staff) {
            (Some(subject), _) => session::of_subject(reader, subject),
            (None, Some(staff)) => session::of_staff(reader, staff),
            (None, None) => Ok(Vec::new()),
        });
        let rows = rows.await?;
        let now = self.now();
        let idle = if subject.is_some() {
            SUBJECT_IDLE
        } else {
            STAFF_IDLE
        };
        let lives =
            |row: &Session| now < row.ends_at && now < row.seen_at + idle && row.kind != sessions::HALF_WAY;
        Ok(rows.into_iter().filter(lives).collect())
    }

    fn session_name(&self, row: &Session) -> String {
        let scope = [b"name of a session ", &row.hash[..]].concat();
        hex::encode(
            self.vault()
                .form_hash(&scope)
                .as_bytes()
                .first_chunk::<8>()
                .unwrap_or(&[0; 8]),
        )
    }
}
