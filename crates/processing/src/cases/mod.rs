//! What a service produces and staff work on. A case holds nothing personal: its reference, its state, what was ordered.

mod catalogue;
mod confirmed;
pub mod deciding;
pub mod desk;
pub mod listing;
mod noting;
pub mod order;
mod owning;
mod searching;
pub mod together;
mod view;
pub mod views;

pub use catalogue::{Catalogue, Offering};
pub use view::{CaseView, DecidedView};

use sandyq_model::Chance;

/// The field in which staff note what was agreed about a case, as the policy folder names it.
pub(crate) const CASE_NOTE: &str = "case_note";

/// How far a case has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The consent waits for its confirmation; staff do not see it (1.2-a).
    Unconfirmed,
    /// Confirmed; the card is asked for.
    Unpaid,
    /// Paid: an order, and a document under tax law.
    Placed,
    /// Carried out.
    Fulfilled,
    /// Confirmed; staff work on it.
    Open,
    /// Somebody was invited to an interview; staff work on it (1.1.5).
    Interview,
    /// Ended before it was placed.
    Cancelled,
    /// Decided, and not against the person.
    Closed,
    /// Decided against the person.
    Refused,
    /// An order that was paid and then refused: the document stays one under tax law.
    Returned,
}

impl State {
    const NAMES: [(Self, &str); 10] = [
        (Self::Unconfirmed, "unconfirmed"),
        (Self::Unpaid, "unpaid"),
        (Self::Placed, "placed"),
        (Self::Fulfilled, "fulfilled"),
        (Self::Open, "open"),
        (Self::Interview, "interview"),
        (Self::Cancelled, "cancelled"),
        (Self::Closed, "closed"),
        (Self::Refused, "refused"),
        (Self::Returned, "returned"),
    ];

    /// The state of this name; a name nobody knows counts as unconfirmed, which shows nothing to anybody.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map_or(Self::Unconfirmed, |(state, _)| *state)
    }

    /// Its name in storage and in translations.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(state, _)| *state == self)
            .map_or("unconfirmed", |(_, name)| name)
    }

    /// What a case of that kind becomes when its consent is confirmed.
    #[must_use]
    pub fn confirmed(kind: &str) -> Self {
        if kind == "order" { Self::Unpaid } else { Self::Open }
    }

    /// What a case of that kind becomes by a decision of staff (1.3).
    #[must_use]
    pub fn decided(kind: &str, against: bool) -> Self {
        match (kind, against) {
            ("order", false) => Self::Fulfilled,
            ("order", true) => Self::Returned,
            (_, false) => Self::Closed,
            (_, true) => Self::Refused,
        }
    }

    /// The states in which staff work on a case.
    pub const WORKED_ON: [Self; 3] = [Self::Open, Self::Placed, Self::Interview];

    /// Whether staff work on it.
    #[must_use]
    pub const fn is_worked_on(self) -> bool {
        matches!(self, Self::Placed | Self::Open | Self::Interview)
    }

    /// Whether staff see it in a list: it is confirmed, and paid where it has to be.
    #[must_use]
    pub const fn is_at_desk(self) -> bool {
        !matches!(self, Self::Unconfirmed | Self::Unpaid | Self::Cancelled)
    }

    /// Whether a document exists that tax law is about (T1).
    #[must_use]
    pub const fn is_document(self) -> bool {
        matches!(self, Self::Placed | Self::Fulfilled | Self::Returned)
    }
}

/// A reference number that can be read out: eight signs without the ones that look alike.
#[must_use]
pub fn new_reference(chance: &dyn Chance) -> String {
    const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    let signs: String = bytes
        .iter()
        .filter_map(|byte| SIGNS.get(usize::from(byte % 32)))
        .map(|sign| char::from(*sign))
        .collect();
    let (first, last) = signs.split_at(4);
    format!("SQ-{first}-{last}")
}
