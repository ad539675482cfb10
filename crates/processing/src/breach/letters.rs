//! 5.1.3: letters to the people of a breach: one to each, in their language, to the address on file, once. It says what happened,
//! which data it concerns, what was done and whom to ask; it holds no value. Whom no letter reaches stays in the list as somebody
//! to be told otherwise.

use futures_util::future::try_join_all;
use sandyq_ledger::entry::Happening;
use sandyq_model::{
    Actor, BreachActId, BreachActKind, Fault, FieldSet, Ground, IdempotencyKey, Mistake, Problem, Purpose,
    Role, Standing, SubjectId, Unreached,
};
use sandyq_policy::Language;
use sandyq_store::Commit;
use sandyq_store::tables::breach_act::{self, BreachAct, Progress};
use sandyq_store::tables::breach_subject::{self, BreachSubject};
use sandyq_store::tables::{breach, record};

use super::{AT_ONCE, seeking, words};
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::perform::refused_commit;
use crate::ports::{Delivery, Letter, Message};
use crate::queue::{self, Addressed};
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// People for whom letters are left in one piece.
const PIECE: u32 = 128;

/// What the letters say.
#[derive(Clone, Debug, Default)]
pub struct LettersTold {
    /// What happened and what was done, about nobody, in Kazakh, Russian and English.
    pub texts: [String; 3],
    /// The names of the fields that are concerned.
    pub fields: Vec<String>,
}

impl System {
    /// Begins to write to everybody of a breach to whom no letter was left yet.
    ///
    /// # Errors
    /// Mistakes with `text-kk`, `text-ru`, `text-en` and `fields`; with `step` while people are looked for or written to, or when
    /// nobody is left to write to, or the operator's details are missing; [`Rejected::NotFound`] for everybody but the responsible person, and when there is no such breach.
    pub async fn write_to_people(
        &self,
        caller: &Caller,
        number: u32,
        told: &LettersTold,
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let typed = format!("{number} {told:?}");
        let sent = self.sent_under(key, "breach-letters", &[typed.as_bytes()]);
        if self.was_done(sent).await? {
            return Ok(());
        }
        let (breach, _) = self.breach_numbered(number).await?;
        self.has_room_for_acts(breach.id, "step").await?;
        let mut act = self.act_of(caller, breach.id, BreachActKind::Letters);
        self.read_letters(told, &mut act)?;
        let id = breach.id;
        let (counts, acts) = self
            .store()
            .read(move |reader| {
                let counts = breach_subject::counts(reader, id)?;
                Ok((counts, breach_act::of_breach(reader, id, super::ACTS_MAX)?))
            })
            .await?;
        let goes_on = acts.iter().any(|act| act.progress.ended_at.is_none());
        if goes_on || counts.people == counts.letters || self.operator().is_none() {
            return Err(Rejected::mistake("step", Problem::NotDone));
        }
        let commit = Commit {
            statements: vec![breach_act::begin(&act)],
            jobs: vec![seeking::piece(self, act.id, self.now())],
            entries: vec![self.entry_of_breach(&caller.actor, Happening::BreachLettersBegun, breach.id)],
            once: Some(sent.answered(Vec::new())),
            protects: true,
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        self.wake();
        Ok(())
    }

    fn read_letters(&self, told: &LettersTold, act: &mut BreachAct) -> Result<(), Rejected> {
        let mut wrong: Vec<(String, Problem)> = Vec::new();
        let mut texts = [String::new(), String::new(), String::new()];
        for ((language, typed), text) in ["kk", "ru", "en"].into_iter().zip(&told.texts).zip(&mut texts) {
            match words::told(typed) {
                Ok(Some(read)) => *text = read,
                Ok(None) => wrong.push((format!("text-{language}"), Problem::Missing)),
                Err(problem) => wrong.push((format!("text-{language}"), problem)),
            }
        }
        match self.fields_named(&told.fields) {
            Ok(fields) if fields.is_empty() => wrong.push(("fields".to_owned(), Problem::Missing)),
            Ok(fields) => act.fields = fields,
            Err(_) => wrong.push(("fields".to_owned(), Problem::Choice)),
        }
        act.texts = Some(texts);
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Mistake(wrong).into())
        }
    }
}

/// Leaves letters for some of the people: each is noted in the commit that leaves theirs, so that there is one.
pub(super) async fn leave(system: &System, act: &BreachAct) -> Result<Progress, Rejected> {
    let (id, after) = (act.breach, act.progress.reached.clone());
    let some = system
        .store()
        .read(move |reader| breach_subject::behind(reader, id, &after, PIECE))
        .await?;
    let Some(last) = some.last().map(|row| row.subject) else {
        return Ok(act.progress.clone());
    };
    let unwritten: Vec<SubjectId> = some
        .iter()
        .filter(|row| row.letter_at.is_none())
        .map(|row| row.subject)
        .collect();
    for some in unwritten.chunks(AT_ONCE) {
        try_join_all(some.iter().map(|subject| leave_one(system, act, *subject))).await?;
    }
    let before = &act.progress;
    Ok(Progress {
        reached: last.as_bytes().to_vec(),
        seen: before.seen + some.len() as u64,
        found: before.found + unwritten.len() as u64,
        ..before.clone()
    })
}

async fn leave_one(system: &System, act: &BreachAct, subject: SubjectId) -> Result<(), Fault> {
    let now = system.now();
    let job = queue::task(system, subject, queue::SEND_BREACH, now, &act.id.to_string());
    let noted = system.note_about(None, (subject, act.breach), |_, row| {
        row.filter(|row| row.letter_at.is_none())?;
        let left = breach_subject::letter_left(subject, act.breach, now);
        Some((vec![left], vec![job.clone()]))
    });
    noted.await.map(drop)
}

/// Sends the letter to one of them.
pub(crate) async fn send(system: &System, subject: SubjectId, detail: &str) -> Result<Delivery, Rejected> {
    let id: BreachActId = detail.parse().map_err(|_| Rejected::NotFound)?;
    let read = system.store().read(move |reader| {
        let Some(act) = breach_act::find(reader, id)? else {
            return Ok(None);
        };
        let row = breach_subject::find(reader, subject, act.breach)?;
        let breach = breach::find(reader, act.breach)?;
        Ok(row.zip(breach).map(|(row, breach)| (act, row, breach)))
    });
    let Some((act, row, breach)) = read.await? else {
        return Ok(Delivery::Done);
    };
    if row.told_at.is_some() || row.unreached.is_some() {
        return Ok(Delivery::Done);
    }
    let dossier = system.dossier(subject).await?;
    let to = match addressed(system, &dossier, &system.law_of_notice(breach.detected_at)).await? {
        Ok(to) => to,
        Err(why) => {
            not_reached(system, &row, why).await?;
            return Ok(Delivery::Done);
        }
    };
    let language: Language = dossier.locale().parse().unwrap_or(Language::Kk);
    let letter = Letter {
        to: to.address,
        language,
        message: message(
            system,
            &act,
            &dossier,
            (breach.kind, breach.detected_at),
            language,
        ),
        return_path: to.return_path,
    };
    let delivery = system.post().send(letter).await?;
    match delivery {
        Delivery::Done => told(system, &row).await?,
        Delivery::Refused => not_reached(system, &row, Unreached::Refused).await?,
    }
    Ok(delivery)
}

/// The address on file, opened for this letter as a duty under the law; or why there is no letter.
async fn addressed(
    system: &System,
    dossier: &Dossier,
    article: &str,
) -> Result<Result<Addressed, Unreached>, Rejected> {
    let Some(category) = dossier.category() else {
        return Ok(Err(Unreached::NoContact));
    };
    if dossier.standing() != Some(Standing::Active) {
        return Ok(Err(Unreached::Locked));
    }
    let Some(field) = queue::mail_field(system, dossier).filter(|field| dossier.held().contains(*field))
    else {
        return Ok(Err(Unreached::NoContact));
    };
    let returned = |one: &record::Record| one.field == field && one.returned_at.is_some();
    if dossier.records.iter().any(returned) {
        return Ok(Err(Unreached::NoContact));
    }
    let mut operation = queue::mailing_to(system, (dossier.subject, category), Some(field), system.now())
        .for_purpose(Purpose::STATUTORY);
    operation.ground = Ground::Law {
        citation: article.to_owned(),
    };
    // The responsible person approved each of these letters by having them written.
    let circumstances = Circumstances {
        approved: true,
        ..Circumstances::SYSTEM
    };
    match queue::open_address(system, &operation, &circumstances, field).await {
        Ok(to) => Ok(Ok(to)),
        Err(Rejected::Refusal(_)) => Ok(Err(Unreached::Locked)),
        Err(Rejected::NotFound) => Ok(Err(Unreached::NoContact)),
        Err(other) => Err(other),
    }
}

fn message(
    system: &System,
    act: &BreachAct,
    dossier: &Dossier,
    (kind, found_at): (sandyq_model::BreachKind, jiff::Timestamp),
    language: Language,
) -> Message {
    let [kk, ru, en] = act.texts.clone().unwrap_or_default();
    let text = match language {
        Language::Kk => kk,
        Language::Ru => ru,
        Language::En => en,
    };
    // Of the fields that are concerned those that we hold of this person; all of them where that is none.
    let held: FieldSet = act.fields.intersection(dossier.held());
    let fields = if held.is_empty() { act.fields } else { held };
    let contact = system.operator().map(|operator| {
        let person = &operator.responsible;
        format!("{}, {}, {}", person.name, person.phone, person.email)
    });
    Message::Breach {
        kind,
        day: sandyq_model::time::day_in_kazakhstan(found_at),
        fields: system.labels(fields, language),
        text,
        contact: contact.unwrap_or_default(),
    }
}

async fn told(system: &System, row: &BreachSubject) -> Result<(), Fault> {
    let (subject, breach, now) = (row.subject, row.breach, system.now());
    let mailer = Actor::system(Role::MAILER);
    let about = Some((&mailer, Happening::BreachPersonTold));
    let told = breach_subject::told(subject, breach, now);
    let noted = system.note_about(about, (subject, breach), |_, row| {
        row?;
        Some((vec![told.clone()], Vec::new()))
    });
    noted.await.map(drop)
}

async fn not_reached(system: &System, row: &BreachSubject, why: Unreached) -> Result<(), Fault> {
    let (subject, breach) = (row.subject, row.breach);
    let not_reached = breach_subject::not_reached(subject, breach, why);
    let noted = system.note_about(None, (subject, breach), |_, row| {
        row?;
        Some((vec![not_reached.clone()], Vec::new()))
    });
    noted.await.map(drop)
}
