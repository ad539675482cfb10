//! Which entries are looked for. Everything that is set must hold; nothing set is everything.

use jiff::civil::Date;
use sandyq_ledger::entry::{By, Deed, Entry, Happening, Outcome};
use sandyq_model::{ActorId, CaseId, Pseudonym, Role, Verb, time};

/// A filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// What was done: the name of a verb or a happening.
    pub deed: Option<Deed>,
    /// As what somebody acted.
    pub role: Option<Role>,
    /// Which member of staff.
    pub by: Option<ActorId>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// A clause that decided it, or one above it: `4` finds `4.2.1`.
    pub clause: Option<String>,
    /// Whose data.
    pub person: Option<Pseudonym>,
    /// Which case.
    pub case: Option<CaseId>,
    /// The first day, in Kazakhstan.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

impl AuditFilter {
    /// The deed of that name.
    #[must_use]
    pub fn deed_named(name: &str) -> Option<Deed> {
        let verb = Verb::ALL.into_iter().find(|verb| verb.name() == name);
        let happening = Happening::ALL.iter().find(|happening| happening.name() == name);
        verb.map(Deed::Verb)
            .or(happening.map(|one| Deed::Happening(*one)))
    }

    /// The outcome of that name.
    #[must_use]
    pub fn outcome_named(name: &str) -> Option<Outcome> {
        [Outcome::Done, Outcome::Refused, Outcome::Failed]
            .into_iter()
            .find(|outcome| outcome.name() == name)
    }

    /// Whether an entry fits.
    #[must_use]
    pub fn fits(&self, entry: &Entry) -> bool {
        let day = time::day_in_kazakhstan(entry.at.timestamp());
        let below = |clause: &str, above: &str| {
            clause == above
                || clause
                    .strip_prefix(above)
                    .is_some_and(|rest| rest.starts_with(['.', '#']))
        };
        self.deed.is_none_or(|deed| deed == entry.deed)
            && self.role.is_none_or(|role| role == entry.role)
            && self.by.is_none_or(|by| entry.by == By::Person(by))
            && self.outcome.is_none_or(|outcome| outcome == entry.outcome)
            && self.person.is_none_or(|person| entry.subject == Some(person))
            && self.case.is_none_or(|case| entry.case == Some(case))
            && self.from.is_none_or(|from| from <= day)
            && self.to.is_none_or(|to| day <= to)
            && self.clause.as_ref().is_none_or(|above| {
                let mut clauses = entry.clauses.iter();
                clauses.any(|clause| below(&clause.to_string(), above))
            })
    }
}
