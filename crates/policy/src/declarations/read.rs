//! Reads all `kdl` blocks of the folder: first what depends on nothing, then what names it.

use std::borrow::Cow;

use knus::ast::SpannedNode;
use knus::span::Span;
use sandyq_model::Clause;

use crate::check::{Code, Report};
use crate::declarations::calendar::Draft;
use crate::declarations::category::CategoryDeclaration;
use crate::declarations::field::{Class, FieldDeclaration};
use crate::declarations::law::LawDeadline;
use crate::declarations::node::{Node, parse};
use crate::declarations::people::{
    Address, DecisionDeclaration, RecipientDeclaration, RoleDeclaration, StoreDeclaration,
};
use crate::declarations::period::{Deadline, Floor, Limit};
use crate::declarations::purpose::PurposeDeclaration;
use crate::declarations::service::Service;
use crate::declarations::words::Words;
use crate::declarations::{Declarations, Name};
use crate::language::Language;
use crate::markdown::Block;
use crate::text::Text;

/// What the blocks declare, and what is said about it.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) declarations: Declarations,
    pub(crate) words: [Words; 3],
}

/// The kinds of declarations, in the order in which they are read: each names only earlier ones.
const KINDS: [&str; 14] = [
    "class",
    "field",
    "category",
    "role",
    "recipient",
    "address",
    "store",
    "limit",
    "purpose",
    "floor",
    "deadline",
    "decision",
    "service",
    "words",
];

/// Reads every `kdl` block of the English files, the `words` of the translations, the law and the calendar.
pub(crate) fn read(text: &Text, report: &mut Report) -> Declared {
    let mut declared = Declared::default();
    read_law(text, &mut declared.declarations, report);
    let blocks = parse_all(text.blocks(Language::En, "kdl"), report);
    for node in nodes(&blocks) {
        let names = node
            .quoted()
            .map(|name| (node.kind().to_owned(), name.to_owned()));
        declared.declarations.attempted.extend(names);
    }
    for kind in KINDS {
        for node in nodes(&blocks).filter(|node| node.kind() == kind) {
            take(&mut declared, node, report);
        }
    }
    for node in nodes(&blocks).filter(|node| !KINDS.contains(&node.kind())) {
        node.strange(&KINDS.join(", "), report);
    }
    for language in Language::TRANSLATIONS {
        read_translation(text, language, &mut declared, report);
    }
    declared
}

type Parsed<'a> = Vec<(Vec<SpannedNode<Span>>, Cow<'a, Block>, &'a Clause)>;

fn parse_all<'a>(blocks: impl Iterator<Item = (&'a Clause, &'a Block)>, report: &mut Report) -> Parsed<'a> {
    let mut parsed = Vec::new();
    for (clause, block) in blocks {
        parsed.extend(
            parse(block, report)
                .into_iter()
                .map(|(nodes, block)| (nodes, block, clause)),
        );
    }
    parsed
}

fn nodes<'a>(blocks: &'a Parsed<'a>) -> impl Iterator<Item = Node<'a>> {
    blocks
        .iter()
        .flat_map(|(nodes, block, clause)| nodes.iter().map(move |node| Node::new(node, block, clause)))
}

fn take(declared: &mut Declared, node: Node<'_>, report: &mut Report) {
    let all = &mut declared.declarations;
    match node.kind() {
        "class" => push(
            &mut all.classes,
            Class::read(node, report),
            |one| &one.name,
            node,
            report,
        ),
        "field" => take_field(all, node, report),
        "category" => take_category(all, node, report),
        "role" => take_role(all, node, report),
        "purpose" => take_purpose(all, node, report),
        "service" => {
            let read = Service::read(node, all, report);
            push(&mut all.services, read, |one| &one.name, node, report);
        }
        "words" => words_of(declared, Language::En).take(node, report),
        _ => take_plain(all, node, report),
    }
}

/// What is declared in one line and named by little else.
fn take_plain(all: &mut Declarations, node: Node<'_>, report: &mut Report) {
    match node.kind() {
        "recipient" => {
            let read = RecipientDeclaration::read(node, report);
            push(&mut all.recipients, read, |one| &one.name, node, report);
        }
        "address" => push(
            &mut all.addresses,
            Address::read(node, report),
            |one| &one.name,
            node,
            report,
        ),
        "store" => push(
            &mut all.stores,
            StoreDeclaration::read(node, report),
            |one| &one.name,
            node,
            report,
        ),
        "limit" => push(
            &mut all.limits,
            Limit::read(node, report),
            |one| &one.name,
            node,
            report,
        ),
        "floor" => {
            let read = Floor::read(node, all, report);
            push(&mut all.floors, read, |one| &one.name, node, report);
        }
        "deadline" => push(
            &mut all.deadlines,
            Deadline::read(node, report),
            |one| &one.name,
            node,
            report,
        ),
        "decision" => {
            let read = DecisionDeclaration::read(node, all, report);
            push(&mut all.decisions, read, |one| &one.name, node, report);
        }
        _ => {}
    }
}

fn take_category(all: &mut Declarations, node: Node<'_>, report: &mut Report) {
    let Some(one) = CategoryDeclaration::read(node, all, report) else {
        return;
    };
    let place = one.name.place();
    let earlier = all.categories.insert(one.category, one);
    again(
        "category",
        earlier.as_ref().map(|earlier| &earlier.name),
        place,
        report,
    );
}

fn take_purpose(all: &mut Declarations, node: Node<'_>, report: &mut Report) {
    let Some(one) = PurposeDeclaration::read(node, all, report) else {
        return;
    };
    let place = one.name.place();
    let earlier = all.purposes.insert(one.purpose, one);
    again(
        "purpose",
        earlier.as_ref().map(|earlier| &earlier.name),
        place,
        report,
    );
}

fn words_of(declared: &mut Declared, language: Language) -> &mut Words {
    let [kk, ru, en] = &mut declared.words;
    match language {
        Language::Kk => kk,
        Language::Ru => ru,
        Language::En => en,
    }
}

fn take_field(all: &mut Declarations, node: Node<'_>, report: &mut Report) {
    let Some(field) = FieldDeclaration::read(node, all, report) else {
        return;
    };
    let same_number = all.fields.get(&field.field);
    if let Some(other) = all.fields.values().find(|other| other.name == field.name) {
        again("field", Some(&other.name), field.name.place(), report);
    } else if let Some(other) = same_number {
        let number = field.field.number();
        report
            .add(
                Code::Duplicate,
                format!("the number {number} belongs to `{}` already", other.name),
            )
            .at(field.name.place(), "the same number again")
            .at(other.name.place(), "first here")
            .help("ledger entries name fields by number for ever; take the next free one");
    } else {
        all.fields.insert(field.field, field);
    }
}

fn take_role(all: &mut Declarations, node: Node<'_>, report: &mut Report) {
    let Some(role) = RoleDeclaration::read(node, report) else {
        return;
    };
    let named = all.roles.values().find(|other| other.name == role.name);
    if let Some(other) = named.or_else(|| all.roles.get(&role.role)) {
        again("role", Some(&other.name), role.name.place(), report);
    } else {
        all.roles.insert(role.role, role);
    }
}

fn push<T>(
    list: &mut Vec<T>,
    read: Option<T>,
    name: impl Fn(&T) -> &Name,
    node: Node<'_>,
    report: &mut Report,
) {
    let Some(read) = read else { return };
    let earlier = list.iter().map(&name).find(|other| *other == name(&read));
    if earlier.is_some() {
        again(node.kind(), earlier, name(&read).place(), report);
    } else {
        list.push(read);
    }
}

fn again(what: &str, earlier: Option<&Name>, place: crate::place::Place, report: &mut Report) {
    if let Some(earlier) = earlier {
        report
            .add(Code::Duplicate, format!("{what} `{earlier}` is declared twice"))
            .at(place, "again here")
            .at(earlier.place(), "first here");
    }
}

fn read_law(text: &Text, all: &mut Declarations, report: &mut Report) {
    let clause = Clause::fixed("PRE-5");
    for block in &text.law {
        let blocks = parse_all(std::iter::once((&clause, block)), report);
        for node in nodes(&blocks) {
            match node.kind() {
                "deadline" => all.law.extend(LawDeadline::read(node, report)),
                _ => node.strange("`deadline`", report),
            }
        }
    }
    let mut draft = Draft::default();
    for block in &text.calendar {
        let blocks = parse_all(std::iter::once((&clause, block)), report);
        for node in nodes(&blocks) {
            draft.take(node, report);
        }
    }
    all.calendar = draft.finish(text.calendar.first().map(|block| block.file), report);
}

fn read_translation(text: &Text, language: Language, declared: &mut Declared, report: &mut Report) {
    let blocks = parse_all(text.blocks(language, "kdl"), report);
    for node in nodes(&blocks) {
        if node.kind() == "words" {
            words_of(declared, language).take(node, report);
            continue;
        }
        let place = node.place(report);
        report
            .add(
                Code::Misplaced,
                format!("`{}` stands in a translation", node.kind()),
            )
            .at(place, "only `words` stand here")
            .help("declarations stand once, in the English file");
    }
}
