//! A policy that has been read, checked and compiled: what everybody else asks.

use std::sync::Arc;

use sandyq_model::value::{Ages, ValueKind};
use sandyq_model::{Category, Clause, Field, FieldSet, Purpose, Role, WorkingCalendar};

use crate::cases::{self, Case};
use crate::check::{self, Code, Diagnostic, Report};
use crate::countable;
use crate::declarations::{
    self, Address, CategoryDeclaration, Class, Deadline, DecisionDeclaration, Declarations, Declared,
    FieldDeclaration, Floor, LawDeadline, Limit, PurposeDeclaration, RecipientDeclaration, RoleDeclaration,
    Service, StoreDeclaration, Use, Words,
};
use crate::folder::Folder;
use crate::language::Language;
use crate::letters::{self, LetterKind, LetterTemplate, Letters};
use crate::place::Sources;
use crate::rules::{self, Effect, Rule, Rules};
use crate::tables::{Tables, compile};
use crate::text::{ClauseText, SectionText, Text};

/// The policy that runs. Made by [`Policy::load`] from a folder without errors.
#[derive(Debug)]
pub struct Policy {
    pub(crate) declarations: Declarations,
    pub(crate) rules: Rules,
    pub(crate) tables: Tables,
    pub(crate) all_fields: FieldSet,
    calendar: WorkingCalendar,
    letters: Letters,
    words: [Words; 3],
    sections: [Vec<SectionText>; 3],
    version: [u8; 32],
}

/// A folder as far as it could be read.
pub(crate) struct Draft {
    pub(crate) text: Text,
    pub(crate) declared: Declared,
    pub(crate) rules: Rules,
    pub(crate) tables: Option<Tables>,
    pub(crate) letters: Letters,
}

impl Draft {
    pub(crate) fn read(report: &mut Report) -> Self {
        let text = Text::read(report);
        let declared = declarations::read(&text, report);
        let rules = rules::read(&text, &declared.declarations, report);
        let tables = compile(&rules.rules, &declared.declarations)
            .map_err(|_| {
                report.add(
                    Code::OutsideSubset,
                    "the rules name more than 64 different circumstances",
                );
            })
            .ok();
        Self {
            text,
            declared,
            rules,
            tables,
            letters: letters::read(report),
        }
    }
}

impl Policy {
    /// Reads, checks and compiles a folder.
    ///
    /// # Errors
    /// Every finding of the check, when at least one of them is an error.
    pub fn load(folder: &Folder) -> Result<Self, Vec<Diagnostic>> {
        let (draft, report) = Self::examine(folder);
        if report.has_errors() {
            return Err(report.finish());
        }
        Self::from_draft(draft, folder).ok_or_else(|| report.finish())
    }

    /// Every problem of a folder, in the order of its files; decided examples that come out otherwise included.
    #[must_use]
    pub fn check(folder: &Folder) -> Vec<Diagnostic> {
        let (draft, mut report) = Self::examine(folder);
        let cases = cases::read(&draft.declared.declarations, &mut report);
        if !report.has_errors()
            && let Some(policy) = Self::from_draft(draft, folder)
        {
            check::run_cases(&cases, &policy, &mut report);
        }
        report.finish()
    }

    /// The decided examples of a folder, read against this policy.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn cases(&self, folder: &Folder) -> Result<Vec<Case>, Vec<Diagnostic>> {
        let mut report = Report::on(Arc::new(Sources::of(folder)));
        let cases = cases::read(&self.declarations, &mut report);
        if report.has_errors() {
            Err(report.finish())
        } else {
            Ok(cases)
        }
    }

    fn examine(folder: &Folder) -> (Draft, Report) {
        let mut report = Report::on(Arc::new(Sources::of(folder)));
        let draft = Draft::read(&mut report);
        check::examine(&draft, &mut report);
        (draft, report)
    }

    fn from_draft(draft: Draft, folder: &Folder) -> Option<Self> {
        let Draft {
            text,
            mut declared,
            rules,
            tables,
            letters,
        } = draft;
        let (tables, calendar) = (tables?, declared.declarations.calendar.take()?);
        Some(Self {
            all_fields: declared.declarations.all_fields(),
            declarations: declared.declarations,
            rules,
            tables,
            calendar,
            letters,
            words: declared.words,
            sections: Language::ALL.map(|language| text.publish(language)),
            version: folder.version(),
        })
    }

    /// SHA-256 over what is published; see [`Folder::version`].
    #[must_use]
    pub const fn version(&self) -> &[u8; 32] {
        &self.version
    }

    /// What a field is declared as; `None` for the record as a whole and for numbers that nothing declares.
    #[must_use]
    pub fn field(&self, field: Field) -> Option<&FieldDeclaration> {
        self.declarations.fields.get(&field)
    }

    /// The field of that name; `record` is the record as a whole.
    #[must_use]
    pub fn field_named(&self, name: &str) -> Option<Field> {
        self.declarations.field_named(name)
    }

    /// The name of a field; `?` for a number that nothing declares.
    #[must_use]
    pub fn field_name(&self, field: Field) -> &str {
        self.declarations.field_name(field).unwrap_or("?")
    }

    /// Every declared field in order of the numbers.
    pub fn fields(&self) -> impl Iterator<Item = &FieldDeclaration> {
        self.declarations.fields.values()
    }

    /// The class of a field.
    #[must_use]
    pub fn class(&self, field: Field) -> Option<&Class> {
        self.field(field).map(|declaration| &declaration.class)
    }

    /// What a value of the field must be.
    #[must_use]
    pub fn kind(&self, field: Field) -> Option<ValueKind> {
        self.field(field).map(|declaration| declaration.kind)
    }

    /// Whether figures may be made of the field (DEF-5).
    #[must_use]
    pub fn is_countable(&self, field: Field) -> bool {
        self.field(field).is_some_and(countable::is_countable)
    }

    /// A category as declared.
    #[must_use]
    pub fn category(&self, category: Category) -> Option<&CategoryDeclaration> {
        self.declarations.categories.get(&category)
    }

    /// The exact fields of a category, the record as a whole included.
    #[must_use]
    pub fn category_fields(&self, category: Category) -> FieldSet {
        self.category(category)
            .map_or(FieldSet::EMPTY, |declaration| declaration.fields)
    }

    /// A purpose as declared.
    #[must_use]
    pub fn purpose(&self, purpose: Purpose) -> Option<&PurposeDeclaration> {
        self.declarations.purposes.get(&purpose)
    }

    /// Every declared purpose in order.
    pub fn purposes(&self) -> impl Iterator<Item = &PurposeDeclaration> {
        self.declarations.purposes.values()
    }

    /// What a purpose uses of a category: what it needs, and what it may have.
    #[must_use]
    pub fn purpose_use(&self, purpose: Purpose, category: Category) -> Option<&Use> {
        self.purpose(purpose)?.uses.get(&category)
    }

    /// All fields that a purpose lists for a category.
    #[must_use]
    pub fn purpose_fields(&self, purpose: Purpose, category: Category) -> FieldSet {
        self.declarations.purpose_fields(Some(purpose), category)
    }

    /// Of the fields that a purpose lists for a category those that it cannot do without.
    #[must_use]
    pub fn needed_fields(&self, purpose: Purpose, category: Category) -> FieldSet {
        let declared = self.declarations.purposes.get(&purpose);
        declared
            .and_then(|purpose| purpose.uses.get(&category))
            .map_or(FieldSet::EMPTY, |uses| uses.needs)
    }

    /// A role as declared.
    #[must_use]
    pub fn role(&self, role: Role) -> Option<&RoleDeclaration> {
        self.declarations.roles.get(&role)
    }

    /// The role of that name.
    #[must_use]
    pub fn role_named(&self, name: &str) -> Option<Role> {
        self.declarations.role_named(name)
    }

    /// Every role in order of the numbers.
    pub fn roles(&self) -> impl Iterator<Item = &RoleDeclaration> {
        self.declarations.roles.values()
    }

    /// Every service in the order of the policy.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.declarations.services
    }

    /// The service of that name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services().iter().find(|service| &service.name == name)
    }

    /// The two ages of DEF-11: below the first a representative acts, below the second one agrees.
    #[must_use]
    pub fn ages(&self) -> Ages {
        let limit = |name: &str| self.limit(name).and_then(|limit| limit.count);
        Ages {
            acts_below: limit("representative-acts-until-age").unwrap_or(Ages::LAW.acts_below),
            agrees_below: limit("representative-agrees-until-age").unwrap_or(Ages::LAW.agrees_below),
        }
    }

    /// The fields in which services ask for the representative of somebody young (DEF-11).
    #[must_use]
    pub fn representative_fields(&self) -> FieldSet {
        let asked = self.services().iter().map(|service| service.representative);
        asked.fold(FieldSet::EMPTY, FieldSet::union)
    }

    /// The field with the address of the representative, where there is one.
    #[must_use]
    pub fn representative_address(&self) -> Option<Field> {
        let mut asked = self.representative_fields().iter();
        asked.find(|field| self.kind(*field) == Some(ValueKind::Email))
    }

    /// The purpose for which a kind of case is worked on: the first one of the service that opens such cases.
    #[must_use]
    pub fn case_purpose(&self, kind: &str) -> Option<Purpose> {
        if kind == STATUTORY {
            return Some(Purpose::STATUTORY);
        }
        self.service_opening(kind)
            .and_then(|service| service.purposes.first().copied())
    }

    /// The service whose submissions open cases of that kind.
    #[must_use]
    pub fn service_opening(&self, kind: &str) -> Option<&Service> {
        let opens = |service: &&Service| service.case.as_ref().is_some_and(|case| case.as_str() == kind);
        self.services().iter().find(opens)
    }

    /// The retention floors.
    #[must_use]
    pub fn floors(&self) -> &[Floor] {
        &self.declarations.floors
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &[Limit] {
        &self.declarations.limits
    }

    /// The limit of that name.
    #[must_use]
    pub fn limit(&self, name: &str) -> Option<&Limit> {
        self.limits().iter().find(|limit| &limit.name == name)
    }

    /// The count of the limit of that name, or `or_else` where the policy sets none.
    #[must_use]
    pub fn counted(&self, limit: &str, or_else: u32) -> u32 {
        let limit = self.limit(limit).and_then(|limit| limit.count);
        limit.unwrap_or(or_else)
    }

    /// The operator's own deadlines.
    #[must_use]
    pub fn deadlines(&self) -> &[Deadline] {
        &self.declarations.deadlines
    }

    /// The operator's own deadline of that name.
    #[must_use]
    pub fn deadline(&self, name: &str) -> Option<&Deadline> {
        self.deadlines().iter().find(|deadline| &deadline.name == name)
    }

    /// The deadlines of the law.
    #[must_use]
    pub fn law(&self) -> &[LawDeadline] {
        &self.declarations.law
    }

    /// The deadline of the law of that name that holds on a day.
    #[must_use]
    pub fn law_deadline(&self, name: &str, day: jiff::civil::Date) -> Option<&LawDeadline> {
        let named = self
            .law()
            .iter()
            .filter(|deadline| &deadline.name == name && deadline.since <= day);
        named.max_by_key(|deadline| deadline.since)
    }

    /// The registered recipients.
    #[must_use]
    pub fn recipients(&self) -> &[RecipientDeclaration] {
        &self.declarations.recipients
    }

    /// The addresses that take letters in.
    #[must_use]
    pub fn addresses(&self) -> &[Address] {
        &self.declarations.addresses
    }

    /// The places where data lies.
    #[must_use]
    pub fn stores(&self) -> &[StoreDeclaration] {
        &self.declarations.stores
    }

    /// The decisions with effect on a person.
    #[must_use]
    pub fn decisions(&self) -> &[DecisionDeclaration] {
        &self.declarations.decisions
    }

    /// The working days.
    #[must_use]
    pub const fn calendar(&self) -> &WorkingCalendar {
        &self.calendar
    }

    /// What people read of the declarations in a language.
    #[must_use]
    pub fn words(&self, language: Language) -> &Words {
        let [kk, ru, en] = &self.words;
        match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }

    /// The letter of that kind in a language, with its places still empty; `None` in a folder without letters.
    #[must_use]
    pub fn letter(&self, kind: LetterKind, language: Language) -> Option<&LetterTemplate> {
        self.letters.of(kind, language)
    }

    /// The published text in a language, section by section.
    #[must_use]
    pub fn sections(&self, language: Language) -> &[SectionText] {
        let [kk, ru, en] = &self.sections;
        match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }

    /// One clause in a language; the number of a rule is ignored.
    #[must_use]
    pub fn clause(&self, language: Language, clause: &Clause) -> Option<&ClauseText> {
        let wanted = clause.clause();
        self.sections(language)
            .iter()
            .flat_map(|section| &section.clauses)
            .find(|text| text.clause.as_str() == wanted)
    }

    /// Every rule in the order of the policy.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules.rules
    }

    /// The rules of a clause.
    pub fn rules_of<'a>(&'a self, clause: &'a Clause) -> impl Iterator<Item = &'a Rule> {
        self.rules()
            .iter()
            .filter(move |rule| rule.id.clause() == clause.clause())
    }

    /// The rule with that id.
    #[must_use]
    pub fn rule(&self, id: &Clause) -> Option<&Rule> {
        self.rules().iter().find(|rule| rule.id == *id)
    }

    /// What is promised, by clause, as it stands in the policy.
    pub fn promises(&self) -> impl Iterator<Item = (&Clause, &str)> {
        self.rules
            .promises
            .iter()
            .map(|promise| (&promise.id, promise.text.as_str()))
    }

    /// How many rules permit and how many forbid.
    #[must_use]
    pub fn rule_count(&self) -> (usize, usize) {
        let permits = self
            .rules()
            .iter()
            .filter(|rule| rule.effect == Effect::Permit)
            .count();
        (permits, self.rules().len() - permits)
    }

    /// How many different rows the tables have.
    #[must_use]
    pub const fn row_count(&self) -> usize {
        self.tables.len()
    }
}

/// The kind of case that a demand of a state body opens (2.2.12); no service opens one.
const STATUTORY: &str = "statutory";
