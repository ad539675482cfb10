//! Everything known of one subject at one version, sealed values included: what facts are gathered from.
//!
//! It is remembered between operations (`remembered.rs`), and a commit verifies the version it was decided on: after an acknowledged
//! withdrawal nothing is served on the old facts.

use std::sync::Arc;

use jiff::Timestamp;
use sandyq_model::{
    Act, Actor, CaseId, Category, ConsentId, Facts, Fault, Field, FieldSet, Operation, Pseudonym, Purpose,
    RecipientKind, Standing, SubjectId, Verb,
};
use sandyq_policy::Policy;
use sandyq_store::tables::consent::{ConsentAct, ConsentRow};
use sandyq_store::tables::disclosure::Disclosure;
use sandyq_store::tables::hold::Hold;
use sandyq_store::tables::purpose_use::PurposeUse;
use sandyq_store::tables::search_index::Findable;
use sandyq_store::tables::{
    case_file, consent, disclosure, hold, purpose_use, record, search_index, subject,
};
use sandyq_store::vault::{SealedValue, SubjectKey};
use sandyq_store::{Reader, Store};

use crate::cases::State;
use crate::circumstances::Circumstances;
use crate::retention;
use crate::transfer::DISCLOSURES_MAX;

/// One subject as the store knows it.
pub struct Dossier {
    /// Whose.
    pub subject: SubjectId,
    /// The row; `None` when nobody of this id is known.
    pub row: Option<subject::Subject>,
    /// The version that a commit checks; 0 when nobody is known.
    pub version: u64,
    /// What the ledger calls the subject.
    pub pseudonym: Option<Pseudonym>,
    /// All acts of consent, oldest first.
    pub consents: Vec<ConsentRow>,
    /// All cases, newest first.
    pub cases: Vec<case_file::CaseFile>,
    /// When each purpose was served last.
    pub uses: Vec<PurposeUse>,
    /// The orders to keep what would be destroyed, lifted ones included, oldest first.
    pub holds: Vec<Hold>,
    /// What was handed over, oldest first.
    pub disclosures: Vec<Disclosure>,
    /// All sealed values, by field.
    pub records: Vec<record::Record>,
    /// By what the person is found, by field.
    pub findable: Vec<Findable>,
    /// The data key of the present generation; `None` once it is destroyed.
    pub key: Option<Arc<SubjectKey>>,
}

/// 4.1: whether a consent makes something public. It allows that alone: nothing is worked with, or stored longer, for its sake.
pub(crate) fn publishes(row: &ConsentRow) -> bool {
    row.recipient.as_deref() == Some(RecipientKind::Public.name())
}

impl Dossier {
    pub(crate) async fn load(store: &Store, id: SubjectId) -> Result<Self, Fault> {
        let read = store.read(move |reader: &mut dyn Reader| {
            let Some(row) = subject::find(reader, id)? else {
                return Ok(None);
            };
            Ok(Some(Self {
                subject: id,
                version: row.version,
                pseudonym: row.pseudonym,
                row: Some(row),
                consents: consent::of_subject(reader, id)?,
                cases: case_file::of_subject(reader, id)?,
                uses: purpose_use::of_subject(reader, id)?,
                holds: hold::of_subject(reader, id)?,
                disclosures: disclosure::of_subject(reader, id, DISCLOSURES_MAX)?,
                records: record::of_subject(reader, id)?,
                findable: search_index::of_subject(reader, id)?,
                key: None,
            }))
        });
        let Some(mut dossier) = read.await? else {
            return Ok(Self::unknown(id));
        };
        if let Some(row) = dossier
            .row
            .as_ref()
            .filter(|row| row.standing != Standing::Destroyed)
        {
            dossier.key = store.subject_key(id, row.key_generation)?;
        }
        Ok(dossier)
    }

    /// That of somebody of whom nothing is known.
    pub(crate) const fn unknown(subject: SubjectId) -> Self {
        Self {
            subject,
            row: None,
            version: 0,
            pseudonym: None,
            consents: Vec::new(),
            cases: Vec::new(),
            uses: Vec::new(),
            holds: Vec::new(),
            disclosures: Vec::new(),
            records: Vec::new(),
            findable: Vec::new(),
            key: None,
        }
    }

    /// What the subject is, when it is known.
    #[must_use]
    pub fn category(&self) -> Option<Category> {
        self.row.as_ref().map(|row| row.category)
    }

    /// Where the record stands.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.row.as_ref().map(|row| row.standing)
    }

    /// The row of a subject that must be known by now.
    ///
    /// # Errors
    /// When it is not; the policy's decision makes that impossible.
    pub fn known(&self) -> Result<&subject::Subject, Fault> {
        self.row
            .as_ref()
            .ok_or_else(|| Fault::Store("a subject that was decided on is not there".into()))
    }

    /// The data key, or a fault: without a key the person is destroyed.
    ///
    /// # Errors
    /// When there is none.
    pub fn key(&self) -> Result<&SubjectKey, Fault> {
        self.key
            .as_deref()
            .ok_or_else(|| Fault::Vault("the subject has no key".into()))
    }

    /// Whether a representative acts in the person's place (DEF-11): who gave the first consent says so.
    #[must_use]
    pub fn is_represented(&self) -> bool {
        let first = self.consents.first();
        first.is_some_and(|first| first.actor == Actor::representative().id)
    }

    /// The field with the address of the representative, where one is named.
    #[must_use]
    pub fn representative_address(&self, policy: &Policy) -> Option<Field> {
        let field = policy.representative_address();
        field.filter(|field| self.held().contains(*field))
    }

    /// Whether the person acts, and nothing counts before the representative agreed (DEF-11).
    #[must_use]
    pub fn needs_agreement(&self, policy: &Policy) -> bool {
        !self.is_represented() && self.representative_address(policy).is_some()
    }

    /// The fields that are stored.
    #[must_use]
    pub fn held(&self) -> FieldSet {
        self.records.iter().map(|record| record.field).collect()
    }

    /// The stored values among these fields, still sealed.
    #[must_use]
    pub fn sealed(&self, fields: FieldSet) -> Vec<SealedValue> {
        let wanted = self.records.iter().filter(|record| fields.contains(record.field));
        wanted
            .map(|record| SealedValue {
                field: record.field,
                version: record.version,
                generation: record.generation,
                bytes: record.sealed.clone(),
            })
            .collect()
    }

    /// The version of a field's value; 0 when there is none.
    #[must_use]
    pub fn version_of(&self, field: Field) -> u32 {
        self.records
            .iter()
            .find(|record| record.field == field)
            .map_or(0, |record| record.version)
    }

    /// The case of that id.
    #[must_use]
    pub fn case(&self, id: CaseId) -> Option<&case_file::CaseFile> {
        self.cases.iter().find(|case| case.id == id)
    }

    /// Consents given and not withdrawn, with whether they are confirmed.
    pub fn live_consents(&self, now: Timestamp) -> impl Iterator<Item = (&ConsentRow, bool)> {
        let has =
            |id: ConsentId, act: ConsentAct| self.consents.iter().any(|row| row.id == id && row.act == act);
        self.consents
            .iter()
            .filter(move |row| row.act == ConsentAct::Given)
            .filter(move |row| !has(row.id, ConsentAct::Withdrawn))
            .filter(move |row| row.term_until.is_none_or(|until| now < until))
            .filter(move |row| self.closes_at(row.id).is_none_or(|until| now < until))
            .map(move |row| (row, has(row.id, ConsentAct::Confirmed)))
    }

    /// When a consent ends because the account was closed against the holder's will (1.3).
    pub(crate) fn closes_at(&self, id: ConsentId) -> Option<Timestamp> {
        self.closed(id).and_then(|row| row.term_until)
    }

    /// Whether the account was closed against its holder's will (1.3): nothing is agreed to, and nobody comes in, any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.consents.iter().any(|row| row.act == ConsentAct::Closed)
    }

    /// The row by which a consent was ended with the account (1.3).
    pub(crate) fn closed(&self, id: ConsentId) -> Option<&ConsentRow> {
        let mut rows = self.consents.iter();
        rows.find(|row| row.id == id && row.act == ConsentAct::Closed)
    }

    /// What the live consents to that item cover, for that purpose and recipient; `None` when there is none.
    #[must_use]
    pub fn agreed_as(
        &self,
        (item, purpose, recipient): (&str, Purpose, Option<&str>),
        now: Timestamp,
    ) -> Option<FieldSet> {
        let rows = self.live_consents(now).map(|(row, _)| row);
        let same = rows.filter(|row| {
            row.item == item && row.purpose == purpose && row.recipient.as_deref() == recipient
        });
        same.map(|row| row.fields.union(FieldSet::RECORD))
            .reduce(FieldSet::union)
    }

    /// The language in which the person agreed last: letters are written in it.
    #[must_use]
    pub fn locale(&self) -> &str {
        self.consents.last().map_or("kk", |row| row.locale.as_str())
    }

    /// Fields that a live, confirmed consent covers for the purpose; the record as a whole when any does.
    #[must_use]
    pub fn consented(&self, purpose: Option<Purpose>, now: Timestamp) -> FieldSet {
        self.covered(now, |row, confirmed| {
            confirmed && !publishes(row) && purpose.is_none_or(|purpose| purpose == row.purpose)
        })
    }

    /// The same for somebody to whom data would go: only the consents that name that recipient count (4.2.1).
    #[must_use]
    pub fn consented_to(
        &self,
        recipient: RecipientKind,
        purpose: Option<Purpose>,
        now: Timestamp,
    ) -> FieldSet {
        if recipient == RecipientKind::Operator {
            return self.consented(purpose, now);
        }
        // 1.3: what lies there until its day goes to nobody outside.
        if self.is_closed() {
            return FieldSet::EMPTY;
        }
        self.covered(now, |row, confirmed| {
            let named = row.recipient.as_deref() == Some(recipient.name());
            confirmed && named && purpose.is_none_or(|purpose| purpose == row.purpose)
        })
    }

    /// Fields whose consent waits for confirmation.
    #[must_use]
    pub fn awaiting(&self, now: Timestamp) -> FieldSet {
        self.covered(now, |_, confirmed| !confirmed)
    }

    fn covered(&self, now: Timestamp, counts: impl Fn(&ConsentRow, bool) -> bool) -> FieldSet {
        self.live_consents(now)
            .filter(|(row, confirmed)| counts(row, *confirmed))
            .fold(FieldSet::EMPTY, |fields, (row, _)| {
                fields.union(row.fields).union(FieldSet::RECORD)
            })
    }

    /// What is known about an operation on this subject.
    #[must_use]
    pub fn facts<V: Act>(
        &self,
        operation: &Operation<V>,
        circumstances: &Circumstances,
        policy: &Policy,
    ) -> Facts {
        let now = operation.at;
        Facts {
            standing: self.standing(),
            familiar: circumstances.familiar,
            consented: self.consented_to(circumstances.recipient.kind, operation.purpose, now),
            agreed: circumstances.agreed.union(self.awaiting(now)),
            withdrawn: self.row.as_ref().is_some_and(|row| row.withdrawn_at.is_some()),
            case: operation
                .case
                .is_some_and(|id| self.serves(id, operation.purpose, policy)),
            interview: operation.case.is_some_and(|id| self.interviews(id)),
            own: circumstances.own,
            recipient: circumstances.recipient,
            floor: self.under_floor(policy, now),
            hold: self.under_hold(),
            due: self.is_due(now) || (V::VERB == Verb::Destroy && self.are_due(operation.fields, now)),
            approved: circumstances.approved,
            seconded: circumstances.second.is_some() || circumstances.agreed_before,
            emergency: circumstances.emergency,
        }
    }

    /// The fields under a floor, and with them the record as a whole: nothing is done with all of it that a part forbids.
    fn under_floor(&self, policy: &Policy, now: Timestamp) -> FieldSet {
        let fields = retention::floor(self, policy, now).fields;
        if fields.is_empty() {
            fields
        } else {
            fields.with(Field::RECORD)
        }
    }

    /// All fields, and the record as a whole, while an order to keep it stands.
    fn under_hold(&self) -> FieldSet {
        if self.is_held() {
            FieldSet::ALL
        } else {
            FieldSet::EMPTY
        }
    }

    /// Whether an order stands to keep what would be destroyed (8).
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.holds.iter().any(Hold::stands)
    }

    /// By which articles orders keep it now.
    #[must_use]
    pub fn orders(&self) -> Vec<String> {
        let standing = self.holds.iter().filter(|hold| hold.stands());
        standing.map(|hold| hold.article.clone()).collect()
    }

    /// Whether the day of everything has come, of a remainder as well: it lies here only because a floor outlasts the day
    /// (8-a).
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let due_at = self.row.as_ref().and_then(|row| row.due_at);
        due_at.is_some_and(|due| due <= now) || self.is_remainder()
    }

    /// Whether what is here lies locked, because a floor keeps it.
    #[must_use]
    pub fn is_remainder(&self) -> bool {
        self.records.iter().any(|record| record.floor.is_some())
    }

    /// The values whose own day has come, before that of the person (8).
    #[must_use]
    pub fn due_values(&self, now: Timestamp) -> FieldSet {
        let due = |record: &&record::Record| record.until_at.is_some_and(|until| until <= now);
        let free = self.records.iter().filter(|record| record.floor.is_none());
        free.filter(due).map(|record| record.field).collect()
    }

    fn are_due(&self, fields: FieldSet, now: Timestamp) -> bool {
        !fields.is_empty() && fields.is_subset(self.due_values(now))
    }

    /// Whether the person was invited to an interview in that case, and it goes on.
    fn interviews(&self, case: CaseId) -> bool {
        self.case(case)
            .is_some_and(|case| case.closed_at.is_none() && State::of(&case.state) == State::Interview)
    }

    fn serves(&self, case: CaseId, purpose: Option<Purpose>, policy: &Policy) -> bool {
        let kind_serves =
            |case: &case_file::CaseFile| purpose.is_some() && policy.case_purpose(&case.kind) == purpose;
        self.case(case)
            .is_some_and(|case| case.closed_at.is_none() && kind_serves(case))
    }
}
