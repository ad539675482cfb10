//! What the caller got wrong, field by field. Says how to mend it, never what was typed (1.1.1-b).

macro_rules! problems {
    ($($(#[$said:meta])* $problem:ident = $code:literal,)*) => {
        /// One thing wrong with one value. The words are in the translations, under `mistake-…` with its `-next`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Problem {
            $($(#[$said])* $problem,)*
        }

        impl Problem {
            /// All of them, in this order.
            pub const ALL: &[Self] = &[$(Self::$problem),*];

            /// The word that follows `mistake-` in the translations and stands in JSON answers.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$problem => $code,)*
                }
            }
        }
    };
}

problems! {
    /// Nothing was given where something is needed.
    Missing = "missing",
    /// The form has no such field; the whole submission is rejected.
    Unknown = "unknown",
    /// The same field came twice.
    Repeated = "repeated",
    /// Longer than the field's limit.
    TooLong = "too-long",
    /// Holds characters that the field cannot have (control characters, line breaks in a single line).
    Characters = "characters",
    /// Not a name: letters, spaces, hyphens, apostrophes and full stops make a name.
    Name = "name",
    /// Not a real calendar date.
    Date = "date",
    /// A birth date in the future, or more than 120 years ago.
    BirthDateRange = "birth-date-range",
    /// Under 14 a legal representative acts (L14).
    UnderFourteen = "under-fourteen",
    /// From 14 to 17 the legal representative's consent is needed (L14).
    UnderEighteen = "under-eighteen",
    /// The representative agrees from an address of their own, not from the person's.
    OwnAddress = "own-address",
    /// Not a telephone number.
    Phone = "phone",
    /// Not a telephone number of Kazakhstan, though the country is Kazakhstan.
    PhoneCountry = "phone-country",
    /// Not a postal code of Kazakhstan: six digits, or seven characters such as A01P3K4.
    PostalCode = "postal-code",
    /// Not an e-mail address.
    Email = "email",
    /// Not a country the list knows.
    Country = "country",
    /// Not a card number: wrong length, wrong characters or a failed check digit.
    CardNumber = "card-number",
    /// Not a card holder's name in Latin letters.
    CardHolder = "card-holder",
    /// Not a month and year, or further than 20 years ahead.
    CardExpiry = "card-expiry",
    /// The card has expired.
    CardExpired = "card-expired",
    /// Not the number of digits that the card has.
    CardVerification = "card-verification",
    /// A card verification value where something is stored.
    CardVerificationStored = "card-verification-stored",
    /// The bank did not authorise the card.
    CardDeclined = "card-declined",
    /// Not one of the offered choices.
    Choice = "choice",
    /// It is over, or takes nobody any more.
    Closed = "closed",
    /// Every place is taken.
    NoPlace = "no-place",
    /// Not a year, a month of one or a day, nor a word for what goes on.
    Period = "period",
    /// A period ends before it begins.
    PeriodOrder = "period-order",
    /// A period begins in the future.
    PeriodFuture = "period-future",
    /// More rows than there may be.
    Rows = "rows",
    /// Not a whole number in the range.
    Count = "count",
    /// The consent was not given, but the service needs it.
    ConsentNeeded = "consent-needed",
    /// The code is wrong, used up or expired.
    Code = "code",
    /// No more attempts are left.
    Attempts = "attempts",
    /// The address and the password do not belong together; which of the two is wrong is not said.
    SignIn = "sign-in",
    /// The number of the second proof does not fit, or was used before.
    OneTime = "one-time",
    /// The time in which a member of staff could set up a second factor is over (5.1.4).
    SetUpLate = "set-up-late",
    /// A role that may do more than whoever gives it (5.1.4).
    RoleAbove = "role-above",
    /// One's own account, which others look after (5.1.4).
    OwnAccount = "own-account",
    /// A register that has no room for one more file.
    RegisterFull = "register-full",
    /// A document that is never for everybody (8).
    InternalOnly = "internal-only",
    /// The last open account in a role that looks after the others (5.1.1).
    LastOfRole = "last-of-role",
    /// The passkey did not answer as it must, or opens nothing here; which of the two is not said.
    Passkey = "passkey",
    /// The identity provider led to nobody; why is not said (5.1.4).
    Provider = "provider",
    /// There were too many attempts from one place; a pause helps.
    Wait = "wait",
    /// Nobody is found by that number or name.
    NoRecord = "no-record",
    /// A second person has to agree to it before (5.1.1).
    TakesTwo = "takes-two",
    /// There are more people by now than a proposal says, and it is agreed to for those alone (5.1.3).
    MorePeople = "more-people",
    /// More people than one employee may open in an hour (5.1.4).
    BulkRead = "bulk-read",
    /// One employee looks for people too often (5.1.4).
    SearchLimit = "search-limit",
    /// There is no open case of that number that could be shown in an emergency; which of it is so is not said (5.1.7).
    NoCase = "no-case",
    /// So many asks of one member of staff wait already (5.1.7).
    AsksWaiting = "asks-waiting",
    /// Of two requests it is not certain that both are the same person's (6.5).
    OtherPerson = "other-person",
    /// The own desk works on such cases (5.1.7).
    OwnDesk = "own-desk",
    /// A case is somebody else's by now, or closed.
    Taken = "taken",
    /// Not the password of whoever is signed in.
    PasswordWrong = "password-wrong",
    /// The present password or the number of the second factor is wrong; which of the two is not said (5.1.4).
    PasswordOrNumber = "password-or-number",
    /// A password that is too short to be the only proof.
    PasswordShort = "password-short",
    /// A password that everybody tries first.
    PasswordCommon = "password-common",
    /// The page is out of date; it must be opened again.
    Stale = "stale",
    /// The same form was sent before, with something else in it.
    SentBefore = "sent-before",
    /// The contact was changed a short while ago; another proof is needed (6.5).
    RecentContact = "recent-contact",
    /// It is no PDF, JPEG or PNG of a size that is taken.
    File = "file",
    /// It is no whole PDF of a size that is taken.
    Pdf = "pdf",
    /// The same file is there already.
    SameFile = "same-file",
    /// It is no file in which this form's answers were kept.
    KeptFile = "kept-file",
    /// What was asked for is not done yet.
    NotDone = "not-done",
    /// Not an article of a law: it has no number.
    Article = "article",
    /// Not the number of a document.
    DocumentNumber = "document-number",
    /// Not in Kazakhstan; nothing goes abroad (4.3).
    Abroad = "abroad",
    /// Not a key to which a file can be encrypted.
    AgeKey = "age-key",
    /// Not an address to which a message can be sent: https, a host, and nothing that has to stay secret.
    WebhookAddress = "webhook-address",
    /// An address in a network that the settings do not name (4.3).
    WebhookNetwork = "webhook-network",
    /// Nothing can be sent there by itself: no address, or no key to which a file can be encrypted.
    NoWebhook = "no-webhook",
    /// Not a time of day.
    Time = "time",
    /// Holds a number or an address that leads to a person, where nothing personal may stand.
    Personal = "personal",
    /// Holds a card number or an identification number, which nobody may write down here (1.1.6).
    PapersNumber = "papers-number",
    /// As many filters are kept as can be.
    Views = "views",
    /// More were chosen than can be done together.
    TooMany = "too-many",
    /// A case has as many notes as it can have (1.1.6).
    Notes = "notes",
}

/// Everything wrong with one submission, in the order of the form. Nothing of it was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("the submission has {} mistakes; nothing was stored", .0.len())]
pub struct Mistake(pub Vec<(String, Problem)>);

impl Mistake {
    /// One problem with one input, named as in the form.
    #[must_use]
    pub fn one(input: impl Into<String>, problem: Problem) -> Self {
        Self(vec![(input.into(), problem)])
    }

    /// The problem with that input, if there is one.
    #[must_use]
    pub fn of(&self, input: &str) -> Option<Problem> {
        self.0
            .iter()
            .find(|(name, _)| name == input)
            .map(|(_, problem)| *problem)
    }

    /// The first problem, beside another input than where it arose.
    #[must_use]
    pub fn beside(&self, input: &str) -> Self {
        let first = self.0.first().map_or(Problem::Unknown, |(_, problem)| *problem);
        Self::one(input, first)
    }
}
