//! 5.1.7: the looks themselves. Each is counted before it is done, decided by the policy, and entered as every look is.

use jiff::Timestamp;
use sandyq_model::ProposalId;
use sandyq_policy::Language;
use sandyq_store::tables::case_file::CaseFile;
use sandyq_store::tables::emergency;
use sandyq_store::{Commit, CommitError};

use crate::access::Caller;
use crate::cases::CaseView;
use crate::cases::desk::ShownField;
use crate::circumstances::Circumstances;
use crate::dossier::Dossier;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// A case that is open in an emergency.
pub struct EmergencyLook {
    /// Which.
    pub id: ProposalId,
    /// What it is about.
    pub case: CaseView,
    /// Until when it is open.
    pub until: Timestamp,
    /// Exactly the fields that the policy allows.
    pub fields: Vec<ShownField>,
    /// The ledger entry of this look.
    pub entry: u64,
}

/// A case that is open to the caller now.
struct Open {
    dossier: std::sync::Arc<Dossier>,
    case: CaseFile,
    until: Timestamp,
}

impl System {
    /// Looks at a case that is open to the caller in an emergency.
    ///
    /// # Errors
    /// The policy's refusal; [`Rejected::NotFound`] for everybody else, and when the minutes are over.
    pub async fn look_in_emergency(
        &self,
        caller: &Caller,
        id: ProposalId,
        language: Language,
    ) -> Result<EmergencyLook, Rejected> {
        let open = self.begin_look(caller, id).await?;
        let circumstances = Circumstances::emergency(caller);
        let operation = self.look_of_emergency(&caller.actor, &open.dossier, &open.case, &circumstances)?;
        let (values, entry) = self.looked(&operation, caller, &circumstances).await?;
        Ok(EmergencyLook {
            id,
            case: self.case_view(&open.case, language),
            until: open.until,
            fields: self.shown_fields((&open.dossier, &open.case), values, language)?,
            entry,
        })
    }

    /// Shows one field of such a case in full, where its class allows that: a look of its own.
    ///
    /// # Errors
    /// As [`System::look_in_emergency`].
    pub async fn reveal_in_emergency(
        &self,
        caller: &Caller,
        id: ProposalId,
        field: &str,
        language: Language,
    ) -> Result<ShownField, Rejected> {
        let field = self.policy().field_named(field).ok_or(Rejected::NotFound)?;
        let open = self.begin_look(caller, id).await?;
        let purpose = self.policy().case_purpose(&open.case.kind);
        let operation = self
            .look(caller.actor, &open.dossier, &open.case, purpose)?
            .on(sandyq_model::FieldSet::only(field));
        let circumstances = Circumstances::emergency(caller);
        let (values, _) = self.looked(&operation, caller, &circumstances).await?;
        self.shown_in_full(&open.case, (field, values), language)
    }

    /// Counts a look at a case that is open to the caller: whoever judges it sees how often that was.
    async fn begin_look(&self, caller: &Caller, id: ProposalId) -> Result<Open, Rejected> {
        self.may_ask_in_emergency(caller)?;
        let (by, now) = (caller.actor.id, self.now());
        let found = self
            .store()
            .read(move |reader| emergency::find(reader, id))
            .await?;
        let row = found
            .filter(|row| row.asked_by == by && now < row.until)
            .ok_or(Rejected::NotFound)?;
        let reference = row.reference.ok_or(Rejected::NotFound)?;
        let (dossier, case) = self.case_by_reference(&reference).await?;
        let commit = Commit {
            statements: vec![emergency::count_look(id, by, now)],
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(Open {
                dossier,
                case,
                until: row.until,
            }),
            Err(CommitError::Conflict(_)) => Err(Rejected::NotFound),
            Err(other) => Err(refused_commit(other)),
        }
    }
}
