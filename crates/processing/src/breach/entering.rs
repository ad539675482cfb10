//! 5.1.3: what the responsible person enters: a breach, and each step on it. A step that is not allowed yet is refused: the
//! authority is told of measures, by a notice that names whom to call.

use sandyq_ledger::entry::Happening;
use sandyq_model::{BreachId, BreachKind, BreachStep, Fault, IdempotencyKey, Mistake, Problem};
use sandyq_store::tables::breach::{self, Breach, StepRow};
use sandyq_store::{Commit, CommitError, Committed, Statement};

use super::{STEPS_MAX, When, due, words};
use crate::access::Caller;
use crate::citation::document_of;
use crate::once::SentUnder;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// What was typed about a breach, or a step on one.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// When it was found, or done.
    pub when: When,
    /// Whose data it is about: names of categories.
    pub categories: Vec<String>,
    /// How many people; empty while that is not known.
    pub people: String,
    /// The number of the outgoing document.
    pub document: String,
    /// In words, about nobody.
    pub words: String,
}

impl System {
    /// Enters a breach; gives its number. The clock runs from the moment at which it was found.
    ///
    /// # Errors
    /// Mistakes with `kind`, `day`, `time`, `categories`, `people` and `words`; [`Rejected::NotFound`] for everybody but the
    /// responsible person; a fault, also when no hour can be computed by which the authority is told.
    pub async fn enter_breach(
        &self,
        caller: &Caller,
        kind: &str,
        told: &Told,
        key: IdempotencyKey,
    ) -> Result<u32, Rejected> {
        at_the_board(caller)?;
        let sent = self.sent_breach(key, &["breach", kind], told);
        let kind = kind.parse::<BreachKind>();
        let step = self.read_told(BreachStep::Find, told, true);
        let (kind, mut row) = match (kind, step) {
            (Ok(kind), Ok(row)) => (kind, row),
            (Ok(_), Err(mistake)) => return Err(mistake.into()),
            (Err(_), row) => {
                let mut mistake = Mistake::one("kind", Problem::Missing);
                mistake.0.extend(row.err().map(|more| more.0).unwrap_or_default());
                return Err(mistake.into());
            }
        };
        let due = due(self.policy(), row.happened_at)?;
        let breach = Breach {
            id: BreachId::random(self.chance()),
            number: 0,
            kind,
            detected_at: row.happened_at,
            due_policy: due.policy,
            due_law: due.law,
            due_at: due.at(),
            entered_at: self.now(),
            entered_by: caller.actor.id,
        };
        (row.breach, row.entered_by) = (breach.id, caller.actor.id);
        let statements = vec![breach::enter(&breach), breach::add_step(&row)];
        let entered = (Happening::BreachEntered, breach.id);
        let id = self.commit_breach(caller, entered, statements, sent).await?;
        let found = self.store().read(move |reader| breach::find(reader, id)).await?;
        found.map(|breach| breach.number).ok_or(Rejected::NotFound)
    }

    /// Enters a step on a breach.
    ///
    /// # Errors
    /// As [`System::enter_breach`]; a mistake with `step` when it cannot be taken now, and with `document` where that is
    /// needed; [`Rejected::NotFound`] when there is no such breach.
    pub async fn add_step(
        &self,
        caller: &Caller,
        number: u32,
        step: &str,
        told: &Told,
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let sent = self.sent_breach(key, &["step", &number.to_string(), step], told);
        if self.was_done(sent).await? {
            return Ok(());
        }
        let (breach, taken) = self.breach_numbered(number).await?;
        let step: BreachStep = step
            .parse()
            .map_err(|_| Rejected::mistake("step", Problem::Choice))?;
        if taken.len() >= STEPS_MAX {
            return Err(Rejected::mistake("step", Problem::Attempts));
        }
        let before: Vec<BreachStep> = taken.iter().map(|row| row.step).collect();
        // A notice names whom to call: without the operator's details there is none.
        let is_named = step != BreachStep::TellAuthority || self.operator().is_some();
        if !step.follows(&before) || !is_named {
            return Err(Rejected::mistake("step", Problem::NotDone));
        }
        let row = self.read_told(step, told, false)?;
        if row.happened_at < breach.detected_at {
            return Err(Rejected::mistake("day", Problem::Date));
        }
        let row = StepRow {
            breach: breach.id,
            number: u32::try_from(taken.len() + 1).unwrap_or(u32::MAX),
            entered_by: caller.actor.id,
            ..row
        };
        let moved = (Happening::BreachMoved, breach.id);
        self.commit_breach(caller, moved, vec![breach::add_step(&row)], sent)
            .await
            .map(|_| ())
    }

    fn sent_breach(&self, key: IdempotencyKey, what: &[&str], told: &Told) -> SentUnder {
        let typed = [
            &told.when.day,
            &told.when.time,
            &told.people,
            &told.document,
            &told.words,
        ];
        let categories = told.categories.iter();
        let parts = what.iter().map(|part| part.as_bytes());
        let parts = parts.chain(typed.into_iter().map(|part| part.as_bytes()));
        let parts: Vec<&[u8]> = parts.chain(categories.map(|part| part.as_bytes())).collect();
        self.sent_under(key, "breach", &parts)
    }

    /// Reads what was typed, as far as the step has it; what it does not have is a mistake.
    fn read_told(&self, step: BreachStep, told: &Told, is_first: bool) -> Result<StepRow, Mistake> {
        let mut wrong: Vec<(String, Problem)> = Vec::new();
        let mut note = |name: &str, problem: Problem| wrong.push((name.to_owned(), problem));
        let now = self.now();
        let happened_at = told.when.read(now).unwrap_or_else(|(name, problem)| {
            note(name, problem);
            now
        });
        let finds = step == BreachStep::Find;
        let categories = words::categories(&told.categories).unwrap_or_else(|problem| {
            note("categories", problem);
            Vec::new()
        });
        if finds && is_first && told.categories.is_empty() {
            note("categories", Problem::Missing);
        }
        let people = words::people(&told.people).unwrap_or_else(|problem| {
            note("people", problem);
            None
        });
        if !finds && (!told.categories.is_empty() || people.is_some()) {
            note("people", Problem::Unknown);
        }
        let document = match (step, told.document.trim()) {
            (BreachStep::TellAuthority, typed) => document_of(typed).map(Some),
            (_, "") => Ok(None),
            _ => Err(Problem::Unknown),
        };
        let document = document.unwrap_or_else(|problem| {
            note("document", problem);
            None
        });
        let needs_words = !matches!(step, BreachStep::TellAuthority | BreachStep::Close);
        let told = match words::told(&told.words) {
            Ok(None) if needs_words => Err(Problem::Missing),
            read => read,
        };
        let told = told.unwrap_or_else(|problem| {
            note("words", problem);
            None
        });
        if !wrong.is_empty() {
            return Err(Mistake(wrong));
        }
        let id = BreachId::random(self.chance());
        Ok(StepRow {
            id,
            breach: id,
            number: 1,
            step,
            happened_at,
            entered_at: now,
            entered_by: sandyq_model::ActorId::of_system(sandyq_model::Role::RESPONSIBLE),
            categories,
            people,
            document,
            told,
        })
    }

    /// Commits rows of the register with their entry; gives the breach, which a repetition gets too.
    async fn commit_breach(
        &self,
        caller: &Caller,
        (happening, id): (Happening, BreachId),
        statements: Vec<Statement>,
        sent: SentUnder,
    ) -> Result<BreachId, Rejected> {
        let commit = Commit {
            statements,
            entries: vec![self.entry_of_breach(&caller.actor, happening, id)],
            once: Some(sent.answered(id.as_bytes().to_vec())),
            protects: true,
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(Committed::Done { .. }) => Ok(id),
            Ok(Committed::Already(answer)) => answer
                .as_slice()
                .try_into()
                .map_err(|_| Fault::Store("a breach was answered with no breach".into()).into()),
            Err(CommitError::Conflict(_)) => Err(Rejected::mistake("step", Problem::Stale)),
            Err(error) => Err(refused_commit(error)),
        }
    }
}
