//! Answers, refusals and receipts as PDF (6.3, 6.5), in the words of the operator's letters. What stands on a page was
//! opened by the operation that shows the page; the same values are put on paper in memory and lie nowhere afterwards.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sandyq_model::{BreachStep, Category, Fault, Plain, RequestKind, RequestState};
use sandyq_paper::{Document, pdf};
use sandyq_processing::breach::BreachView;
use sandyq_processing::consent::ConsentReceiptView;
use sandyq_processing::destroy::receipt::{ProofView, ReceiptView};
use sandyq_processing::letters::{LetterKind, LetterTemplate, LetterValues};
use sandyq_processing::request::{Everything, MyRow, RequestView};
use sandyq_processing::{Rejected, System};

use crate::components::value_text;
use crate::console::breach::in_words;
use crate::console::breaches::people;
use crate::http::arrival::{Answer, Outcome};
use crate::portal::consent_receipt;
use crate::portal::receipt::copies_text;
use crate::visit::Visit;

/// A letter with everything that it says.
pub struct Filled {
    /// Which letter.
    pub kind: LetterKind,
    /// The number that it is called by; it leads to the person for nobody who does not hold it.
    number: String,
    made_at: Timestamp,
    /// What its places hold.
    pub values: LetterValues,
}

/// The answer to a request, or its refusal; for a request that is closed.
///
/// # Errors
/// [`Rejected::NotFound`] when there is no answer in it.
pub fn answer(visit: &Visit, request: &RequestView) -> Result<Filled, Rejected> {
    let kind = match request.state {
        RequestState::Answered => LetterKind::Answer,
        RequestState::Refused => LetterKind::Refusal,
        _ => return Err(Rejected::NotFound),
    };
    let closed = request.steps.last().ok_or(Rejected::NotFound)?.at;
    let words = request.text("answer").ok_or(Rejected::NotFound)?;
    let mut values = operator(visit);
    values.put("answer", words.clone());
    for name in ["sender", "sender_address"] {
        values.put_all(name, request.text(name).cloned());
    }
    let late = request.late_reason.as_ref();
    let late = late.map(|reason| visit.say(&format!("late-{reason}")));
    let asked = visit.say(&format!("request-kind-{}", request.kind));
    put(
        &mut values,
        [
            ("reference", request.reference.clone()),
            ("date", visit.date(closed)),
            ("request", asked),
            ("received", visit.date(request.received_at)),
            ("due", visit.date(request.due_at)),
            ("law", request.law.clone()),
            ("late", late.unwrap_or_default()),
        ],
    );
    if kind == LetterKind::Refusal {
        values.put_all("norm", request.norm.as_deref().map(Plain::from));
    }
    Ok(Filled {
        kind,
        number: request.reference.clone(),
        made_at: closed,
        values,
    })
}

/// 6.4: the same answer about everything that is held, for an archive. `from` puts the source of a value into words.
#[must_use]
pub fn everything(visit: &Visit, of: &Everything, from: &dyn Fn(&str) -> String) -> Filled {
    let mut values = operator(visit);
    let day = visit.date(of.at);
    put(
        &mut values,
        [
            ("reference", of.number.to_string()),
            ("date", day.clone()),
            ("request", visit.say("request-kind-access")),
            ("received", day),
            ("answer", told(visit, RequestKind::Access, &of.data.rows, from)),
        ],
    );
    Filled {
        kind: LetterKind::Answer,
        number: of.number.to_string(),
        made_at: of.at,
        values,
    }
}

/// 6.4: the fact, the data, the sources, purposes, grounds and days, in the language of the one who asked.
#[must_use]
pub fn told(visit: &Visit, kind: RequestKind, rows: &[MyRow], from: &dyn Fn(&str) -> String) -> String {
    if rows.is_empty() {
        return visit.say("answer-nothing-held");
    }
    let mut text = visit.say("answer-held");
    for row in rows {
        text.push_str("\n\n");
        text.push_str(&row.label);
        if kind == RequestKind::Access && !row.value.expose().is_empty() {
            text.push_str(": ");
            text.push_str(&value_text(visit, &row.name, row.value.expose()));
        }
        let purposes: Vec<String> = row
            .purposes
            .iter()
            .map(|(purpose, label)| format!("{label} ({purpose})"))
            .collect();
        let until = [Some(visit.date(row.until)), row.norm().map(ToOwned::to_owned)];
        for (key, value) in [
            (
                "my-source",
                format!("{}, {}", from(&row.source), visit.date(row.recorded_at)),
            ),
            ("my-purposes", purposes.join("; ")),
            ("my-ground", row.ground.clone()),
            (
                "my-value-until",
                until.into_iter().flatten().collect::<Vec<_>>().join(", "),
            ),
        ] {
            text.push_str(&format!("\n– {}: {value}", visit.say(key)));
        }
    }
    text.push_str("\n\n");
    text.push_str(&visit.say("answer-held-until"));
    text
}

/// The receipt of a consent. `key` verifies the ledger's checkpoints.
#[must_use]
pub fn consent(visit: &Visit, receipt: &ConsentReceiptView, key: &str) -> Filled {
    let mut values = operator(visit);
    let [name, bin, address, email] = &receipt.operator;
    let (clause, purpose) = &receipt.purpose;
    let [text_hash, policy_hash] = &receipt.hashes;
    let until = receipt.until.as_ref().map(|day| visit.day(day));
    let recipient = receipt.recipient.clone();
    put(
        &mut values,
        [
            ("number", receipt.number.clone()),
            (
                "event",
                visit.say(&crate::portal::consents::event_key(receipt.event)),
            ),
            ("at", visit.date_and_time(receipt.at)),
            ("issued", visit.date_and_time(receipt.issued_at)),
            ("channel", consent_receipt::channel(visit, &receipt.channel)),
            ("purpose", purpose.clone()),
            ("clause", clause.to_string()),
            ("until", until.unwrap_or_else(|| visit.say("my-until-purpose"))),
            (
                "recipient",
                recipient.unwrap_or_else(|| visit.say("consent-receipt-nobody")),
            ),
            ("person", receipt.pseudonym.clone()),
            ("text", receipt.text.clone().unwrap_or_default()),
            ("text_hash", text_hash.clone()),
            ("policy_hash", policy_hash.clone()),
        ],
    );
    // The receipt names the operator as it was when it was signed.
    for (place, said) in [
        ("operator_name", name),
        ("operator_bin", bin),
        ("operator_address", address),
        ("operator_email", email),
    ] {
        values.set(place, said.as_str());
    }
    values.put_all("fields", receipt.fields.iter().map(coded));
    proof(&mut values, &receipt.proof, key);
    Filled {
        kind: LetterKind::Consent,
        number: receipt.number.clone(),
        made_at: receipt.issued_at,
        values,
    }
}

/// The act of a destruction. `key` verifies the ledger's checkpoints.
#[must_use]
pub fn destruction(visit: &Visit, receipt: &ReceiptView, key: &str) -> Filled {
    let mut values = operator(visit);
    let withdrawn = receipt.withdrawn_at.map(|at| visit.date_and_time(at));
    put(
        &mut values,
        [
            ("number", receipt.number.clone()),
            ("at", visit.date_and_time(receipt.at)),
            ("issued", visit.date_and_time(receipt.issued_at)),
            ("withdrawn", withdrawn.unwrap_or_default()),
            ("person", receipt.pseudonym.clone()),
            ("by", receipt.by.clone()),
            ("verbs", receipt.verbs.join(", ")),
            ("copies", copies_text(visit, receipt).join(" ")),
        ],
    );
    let (name, bin) = &receipt.operator;
    for (place, said) in [("operator_name", name), ("operator_bin", bin)] {
        values.set(place, said.as_str());
    }
    values.put_all("destroyed", receipt.destroyed.iter().map(coded));
    let kept = receipt.kept.iter().map(|(fields, norm, until)| {
        let until = visit.day(until);
        let args = [
            ("fields", fields.as_str().into()),
            ("norm", norm.as_str().into()),
            ("until", until.into()),
        ];
        Plain::new(visit.say_with("paper-kept", &args))
    });
    values.put_all("kept", kept);
    proof(&mut values, &receipt.proof, key);
    Filled {
        kind: LetterKind::Destruction,
        number: receipt.number.clone(),
        made_at: receipt.issued_at,
        values,
    }
}

/// 5.1.3: the draft of the notice to the authority. `labels` are the words of the categories; `at` is the day it is drafted.
#[must_use]
pub fn breach(visit: &Visit, breach: &BreachView, labels: &[(Category, String)], at: Timestamp) -> Filled {
    let mut values = operator(visit);
    let paragraphs = |step| breach.told(step).collect::<Vec<_>>().join("\n\n");
    put(
        &mut values,
        [
            ("number", breach.row.number.to_string()),
            ("date", visit.date(at)),
            ("detected", visit.date_and_time(breach.row.detected_at)),
            ("due", visit.date_and_time(breach.row.due_at)),
            ("law", breach.law.clone()),
            ("kind", visit.say(&format!("breach-kind-{}", breach.row.kind))),
            ("happened", paragraphs(BreachStep::Find)),
            ("categories", in_words(visit, &breach.categories, labels)),
            ("people", people(visit, breach.row.people)),
            ("told_subjects", paragraphs(BreachStep::TellSubjects)),
        ],
    );
    let mut measures: Vec<Plain<String>> = breach.told(BreachStep::Measure).map(Plain::from).collect();
    if measures.is_empty() {
        measures.push(Plain::new(visit.say("breach-no-measure")));
    }
    values.put_all("measures", measures);
    Filled {
        kind: LetterKind::Breach,
        number: breach.row.number.to_string(),
        made_at: at,
        values,
    }
}

/// The letter as a file.
///
/// # Errors
/// [`Rejected::NotFound`] when the operator has no letters; a fault when it cannot be printed.
pub async fn printed(system: &System, visit: &Visit, filled: Filled) -> Outcome {
    let name = format!("{}-{}.pdf", filled.kind.name(), filled.number);
    let bytes = set(system, visit, filled).await?.ok_or(Rejected::NotFound)?;
    Ok(Answer::File(name, "application/pdf", bytes))
}

/// The bytes of the letter; `None` when the operator has no letters.
///
/// # Errors
/// A fault when it cannot be printed.
pub async fn set(system: &System, visit: &Visit, filled: Filled) -> Result<Option<Vec<u8>>, Rejected> {
    let Some(template) = system.policy().letter(filled.kind, visit.language) else {
        return Ok(None);
    };
    let document = document(template, visit, &filled);
    let failed = |says: String| Rejected::from(Fault::Outside(says));
    // Setting type takes the processor for a while; other visitors are answered meanwhile.
    let printed = tokio::task::spawn_blocking(move || pdf(&document)).await;
    let bytes = printed
        .map_err(|_| failed("printing stopped".to_owned()))?
        .map_err(|unprintable| failed(unprintable.to_string()))?;
    Ok(Some(bytes))
}

/// The letter as it is printed.
#[must_use]
pub fn document(template: &LetterTemplate, visit: &Visit, filled: &Filled) -> Document {
    let author = visit.operator.as_ref().map(|operator| operator.name.clone());
    let author = author.unwrap_or_default();
    Document {
        title: visit.say_of(&format!("paper-{}", filled.kind.name()), "number", &filled.number),
        language: visit.tag(),
        foot: format!("{author} · {}", filled.number),
        author,
        made_at: filled.made_at.to_zoned(TimeZone::UTC).datetime(),
        blocks: template.fill(&filled.values),
    }
}

fn put<const N: usize>(values: &mut LetterValues, said: [(&'static str, String); N]) {
    for (name, text) in said {
        values.put(name, Plain::new(text));
    }
}

fn operator(visit: &Visit) -> LetterValues {
    let mut values = LetterValues::default();
    let Some(operator) = &visit.operator else {
        return values;
    };
    for (name, said) in [
        ("operator_name", &operator.name),
        ("operator_bin", &operator.bin),
        ("operator_address", &operator.address),
        ("operator_phone", &operator.phone),
        ("operator_email", &operator.email),
        ("operator_site", &operator.site),
        ("responsible_name", &operator.responsible.name),
        ("responsible_phone", &operator.responsible.phone),
        ("responsible_email", &operator.responsible.email),
    ] {
        values.put(name, said.as_str());
    }
    values
}

fn coded((code, label): &(u8, String)) -> Plain<String> {
    Plain::new(format!("{label} ({code})"))
}

fn proof(values: &mut LetterValues, proof: &ProofView, key: &str) {
    put(
        values,
        [
            ("key", key.to_owned()),
            ("entry_number", proof.index.to_string()),
            ("entry", proof.entry.clone()),
            ("path", proof.path.join("\n")),
            ("checkpoint", proof.checkpoint.clone()),
            ("signatures", proof.signatures.join("\n")),
        ],
    );
}
