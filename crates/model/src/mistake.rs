//! What the caller got wrong, field by field. Says how to mend it, never what was typed (1.1.1-b).

/// One thing wrong with one value. The words are in the translations, under `mistake-…` with its `-next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Problem {
    /// Nothing was given where something is needed.
    Missing,
    /// The form has no such field; the whole submission is rejected.
    Unknown,
    /// The same field came twice.
    Repeated,
    /// Longer than the field's limit.
    TooLong,
    /// Holds characters that the field cannot have (control characters, line breaks in a single line).
    Characters,
    /// Not a name: letters, spaces, hyphens, apostrophes and full stops make a name.
    Name,
    /// Not a real calendar date.
    Date,
    /// A birth date in the future, or more than 120 years ago.
    BirthDateRange,
    /// Under 14 a legal representative acts (L14).
    UnderFourteen,
    /// From 14 to 17 the legal representative's consent is needed (L14).
    UnderEighteen,
    /// Not a telephone number.
    Phone,
    /// Not a telephone number of Kazakhstan, though the country is Kazakhstan.
    PhoneCountry,
    /// Not a postal code of Kazakhstan: six digits, or seven characters such as A01P3K4.
    PostalCode,
    /// Not an e-mail address.
    Email,
    /// Not a country the list knows.
    Country,
    /// Not a card number: wrong length, wrong characters or a failed check digit.
    CardNumber,
    /// Not a card holder's name in Latin letters.
    CardHolder,
    /// Not a month and year, or further than 20 years ahead.
    CardExpiry,
    /// The card has expired.
    CardExpired,
    /// Not the number of digits that the card has.
    CardVerification,
    /// A card verification value where something is stored.
    CardVerificationStored,
    /// The bank did not authorise the card.
    CardDeclined,
    /// Not one of the offered choices.
    Choice,
    /// It is over, or takes nobody any more.
    Closed,
    /// Every place is taken.
    NoPlace,
    /// A line does not begin with a period such as `2019–2023`.
    Period,
    /// A period ends before it begins.
    PeriodOrder,
    /// A period begins in the future.
    PeriodFuture,
    /// A line lacks a part that it needs.
    Parts,
    /// Not a whole number in the range.
    Count,
    /// The consent was not given, but the service needs it.
    ConsentNeeded,
    /// The code is wrong, used up or expired.
    Code,
    /// No more attempts are left.
    Attempts,
    /// The address and the password do not belong together; which of the two is wrong is not said.
    SignIn,
    /// The number of the second proof does not fit, or was used before.
    OneTime,
    /// There were too many attempts from one place; a pause helps.
    Wait,
    /// Not the password of whoever is signed in.
    PasswordWrong,
    /// A password that is too short to be the only proof.
    PasswordShort,
    /// A password that everybody tries first.
    PasswordCommon,
    /// The page is out of date; it must be opened again.
    Stale,
    /// The same form was sent before, with something else in it.
    SentBefore,
    /// The contact was changed a short while ago; another proof is needed (6.5).
    RecentContact,
    /// It is no PDF, JPEG or PNG of a size that is taken.
    File,
    /// What was asked for is not done yet.
    NotDone,
    /// Not an article of a law: it has no number.
    Article,
    /// Not the number of a document.
    DocumentNumber,
}

impl Problem {
    /// The word that follows `mistake-` in the translations and stands in JSON answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Repeated => "repeated",
            Self::TooLong => "too-long",
            Self::Characters => "characters",
            Self::Name => "name",
            Self::Date => "date",
            Self::BirthDateRange => "birth-date-range",
            Self::UnderFourteen => "under-fourteen",
            Self::UnderEighteen => "under-eighteen",
            Self::Phone => "phone",
            Self::PhoneCountry => "phone-country",
            Self::PostalCode => "postal-code",
            Self::Email => "email",
            Self::Country => "country",
            Self::CardNumber => "card-number",
            Self::CardHolder => "card-holder",
            Self::CardExpiry => "card-expiry",
            Self::CardExpired => "card-expired",
            Self::CardVerification => "card-verification",
            Self::CardVerificationStored => "card-verification-stored",
            Self::CardDeclined => "card-declined",
            Self::Choice => "choice",
            Self::Closed => "closed",
            Self::NoPlace => "no-place",
            Self::Period => "period",
            Self::PeriodOrder => "period-order",
            Self::PeriodFuture => "period-future",
            Self::Parts => "parts",
            Self::Count => "count",
            Self::ConsentNeeded => "consent-needed",
            Self::Code => "code",
            Self::Attempts => "attempts",
            Self::SignIn => "sign-in",
            Self::OneTime => "one-time",
            Self::Wait => "wait",
            Self::PasswordWrong => "password-wrong",
            Self::PasswordShort => "password-short",
            Self::PasswordCommon => "password-common",
            Self::Stale => "stale",
            Self::SentBefore => "sent-before",
            Self::RecentContact => "recent-contact",
            Self::File => "file",
            Self::NotDone => "not-done",
            Self::Article => "article",
            Self::DocumentNumber => "document-number",
        }
    }
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
}
