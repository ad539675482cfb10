//! 2.2.1: a second proof beside the password: the numbers of a program on the owner's telephone (TOTP, RFC 6238), and ten
//! codes on paper for the day on which the telephone is lost. Each number and each code opens the way once.

use jiff::Timestamp;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Fault, Plain, Problem};
use sandyq_policy::Language;
use sandyq_store::tables::authenticator::{self, Authenticator};
use sandyq_store::tables::session;
use sandyq_store::{Commit, CommitError, Statement};
use totp_rs::{Builder, Secret, Totp};

use super::account::Account;
use super::authenticators::{PASSWORD, id_of};
use super::passwords::PASSWORD_LENGTH_MIN;
use super::sessions::{self, Caller, SessionToken};
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// The numbers of a program on a telephone.
pub(super) const ONE_TIME: &str = "one-time";
/// The same, before its first number was typed.
pub(super) const PROPOSED: &str = "one-time-proposed";
/// Codes on paper.
pub(super) const RECOVERY: &str = "recovery";

/// So many codes on paper.
const RECOVERY_CODES: usize = 10;
/// Characters of one: 50 bits.
const RECOVERY_CODE_LENGTH: usize = 10;
/// Digits and letters without those that look alike.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Bytes of a secret (RFC 4226).
const SECRET_BYTES: usize = 20;
/// Digits of a number.
const DIGITS: usize = 6;

/// A secret for the owner's program, shown once.
pub struct Proposed {
    /// To be typed in by hand.
    pub secret: Plain<String>,
    /// The same for a camera.
    pub link: Plain<String>,
}

/// A second proof that is set up.
pub struct SecondProof {
    /// The session that goes on; all others ended.
    pub session: SessionToken,
    /// The codes on paper, shown once.
    pub codes: Vec<Plain<String>>,
}

/// Something about the way in that changes.
pub(super) struct Change {
    /// What the ledger says.
    pub happening: Happening,
    /// What the owner is told.
    pub notice: &'static str,
    /// What is written.
    pub statements: Vec<Statement>,
}

impl System {
    /// Whether the caller's account has a second proof; `None` for whoever has no account with a password.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn my_second_proof(&self, caller: &Caller) -> Result<Option<bool>, Rejected> {
        match self.own_account(caller.own_subject()?).await {
            Ok(account) if account.has(PASSWORD).is_some() => Ok(Some(account.has(ONE_TIME).is_some())),
            Ok(_) | Err(Rejected::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Makes a secret for the caller's program, which counts once a number of it was typed in.
    ///
    /// # Errors
    /// A mistake with `current`.
    pub async fn propose_second_proof(
        &self,
        caller: &Caller,
        current: &Plain<String>,
    ) -> Result<Proposed, Rejected> {
        let account = self.own_account(caller.own_subject()?).await?;
        if account.has(ONE_TIME).is_some() {
            return Err(Rejected::NotFound);
        }
        self.prove_again(&account, current).await?;
        let secret = self.new_secret();
        let row = self.sealed(&account.dossier, PROPOSED, &secret)?;
        let commit = Commit {
            subject: Some((account.dossier.subject, account.dossier.version)),
            statements: vec![authenticator::put(&row)],
            ..Commit::default()
        };
        self.store().commit(commit).await.map_err(refused_commit)?;
        self.proposed_of(secret_in(&secret)?)
    }

    /// The secret that waits for its first number, to be shown again.
    ///
    /// # Errors
    /// "Not found" when none waits.
    pub async fn proposed_second_proof(&self, caller: &Caller) -> Result<Proposed, Rejected> {
        let account = self.own_account(caller.own_subject()?).await?;
        let row = account.has(PROPOSED).ok_or(Rejected::NotFound)?;
        self.proposed_of(self.secret_of(&account, row)?)
    }

    /// A secret for a program, as it is sealed.
    pub(super) fn new_secret(&self) -> Plain<String> {
        let mut secret = [0; SECRET_BYTES];
        self.chance().fill(&mut secret);
        Plain::new(hex::encode(secret))
    }

    /// What is shown of a secret, once.
    pub(super) fn proposed_of(&self, secret: Secret) -> Result<Proposed, Rejected> {
        let written = Plain::new(secret.to_base32());
        let issuer = self
            .operator()
            .map_or("Sandyq", |operator| operator.site.as_str());
        let issuer: String = issuer
            .trim_start_matches("https://")
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c))
            .collect();
        let link = format!(
            "otpauth://totp/{issuer}?secret={}&issuer={issuer}",
            written.expose()
        );
        Ok(Proposed {
            secret: written,
            link: Plain::new(link),
        })
    }

    /// The first number was typed in: from now on it is asked for at each sign-in. Other sessions end, and the owner is
    /// told.
    ///
    /// # Errors
    /// A mistake with `code`.
    pub async fn set_second_proof(
        &self,
        caller: &Caller,
        typed: &Plain<String>,
        language: Language,
    ) -> Result<SecondProof, Rejected> {
        let account = self.own_account(caller.own_subject()?).await?;
        let proposed = account.has(PROPOSED).ok_or(Rejected::NotFound)?;
        let step = self.step_of(&account, proposed, typed)?;
        let step = step.ok_or_else(|| Rejected::mistake("code", Problem::OneTime))?;
        let secret = self.opened(&account.dossier, proposed)?;
        let now = self.now();
        let row = Authenticator {
            step,
            used_at: Some(now),
            ..self.sealed(&account.dossier, ONE_TIME, &secret)?
        };
        let codes = self.new_paper_codes();
        let hashes: Vec<String> = codes.iter().map(|code| self.paper_hash(&account, code)).collect();
        let paper = self.sealed(&account.dossier, RECOVERY, &Plain::new(hashes.join("\n")))?;
        let statements = vec![
            authenticator::remove(account.dossier.subject, proposed.id),
            authenticator::put(&row),
            authenticator::put(&paper),
        ];
        let change = Change {
            happening: Happening::AuthenticatorSet,
            notice: "factor-added",
            statements,
        };
        let session = self.changed(&account, change, language).await.map_err(used_up)?;
        Ok(SecondProof { session, codes })
    }

    /// The caller takes the second proof away, with the password and a number or a code.
    ///
    /// # Errors
    /// A mistake with `current` or `code`.
    pub async fn remove_second_proof(
        &self,
        caller: &Caller,
        current: &Plain<String>,
        typed: &Plain<String>,
        language: Language,
    ) -> Result<SessionToken, Rejected> {
        let account = self.own_account(caller.own_subject()?).await?;
        if account.has(ONE_TIME).is_none() {
            return Err(Rejected::NotFound);
        }
        self.prove_again(&account, current).await?;
        if current.expose().chars().count() < PASSWORD_LENGTH_MIN {
            // Alone it would be too short.
            return Err(Rejected::mistake("current", Problem::PasswordShort));
        }
        let mut statements = self.second_proof(&account, typed).await?;
        for kind in [ONE_TIME, RECOVERY, PROPOSED] {
            statements.push(authenticator::remove(account.dossier.subject, id_of(kind)));
        }
        let change = Change {
            happening: Happening::AuthenticatorRemoved,
            notice: "factor-removed",
            statements,
        };
        self.changed(&account, change, language).await.map_err(used_up)
    }

    /// What a number or a code on paper changes when it is right: it is used up.
    ///
    /// # Errors
    /// A mistake with `code`; the failure counts.
    pub(super) async fn second_proof(
        &self,
        account: &Account,
        typed: &Plain<String>,
    ) -> Result<Vec<Statement>, Rejected> {
        let found = match account.has(ONE_TIME) {
            Some(row) => self.step_of(account, row, typed)?,
            None => return Ok(Vec::new()),
        };
        let subject = account.dossier.subject;
        if let Some(step) = found {
            return Ok(vec![authenticator::step_to(
                subject,
                id_of(ONE_TIME),
                step,
                self.now(),
            )]);
        }
        if let Some(statements) = self.paper_code_used(account, typed)? {
            return Ok(statements);
        }
        self.account_refused(Some(account), Detail::Credentials).await?;
        Err(Rejected::mistake("code", Problem::OneTime))
    }

    /// The step of a number that fits and was not used before.
    fn step_of(
        &self,
        account: &Account,
        row: &Authenticator,
        typed: &Plain<String>,
    ) -> Result<Option<u64>, Fault> {
        fitting_step(self.secret_of(account, row)?, typed, self.now(), row.step)
    }

    fn secret_of(&self, account: &Account, row: &Authenticator) -> Result<Secret, Fault> {
        secret_in(&self.opened(&account.dossier, row)?)
    }

    /// The codes on paper without the one that was typed.
    fn paper_code_used(
        &self,
        account: &Account,
        typed: &Plain<String>,
    ) -> Result<Option<Vec<Statement>>, Fault> {
        let Some(row) = account.has(RECOVERY) else {
            return Ok(None);
        };
        let hash = self.paper_hash(account, &paper_code(typed));
        let kept = self.opened(&account.dossier, row)?;
        let fits = |line: &&str| sandyq_store::vault::equal(line.as_bytes(), hash.as_bytes());
        let (used, left): (Vec<&str>, Vec<&str>) = kept.expose().lines().partition(fits);
        if used.is_empty() {
            return Ok(None);
        }
        let subject = account.dossier.subject;
        let next = Authenticator {
            step: row.step + 1,
            added_at: row.added_at,
            used_at: Some(self.now()),
            ..self.sealed(&account.dossier, RECOVERY, &Plain::new(left.join("\n")))?
        };
        // Of two who use codes at the same time, one is first.
        let first = authenticator::step_to(subject, row.id, next.step, self.now());
        Ok(Some(vec![first, authenticator::put(&next)]))
    }

    /// Codes on paper for one person.
    pub(super) fn new_paper_codes(&self) -> Vec<Plain<String>> {
        (0..RECOVERY_CODES).map(|_| self.new_paper_code()).collect()
    }

    fn new_paper_code(&self) -> Plain<String> {
        let mut bytes = [0; RECOVERY_CODE_LENGTH];
        self.chance().fill(&mut bytes);
        let sign = |byte: &u8| char::from(*ALPHABET.get(usize::from(byte % 32)).unwrap_or(&b'0'));
        Plain::new(bytes.iter().map(sign).collect())
    }

    fn paper_hash(&self, account: &Account, code: &Plain<String>) -> String {
        let hash = self.vault().code_hash(account.dossier.subject, RECOVERY, code);
        hex::encode(hash.as_bytes())
    }

    /// Something about the way in changed: other sessions end, one begins, the owner is told.
    pub(super) async fn changed(
        &self,
        account: &Account,
        change: Change,
        language: Language,
    ) -> Result<SessionToken, CommitError> {
        let subject = account.dossier.subject;
        let opening = sessions::begun(self, subject, self.now());
        let mut statements = change.statements;
        statements.extend([session::remove_all_of_subject(subject), opening.statement]);
        let commit = Commit {
            subject: Some((subject, account.dossier.version)),
            statements,
            jobs: vec![self.notice(subject, change.notice, language)],
            entries: vec![self.about_account(account, change.happening, Outcome::Done, Detail::None)],
            ..Commit::default()
        };
        self.store().commit(commit).await?;
        self.wake();
        Ok(opening.token)
    }
}

/// What used a number up that was used up meanwhile.
pub(super) fn used_up(error: CommitError) -> Rejected {
    match error {
        CommitError::Conflict(_) => Rejected::mistake("code", Problem::OneTime),
        other => refused_commit(other),
    }
}

/// The step of a number that fits at that time and comes after the last one that was used.
pub(super) fn fitting_step(
    secret: Secret,
    typed: &Plain<String>,
    now: Timestamp,
    last: u64,
) -> Result<Option<u64>, Fault> {
    let digits: String = typed.expose().chars().filter(char::is_ascii_digit).collect();
    let digits = Plain::new(digits);
    if digits.expose().len() != DIGITS {
        return Ok(None);
    }
    let step = program(secret)?.check(digits.expose(), seconds_of(now));
    Ok(step.filter(|step| *step > last))
}

/// The secret as it was sealed.
pub(super) fn secret_in(sealed: &Plain<String>) -> Result<Secret, Fault> {
    let mut secret = [0; SECRET_BYTES];
    hex::decode_to_slice(sealed.expose(), &mut secret)
        .map_err(|_| Fault::Vault("the secret of a second proof has another length".into()))?;
    Ok(Secret::new_stack(secret))
}

/// A code on paper as it is compared: people write it in capitals, and with gaps.
pub(super) fn paper_code(typed: &Plain<String>) -> Plain<String> {
    let signs = typed.expose().chars().filter(char::is_ascii_alphanumeric);
    Plain::new(signs.map(|c| c.to_ascii_lowercase()).collect())
}

/// The number that a program shows which was given that secret in writing; `None` when it is no such secret. For the people of a
/// demonstration, who have no telephone.
#[must_use]
pub fn number_shown(written: &Plain<String>, at: Timestamp) -> Option<Plain<String>> {
    let secret = Secret::try_from_base32(written.expose()).ok()?;
    let number = program(secret).ok()?.generate(seconds_of(at));
    Some(Plain::new(number.to_string()))
}

fn seconds_of(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or(0)
}

fn program(secret: Secret) -> Result<Totp, Fault> {
    Builder::new()
        .with_secret(secret)
        .build()
        .map_err(|_| Fault::Vault("the secret of a second proof is too short".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_rfc_6238() {
        let program = program(Secret::new_stack(*b"12345678901234567890")).unwrap();
        // Appendix B, the last six of eight digits.
        for (seconds, number) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(program.check(number, seconds), Some(seconds / 30), "{seconds}");
            assert_eq!(program.check(number, seconds + 90), None);
        }
    }
}
