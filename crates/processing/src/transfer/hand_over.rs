//! 4.2.1, 4.2.2: provision. Exactly the fields of the permit are opened, for one recipient of the register; the line in the
//! register of disclosures is in the same commit as the entry, and only then does anything leave.
//!
//! It goes as a file that is encrypted to the recipient's own key and is nowhere at rest here, by hand or to the recipient's address on
//! the network, or on paper.

use std::sync::Arc;

use sandyq_model::act::Provide;
use sandyq_model::value::{ValueKind, Values};
use sandyq_model::{
    CaseId, Category, DisclosureId, Facts, FieldSet, Ground, IdempotencyKey, Operation, Plain, Problem,
    Purpose, Recipient, RecipientId, RecipientKind, Standing, SubjectId,
};
use sandyq_policy::{Language, Permit};
use sandyq_store::Job;
use sandyq_store::tables::disclosure::{self, Disclosure};
use sandyq_store::tables::recipient::RecipientRow;
use sandyq_store::tables::wish;

use tokio::sync::OwnedSemaphorePermit;

use super::document;
use super::recipients::known;
use super::webhook::{Address, Outgoing, SETTLED_AFTER, Unsent, Went};
use crate::access::Caller;
use crate::cases::new_reference;
use crate::circumstances::Circumstances;
use crate::citation::{article_of, dated, document_of};
use crate::dossier::Dossier;
use crate::once::sent_before;
use crate::perform::{Changes, Done, Outcome, Performed};
use crate::queue;
use crate::reading;
use crate::rejected::Rejected;
use crate::request::{at_the_board, familiar_with_policy};
use crate::retention::Coming;
use crate::system::System;

/// Handings-over that one person's register can hold.
pub(crate) const DISCLOSURES_MAX: u32 = 1_000;
/// 6.2: the number of the wish to hear of each handing-over.
pub(super) const TELL_ME: u8 = 1;

/// What is to be handed over, as it was chosen.
#[derive(Clone, Debug, Default)]
pub struct HandOver {
    /// The recipient's number in the register.
    pub recipient: String,
    /// The names of the fields.
    pub fields: Vec<String>,
    /// For a state body: the article that demands it.
    pub article: String,
    /// The number of the document by which it was demanded.
    pub document: String,
    /// The day on it, as `2026-11-27`.
    pub dated: String,
    /// The file goes to the recipient's address on the network, and not with whoever hands it over.
    pub by_webhook: bool,
}

/// A recipient that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Which.
    pub id: RecipientId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: RecipientKind,
    /// Whether it has an address on the network.
    pub by_webhook: bool,
}

/// What a form of a handing-over offers: nothing of it is about the person.
#[derive(Clone, Debug)]
pub struct ToHandOver {
    /// The recipients that are not closed.
    pub recipients: Vec<Offered>,
    /// The fields that the purposes know: name, words, and whether registering software needs it.
    pub fields: Vec<(String, String, bool)>,
}

/// How it leaves.
pub enum Delivered {
    /// A file that only the recipient can open: its name and its bytes.
    File(String, Vec<u8>),
    /// A sheet to print: the words of each field, and the value.
    Sheet(Vec<(String, Plain<String>)>),
    /// It was sent to the recipient's address; what became of it.
    Sent(Went),
}

/// What was handed over.
pub struct HandedOver {
    /// The number by which the recipient knows it.
    pub reference: String,
    /// The name of the recipient.
    pub recipient: String,
    /// What for.
    pub purpose: Purpose,
    /// How it leaves.
    pub delivered: Delivered,
    /// The ledger entry.
    pub entry: u64,
}

/// The input of the verb.
pub struct Handing {
    /// The line of the register.
    pub line: Disclosure,
    /// The letter to the person, if they wish one.
    pub jobs: Vec<Job>,
}

impl Performed for Provide {
    type Input = Handing;
    type Output = Values;

    fn perform(
        permit: Permit<Self>,
        dossier: &Arc<Dossier>,
        input: &Handing,
        system: &System,
    ) -> Result<Done<Self>, Rejected> {
        if dossier.disclosures.len() >= DISCLOSURES_MAX as usize {
            return Err(Rejected::mistake("recipient", Problem::TooLong));
        }
        let now = permit.at();
        let serves = permit.purpose().filter(|_| input.line.consent.is_some());
        let coming = Coming {
            served: serves.into_iter().collect(),
            ..Coming::default()
        };
        let mut statements = system.moved_by(dossier, &coming, dossier.known()?.clone(), now)?;
        statements.push(disclosure::insert(&input.line));
        let sealed = dossier.sealed(permit.fields());
        let (values, spent) = system.vault().open(permit, dossier.key()?, &sealed)?;
        let changes = Changes {
            statements,
            jobs: input.jobs.clone(),
            moves: true,
            answer: Some(Vec::new()),
            ..Changes::default()
        };
        Ok(Done {
            spent,
            changes,
            output: values,
        })
    }
}

/// Whose data goes, and from which case.
#[derive(Clone, Copy)]
struct Whose<'a> {
    dossier: &'a Arc<Dossier>,
    category: Category,
    case: Option<CaseId>,
}

/// How it is to leave.
enum Way {
    File,
    Paper,
    /// To that address, with a place among those that are on their way.
    Webhook(Address, OwnedSemaphorePermit),
}

impl Way {
    const fn form(&self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Paper => "paper",
            Self::Webhook(..) => "webhook",
        }
    }
}

/// What it rests on.
struct Basis {
    ground: Ground,
    document: Option<String>,
    dated: Option<String>,
}

impl System {
    /// Whether the policy lets somebody of the caller's role hand anything over to a software company, when everything else holds.
    #[must_use]
    pub fn may_hand_over(&self, caller: &Caller) -> bool {
        let nobody = SubjectId::random(self.chance());
        let key = IdempotencyKey::random(self.chance());
        let categories = [Category::Guest, Category::Registered, Category::Partner];
        categories.into_iter().any(|category| {
            let fields = self
                .policy()
                .needed_fields(Purpose::SOFTWARE_REGISTRATION, category);
            let operation: Operation<Provide> =
                Operation::new(caller.actor, nobody, category, self.now(), key)
                    .on(fields)
                    .for_purpose(Purpose::SOFTWARE_REGISTRATION);
            let facts = Facts {
                standing: Some(Standing::Active),
                familiar: true,
                consented: FieldSet::ALL,
                recipient: Recipient {
                    kind: RecipientKind::Distributor,
                    ..Recipient::OPERATOR
                },
                ..Facts::default()
            };
            self.policy().decide(&operation, &facts).is_ok()
        })
    }

    /// What can be chosen when data of this case is handed over.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] alike for what is not there and for what another desk works on; PRE-1 for whoever has not read the
    /// policy in force.
    pub async fn to_hand_over(
        &self,
        caller: &Caller,
        reference: &str,
        language: Language,
    ) -> Result<ToHandOver, Rejected> {
        familiar_with_policy(caller)?;
        let (dossier, _) = self.case_of_desk(caller, reference).await?;
        let category = dossier.category().ok_or(Rejected::NotFound)?;
        let bound = |kind: RecipientKind| kind != RecipientKind::StateBody;
        self.choices_of_handing_over((category, Purpose::SOFTWARE_REGISTRATION), bound, language)
            .await
    }

    /// What can be chosen when data of this record is handed to a state body.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the responsible person.
    pub async fn to_hand_over_by_law(
        &self,
        caller: &Caller,
        subject: SubjectId,
        language: Language,
    ) -> Result<ToHandOver, Rejected> {
        at_the_board(caller)?;
        let category = self
            .dossier(subject)
            .await?
            .category()
            .ok_or(Rejected::NotFound)?;
        let body = |kind: RecipientKind| kind == RecipientKind::StateBody;
        self.choices_of_handing_over((category, Purpose::STATUTORY), body, language)
            .await
    }

    async fn choices_of_handing_over(
        &self,
        (category, purpose): (Category, Purpose),
        fits: impl Fn(RecipientKind) -> bool,
        language: Language,
    ) -> Result<ToHandOver, Rejected> {
        let open = self.register_of_recipients().await?.into_iter();
        let open = open.filter(|row| row.closed_at.is_none() && fits(row.kind));
        let addresses = self.open_webhooks().await?;
        let may_be_sent = |id: RecipientId| {
            self.webhooks().is_some() && addresses.iter().any(|address| address.recipient == id)
        };
        let needed = self.policy().needed_fields(purpose, category);
        let listed = self.policy().purpose_fields(purpose, category);
        let fields = listed.without(sandyq_model::Field::RECORD).iter().map(|field| {
            let name = self.policy().field_name(field).to_owned();
            (name, self.field_label(field, language), needed.contains(field))
        });
        Ok(ToHandOver {
            recipients: open
                .map(|row| Offered {
                    id: row.id,
                    name: row.name,
                    kind: row.kind,
                    by_webhook: may_be_sent(row.id),
                })
                .collect(),
            fields: fields.collect(),
        })
    }

    /// 4.2.1: hands data of a case of the caller's desk to a recipient, under the consent that names its kind.
    ///
    /// # Errors
    /// A mistake, field by field; the policy's refusal, whatever is missing; [`Rejected::NotFound`] as in
    /// [`System::to_hand_over`]. Nothing has left then.
    pub async fn hand_over(
        &self,
        caller: &Caller,
        reference: &str,
        chosen: &HandOver,
        key: IdempotencyKey,
        language: Language,
    ) -> Result<HandedOver, Rejected> {
        let (dossier, case) = self.case_of_desk(caller, reference).await?;
        let from = Whose {
            dossier: &dossier,
            category: dossier.category().ok_or(Rejected::NotFound)?,
            case: Some(case.id),
        };
        self.handed_over(caller, from, chosen, key, language).await
    }

    /// 4.2.2, 2.2.12: hands data of a record to whom an article demands it for; the responsible person approves by doing it.
    ///
    /// # Errors
    /// As [`System::hand_over`].
    pub async fn hand_over_by_law(
        &self,
        caller: &Caller,
        subject: SubjectId,
        chosen: &HandOver,
        key: IdempotencyKey,
        language: Language,
    ) -> Result<HandedOver, Rejected> {
        at_the_board(caller)?;
        let dossier = self.dossier(subject).await?;
        let from = Whose {
            dossier: &dossier,
            category: dossier.category().ok_or(Rejected::NotFound)?,
            case: None,
        };
        self.handed_over(caller, from, chosen, key, language).await
    }

    async fn handed_over(
        &self,
        caller: &Caller,
        from: Whose<'_>,
        chosen: &HandOver,
        key: IdempotencyKey,
        language: Language,
    ) -> Result<HandedOver, Rejected> {
        let subject = from.dossier.subject;
        let mut parts: Vec<&[u8]> = vec![subject.as_bytes(), chosen.recipient.as_bytes()];
        parts.extend(chosen.fields.iter().map(String::as_bytes));
        parts.extend([&chosen.article, &chosen.document, &chosen.dated].map(String::as_bytes));
        parts.extend(chosen.by_webhook.then_some(&b"webhook"[..]));
        let sent = self.sent_under(key, "hand-over", &parts);
        if self.was_done(sent).await? {
            return Err(sent_before());
        }
        let id = chosen.recipient.parse().map_err(|_| choice("recipient"))?;
        let recipient = self.recipient(id).await.map_err(|_| choice("recipient"))?;
        let fields = self.chosen_fields(from.dossier, &chosen.fields)?;
        let basis = self.basis(&recipient, chosen)?;
        let way = self.way(&recipient, chosen.by_webhook).await?;
        let purpose = purpose_of(recipient.kind);
        let now = self.now();
        let mut operation: Operation<Provide> =
            Operation::new(caller.actor, subject, from.category, now, sent.key)
                .submitted(sent.content)
                .on(fields)
                .for_purpose(purpose);
        operation.case = from.case;
        operation.ground = basis.ground.clone();
        self.within_bulk(&operation, caller, "recipient").await?;
        let handing = self
            .handing((caller, from.dossier), &operation, (&recipient, &way), basis)
            .await?;
        let circumstances = Circumstances {
            recipient: known(&recipient),
            recipient_number: recipient.number,
            ..Circumstances::responsible(caller)
        };
        let (values, entry) = match self.perform(&operation, &circumstances, &handing).await? {
            Outcome::Done { output, entry } => (output, entry),
            Outcome::Repeated(_) => return Err(sent_before()),
        };
        self.wake();
        let reference = handing.line.reference.clone();
        let name = recipient.name.clone();
        let delivered = self
            .delivered((handing.line, recipient), way, values, language)
            .await?;
        Ok(HandedOver {
            reference,
            recipient: name,
            purpose,
            delivered,
            entry,
        })
    }

    /// How it can leave, and a place for it on that way.
    async fn way(&self, recipient: &RecipientRow, by_webhook: bool) -> Result<Way, Rejected> {
        let has_key = recipient.age_key.is_some();
        if !by_webhook {
            return Ok(if has_key { Way::File } else { Way::Paper });
        }
        let address = self.address_of(recipient).await?.filter(|_| has_key);
        let address = address.ok_or_else(|| Rejected::mistake("way", Problem::NoWebhook))?;
        Ok(Way::Webhook(address, self.place_on_the_way()?))
    }

    /// Of the chosen fields those that are held; what is not there cannot go.
    fn chosen_fields(&self, dossier: &Dossier, names: &[String]) -> Result<FieldSet, Rejected> {
        let mut fields = FieldSet::EMPTY;
        for name in names {
            fields = fields.with(self.policy().field_named(name).ok_or_else(|| choice("fields"))?);
        }
        let held = fields.intersection(dossier.held());
        if held.is_empty() {
            return Err(Rejected::mistake("fields", Problem::Missing));
        }
        Ok(held)
    }

    /// A state body acts under an article and a document; everybody else under the person's consent.
    fn basis(&self, recipient: &RecipientRow, chosen: &HandOver) -> Result<Basis, Rejected> {
        if recipient.kind != RecipientKind::StateBody {
            return Ok(Basis {
                ground: Ground::Consent(None),
                document: None,
                dated: None,
            });
        }
        let wrong = |input: &'static str| move |problem| Rejected::mistake(input, problem);
        let citation = article_of(&chosen.article).map_err(wrong("article"))?;
        let document = document_of(&chosen.document).map_err(wrong("document"))?;
        let day = dated(&chosen.dated, self.now()).ok_or_else(|| wrong("dated")(Problem::Date))?;
        Ok(Basis {
            ground: Ground::Law { citation },
            document: Some(document),
            dated: Some(day.to_string()),
        })
    }

    async fn handing(
        &self,
        (caller, dossier): (&Caller, &Dossier),
        operation: &Operation<Provide>,
        (recipient, way): (&RecipientRow, &Way),
        basis: Basis,
    ) -> Result<Handing, Rejected> {
        let (subject, now) = (operation.subject, operation.at);
        let consent = dossier
            .live_consents(now)
            .find(|(row, confirmed)| {
                *confirmed
                    && Some(row.purpose) == operation.purpose
                    && row.recipient.as_deref() == Some(recipient.kind.name())
            })
            .map(|(row, _)| row.id);
        let article = match basis.ground {
            Ground::Law { citation } => Some(citation),
            _ => None,
        };
        let reference = new_reference(self.chance());
        let wishes = self
            .store()
            .read(move |reader| wish::of_subject(reader, subject))
            .await?;
        let tells = wishes.contains(&TELL_ME);
        let locale = dossier.consents.last().map_or("kk", |row| row.locale.as_str());
        let detail = format!("{reference} {locale}");
        let webhook = match way {
            Way::Webhook(address, _) => Some(address.id),
            Way::File | Way::Paper => None,
        };
        // What is still on its way may come to nothing; then no letter says that it was handed over.
        let told_at = webhook.map_or(now, |_| now + SETTLED_AFTER);
        let jobs = tells.then(|| queue::task(self, subject, queue::SEND_HANDED, told_at, &detail));
        Ok(Handing {
            line: Disclosure {
                subject,
                id: DisclosureId::random(self.chance()),
                reference,
                recipient: recipient.id,
                purpose: operation.purpose.ok_or(Rejected::NotFound)?,
                fields: operation.fields,
                consent: if article.is_some() { None } else { consent },
                article,
                document: basis.document,
                dated: basis.dated,
                form: way.form().to_owned(),
                at: now,
                handed_by: caller.actor.id,
                recalled_at: None,
                recalled_for: None,
                told_at: None,
                confirmed_at: None,
                confirmed_document: None,
                webhook,
                delivered_at: None,
                failed_at: None,
                hook_told_at: None,
            },
            jobs: jobs.into_iter().collect(),
        })
    }

    async fn delivered(
        &self,
        (line, recipient): (Disclosure, RecipientRow),
        way: Way,
        values: Values,
        language: Language,
    ) -> Result<Delivered, Rejected> {
        match way {
            Way::Paper => {
                let sheet = values
                    .iter()
                    .map(|(field, value)| (self.field_label(*field, language), value.clone()));
                Ok(Delivered::Sheet(sheet.collect()))
            }
            Way::File => {
                let file = self.file_for(&line, &recipient, &values, language)?;
                Ok(Delivered::File(format!("{}.json.age", line.reference), file))
            }
            Way::Webhook(address, place) => {
                let file = self.file_for(&line, &recipient, &values, language);
                drop(values);
                let outgoing = file.and_then(|file| Ok(Outgoing::handed(&line, &file)?));
                let outgoing = match outgoing {
                    Ok(outgoing) => outgoing,
                    Err(rejected) => {
                        self.enter_outcome(&line, &recipient, Went::Not(Unsent::Fault))
                            .await?;
                        return Err(rejected);
                    }
                };
                let went = self.carried((line, recipient), (outgoing, address), place).await;
                Ok(Delivered::Sent(went))
            }
        }
    }

    /// The document, encrypted to the recipient's key.
    fn file_for(
        &self,
        line: &Disclosure,
        recipient: &RecipientRow,
        values: &Values,
        language: Language,
    ) -> Result<Vec<u8>, Rejected> {
        let key = recipient.age_key.as_deref().unwrap_or_default();
        let named = document::Named {
            operator: self.operator().map_or("", |operator| operator.name.as_str()),
            recipient: &recipient.name,
            purpose: &self.purpose_label(line.purpose, language),
        };
        let fields = values.iter().map(|(field, value)| {
            let name = self.policy().field_name(*field);
            let kind = self.policy().kind(*field).unwrap_or(ValueKind::Text);
            let value = reading::as_json(kind, value);
            (name, self.field_label(*field, language), value)
        });
        Ok(document::encrypted(key, line, &named, fields)?)
    }
}

/// Whether what a letter would tell of came to nothing: it was sent, and did not arrive.
pub(crate) async fn came_to_nothing(
    system: &System,
    subject: SubjectId,
    detail: &str,
) -> Result<bool, Rejected> {
    let reference = detail.split(' ').next().unwrap_or_default();
    let dossier = system.dossier(subject).await?;
    let mut lines = dossier.disclosures.iter();
    Ok(lines.any(|line| line.reference == reference && line.failed_at.is_some()))
}

/// A state body gets what a law demands; a software company what registering software takes.
const fn purpose_of(kind: RecipientKind) -> Purpose {
    match kind {
        RecipientKind::StateBody => Purpose::STATUTORY,
        _ => Purpose::SOFTWARE_REGISTRATION,
    }
}

fn choice(input: &str) -> Rejected {
    Rejected::mistake(input, Problem::Choice)
}
