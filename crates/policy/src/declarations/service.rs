//! 1.1.1, 1.2: a service is a form: whose data, for which purposes, which fields, which consents.

use sandyq_model::{Category, Clause, Field, FieldSet, OfferingKind, Purpose};

use crate::check::Report;
use crate::declarations::Declarations;
use crate::declarations::category::{fields, known_category, known_field};
use crate::declarations::field::unknown;
use crate::declarations::name::Name;
use crate::declarations::node::Node;
use crate::declarations::purpose::known_purpose;
use crate::place::Place;

/// A form that collects data.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// Whose data it takes.
    pub category: Category,
    /// The kind of case that a submission opens.
    pub case: Option<Name>,
    /// The kind of offering that a submission is about; a service without one needs no choice.
    pub about: Option<OfferingKind>,
    /// The field that takes the offering's name, instead of asking for it again.
    pub into: Option<Field>,
    /// What the data is for.
    pub purposes: Vec<Purpose>,
    /// Fields without which a submission is not taken.
    pub required: FieldSet,
    /// Fields that can stay empty.
    pub optional: FieldSet,
    /// Fields that are used in memory once and never kept.
    pub transient: FieldSet,
    /// Fields that are asked after the consent is confirmed.
    pub later: FieldSet,
    /// Fields about the representative, all of which are asked when the person is too young to act alone (DEF-11).
    pub representative: FieldSet,
    /// Fields in which we answer: staff write them in the case (2.2.8).
    pub answered: FieldSet,
    /// The consents it asks for, one box each.
    pub consents: Vec<ConsentItem>,
    /// How a consent is confirmed, such as `email-code`.
    pub confirm: Option<Name>,
    /// Where it is declared.
    pub clause: Clause,
    /// The fields in the order in which the form asks for them.
    pub order: Vec<Field>,
    pub(crate) listed: Vec<(Field, Place, Ask)>,
}

/// How a form asks for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Required,
    Optional,
    Transient,
    Later,
    Representative,
    Answered,
}

/// One box of a form.
#[derive(Clone, Debug)]
pub struct ConsentItem {
    /// Its name.
    pub name: Name,
    /// What it agrees to.
    pub purpose: Purpose,
    /// Whether the service cannot be had without it.
    pub required: bool,
    /// The kind of recipient, or the recipient, that it names.
    pub recipient: Option<Name>,
    /// The one field that it makes public (4.1), where the recipient is everybody.
    pub publishes: Option<Field>,
    /// The limit, in months, by which it lets data stay after the end of the purpose.
    pub prolongs: Option<Name>,
}

fn known_offering(word: &Name, report: &mut Report) -> Option<OfferingKind> {
    let found = OfferingKind::from_name(word);
    if found.is_none() {
        let known = OfferingKind::ALL.map(OfferingKind::name);
        unknown(
            crate::check::Code::UnknownName,
            "kind of offering",
            word,
            &known,
            report,
        );
    }
    found
}

impl Service {
    pub(super) fn read(node: Node<'_>, declared: &Declarations, report: &mut Report) -> Option<Self> {
        node.takes(&["category", "case", "about", "into"], report);
        let name = node.name(report);
        let category = node
            .demand("category", report)
            .and_then(|word| known_category(&word, report));
        let case = node.text("case", report);
        let about = node
            .text("about", report)
            .and_then(|word| known_offering(&word, report));
        let into = node
            .text("into", report)
            .and_then(|word| known_field(&word, declared, report));
        let mut read = Self {
            name: name?,
            category: category?,
            case,
            about,
            into,
            purposes: Vec::new(),
            required: FieldSet::EMPTY,
            optional: FieldSet::EMPTY,
            transient: FieldSet::EMPTY,
            later: FieldSet::EMPTY,
            representative: FieldSet::EMPTY,
            answered: FieldSet::EMPTY,
            consents: Vec::new(),
            confirm: None,
            clause: node.clause.clone(),
            order: Vec::new(),
            listed: Vec::new(),
        };
        for child in node.children() {
            read.take(child, declared, report);
        }
        Some(read)
    }

    /// All fields that come about by it: those the form can ask for, and those in which we answer.
    #[must_use]
    pub const fn fields(&self) -> FieldSet {
        self.required
            .union(self.optional)
            .union(self.transient)
            .union(self.later)
            .union(self.representative)
            .union(self.answered)
    }

    fn take(&mut self, child: Node<'_>, declared: &Declarations, report: &mut Report) {
        match child.kind() {
            "purpose" => {
                child.takes(&[], report);
                let words = child.names(report);
                self.purposes
                    .extend(words.iter().filter_map(|word| known_purpose(word, report)));
            }
            "require" => self.take_fields(child, Ask::Required, declared, report),
            "optional" => self.take_fields(child, Ask::Optional, declared, report),
            "transient" => self.take_fields(child, Ask::Transient, declared, report),
            "later" => self.take_fields(child, Ask::Later, declared, report),
            "answered" => self.take_fields(child, Ask::Answered, declared, report),
            "representative" => self.take_fields(child, Ask::Representative, declared, report),
            "consent" => self.consents.extend(ConsentItem::read(child, declared, report)),
            "confirm" => self.confirm = child.name(report).or(self.confirm.take()),
            _ => child.strange(
                "`purpose`, `require`, `optional`, `representative`, `answered`, `transient`, `later`, `consent` or `confirm`",
                report,
            ),
        }
    }

    fn take_fields(&mut self, node: Node<'_>, ask: Ask, declared: &Declarations, report: &mut Report) {
        node.takes(&[], report);
        node.childless(report);
        for (field, word) in fields(node, declared, report) {
            if self.fields().contains(field) {
                report
                    .add(
                        crate::check::Code::Duplicate,
                        format!("`{word}` is asked for twice by `{}`", self.name),
                    )
                    .at(word.place(), "again here");
                continue;
            }
            let set = match ask {
                Ask::Required => &mut self.required,
                Ask::Optional => &mut self.optional,
                Ask::Transient => &mut self.transient,
                Ask::Later => &mut self.later,
                Ask::Representative => &mut self.representative,
                Ask::Answered => &mut self.answered,
            };
            *set = set.with(field);
            self.order.push(field);
            self.listed.push((field, word.place(), ask));
        }
    }
}

impl ConsentItem {
    fn read(node: Node<'_>, declared: &Declarations, report: &mut Report) -> Option<Self> {
        node.takes(&["purpose", "required", "recipient", "field", "prolongs"], report);
        node.childless(report);
        let name = node.name(report);
        let purpose = node
            .demand("purpose", report)
            .and_then(|word| known_purpose(&word, report));
        if !node.has("required") {
            node.missing("required", report);
        }
        let required = node.flag("required", report);
        let recipient = node.text("recipient", report);
        if let Some(word) = &recipient {
            let kinds = sandyq_model::RecipientKind::ALL.iter().map(|kind| kind.name());
            let known: Vec<&str> = kinds
                .chain(declared.recipients.iter().map(|one| one.name.as_str()))
                .collect();
            if !known.contains(&word.as_str()) {
                unknown(crate::check::Code::UnknownName, "recipient", word, &known, report);
            }
        }
        let publishes = published(node, recipient.as_ref(), declared, report);
        Some(Self {
            name: name?,
            purpose: purpose?,
            required: required?,
            recipient,
            publishes,
            prolongs: node.text("prolongs", report),
        })
    }
}

/// 4.1: what is made public is agreed to field by field, so such an item names one field, and no other item names any.
fn published(
    node: Node<'_>,
    recipient: Option<&Name>,
    declared: &Declarations,
    report: &mut Report,
) -> Option<Field> {
    let is_public = recipient.is_some_and(|kind| kind.as_str() == sandyq_model::RecipientKind::Public.name());
    let Some(word) = node.text("field", report) else {
        if is_public {
            node.missing("field", report);
        }
        return None;
    };
    if !is_public {
        report
            .add(
                crate::check::Code::Declaration,
                "only what is made public is agreed to field by field",
            )
            .at(word.place(), "with recipient=\"public\" alone (4.1)");
        return None;
    }
    let found = declared.field_named(word.as_str());
    if found.is_none() {
        report
            .add(
                crate::check::Code::UnknownField,
                format!("no field is called `{}`", word.as_str()),
            )
            .at(word.place(), "not declared");
    }
    found
}
