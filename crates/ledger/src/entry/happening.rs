//! What must be accounted for and is no action with personal data; and why something ended as it did.

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$variant_doc])* $variant = $code,)*
        }

        impl $name {
            /// All of them, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its number in the entry.
            #[must_use]
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// Its word.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The one with this number.
            #[must_use]
            pub const fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

numbered! {
    /// A happening that is accounted for without being an action with personal data (5.1.5-a). Codes begin at 64,
    /// above every verb there could be.
    Happening {
        /// The system was started.
        Started = 64 "started",
        /// The system was stopped in order.
        Stopped = 65 "stopped",
        /// Another policy came into force (PRE-3).
        PolicyAdopted = 66 "policy-adopted",
        /// Somebody has read the policy in force (PRE-1).
        Familiarized = 67 "familiarized",
        /// A way in was opened.
        SignedIn = 68 "signed-in",
        /// A way in was refused.
        SignInRefused = 69 "sign-in-refused",
        /// A way in was closed.
        SignedOut = 70 "signed-out",
        /// A member of staff was given a role.
        StaffAdded = 71 "staff-added",
        /// The role or the way in of a member of staff was changed.
        StaffChanged = 72 "staff-changed",
        /// A member of staff has no role any more.
        StaffRemoved = 73 "staff-removed",
        /// Somebody looked into the ledger.
        LedgerRead = 74 "ledger-read",
        /// The ledger was verified.
        LedgerVerified = 75 "ledger-verified",
        /// A receipt was handed out.
        ReceiptIssued = 76 "receipt-issued",
        /// A code was sent to a contact.
        CodeSent = 77 "code-sent",
        /// A code that was typed in is not the one sent.
        CodeRefused = 78 "code-refused",
        /// A case was opened.
        CaseOpened = 79 "case-opened",
        /// A case was closed.
        CaseClosed = 80 "case-closed",
        /// A request of a subject was registered (6, 7).
        RequestOpened = 81 "request-opened",
        /// A request of a subject was answered (6, 7).
        RequestAnswered = 82 "request-answered",
        /// A second person agreed to what another one had proposed (5.1.1).
        Approved = 83 "approved",
        /// What somebody had proposed was turned down by a second person, or taken back (5.1.1).
        Disapproved = 84 "disapproved",
        /// A recipient was told of a withdrawal, a change or a destruction (6.2, 6.3).
        RecipientTold = 85 "recipient-told",
        /// A key came into use.
        KeyCreated = 86 "key-created",
        /// A key is dead in every copy.
        KeyDestroyed = 87 "key-destroyed",
        /// A backup was made (5.1.6).
        BackupMade = 88 "backup-made",
        /// A backup was restored (5.1.6).
        BackupRestored = 89 "backup-restored",
        /// The configuration was changed.
        ConfigurationChanged = 90 "configuration-changed",
        /// The operator's register of processing was handed out.
        RegisterRead = 91 "register-read",
        /// An epoch of keys ends: its key is forgotten next, and with it every older copy of the keys that died (6.3).
        EpochEnded = 92 "epoch-ended",
        /// A backup was restored into a scratch place and looked at (5.1.6).
        BackupDrilled = 93 "backup-drilled",
        /// Somebody set or changed with what they prove who they are: a password, a second factor, a passkey (2.2.1).
        AuthenticatorSet = 94 "authenticator-set",
        /// Somebody took a second factor or a passkey away (2.2.1).
        AuthenticatorRemoved = 95 "authenticator-removed",
        /// A request of a subject went a step on: a check of identity, a warning, an earlier due date (6.5, PRE-5).
        RequestMoved = 96 "request-moved",
        /// The schedule went through everything that is due, or was stopped from it (8).
        RetentionRun = 97 "retention-run",
        /// Somebody is due and waits, because a person blocked the record (8).
        DestructionWaits = 98 "destruction-waits",
        /// A line of the register of recipients was entered (4.2).
        RecipientEntered = 99 "recipient-entered",
        /// A line of the register of recipients was closed: nothing goes there any more (4.2).
        RecipientClosed = 100 "recipient-closed",
        /// A recipient confirmed that it does not use any more what it had been given (6.3).
        RecipientConfirmed = 101 "recipient-confirmed",
        /// Somebody set what they wish about their confidentiality (6.2).
        ConfidentialitySet = 102 "confidentiality-set",
        /// A case was opened to another desk in an emergency (5.1.7).
        EmergencyOpened = 103 "emergency-opened",
        /// A look in an emergency was judged to be right (5.1.7).
        EmergencyRight = 104 "emergency-right",
        /// A look in an emergency was judged to be wrong (5.1.7).
        EmergencyWrong = 105 "emergency-wrong",
        /// A recipient was given an address on the network, or another one (4.2).
        WebhookEntered = 106 "webhook-entered",
        /// Nothing is sent to a recipient's address any more (4.2).
        WebhookEnded = 107 "webhook-ended",
        /// The secret by which a recipient knows our messages was renewed (4.2).
        WebhookRenewed = 108 "webhook-renewed",
        /// What was sent to a recipient's address arrived there, or surely did not (4.2).
        HandingAnswered = 109 "handing-answered",
        /// A breach of the protection was entered in the register (5.1.3).
        BreachEntered = 110 "breach-entered",
        /// Something was found out or done about a breach (5.1.3).
        BreachMoved = 111 "breach-moved",
        /// Somebody looked into the register of breaches (5.1.3).
        BreachesRead = 112 "breaches-read",
        /// Somebody proposed what takes two persons (5.1.1).
        Proposed = 113 "proposed",
        /// Somebody set out to find the people of a breach, or the search ended (5.1.3).
        BreachPeopleSought = 114 "breach-people-sought",
        /// A breach concerns that person (5.1.3).
        BreachConcerns = 115 "breach-concerns",
        /// Two persons opened the list of the people of a breach, who are more than one may open (5.1.3).
        BreachListOpened = 116 "breach-list-opened",
        /// The list of the people of a breach was drawn for the authority (5.1.3).
        BreachListDrawn = 117 "breach-list-drawn",
        /// Letters to the people of a breach set out, or all of them were left (5.1.3).
        BreachLettersBegun = 118 "breach-letters-begun",
        /// A letter about a breach went to that person (5.1.3).
        BreachPersonTold = 119 "breach-person-told",
        /// A letter to somebody came back: nobody takes letters at that address (6.1).
        LetterReturned = 120 "letter-returned",
        /// The schedule compared records by their contacts (6.1).
        AlikeCompared = 123 "alike-compared",
        /// Somebody looked at the records that may be one person (6.1).
        AlikeRead = 124 "alike-read",
        /// A member of staff took a case.
        CaseTaken = 130 "case-taken",
        /// A member of staff gave a case back.
        CaseGivenBack = 131 "case-given-back",
        /// A member of staff looked for cases by a contact.
        CasesSearched = 132 "cases-searched",
        /// A member of staff linked their account with an identity of the provider (5.1.4).
        IdentityLinked = 133 "identity-linked",
        /// A member of staff took that link away (5.1.4).
        IdentityUnlinked = 134 "identity-unlinked",
        /// A document of the operator's own was entered in the register (3).
        LocalActEntered = 140 "local-act-entered",
        /// Somebody looked into the register of documents, or at one that is not public (3).
        LocalActsRead = 141 "local-acts-read",
        /// The schedule made the figures of a month (DEF-5).
        FiguresMade = 142 "figures-made",
        /// Somebody looked at figures (2.2.4).
        FiguresRead = 143 "figures-read",
        /// It was looked whether any card data has outlived its day; failed, when some has (8).
        CardsLookedFor = 144 "cards-looked-for",
        /// An act says that the paper of a letter was destroyed, whose record is gone (8).
        PaperDestroyed = 145 "paper-destroyed",
        /// A document of the operator's own was taken off the site (3).
        LocalActHidden = 146 "local-act-hidden",
        /// The proofs of consents of somebody who was destroyed years ago were removed (8).
        ConsentProofsEnded = 150 "consent-proofs-ended",
    }
}

numbered! {
    /// More on how something ended.
    Detail {
        /// Nothing more to say.
        None = 0 "none",
        /// The name, password, code or key was not right.
        Credentials = 1 "credentials",
        /// A limit of attempts or of speed was reached.
        Throttled = 2 "throttled",
        /// The facts changed while it was decided.
        Stale = 3 "stale",
        /// The same submission had been taken before.
        Repeated = 4 "repeated",
        /// The answer was that there is nobody or nothing of this kind.
        NotFound = 5 "not-found",
        /// The database could not do its part.
        StoreFault = 6 "store-fault",
        /// The vault could not do its part.
        VaultFault = 7 "vault-fault",
        /// A message or payment could not be delivered.
        DeliveryFault = 8 "delivery-fault",
        /// Part of the data stays under a cited floor (8).
        Remainder = 9 "remainder",
        /// It finishes what a crash had interrupted.
        Resumed = 10 "resumed",
        /// It was done again after a backup was restored (5.1.6-b).
        Replayed = 11 "replayed",
        /// A value that was sent in is not one of its field.
        Mistake = 12 "mistake",
        /// Single values whose last purpose has ended; the rest of the record stays (8).
        Part = 13 "part",
        /// The clock went back, or leapt ahead: it cannot be believed (8).
        Clock = 14 "clock",
        /// The days of the calendar are not known that far (8).
        Calendar = 15 "calendar",
        /// The record is blocked (DEF-3).
        Blocked = 16 "blocked",
        /// The record is under an order to keep it (8).
        Held = 17 "held",
        /// The order to keep the record is lifted (8).
        HoldLifted = 18 "hold-lifted",
    }
}
