//! An entry as JSON, for pages, exports and the verifier: words where the bytes have numbers.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{By, Entry, GroundKind};

/// Members: `at`, `role`, `by`, `deed`, `outcome`, `detail`, `clauses`, `purpose`, `ground`, `recipient`, `subject`,
/// `fields`, `policy`, `case`; what an entry does not name is `null`.
impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut view = serializer.serialize_struct("Entry", 14)?;
        view.serialize_field("at", &self.at.to_string())?;
        view.serialize_field("role", &self.role.number())?;
        view.serialize_field("by", &self.by.word())?;
        view.serialize_field("deed", self.deed.name())?;
        view.serialize_field("outcome", self.outcome.name())?;
        view.serialize_field("detail", self.detail.name())?;
        view.serialize_field(
            "clauses",
            &self
                .clauses
                .iter()
                .map(|clause| clause.to_string())
                .collect::<Vec<_>>(),
        )?;
        view.serialize_field("purpose", &self.purpose.map(|purpose| purpose.to_string()))?;
        view.serialize_field("ground", &self.ground_view())?;
        view.serialize_field(
            "recipient",
            &self.recipient.map(|to| RecipientView {
                code: to.code,
                country: to.country.as_str().to_owned(),
            }),
        )?;
        view.serialize_field("subject", &self.subject.map(|id| id.to_string()))?;
        view.serialize_field(
            "fields",
            &self
                .fields
                .iter()
                .map(sandyq_model::Field::number)
                .collect::<Vec<_>>(),
        )?;
        view.serialize_field("policy", &self.policy.map(|mark| hex(mark.as_bytes())))?;
        view.serialize_field("case", &self.case.map(|id| id.to_string()))?;
        view.end()
    }
}

impl Entry {
    fn ground_view(&self) -> Option<GroundView> {
        let reference = self.ground.reference();
        (self.ground.kind() != GroundKind::None).then(|| GroundView {
            kind: self.ground.kind().name(),
            reference: (*reference != [0; 16]).then(|| hex(reference)),
        })
    }
}

impl By {
    fn word(self) -> String {
        match self {
            Self::System => "system".to_owned(),
            Self::Subject => "subject".to_owned(),
            Self::Person(id) => id.to_string(),
        }
    }
}

#[derive(Serialize)]
struct GroundView {
    kind: &'static str,
    reference: Option<String>,
}

#[derive(Serialize)]
struct RecipientView {
    code: u32,
    country: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
