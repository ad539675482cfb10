//! 1.2-e, L3: consent. Its text has all eight contents, in Kazakh and Russian, for each item by itself; what is
//! accepted is bound by the hash of the exact text that was shown.
//!
//! No text is made while the operator's details are incomplete, and nothing here ever gives a consent: people do.

mod giving;
pub(crate) mod receipt;
mod taking_back;
mod view;

use std::sync::LazyLock;

use jiff::Timestamp;
use sandyq_model::{ConsentId, Fault, Field, FieldSet, Purpose, SubjectId};
use sandyq_policy::declarations::{ConsentItem, Service, WordKind};
use sandyq_policy::{Language, Policy};
use sandyq_store::tables::consent::{ConsentAct, ConsentRow};
use sandyq_store::tables::consent_text::ConsentText as TextRow;
use serde::Deserialize;

use crate::operator::Operator;
use crate::rejected::Rejected;
use crate::system::System;

pub use sandyq_ledger::receipt::{ActedBy, ConsentEvent};
pub use taking_back::TakingBack;
pub use view::{ConsentReceiptView, MyConsent};

/// One item's text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentText {
    /// Headings and what stands under each.
    pub paragraphs: Vec<(String, String)>,
}

/// One item as it is shown, in all three languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentOffer {
    /// Its name in the policy folder.
    pub id: String,
    /// Its label, in the reader's language.
    pub label: String,
    /// Whether the service cannot be had without it.
    pub required: bool,
    /// Kazakh.
    pub kk: ConsentText,
    /// Russian.
    pub ru: ConsentText,
    /// English.
    pub en: ConsentText,
    /// SHA-256 of the three texts, in hexadecimal: what an acceptance names.
    pub hash: String,
    /// What it covers beyond a consent of the same name that stands, in words; empty where none stands.
    pub news: Vec<String>,
}

/// An item that was accepted, ready to become a row.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Its id.
    pub id: ConsentId,
    /// The item.
    pub item: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The fields it covers.
    pub fields: FieldSet,
    /// The kind of recipient it names.
    pub recipient: Option<String>,
    /// The language the form was read in.
    pub locale: Language,
    /// The text's hash.
    pub hash: [u8; 32],
    /// The text itself, kept once.
    pub texts: Vec<TextRow>,
    /// Who accepted.
    pub actor: sandyq_model::ActorId,
}

impl Accepted {
    pub(crate) fn given(&self, subject: SubjectId, at: Timestamp) -> ConsentRow {
        ConsentRow {
            subject,
            id: self.id,
            act: ConsentAct::Given,
            item: self.item.clone(),
            purpose: self.purpose,
            fields: self.fields,
            recipient: self.recipient.clone(),
            locale: self.locale.tag().to_owned(),
            text_hash: self.hash,
            term_until: None,
            channel: "site".to_owned(),
            actor: self.actor,
            at,
        }
    }
}

/// The fields that an item covers: those of its purpose that the service asks for, or in which we answer; of one that makes
/// something public, that one field (4.1).
#[must_use]
pub fn fields_of(policy: &Policy, service: &Service, item: &ConsentItem) -> FieldSet {
    let listed = policy
        .purpose_fields(item.purpose, service.category)
        .intersection(service.fields());
    match item.publishes {
        Some(field) => listed.intersection(FieldSet::only(field)),
        None => listed,
    }
}

/// All items of a service, as they are shown.
///
/// # Errors
/// When the operator's details are incomplete.
pub fn offers(system: &System, service: &Service, language: Language) -> Result<Vec<ConsentOffer>, Rejected> {
    let operator = system.operator_or_closed()?;
    let texts = Texts::load()?;
    let offer = |item: &ConsentItem| {
        let text = |language| text(system.policy(), operator, service, item, texts, language);
        let (kk, ru, en) = (text(Language::Kk), text(Language::Ru), text(Language::En));
        let hash = hex::encode(sandyq_ledger::tree::sha256(written(&kk, &ru, &en).as_bytes()).0);
        let label = system
            .policy()
            .words(language)
            .label(WordKind::Consent, &item.name)
            .to_owned();
        ConsentOffer {
            id: item.name.to_string(),
            label,
            required: item.required,
            kk,
            ru,
            en,
            hash,
            news: Vec::new(),
        }
    };
    Ok(service.consents.iter().map(offer).collect())
}

/// The exact text that a hash binds.
#[must_use]
pub fn written(kk: &ConsentText, ru: &ConsentText, en: &ConsentText) -> String {
    let mut text = String::new();
    for (language, paragraphs) in [("kk", kk), ("ru", ru), ("en", en)] {
        for (heading, body) in &paragraphs.paragraphs {
            text.push_str(&format!("[{language}] {heading}\n{body}\n"));
        }
    }
    text
}

/// The texts that were written in this form, each with its language.
#[must_use]
pub fn read_back(written: &str) -> Vec<(Language, ConsentText)> {
    let mut texts: Vec<(Language, ConsentText)> = Vec::new();
    let mut lines = written.lines();
    while let Some(line) = lines.next() {
        let headed = line.strip_prefix('[').and_then(|line| line.split_once("] "));
        let Some((tag, heading)) = headed else { continue };
        let Ok(language) = tag.parse::<Language>() else {
            continue;
        };
        let paragraph = (heading.to_owned(), lines.next().unwrap_or_default().to_owned());
        match texts.last_mut().filter(|(last, _)| *last == language) {
            Some((_, text)) => text.paragraphs.push(paragraph),
            None => texts.push((
                language,
                ConsentText {
                    paragraphs: vec![paragraph],
                },
            )),
        }
    }
    texts
}

fn text(
    policy: &Policy,
    operator: &Operator,
    service: &Service,
    item: &ConsentItem,
    texts: &Texts,
    language: Language,
) -> ConsentText {
    let words = policy.words(language);
    let said = texts.of(language);
    let purpose = policy.purpose(item.purpose);
    let end = purpose.and_then(|purpose| purpose.ends.as_ref());
    let event = end.map_or("consent-ended", |end| end.event.as_str());
    let days = end.map_or(0, |end| end.days).to_string();
    let recipient = item.recipient.as_ref().map_or("none", |kind| kind.as_str());
    let labels: Vec<&str> = fields_of(policy, service, item)
        .iter()
        .filter_map(|field: Field| policy.field(field))
        .map(|field| words.label(WordKind::Field, &field.name))
        .collect();
    let clause = item.purpose.to_string();
    let address = operator.address.replace('\n', ", ");
    let fields = labels.join(", ");
    let young = if service.representative.is_empty() {
        &said.young_without
    } else {
        &said.young_with
    };
    let ages = policy.ages();
    let (acts, agrees) = (ages.acts_below.to_string(), ages.agrees_below.to_string());
    let days_to_unpublish = policy
        .deadline("unpublish")
        .and_then(|deadline| deadline.within.working_days)
        .map_or_else(String::new, |days| days.to_string());
    let [unpublished, published] = &said.publication;
    let published = if item.publishes.is_some() {
        published
    } else {
        unpublished
    };
    let published = published
        .replace("{fields}", &fields)
        .replace("{unpublish}", &days_to_unpublish);
    let values = [
        ("{published}", published.as_str()),
        ("{young}", young.as_str()),
        ("{acts}", acts.as_str()),
        ("{agrees}", agrees.as_str()),
        ("{name}", operator.name.as_str()),
        ("{bin}", operator.bin.as_str()),
        ("{address}", &address),
        ("{email}", operator.email.as_str()),
        ("{phone}", operator.phone.as_str()),
        ("{purpose}", words.label(WordKind::Purpose, &clause)),
        ("{clause}", &clause),
        ("{fields}", &fields),
        ("{term}", said.term.get(event).map_or("", String::as_str)),
        (
            "{recipients}",
            said.recipient.get(recipient).map_or("", String::as_str),
        ),
        ("{days}", days.as_str()),
    ];
    let fill = |text: &str| {
        values
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    };
    let paragraphs = said
        .paragraphs()
        .map(|[heading, body]| (heading.clone(), fill(body)))
        .collect();
    ConsentText { paragraphs }
}

#[derive(Deserialize)]
struct Texts {
    kk: Said,
    ru: Said,
    en: Said,
}

#[derive(Deserialize)]
struct Said {
    operator: [String; 2],
    subject: [String; 2],
    /// What follows there where a service asks for a representative.
    #[serde(rename = "young-with")]
    young_with: String,
    /// And where it does not.
    #[serde(rename = "young-without")]
    young_without: String,
    purpose: [String; 2],
    fields: [String; 2],
    actions: [String; 2],
    term: std::collections::BTreeMap<String, String>,
    #[serde(rename = "term-line")]
    term_line: [String; 2],
    recipients: [String; 2],
    abroad: [String; 2],
    published: [String; 2],
    /// What stands there where nothing is made public, and where something is.
    publication: [String; 2],
    withdrawal: [String; 2],
    recipient: std::collections::BTreeMap<String, String>,
}

impl Texts {
    /// Read once: they are part of the program.
    fn load() -> Result<&'static Self, Rejected> {
        static TEXTS: LazyLock<Result<Texts, toml::de::Error>> =
            LazyLock::new(|| toml::from_str(include_str!("texts.toml")));
        TEXTS
            .as_ref()
            .map_err(|error| Fault::Configuration(format!("the consent texts: {error}")).into())
    }

    const fn of(&self, language: Language) -> &Said {
        match language {
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }
}

impl Said {
    fn paragraphs(&self) -> impl Iterator<Item = &[String; 2]> {
        [
            &self.operator,
            &self.subject,
            &self.purpose,
            &self.fields,
            &self.actions,
            &self.term_line,
            &self.recipients,
            &self.abroad,
            &self.published,
            &self.withdrawal,
        ]
        .into_iter()
    }
}

/// Turns what a form sent back into accepted items.
///
/// # Errors
/// A mistake when a required item is missing, an item is unknown, or a text is not the one in force.
pub(crate) fn accept(
    system: &System,
    service: &Service,
    accepted: &[(String, String)],
    locale: Language,
    actor: sandyq_model::ActorId,
    at: Timestamp,
) -> Result<Vec<Accepted>, Rejected> {
    use sandyq_model::Problem;
    let offers = offers(system, service, locale)?;
    if let Some((unknown, _)) = accepted
        .iter()
        .find(|(id, _)| !offers.iter().any(|offer| offer.id == *id))
    {
        return Err(Rejected::mistake(unknown, Problem::Unknown));
    }
    let mut items = Vec::new();
    for (offer, item) in offers.iter().zip(&service.consents) {
        let Some((_, hash)) = accepted.iter().find(|(id, _)| *id == offer.id) else {
            if offer.required {
                return Err(Rejected::mistake(&offer.id, Problem::ConsentNeeded));
            }
            continue;
        };
        if *hash != offer.hash {
            return Err(Rejected::mistake(&offer.id, Problem::Stale));
        }
        items.push(bound(system, (service, item), offer, (locale, actor, at)));
    }
    Ok(items)
}

/// The item as it was accepted, bound to the exact text of the offer.
fn bound(
    system: &System,
    (service, item): (&Service, &ConsentItem),
    offer: &ConsentOffer,
    (locale, actor, at): (Language, sandyq_model::ActorId, Timestamp),
) -> Accepted {
    let text = written(&offer.kk, &offer.ru, &offer.en);
    let hash = sandyq_ledger::tree::sha256(text.as_bytes()).0;
    Accepted {
        id: ConsentId::random(system.chance()),
        item: offer.id.clone(),
        purpose: item.purpose,
        fields: fields_of(system.policy(), service, item),
        recipient: item.recipient.as_ref().map(ToString::to_string),
        locale,
        hash,
        texts: vec![TextRow {
            hash,
            item: offer.id.clone(),
            locale: "kk ru en".to_owned(),
            text,
            at,
        }],
        actor,
    }
}
