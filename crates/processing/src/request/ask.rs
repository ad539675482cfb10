//! 6.2 to 6.4, 7: somebody who is signed in asks on their own page. Who they are was shown when they came in.

use sandyq_model::act::Extract;
use sandyq_model::value::{self, Context, ValueKind, Values};
use sandyq_model::{
    Channel, Field, FieldSet, IdempotencyKey, Plain, Problem, RequestKind, RequestState, Step, time,
};
use sandyq_policy::Language;
use sandyq_store::tables::subject_request::{self, SubjectRequest};

use super::register::Incoming;
use super::view::RequestView;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::perform::Outcome;
use crate::rejected::Rejected;
use crate::system::System;

/// By what somebody is known who is signed in.
const BY_SESSION: &str = "portal";
/// Requests that one person has open at a time.
const OPEN_MAX: usize = 20;
/// Requests that one page lists.
const LISTED_MAX: u32 = 100;

/// What can be asked for on one's own page. A withdrawal has a page of its own, which shows first what it does.
pub struct Asking;

impl Asking {
    /// The kinds, in the order of the page.
    pub const KINDS: [RequestKind; 8] = [
        RequestKind::Inform,
        RequestKind::Access,
        RequestKind::Clarify,
        RequestKind::Block,
        RequestKind::Unblock,
        RequestKind::Object,
        RequestKind::Complain,
        RequestKind::Question,
    ];

    /// Whether something must be written for it.
    #[must_use]
    pub const fn needs_words(kind: RequestKind) -> bool {
        matches!(
            kind,
            RequestKind::Clarify | RequestKind::Object | RequestKind::Complain | RequestKind::Question
        )
    }
}

impl System {
    /// Takes a request of the caller in; gives its reference. What looks like a card or identification number in the
    /// text is covered before anything is kept (2.2.8).
    ///
    /// # Errors
    /// A mistake with `kind` or `message`, a refusal, or a fault; nothing is stored then.
    pub async fn ask(
        &self,
        caller: &Caller,
        kind: RequestKind,
        words: &Plain<String>,
        language: Language,
        key: IdempotencyKey,
    ) -> Result<String, Rejected> {
        let subject = caller.own_subject()?;
        if !Asking::KINDS.contains(&kind) {
            return Err(Rejected::mistake("kind", Problem::Choice));
        }
        let values = self.words_asked(words, Asking::needs_words(kind))?;
        let open = self.requests_about(caller).await?;
        if open.iter().filter(|request| request.closed_at.is_none()).count() >= OPEN_MAX {
            return Err(Rejected::mistake("kind", Problem::Attempts));
        }
        let incoming = Incoming {
            kind,
            channel: Channel::Portal,
            received_at: self.now(),
            values,
            shown: Some((subject, BY_SESSION)),
            language,
            envelope: None,
        };
        let reference = self
            .register(caller.actor, &Circumstances::OWN, incoming, key)
            .await?;
        let request = self.request(&reference).await?;
        if request.state == RequestState::Received {
            let step = if kind.needs_identity() {
                Step::ShowIdentity
            } else {
                Step::Begin
            };
            self.take_step(caller.actor, &request, step, |_| ()).await?;
        }
        Ok(reference)
    }

    /// The text of a request as a value.
    pub(super) fn words_asked(&self, words: &Plain<String>, needed: bool) -> Result<Values, Rejected> {
        if words.expose().trim().is_empty() && !needed {
            return Ok(Values::new());
        }
        let value = self
            .text_value(ValueKind::LongText, words)
            .map_err(|problem| Rejected::mistake("message", problem))?;
        Ok(Values::from([(self.named("message")?, value)]))
    }

    pub(super) fn text_value(
        &self,
        kind: ValueKind,
        words: &Plain<String>,
    ) -> Result<Plain<String>, Problem> {
        let context = Context {
            today: time::day_in_kazakhstan(self.now()),
            in_kazakhstan: false,
        };
        value::parse(kind, words, context)
    }

    pub(super) fn named(&self, name: &str) -> Result<Field, Rejected> {
        self.policy()
            .field_named(name)
            .ok_or_else(|| Rejected::mistake(name, Problem::Unknown))
    }

    /// The caller's requests, newest first: those of which it is certain that they are theirs.
    ///
    /// # Errors
    /// When nobody is signed in, or the store does not answer.
    pub async fn my_requests(
        &self,
        caller: &Caller,
        language: Language,
    ) -> Result<Vec<RequestView>, Rejected> {
        let mut views = Vec::new();
        for request in self.requests_about(caller).await? {
            views.push(self.request_view(&request, Values::new(), language).await?);
        }
        Ok(views)
    }

    /// One of the caller's requests, with what was asked and, once it is closed, what was answered.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for what is not there and for what is somebody else's.
    pub async fn my_request(
        &self,
        caller: &Caller,
        reference: &str,
        language: Language,
    ) -> Result<RequestView, Rejected> {
        let own = self.requests_about(caller).await?;
        let request = own
            .into_iter()
            .find(|request| request.reference == reference)
            .ok_or(Rejected::NotFound)?;
        let mut shown = FieldSet::only(self.named("message")?);
        if request.state.is_closed() {
            shown = shown.with(self.named("answer")?);
        }
        let held = self.dossier(request.file).await?.held().intersection(shown);
        let values = if held.is_empty() {
            Values::new()
        } else {
            let key = IdempotencyKey::random(self.chance());
            let operation = self.on_request::<Extract>(caller.actor, &request, key).on(held);
            match self.perform(&operation, &Circumstances::OWN, &()).await? {
                Outcome::Done { output, .. } => output,
                Outcome::Repeated(_) => Values::new(),
            }
        };
        self.request_view(&request, values, language).await
    }

    pub(super) async fn requests_about(&self, caller: &Caller) -> Result<Vec<SubjectRequest>, Rejected> {
        let subject = caller.own_subject()?;
        let all = self
            .store()
            .read(move |reader| subject_request::about(reader, subject, LISTED_MAX))
            .await?;
        Ok(all
            .into_iter()
            .filter(|request| request.identity_at.is_some())
            .collect())
    }
}
