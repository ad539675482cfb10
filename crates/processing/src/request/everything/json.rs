//! `data.json` of an archive, as `spec/personal-data.md` promises it.

use jiff::Timestamp;
use sandyq_model::{Purpose, Standing};
use serde_json::{Map, Value, json};

use super::Everything;
use crate::cases::CaseView;
use crate::consent::MyConsent;
use crate::reading;
use crate::request::{Access, Keeper, Keeps, MyRow, RequestView};
use crate::transfer::DisclosureView;

/// The name and version of the file.
const FORMAT: &str = "sandyq/personal-data/v1";

impl Everything {
    /// The content of `data.json`: one object in UTF-8, its members in the order of the alphabet.
    #[must_use]
    pub fn json(&self) -> Vec<u8> {
        let person = with(
            json!({
                "pseudonym": self.pseudonym.to_string(),
                "category": self.data.category.name(),
                "category_label": self.category,
                "standing": Standing::name(self.data.standing),
                "since": self.data.since.to_string(),
            }),
            [("until", self.data.until.map(|until| until.to_string()))],
        );
        let whole = json!({
            "format": FORMAT,
            "archive": self.number.to_string(),
            "entry": self.entry,
            "made_at": self.at.to_string(),
            "language": self.language.tag(),
            "operator": {"name": self.operator.0, "bin": self.operator.1},
            "policy": self.policy,
            "person": person,
            "values": self.data.rows.iter().map(value).collect::<Vec<_>>(),
            "consents": self.consents.iter().map(consent).collect::<Vec<_>>(),
            "cases": self.cases.iter().map(case).collect::<Vec<_>>(),
            "requests": self.requests.iter().map(request).collect::<Vec<_>>(),
            "given": self.given.iter().map(given).collect::<Vec<_>>(),
            "looks": self.looks.iter().map(look).collect::<Vec<_>>(),
            "older_looks": self.older_looks,
        });
        let mut written = serde_json::to_vec_pretty(&whole).unwrap_or_default();
        written.push(b'\n');
        written
    }
}

fn value(row: &MyRow) -> Value {
    json!({
        "field": row.field.number(),
        "name": row.name,
        "label": row.label,
        "value": reading::as_json(row.kind, &row.value),
        "source": row.source,
        "recorded_at": row.recorded_at.to_string(),
        "purposes": row.purposes.iter().map(|(clause, label)| purpose(*clause, label)).collect::<Vec<_>>(),
        "ground": row.ground,
        "until": row.until.to_string(),
        "kept_by": row.kept_by.iter().map(kept_by).collect::<Vec<_>>(),
    })
}

fn given(line: &DisclosureView) -> Value {
    let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let (article, document) = line.law.clone().unzip();
    with(
        json!({
            "reference": line.reference,
            "recipient": line.recipient,
            "fields": line.fields,
            "clause": line.purpose.to_string(),
            "at": line.at.to_string(),
        }),
        [
            ("kind", line.kind.map(|kind| kind.name().to_owned())),
            ("article", article),
            ("document", document),
            ("recalled_at", instant(line.recalled_at)),
            ("told_at", instant(line.told_at)),
            (
                "confirmed_at",
                instant(line.confirmed.as_ref().map(|(at, _)| *at)),
            ),
        ],
    )
}

fn kept_by(keeper: &Keeper) -> Value {
    let until = keeper.until.to_string();
    let (by, about, consent) = match &keeper.what {
        Keeps::Floor { norm } => return json!({"by": "floor", "norm": norm, "until": until}),
        Keeps::Purpose { purpose, consent } => ("purpose", purpose, consent),
        Keeps::Consent { purpose, consent } => ("consent", purpose, consent),
    };
    let (clause, label) = about;
    json!({"by": by, "purpose": purpose(*clause, label), "consent": consent, "until": until})
}

fn consent(consent: &MyConsent) -> Value {
    let receipts = consent
        .receipts
        .iter()
        .map(|(event, at, number)| json!({"event": event, "at": at.to_string(), "receipt": number}));
    let (clause, label) = &consent.purpose;
    with(
        json!({
            "consent": consent.id.to_string(),
            "item": consent.item,
            "label": consent.label,
            "purpose": purpose(*clause, label),
            "fields": consent.fields,
            "given_at": consent.given_at.to_string(),
            "receipts": receipts.collect::<Vec<_>>(),
        }),
        [
            ("confirmed_at", consent.confirmed_at.map(|at| at.to_string())),
            ("withdrawn_at", consent.withdrawn_at.map(|at| at.to_string())),
        ],
    )
}

fn case(case: &CaseView) -> Value {
    let lines = case
        .lines
        .iter()
        .map(|(name, quantity, price)| json!({"name": name, "quantity": quantity, "price_minor": price}));
    with(
        json!({
            "reference": case.reference,
            "kind": case.kind,
            "state": case.state.name(),
            "service": case.service,
            "opened_at": case.opened_at.to_string(),
            "lines": lines.collect::<Vec<_>>(),
            "total_minor": case.total_minor,
            "currency": case.currency,
        }),
        [("about", case.about.clone())],
    )
}

fn request(request: &RequestView) -> Value {
    let texts = request
        .texts
        .iter()
        .map(|(name, label, text)| json!({"name": name, "label": label, "value": text.expose()}));
    let steps = request.steps.iter().map(|step| {
        json!({"step": step.step.name(), "at": step.at.to_string(), "who": step.who, "clause": step.clause})
    });
    with(
        json!({
            "reference": request.reference,
            "kind": request.kind.name(),
            "channel": request.channel.name(),
            "state": request.state.name(),
            "received_at": request.received_at.to_string(),
            "due_at": request.due_at.to_string(),
            "texts": texts.collect::<Vec<_>>(),
            "steps": steps.collect::<Vec<_>>(),
        }),
        [("letter", request.letter.clone()), ("norm", request.norm.clone())],
    )
}

fn look(look: &Access) -> Value {
    with(
        json!({
            "entry": look.entry,
            "at": look.at.to_string(),
            "who": look.who,
            "what": look.what,
            "fields": look.fields,
            "clauses": look.clauses,
            "outcome": if look.refused { "refused" } else { "done" },
        }),
        [
            ("purpose", look.purpose.clone()),
            ("request", look.request.clone()),
        ],
    )
}

fn purpose(clause: Purpose, label: &str) -> Value {
    json!({"clause": clause.to_string(), "label": label})
}

/// Adds the members that are there; an absent one is no member at all.
fn with<const N: usize>(object: Value, more: [(&str, Option<String>); N]) -> Value {
    let mut members: Map<String, Value> = match object {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, value) in more {
        if let Some(value) = value {
            members.insert(name.to_owned(), Value::String(value));
        }
    }
    Value::Object(members)
}
