//! 5.1.4: the identity provider in the place of the password of staff, where the settings name one. A member of staff links their account
//! with what the provider calls them; from then on the provider leads half the way in, and the own second factor the rest. It makes no
//! account, gives no role, and whoever is not linked is answered as anybody whose password is wrong.
//!
//! What is kept is a keyed hash of issuer and subject, among the second factors of staff: in no copy, and gone when a lost factor is taken
//! away, so that the provider never leads to a page on which a factor is set up. The issuer lies sealed beside it: a link with another one
//! than the settings name leads nowhere, is said to be of the one before, and gives way to a new one. A link can be taken away always.

use std::net::IpAddr;

use jiff::Timestamp;
use sandyq_ledger::entry::{Detail, Happening, Outcome};
use sandyq_model::{Actor, ActorId, Fault, Plain, Problem, Role};
use sandyq_store::tables::staff_authenticator::{self, StaffAuthenticator};
use sandyq_store::tables::{session, staff};
use sandyq_store::{Commit, CommitError, Statement};

use super::factors::ONE_TIME;
use super::provider::{BACK, Errand, NotBelieved, Provider, Returned, Serves};
use super::sessions::{self, Caller, SessionToken};
use super::way_in_of_staff::{HalfWay, Known};
use crate::entry;
use crate::perform::refused_commit;
use crate::rejected::Rejected;
use crate::system::System;

/// How the kind of a link begins; the keyed hash of the identity follows. The index of migration 32 knows it too.
const KIND: &str = "identity-";

/// A way to the provider that a browser is about to go.
pub struct AtProvider {
    /// What the browser keeps.
    pub kept: String,
    /// Where it goes.
    pub address: String,
}

/// How the account of a member of staff stands to the provider.
pub struct OwnLink {
    /// The host that people know the provider by; `None` where there is none any more.
    pub host: Option<String>,
    /// Since when it is linked.
    pub since: Option<Timestamp>,
    /// Whether it is linked with another provider than the one that the settings name: then it leads nowhere.
    pub stale: bool,
    /// When the provider led in last.
    pub used_at: Option<Timestamp>,
}

impl System {
    /// The host of the identity provider, where there is one.
    #[must_use]
    pub fn provider_host(&self) -> Option<String> {
        self.provider().map(Provider::host)
    }

    /// A browser goes to the provider, to come in.
    ///
    /// # Errors
    /// "Not found" without a provider; a fault when it does not answer.
    pub async fn go_to_provider(&self) -> Result<AtProvider, Rejected> {
        self.at_provider(Serves::ComingIn).await
    }

    /// The browser of a member of staff goes to the provider, to link the account. The face has asked for a fresh proof.
    ///
    /// # Errors
    /// As [`System::go_to_provider`]; "not found" too when it is linked with that provider already.
    pub async fn go_to_link(&self, caller: &Caller) -> Result<AtProvider, Rejected> {
        self.provider().ok_or(Rejected::NotFound)?;
        let (known, _) = self.known_at_desk(caller).await?;
        if let Some(link) = link_of(&known)
            && !self.is_stale(link)?
        {
            return Err(Rejected::NotFound);
        }
        self.at_provider(Serves::Linking(&caller.csrf)).await
    }

    async fn at_provider(&self, serves: Serves<'_>) -> Result<AtProvider, Rejected> {
        let provider = self.provider().ok_or(Rejected::NotFound)?;
        let now = self.now();
        let errand =
            Errand::new(self.vault(), self.chance(), serves, now).ok_or_else(Self::no_provider_time)?;
        let address = provider.address(&errand, &self.back()?, now).await?;
        Ok(AtProvider {
            kept: errand.kept,
            address,
        })
    }

    /// Half the way in, by what the browser brought back.
    ///
    /// # Errors
    /// A mistake with `provider`: the same whoever it is, and whatever is wrong; a fault when the provider does not answer.
    pub async fn sign_in_by_provider(
        &self,
        kept: &str,
        returned: &Returned,
        place: Option<IpAddr>,
    ) -> Result<HalfWay, Rejected> {
        self.provider().ok_or(Rejected::NotFound)?;
        let earliest = self.unhurried();
        let outcome = if self.places().is_paused(place, self.now()) {
            Err(self.provider_refused(None, Detail::Throttled).await?)
        } else {
            self.half_way_by_provider(kept, returned).await
        };
        if matches!(outcome, Err(Rejected::Mistake(_))) {
            self.places().note_failure(place, self.now());
        }
        earliest.await;
        outcome
    }

    async fn half_way_by_provider(&self, kept: &str, returned: &Returned) -> Result<HalfWay, Rejected> {
        let Some(kind) = self.believed(kept, Serves::ComingIn, returned).await? else {
            return Err(self.provider_refused(None, Detail::Credentials).await?);
        };
        let known = self.linked_to(kind.clone()).await?;
        let Some(known) = known.filter(|known| known.row.disabled_at.is_none()) else {
            return Err(self.provider_refused(None, Detail::Credentials).await?);
        };
        if known.is_paused(self.now()) {
            return Err(self
                .provider_refused(Some(known.row.id), Detail::Throttled)
                .await?);
        }
        // A lost factor takes the link along; it is set up by the password alone.
        if !known.proofs.iter().any(|row| row.kind == ONE_TIME) {
            return Err(self
                .provider_refused(Some(known.row.id), Detail::Credentials)
                .await?);
        }
        let used = staff_authenticator::used(known.row.id, &kind, self.now());
        self.half_way_with(&known, vec![used]).await
    }

    /// The account of the caller is linked with what the provider calls them, in the place of a link with a provider that was there before.
    /// Other sessions end; this one goes on under another secret.
    ///
    /// # Errors
    /// A mistake with `provider`, the same when somebody else is linked with it.
    pub async fn link_provider(
        &self,
        caller: &Caller,
        kept: &str,
        returned: &Returned,
    ) -> Result<SessionToken, Rejected> {
        let issuer = Plain::from(self.provider().ok_or(Rejected::NotFound)?.issuer());
        let (known, before) = self.known_at_desk(caller).await?;
        let serves = Serves::Linking(&caller.csrf);
        let kind = self.believed(kept, serves, returned).await?;
        let kind = kind.ok_or_else(not_believed)?;
        let id = known.row.id;
        let mut changes = Vec::new();
        if let Some(link) = link_of(&known) {
            if !self.is_stale(link)? {
                return Err(not_believed());
            }
            let taken = staff_authenticator::take_away(id, &link.kind);
            changes.push((Happening::IdentityUnlinked, taken));
        }
        let row = self.staff_proof(id, &kind, &issuer)?;
        changes.push((Happening::IdentityLinked, staff_authenticator::add(&row)));
        self.changed_link((&known, &before), caller, changes).await
    }

    /// The caller takes the link away, also where there is no provider any more. The face has asked for a fresh proof. Other sessions end.
    ///
    /// # Errors
    /// "Not found" when there is none.
    pub async fn unlink_provider(&self, caller: &Caller) -> Result<SessionToken, Rejected> {
        let (known, before) = self.known_at_desk(caller).await?;
        let link = link_of(&known).ok_or(Rejected::NotFound)?;
        let change = (
            Happening::IdentityUnlinked,
            staff_authenticator::take_away(known.row.id, &link.kind),
        );
        self.changed_link((&known, &before), caller, vec![change]).await
    }

    /// Whoever takes lost factors away takes the link of an account away, and nothing else. Its sessions end.
    ///
    /// # Errors
    /// A mistake with `name` when no account of that name is linked.
    pub async fn remove_staff_link(&self, by: &Actor, name: &str) -> Result<(), Rejected> {
        let row = self.staff_named(name).await?;
        let id = row.id;
        let proofs = self
            .store()
            .read(move |reader| staff_authenticator::of_staff(reader, id))
            .await?;
        let known = Known { row, proofs };
        let link = link_of(&known).ok_or_else(|| Rejected::mistake("name", Problem::Choice))?;
        let taken = staff_authenticator::take_away(id, &link.kind);
        self.change_staff(by, Happening::IdentityUnlinked, &known.row, vec![taken])
            .await
    }

    /// How the account of the caller stands to the provider.
    ///
    /// # Errors
    /// "Not found" with neither a provider nor a link; [`Rejected::SignInFirst`] when nobody of staff is calling.
    pub async fn own_link(&self, caller: &Caller) -> Result<OwnLink, Rejected> {
        let host = self.provider_host();
        let (known, _) = self.known_at_desk(caller).await?;
        let link = link_of(&known);
        if host.is_none() && link.is_none() {
            return Err(Rejected::NotFound);
        }
        Ok(OwnLink {
            host,
            since: link.map(|row| row.added_at),
            stale: link.map(|link| self.is_stale(link)).transpose()?.unwrap_or(false),
            used_at: link.and_then(|row| row.used_at),
        })
    }

    /// Whether a link is with another provider than the settings name, if they name one.
    fn is_stale(&self, link: &StaffAuthenticator) -> Result<bool, Fault> {
        let Some(provider) = self.provider() else {
            return Ok(true);
        };
        let issuer = self
            .vault()
            .open_staff_proof(link.staff, &link.kind, &link.sealed)?;
        Ok(issuer.expose() != provider.issuer())
    }

    /// Ends the errand, and gives the kind of the link that the identity has or would have. `None` when nobody is believed.
    async fn believed(
        &self,
        kept: &str,
        serves: Serves<'_>,
        returned: &Returned,
    ) -> Result<Option<String>, Rejected> {
        let provider = self.provider().ok_or(Rejected::NotFound)?;
        let now = self.now();
        let errand = Errand::kept(self.vault(), kept, serves, now);
        let Some(errand) = errand.filter(|errand| provider.errands.ends(errand, now)) else {
            return Ok(None);
        };
        match provider.subject(&errand, returned, &self.back()?, now).await {
            Ok(subject) => {
                let identity = provider.identity(&subject);
                let text = [b"identity of staff ", &identity.expose()[..]].concat();
                let hash = self.vault().form_hash(&text);
                Ok(Some(format!("{KIND}{}", hex::encode(hash.as_bytes()))))
            }
            Err(NotBelieved::Wrong) => Ok(None),
            Err(NotBelieved::Fault(fault)) => Err(fault.into()),
        }
    }

    async fn linked_to(&self, kind: String) -> Result<Option<Known>, Fault> {
        let found = self.store().read(move |reader| {
            let Some(link) = staff_authenticator::of_kind(reader, &kind)? else {
                return Ok(None);
            };
            let Some(row) = staff::find(reader, link.staff)? else {
                return Ok(None);
            };
            let proofs = staff_authenticator::of_staff(reader, row.id)?;
            Ok(Some(Known { row, proofs }))
        });
        found.await
    }

    /// It is entered as a refused way in, and said alike. It counts for the place that it came from: no name was typed whose failures
    /// could be counted.
    async fn provider_refused(&self, who: Option<ActorId>, detail: Detail) -> Result<Rejected, Rejected> {
        let actor = who.unwrap_or_else(|| ActorId::of_system(Role::SITE));
        self.staff_refused(&actor, detail, None).await?;
        Ok(not_believed())
    }

    async fn changed_link(
        &self,
        (known, before): (&Known, &session::Session),
        caller: &Caller,
        changes: Vec<(Happening, Statement)>,
    ) -> Result<SessionToken, Rejected> {
        let id = known.row.id;
        let opening = sessions::of_staff_going_on(self, id, before, self.now());
        let (happened, mut statements): (Vec<_>, Vec<_>) = changes.into_iter().unzip();
        statements.extend([
            // Of two who change it at the same time, one is first.
            session::remove(caller.hash).touching(1),
            session::remove_all_of_staff(id),
            opening.statement,
        ]);
        let entered =
            |happening| entry::of_happening(&caller.actor, happening, Outcome::Done, Detail::None, self);
        let commit = Commit {
            statements,
            entries: happened.into_iter().map(entered).collect(),
            ..Commit::default()
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(opening.token),
            Err(CommitError::Conflict(_)) => Err(not_believed()),
            Err(other) => Err(refused_commit(other)),
        }
    }

    /// Where the provider sends browsers back, exactly so.
    fn back(&self) -> Result<String, Rejected> {
        let site = &self.operator_or_closed()?.site;
        Ok(format!("{}{BACK}", site.trim_end_matches('/')))
    }

    fn no_provider_time() -> Rejected {
        Fault::Configuration("the clock is beyond what can be written down".into()).into()
    }
}

/// The link of a member of staff; nobody has two.
fn link_of(known: &Known) -> Option<&StaffAuthenticator> {
    known.proofs.iter().find(|row| row.kind.starts_with(KIND))
}

fn not_believed() -> Rejected {
    Rejected::mistake("provider", Problem::Provider)
}
