//! Names and values, a row each, with what can be done about a row.

use maud::{Markup, html};

/// One row.
pub struct Row {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: Markup,
    /// What can be done about it, if anything.
    pub action: Option<Markup>,
}

impl Row {
    /// A row of text; line breaks in it are kept.
    #[must_use]
    pub fn text(name: impl Into<String>, value: &str) -> Self {
        Self {
            name: name.into(),
            value: lines(value),
            action: None,
        }
    }

    /// A row of anything.
    #[must_use]
    pub fn new(name: impl Into<String>, value: Markup) -> Self {
        Self {
            name: name.into(),
            value,
            action: None,
        }
    }

    /// The same row with an action.
    #[must_use]
    pub fn with(mut self, action: Markup) -> Self {
        self.action = Some(action);
        self
    }
}

/// The rows as a list of names and values.
#[must_use]
pub fn summary_list(rows: &[Row]) -> Markup {
    html! {
        dl.summary {
            @for row in rows {
                div {
                    dt { (row.name) }
                    dd { (row.value) }
                    @if let Some(action) = &row.action { dd.action { (action) } }
                }
            }
        }
    }
}

/// The text with its line breaks.
pub(super) fn lines(text: &str) -> Markup {
    html! {
        @for (place, line) in text.lines().enumerate() {
            @if place > 0 { br; }
            (line)
        }
    }
}
