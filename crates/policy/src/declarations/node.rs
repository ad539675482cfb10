//! Reading one KDL node strictly: every mistake is reported with its place, and reading goes on.

use std::borrow::Cow;
use std::ops::Range;

use knus::ast::{Literal, SpannedNode, Value};
use knus::span::Span;
use sandyq_model::Clause;

use crate::check::{Code, Report};
use crate::declarations::name::Name;
use crate::markdown::Block;
use crate::place::Place;

/// A node of a declaration block, and the clause under which it stands.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    ast: &'a SpannedNode<Span>,
    block: &'a Block,
    pub(crate) clause: &'a Clause,
}

impl<'a> Node<'a> {
    pub(crate) const fn new(ast: &'a SpannedNode<Span>, block: &'a Block, clause: &'a Clause) -> Self {
        Self { ast, block, clause }
    }

    pub(crate) fn kind(&self) -> &'a str {
        &self.ast.node_name
    }

    /// The place of the node's first word.
    pub(crate) fn place(&self, report: &Report) -> Place {
        self.spot(self.ast.node_name.span(), report)
    }

    /// The place from the node's first word to the end of its last name or property, children left out.
    pub(crate) fn line(&self, report: &Report) -> Place {
        let start = self.ast.node_name.span().0;
        let arguments = self.ast.arguments.iter().map(|value| value.literal.span().1);
        let properties = self.ast.properties.values().map(|value| value.literal.span().1);
        let end = arguments
            .chain(properties)
            .max()
            .unwrap_or(self.ast.node_name.span().1);
        self.block.place(start..end, report.sources())
    }

    pub(crate) fn children(&self) -> impl Iterator<Item = Node<'a>> {
        let (block, clause) = (self.block, self.clause);
        self.ast
            .children
            .iter()
            .flat_map(|children| children.iter())
            .map(move |ast| Node { ast, block, clause })
    }

    /// Reports children where there should be none.
    pub(crate) fn childless(&self, report: &mut Report) {
        for child in self.children() {
            let place = child.place(report);
            report
                .add(
                    Code::Declaration,
                    format!("`{}` takes nothing in braces", self.kind()),
                )
                .at(place, "not expected here");
        }
    }

    /// Reports a child that is none of what the node takes.
    pub(crate) fn strange(&self, expected: &str, report: &mut Report) {
        let place = self.place(report);
        report
            .add(
                Code::Declaration,
                format!("`{}` is not expected here", self.kind()),
            )
            .at(place, "not known")
            .help(format!("expected {expected}"));
    }

    /// Reports properties that are none of these.
    pub(crate) fn takes(&self, properties: &[&str], report: &mut Report) {
        for name in self.ast.properties.keys() {
            if !properties.contains(&&***name) {
                let place = self.spot(name.span(), report);
                let expected = if properties.is_empty() {
                    "none".to_owned()
                } else {
                    properties.join(", ")
                };
                report
                    .add(
                        Code::Declaration,
                        format!("`{}` has no property `{}`", self.kind(), &**name),
                    )
                    .at(place, "not known")
                    .help(format!("properties of `{}`: {expected}", self.kind()));
            }
        }
    }

    /// All texts in quotes after the node's word, without a report.
    pub(crate) fn quoted(&self) -> impl Iterator<Item = &'a str> {
        self.ast
            .arguments
            .iter()
            .filter_map(|value| match &*value.literal {
                Literal::String(text) => Some(&**text),
                _ => None,
            })
    }

    /// All names after the node's word.
    pub(crate) fn names(&self, report: &mut Report) -> Vec<Name> {
        self.ast
            .arguments
            .iter()
            .filter_map(|value| self.string(value, "a quoted name", report))
            .collect()
    }

    /// The one name after the node's word.
    pub(crate) fn name(&self, report: &mut Report) -> Option<Name> {
        let mut names = self.names(report).into_iter();
        let first = names.next();
        if let Some(second) = names.next() {
            report
                .add(Code::Declaration, format!("`{}` takes one name", self.kind()))
                .at(second.place(), "one too many");
        }
        if first.is_none() && self.ast.arguments.is_empty() {
            let place = self.place(report);
            report
                .add(Code::Declaration, format!("`{}` needs a name", self.kind()))
                .at(place, "no name follows")
                .help(format!("write  {} \"name\"", self.kind()));
        }
        first.filter(|name| !name.as_str().is_empty())
    }

    /// Reports names where there should be none.
    pub(crate) fn nameless(&self, report: &mut Report) {
        for name in self.names(report) {
            report
                .add(Code::Declaration, format!("`{}` takes no name", self.kind()))
                .at(name.place(), "not expected here");
        }
    }

    /// The text of a property, if it is there.
    pub(crate) fn text(&self, property: &str, report: &mut Report) -> Option<Name> {
        self.string(self.value(property)?, "a quoted text", report)
    }

    /// The text of a property that must be there.
    pub(crate) fn demand(&self, property: &str, report: &mut Report) -> Option<Name> {
        let found = self.text(property, report);
        if self.value(property).is_none() {
            self.missing(property, report);
        }
        found
    }

    /// Reports that a property is missing.
    pub(crate) fn missing(&self, property: &str, report: &mut Report) {
        let place = self.line(report);
        report
            .add(Code::Declaration, format!("`{}` needs `{property}`", self.kind()))
            .at(place, format!("`{property}` is missing"));
    }

    /// A whole number of a property, if it is there.
    pub(crate) fn number(&self, property: &str, report: &mut Report) -> Option<u32> {
        let value = self.value(property)?;
        let read = match &*value.literal {
            Literal::Int(integer) => u32::try_from(integer).ok(),
            _ => None,
        };
        if read.is_none() {
            let place = self.spot(value.literal.span(), report);
            report
                .add(Code::Declaration, format!("`{property}` is a whole number"))
                .at(place, "not a whole number from 0 to 4294967295");
        }
        read
    }

    /// True or false of a property, if it is there.
    pub(crate) fn flag(&self, property: &str, report: &mut Report) -> Option<bool> {
        let value = self.value(property)?;
        if let Literal::Bool(flag) = &*value.literal {
            return Some(*flag);
        }
        let place = self.spot(value.literal.span(), report);
        report
            .add(Code::Declaration, format!("`{property}` is true or false"))
            .at(place, "neither true nor false");
        None
    }

    /// One truth value after the node's word, as in `consent true`.
    pub(crate) fn truth(&self, report: &mut Report) -> Option<bool> {
        if let [Value { literal, .. }] = self.ast.arguments.as_slice()
            && let Literal::Bool(flag) = &**literal
        {
            return Some(*flag);
        }
        let place = self.place(report);
        report
            .add(
                Code::Declaration,
                format!("`{}` is followed by true or false", self.kind()),
            )
            .at(place, "here");
        None
    }

    pub(crate) fn has(&self, property: &str) -> bool {
        self.value(property).is_some()
    }

    /// The place of a property's value.
    pub(crate) fn value_place(&self, property: &str, report: &Report) -> Place {
        match self.value(property) {
            Some(value) => self.spot(value.literal.span(), report),
            None => self.place(report),
        }
    }

    fn value(&self, property: &str) -> Option<&'a Value<Span>> {
        self.ast
            .properties
            .iter()
            .find(|(name, _)| name.as_ref() == property)
            .map(|(_, value)| value)
    }

    fn string(&self, value: &Value<Span>, what: &str, report: &mut Report) -> Option<Name> {
        let place = self.spot(value.literal.span(), report);
        if let Literal::String(text) = &*value.literal {
            return Some(Name::new(text, place));
        }
        report
            .add(Code::Declaration, format!("expected {what}"))
            .at(place, "not in quotes");
        None
    }

    fn spot(&self, span: &Span, report: &Report) -> Place {
        self.block.place(span.0..span.1, report.sources())
    }
}

/// Reads a block as KDL and reports its syntax errors. A block that cannot be read whole is read piece by piece, so
/// that one mistake does not hide what stands around it.
pub(crate) fn parse<'a>(
    block: &'a Block,
    report: &mut Report,
) -> Vec<(Vec<SpannedNode<Span>>, Cow<'a, Block>)> {
    if let Ok(document) = knus::parse_ast::<Span>("", &block.text) {
        return vec![(document.nodes, Cow::Borrowed(block))];
    }
    let mut pieces = Vec::new();
    for range in top_level(&block.text) {
        let text = block.text.get(range.clone()).unwrap_or_default().to_owned();
        let piece = block.wrapping(range, 0, text);
        match knus::parse_ast::<Span>("", &piece.text) {
            Ok(document) => pieces.push((document.nodes, Cow::Owned(piece))),
            Err(error) => report_syntax(&error, &piece, report),
        }
    }
    pieces
}

/// The ranges of the top-level nodes, by lines and braces: a text in quotes is taken to end with its line.
fn top_level(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0_i32);
    for line in text.split_inclusive('\n') {
        depth = (depth + braces(line)).max(0);
        at += line.len();
        if depth == 0 {
            found.push(start..at);
            start = at;
        }
    }
    if start < at {
        found.push(start..at);
    }
    found
}

/// How many more braces a line opens than it closes.
fn braces(line: &str) -> i32 {
    let (mut quoted, mut escaped, mut depth) = (false, false, 0);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '/' if !quoted && line.get(at..).is_some_and(|rest| rest.starts_with("//")) => break,
            '{' if !quoted => depth += 1,
            '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth
}

fn report_syntax(error: &knus::Error, block: &Block, report: &mut Report) {
    let related: Vec<_> = miette::Diagnostic::related(error).into_iter().flatten().collect();
    for one in &related {
        let label = one.labels().and_then(|mut labels| labels.next());
        let range = label
            .as_ref()
            .map_or(0..0, |label| label.offset()..label.offset() + label.len());
        let place = block.place(range, report.sources());
        let found = report.add(Code::KdlSyntax, format!("this is not valid KDL: {one}"));
        found.at(
            place,
            label
                .and_then(|label| label.label().map(str::to_owned))
                .unwrap_or_default(),
        );
        if let Some(help) = one.help() {
            found.help(help.to_string());
        }
    }
    if related.is_empty() {
        report
            .add(Code::KdlSyntax, "this block is not valid KDL")
            .at(block.fence, "in this block");
    }
}
