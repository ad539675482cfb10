//! 1.2-b, 6.5: codes that are mailed to a contact on file. A code works once, for one ticket, within its time, for a few
//! attempts; a stranger's ticket looks and answers the same.

use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::act::{Confirm, Use};
use sandyq_model::value::{self, ValueKind};
use sandyq_model::{
    Actor, Category, Field, FieldSet, IdempotencyKey, Operation, Plain, Problem, Role, Standing, SubjectId,
};
use sandyq_policy::Language;
use sandyq_store::Commit;
use sandyq_store::tables::case_file;
use sandyq_store::tables::code::{self, Code};

use super::sessions::{self, SessionToken};
use crate::circumstances::Circumstances;
use crate::confirm::{Confirmation, Proof};
use crate::dossier::Dossier;
use crate::entry;
use crate::once::SentUnder;
use crate::perform::{Outcome as Performed, refused_commit};
use crate::queue;
use crate::rejected::Rejected;
use crate::system::System;
use crate::usage::{Usage, Used};

/// Attempts at a code, when the policy sets no limit.
const ATTEMPTS_MAX: u32 = 5;
/// Codes of one kind that a subject is sent in an hour.
const SENT_PER_HOUR_MAX: u64 = 5;

/// A way in that opened.
pub struct Entered {
    /// For the cookie.
    pub session: SessionToken,
    /// The case that the code belonged to, if it did.
    pub case: Option<String>,
}

/// What a code confirmed.
pub enum Confirmed {
    /// The record counts, and a session began.
    Whole(Entered),
    /// The person's own part; another code is on its way to the representative (DEF-11).
    Half,
}

impl Confirmed {
    /// The way in, where everything is confirmed.
    #[must_use]
    pub fn whole(self) -> Option<Entered> {
        match self {
            Self::Whole(entered) => Some(entered),
            Self::Half => None,
        }
    }
}

/// A mail was asked for; nobody learns whether there is somebody to mail to.
pub struct AskedForLink {
    /// The page on which the code is typed: a locator without rights.
    pub ticket: String,
    /// For a short-lived cookie of the browser that asked.
    pub binding: String,
}

impl System {
    /// What ties a ticket to the browser that asked for it.
    pub(crate) fn binding(&self, ticket: &str) -> String {
        hex::encode(
            self.vault()
                .form_hash(format!("binding {ticket}").as_bytes())
                .as_bytes(),
        )
    }

    /// 1.2-b: the person types the code that was mailed; the pending record becomes active and a session begins. Where a
    /// representative has to agree, it takes a second code, typed in the same place.
    ///
    /// # Errors
    /// A mistake with `code`; the same, after the same time, for a wrong, used, foreign or expired one.
    pub async fn confirm(
        &self,
        ticket: &str,
        binding: &str,
        typed: &Plain<String>,
        key: IdempotencyKey,
    ) -> Result<Confirmed, Rejected> {
        self.not_refused_sooner(self.try_confirm(ticket, binding, typed, key))
            .await
    }

    async fn try_confirm(
        &self,
        ticket: &str,
        binding: &str,
        typed: &Plain<String>,
        key: IdempotencyKey,
    ) -> Result<Confirmed, Rejected> {
        let id = self.bound_ticket(ticket, binding)?;
        let known = self.code_for(id, &[queue::CONFIRMS, queue::AGREES]).await?;
        let sent = self.sent_under(key, "confirm", &[&id, digits(typed).expose().as_bytes()]);
        let subject = known.subject;
        let secret = self.session_secret(id, key);
        let now = self.now();
        let dossier = self.dossier(subject).await?;
        let acting = if dossier.is_represented() {
            Actor::representative()
        } else {
            Actor::subject(subject)
        };
        let opening = sessions::of_subject(self, (subject, acting.role), secret, now);
        if self.was_done(sent).await? {
            if dossier.standing() == Some(Standing::Pending) {
                return Ok(Confirmed::Half);
            }
            return Ok(Confirmed::Whole(Entered {
                session: opening.token,
                case: self.first_case(subject).await?,
            }));
        }
        self.check_code(&known, typed).await?;
        let Some(category) = dossier.category() else {
            return Err(wrong());
        };
        if known.serves == queue::CONFIRMS && dossier.needs_agreement(self.policy()) {
            return self.hand_on(&dossier, (id, category), sent).await;
        }
        let _one = self.one_account_at_a_time().await;
        if category == Category::Registered {
            let email = queue::own_address(self, subject, category).await?;
            if self.is_taken(&email).await?.is_some_and(|owner| owner != subject) {
                return Err(wrong());
            }
        }
        let moved = self.moved_by_confirmation(&dossier, now);
        let mut statements = vec![code::spend(subject, id, now), opening.statement];
        statements.extend(moved.statements);
        let actor = if known.serves == queue::AGREES {
            Actor::representative()
        } else {
            acting
        };
        let operation: Operation<Confirm> =
            Operation::new(actor, subject, category, now, sent.key).submitted(sent.content);
        let proof = Confirmation::Waiting(Proof {
            statements,
            jobs: moved.jobs,
            channel: "e-mail".to_owned(),
        });
        if let Err(rejected) = self.perform(&operation, &Circumstances::OWN, &proof).await {
            return Err(if self.lacks_place(subject).await? {
                Rejected::mistake("code", Problem::NoPlace)
            } else {
                rejected
            });
        }
        self.wake();
        Ok(Confirmed::Whole(Entered {
            session: opening.token,
            case: self.first_case(subject).await?,
        }))
    }

    /// DEF-11: the person confirmed; the record goes on waiting, and the ticket now takes the code that the representative is
    /// sent.
    async fn hand_on(
        &self,
        dossier: &Dossier,
        (id, category): ([u8; 16], Category),
        sent: SentUnder,
    ) -> Result<Confirmed, Rejected> {
        let (subject, now) = (dossier.subject, self.now());
        let until = dossier.known()?.due_at.unwrap_or(now);
        let detail = format!("{} {}", hex::encode(id), dossier.locale());
        let asked = Confirmation::Half {
            statements: vec![code::hand_on(
                subject,
                id,
                (queue::CONFIRMS, queue::AGREES),
                until,
            )],
            jobs: vec![queue::task(self, subject, queue::SEND_CODE, now, &detail)],
        };
        let operation: Operation<Confirm> =
            Operation::new(Actor::subject(subject), subject, category, now, sent.key).submitted(sent.content);
        self.perform(&operation, &Circumstances::OWN, &asked).await?;
        self.wake();
        Ok(Confirmed::Half)
    }

    /// 6.4, 6.5: somebody asks for the way to their data, by an e-mail address and an order's reference. The answer is
    /// the same for everybody.
    ///
    /// # Errors
    /// A mistake with `email` when it is no address.
    pub async fn ask_for_link(
        &self,
        email: Plain<String>,
        reference: &str,
        language: Language,
    ) -> Result<AskedForLink, Rejected> {
        let earliest = self.unhurried();
        let email = self.email_of(&email)?;
        let asked = self.ask_by(&email, reference, language).await;
        earliest.await;
        asked
    }

    async fn ask_by(
        &self,
        email: &Plain<String>,
        reference: &str,
        language: Language,
    ) -> Result<AskedForLink, Rejected> {
        let mut id = [0; 16];
        self.chance().fill(&mut id);
        let ticket = hex::encode(id);
        let binding = self.binding(&ticket);
        let wanted = reference.trim().to_uppercase();
        let found = self
            .store()
            .read(move |reader| case_file::by_reference(reader, &wanted))
            .await?;
        let is_sent = match found {
            Some((subject, _)) => self.send_way_in(subject, email, id, language).await?,
            None => false,
        };
        if !is_sent {
            self.note_nobody(id);
        }
        Ok(AskedForLink { ticket, binding })
    }

    /// 6.5: the person types the code; "my data" opens.
    ///
    /// # Errors
    /// A mistake with `code`; the same, after the same time, for a wrong, used or expired one, and in a browser that did
    /// not ask for it.
    pub async fn enter(
        &self,
        ticket: &str,
        binding: &str,
        typed: &Plain<String>,
        key: IdempotencyKey,
    ) -> Result<Entered, Rejected> {
        self.not_refused_sooner(self.try_enter(ticket, binding, typed, key))
            .await
    }

    async fn try_enter(
        &self,
        ticket: &str,
        binding: &str,
        typed: &Plain<String>,
        key: IdempotencyKey,
    ) -> Result<Entered, Rejected> {
        let id = self.bound_ticket(ticket, binding)?;
        let known = self.code_for(id, &[queue::ENTERS, queue::ENTERS_FOR]).await?;
        let actor = if known.serves == queue::ENTERS_FOR {
            Actor::representative()
        } else {
            Actor::subject(known.subject)
        };
        let sent = self.sent_under(key, "enter", &[&id, digits(typed).expose().as_bytes()]);
        let now = self.now();
        let opening = sessions::of_subject(
            self,
            (known.subject, actor.role),
            self.session_secret(id, key),
            now,
        );
        if self.was_done(sent).await? {
            return Ok(Entered {
                session: opening.token,
                case: None,
            });
        }
        self.check_code(&known, typed).await?;
        let dossier = self.dossier(known.subject).await?;
        let mut statements = vec![code::spend(known.subject, id, now), opening.statement];
        let moves = dossier.standing() == Some(Standing::Active) && self.is_relation(&dossier, now);
        if moves {
            statements.extend(self.relation_used(&dossier, now)?);
        }
        let mut signed_in =
            entry::of_happening(&actor, Happening::SignedIn, Outcome::Done, Detail::None, self);
        signed_in.subject = dossier.pseudonym;
        let commit = Commit {
            subject: moves.then_some((known.subject, dossier.version)),
            moves,
            statements,
            entries: vec![signed_in],
            once: Some(sent.answered(Vec::new())),
            ..Commit::default()
        };
        let committed = self.commit_about(known.subject, commit).await;
        committed.map_err(refused_commit)?;
        Ok(Entered {
            session: opening.token,
            case: None,
        })
    }

    /// 2.2.1: the comparison says "the same" or "not the same", and shows nothing; a match queues the mail. Whether
    /// it did is for nobody outside.
    async fn send_way_in(
        &self,
        subject: SubjectId,
        email: &Plain<String>,
        ticket: [u8; 16],
        language: Language,
    ) -> Result<bool, Rejected> {
        let dossier = self.dossier(subject).await?;
        let Some(serves) = self.way_in(&dossier, email).await? else {
            return Ok(false);
        };
        if dossier.is_closed() || self.has_second_proof(subject).await? {
            return Ok(false);
        }
        let now = self.now();
        let since = now - jiff::SignedDuration::from_hours(1);
        let sent = self
            .store()
            .read(move |reader| code::sent_since(reader, subject, serves, since))
            .await?;
        if sent >= SENT_PER_HOUR_MAX {
            return Ok(false);
        }
        let until = now + jiff::SignedDuration::from_hours(1);
        let detail = format!("{} {language}", hex::encode(ticket));
        let commit = Commit {
            statements: vec![code::insert(&queue::unsent_code(
                subject, ticket, serves, now, until,
            ))],
            jobs: vec![queue::task(self, subject, queue::SEND_CODE, now, &detail)],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        self.wake();
        Ok(true)
    }

    /// Whose address it is: the person's, unless somebody acts in their place, or that of the representative (DEF-11).
    async fn way_in(
        &self,
        dossier: &Dossier,
        email: &Plain<String>,
    ) -> Result<Option<&'static str>, Rejected> {
        if !dossier.is_represented() && self.recognises(dossier, email).await? {
            return Ok(Some(queue::ENTERS));
        }
        let theirs = dossier.representative_address(self.policy());
        let is_theirs = match theirs {
            Some(field) => self.recognises_by(dossier, field, email).await?,
            None => false,
        };
        Ok(is_theirs.then_some(queue::ENTERS_FOR))
    }

    pub(super) async fn recognises(
        &self,
        dossier: &Dossier,
        email: &Plain<String>,
    ) -> Result<bool, Rejected> {
        match self.policy().field_named("email") {
            Some(field) => self.recognises_by(dossier, field, email).await,
            None => Ok(false),
        }
    }

    async fn recognises_by(
        &self,
        dossier: &Dossier,
        field: Field,
        email: &Plain<String>,
    ) -> Result<bool, Rejected> {
        let token = self
            .vault()
            .blind_index(field, &value::folded(ValueKind::Email, email));
        let usage = Usage::Match {
            claimed: vec![(field, token)],
        };
        let said = self.identified(dossier, field, &usage).await?;
        Ok(matches!(said, Some(Used::Matches(true))))
    }

    /// 2.2.1: whether the policy lets somebody be identified who proved it without any value of theirs.
    pub(super) async fn is_identified(&self, dossier: &Dossier) -> Result<bool, Rejected> {
        match self.policy().field_named("email") {
            Some(field) => Ok(self.identified(dossier, field, &Usage::Proven).await?.is_some()),
            None => Ok(false),
        }
    }

    /// What comes of an identification; nothing when the policy refuses it.
    async fn identified(
        &self,
        dossier: &Dossier,
        field: Field,
        usage: &Usage,
    ) -> Result<Option<Used>, Rejected> {
        let Some(category) = dossier.category() else {
            return Ok(None);
        };
        let subject = dossier.subject;
        let key = IdempotencyKey::random(self.chance());
        let operation: Operation<Use> =
            Operation::new(Actor::system(Role::SITE), subject, category, self.now(), key)
                .on(FieldSet::only(field))
                .for_purpose(queue::identification(category));
        match self.perform(&operation, &Circumstances::SYSTEM, usage).await {
            Ok(Performed::Done { output, .. }) => Ok(Some(output)),
            Ok(_) | Err(Rejected::Refusal(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The id in a ticket, for the browser that it was given to.
    pub(super) fn bound_ticket(&self, ticket: &str, binding: &str) -> Result<[u8; 16], Rejected> {
        if sandyq_store::vault::equal(self.binding(ticket).as_bytes(), binding.as_bytes()) {
            ticket_id(ticket)
        } else {
            Err(wrong())
        }
    }

    pub(super) async fn code_of(&self, id: [u8; 16], serves: &str) -> Result<Code, Rejected> {
        self.code_for(id, &[serves]).await
    }

    /// The code of that ticket, if it serves one of these.
    async fn code_for(&self, id: [u8; 16], serves: &[&str]) -> Result<Code, Rejected> {
        let found = self.store().read(move |reader| code::by_id(reader, id)).await?;
        match found.filter(|code| serves.contains(&code.serves.as_str())) {
            Some(code) => Ok(code),
            None if self.tickets().are_used_up(id, self.attempts_max(), self.now()) => {
                Err(Rejected::mistake("code", Problem::Attempts))
            }
            None => Err(wrong()),
        }
    }

    fn attempts_max(&self) -> u32 {
        self.policy().counted("code-attempts", ATTEMPTS_MAX)
    }

    /// Notes that a ticket belongs to nobody.
    pub(super) fn note_nobody(&self, ticket: [u8; 16]) {
        let now = self.now();
        let until = now + jiff::SignedDuration::from_mins(i64::from(queue::code_minutes(self)));
        self.tickets().note(ticket, until, now);
    }

    /// Counts the attempt before looking, so that attempts at the same time cannot outrun the limit.
    pub(crate) async fn check_code(&self, known: &Code, typed: &Plain<String>) -> Result<(), Rejected> {
        self.count_attempt(known).await?;
        let hash = self
            .vault()
            .code_hash(known.subject, &known.serves, &digits(typed));
        if hash.matches(&known.hash) {
            return Ok(());
        }
        let actor = Actor::system(Role::SITE);
        let mut refused = entry::of_happening(
            &actor,
            Happening::CodeRefused,
            Outcome::Refused,
            Detail::Credentials,
            self,
        );
        refused.subject = self.dossier(known.subject).await?.pseudonym;
        let commit = Commit {
            entries: vec![refused],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        Err(wrong())
    }

    /// One attempt more, if the code still works and there is one left.
    pub(super) async fn count_attempt(&self, known: &Code) -> Result<(), Rejected> {
        let limit = self.attempts_max();
        if known.used_at.is_some() || known.expires_at <= self.now() {
            return Err(wrong());
        }
        let attempt = code::count_attempt_below(known.subject, known.id, limit);
        let attempted = self
            .store()
            .commit(Commit {
                statements: vec![attempt],
                ..Commit::default()
            })
            .await;
        match attempted {
            Ok(_) => Ok(()),
            Err(sandyq_store::CommitError::Conflict(_)) => Err(Rejected::mistake("code", Problem::Attempts)),
            Err(other) => Err(refused_commit(other)),
        }
    }

    /// The same submission opens the same session, however often it is sent.
    fn session_secret(&self, ticket: [u8; 16], key: IdempotencyKey) -> [u8; 32] {
        let mut scope = b"session of a code ".to_vec();
        scope.extend_from_slice(&ticket);
        scope.extend_from_slice(key.as_bytes());
        *self.vault().form_hash(&scope).as_bytes()
    }

    async fn first_case(&self, subject: SubjectId) -> Result<Option<String>, Rejected> {
        Ok(self
            .dossier(subject)
            .await?
            .cases
            .first()
            .map(|case| case.reference.clone()))
    }

    /// A code that does not fit is refused after the same time, whatever is wrong with it: a ticket of nobody's costs as
    /// much as somebody's.
    async fn not_refused_sooner<T>(
        &self,
        tried: impl Future<Output = Result<T, Rejected>>,
    ) -> Result<T, Rejected> {
        let earliest = self.unhurried();
        let tried = tried.await;
        if tried.is_err() {
            earliest.await;
        }
        tried
    }
}

fn ticket_id(ticket: &str) -> Result<[u8; 16], Rejected> {
    let mut id = [0; 16];
    hex::decode_to_slice(ticket, &mut id).map_err(|_| wrong())?;
    Ok(id)
}

/// The digits of a code, however they are grouped.
fn digits(typed: &Plain<String>) -> Plain<String> {
    Plain::new(typed.expose().chars().filter(char::is_ascii_digit).collect())
}

pub(super) fn wrong() -> Rejected {
    Rejected::mistake("code", Problem::Code)
}
