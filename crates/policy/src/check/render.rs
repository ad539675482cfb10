//! Findings for people and for programs.

use miette::{GraphicalReportHandler, GraphicalTheme, NarratableReportHandler};
use serde_json::{Value, json};

use crate::check::diagnostic::{Diagnostic, Label, Severity};

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// With source lines and colours, for a terminal.
    Colour,
    /// With source lines, without colours.
    Plain,
    /// As sentences, for a screen reader or a log.
    Narrated,
}

/// The version of the machine-readable form. It changes when a key changes its meaning or goes away.
const SCHEMA: &str = "sandyq-check/1";
/// Columns of the rendered lines.
const WIDTH: usize = 110;

/// Renders findings for people, one after the other.
#[must_use]
pub fn render(found: &[Diagnostic], style: Style) -> String {
    let mut text = String::new();
    for diagnostic in found {
        let rendered = match style {
            Style::Narrated => NarratableReportHandler::new().render_report(&mut text, diagnostic),
            Style::Colour => graphical(GraphicalTheme::unicode()).render_report(&mut text, diagnostic),
            Style::Plain => graphical(GraphicalTheme::unicode_nocolor()).render_report(&mut text, diagnostic),
        };
        if rendered.is_err() {
            text.push_str(&format!("{}: {diagnostic}\n", diagnostic.code()));
        }
        text.push('\n');
    }
    text
}

/// Renders findings for programs.
#[must_use]
pub fn render_json(found: &[Diagnostic]) -> String {
    let errors = found.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let value = json!({
        "schema": SCHEMA,
        "errors": errors,
        "warnings": found.len() - errors,
        "diagnostics": found.iter().map(one).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn graphical(theme: GraphicalTheme) -> GraphicalReportHandler {
    GraphicalReportHandler::new_themed(theme)
        .with_width(WIDTH)
        .with_links(false)
}

fn one(diagnostic: &Diagnostic) -> Value {
    json!({
        "code": diagnostic.code().as_str(),
        "severity": match diagnostic.severity() { Severity::Error => "error", Severity::Warning => "warning" },
        "message": diagnostic.message(),
        "help": diagnostic.help_text(),
        "clause": diagnostic.related_clause().map(sandyq_model::Clause::as_str),
        "labels": diagnostic.labels().iter().map(label).collect::<Vec<_>>(),
    })
}

fn label(label: &Label) -> Value {
    json!({
        "file": label.path,
        "start": { "byte": label.start, "line": label.from.line, "column": label.from.column },
        "end": { "byte": label.end, "line": label.to.line, "column": label.to.column },
        "text": label.text,
    })
}
