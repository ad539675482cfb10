//! 3, 5.1.2: what the operator's own documents are. They are registered; no processing ever rests on one of them.

use crate::coded::coded;

coded! {
    /// A kind of organisational document.
    LocalActKind or UnknownLocalActKind {
        /// The charter.
        Charter = 1 "charter",
        /// An order.
        Order = 2 "order",
        /// Rules.
        Rules = 3 "rules",
        /// An instruction.
        Instruction = 4 "instruction",
        /// A form that is filled in.
        Form = 5 "form",
        /// An undertaking.
        Undertaking = 6 "undertaking",
        /// Something else.
        Other = 7 "other",
        /// The act by which paper or another medium was destroyed (8). Internal: it may name whoever was there.
        PaperDestroyed = 8 "paper-destroyed",
    }
}

impl LocalActKind {
    /// Whether it may stand on the public site.
    #[must_use]
    pub const fn can_be_public(self) -> bool {
        !matches!(self, Self::PaperDestroyed)
    }
}

/// The word names no kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of document")]
pub struct UnknownLocalActKind;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_lead_back() {
        for kind in LocalActKind::ALL {
            assert_eq!(LocalActKind::from_code(kind.code()), Some(kind));
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert_eq!(LocalActKind::from_code(0), None);
        assert_eq!("law".parse::<LocalActKind>(), Err(UnknownLocalActKind));
    }
}
