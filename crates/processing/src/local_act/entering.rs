//! 3, 5.1.2: the responsible person enters a document, or a new version in the place of an older one.

use sandyq_ledger::entry::Happening;
use sandyq_ledger::tree::sha256;
use sandyq_model::{IdempotencyKey, LocalActId, LocalActKind, Mistake, Problem, time};
use sandyq_store::tables::local_act::{self, LocalAct};

use super::{LOCAL_ACTS_BYTES_MAX, LOCAL_ACTS_MAX, words};
use crate::access::Caller;
use crate::once::SentUnder;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// What was typed about a document, with its file.
#[derive(Clone, Debug, Default)]
pub struct Entered {
    /// The word of its kind.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// The number that it bears.
    pub document: String,
    /// Which version.
    pub version: String,
    /// When it was adopted.
    pub adopted_on: String,
    /// Who adopted it, by the position.
    pub approver: String,
    /// Since when it is in force.
    pub in_force_since: String,
    /// The number in the register of what it replaces; empty for nothing.
    pub replaces: String,
    /// Whether everybody may read it.
    pub is_public: bool,
    /// The file.
    pub file: Vec<u8>,
}

impl System {
    /// Enters a document; gives its number in the register.
    ///
    /// # Errors
    /// Mistakes with the inputs; with `file` also when the same file is in the register, with `replaces` when there is no such
    /// document or something else came in its place; [`Rejected::NotFound`] for everybody but the responsible person; a fault.
    pub async fn enter_local_act(
        &self,
        caller: &Caller,
        entered: &Entered,
        key: IdempotencyKey,
    ) -> Result<u32, Rejected> {
        at_the_board(caller)?;
        let sent = self.sent_local_act(key, entered);
        if self.was_done(sent).await? {
            let id = id_of(&sha256(&entered.file).0);
            return self.number_of_local_act(id).await;
        }
        let act = self.read_local_act(caller, entered)?;
        self.check_place(&act).await?;
        let sealed = self.store().vault().seal_local_act(act.id, &entered.file)?;
        let statements = vec![local_act::enter(&act), local_act::keep_file(act.id, sealed)];
        // A conflict: somebody entered the same file, or replaced the same document, a moment ago.
        let done = self.commit_local_act(caller, (Happening::LocalActEntered, act.id), statements, sent);
        if !done.await? {
            return Err(Rejected::mistake("replaces", Problem::Stale));
        }
        self.number_of_local_act(act.id).await
    }

    async fn number_of_local_act(&self, id: LocalActId) -> Result<u32, Rejected> {
        let number = self
            .store()
            .read(move |reader| local_act::number_of(reader, id))
            .await?;
        number.ok_or(Rejected::NotFound)
    }

    fn sent_local_act(&self, key: IdempotencyKey, entered: &Entered) -> SentUnder {
        let public = [u8::from(entered.is_public)];
        let typed = [
            &entered.kind,
            &entered.title,
            &entered.document,
            &entered.version,
            &entered.adopted_on,
            &entered.approver,
            &entered.in_force_since,
            &entered.replaces,
        ];
        let typed = typed.into_iter().map(|part| part.as_bytes());
        let parts: Vec<&[u8]> = typed.chain([&public[..], &entered.file]).collect();
        self.sent_under(key, "local-act", &parts)
    }

    /// Reads what was typed; every mistake in it at once.
    fn read_local_act(&self, caller: &Caller, entered: &Entered) -> Result<LocalAct, Mistake> {
        let mut wrong: Vec<(String, Problem)> = Vec::new();
        let mut line = |name: &str, typed: &str, length_max: usize| {
            words::line(typed, length_max).unwrap_or_else(|problem| {
                wrong.push((name.to_owned(), problem));
                String::new()
            })
        };
        let title = line("title", &entered.title, words::TITLE_LENGTH_MAX);
        let document = line("document", &entered.document, words::WORD_LENGTH_MAX);
        let version = line("version", &entered.version, words::WORD_LENGTH_MAX);
        let approver = line("approver", &entered.approver, words::WORD_LENGTH_MAX);
        let mut note = |name: &str, problem: Problem| wrong.push((name.to_owned(), problem));
        let kind = entered.kind.parse::<LocalActKind>().unwrap_or_else(|_| {
            note("kind", Problem::Missing);
            LocalActKind::Other
        });
        if entered.is_public && !kind.can_be_public() {
            note("public", Problem::InternalOnly);
        }
        let today = time::day_in_kazakhstan(self.now());
        let adopted_on = words::adopted(&entered.adopted_on, today).unwrap_or_else(|problem| {
            note("adopted_on", problem);
            today
        });
        let in_force = words::in_force(&entered.in_force_since, adopted_on, today);
        let in_force_since = in_force.unwrap_or_else(|problem| {
            note("in_force_since", problem);
            today
        });
        let replaces = words::number(&entered.replaces).unwrap_or_else(|problem| {
            note("replaces", problem);
            None
        });
        if let Err(problem) = words::file(&entered.file) {
            note("scan", problem);
        }
        if !wrong.is_empty() {
            return Err(Mistake(wrong));
        }
        let file_hash = sha256(&entered.file).0;
        Ok(LocalAct {
            id: id_of(&file_hash),
            number: 0,
            kind,
            title,
            document,
            version,
            adopted_on,
            approver,
            in_force_since,
            replaces,
            is_public: entered.is_public,
            file_hash,
            file_bytes: entered.file.len() as u64,
            entered_at: self.now(),
            entered_by: caller.actor.id,
        })
    }

    /// Whether there is room for it, and nothing stands in its place.
    async fn check_place(&self, act: &LocalAct) -> Result<(), Rejected> {
        let (id, replaces) = (act.id, act.replaces);
        let (count, bytes, known, older) = self
            .store()
            .read(move |reader| {
                let older = match replaces {
                    Some(number) => Some(local_act::by_number(reader, number)?),
                    None => None,
                };
                Ok((
                    local_act::count(reader)?,
                    local_act::bytes(reader)?,
                    local_act::number_of(reader, id)?,
                    older,
                ))
            })
            .await?;
        if count >= LOCAL_ACTS_MAX {
            return Err(Rejected::mistake("title", Problem::Rows));
        }
        if bytes.saturating_add(act.file_bytes) > LOCAL_ACTS_BYTES_MAX {
            return Err(Rejected::mistake("scan", Problem::RegisterFull));
        }
        if known.is_some() {
            return Err(Rejected::mistake("scan", Problem::SameFile));
        }
        match older {
            Some(None) => Err(Rejected::mistake("replaces", Problem::Choice)),
            Some(Some(older)) if older.replaced_by.is_some() => {
                Err(Rejected::mistake("replaces", Problem::Closed))
            }
            Some(Some(older)) if older.act.in_force_since > act.in_force_since => {
                Err(Rejected::mistake("in_force_since", Problem::Date))
            }
            _ => Ok(()),
        }
    }
}

/// By what a document is called in the ledger: the first bytes of the hash of its file.
fn id_of(hash: &[u8; 32]) -> LocalActId {
    let mut id = [0; 16];
    id.iter_mut().zip(hash).for_each(|(place, byte)| *place = *byte);
    LocalActId::from_bytes(id)
}
