//! 6.4, 6.5: a request is registered: its texts become a record of their own, and its line in the register begins with
//! the due dates. Nothing is taken in for which no due date can be computed.

use jiff::Timestamp;
use sandyq_model::act::Record;
use sandyq_model::value::Values;
use sandyq_model::{
    Actor, Category, Channel, Fault, FieldSet, Ground, IdempotencyKey, Operation, Purpose, ReceiptId,
    RequestKind, RequestState, Role, Step, SubjectId, time,
};
use sandyq_policy::Language;
use sandyq_store::Statement;
use sandyq_store::tables::subject_request::{self, RequestStep, SubjectRequest};

use super::deadline;
use crate::cases::new_reference;
use crate::circumstances::Circumstances;
use crate::perform::Outcome;
use crate::record::{Beginning, Recorded};
use crate::rejected::Rejected;
use crate::retention::in_months;
use crate::system::System;

/// The article under which a request is taken in and answered, where its deadline names none.
const DUTY: &str = "Law 94-V, Art. 24, Art. 25(2)(6)-(9)";
/// Months after which an open request goes, when the policy sets no limit.
const OPEN_MONTHS: u32 = 36;

/// A request as it comes in.
pub(super) struct Incoming {
    pub kind: RequestKind,
    pub channel: Channel,
    pub received_at: Timestamp,
    pub values: Values,
    /// Whose data it is about, when that was shown already, and by what.
    pub shown: Option<(SubjectId, &'static str)>,
    pub language: Language,
    /// For a letter: the date on the envelope, if it has one.
    pub envelope: Option<Option<String>>,
}

impl System {
    /// Registers a request and gives its reference.
    pub(super) async fn register(
        &self,
        actor: Actor,
        circumstances: &Circumstances,
        incoming: Incoming,
        key: IdempotencyKey,
    ) -> Result<String, Rejected> {
        let file = SubjectId::random(self.chance());
        let request = self.line(file, &incoming)?;
        let reference = request.reference.clone();
        let mut fields: FieldSet = incoming.values.keys().copied().collect();
        if fields.is_empty() {
            fields = FieldSet::RECORD;
        }
        let operation = self.on_request::<Record>(actor, &request, key).on(fields);
        let months = self.policy().counted("request-open-months", OPEN_MONTHS);
        let input = Recorded {
            values: incoming.values,
            source: incoming.channel.name().to_owned(),
            serves: Vec::new(),
            case_changes: received(&request, actor.role).into(),
            jobs: Vec::new(),
            answer: reference.clone().into_bytes(),
            begins: Some(Beginning {
                category: Category::Writer,
                due_at: in_months(request.due_at, months)?,
            }),
        };
        Ok(match self.perform(&operation, circumstances, &input).await? {
            Outcome::Done { .. } => reference,
            Outcome::Repeated(answer) => String::from_utf8(answer).unwrap_or_default(),
        })
    }

    /// An operation on the record of a request: a duty under a law, with the article that sets its deadline.
    pub(super) fn on_request<V: sandyq_model::Act>(
        &self,
        actor: Actor,
        request: &SubjectRequest,
        key: IdempotencyKey,
    ) -> Operation<V> {
        let mut operation = Operation::new(actor, request.file, Category::Writer, self.now(), key)
            .for_purpose(Purpose::STATUTORY);
        operation.ground = Ground::Law {
            citation: self.law_of(request.kind, request.received_at),
        };
        operation
    }

    /// The article that sets the deadline of that kind.
    pub(super) fn law_of(&self, kind: RequestKind, received: Timestamp) -> String {
        let day = time::day_in_kazakhstan(received);
        let named = self
            .policy()
            .deadline(kind.name())
            .and_then(|own| own.law.as_ref());
        named
            .and_then(|name| self.policy().law_deadline(name, day))
            .map_or_else(|| DUTY.to_owned(), |law| law.citation.to_string())
    }

    fn line(&self, file: SubjectId, incoming: &Incoming) -> Result<SubjectRequest, Fault> {
        let due = deadline::due(self.policy(), incoming.kind, incoming.received_at)?;
        let year = time::day_in_kazakhstan(self.now()).year();
        Ok(SubjectRequest {
            file,
            reference: new_reference(self.chance()),
            kind: incoming.kind,
            channel: incoming.channel,
            state: RequestState::Received,
            received_at: incoming.received_at,
            due_policy: due.policy,
            due_law: due.law,
            due_at: due.at(),
            warned_at: None,
            closed_at: None,
            about: incoming.shown.map(|(subject, _)| subject),
            identity_at: incoming.shown.map(|_| self.now()),
            identity_by: incoming.shown.map(|(_, by)| by.to_owned()),
            identity_attempts: 0,
            norm: None,
            late_reason: None,
            locale: incoming.language.to_string(),
            letter: incoming.envelope.as_ref().map(|_| (i32::from(year), 0)),
            envelope_on: incoming.envelope.clone().flatten(),
            merged_into: None,
        })
    }

    /// 6.3: the line of a withdrawal that needs no other record than the person's own; the receipt's number is its
    /// reference.
    pub(crate) fn withdrawal_registered(
        &self,
        subject: SubjectId,
        channel: Channel,
        receipt: ReceiptId,
    ) -> Result<SubjectRequest, Fault> {
        let incoming = Incoming {
            kind: RequestKind::Withdraw,
            channel,
            received_at: self.now(),
            values: Values::new(),
            shown: Some((subject, channel.name())),
            language: Language::Kk,
            envelope: None,
        };
        Ok(SubjectRequest {
            reference: receipt.to_string(),
            state: RequestState::Answering,
            ..self.line(subject, &incoming)?
        })
    }
}

/// The line of a request and its first step.
pub(crate) fn received(request: &SubjectRequest, role: Role) -> [Statement; 2] {
    let first = RequestStep {
        step: Step::Receive,
        state: request.state,
        at: request.received_at,
        role,
    };
    [
        subject_request::insert(request),
        subject_request::add_step(request.file, first),
    ]
}
