//! The receipt of a consent as linked data: JSON-LD 1.1 in the words of the Data Privacy Vocabulary (DPV 2.2), shaped as the
//! DPV guide to ISO/IEC TS 27560:2023 shapes a consent receipt around its consent record.
//!
//! The context stands in the document, so that nobody has to fetch anything. `format`, `ledger` and `signatures` are in no
//! vocabulary: they prove the document, and readers of linked data leave them out.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::{Value, json};

use super::{
    ActedBy, ConsentEvent, ConsentItem, ConsentReceipt, ConsentStep, ConsentedField, Contact, Notice,
};
use crate::receipt::Operator;

/// The operator, within the document.
const OPERATOR: &str = "_:operator";
/// A consent without a day on which it ends.
const PURPOSE_REACHED: &str = "purpose-reached";
/// Where the record stands in the receipt.
const RECORD: &str = "/dpv:hasRecordOfActivity";

/// What the prefixes mean, and which members hold an address, an instant or bytes.
fn context() -> Value {
    json!({
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "loc": "https://w3id.org/dpv/loc#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "spdx": "http://spdx.org/rdf/terms#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "dct:conformsTo": {"@type": "@id"},
        "dct:created": {"@type": "xsd:dateTime"},
        "dct:publisher": {"@type": "@id"},
        "dpv:hasJurisdiction": {"@type": "@id"},
        "dpv:hasLegalBasis": {"@type": "@id"},
        "dpv:hasLocation": {"@type": "@id"},
        "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
        "spdx:algorithm": {"@type": "@id"},
        "spdx:checksumValue": {"@type": "xsd:hexBinary"},
    })
}

/// The whole document but its signatures.
pub(super) fn written(receipt: &ConsentReceipt) -> Value {
    json!({
        "@context": context(),
        "@id": urn(&receipt.receipt),
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt",
        "dct:created": receipt.issued_at.to_string(),
        "dct:identifier": receipt.receipt.to_string(),
        "dct:publisher": OPERATOR,
        "dpv:hasRecordOfActivity": record(receipt),
        "format": receipt.format,
        "ledger": receipt.ledger,
    })
}

fn record(receipt: &ConsentReceipt) -> Value {
    let steps = receipt.steps.iter().map(|step| status(receipt, step));
    json!({
        "@id": urn(&receipt.item.consent),
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#record",
        "dct:identifier": receipt.item.consent.to_string(),
        "dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": receipt.withdraw_by},
        "dpv:hasConsentStatus": steps.collect::<Vec<_>>(),
        "dpv:hasDataController": {
            "@id": OPERATOR,
            "@type": "dpv:DataController",
            "dct:identifier": receipt.operator.bin,
            "dpv:hasAddress": receipt.contact.address,
            "dpv:hasContact": receipt.contact.email,
            "dpv:hasName": receipt.operator.name,
        },
        "dpv:hasDataSubject": {
            "@id": urn(&receipt.subject),
            "@type": "dpv:DataSubject",
            "dct:identifier": receipt.subject.to_string(),
        },
        "dpv:hasJurisdiction": location(&receipt.jurisdiction),
        "dpv:hasLegalBasis": "dpv:ExplicitlyExpressedConsent",
        "dpv:hasNotice": {
            "@type": "dpv:ConsentNotice",
            "dct:language": receipt.notice.language,
            "spdx:checksum": checksum(&receipt.notice.hash),
        },
        "dpv:hasPolicy": {"@type": "dpv:Policy", "spdx:checksum": checksum(&receipt.notice.policy)},
        "dpv:hasProcess": process(&receipt.item, &receipt.storage),
    })
}

fn process(item: &ConsentItem, storage: &str) -> Value {
    let mut recipients = vec![json!({"@id": OPERATOR})];
    recipients.extend(
        item.recipient
            .iter()
            .map(|kind| json!({"@type": "dpv:ThirdParty", "dct:identifier": kind})),
    );
    let fields = item.fields.iter().map(|field| {
        json!({"@type": "dpv:PersonalData", "dct:identifier": field.number.to_string(), "dct:title": field.title})
    });
    json!({
        "@type": "dpv:Process",
        "dpv:hasPersonalData": fields.collect::<Vec<_>>(),
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "dct:identifier": item.purpose.to_string(),
            "dct:title": item.purpose_title,
        },
        "dpv:hasRecipient": recipients,
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": location(storage)},
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": duration(&item.until)},
        ],
    })
}

fn status(receipt: &ConsentReceipt, step: &ConsentStep) -> Value {
    let person = json!({"@id": urn(&receipt.subject)});
    let representative = json!({"@type": "dpv:Representative", "dpv:isRepresentativeFor": person});
    let (by, entered_by) = match step.by {
        ActedBy::Subject => (person, None),
        ActedBy::Representative => (representative, None),
        ActedBy::Together => (json!([person, representative]), None),
        ActedBy::Operator => (person, Some(json!({"@id": OPERATOR}))),
    };
    let mut status = json!({
        "@type": state(step.event),
        "dpv:hasIndicationMethod": step.channel,
        "dpv:isIndicatedAtTime": step.at.to_string(),
        "dpv:isIndicatedBy": by,
    });
    let lasts = (step.event == ConsentEvent::Confirmed).then(|| duration(&receipt.item.until));
    for (name, value) in [
        ("dpv:hasDuration", lasts),
        ("dpv:isImplementedByEntity", entered_by),
    ] {
        if let (Some(value), Value::Object(members)) = (value, &mut status) {
            members.insert(name.to_owned(), value);
        }
    }
    status
}

const fn state(event: ConsentEvent) -> &'static str {
    match event {
        ConsentEvent::Confirmed => "dpv:ConsentGiven",
        ConsentEvent::Withdrawn => "dpv:ConsentWithdrawn",
    }
}

fn duration(until: &str) -> Value {
    let kind = if until == PURPOSE_REACHED {
        "dpv:UntilEventDuration"
    } else {
        "dpv:UntilTimeDuration"
    };
    json!({"@type": kind, "rdf:value": until})
}

fn checksum(hash: &impl Display) -> Value {
    json!({
        "@type": "spdx:Checksum",
        "spdx:algorithm": "spdx:checksumAlgorithm_sha256",
        "spdx:checksumValue": hash.to_string(),
    })
}

fn location(country: &str) -> String {
    format!("loc:{country}")
}

fn urn(number: &impl Display) -> String {
    format!("urn:uuid:{number}")
}

/// Reads what differs between two receipts. Whoever opens one compares what was read, written again, with the document, so that
/// everything that is the same in all of them need not be looked at here.
pub(super) fn read(document: &Value) -> Result<ConsentReceipt, String> {
    let of = Part(document);
    let record = of.part(RECORD)?;
    let controller = record.part("/dpv:hasDataController")?;
    let hash = |place: &str| record.parsed(&format!("{place}/spdx:checksum/spdx:checksumValue"));
    let ledger = of.part("/ledger")?;
    let ledger = serde_json::from_value(ledger.0.clone()).map_err(|error| error.to_string())?;
    let statuses = record.list("/dpv:hasConsentStatus")?;
    let ways = record.list("/dpv:hasConsentControl/dpv:isExercisedAt")?;
    Ok(ConsentReceipt {
        format: of.text("/format")?,
        receipt: of.parsed("/dct:identifier")?,
        operator: Operator {
            name: controller.text("/dpv:hasName")?,
            bin: controller.text("/dct:identifier")?,
        },
        contact: Contact {
            address: controller.text("/dpv:hasAddress")?,
            email: controller.text("/dpv:hasContact")?,
        },
        subject: record.parsed("/dpv:hasDataSubject/dct:identifier")?,
        issued_at: of.parsed("/dct:created")?,
        notice: Notice {
            hash: hash("/dpv:hasNotice")?,
            language: record.text("/dpv:hasNotice/dct:language")?,
            policy: hash("/dpv:hasPolicy")?,
        },
        item: item(&record)?,
        steps: statuses.iter().map(step).collect::<Result<_, _>>()?,
        jurisdiction: record.country("/dpv:hasJurisdiction")?,
        storage: record.country("/dpv:hasProcess/dpv:hasStorageCondition/0/dpv:hasLocation")?,
        withdraw_by: ways.iter().map(|way| way.text("")).collect::<Result<_, _>>()?,
        ledger,
    })
}

fn item(record: &Part<'_>) -> Result<ConsentItem, String> {
    let process = record.part("/dpv:hasProcess")?;
    let field = |field: &Part<'_>| {
        Ok(ConsentedField {
            number: field.parsed("/dct:identifier")?,
            title: field.text("/dct:title")?,
        })
    };
    let recipient = process.part("/dpv:hasRecipient/1").ok();
    let fields = process.list("/dpv:hasPersonalData")?;
    Ok(ConsentItem {
        consent: record.parsed("/dct:identifier")?,
        purpose: process.parsed("/dpv:hasPurpose/dct:identifier")?,
        purpose_title: process.text("/dpv:hasPurpose/dct:title")?,
        fields: fields.iter().map(field).collect::<Result<_, String>>()?,
        recipient: recipient.map(|kind| kind.text("/dct:identifier")).transpose()?,
        until: process.text("/dpv:hasStorageCondition/1/dpv:hasDuration/rdf:value")?,
    })
}

fn step(status: &Part<'_>) -> Result<ConsentStep, String> {
    let kind = status.text("/@type")?;
    let event = [ConsentEvent::Confirmed, ConsentEvent::Withdrawn]
        .into_iter()
        .find(|event| state(*event) == kind)
        .ok_or_else(|| format!("`{kind}` is no state of a consent here"))?;
    let by = if status.part("/dpv:isImplementedByEntity").is_ok() {
        ActedBy::Operator
    } else if status.part("/dpv:isIndicatedBy/@type").is_ok() {
        ActedBy::Representative
    } else if status.list("/dpv:isIndicatedBy").is_ok() {
        ActedBy::Together
    } else {
        ActedBy::Subject
    };
    Ok(ConsentStep {
        event,
        at: status.parsed("/dpv:isIndicatedAtTime")?,
        channel: status.text("/dpv:hasIndicationMethod")?,
        by,
    })
}

/// A part of a document.
struct Part<'a>(&'a Value);

impl<'a> Part<'a> {
    fn part(&self, place: &str) -> Result<Part<'a>, String> {
        let part = self.0.pointer(place).map(Part);
        part.ok_or_else(|| format!("there is no `{place}`"))
    }

    fn list(&self, place: &str) -> Result<Vec<Part<'a>>, String> {
        let list = self.part(place)?.0.as_array();
        let list = list.ok_or_else(|| format!("`{place}` is no list"))?;
        Ok(list.iter().map(Part).collect())
    }

    fn text(&self, place: &str) -> Result<String, String> {
        let text = self.part(place)?.0.as_str();
        text.map(ToOwned::to_owned)
            .ok_or_else(|| format!("`{place}` is no string"))
    }

    fn parsed<T: FromStr<Err: Display>>(&self, place: &str) -> Result<T, String> {
        let text = self.text(place)?;
        text.parse().map_err(|error| format!("`{place}`: {error}"))
    }

    fn country(&self, place: &str) -> Result<String, String> {
        let text = self.text(place)?;
        let country = text.strip_prefix("loc:");
        country
            .map(ToOwned::to_owned)
            .ok_or_else(|| format!("`{place}` names no country"))
    }
}
