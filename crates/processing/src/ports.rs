//! What lies outside: the card acquirer, the mail, an identity provider and the addresses of recipients. All are in Kazakhstan, or they are not configured (1.4, 4.3).

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use sandyq_model::{Actor, CardVerification, CaseId, Fault, Plain};
use sandyq_policy::Language;

use url::Url;

use crate::at_rest::{Backups, Upkeep};
use crate::transfer::SignedMessage;

/// 4.3: whether a name on the network is under a domain of Kazakhstan: a host, or what stands behind the `@` of an address.
#[must_use]
pub fn is_under_kazakhstan(name: &str) -> bool {
    let last = name.rsplit_once('.').map(|(_, last)| last.to_lowercase());
    last.is_some_and(|last| matches!(last.as_str(), "kz" | "қаз" | "xn--80ao21a"))
}

/// 4.3: whether a host is in the country, as far as can be told: near, under the country's domains, or named for it.
#[must_use]
pub fn is_in_kazakhstan(host: &str, named: &[String]) -> bool {
    let host = host.trim().trim_end_matches('.').to_lowercase();
    let named = named.iter().any(|named| named.trim().eq_ignore_ascii_case(&host));
    let near = host
        .parse::<IpAddr>()
        .map_or(host == "localhost", |address| match address {
            IpAddr::V4(address) => address.is_loopback() || address.is_private(),
            IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
        });
    named || near || is_under_kazakhstan(&host)
}

/// One card, for one authorisation.
pub struct Card {
    /// The number, digits only.
    pub number: Plain<String>,
    /// The holder's name in Latin letters.
    pub holder: Plain<String>,
    /// Year and month, `YYYY-MM`.
    pub expiry: Plain<String>,
    /// Wiped when the authorisation returns.
    pub verification: CardVerification,
}

/// What the acquirer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorisation {
    /// The sum is reserved.
    Granted,
    /// The bank said no; nothing is reserved.
    Declined,
}

/// Where cards are authorised (2.2.7). The same case is authorised once, however often it is asked.
#[async_trait]
pub trait PaymentPort: Send + Sync {
    /// What the payment page says is in use; a demonstration says that it is one.
    fn name(&self) -> &str;

    /// Whether it moves no money.
    fn is_demonstration(&self) -> bool;

    /// Asks for the sum, in hundredths of the currency.
    ///
    /// # Errors
    /// When there is no answer; nothing is known to be reserved then.
    async fn authorise(&self, case: CaseId, amount_minor: i64, card: Card) -> Result<Authorisation, Fault>;
}

/// A letter as it leaves. Its subject line and address of the sender hold nothing personal.
pub struct Letter {
    /// To whom.
    pub to: Plain<String>,
    /// In which language.
    pub language: Language,
    /// What it says.
    pub message: Message,
    /// What its return path is known by, when somebody looks at what comes back: letters and digits that say nothing (6.1).
    pub return_path: Option<String>,
}

/// What letters say; the words are the face's.
pub enum Message {
    /// The code that confirms a consent (1.2-b).
    ConfirmationCode {
        /// The code.
        code: Plain<String>,
        /// The locator of the page to type it in.
        ticket: String,
        /// Minutes for which it works.
        minutes: u32,
    },
    /// The code by which the representative of somebody young gives the consent, or agrees to it (DEF-11).
    AgreementCode {
        /// The code.
        code: Plain<String>,
        /// The locator of the page to type it in.
        ticket: String,
        /// Hours for which it works: as long as the record waits.
        hours: u32,
        /// What is agreed to: each box in words, and the SHA-256 of its text in hexadecimal.
        consents: Vec<(String, String)>,
    },
    /// The code that opens "my data" (6.4, 6.5).
    EntryCode {
        /// The code.
        code: Plain<String>,
        /// The locator of the page to type it in.
        ticket: String,
        /// Minutes for which it works.
        minutes: u32,
    },
    /// The code with which the owner of an account proves the address, to choose a new password.
    ResetCode {
        /// The code.
        code: Plain<String>,
        /// The locator of the page to type it in.
        ticket: String,
        /// Minutes for which it works.
        minutes: u32,
    },
    /// The code that proves a new address of an account (6.2).
    AddressCode {
        /// The code.
        code: Plain<String>,
        /// The locator of the code; the page to type it in is open already.
        ticket: String,
        /// Minutes for which it works.
        minutes: u32,
    },
    /// Something was done with an account that its owner must know of.
    AccountNotice {
        /// What.
        notice: Notice,
    },
    /// An account was closed against the holder's will (1.3).
    AccountClosed {
        /// Why, in words of the policy and of the letter's language.
        reason: String,
        /// The last day on which what served it is kept, as `2026-12-13`.
        day: String,
    },
    /// The code by which somebody shows that a request is theirs (6.5).
    IdentityCode {
        /// The code.
        code: Plain<String>,
    },
    /// A question, a registration, an application, an entry was taken in (2.2.7 to 2.2.11).
    Taken {
        /// Its reference number.
        reference: String,
    },
    /// A request was answered or refused; what was said stands on the person's own page (6.5).
    Answered {
        /// Its reference number.
        reference: String,
    },
    /// Somebody decided about a case; what was decided stands on the person's own page (1.3).
    Decided {
        /// Its reference number.
        reference: String,
    },
    /// A case was opened to another desk in an emergency; who looked at what stands on the person's own page (5.1.7).
    Emergency {
        /// Its reference number.
        reference: String,
    },
    /// Something of the person's was handed over; to whom stands on the person's own page (4.2).
    HandedOver {
        /// Its number in the register.
        reference: String,
    },
    /// To somebody whom a breach concerns (5.1.3).
    Breach {
        /// What happened to the data.
        kind: sandyq_model::BreachKind,
        /// The day on which it was found.
        day: jiff::civil::Date,
        /// The fields that are concerned, in words of the letter's language: those that are held of the person, or all of the
        /// breach.
        fields: Vec<String>,
        /// Whether they are held of the person; otherwise none of them is.
        held: bool,
        /// What happened and what was done, as the responsible person says it in that language.
        text: String,
        /// Whom to ask.
        contact: String,
    },
    /// To a recipient: what it was given under that number must not be used any more (6.3). In three languages at once.
    Recall {
        /// The number under which it was given.
        reference: String,
        /// The day on which it was given.
        day: jiff::civil::Date,
    },
    /// The order is placed (2.2.7).
    OrderPlaced {
        /// Its reference number.
        reference: String,
    },
}

/// What the owner of an account is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody wanted to register with the address, which has an account.
    Registered,
    /// Somebody came in by a browser that had not been used before.
    SignedIn,
    /// Another password was chosen.
    Password,
    /// The account has another address now; this goes to the one before.
    Address,
    /// A second proof was set up.
    FactorAdded,
    /// The second proof was taken away.
    FactorRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was taken away.
    PasskeyRemoved,
}

impl Notice {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Address,
        Self::Registered,
        Self::SignedIn,
        Self::Password,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
    ];

    /// Its word in the queue and in the translations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignedIn => "signed-in",
            Self::Password => "password",
            Self::Address => "address",
            Self::FactorAdded => "factor-added",
            Self::FactorRemoved => "factor-removed",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
        }
    }

    /// The one with that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.name() == word)
    }
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It went out; or there was nothing to send any more.
    Done,
    /// Nobody takes letters at that address, and trying again changes nothing.
    Refused,
}

/// Where letters go out (our own mail server, in Kazakhstan).
#[async_trait]
pub trait Post: Send + Sync {
    /// Sends it, or says that it could not.
    ///
    /// # Errors
    /// When the mail server did not take it now; it may later.
    async fn send(&self, letter: Letter) -> Result<Delivery, Fault>;

    /// Whether somebody looks at the letters that come back; only then is a return path kept (6.1).
    fn hears_of_returns(&self) -> bool {
        false
    }
}

/// What the identity provider answered.
pub struct ProviderAnswer {
    /// The status.
    pub status: u16,
    /// What it says.
    pub body: Plain<Vec<u8>>,
}

/// The way to the identity provider of the settings (5.1.4), in Kazakhstan. It follows no redirect, and waits and reads within bounds.
#[async_trait]
pub trait ProviderLine: Send + Sync {
    /// Fetches what lies there.
    ///
    /// # Errors
    /// When there is no answer, or one that is longer than it may be.
    async fn get(&self, place: &str) -> Result<ProviderAnswer, Fault>;

    /// Sends a form there, with our name and secret in the header where they are given.
    ///
    /// # Errors
    /// As [`ProviderLine::get`].
    async fn post(
        &self,
        place: &str,
        credentials: Option<(String, Plain<String>)>,
        form: Plain<String>,
    ) -> Result<ProviderAnswer, Fault>;
}

/// What became of one attempt to send something to an address of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookAnswer {
    /// The receiver answered with that status.
    Answered(u16),
    /// Nothing was sent.
    NotReached(Miss),
    /// It was sent, or part of it, and no answer came that can be read.
    Unanswered,
}

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// The name leads to no number.
    Name,
    /// It leads to a number in a network that the settings do not name (4.3).
    Network,
    /// Nobody took the connection in time.
    Connection,
    /// Who took it does not show that it is the one who was meant.
    Certificate,
}

/// The way to addresses of recipients (4.2), in Kazakhstan. It looks at every number to which a name leads before it connects to one of
/// them, follows no redirect, asks no proxy, and waits and reads within bounds.
#[async_trait]
pub trait WebhookLine: Send + Sync {
    /// Sends a message there; all of it takes no longer than `patience`.
    async fn post(&self, place: &Url, message: SignedMessage, patience: Duration) -> WebhookAnswer;
}

/// A payment port that moves no money, for demonstrations: it declines cards whose number ends in 0002 and grants
/// every other.
pub struct DemonstrationPayments;

#[async_trait]
impl PaymentPort for DemonstrationPayments {
    fn name(&self) -> &'static str {
        "demonstration"
    }

    fn is_demonstration(&self) -> bool {
        true
    }

    async fn authorise(&self, _case: CaseId, _amount_minor: i64, card: Card) -> Result<Authorisation, Fault> {
        let declined = card.number.expose().ends_with("0002");
        card.verification.spend(|_digits| ());
        Ok(if declined {
            Authorisation::Declined
        } else {
            Authorisation::Granted
        })
    }
}

/// Whoever makes backups and tries them out (5.1.6): the program that serves. It knows where sets go and who can open them.
#[async_trait]
pub trait Keeper: std::fmt::Debug + Send + Sync {
    /// What is known of backups now.
    async fn backups(&self) -> Backups;

    /// Begins it, as the act of `by`, and leaves it to go on. Whether it began: one goes on at a time, and a drill takes an identity.
    async fn begin(&self, what: Upkeep, by: Actor) -> bool;
}
