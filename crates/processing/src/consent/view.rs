//! 6.1: consents and their receipts as a page shows them, on a screen and on paper.

use jiff::Timestamp;
use sandyq_ledger::receipt::{ActedBy, ConsentEvent, ConsentReceipt, Opened};
use sandyq_model::{ConsentId, Purpose};
use sandyq_policy::Language;
use sandyq_policy::declarations::WordKind;
use sandyq_store::tables::consent::ConsentAct;
use sandyq_store::tables::{consent_text, receipt};

use super::receipt::{PURPOSE_REACHED, told};
use super::{ConsentText, read_back};
use crate::access::Caller;
use crate::destroy::receipt::{KIND as DESTRUCTION, ProofView};
use crate::dossier::Dossier;
use crate::rejected::Rejected;
use crate::system::System;

/// A consent of the caller.
#[derive(Clone, Debug)]
pub struct MyConsent {
    /// Its own number, by which it is taken back.
    pub id: ConsentId,
    /// Its name in the policy folder.
    pub item: String,
    /// Whether it stands, so that it can be taken back.
    pub stands: bool,
    /// To what, in the words of its box.
    pub label: String,
    /// For which purpose: its clause and its words.
    pub purpose: (Purpose, String),
    /// The fields that it covers.
    pub fields: Vec<String>,
    /// When it was given.
    pub given_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// Where the account was closed against the holder's will: when it ends, and the reason in words (1.3).
    pub closed: Option<(Timestamp, String)>,
    /// Its receipts: what happened, when, and their numbers.
    pub receipts: Vec<(ConsentEvent, Timestamp, String)>,
}

/// The receipt of a consent as a page shows it.
#[derive(Clone, Debug)]
pub struct ConsentReceiptView {
    /// Its number.
    pub number: String,
    /// The signed text, for the standalone verifier.
    pub json: String,
    /// With whom: name, number, address, e-mail.
    pub operator: [String; 4],
    /// What the ledger calls the person.
    pub pseudonym: String,
    /// What happened.
    pub event: ConsentEvent,
    /// When it happened.
    pub at: Timestamp,
    /// When the receipt was issued.
    pub issued_at: Timestamp,
    /// By which way it was confirmed or withdrawn.
    pub channel: String,
    /// Who acted.
    pub by: ActedBy,
    /// For which purpose: its clause and its words.
    pub purpose: (Purpose, String),
    /// The last day; `None`: until the purpose is reached.
    pub until: Option<String>,
    /// What was agreed to: the code of each field, and its words.
    pub fields: Vec<(u8, String)>,
    /// To whom data may go, in words.
    pub recipient: Option<String>,
    /// The exact text that was shown, in three languages.
    pub text: Option<String>,
    /// The SHA-256 of that text, and of the policy then in force.
    pub hashes: [String; 2],
    /// The proof that it is in the ledger.
    pub proof: ProofView,
}

impl System {
    /// The boxes that somebody ticked, in words, with the hash of each text: what a representative is asked to agree to.
    pub(crate) fn agreed_to(&self, dossier: &Dossier, language: Language) -> Vec<(String, String)> {
        let words = self.policy().words(language);
        let given = dossier.live_consents(self.now()).map(|(row, _)| row);
        given
            .map(|row| {
                let label = words.label(WordKind::Consent, &row.item);
                (label.to_owned(), hex::encode(row.text_hash))
            })
            .collect()
    }

    /// The text of a consent by its hash, as it was kept when somebody first agreed to it. It names the operator and the kinds of
    /// data, and nobody.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for what is no hash of a text that was agreed to; a fault.
    pub async fn text_of_hash(&self, hash: &str) -> Result<Vec<(Language, ConsentText)>, Rejected> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(hash, &mut bytes).map_err(|_| Rejected::NotFound)?;
        let found = self
            .store()
            .read(move |reader| consent_text::find(reader, bytes))
            .await?;
        let found = found.ok_or(Rejected::NotFound)?;
        Ok(read_back(&found.text))
    }

    /// 6.1: what the caller agreed to, each with its receipts.
    ///
    /// # Errors
    /// A refusal (a blocked record is only stored), or a fault.
    pub async fn my_consents(&self, caller: &Caller, language: Language) -> Result<Vec<MyConsent>, Rejected> {
        let dossier = self.own_dossier(caller).await?;
        let pseudonym = dossier.pseudonym.ok_or(Rejected::NotFound)?;
        let kept = self
            .store()
            .read(move |reader| receipt::of_pseudonym(reader, pseudonym))
            .await?;
        let receipts: Vec<_> = kept
            .iter()
            .rev()
            .filter_map(|row| Some((row.id.to_string(), told(row)?)))
            .collect();
        let words = self.policy().words(language);
        let now = self.now();
        let given = dossier.consents.iter().filter(|row| row.act == ConsentAct::Given);
        let consents = given.map(|given| {
            let when = |act: ConsentAct| {
                let of_it = |row: &&sandyq_store::tables::consent::ConsentRow| row.id == given.id;
                dossier
                    .consents
                    .iter()
                    .filter(of_it)
                    .find(|row| row.act == act)
                    .map(|row| row.at)
            };
            let of_it = receipts.iter().filter(|(_, told)| told.item.consent == given.id);
            MyConsent {
                id: given.id,
                item: given.item.clone(),
                stands: dossier.live_consents(now).any(|(row, _)| row.id == given.id),
                label: words.label(WordKind::Consent, &given.item).to_owned(),
                purpose: (given.purpose, self.purpose_label(given.purpose, language)),
                fields: self.labels(given.fields, language),
                given_at: given.at,
                confirmed_at: when(ConsentAct::Confirmed),
                withdrawn_at: when(ConsentAct::Withdrawn),
                closed: dossier
                    .closed(given.id)
                    .and_then(|row| Some((row.term_until?, self.reason_named(&row.channel, language)))),
                receipts: of_it
                    .map(|(number, told)| (told.event, told.at, number.clone()))
                    .collect(),
            }
        });
        Ok(consents.collect())
    }

    /// 6.3-c: the acts by which data of the caller was destroyed while the rest stayed: when, and their numbers.
    ///
    /// # Errors
    /// A refusal, or a fault.
    pub async fn my_acts(&self, caller: &Caller) -> Result<Vec<(Timestamp, String)>, Rejected> {
        let dossier = self.own_dossier(caller).await?;
        let pseudonym = dossier.pseudonym.ok_or(Rejected::NotFound)?;
        let kept = self
            .store()
            .read(move |reader| receipt::of_pseudonym(reader, pseudonym))
            .await?;
        let acts = kept.iter().filter(|row| row.kind == DESTRUCTION);
        Ok(acts.map(|row| (row.at, row.id.to_string())).collect())
    }

    pub(super) async fn consent_receipt_view(
        &self,
        json: String,
        opened: Opened<ConsentReceipt>,
        language: Language,
    ) -> Result<ConsentReceiptView, Rejected> {
        let said = opened.statement;
        let last = said.last().map_err(|_| Rejected::NotFound)?.clone();
        let item = &said.item;
        let hash = said.notice.hash.0.0;
        let text = self
            .store()
            .read(move |reader| consent_text::find(reader, hash))
            .await?;
        let words = self.policy().words(language);
        let recipient = item.recipient.as_ref();
        Ok(ConsentReceiptView {
            number: said.receipt.to_string(),
            operator: [
                said.operator.name,
                said.operator.bin,
                said.contact.address,
                said.contact.email,
            ],
            pseudonym: said.subject.to_string(),
            event: last.event,
            at: last.at.timestamp(),
            issued_at: said.issued_at.timestamp(),
            channel: last.channel,
            by: last.by,
            purpose: (item.purpose, self.purpose_label(item.purpose, language)),
            until: (item.until != PURPOSE_REACHED).then(|| item.until.clone()),
            hashes: [said.notice.hash.to_string(), said.notice.policy.to_string()],
            fields: self.coded(item.field_set(), language).collect(),
            recipient: recipient.map(|kind| words.label(WordKind::Recipient, kind).to_owned()),
            text: text.map(|kept| kept.text),
            proof: ProofView::of(&said.ledger, &json),
            json,
        })
    }
}
