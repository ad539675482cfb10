//! A request as pages show it: where it stands, what happened, what happens next.

use std::sync::Arc;

use jiff::Timestamp;
use sandyq_model::value::Values;
use sandyq_model::{Channel, ConsentId, Fault, FieldSet, Plain, RequestKind, RequestState, Step};
use sandyq_policy::Language;
use sandyq_policy::declarations::WordKind;
use sandyq_store::tables::subject_request::{self, SubjectRequest};

use crate::dossier::Dossier;
use crate::rejected::Rejected;
use crate::system::System;
use crate::systematize::Joined;

/// One request.
pub struct RequestView {
    /// Its reference.
    pub reference: String,
    /// What is asked for.
    pub kind: RequestKind,
    /// By which way it came.
    pub channel: Channel,
    /// How far it has come.
    pub state: RequestState,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it is due.
    pub due_at: Timestamp,
    /// When the policy and when the law want it answered.
    pub due_by: (Timestamp, Timestamp),
    /// Whether it is open past its day, or was closed after it.
    pub late: bool,
    /// Whether one working day or less is left.
    pub warned: bool,
    /// Whether it is certain from whom it is, and by what.
    pub identity: Option<String>,
    /// Whether somebody was named as the one it is about.
    pub about_somebody: bool,
    /// How often it was tried to show it.
    pub attempts: u32,
    /// The number in the register of letters.
    pub letter: Option<String>,
    /// The date on the envelope.
    pub envelope_on: Option<String>,
    /// The norm of a refusal.
    pub norm: Option<String>,
    /// Why it was late.
    pub late_reason: Option<String>,
    /// The reference of the request that it went into.
    pub merged_into: Option<String>,
    /// The article that sets its deadline.
    pub law: String,
    /// The language to answer in.
    pub language: Language,
    /// The consents that can be taken back one by one, where that is asked for and it is certain by whom (6.3-e): each by
    /// its id and its words.
    pub consents: Vec<(ConsentId, String)>,
    /// The fields that can be corrected, where that is asked for and it is certain by whom (6.2): name in forms and label.
    pub correctable: Vec<(String, String)>,
    /// What happened, oldest first.
    pub steps: Vec<StepView>,
    /// The other records that are taken for the same person's, once it is certain by whom it is asked (6.1).
    pub joined: Vec<Joined>,
    /// The texts that were opened: label and value, by the field's name.
    pub texts: Vec<(String, String, Plain<String>)>,
}

/// One step of a request.
#[derive(Clone, Debug)]
pub struct StepView {
    /// What was done.
    pub step: Step,
    /// When.
    pub at: Timestamp,
    /// By whom, as a role in words.
    pub who: String,
    /// Under which clause.
    pub clause: String,
}

impl RequestView {
    /// The text of that field, if it was opened.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&Plain<String>> {
        self.texts
            .iter()
            .find(|(field, _, _)| field == name)
            .map(|(_, _, value)| value)
    }
}

impl System {
    /// The request of that reference.
    pub(super) async fn request(&self, reference: &str) -> Result<SubjectRequest, Rejected> {
        let wanted = reference.trim().to_owned();
        let found = self
            .store()
            .read(move |reader| subject_request::by_reference(reader, &wanted))
            .await?;
        found.ok_or(Rejected::NotFound)
    }

    pub(super) async fn request_view(
        &self,
        request: &SubjectRequest,
        values: Values,
        language: Language,
    ) -> Result<RequestView, Rejected> {
        let file = request.file;
        let steps = self
            .store()
            .read(move |reader| subject_request::steps(reader, file))
            .await?;
        let steps = steps.into_iter().map(|step| StepView {
            step: step.step,
            at: step.at,
            who: self.role_label(step.role, language),
            clause: step.step.clause(request.kind).as_str().to_owned(),
        });
        let texts = values.into_iter().map(|(field, value)| {
            let name = self.policy().field_name(field).to_owned();
            (name, self.field_label(field, language), value)
        });
        let joined = match self.certain(request) {
            Ok(subject) => self.joined_to(&*self.dossier(subject).await?).await?,
            Err(_) => Vec::new(),
        };
        Ok(RequestView {
            joined,
            correctable: self.fields_to_correct(request, language).await?,
            consents: self.consents_to_take_back(request, language).await?,
            reference: request.reference.clone(),
            kind: request.kind,
            channel: request.channel,
            state: request.state,
            received_at: request.received_at,
            due_at: request.due_at,
            due_by: (request.due_policy, request.due_law),
            late: request.due_at < request.closed_at.unwrap_or_else(|| self.now()),
            warned: request.warned_at.is_some(),
            identity: request.identity_at.and(request.identity_by.clone()),
            about_somebody: request.about.is_some(),
            attempts: request.identity_attempts,
            letter: request.letter.map(|(year, number)| format!("{year}-{number:05}")),
            envelope_on: request.envelope_on.clone(),
            norm: request.norm.clone(),
            late_reason: request.late_reason.clone(),
            merged_into: request.merged_into.clone(),
            law: self.law_of(request.kind, request.received_at),
            language: request.locale.parse().unwrap_or(Language::Kk),
            steps: steps.collect(),
            texts: texts.collect(),
        })
    }

    /// What is known of whom a request of that kind is about, once that is certain.
    async fn certain_of(
        &self,
        request: &SubjectRequest,
        kind: RequestKind,
    ) -> Result<Option<Arc<Dossier>>, Fault> {
        match self.certain(request) {
            Ok(subject) if request.kind == kind => self.dossier(subject).await.map(Some),
            _ => Ok(None),
        }
    }

    async fn consents_to_take_back(
        &self,
        request: &SubjectRequest,
        language: Language,
    ) -> Result<Vec<(ConsentId, String)>, Fault> {
        let Some(dossier) = self.certain_of(request, RequestKind::Withdraw).await? else {
            return Ok(Vec::new());
        };
        let words = self.policy().words(language);
        let live = dossier.live_consents(self.now());
        Ok(live
            .map(|(row, _)| (row.id, words.label(WordKind::Consent, &row.item).to_owned()))
            .collect())
    }

    async fn fields_to_correct(
        &self,
        request: &SubjectRequest,
        language: Language,
    ) -> Result<Vec<(String, String)>, Fault> {
        let Some(dossier) = self.certain_of(request, RequestKind::Clarify).await? else {
            return Ok(Vec::new());
        };
        let category = dossier
            .category()
            .map(|category| self.policy().category_fields(category));
        let fields = category.unwrap_or(FieldSet::EMPTY);
        let fields = fields
            .iter()
            .filter(|field| self.can_be_corrected(&dossier, *field));
        Ok(fields
            .map(|field| {
                let name = self.policy().field_name(field).to_owned();
                (name, self.field_label(field, language))
            })
            .collect())
    }
}
