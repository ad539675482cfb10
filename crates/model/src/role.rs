//! 5.1.4: who acts, as what. The policy folder declares the roles; here a role is its number.

/// A role by its number in the policy folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role(u8);

impl Role {
    /// The person whose data it is.
    pub const SUBJECT: Self = Self(1);
    /// The person's recorded legal representative.
    pub const REPRESENTATIVE: Self = Self(2);
    /// The public site, acting on what a visitor submits.
    pub const SITE: Self = Self(3);
    /// The part of the system that writes mail.
    pub const MAILER: Self = Self(4);
    /// Time itself: retention, deadlines, expiry.
    pub const SCHEDULE: Self = Self(5);
    /// The part of the system that asks for a payment.
    pub const PAYMENTS: Self = Self(6);
    /// Staff who carry out orders.
    pub const SALES: Self = Self(10);
    /// The responsible person of 5.1.1.
    pub const RESPONSIBLE: Self = Self(15);
    /// Who reads the account of what was done, and never the data (5.1.4).
    pub const AUDITOR: Self = Self(16);
    /// Who runs the system and reads nothing.
    pub const ADMINISTRATOR: Self = Self(17);
    /// The operator's other programs.
    pub const INTEGRATION: Self = Self(18);
    /// Who gives access and takes it away, and reads nothing (5.1.4).
    pub const ACCESS: Self = Self(19);
    /// Who reads figures about many people, and nothing about anybody (2.2.4).
    pub const STATISTICS: Self = Self(20);
    /// Numbers are below this.
    pub const NUMBER_LIMIT: u8 = 64;

    /// The role with this number.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number > 0 && number < Self::NUMBER_LIMIT {
            Some(Self(number))
        } else {
            None
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}
