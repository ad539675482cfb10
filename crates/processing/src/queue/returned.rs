//! 6.1: letters that come back. A letter to a person has a return path of its own; what a mail server sends there says to which
//! contact nobody takes letters. The token in the path is kept as a keyed hash only, for some days, and goes with the person.

use jiff::SignedDuration;
use sandyq_ledger::entry::{Clauses, Detail, Entry, Happening, Outcome};
use sandyq_model::{Actor, Clause, Fault, Field, FieldSet, Plain, Role, SubjectId};
use sandyq_store::tables::code::{self, Code};
use sandyq_store::tables::record;
use sandyq_store::{Commit, CommitError, Statement};

use crate::entry;
use crate::perform::fault_of;
use crate::system::System;

/// What the row of a return path serves begins with; the number of the field follows, to which the letter went.
const RETURNS: &str = "returned-";
/// How long a mail server may take to send a letter back: some try for five days.
const RETURNS_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How often it is tried to note that a letter came back while the person's record changes.
const COMMITS_MAX: u32 = 5;

/// The return path of one letter.
#[derive(Default)]
pub(super) struct ReturnPath {
    /// The token that goes into the address; none when nobody looks at what comes back.
    pub(super) token: Option<String>,
    /// The row by which it is known again.
    pub(super) rows: Vec<Statement>,
}

impl ReturnPath {
    /// A new one, for a letter to that contact of that subject.
    pub(super) fn of(system: &System, subject: SubjectId, address: Option<Field>) -> Self {
        let Some(field) = address.filter(|_| system.post().hears_of_returns()) else {
            return Self::default();
        };
        let mut secret = [0; 16];
        system.chance().fill(&mut secret);
        let token = hex::encode(secret);
        let serves = format!("{RETURNS}{}", field.number());
        let now = system.now();
        let hash = system
            .vault()
            .code_hash(subject, &serves, &Plain::new(token.clone()));
        let row = Code {
            subject,
            id: system.vault().return_path(&token),
            serves,
            hash: *hash.as_bytes(),
            attempts: 0,
            expires_at: now + RETURNS_WITHIN,
            used_at: None,
            at: now,
        };
        Self {
            token: Some(token),
            rows: vec![code::insert(&row)],
        }
    }
}

impl System {
    /// 6.1: a mail server says for good that nobody takes letters where this one went. The contact is marked until its owner
    /// changes or confirms it, and that is entered. A token that nobody knows, that is too old or was used changes nothing;
    /// then this is `false`.
    ///
    /// # Errors
    /// When the store does not answer, or the record changes too fast.
    pub async fn letter_came_back(&self, token: &str) -> Result<bool, Fault> {
        let id = self.vault().return_path(token);
        let Some(sent) = self.store().read(move |reader| code::by_id(reader, id)).await? else {
            return Ok(false);
        };
        let hash = self
            .vault()
            .code_hash(sent.subject, &sent.serves, &Plain::new(token.to_owned()));
        let now = self.now();
        let waits = sent.used_at.is_none() && now < sent.expires_at && hash.matches(&sent.hash);
        let Some(field) = field_of(&sent.serves).filter(|_| waits) else {
            return Ok(false);
        };
        for _ in 0..COMMITS_MAX {
            let dossier = self.dossier(sent.subject).await?;
            let mailer = Actor::system(Role::MAILER);
            let happening = Happening::LetterReturned;
            let accounted = Entry {
                subject: dossier.pseudonym,
                fields: FieldSet::only(field),
                clauses: Clauses::most_telling(&[Clause::fixed("6.1")]),
                ..entry::of_happening(&mailer, happening, Outcome::Done, Detail::None, self)
            };
            let commit = Commit {
                subject: Some((sent.subject, dossier.version)),
                moves: true,
                statements: vec![
                    code::spend(sent.subject, sent.id, now),
                    record::came_back(sent.subject, field, sent.at, now),
                ],
                entries: vec![accounted],
                ..Commit::default()
            };
            let committed = self.commit_about(sent.subject, commit).await;
            match committed {
                Ok(_) => return Ok(true),
                Err(CommitError::Stale) => {}
                // Another notification about the same letter was first.
                Err(CommitError::Conflict(_)) => return Ok(false),
                Err(error) => return Err(fault_of(error)),
            }
        }
        Err(Fault::Busy("the same person's record changes too fast".into()))
    }
}

/// The contact to which a letter went.
fn field_of(serves: &str) -> Option<Field> {
    let number = serves.strip_prefix(RETURNS)?.parse().ok()?;
    Field::new(number)
}
