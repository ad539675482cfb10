//! 5.1.1: the responsible person opens a request, and reads what was written: an operation with its entry.

use sandyq_model::act::Extract;
use sandyq_model::value::Values;
use sandyq_model::{Category, Clause, FieldSet, IdempotencyKey, Refusal, Role, Verb};
use sandyq_policy::Language;
use sandyq_store::tables::subject_request::SubjectRequest;

use super::view::RequestView;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::perform::Outcome;
use crate::rejected::Rejected;
use crate::system::System;

impl System {
    /// A request without what was written in it.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person, and for what is not there.
    pub async fn request_at_desk(
        &self,
        caller: &Caller,
        reference: &str,
        language: Language,
    ) -> Result<RequestView, Rejected> {
        at_the_board(caller)?;
        let request = self.request(reference).await?;
        self.request_view(&request, Values::new(), language).await
    }

    /// A request with everything that was written in it but the scan; a look with its entry.
    ///
    /// # Errors
    /// As [`System::request_at_desk`], or the policy's refusal.
    pub async fn read_request(
        &self,
        caller: &Caller,
        reference: &str,
        language: Language,
    ) -> Result<RequestView, Rejected> {
        at_the_board(caller)?;
        let request = self.request(reference).await?;
        let held = self.dossier(request.file).await?.held();
        let values = self
            .opened_of_request(caller, &request, held.without(self.named("letter_scan")?))
            .await?;
        self.request_view(&request, values, language).await
    }

    /// Opens these fields of a request's record for the responsible person.
    pub(super) async fn opened_of_request(
        &self,
        caller: &Caller,
        request: &SubjectRequest,
        fields: FieldSet,
    ) -> Result<Values, Rejected> {
        // The register's own line of a withdrawal has no record beside the person's, and that is read by nobody here.
        let category = self.dossier(request.file).await?.category();
        if fields.is_empty() || category != Some(Category::Writer) {
            return Ok(Values::new());
        }
        let key = IdempotencyKey::random(self.chance());
        let operation = self.on_request::<Extract>(caller.actor, request, key).on(fields);
        match self
            .perform(&operation, &Circumstances::responsible(caller), &())
            .await?
        {
            Outcome::Done { output, .. } => Ok(output),
            Outcome::Repeated(_) => Ok(Values::new()),
        }
    }
}

/// 5.1.1, 5.1.4-d: the board is the responsible person's, once the policy in force was read (PRE-1); for everybody else
/// there is nothing.
pub(crate) fn at_the_board(caller: &Caller) -> Result<(), Rejected> {
    let card = caller.staff_card()?;
    if card.role != Role::RESPONSIBLE {
        return Err(Rejected::NotFound);
    }
    familiar_with_policy(caller)
}

/// PRE-1: nothing is open to a member of staff who did not read the policy in force.
pub(crate) fn familiar_with_policy(caller: &Caller) -> Result<(), Rejected> {
    if caller.staff_card()?.familiar {
        Ok(())
    } else {
        let rules = vec![Clause::fixed("PRE-1")];
        Err(Refusal::new(Verb::Extract, rules, FieldSet::RECORD).into())
    }
}
