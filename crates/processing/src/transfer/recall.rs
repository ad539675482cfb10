//! 4.2.1, 6.3: a recipient is told that it has to stop, by the number under which it got the data: no name leaves for it, and it
//! works when nothing is left here by which the person could be named. Its confirmation is noted.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use sandyq_ledger::entry::{Detail, Happening, Outcome, RecipientMark};
use sandyq_model::{Actor, ConsentId, DisclosureId, Fault, JobId, Plain, Role, SubjectId};
use sandyq_store::tables::disclosure::{self, Disclosure};
use sandyq_store::tables::recipient::RecipientRow;
use sandyq_store::{Commit, CommitError, Job, Statement};

use super::webhook::SETTLED_AFTER;
use crate::access::Caller;
use crate::citation::document_of;
use crate::dossier::Dossier;
use crate::entry;
use crate::perform::{fault_of, refused_commit};
use crate::ports::{Delivery, Letter, Message};
use crate::queue;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;
use sandyq_policy::Language;

/// How long a letter that is due may be on its way before it is looked for.
const UNTOLD_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);
/// Letters that are looked for at once.
const UNTOLD_MAX: u32 = 500;

/// How often a line is noted anew when its subject changes meanwhile, as it does while it is destroyed.
const COMMITS_MAX: u32 = 16;

/// Why a recipient has to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recalled {
    /// Every consent was taken back.
    Withdrawn,
    /// That consent was.
    TakenBack(ConsentId),
    /// The time of storage ended.
    Destroyed,
}

impl Recalled {
    const fn word(self) -> &'static str {
        match self {
            Self::Withdrawn | Self::TakenBack(_) => "withdrawn",
            Self::Destroyed => disclosure::DESTROYED,
        }
    }

    /// Whether it is about that handing-over. What a law demanded is not ours to call back.
    fn concerns(self, line: &Disclosure) -> bool {
        let open = line.recalled_at.is_none() && line.failed_at.is_none();
        open && match self {
            Self::Withdrawn | Self::Destroyed => line.consent.is_some(),
            Self::TakenBack(consent) => line.consent == Some(consent),
        }
    }
}

/// What a commit has to change and leave, so that every recipient it concerns is told.
pub(crate) fn recalled(dossier: &Dossier, why: Recalled, now: Timestamp) -> (Vec<Statement>, Vec<Job>) {
    let lines = || dossier.disclosures.iter().filter(|line| why.concerns(line));
    let statements = lines().map(|line| disclosure::recall(line, why.word(), now));
    let jobs = lines().flat_map(|line| [Some(letter(line, now)), hook(line, now)]);
    (statements.collect(), jobs.flatten().collect())
}

/// The letter about a handing-over. It belongs to nobody's record, so that it goes out when that is gone; there is one for each.
fn letter(line: &Disclosure, now: Timestamp) -> Job {
    telling(
        line,
        queue::SEND_RECALL,
        JobId::from_bytes(*line.id.as_bytes()),
        now,
    )
}

/// The same to the address to which it went.
fn hook(line: &Disclosure, now: Timestamp) -> Option<Job> {
    line.webhook?;
    let hash = digest(&SHA256, &[b"recall by webhook", &line.id.as_bytes()[..]].concat());
    let id = hash.as_ref().first_chunk().copied()?;
    Some(telling(line, queue::SEND_RECALL_HOOK, JobId::from_bytes(id), now))
}

/// What is still on its way is not overtaken.
fn telling(line: &Disclosure, kind: &str, id: JobId, now: Timestamp) -> Job {
    let settled = line.webhook.map(|_| line.at + SETTLED_AFTER);
    Job {
        subject: None,
        id,
        kind: kind.to_owned(),
        detail: format!("{} {}", line.subject, line.id).into_bytes(),
        run_at: settled.map_or(now, |settled| settled.max(now)),
    }
}

/// Whose line such a letter is about.
pub(crate) fn told_about(detail: &[u8]) -> Option<SubjectId> {
    let words = std::str::from_utf8(detail).ok()?;
    words.split_once(' ')?.0.parse().ok()
}

/// Tells a recipient.
pub(crate) async fn tell(system: &System, detail: &str) -> Result<Delivery, Rejected> {
    let (subject, id) = detail.split_once(' ').ok_or(Rejected::NotFound)?;
    let subject: SubjectId = subject.parse().map_err(|_| Rejected::NotFound)?;
    let id: DisclosureId = id.parse().map_err(|_| Rejected::NotFound)?;
    let line = system.disclosure(subject, id).await?;
    let recipient = system.recipient(line.recipient).await?;
    let (None, None, Some(email)) = (line.told_at, line.failed_at, recipient.email.clone()) else {
        return Ok(Delivery::Done);
    };
    let message = Message::Recall {
        reference: line.reference.clone(),
        day: sandyq_model::time::day_in_kazakhstan(line.at),
    };
    let letter = Letter {
        to: Plain::new(email),
        language: Language::Kk,
        message,
        return_path: None,
    };
    let delivery = system.post().send(letter).await?;
    if delivery == Delivery::Done {
        let actor = Actor::system(Role::MAILER);
        system
            .commit_line(
                &actor,
                (&line, &recipient),
                disclosure::told(&line, system.now()),
                (Happening::RecipientTold, Outcome::Done, Detail::None),
            )
            .await?;
    }
    Ok(delivery)
}

impl System {
    pub(super) async fn disclosure(
        &self,
        subject: SubjectId,
        id: DisclosureId,
    ) -> Result<Disclosure, Rejected> {
        let found = self
            .store()
            .read(move |reader| disclosure::find(reader, subject, id));
        found.await?.ok_or(Rejected::NotFound)
    }

    /// 6.3: notes by which document a recipient confirmed that it stopped.
    ///
    /// # Errors
    /// A mistake with `document`; [`Rejected::NotFound`] for everybody but the responsible person, and when there is nothing to
    /// confirm.
    pub async fn confirm_recall(
        &self,
        caller: &Caller,
        (subject, id): (SubjectId, DisclosureId),
        document: &str,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let document = document_of(document).map_err(|problem| Rejected::mistake("document", problem))?;
        let line = self.disclosure(subject, id).await?;
        if line.recalled_at.is_none() || line.confirmed_at.is_some() {
            return Err(Rejected::NotFound);
        }
        let confirmed = disclosure::confirmed(&line, &document, self.now());
        let recipient = self.recipient(line.recipient).await?;
        self.commit_line(
            &caller.actor,
            (&line, &recipient),
            confirmed,
            (Happening::RecipientConfirmed, Outcome::Done, Detail::None),
        )
        .await
    }

    /// Something became of a handing-over.
    pub(super) async fn commit_line(
        &self,
        actor: &Actor,
        (line, recipient): (&Disclosure, &RecipientRow),
        statement: Statement,
        (happening, outcome, detail): (Happening, Outcome, Detail),
    ) -> Result<(), Rejected> {
        for _ in 0..COMMITS_MAX {
            let dossier = self.dossier(line.subject).await?;
            let mut entry = entry::of_happening(actor, happening, outcome, detail, self);
            entry.subject = dossier.pseudonym;
            entry.fields = line.fields;
            entry.purpose = Some(line.purpose);
            entry.recipient = Some(RecipientMark {
                code: recipient.number,
                country: recipient.country,
            });
            let commit = Commit {
                subject: Some((line.subject, dossier.version)),
                moves: true,
                statements: vec![statement.clone()],
                entries: vec![entry],
                ..Commit::default()
            };
            let committed = self.commit_about(line.subject, commit).await;
            match committed {
                Err(CommitError::Stale) => {}
                other => return other.map(drop).map_err(refused_commit),
            }
        }
        Err(Fault::Busy("the same person's record changes too fast".into()).into())
    }

    /// Leaves the letters again that were due and are nowhere: a machine was lost, or nobody took them for days.
    pub(crate) async fn look_for_untold(&self) -> Result<(), Fault> {
        let now = self.now();
        let before = now - UNTOLD_FOR;
        let untold = self
            .store()
            .read(move |reader| disclosure::untold(reader, before, UNTOLD_MAX))
            .await?;
        let mut left: Vec<Job> = untold.iter().map(|line| letter(line, now)).collect();
        if self.webhooks().is_some() {
            let untold = self
                .store()
                .read(move |reader| disclosure::hook_untold(reader, before, UNTOLD_MAX))
                .await?;
            left.extend(untold.iter().filter_map(|line| hook(line, now)));
        }
        for job in left {
            let commit = Commit {
                jobs: vec![job],
                ..Commit::default()
            };
            match self.store().commit(commit).await {
                Ok(_) | Err(CommitError::Conflict(_)) => {}
                Err(error) => return Err(fault_of(error)),
            }
        }
        Ok(())
    }
}
