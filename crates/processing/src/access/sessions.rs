//! Sessions: a secret in a cookie, a keyed hash at rest, an idle and an absolute end, ended by withdrawal at once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Actor, ActorId, Fault, Role, SubjectId};
use sandyq_store::tables::session::{self, Session};
use sandyq_store::tables::staff;
use sandyq_store::{Commit, Statement};

use super::staff::StaffCard;
use crate::entry;
use crate::rejected::Rejected;
use crate::system::System;

/// How long a subject's session stays without being used, and at all.
const SUBJECT: (SignedDuration, SignedDuration) =
    (SignedDuration::from_mins(30), SignedDuration::from_hours(2));
/// How long a subject's session stays without being used.
pub(super) const SUBJECT_IDLE: SignedDuration = SUBJECT.0;
/// The same for staff.
const STAFF: (SignedDuration, SignedDuration) =
    (SignedDuration::from_mins(30), SignedDuration::from_hours(12));
/// For how long a password that was right leads on to the second factor.
const HALF_WAY_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// How long a session of staff stays without being used.
pub(super) const STAFF_IDLE: SignedDuration = STAFF.0;
/// How long use is not noted again.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// The secret of a session, as it stands in the cookie. Not printable.
#[derive(Clone)]
pub struct SessionToken(String);

impl SessionToken {
    /// The cookie's value.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Somebody who proved who they are.
#[derive(Clone)]
pub struct Caller {
    /// Who acts.
    pub actor: Actor,
    /// Whose data is their own; `None` for staff.
    pub subject: Option<SubjectId>,
    /// The member of staff; `None` for subjects.
    pub staff: Option<StaffCard>,
    /// What every form of this session carries.
    pub csrf: String,
    pub(super) hash: [u8; 32],
}

impl Caller {
    /// A member of staff who is not here now, but whose word counts (5.1.1).
    pub(crate) fn of_staff(system: &System, row: &staff::Staff) -> Self {
        let card = StaffCard::of(row, system.policy().version());
        Self {
            actor: Actor {
                id: card.id,
                role: card.role,
                human: true,
            },
            subject: None,
            staff: Some(card),
            csrf: String::new(),
            hash: [0; 32],
        }
    }

    /// Whether somebody acts for the subject (DEF-11).
    #[must_use]
    pub fn represents(&self) -> bool {
        self.actor.role == Role::REPRESENTATIVE
    }

    /// The subject, or "sign in first".
    pub(crate) fn own_subject(&self) -> Result<SubjectId, Rejected> {
        self.subject.ok_or(Rejected::SignInFirst)
    }

    /// The member of staff, or "sign in first".
    pub(crate) fn staff_card(&self) -> Result<&StaffCard, Rejected> {
        self.staff.as_ref().ok_or(Rejected::SignInFirst)
    }
}

/// A session to begin: its token, and the row that a commit writes.
pub(super) struct Opening {
    pub token: SessionToken,
    pub statement: Statement,
}

/// The kind of a session in which somebody acts for the subject.
const FOR_SUBJECT: &str = "representative";

/// The kind of a session of staff.
const OF_STAFF: &str = "staff";
/// The kind of what is not a session yet: the password was right, and the second factor is asked for.
pub(super) const HALF_WAY: &str = "half-way";

/// Who acts in a session of that kind.
fn acting(kind: &str, subject: SubjectId) -> Actor {
    if kind == FOR_SUBJECT {
        Actor::representative()
    } else {
        Actor::subject(subject)
    }
}

/// A session for a subject, or for whoever represents them, from a secret that the caller derived.
pub(super) fn of_subject(
    system: &System,
    (subject, role): (SubjectId, Role),
    secret: [u8; 32],
    now: Timestamp,
) -> Opening {
    let kind = if role == Role::REPRESENTATIVE {
        FOR_SUBJECT
    } else {
        "subject"
    };
    opening(system, secret, |hash, csrf_hash| Session {
        hash,
        kind: kind.to_owned(),
        subject: Some(subject),
        staff: None,
        csrf_hash,
        created_at: now,
        seen_at: now,
        ends_at: now + SUBJECT.1,
        proved_at: None,
    })
}

/// A session for a subject who came in, with a secret of its own.
pub(super) fn begun(system: &System, subject: SubjectId, now: Timestamp) -> Opening {
    let mut secret = [0; 32];
    system.chance().fill(&mut secret);
    of_subject(system, (subject, Role::SUBJECT), secret, now)
}

/// A session for a member of staff.
pub(super) fn of_staff(system: &System, staff: ActorId, now: Timestamp) -> Opening {
    of_staff_until(system, staff, OF_STAFF, (now, now + STAFF.1))
}

/// The same session under another secret, after another number.
pub(super) fn of_staff_going_on(
    system: &System,
    staff: ActorId,
    before: &Session,
    now: Timestamp,
) -> Opening {
    let mut secret = [0; 32];
    system.chance().fill(&mut secret);
    opening(system, secret, |hash, csrf_hash| Session {
        hash,
        kind: OF_STAFF.to_owned(),
        subject: None,
        staff: Some(staff),
        csrf_hash,
        created_at: before.created_at,
        seen_at: now,
        ends_at: before.ends_at,
        proved_at: Some(now),
    })
}

/// Half the way in for a member of staff: no session of anybody, only what leads to the next page.
pub(super) fn half_way_of_staff(system: &System, staff: ActorId, now: Timestamp) -> Opening {
    of_staff_until(system, staff, HALF_WAY, (now, now + HALF_WAY_WITHIN))
}

fn of_staff_until(
    system: &System,
    staff: ActorId,
    kind: &str,
    (now, ends_at): (Timestamp, Timestamp),
) -> Opening {
    let mut secret = [0; 32];
    system.chance().fill(&mut secret);
    opening(system, secret, |hash, csrf_hash| Session {
        hash,
        kind: kind.to_owned(),
        subject: None,
        staff: Some(staff),
        csrf_hash,
        created_at: now,
        seen_at: now,
        ends_at,
        proved_at: (kind == OF_STAFF).then_some(now),
    })
}

fn opening(system: &System, secret: [u8; 32], row: impl FnOnce([u8; 32], [u8; 32]) -> Session) -> Opening {
    let hash = *system.vault().session_hash(&secret).as_bytes();
    let csrf_hash = *system
        .vault()
        .form_hash(csrf_of(system, &secret).as_bytes())
        .as_bytes();
    Opening {
        token: SessionToken(URL_SAFE_NO_PAD.encode(secret)),
        statement: session::insert(&row(hash, csrf_hash)),
    }
}

fn csrf_of(system: &System, secret: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(system.vault().form_hash(secret).as_bytes())
}

impl System {
    /// Who holds that token now; `None` when the session ended, was withdrawn, or never was. A role that was taken away
    /// counts at once.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn caller(&self, token: &str) -> Result<Option<Caller>, Fault> {
        let Some(secret) = URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .filter(|secret| secret.len() == 32)
        else {
            return Ok(None);
        };
        let hash = *self.vault().session_hash(&secret).as_bytes();
        let found = self
            .store()
            .read(move |reader| {
                let Some(session) = session::find(reader, hash)? else {
                    return Ok(None);
                };
                let row = match session.staff {
                    Some(id) => staff::at_desk(reader, id)?,
                    None => None,
                };
                Ok(Some((session, row)))
            })
            .await?;
        let Some((session, row)) = found else {
            return Ok(None);
        };
        let now = self.now();
        let idle = if session.staff.is_some() {
            STAFF.0
        } else {
            SUBJECT.0
        };
        if session.ends_at <= now || session.seen_at + idle <= now {
            return Ok(None);
        }
        let csrf = csrf_of(self, &secret);
        let caller = match (session.subject, row) {
            (Some(subject), _) => Caller {
                actor: acting(&session.kind, subject),
                subject: Some(subject),
                staff: None,
                csrf,
                hash,
            },
            (None, Some((row, shortcuts))) if session.kind == OF_STAFF && row.disabled_at.is_none() => {
                let mut caller = Caller {
                    csrf,
                    hash,
                    ..Caller::of_staff(self, &row)
                };
                if let Some(card) = &mut caller.staff {
                    card.shortcuts = shortcuts;
                }
                caller
            }
            _ => return Ok(None),
        };
        if session.seen_at + NOTED_EVERY <= now {
            let commit = Commit {
                statements: vec![session::seen(hash, now)],
                ..Commit::default()
            };
            // That use was noted late does no harm.
            let _ = self.store().commit(commit).await;
        }
        Ok(Some(caller))
    }

    /// Whether a form came from a page of this session.
    #[must_use]
    pub fn csrf_ok(&self, caller: &Caller, sent: &str) -> bool {
        sandyq_store::vault::equal(caller.csrf.as_bytes(), sent.as_bytes())
    }

    /// A token for the forms of a visitor who has no session: bound to the visitor's cookie.
    #[must_use]
    pub fn visitor_token(&self, cookie: &str) -> String {
        let mut scope = b"visitor ".to_vec();
        scope.extend_from_slice(cookie.as_bytes());
        URL_SAFE_NO_PAD.encode(self.vault().form_hash(&scope).as_bytes())
    }

    /// Whether that token belongs to that cookie.
    #[must_use]
    pub fn visitor_ok(&self, cookie: &str, sent: &str) -> bool {
        sandyq_store::vault::equal(self.visitor_token(cookie).as_bytes(), sent.as_bytes())
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Rejected> {
        let commit = Commit {
            statements: vec![session::remove(caller.hash)],
            entries: vec![entry::of_happening(
                &caller.actor,
                Happening::SignedOut,
                Outcome::Done,
                Detail::None,
                self,
            )],
            ..Commit::default()
        };
        self.commit_alone(commit).await
    }
}

/// Roles that no person signs in as.
pub(super) fn is_staff_role(role: Role) -> bool {
    role >= Role::SALES && role != Role::INTEGRATION
}
