//! The rules as tables, so that a decision costs a look-up and a few masks instead of an evaluation of every rule.
//!
//! A row stands for one (role, verb, purpose, category). In it every rule is folded to what is still open: scalar
//! circumstances, tested as bits of one word, and sets of fields, combined as masks. Cedar stays the meaning.

mod compile;
mod program;
mod satisfy;
mod scalars;

pub(crate) use compile::compile;
pub(crate) use program::{Line, Mask, Row, Spoken};
pub(crate) use satisfy::{Assumed, satisfiable};
pub(crate) use scalars::Scalars;

use sandyq_model::{Category, FieldSet, Purpose, Role, Verb};

use crate::question::Circumstances;

/// The tables of a policy.
#[derive(Debug)]
pub(crate) struct Tables {
    rows: Vec<Row>,
    masks: Vec<Mask>,
    /// The row of each (role, verb, purpose, category).
    index: Vec<u32>,
    pub(crate) scalars: Scalars,
}

/// A combination that has a row of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) role: Role,
    pub(crate) verb: Verb,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) category: Category,
}

const VERBS: usize = Verb::ALL.len() + 1;
const PURPOSES: usize = Purpose::COUNT as usize + 1;
const CATEGORIES: usize = Category::ALL.len() + 1;
const PLACES: usize = Role::NUMBER_LIMIT as usize * VERBS * PURPOSES * CATEGORIES;

impl Key {
    fn place(self) -> usize {
        let purpose = self.purpose.map_or(0, |purpose| usize::from(purpose.number()));
        let role = usize::from(self.role.number());
        ((role * VERBS + usize::from(self.verb.code())) * PURPOSES + purpose) * CATEGORIES
            + usize::from(self.category.code())
    }
}

impl Tables {
    /// The row of a combination; `None` for a role that the policy does not know.
    pub(crate) fn row(&self, key: Key) -> Option<&Row> {
        let at = *self.index.get(key.place())?;
        self.rows.get(usize::try_from(at).ok()?)
    }

    /// What a row says about these fields.
    pub(crate) fn speak(&self, row: &Row, asked: FieldSet, circumstances: Circumstances<'_>) -> Spoken {
        row.speak(asked, &self.scalars.given(circumstances), &self.masks)
    }

    /// The different masks, as the lines of the rows name them.
    pub(crate) fn masks(&self) -> &[Mask] {
        &self.masks
    }

    /// The different rows.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How many different rows there are.
    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }
}
