//! Invented people for the demonstration. They come in by the way everybody comes in: a form, a consent, a mailed code,
//! a payment, a withdrawal; nothing is written past the one path. Their addresses are in `example.com`, which reaches
//! nobody.

use std::collections::BTreeMap;
use std::time::Duration;

use sandyq_model::{IdempotencyKey, Plain};
use sandyq_policy::Language;
use sandyq_processing::access::{Caller, Entered};
use sandyq_processing::cases::order::CardForm;
use sandyq_processing::service::{Submission, Taken};
use sandyq_processing::{Rejected, System};
use sandyq_web::mail::MailSink;
use tokio::task::JoinSet;

use crate::failure::{Exit, Failure};
use crate::rejected_in_words::failure_of;

/// How far somebody has come, and so where their record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The code in the mail was never typed: pending.
    Waits,
    /// Confirmed: active.
    Confirmed,
    /// Ordered and paid: active, with an order.
    Paid,
    /// Paid and then withdrawn: blocked, because tax law keeps the document.
    PaidAndWithdrawn,
    /// Blocked by the responsible person.
    Blocked,
    /// Withdrawn: destroyed.
    Withdrawn,
}

/// Somebody who does not exist.
struct Person {
    last_name: &'static str,
    first_name: &'static str,
    patronymic: &'static str,
    mailbox: &'static str,
    service: &'static str,
    language: Language,
    way: Way,
}

const fn person(names: [&'static str; 4], service: &'static str, language: Language, way: Way) -> Person {
    let [last_name, first_name, patronymic, mailbox] = names;
    Person {
        last_name,
        first_name,
        patronymic,
        mailbox,
        service,
        language,
        way,
    }
}

const PEOPLE: [Person; 24] = {
    use Language::{En, Kk, Ru};
    use Way::{Blocked, Confirmed, Paid, PaidAndWithdrawn, Waits, Withdrawn};
    [
        person(
            ["Әлиева", "Айгерім", "Серікқызы", "aigerim"],
            "guest-purchase",
            Kk,
            Paid,
        ),
        person(
            ["Ким", "Виктор", "Андреевич", "viktor"],
            "guest-purchase",
            Ru,
            Paid,
        ),
        person(
            ["Жұмабек", "Нұрлан", "Ерланұлы", "nurlan"],
            "guest-purchase",
            Kk,
            Confirmed,
        ),
        person(["O'Neill", "Siobhan", "", "siobhan"], "guest-purchase", En, Waits),
        person(
            ["Сәрсен", "Дәулет", "Қанатұлы", "daulet"],
            "guest-purchase",
            Kk,
            PaidAndWithdrawn,
        ),
        person(
            ["Петрова", "Анна", "Игоревна", "anna"],
            "guest-purchase",
            Ru,
            Withdrawn,
        ),
        person(
            ["Оспан", "Мадина", "Талғатқызы", "madina"],
            "question",
            Kk,
            Confirmed,
        ),
        person(
            ["Ахметов", "Тимур", "Русланович", "timur"],
            "event-registration",
            Ru,
            Confirmed,
        ),
        person(
            ["Қалиев", "Бауыржан", "Мұратұлы", "bauyrzhan"],
            "promotion-entry",
            Kk,
            Confirmed,
        ),
        person(
            ["Сейтқали", "Әсел", "Болатқызы", "asel"],
            "account",
            Kk,
            Confirmed,
        ),
        person(["Иванов", "Пётр", "Сергеевич", "petr"], "account", Ru, Waits),
        person(
            ["Тұрсын", "Гүлнар", "Асқарқызы", "gulnar"],
            "account",
            Kk,
            Blocked,
        ),
        person(["Weber", "Jonas", "", "jonas"], "account", En, Withdrawn),
        person(
            ["Нұрғали", "Ержан", "Дәуренұлы", "erzhan"],
            "partner",
            Kk,
            Confirmed,
        ),
        person(["Ли", "Елена", "Викторовна", "elena"], "partner", Ru, Waits),
        person(["Байжан", "Сәуле", "Омарқызы", "saule"], "partner", Kk, Blocked),
        person(
            ["Мухамедов", "Рустам", "Ильдарович", "rustam"],
            "partner",
            Ru,
            Withdrawn,
        ),
        person(
            ["Есен", "Құралай", "Маратқызы", "quralai"],
            "vacancy-application",
            Kk,
            Confirmed,
        ),
        person(
            ["Соколова", "Дарья", "Олеговна", "darya"],
            "vacancy-application",
            Ru,
            Waits,
        ),
        person(
            ["Сағындық", "Жанар", "Ерболқызы", "zhanar"],
            "vacancy-application",
            Kk,
            Blocked,
        ),
        person(
            ["Төлеген", "Алмас", "Жандосұлы", "almas"],
            "vacancy-application",
            Kk,
            Withdrawn,
        ),
        person(
            ["Садықова", "Ләйла", "Ерболқызы", "laila"],
            "guest-purchase",
            Kk,
            Confirmed,
        ),
        person(
            ["Морозов", "Илья", "Павлович", "ilya"],
            "guest-purchase",
            Ru,
            Confirmed,
        ),
        person(["Brown", "Emma", "", "emma"], "guest-purchase", En, Confirmed),
    ]
};

/// Brings everybody in, all at once.
///
/// # Errors
/// When one of them cannot come in: the demonstration would show less than it says.
pub async fn bring_in(system: &System, letters: &MailSink, responsible: &Caller) -> Result<(), Failure> {
    let mut coming = JoinSet::new();
    for (number, person) in PEOPLE.iter().enumerate() {
        let (system, letters, responsible) = (system.clone(), letters.clone(), responsible.clone());
        coming.spawn(async move { person.comes(number, &system, &letters, &responsible).await });
    }
    while let Some(came) = coming.join_next().await {
        came.map_err(|error| {
            Failure::new(
                Exit::Unavailable,
                format!("an invented person did not come: {error}"),
            )
        })??;
    }
    Ok(())
}

impl Person {
    async fn comes(
        &self,
        number: usize,
        system: &System,
        letters: &MailSink,
        responsible: &Caller,
    ) -> Result<(), Failure> {
        let stuck = |step: &str, rejected: Rejected| {
            let failure = failure_of(rejected, system, Language::En);
            Failure::new(
                failure.exit,
                format!(
                    "the demonstration could not {step} for `{}`: {failure}",
                    self.service
                ),
            )
        };
        let key = || IdempotencyKey::random(system.chance());
        let taken = self
            .submits(number, system)
            .await
            .map_err(|rejected| stuck("submit a form", rejected))?;
        if self.way == Way::Waits {
            return Ok(());
        }
        let code = code_of(&taken, letters).await?;
        let entered = system.confirm(&taken.ticket, &taken.binding, &code, key()).await;
        let entered = entered.map_err(|rejected| stuck("confirm a consent", rejected))?;
        let entered = entered
            .whole()
            .ok_or_else(|| stuck("confirm a consent", Rejected::SignInFirst))?;
        let caller = system.caller(entered.session.expose()).await?;
        let caller = caller.ok_or_else(|| stuck("open a session", Rejected::SignInFirst))?;
        if matches!(self.way, Way::Paid | Way::PaidAndWithdrawn) {
            self.pays(number, system, &caller, &entered)
                .await
                .map_err(|rejected| stuck("pay", rejected))?;
        }
        if matches!(self.way, Way::Withdrawn | Way::PaidAndWithdrawn) {
            system
                .withdraw(&caller, key())
                .await
                .map_err(|rejected| stuck("withdraw", rejected))?;
        }
        if let (Way::Blocked, Some(subject)) = (self.way, caller.subject) {
            system
                .block(responsible, subject)
                .await
                .map_err(|rejected| stuck("block", rejected))?;
        }
        Ok(())
    }

    async fn submits(&self, number: usize, system: &System) -> Result<Taken, Rejected> {
        let form = system.form(self.service, self.language)?;
        let answer = |name: &str| {
            self.answer(name, number)
                .map(|answer| (name.to_owned(), Plain::new(answer)))
        };
        let answers: BTreeMap<_, _> = form
            .inputs
            .iter()
            .filter_map(|input| answer(&input.name))
            .collect();
        let accepted = form
            .consents
            .iter()
            .filter(|offer| offer.required || offer.id == COUNTED || number.is_multiple_of(3));
        let accepted = accepted
            .map(|offer| (offer.id.clone(), offer.hash.clone()))
            .collect();
        let offered = system.offered(self.service).await?;
        let about = offered.get(number % offered.len().max(1));
        let submission = Submission {
            service: self.service.to_owned(),
            language: self.language,
            answers,
            about: about.map(|offered| offered.offering.id.clone()),
            quantity: 1,
        };
        system
            .submit(submission, accepted, IdempotencyKey::random(system.chance()))
            .await
    }

    async fn pays(
        &self,
        number: usize,
        system: &System,
        caller: &Caller,
        entered: &Entered,
    ) -> Result<(), Rejected> {
        let reference = entered.case.clone().ok_or(Rejected::NotFound)?;
        let card = CardForm {
            number: Plain::from(if number.is_multiple_of(2) {
                "4111 1111 1111 1111"
            } else {
                "5555 5555 5555 4444"
            }),
            holder: Plain::from("INVENTED PERSON"),
            expiry: Plain::new(format!(
                "12/{:02}",
                (sandyq_model::time::day_in_kazakhstan(system.now()).year() + 2) % 100
            )),
            verification: Plain::from("123"),
        };
        let key = IdempotencyKey::random(system.chance());
        system
            .pay(caller, &reference, card, self.language, key)
            .await
            .map(|_| ())
    }

    /// What this person types into an input; nothing for inputs that are left empty.
    fn answer(&self, input: &str, number: usize) -> Option<String> {
        let organization = ["«Дала Софт» ЖШС", "ТОО «Пример»", "Example LLP"];
        let said = match input {
            "last_name" => self.last_name.to_owned(),
            "first_name" => self.first_name.to_owned(),
            "patronymic" if !self.patronymic.is_empty() => self.patronymic.to_owned(),
            "email" => format!("{}@example.com", self.mailbox),
            "contact_phone" | "cell_phone" => format!("+7 701 555 {:02} {:02}", 10 + number, 40 + number),
            "organization" => (*organization.get(number % organization.len())?).to_owned(),
            "city" => "Алматы".to_owned(),
            "delivery_address" => format!("Абай даңғылы, {}\n050000", number + 1),
            "experience" => "2019–2024; Example LLP; software; developer".to_owned(),
            "languages" => "Қазақша\nРусский".to_owned(),
            "message" => "Does the licence cover two computers?".to_owned(),
            "promotion_answer" => "Сандық".to_owned(),
            _ => return None,
        };
        Some(said)
    }
}

/// Waits for the letter with the ticket, and reads the code in it.
async fn code_of(taken: &Taken, letters: &MailSink) -> Result<Plain<String>, Failure> {
    for _ in 0..LETTER_LOOKS {
        let letter = letters
            .letters()
            .into_iter()
            .find(|letter| letter.text.contains(&taken.ticket));
        let is_code =
            |word: &&str| CODE_DIGITS.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
        let words = letter
            .as_ref()
            .map(|letter| letter.text.split(|sign: char| !sign.is_alphanumeric()));
        if let Some(code) = words.and_then(|mut words| words.find(is_code)) {
            return Ok(Plain::from(code));
        }
        tokio::time::sleep(LETTER_WAIT).await;
    }
    Err(Failure::new(
        Exit::Unavailable,
        "the letter box of the demonstration got no letter",
    ))
}

/// To what everybody in the demonstration agrees, so that there are groups to show.
const COUNTED: &str = "statistics";
/// How long a code can be.
const CODE_DIGITS: std::ops::RangeInclusive<usize> = 6..=10;
/// How often the letter box is looked into, and how long between.
const LETTER_LOOKS: u32 = 12_000;
/// See above.
const LETTER_WAIT: Duration = Duration::from_millis(5);
