//! 4.2.1, L32: the register of recipients. The responsible person enters an organisation in Kazakhstan, with the document by which it
//! has undertaken the Law's duties; a line is closed and never changed.

use jiff::civil::Date;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::value::{self, Context, ValueKind};
use sandyq_model::{Country, Mistake, Plain, Problem, Recipient, RecipientId, RecipientKind, time};
use sandyq_store::tables::recipient::{self, RecipientRow};
use sandyq_store::{Commit, Statement};

use crate::access::Caller;
use crate::citation::{dated, document_of, line_of};
use crate::entry;
use crate::perform::refused_commit;
use crate::ports::is_under_kazakhstan;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

/// The kinds that a line of the register can have.
pub const RECIPIENT_KINDS: [RecipientKind; 4] = [
    RecipientKind::RightsHolder,
    RecipientKind::Distributor,
    RecipientKind::Reseller,
    RecipientKind::StateBody,
];
/// Lines of the register that are shown and offered.
pub(super) const RECIPIENTS_MAX: u32 = 500;
/// Characters of a name.
const NAME_MAX: usize = 120;

/// A recipient as it was typed.
#[derive(Clone, Debug, Default)]
pub struct NewRecipient {
    /// Its kind: a word of [`RecipientKind`].
    pub kind: String,
    /// The name of the organisation.
    pub name: String,
    /// Where it is: two letters of ISO 3166.
    pub country: String,
    /// The number of the document by which it undertook the Law's duties.
    pub undertaking: String,
    /// The day on it, as `2026-11-27`.
    pub undertaken_on: String,
    /// Where it is told that it has to stop.
    pub email: String,
    /// To whom files are encrypted (`age1…`); without one, data is handed over on paper.
    pub age_key: String,
}

/// A recipient, to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientView {
    /// Which.
    pub id: RecipientId,
    /// Its kind.
    pub kind: RecipientKind,
    /// Its name.
    pub name: String,
    /// The number of the document by which it undertook the Law's duties, and the day on it.
    pub undertaking: Option<(String, String)>,
    /// Where it is told that it has to stop.
    pub email: Option<String>,
    /// Whether files are encrypted to a key of its own.
    pub by_file: bool,
    /// Its address on the network, when it has one.
    pub webhook: Option<String>,
    /// Since when it is in the register.
    pub entered_on: Date,
    /// Since when nothing goes there any more.
    pub closed_on: Option<Date>,
}

impl RecipientView {
    /// A line of the register, and the address that it has.
    pub(super) fn with(row: &RecipientRow, webhook: Option<String>) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name.clone(),
            undertaking: row.undertaking.clone().zip(row.undertaken_on.clone()),
            email: row.email.clone(),
            by_file: row.age_key.is_some(),
            webhook,
            entered_on: time::day_in_kazakhstan(row.entered_at),
            closed_on: row.closed_at.map(time::day_in_kazakhstan),
        }
    }
}

/// What a decision needs to know of a line of the register.
pub(super) fn known(row: &RecipientRow) -> Recipient {
    Recipient {
        kind: row.kind,
        country: row.country,
        registered: row.closed_at.is_none(),
        undertaking: row.undertaking.is_some(),
    }
}

impl System {
    /// The register of recipients, the newest line first, closed ones included. A look with its entry (5.1.5).
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person.
    pub async fn recipients(&self, caller: &Caller) -> Result<Vec<RecipientView>, Rejected> {
        at_the_board(caller)?;
        let addresses = self.open_webhooks().await?;
        let with_address = |row: &RecipientRow| {
            let of_it = addresses.iter().find(|address| address.recipient == row.id);
            RecipientView::with(row, of_it.map(|found| found.address.clone()))
        };
        let register = self.register_of_recipients().await?;
        self.account_for_register(caller).await?;
        Ok(register.iter().map(with_address).collect())
    }

    pub(crate) async fn register_of_recipients(&self) -> Result<Vec<RecipientRow>, Rejected> {
        let rows = self
            .store()
            .read(|reader| recipient::all(reader, RECIPIENTS_MAX))
            .await?;
        Ok(rows)
    }

    /// Enters a recipient.
    ///
    /// # Errors
    /// What is wrong with it, field by field; [`Rejected::NotFound`] for everybody but the responsible person.
    pub async fn enter_recipient(
        &self,
        caller: &Caller,
        new: &NewRecipient,
    ) -> Result<RecipientId, Rejected> {
        at_the_board(caller)?;
        if self.register_of_recipients().await?.len() >= RECIPIENTS_MAX as usize {
            return Err(Rejected::mistake("name", Problem::TooLong));
        }
        let last = self.store().read(recipient::last_number).await?;
        let row = self.recipient_of(caller, new, last + 1)?;
        self.commit_recipient(caller, vec![recipient::insert(&row)], Happening::RecipientEntered)
            .await?;
        Ok(row.id)
    }

    /// Closes a recipient: nothing goes there any more, and its address on the network ends with it.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person, and for what is not there or closed already.
    pub async fn close_recipient(&self, caller: &Caller, id: RecipientId) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let found = self.recipient(id).await?;
        if found.closed_at.is_some() {
            return Err(Rejected::NotFound);
        }
        let mut closed = self.ends_with(caller, id).await?;
        closed.push(recipient::close(id, caller.actor.id, self.now()));
        self.commit_recipient(caller, closed, Happening::RecipientClosed)
            .await
    }

    pub(super) async fn recipient(&self, id: RecipientId) -> Result<RecipientRow, Rejected> {
        let found = self.store().read(move |reader| recipient::find(reader, id));
        found.await?.ok_or(Rejected::NotFound)
    }

    async fn commit_recipient(
        &self,
        caller: &Caller,
        statements: Vec<Statement>,
        happening: Happening,
    ) -> Result<(), Rejected> {
        let entry = entry::of_happening(&caller.actor, happening, Outcome::Done, Detail::None, self);
        let commit = Commit {
            statements,
            entries: vec![entry],
            ..Commit::default()
        };
        let committed = self.store().commit(commit).await;
        committed.map(drop).map_err(refused_commit)
    }

    fn recipient_of(
        &self,
        caller: &Caller,
        new: &NewRecipient,
        number: u32,
    ) -> Result<RecipientRow, Rejected> {
        let mut mistakes = Vec::new();
        let kind = RECIPIENT_KINDS
            .into_iter()
            .find(|kind| kind.name() == new.kind.trim());
        let mut note = |input: &str, problem: Problem| mistakes.push((input.to_owned(), problem));
        if kind.is_none() {
            note("kind", Problem::Choice);
        }
        // Whoever is told by a consent's end must be reachable, and bound; a state body acts under its law.
        let bound = kind.is_some_and(|kind| kind != RecipientKind::StateBody);
        let name = line_of(&new.name, NAME_MAX).unwrap_or_else(|problem| {
            note("name", problem);
            String::new()
        });
        if let Err(problem) = in_kazakhstan(&new.country) {
            note("country", problem);
        }
        let undertaking = given(&new.undertaking, bound, document_of).unwrap_or_else(|problem| {
            note("undertaking", problem);
            None
        });
        let undertaken_on = given(&new.undertaken_on, undertaking.is_some(), |written| {
            dated(written, self.now())
                .map(|day| day.to_string())
                .ok_or(Problem::Date)
        })
        .unwrap_or_else(|problem| {
            note("undertaken_on", problem);
            None
        });
        let email = given(&new.email, bound, |written| self.address_in_kazakhstan(written)).unwrap_or_else(
            |problem| {
                note("email", problem);
                None
            },
        );
        let age_key = given(&new.age_key, false, key_of).unwrap_or_else(|problem| {
            note("age_key", problem);
            None
        });
        let (Some(kind), true) = (kind, mistakes.is_empty()) else {
            return Err(Rejected::Mistake(Mistake(mistakes)));
        };
        Ok(RecipientRow {
            id: RecipientId::random(self.chance()),
            number,
            kind,
            name,
            country: Country::KZ,
            undertaking,
            undertaken_on,
            email,
            age_key,
            entered_at: self.now(),
            entered_by: caller.actor.id,
            closed_at: None,
            closed_by: None,
        })
    }

    /// 4.3: an address under a domain of the country; mail to any other could leave it.
    fn address_in_kazakhstan(&self, written: &str) -> Result<String, Problem> {
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: true,
        };
        let address = value::parse(ValueKind::Email, &Plain::from(written), context)?;
        let address = address.expose().clone();
        if is_under_kazakhstan(&address) {
            Ok(address)
        } else {
            Err(Problem::Abroad)
        }
    }
}

/// What was written, if anything was or has to be.
fn given(
    written: &str,
    needed: bool,
    read: impl FnOnce(&str) -> Result<String, Problem>,
) -> Result<Option<String>, Problem> {
    match (written.trim().is_empty(), needed) {
        (true, false) => Ok(None),
        (true, true) => Err(Problem::Missing),
        (false, _) => read(written.trim()).map(Some),
    }
}

/// 4.3: Kazakhstan, or it is not entered. Nobody can allow an exception.
fn in_kazakhstan(written: &str) -> Result<(), Problem> {
    match written.trim() {
        "" => Err(Problem::Missing),
        written if written.parse() == Ok(Country::KZ) => Ok(()),
        _ => Err(Problem::Abroad),
    }
}

fn key_of(written: &str) -> Result<String, Problem> {
    written
        .parse::<age::x25519::Recipient>()
        .map(|key| key.to_string())
        .map_err(|_| Problem::AgeKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_kazakhstan_is_entered() {
        assert_eq!(in_kazakhstan(" KZ "), Ok(()));
        assert_eq!(in_kazakhstan(""), Err(Problem::Missing));
        for abroad in ["RU", "ZZ", "kz", "Kazakhstan", "KZ KZ"] {
            assert_eq!(in_kazakhstan(abroad), Err(Problem::Abroad), "{abroad}");
        }
    }

    #[test]
    fn a_key_is_one_of_age() {
        let key = age::x25519::Identity::generate().to_public().to_string();
        assert_eq!(key_of(&key), Ok(key.clone()));
        assert_eq!(key_of("age1nobody"), Err(Problem::AgeKey));
    }
}
