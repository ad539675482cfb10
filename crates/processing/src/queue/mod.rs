//! Design 4.6: the queue. What an operation must cause, it leaves here in its own commit; the worker brings each piece
//! along the one path, under its own permit. Time-driven operations have the schedule as their actor.
//!
//! Every handler may run twice: a crash between its commit and the end of its lease brings the same work back.

mod returned;
mod upkeep;
mod worker;

use jiff::{SignedDuration, Timestamp};
use sandyq_model::act::{Delete, Destroy, Unblock, Use};
use sandyq_model::{
    Actor, CaseId, Category, Field, FieldSet, IdempotencyKey, JobId, Operation, Plain, Purpose, ReceiptId,
    Role, Standing, SubjectId,
};
use sandyq_policy::Language;
use sandyq_store::tables::code::{self, Code};
use sandyq_store::tables::job;
pub use sandyq_store::tables::job::REQUESTS;
use sandyq_store::{Job, Statement};

use crate::breach;
use crate::cases::State;
use crate::circumstances::Circumstances;
use crate::delete::Deletion;
use crate::destroy::{Destruction, receipt};
use crate::dossier::Dossier;
use crate::perform::Outcome;
use crate::ports::{Delivery, Letter, Message, Notice};
use crate::rejected::Rejected;
use crate::retention;
use crate::system::System;
use crate::transfer;
use crate::usage::{Usage, Used};
use returned::ReturnPath;

/// What the kind of every job begins with that sends a letter.
pub(crate) const LETTERS: &str = "send-";
/// Mails the code of a ticket.
pub const SEND_CODE: &str = "send-code";
/// Mails that an order was placed.
pub const SEND_ORDER: &str = "send-order";
/// Mails that something was taken in, with its reference.
pub const SEND_TAKEN: &str = "send-taken";
/// Tells the owner of an account that somebody wanted to register with their address.
pub const SEND_KNOWN: &str = "send-known";
/// Tells the owner of an account what was done with it.
pub const SEND_NOTICE: &str = "send-notice";
/// Ends an account, then destroys.
pub const DELETE: &str = "delete";
/// Destroys what is due.
pub const DESTROY: &str = "destroy";
/// Mails the code by which somebody who wrote shows who they are (6.5).
pub const SEND_IDENTITY: &str = "send-identity";
/// Mails that a request was answered: the answer itself stands on the person's own page (6.5).
pub const SEND_ANSWERED: &str = "send-answered";
/// Mails that a case was decided about: what was decided stands on the person's own page (1.3).
pub const SEND_DECIDED: &str = "send-decided";
/// Mails that a case was opened to another desk in an emergency: who looked at what stands on the person's own page (5.1.7).
pub const SEND_EMERGENCY: &str = "send-emergency";
/// Mails that something of theirs was handed over: to whom stands on the person's own page (4.2).
pub const SEND_HANDED: &str = "send-handed";
/// Mails a recipient that it must stop using what it had been given (6.3).
pub const SEND_RECALL: &str = "send-recall";
/// Tells the same to the address on the network to which it went.
pub const SEND_RECALL_HOOK: &str = "send-recall-webhook";
/// Mails that an account was closed, why, and what follows (1.3).
pub const SEND_CLOSED: &str = "send-closed";
/// Tells somebody of a breach that concerns them (5.1.3).
pub const SEND_BREACH: &str = "send-breach";
/// Looks for the people of a breach, or leaves the letters to them, a piece at a time (5.1.3).
pub const BREACH_ACT: &str = "breach-act";
/// Signs the receipt of a destruction.
pub const RECEIPT: &str = "receipt";

/// What a code is for: confirming a consent.
pub const CONFIRMS: &str = "confirm";
/// What a code is for: the representative's consent, in the person's place or beside theirs (DEF-11).
pub const AGREES: &str = "agree";
/// What a code is for: opening "my data".
pub const ENTERS: &str = "enter";
/// What a code is for: opening "my data" for the representative.
pub const ENTERS_FOR: &str = "enter-for";
/// What a code is for: proving the address of an account whose password is forgotten.
pub const RESETS: &str = "reset";
/// What a code is for: proving a new address of an account.
pub const ADDRESS: &str = "address";
/// What a proof is for: going on to the second proof.
pub const SECOND: &str = "second";
/// What a proof is for: choosing a new password.
pub const CHOOSES: &str = "choose";

/// What a code is for: showing from whom a request is (6.5).
pub const IDENTIFIES: &str = "identify";

/// Digits of a code.
const CODE_DIGITS: usize = 8;
/// Minutes for which a code works, when the policy sets no limit.
const CODE_MINUTES: u32 = 30;

/// A piece of work about a subject.
pub(crate) fn task(system: &System, subject: SubjectId, kind: &str, at: Timestamp, detail: &str) -> Job {
    Job {
        subject: Some(subject),
        id: JobId::random(system.chance()),
        kind: kind.to_owned(),
        detail: detail.as_bytes().to_vec(),
        run_at: at,
    }
}

/// The row of a code that is not sent yet: nothing matches it.
pub(crate) fn unsent_code(
    subject: SubjectId,
    ticket: [u8; 16],
    serves: &str,
    at: Timestamp,
    until: Timestamp,
) -> Code {
    Code {
        subject,
        id: ticket,
        serves: serves.to_owned(),
        hash: [0; 32],
        attempts: 0,
        expires_at: until,
        used_at: None,
        at,
    }
}

/// Does one piece of work; says what became of the letter, if it is one.
async fn work(system: &System, work: &Job) -> Result<Delivery, Rejected> {
    let detail = std::str::from_utf8(&work.detail).unwrap_or_default();
    let Some(subject) = work.subject else {
        return match work.kind.as_str() {
            SEND_RECALL => transfer::tell(system, detail).await,
            SEND_RECALL_HOOK => transfer::tell_by_webhook(system, detail).await,
            BREACH_ACT => breach::go_on(system, detail).await.map(|()| Delivery::Done),
            _ => Ok(Delivery::Done),
        };
    };
    match work.kind.as_str() {
        SEND_CODE => return send_code(system, subject, detail).await,
        SEND_ORDER | SEND_TAKEN => return send_reference(system, subject, detail).await,
        SEND_ANSWERED => {
            return send_word(system, subject, detail, |reference| Message::Answered {
                reference,
            })
            .await;
        }
        SEND_DECIDED => {
            return send_word(system, subject, detail, |reference| Message::Decided {
                reference,
            })
            .await;
        }
        SEND_EMERGENCY => {
            return send_word(system, subject, detail, |reference| Message::Emergency {
                reference,
            })
            .await;
        }
        SEND_HANDED => {
            if transfer::came_to_nothing(system, subject, detail).await? {
                return Ok(Delivery::Done);
            }
            return send_word(system, subject, detail, |reference| Message::HandedOver {
                reference,
            })
            .await;
        }
        SEND_CLOSED => return send_closed(system, subject, detail).await,
        SEND_BREACH => return breach::send(system, subject, detail).await,
        SEND_KNOWN => return send_notice(system, subject, Notice::Registered, detail).await,
        SEND_NOTICE => {
            let (notice, language) = detail.split_once(' ').unwrap_or((detail, "kk"));
            if let Some(notice) = Notice::of(notice) {
                return send_notice(system, subject, notice, language).await;
            }
        }
        SEND_IDENTITY => return send_identity(system, subject, detail).await,
        DELETE => delete(system, subject, detail).await?,
        DESTROY => destroy(system, subject, detail, work.id).await?,
        RECEIPT => receipt::issue(system, detail).await?,
        REQUESTS => system.requests_go_with(subject).await?,
        _ => {}
    }
    Ok(Delivery::Done)
}

/// Whether a kind of work is a letter.
fn is_letter(kind: &str) -> bool {
    kind.starts_with("send-")
}

/// 1.2-b: the code goes to the address that is on file, and only its hash stays.
async fn send_code(system: &System, subject: SubjectId, detail: &str) -> Result<Delivery, Rejected> {
    let (ticket, language) = ticket_and_language(detail)?;
    let dossier = system.dossier(subject).await?;
    let Some(category) = dossier.category() else {
        return Ok(Delivery::Done);
    };
    let Some(known) = system
        .store()
        .read(move |reader| code::by_id(reader, ticket))
        .await?
    else {
        return Ok(Delivery::Done);
    };
    if known.used_at.is_some() {
        return Ok(Delivery::Done);
    }
    let now = system.now();
    let minutes = code_minutes(system);
    let digits = new_code(system);
    let hash = system.vault().code_hash(subject, &known.serves, &digits);
    // A parent may be at work: the code of the representative is good for as long as the record waits.
    let until = if known.serves == AGREES {
        known.expires_at
    } else {
        now + SignedDuration::from_mins(i64::from(minutes))
    };
    let to_representative = matches!(known.serves.as_str(), AGREES | ENTERS_FOR);
    let address = if to_representative {
        dossier.representative_address(system.policy())
    } else {
        mail_field(system, &dossier)
    };
    let path = ReturnPath::of(system, subject, address);
    let armed = opened_with(&path, vec![code::arm(subject, ticket, *hash.as_bytes(), until)]);
    let operation =
        mailing_to(system, (subject, category), address, now).for_purpose(identification(category));
    let to = mail_address(system, &operation, &armed).await?;
    let ticket = hex::encode(ticket);
    let message = match known.serves.as_str() {
        AGREES => Message::AgreementCode {
            code: digits,
            ticket,
            hours: whole_hours(now, until),
            consents: system.agreed_to(&dossier, language),
        },
        CONFIRMS => Message::ConfirmationCode {
            code: digits,
            ticket,
            minutes,
        },
        RESETS => Message::ResetCode {
            code: digits,
            ticket,
            minutes,
        },
        _ => Message::EntryCode {
            code: digits,
            ticket,
            minutes,
        },
    };
    Ok(system
        .post()
        .send(Letter {
            to,
            language,
            message,
            return_path: path.token,
        })
        .await?)
}

/// Hours for which a code works at least; a promise never says more than is kept.
fn whole_hours(now: Timestamp, until: Timestamp) -> u32 {
    u32::try_from(until.duration_since(now).as_hours())
        .unwrap_or(0)
        .max(1)
}

/// Minutes for which a code works.
pub(crate) fn code_minutes(system: &System) -> u32 {
    system.policy().counted("code-minutes", CODE_MINUTES)
}

/// 2.2.1: the owner of an account reads what was done with it; the letter has no code and nothing personal.
async fn send_notice(
    system: &System,
    subject: SubjectId,
    notice: Notice,
    language: &str,
) -> Result<Delivery, Rejected> {
    let dossier = system.dossier(subject).await?;
    let Some(category) = dossier.category() else {
        return Ok(Delivery::Done);
    };
    let (to, return_path) = returnable_address(system, subject, category).await?;
    let letter = Letter {
        to,
        language: language.parse().unwrap_or(Language::Kk),
        message: Message::AccountNotice { notice },
        return_path,
    };
    Ok(system.post().send(letter).await?)
}

/// The field with the address to which letters go: the person's, or that of whoever acts for them (DEF-11).
pub(crate) fn mail_field(system: &System, dossier: &Dossier) -> Option<Field> {
    if dossier.is_represented() {
        dossier.representative_address(system.policy())
    } else {
        Field::new(EMAIL)
    }
}

/// The address of a subject, opened for a letter to them or to see whether it is taken (2.2.1).
pub(crate) async fn own_address(
    system: &System,
    subject: SubjectId,
    category: Category,
) -> Result<Plain<String>, Rejected> {
    let dossier = system.dossier(subject).await?;
    let operation = mailing(system, &dossier, category, system.now()).for_purpose(identification(category));
    let only_open = Usage::Open {
        statements: Vec::new(),
    };
    mail_address(system, &operation, &only_open).await
}

/// The address of a subject for one letter, with the return path of that letter (6.1).
async fn returnable_address(
    system: &System,
    subject: SubjectId,
    category: Category,
) -> Result<(Plain<String>, Option<String>), Rejected> {
    let dossier = system.dossier(subject).await?;
    let operation = mailing(system, &dossier, category, system.now()).for_purpose(identification(category));
    let path = ReturnPath::of(system, subject, mail_field(system, &dossier));
    let to = mail_address(system, &operation, &opened_with(&path, Vec::new())).await?;
    Ok((to, path.token))
}

/// An address that was opened for one letter.
pub(crate) struct Addressed {
    /// The address.
    pub(crate) address: Plain<String>,
    /// The return path of the letter (6.1).
    pub(crate) return_path: Option<String>,
}

/// An address opened under other circumstances than those of every day, with the return path of its letter.
pub(crate) async fn open_address(
    system: &System,
    operation: &Operation<Use>,
    circumstances: &Circumstances,
    field: Field,
) -> Result<Addressed, Rejected> {
    let path = ReturnPath::of(system, operation.subject, Some(field));
    let used = system
        .perform(operation, circumstances, &opened_with(&path, Vec::new()))
        .await?;
    Ok(Addressed {
        address: address_of(used)?,
        return_path: path.token,
    })
}

/// Opens an address; these rows change with it, and the return path is kept.
fn opened_with(path: &ReturnPath, mut statements: Vec<Statement>) -> Usage {
    statements.extend(path.rows.iter().cloned());
    Usage::Open { statements }
}

/// 6.5: whoever says to be that person tells us the code that only the contact on file gets.
async fn send_identity(system: &System, subject: SubjectId, detail: &str) -> Result<Delivery, Rejected> {
    let (ticket, language) = ticket_and_language(detail)?;
    let dossier = system.dossier(subject).await?;
    let found = system
        .store()
        .read(move |reader| code::by_id(reader, ticket))
        .await?;
    let (Some(category), Some(known)) = (dossier.category(), found.filter(|code| code.used_at.is_none()))
    else {
        return Ok(Delivery::Done);
    };
    let digits = new_code(system);
    let hash = system.vault().code_hash(subject, &known.serves, &digits);
    let path = ReturnPath::of(system, subject, mail_field(system, &dossier));
    let armed = opened_with(
        &path,
        vec![code::arm(subject, ticket, *hash.as_bytes(), known.expires_at)],
    );
    let operation = mailing(system, &dossier, category, system.now()).for_purpose(identification(category));
    let to = mail_address(system, &operation, &armed).await?;
    let message = Message::IdentityCode { code: digits };
    Ok(system
        .post()
        .send(Letter {
            to,
            language,
            message,
            return_path: path.token,
        })
        .await?)
}

/// 1.3, 6.5: whoever asked, or whose case was decided about, is told that there is something to read on their own page; the
/// letter names the reference and nothing more.
async fn send_word(
    system: &System,
    subject: SubjectId,
    detail: &str,
    message: impl FnOnce(String) -> Message,
) -> Result<Delivery, Rejected> {
    let dossier = system.dossier(subject).await?;
    let Some(category) = dossier.category() else {
        return Ok(Delivery::Done);
    };
    let (reference, language) = detail.split_once(' ').unwrap_or((detail, "kk"));
    let (to, return_path) = returnable_address(system, subject, category).await?;
    let letter = Letter {
        to,
        language: language.parse().unwrap_or(Language::Kk),
        message: message(reference.to_owned()),
        return_path,
    };
    Ok(system.post().send(letter).await?)
}

/// 1.3: an account was closed against the holder's will; nothing is left to read it on, so the letter says why.
async fn send_closed(system: &System, subject: SubjectId, detail: &str) -> Result<Delivery, Rejected> {
    let mut words = detail.split(' ');
    let (Some(reason), Some(day), Some(language)) = (words.next(), words.next(), words.next()) else {
        return Ok(Delivery::Done);
    };
    let language = language.parse().unwrap_or(Language::Kk);
    let reason = system.reason_named(reason, language);
    let detail = format!("{day} {}", language.tag());
    send_word(system, subject, &detail, |day| Message::AccountClosed {
        reason,
        day,
    })
    .await
}

/// 2.2.7 to 2.2.11: an order is placed, or something else was taken in; the letter names its reference and nothing more.
async fn send_reference(system: &System, subject: SubjectId, detail: &str) -> Result<Delivery, Rejected> {
    let (case, language) = ticket_and_language(detail)?;
    let case = CaseId::from_bytes(case);
    let dossier = system.dossier(subject).await?;
    let (Some(category), Some(file)) = (dossier.category(), dossier.case(case)) else {
        return Ok(Delivery::Done);
    };
    let operation = mailing(system, &dossier, category, system.now())
        .for_purpose(
            system
                .policy()
                .case_purpose(&file.kind)
                .unwrap_or(Purpose::ORDERS),
        )
        .in_case(case);
    let path = ReturnPath::of(system, subject, mail_field(system, &dossier));
    let to = mail_address(system, &operation, &opened_with(&path, Vec::new())).await?;
    let reference = file.reference.clone();
    let message = if State::of(&file.state).is_document() {
        Message::OrderPlaced { reference }
    } else {
        Message::Taken { reference }
    };
    Ok(system
        .post()
        .send(Letter {
            to,
            language,
            message,
            return_path: path.token,
        })
        .await?)
}

fn mailing(system: &System, dossier: &Dossier, category: Category, now: Timestamp) -> Operation<Use> {
    let address = mail_field(system, dossier);
    mailing_to(system, (dossier.subject, category), address, now)
}

pub(crate) fn mailing_to(
    system: &System,
    (subject, category): (SubjectId, Category),
    address: Option<Field>,
    now: Timestamp,
) -> Operation<Use> {
    let key = IdempotencyKey::random(system.chance());
    Operation::new(Actor::system(Role::MAILER), subject, category, now, key)
        .on(address.map_or(FieldSet::EMPTY, FieldSet::only))
}

/// 1.1.5: an applicant is recognised for recruitment; everybody else by 2.2.1.
pub(crate) const fn identification(category: Category) -> Purpose {
    match category {
        Category::Applicant => Purpose::RECRUITMENT,
        _ => Purpose::IDENTIFICATION,
    }
}

/// The number of the field `email`.
const EMAIL: u8 = 13;

pub(crate) async fn mail_address(
    system: &System,
    operation: &Operation<Use>,
    usage: &Usage,
) -> Result<Plain<String>, Rejected> {
    address_of(system.perform(operation, &Circumstances::SYSTEM, usage).await?)
}

fn address_of(used: Outcome<Used>) -> Result<Plain<String>, Rejected> {
    match used {
        Outcome::Done {
            output: Used::Values(values),
            ..
        } => values.into_values().next().ok_or(Rejected::NotFound),
        _ => Err(Rejected::NotFound),
    }
}

/// 6.3: the account ends; destruction follows under its own permit.
async fn delete(system: &System, subject: SubjectId, detail: &str) -> Result<(), Rejected> {
    let dossier = system.dossier(subject).await?;
    let (Some(category), Some(standing)) = (dossier.category(), dossier.standing()) else {
        return Ok(());
    };
    if standing == Standing::Destroyed {
        return Ok(());
    }
    let now = system.now();
    let next = Deletion::Due(vec![task(system, subject, DESTROY, now, detail)]);
    let operation: Operation<Delete> = scheduled(system, subject, category, now);
    system.perform(&operation, &Circumstances::SYSTEM, &next).await?;
    system.wake();
    Ok(())
}

/// 6.3, 8: what is due is destroyed; a floor that has ended is unlocked first.
async fn destroy(system: &System, subject: SubjectId, detail: &str, job: JobId) -> Result<(), Rejected> {
    let dossier = system.dossier(subject).await?;
    let (Some(category), Some(standing)) = (dossier.category(), dossier.standing()) else {
        return Ok(());
    };
    let now = system.now();
    let kept = retention::floor(&dossier, system.policy(), now);
    // 8-c: under an order to keep it, all of it waits.
    if dossier.is_held() {
        return Ok(());
    }
    if dossier.is_remainder() && !kept.fields.is_empty() {
        return Ok(retention::waits_for_its_floor(system, &dossier, &kept).await?);
    }
    // DEF-3, 8-c: a block that a person ordered is a person's to end; what is due waits, and the run raises an alarm.
    if standing == Standing::Blocked && !dossier.is_remainder() {
        return Ok(());
    }
    if standing == Standing::Blocked {
        let operation: Operation<Unblock> = scheduled(system, subject, category, now);
        system.perform(&operation, &Circumstances::SYSTEM, &()).await?;
    }
    let fields = kept.due_of(&dossier, now);
    if fields.is_empty() {
        return Ok(());
    }
    let receipt: ReceiptId = detail
        .parse()
        .unwrap_or_else(|_| ReceiptId::random(system.chance()));
    let operation: Operation<Destroy> = scheduled(system, subject, category, now).on(fields);
    let input = Destruction {
        receipt,
        job: Some(job),
        proofs: system.authenticators(subject).await?,
    };
    system.perform(&operation, &Circumstances::SYSTEM, &input).await?;
    system.wake();
    Ok(())
}

fn scheduled<V: sandyq_model::Act>(
    system: &System,
    subject: SubjectId,
    category: Category,
    now: Timestamp,
) -> Operation<V> {
    let key = IdempotencyKey::random(system.chance());
    Operation::new(Actor::system(Role::SCHEDULE), subject, category, now, key)
}

fn ticket_and_language(detail: &str) -> Result<([u8; 16], Language), Rejected> {
    let (ticket, language) = detail.split_once(' ').unwrap_or((detail, "kk"));
    let mut bytes = [0; 16];
    hex::decode_to_slice(ticket, &mut bytes).map_err(|_| Rejected::NotFound)?;
    Ok((bytes, language.parse().unwrap_or(Language::Kk)))
}

/// Digits that nobody can guess; each is one of ten with no bias that matters (64 bits for eight digits).
pub(crate) fn new_code(system: &System) -> Plain<String> {
    let mut bytes = [0; 8];
    system.chance().fill(&mut bytes);
    let number = u64::from_le_bytes(bytes) % 10_u64.pow(8);
    Plain::new(format!("{number:0width$}", width = CODE_DIGITS))
}

/// Rows that end a piece of work.
fn finished(job: &Job, now: Timestamp) -> Statement {
    job::finish(job.subject, job.id, now)
}
