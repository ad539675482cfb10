//! 4.2.1, 6.3: a recipient is told that it has to stop, by the number under which it got the data: no name leaves for it, and it
//! works when nothing is left here by which the person could be named. Its confirmation is noted.

use jiff::Timestamp;
use sandyq_ledger::entry::{Detail, Happening, Outcome, RecipientMark};
use sandyq_model::{Actor, ConsentId, DisclosureId, Fault, JobId, Plain, Role, SubjectId};
use sandyq_store::tables::disclosure::{self, Disclosure};
use sandyq_store::tables::recipient::RecipientRow;
use sandyq_store::{Commit, CommitError, Job, Statement};

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
            Self::Destroyed => "destroyed",
        }
    }

    /// Whether it is about that handing-over. What a law demanded is not ours to call back.
    fn concerns(self, line: &Disclosure) -> bool {
        let open = line.recalled_at.is_none();
        open && match self {
            Self::Withdrawn | Self::Destroyed => line.consent.is_some(),
            Self::TakenBack(consent) => line.consent == Some(consent),
        }
    }
}

/// What a commit has to change and leave, so that every recipient it concerns is told.
pub(crate) fn recalled(dossier: &Dossier, why: Recalled, now: Timestamp) -> (Vec<Statement>, Vec<Job>) {
    dossier
        .disclosures
        .iter()
        .filter(|line| why.concerns(line))
        .map(|line| (disclosure::recall(line, why.word(), now), letter(line, now)))
        .unzip()
}

/// The letter about a handing-over. It belongs to nobody's record, so that it goes out when that is gone; there is one for each.
fn letter(line: &Disclosure, now: Timestamp) -> Job {
    Job {
        subject: None,
        id: JobId::from_bytes(*line.id.as_bytes()),
        kind: queue::SEND_RECALL.to_owned(),
        detail: format!("{} {}", line.subject, line.id).into_bytes(),
        run_at: now,
    }
}

/// Tells a recipient.
pub(crate) async fn tell(system: &System, detail: &str) -> Result<Delivery, Rejected> {
    let (subject, id) = detail.split_once(' ').ok_or(Rejected::NotFound)?;
    let subject: SubjectId = subject.parse().map_err(|_| Rejected::NotFound)?;
    let id: DisclosureId = id.parse().map_err(|_| Rejected::NotFound)?;
    let line = system.disclosure(subject, id).await?;
    let recipient = system.recipient(line.recipient).await?;
    let (None, Some(email)) = (line.told_at, recipient.email.clone()) else {
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
            .commit_recall(
                &actor,
                (&line, &recipient),
                disclosure::told(&line, system.now()),
                Happening::RecipientTold,
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
        self.commit_recall(
            &caller.actor,
            (&line, &recipient),
            confirmed,
            Happening::RecipientConfirmed,
        )
        .await
    }

    async fn commit_recall(
        &self,
        actor: &Actor,
        (line, recipient): (&Disclosure, &RecipientRow),
        statement: Statement,
        happening: Happening,
    ) -> Result<(), Rejected> {
        for _ in 0..COMMITS_MAX {
            let dossier = self.dossier(line.subject).await?;
            let mut entry = entry::of_happening(actor, happening, Outcome::Done, Detail::None, self);
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
            let committed = self.store().commit(commit).await;
            self.forget(line.subject);
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
        for line in untold {
            let commit = Commit {
                jobs: vec![letter(&line, now)],
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
