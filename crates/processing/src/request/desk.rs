//! 5.1.1: the responsible person sees every request by its due date, opens one, and reads what was written. A list shows
//! no person; reading is an operation with its entry.

use jiff::Timestamp;
use sandyq_model::act::Extract;
use sandyq_model::value::Values;
use sandyq_model::{
    Category, Channel, Clause, FieldSet, IdempotencyKey, Refusal, RequestKind, RequestState, Role, Verb,
};
use sandyq_policy::Language;
use sandyq_store::tables::job;
use sandyq_store::tables::subject_request::{self, SubjectRequest};

use super::view::RequestView;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::perform::Outcome;
use crate::rejected::Rejected;
use crate::system::System;

/// Requests on one page of the board.
const PAGE_REQUESTS: u32 = 25;
/// So many letters that nobody took are counted.
const UNDELIVERED_MAX: u32 = 1_000;
/// The last page that can be asked for.
const PAGE_MAX: u32 = 10_000;

/// A page of the board.
#[derive(Clone, Debug)]
pub struct Board {
    /// The requests.
    pub rows: Vec<BoardRow>,
    /// The page, from 1.
    pub page: u32,
    /// Whether another one follows.
    pub more: bool,
    /// Whether these are the closed ones.
    pub closed: bool,
    /// Letters that nobody took in the last days, whoever they were to.
    pub undelivered: usize,
}

/// One line of the board: nothing personal.
#[derive(Clone, Debug)]
pub struct BoardRow {
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
    /// Past its day.
    pub late: bool,
    /// One working day or less is left.
    pub warned: bool,
}

impl System {
    /// The board: open requests by their due date, or closed ones.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person.
    pub async fn requests_board(&self, caller: &Caller, closed: bool, page: u32) -> Result<Board, Rejected> {
        at_the_board(caller)?;
        let page = page.clamp(1, PAGE_MAX);
        let offset = (page - 1) * PAGE_REQUESTS;
        let (mut found, undelivered) = self
            .store()
            .read(move |reader| {
                let found = if closed {
                    subject_request::closed(reader, PAGE_REQUESTS + 1, offset)?
                } else {
                    subject_request::open(reader, PAGE_REQUESTS + 1, offset)?
                };
                Ok((found, job::given_up(reader, UNDELIVERED_MAX)?.len()))
            })
            .await?;
        let more = found.len() > PAGE_REQUESTS as usize;
        found.truncate(PAGE_REQUESTS as usize);
        let now = self.now();
        Ok(Board {
            rows: found.iter().map(|request| row(request, now)).collect(),
            page,
            more,
            closed,
            undelivered,
        })
    }

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

fn row(request: &SubjectRequest, now: Timestamp) -> BoardRow {
    BoardRow {
        reference: request.reference.clone(),
        kind: request.kind,
        channel: request.channel,
        state: request.state,
        received_at: request.received_at,
        due_at: request.due_at,
        late: request.due_at < request.closed_at.unwrap_or(now),
        warned: request.warned_at.is_some(),
    }
}
