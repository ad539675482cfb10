//! 5.1.4, 1.1.6: whoever works on a case notes what was agreed. A note is a value of the person's like any other: sealed under their key
//! by the permit of the purpose, read by them, and gone with them. What stood there is read first and goes on, so that none is lost.
//!
//! All notes of a person lie in one value, a line for each, behind the reference of its case. Of another case none leaves the system.

use sandyq_model::act::Clarify;
use sandyq_model::value::{self, Context, TEXT_LENGTH_MAX, Values};
use sandyq_model::{Field, FieldSet, IdempotencyKey, Operation, Plain, Problem, Purpose, time};
use sandyq_store::tables::case_file::CaseFile;

use super::{CASE_NOTE, State};
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::clarify::{Clarified, NOTE};
use crate::dossier::Dossier;
use crate::rejected::Rejected;
use crate::request::familiar_with_policy;
use crate::system::System;

/// The longest note, in characters.
const NOTE_LENGTH_MAX: usize = 300;
/// Notes of one case, when the policy sets no limit.
const NOTES: u32 = 10;

impl System {
    /// The caller adds a note to an open case of their desk, for its purpose.
    ///
    /// # Errors
    /// A mistake with `note` when there is none, when it holds a card or identification number, is too long, when the case has as many
    /// as it can have or is closed, or somebody else noted something meanwhile; [`Rejected::NotFound`] as in [`System::to_decide`];
    /// the policy's refusal.
    pub async fn note_on_case(
        &self,
        caller: &Caller,
        reference: &str,
        (purpose, typed): (Option<Purpose>, &Plain<String>),
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        familiar_with_policy(caller)?;
        let (dossier, case) = self.case_of_desk(caller, reference).await?;
        let field = self.policy().field_named(CASE_NOTE).ok_or(Rejected::NotFound)?;
        let parts: [&[u8]; 2] = [reference.as_bytes(), typed.expose().as_bytes()];
        let sent = self.sent_under(key, NOTE, &parts);
        if self.was_done(sent).await? {
            return Ok(());
        }
        if case.closed_at.is_some() || !State::of(&case.state).is_worked_on() {
            return Err(wrong(Problem::Closed));
        }
        let note = self.note(field, typed)?;
        let about = (&*dossier, &case);
        let earlier = self.earlier_notes(caller, about, (purpose, field)).await?;
        let whole = self.with_note(caller, &case, (&earlier, &note)).await?;
        let mut operation = self.noting(caller, about, purpose, field)?;
        (operation.key, operation.content) = (sent.key, Some(sent.content));
        let completed = Clarified::Completed {
            values: Values::from([(field, whole)]),
            read: dossier.version_of(field),
        };
        self.perform(&operation, &Circumstances::staff(caller), &completed)
            .await
            .map(drop)
    }

    /// Whether the policy lets the caller note something in that case for that purpose.
    pub(super) fn may_note(
        &self,
        caller: &Caller,
        (dossier, case): (&Dossier, &CaseFile),
        purpose: Purpose,
    ) -> bool {
        let Some(field) = self.policy().field_named(CASE_NOTE) else {
            return false;
        };
        let Ok(operation) = self.noting(caller, (dossier, case), Some(purpose), field) else {
            return false;
        };
        let facts = dossier.facts(&operation, &Circumstances::staff(caller), self.policy());
        let is_open = case.closed_at.is_none() && State::of(&case.state).is_worked_on();
        is_open && self.policy().decide(&operation, &facts).is_ok()
    }

    /// Of a value that staff see in a case what belongs to it: of notes its own lines, of everything else all. `None` when that is
    /// nothing.
    pub(super) fn of_this_case(
        &self,
        case: &CaseFile,
        field: Field,
        value: Plain<String>,
    ) -> Option<Plain<String>> {
        if self.policy().field_named(CASE_NOTE) != Some(field) {
            return Some(value);
        }
        let lines: Vec<&str> = notes_of(case, value.expose()).collect();
        (!lines.is_empty()).then(|| Plain::new(lines.join("\n")))
    }

    fn noting(
        &self,
        caller: &Caller,
        (dossier, case): (&Dossier, &CaseFile),
        purpose: Option<Purpose>,
        field: Field,
    ) -> Result<Operation<Clarify>, Rejected> {
        let known = dossier.known()?;
        let key = IdempotencyKey::random(self.chance());
        let mut operation =
            Operation::new(caller.actor, dossier.subject, known.category, self.now(), key).in_case(case.id);
        operation.purpose = purpose;
        Ok(operation.on(FieldSet::only(field)))
    }

    /// What was typed, read as a value of its field, in one line.
    fn note(&self, field: Field, typed: &Plain<String>) -> Result<Plain<String>, Rejected> {
        let words: Vec<&str> = typed.expose().split_whitespace().collect();
        let line = Plain::new(words.join(" "));
        if line.expose().is_empty() {
            return Err(wrong(Problem::Missing));
        }
        if line.expose().chars().count() > NOTE_LENGTH_MAX {
            return Err(wrong(Problem::TooLong));
        }
        if value::holds_a_number_of_papers(line.expose()) {
            return Err(wrong(Problem::PapersNumber));
        }
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: true,
        };
        self.read(field, &line, context)
            .map_err(|mistake| mistake.beside(NOTE).into())
    }

    /// What was noted before: a look of its own, with its entry.
    async fn earlier_notes(
        &self,
        caller: &Caller,
        (dossier, case): (&Dossier, &CaseFile),
        (purpose, field): (Option<Purpose>, Field),
    ) -> Result<Plain<String>, Rejected> {
        if dossier.version_of(field) == 0 {
            return Ok(Plain::from(""));
        }
        let operation = self
            .look(caller.actor, dossier, case, purpose)?
            .on(FieldSet::only(field));
        let circumstances = Circumstances::staff(caller);
        let (mut values, _) = self.looked(&operation, caller, &circumstances).await?;
        values.remove(&field).ok_or(Rejected::NotFound)
    }

    /// The earlier notes with the new one below, behind its case, its time and who wrote it.
    async fn with_note(
        &self,
        caller: &Caller,
        case: &CaseFile,
        (earlier, note): (&Plain<String>, &Plain<String>),
    ) -> Result<Plain<String>, Rejected> {
        let most = self.policy().counted("case-notes", NOTES);
        let has = notes_of(case, earlier.expose()).count();
        if has >= usize::try_from(most).unwrap_or(usize::MAX) {
            return Err(wrong(Problem::Notes));
        }
        let names = self.names_of_staff().await?;
        let name = names.get(&caller.actor.id).map_or("", String::as_str);
        let at = time::in_kazakhstan(self.now()).strftime("%Y-%m-%d %H:%M");
        let gap = if earlier.expose().is_empty() { "" } else { "\n" };
        let whole = format!(
            "{}{gap}{}, {at}, {name}: {}",
            earlier.expose(),
            case.reference,
            note.expose()
        );
        if whole.chars().count() > TEXT_LENGTH_MAX {
            return Err(wrong(Problem::Notes));
        }
        Ok(Plain::new(whole))
    }
}

/// The lines that are notes of this case.
fn notes_of<'a>(case: &'a CaseFile, notes: &'a str) -> impl Iterator<Item = &'a str> {
    let is_of = |line: &&str| {
        line.strip_prefix(case.reference.as_str())
            .is_some_and(|rest| rest.starts_with(','))
    };
    notes.lines().filter(is_of)
}

fn wrong(problem: Problem) -> Rejected {
    Rejected::mistake(NOTE, problem)
}
