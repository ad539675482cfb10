//! Section 1 to 8 as declarations: what the `kdl` blocks say, with every name resolved.
//!
//! Reading never stops at a mistake; what cannot be used is reported and left out.

mod calendar;
mod category;
mod field;
mod law;
mod name;
mod node;
mod people;
mod period;
mod purpose;
mod read;
mod service;
mod words;

pub use category::CategoryDeclaration;
pub use field::{Class, FieldDeclaration, Mask, Search, Storage};
pub use law::LawDeadline;
pub use name::Name;
pub use people::{Address, DecisionDeclaration, RecipientDeclaration, RoleDeclaration, StoreDeclaration};
pub use period::{Counted, Deadline, Floor, Limit};
pub use purpose::{End, PurposeDeclaration, Use};
pub use service::{ConsentItem, Service};
pub use words::{WordKind, Words, WordsOf};

pub(crate) use category::fields as fields_named;
pub(crate) use field::unknown;
pub(crate) use node::{Node, parse};
pub(crate) use read::{Declared, read};
pub(crate) use service::Ask;

use std::collections::{BTreeMap, BTreeSet};

use sandyq_model::{Category, Field, FieldSet, Purpose, Role, WorkingCalendar};

/// Everything that the `kdl` blocks declare.
#[derive(Debug, Default)]
pub struct Declarations {
    pub(crate) classes: Vec<Class>,
    pub(crate) fields: BTreeMap<Field, FieldDeclaration>,
    pub(crate) categories: BTreeMap<Category, CategoryDeclaration>,
    pub(crate) purposes: BTreeMap<Purpose, PurposeDeclaration>,
    pub(crate) roles: BTreeMap<Role, RoleDeclaration>,
    pub(crate) recipients: Vec<RecipientDeclaration>,
    pub(crate) addresses: Vec<Address>,
    pub(crate) stores: Vec<StoreDeclaration>,
    pub(crate) floors: Vec<Floor>,
    pub(crate) deadlines: Vec<Deadline>,
    pub(crate) law: Vec<LawDeadline>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) decisions: Vec<DecisionDeclaration>,
    pub(crate) services: Vec<Service>,
    pub(crate) calendar: Option<WorkingCalendar>,
    /// Everything that somebody meant to declare, by kind and name, also what could not be used.
    pub(crate) attempted: BTreeSet<(String, String)>,
}

impl Declarations {
    /// Whether somebody meant to declare it; what went wrong there is told there and nowhere else.
    pub(crate) fn is_attempted(&self, kind: &str, name: &str) -> bool {
        self.attempted.contains(&(kind.to_owned(), name.to_owned()))
    }

    /// The field of that name; `record` is the record as a whole.
    #[must_use]
    pub fn field_named(&self, name: &str) -> Option<Field> {
        if name == RECORD {
            return Some(Field::RECORD);
        }
        self.fields
            .values()
            .find(|field| &field.name == name)
            .map(|field| field.field)
    }

    /// The name of a field.
    #[must_use]
    pub fn field_name(&self, field: Field) -> Option<&str> {
        if field == Field::RECORD {
            Some(RECORD)
        } else {
            self.fields.get(&field).map(|found| found.name.as_str())
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn role_named(&self, name: &str) -> Option<Role> {
        self.roles
            .values()
            .find(|role| &role.name == name)
            .map(|role| role.role)
    }

    /// Every declared field, and the record as a whole.
    #[must_use]
    pub fn all_fields(&self) -> FieldSet {
        self.fields
            .keys()
            .copied()
            .collect::<FieldSet>()
            .with(Field::RECORD)
    }

    /// The fields that a purpose lists for a category; empty without a purpose.
    #[must_use]
    pub fn purpose_fields(&self, purpose: Option<Purpose>, category: Category) -> FieldSet {
        let listed = purpose.and_then(|purpose| self.purposes.get(&purpose));
        listed
            .and_then(|purpose| purpose.uses.get(&category))
            .map_or(FieldSet::EMPTY, Use::fields)
    }
}

/// The name of the record as a whole, declared by nobody and known to all.
pub(crate) const RECORD: &str = "record";
