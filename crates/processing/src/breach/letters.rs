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
use sandyq_store::tables::breach_act::{self, BreachAct, Progress};
use sandyq_store::tables::breach_subject::{self, BreachSubject};
use sandyq_store::tables::{breach, record};

use super::{AT_ONCE, words};
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::ports::{Delivery, Letter, Message};
use crate::queue::{self, Addressed};
use crate::rejected::Rejected;
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
        let typed = format!("{told:?}");
        let asked = self.asks_for_act(caller, number, (BreachActKind::Letters, &typed), key);
        let Some(mut asked) = asked.await? else {
            return Ok(());
        };
        self.read_letters(told, &mut asked.act)?;
        let goes_on = asked.before.iter().any(|act| act.progress.ended_at.is_none());
        let is_everybody_written_to = asked.counts.people == asked.counts.letters;
        if goes_on || is_everybody_written_to || self.operator().is_none() {
            return Err(Rejected::mistake("step", Problem::NotDone));
        }
        self.begin_act(caller, (&asked.act, Happening::BreachLettersBegun), asked.sent)
            .await
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
    // What was here when it happened may have gone since: whoever has none of these fields now is told of all, and that it is so.
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
        held: !held.is_empty(),
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
