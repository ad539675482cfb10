//! 3, 5.1.2: the responsible person takes a public document off the site. It stays in the register with its file, and comes back
//! no more: what is to be published again is entered as a new version.

use sandyq_ledger::entry::Happening;
use sandyq_model::IdempotencyKey;
use sandyq_store::tables::local_act;

use super::LocalActRow;
use super::reading::row;
use crate::access::Caller;
use crate::rejected::Rejected;
use crate::request::at_the_board;
use crate::system::System;

impl System {
    /// The document that would be taken off the site.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person, and when no document of that number stands on the site; a
    /// fault.
    pub async fn local_act_on_the_site(&self, caller: &Caller, number: u32) -> Result<LocalActRow, Rejected> {
        at_the_board(caller)?;
        let listed = self.local_act_numbered(number).await?;
        if !listed.is_shown() {
            return Err(Rejected::NotFound);
        }
        Ok(row(listed, self.today_of_documents()))
    }

    /// Takes a document off the site. Its address there answers from then on as if it had never been.
    ///
    /// # Errors
    /// As [`System::local_act_on_the_site`].
    pub async fn hide_local_act(
        &self,
        caller: &Caller,
        number: u32,
        key: IdempotencyKey,
    ) -> Result<(), Rejected> {
        at_the_board(caller)?;
        let sent = self.sent_under(key, "local-act-hidden", &[&number.to_be_bytes()]);
        if self.was_done(sent).await? {
            return Ok(());
        }
        let listed = self.local_act_numbered(number).await?;
        if !listed.is_shown() {
            return Err(Rejected::NotFound);
        }
        let id = listed.act.id;
        let statements = vec![local_act::hide(id, self.now(), caller.actor.id)];
        // A conflict: somebody else took it off a moment ago, and it is off.
        self.commit_local_act(caller, (Happening::LocalActHidden, id), statements, sent)
            .await?;
        Ok(())
    }
}
