//! 5.1.4: filters of the queue that a member of staff keeps under a name. They are words of an address and lead to nobody; each sees their
//! own only, and they go with the account.

use sandyq_model::Problem;
use sandyq_model::value::leads_to_a_person;
use sandyq_store::Commit;
use sandyq_store::tables::staff_view::{self, StaffView};

use crate::access::Caller;
use crate::rejected::Rejected;
use crate::request::familiar_with_policy;
use crate::system::System;

/// The most filters that one member of staff keeps.
pub const VIEWS_MAX: u32 = 10;
/// The longest name of one, in characters.
pub const VIEW_NAME_LENGTH_MAX: usize = 60;
/// The longest words of one, in bytes.
const WORDS_BYTES_MAX: usize = 300;
/// The input that holds the name.
const VIEW: &str = "view";

/// A filter under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// What its owner calls it.
    pub name: String,
    /// Its words, as they stand in an address.
    pub words: String,
}

impl System {
    /// The filters that the caller keeps, by name.
    ///
    /// # Errors
    /// When nobody of staff is calling, or the store does not answer.
    pub async fn my_views(&self, caller: &Caller) -> Result<Vec<SavedView>, Rejected> {
        caller.staff_card()?;
        let staff = caller.actor.id;
        let kept = self
            .store()
            .read(move |reader| staff_view::of(reader, staff, VIEWS_MAX))
            .await?;
        let view = |view: StaffView| SavedView {
            name: view.name,
            words: view.words,
        };
        Ok(kept.into_iter().map(view).collect())
    }

    /// Keeps the words of a filter under a name, in the place of what had that name.
    ///
    /// # Errors
    /// A mistake with `view` for a name that is missing, too long or leads to a person, for a filter without words, and when there are
    /// as many as there can be.
    pub async fn keep_view(&self, caller: &Caller, name: &str, words: &str) -> Result<(), Rejected> {
        familiar_with_policy(caller)?;
        let wrong = |problem| Err(Rejected::mistake(VIEW, problem));
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || words.is_empty() {
            return wrong(Problem::Missing);
        }
        if name.chars().count() > VIEW_NAME_LENGTH_MAX || words.len() > WORDS_BYTES_MAX {
            return wrong(Problem::TooLong);
        }
        if leads_to_a_person(&name) {
            return wrong(Problem::Personal);
        }
        let kept = self.my_views(caller).await?;
        let is_full = kept.len() >= usize::try_from(VIEWS_MAX).unwrap_or(usize::MAX);
        if is_full && kept.iter().all(|view| view.name != name) {
            return wrong(Problem::Views);
        }
        let view = StaffView {
            name,
            words: words.to_owned(),
        };
        let put = staff_view::put(caller.actor.id, &view, self.now());
        self.change_views(put).await
    }

    /// Takes the filter of that name away; where there is none, nothing happens.
    ///
    /// # Errors
    /// When nobody of staff is calling, or the store does not answer.
    pub async fn forget_view(&self, caller: &Caller, name: &str) -> Result<(), Rejected> {
        caller.staff_card()?;
        self.change_views(staff_view::remove(caller.actor.id, name)).await
    }

    async fn change_views(&self, statement: sandyq_store::Statement) -> Result<(), Rejected> {
        let commit = Commit {
            statements: vec![statement],
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }
}
