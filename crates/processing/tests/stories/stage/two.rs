//! 5.1.1: a second responsible person, who agrees to what the first one proposed.

use sandyq_model::{HoldId, ProposalId, ReceiptId, SubjectId};
use sandyq_processing::Rejected;
use sandyq_processing::access::Caller;
use sandyq_processing::retention::Order;
use sandyq_processing::second_person::Agreed;
use sandyq_store::tables::staff;

use super::Stage;

/// By which the second one signs in.
const NAME: &str = "bek";

impl Stage {
    /// The deputy, signed in.
    pub async fn deputy(&self) -> Caller {
        let store = self.system.store();
        let known = store.read(|reader| staff::by_name(reader, NAME)).await.unwrap();
        match known {
            Some(_) => self.staff_again(NAME).await,
            None => self.staff(NAME, "responsible").await,
        }
    }

    /// The deputy agrees to what was proposed.
    pub async fn seconded(&self, proposed: Result<ProposalId, Rejected>) -> Result<Agreed, Rejected> {
        let proposed = proposed?;
        self.system.agree(&self.deputy().await, proposed).await
    }

    pub async fn keeps(&self, first: &Caller, subject: SubjectId, order: &Order) -> Result<HoldId, Rejected> {
        let proposed = self.system.propose_hold(first, subject, order).await;
        match self.seconded(proposed).await? {
            Agreed::Kept(hold) => Ok(hold),
            _ => panic!("an order was proposed"),
        }
    }

    pub async fn lifts(
        &self,
        first: &Caller,
        subject: SubjectId,
        hold: HoldId,
        document: &str,
    ) -> Result<(), Rejected> {
        let proposed = self.system.propose_lifting(first, subject, hold, document).await;
        match self.seconded(proposed).await? {
            Agreed::Lifted => Ok(()),
            _ => panic!("the end of an order was proposed"),
        }
    }

    pub async fn destroys(&self, first: &Caller, subject: SubjectId) -> Result<ReceiptId, Rejected> {
        let proposed = self.system.propose_destruction(first, subject).await;
        match self.seconded(proposed).await? {
            Agreed::Destroyed(receipt) => Ok(receipt),
            _ => panic!("a destruction was proposed"),
        }
    }
}
