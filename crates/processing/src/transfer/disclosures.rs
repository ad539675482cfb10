//! 4.2, 6.4: the register of disclosures, as the responsible person and as the person themself sees it.

use jiff::Timestamp;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{DisclosureId, Purpose, RecipientId, RecipientKind, SubjectId};
use sandyq_policy::Language;
use sandyq_store::Commit;
use sandyq_store::tables::disclosure::{self, Disclosure};
use sandyq_store::tables::recipient::RecipientRow;
use sandyq_store::tables::wish;

use super::hand_over::TELL_ME;
use crate::access::Caller;
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// Lines in one table, and one more, by which it is seen that there are others.
const TABLE_ROWS_MAX: u32 = 10_001;
/// Lines on one page of the register.
const PAGE_LINES: u32 = 25;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 10_000;
/// Lines that wait for a confirmation and are shown at once.
const WAITING_MAX: u32 = 200;

/// What became of what was sent to an address on the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowItWent {
    /// The receiver said then that it has it.
    Arrived(Timestamp),
    /// It was sure then that it had not arrived: nothing was handed over.
    Not(Timestamp),
    /// It is not known, and counts as handed over.
    Unknown,
}

/// One handing-over, to look at.
#[derive(Clone, Debug)]
pub struct DisclosureView {
    /// Whose line it is, by a number that says nothing.
    pub subject: SubjectId,
    /// Which.
    pub id: DisclosureId,
    /// The number by which the recipient knows it.
    pub reference: String,
    /// The name of the recipient.
    pub recipient: String,
    /// Its kind.
    pub kind: Option<RecipientKind>,
    /// What for.
    pub purpose: Purpose,
    /// The fields, in words.
    pub fields: Vec<String>,
    /// The article and the document on which it rests; without them it rests on a consent.
    pub law: Option<(String, String)>,
    /// When.
    pub at: Timestamp,
    /// Since when the recipient must not use it any more.
    pub recalled_at: Option<Timestamp>,
    /// When it was told so.
    pub told_at: Option<Timestamp>,
    /// What became of it, when it went to an address on the network.
    pub went: Option<HowItWent>,
    /// When that address was told that it must not be used any more.
    pub hook_told_at: Option<Timestamp>,
    /// When it confirmed, and by which document.
    pub confirmed: Option<(Timestamp, String)>,
}

/// A page of the register.
#[derive(Clone, Debug)]
pub struct Disclosures {
    /// What was recalled and is not confirmed, the oldest first.
    pub waiting: Vec<DisclosureView>,
    /// Everything, the newest first.
    pub rows: Vec<DisclosureView>,
    /// The page, from 1.
    pub page: u32,
    /// Whether another one follows.
    pub more: bool,
}

/// To whom something of the caller's was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// The handings-over, the oldest first.
    pub rows: Vec<DisclosureView>,
    /// Whether they want a letter about each.
    pub tells: bool,
}

impl System {
    /// 4.2: the register of disclosures. That it was read is an entry.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person.
    pub async fn disclosures(
        &self,
        caller: &Caller,
        page: u32,
        language: Language,
    ) -> Result<Disclosures, Rejected> {
        at_the_board(caller)?;
        let page = page.clamp(1, PAGE_MAX);
        let (waiting, mut rows) = self
            .store()
            .read(move |reader| {
                let waiting = disclosure::recalled(reader, WAITING_MAX)?;
                let rows = disclosure::newest(reader, PAGE_LINES + 1, (page - 1) * PAGE_LINES)?;
                Ok((waiting, rows))
            })
            .await?;
        self.account_for_register(caller).await?;
        let more = rows.len() > PAGE_LINES as usize;
        rows.truncate(PAGE_LINES as usize);
        let register = self.register_of_recipients().await?;
        let shown = |lines: &[Disclosure]| {
            let views = lines
                .iter()
                .map(|line| self.shown_line(line, &register, language));
            views.collect()
        };
        Ok(Disclosures {
            waiting: shown(&waiting),
            rows: shown(&rows),
            page,
            more,
        })
    }

    /// The whole register, to be kept as a table; as much of it as a table holds. That it was read is an entry.
    ///
    /// # Errors
    /// As [`System::disclosures`].
    pub async fn all_disclosures(
        &self,
        caller: &Caller,
        language: Language,
    ) -> Result<Vec<DisclosureView>, Rejected> {
        at_the_board(caller)?;
        self.account_for_register(caller).await?;
        let lines = self
            .store()
            .read(move |reader| disclosure::newest(reader, TABLE_ROWS_MAX, 0))
            .await?;
        let register = self.register_of_recipients().await?;
        let views = lines
            .iter()
            .map(|line| self.shown_line(line, &register, language));
        Ok(views.collect())
    }

    pub(super) async fn account_for_register(&self, caller: &Caller) -> Result<(), Rejected> {
        let read = entry::of_happening(
            &caller.actor,
            Happening::RegisterRead,
            Outcome::Done,
            Detail::None,
            self,
        );
        let commit = Commit {
            entries: vec![read],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        Ok(())
    }

    /// 6.4: to whom something of the caller's was given, on what ground, and what became of it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn given_to_others(&self, caller: &Caller, language: Language) -> Result<Given, Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        let wishes = self
            .store()
            .read(move |reader| wish::of_subject(reader, subject))
            .await?;
        let register = if dossier.disclosures.is_empty() {
            Vec::new()
        } else {
            self.register_of_recipients().await?
        };
        let rows = dossier.disclosures.iter();
        Ok(Given {
            rows: rows
                .map(|line| self.shown_line(line, &register, language))
                .collect(),
            tells: wishes.contains(&TELL_ME),
        })
    }

    /// 6.2: the caller wants a letter about each handing-over, or none.
    ///
    /// # Errors
    /// [`Rejected::SignInFirst`] for staff; when the store does not answer.
    pub async fn wish_to_be_told(&self, caller: &Caller, wished: bool) -> Result<(), Rejected> {
        let subject = caller.own_subject()?;
        let dossier = self.dossier(subject).await?;
        dossier.known().map_err(|_| Rejected::NotFound)?;
        let statement = if wished {
            wish::note(subject, TELL_ME, self.now())
        } else {
            wish::forget(subject, TELL_ME)
        };
        let mut set = entry::of_happening(
            &caller.actor,
            Happening::ConfidentialitySet,
            Outcome::Done,
            Detail::None,
            self,
        );
        set.subject = dossier.pseudonym;
        let commit = Commit {
            subject: Some((subject, dossier.version)),
            moves: true,
            statements: vec![statement],
            entries: vec![set],
            ..Commit::default()
        };
        let committed = self.commit_about(subject, commit).await;
        committed.map(drop).map_err(refused_commit)
    }

    fn shown_line(&self, line: &Disclosure, register: &[RecipientRow], language: Language) -> DisclosureView {
        let known = |id: RecipientId| register.iter().find(|row| row.id == id);
        let recipient = known(line.recipient);
        DisclosureView {
            subject: line.subject,
            id: line.id,
            reference: line.reference.clone(),
            recipient: recipient
                .map(|row: &RecipientRow| row.name.clone())
                .unwrap_or_default(),
            kind: recipient.map(|row| row.kind),
            purpose: line.purpose,
            fields: self.labels(line.fields, language),
            law: line.article.clone().zip(line.document.clone()),
            at: line.at,
            recalled_at: line.recalled_at,
            told_at: line.told_at,
            went: line.webhook.map(|_| match (line.delivered_at, line.failed_at) {
                (Some(at), _) => HowItWent::Arrived(at),
                (None, Some(at)) => HowItWent::Not(at),
                (None, None) => HowItWent::Unknown,
            }),
            hook_told_at: line.hook_told_at,
            confirmed: line.confirmed_at.zip(line.confirmed_document.clone()),
        }
    }
}
