//! 5.1.4: staff and their cases. A list shows no person; a case opens only for a stated purpose, shows exactly the
//! fields that the policy allows for it, and masks what its class masks.

use jiff::Timestamp;
use sandyq_model::act::Extract;
use sandyq_model::value::Values;
use sandyq_model::{
    Act, Actor, CaseId, Clause, Fault, Field, FieldSet, IdempotencyKey, Operation, Plain, Problem, Purpose,
    Refusal, Standing, SubjectId,
};
use sandyq_policy::Language;
use sandyq_store::tables::case_file::{self, CaseFile};

use super::CaseView;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::perform::Outcome;
use crate::reading::mask;
use crate::rejected::Rejected;
use crate::system::System;

/// People whose data somebody of staff opens in an hour, when the policy sets no limit.
const BULK_READ: u32 = 50;
/// One value of an opened case.
pub struct ShownField {
    /// The field.
    pub field: Field,
    /// Its name in forms.
    pub name: String,
    /// Its label.
    pub label: String,
    /// The value, masked where its class says so.
    pub value: Plain<String>,
    /// Whether it is masked.
    pub masked: bool,
    /// Of a contact that was not confirmed for long: when it was confirmed last (6.1).
    pub unconfirmed_since: Option<Timestamp>,
    /// When a letter to this contact came back (6.1).
    pub returned_at: Option<Timestamp>,
}

/// A case opened for a purpose.
pub struct OpenedCase {
    /// What it is about.
    pub case: CaseView,
    /// What it was opened for.
    pub purpose: Purpose,
    /// Exactly the fields that the policy allows.
    pub fields: Vec<ShownField>,
    /// The ledger entry of this look.
    pub entry: u64,
    /// What could be put into the public list (4.1), in words; nothing where the person agreed to nothing.
    pub publishable: Vec<String>,
    /// Whether the caller may note something about it.
    pub notes: bool,
}

impl System {
    /// Opens a case for the stated purpose. Without one, the policy refuses (2.1-b), and that is recorded.
    ///
    /// # Errors
    /// The refusal; [`Rejected::NotFound`] alike for what is not there and what staff may not see.
    pub async fn open_case(
        &self,
        caller: &Caller,
        reference: &str,
        purpose: Option<Purpose>,
        language: Language,
    ) -> Result<OpenedCase, Rejected> {
        let (dossier, case) = self.staff_case(caller, reference).await?;
        let operation = self.look(caller.actor, &dossier, &case, purpose)?;
        let circumstances = Circumstances::staff(caller);
        let fields = self.viewable(&operation, &dossier, &circumstances);
        let looked = self.looked(&operation.on(fields), caller, &circumstances).await;
        let (values, entry) =
            looked.map_err(|rejected| self.told_at_desk(caller, &dossier, &case, rejected))?;
        let purpose = purpose.ok_or(Rejected::NotFound)?;
        Ok(OpenedCase {
            case: self.case_view(&case, language),
            purpose,
            fields: self.shown_fields((&dossier, &case), values, language)?,
            entry,
            publishable: self.labels(self.publishable(caller, &dossier, &case), language),
            notes: self.may_note(caller, (&dossier, &case), purpose),
        })
    }

    /// Shows one field of a case in full, where its class allows that: a look of its own, with an entry of its own.
    ///
    /// # Errors
    /// As [`System::open_case`].
    pub async fn reveal(
        &self,
        caller: &Caller,
        reference: &str,
        purpose: Option<Purpose>,
        field: &str,
        language: Language,
    ) -> Result<ShownField, Rejected> {
        let (dossier, case) = self.staff_case(caller, reference).await?;
        let field = self.policy().field_named(field).ok_or(Rejected::NotFound)?;
        let operation = self
            .look(caller.actor, &dossier, &case, purpose)?
            .on(FieldSet::only(field));
        let circumstances = Circumstances::staff(caller);
        let looked = self.looked(&operation, caller, &circumstances).await;
        let (values, _) = looked.map_err(|rejected| self.told_at_desk(caller, &dossier, &case, rejected))?;
        self.shown_in_full(&case, (field, values), language)
    }

    /// One of the values of a case in full, as far as its class allows that.
    pub(crate) fn shown_in_full(
        &self,
        case: &CaseFile,
        (field, mut values): (Field, Values),
        language: Language,
    ) -> Result<ShownField, Rejected> {
        let value = values.remove(&field).ok_or(Rejected::NotFound)?;
        let value = self.of_this_case(case, field, value).ok_or(Rejected::NotFound)?;
        let (value, masked) = mask::revealed(self.policy().class(field), &value);
        Ok(self.shown(field, value, masked, language))
    }

    /// The values of a case as a page shows them, with what is to be known of each.
    pub(crate) fn shown_fields(
        &self,
        (dossier, case): (&Dossier, &CaseFile),
        values: Values,
        language: Language,
    ) -> Result<Vec<ShownField>, Fault> {
        let now = self.now();
        let own = |(field, value)| Some((field, self.of_this_case(case, field, value)?));
        let fields = values.into_iter().filter_map(own).map(|(field, value)| {
            let (value, masked) = mask::masked(self.policy().class(field), &value);
            let record = dossier.records.iter().find(|record| record.field == field);
            let unconfirmed_since = record
                .map(|record| self.unconfirmed_since(record, now))
                .transpose()?
                .flatten();
            Ok(ShownField {
                unconfirmed_since,
                returned_at: record.and_then(|record| record.returned_at),
                ..self.shown(field, value, masked, language)
            })
        });
        fields.collect()
    }

    pub(crate) async fn staff_case(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<(std::sync::Arc<Dossier>, CaseFile), Rejected> {
        caller.staff_card()?;
        self.case_by_reference(reference).await
    }

    /// The case of that reference with whose it is.
    pub(crate) async fn case_by_reference(
        &self,
        reference: &str,
    ) -> Result<(std::sync::Arc<Dossier>, CaseFile), Rejected> {
        let wanted = reference.to_owned();
        let found = self
            .store()
            .read(move |reader| case_file::by_reference(reader, &wanted))
            .await?;
        let (subject, id): (SubjectId, CaseId) = found.ok_or(Rejected::NotFound)?;
        let dossier = self.dossier(subject).await?;
        let case = dossier.case(id).cloned().ok_or(Rejected::NotFound)?;
        Ok((dossier, case))
    }

    /// 5.1.4: whoever looks for what is closed to them learns no more than if it did not exist. A refusal, which is entered in any
    /// case, is told only at a desk that works on such cases and that the record has come to.
    pub(crate) fn told_at_desk(
        &self,
        caller: &Caller,
        dossier: &Dossier,
        case: &CaseFile,
        rejected: Rejected,
    ) -> Rejected {
        let works_on = self.policy().role(caller.actor.role).map(|role| &role.works_on);
        let on_desk = works_on.is_some_and(|kinds| kinds.iter().any(|kind| kind.as_str() == case.kind))
            && dossier
                .row
                .as_ref()
                .is_some_and(|row| row.standing != Standing::Pending);
        match rejected {
            Rejected::Refusal(_) if !on_desk => Rejected::NotFound,
            told => told,
        }
    }

    pub(crate) fn look(
        &self,
        actor: Actor,
        dossier: &Dossier,
        case: &CaseFile,
        purpose: Option<Purpose>,
    ) -> Result<Operation<Extract>, Rejected> {
        let known = dossier.known()?;
        let key = IdempotencyKey::random(self.chance());
        let mut operation =
            Operation::new(actor, dossier.subject, known.category, self.now(), key).in_case(case.id);
        operation.purpose = purpose;
        let listed = purpose.map_or(dossier.held(), |p| {
            self.policy().purpose_fields(p, known.category)
        });
        Ok(operation.on(listed.intersection(dossier.held())))
    }

    /// Of the asked fields those that the policy allows; all of them when it allows none, so that the refusal is whole.
    pub(crate) fn viewable(
        &self,
        operation: &Operation<Extract>,
        dossier: &Dossier,
        circumstances: &Circumstances,
    ) -> FieldSet {
        let facts = dossier.facts(operation, circumstances, self.policy());
        match self.policy().decide(operation, &facts) {
            Ok(_) => operation.fields,
            Err(refusal) => {
                let allowed = operation.fields.difference(refusal.fields);
                if allowed.is_empty() {
                    operation.fields
                } else {
                    allowed
                }
            }
        }
    }

    /// The people whom one employee opens in an hour at most.
    pub(crate) fn bulk_read(&self) -> u32 {
        self.policy().counted("bulk-read", BULK_READ)
    }

    /// 5.1.4: nobody opens the data of more people in an hour than the policy says. Who tries is refused, and that is entered.
    pub(crate) async fn within_bulk<V: Act>(
        &self,
        operation: &Operation<V>,
        caller: &Caller,
        input: &str,
    ) -> Result<(), Rejected> {
        let look = (caller.actor.id, operation.subject);
        if self
            .opened_lately()
            .are_within(self.bulk_read(), look, self.now())
        {
            return Ok(());
        }
        let dossier = self.dossier(operation.subject).await?;
        let refusal = Refusal::new(V::VERB, vec![Clause::fixed("5.1.4")], operation.fields);
        let circumstances = Circumstances::staff(caller);
        match self.refuse(operation, &circumstances, &dossier, refusal).await {
            Rejected::Refusal(_) => Err(Rejected::mistake(input, Problem::BulkRead)),
            other => Err(other),
        }
    }

    pub(crate) async fn looked(
        &self,
        operation: &Operation<Extract>,
        caller: &Caller,
        circumstances: &Circumstances,
    ) -> Result<(Values, u64), Rejected> {
        self.within_bulk(operation, caller, "purpose").await?;
        match self.perform(operation, circumstances, &()).await? {
            Outcome::Done { output, entry } => Ok((output, entry)),
            Outcome::Repeated(_) => Err(Rejected::NotFound),
        }
    }

    pub(crate) fn shown(
        &self,
        field: Field,
        value: Plain<String>,
        masked: bool,
        language: Language,
    ) -> ShownField {
        let name = self.policy().field_name(field).to_owned();
        ShownField {
            field,
            label: self.field_label(field, language),
            name,
            value,
            masked,
            unconfirmed_since: None,
            returned_at: None,
        }
    }
}
