//! The form around a page's questions: the visitor's token, the key of the submission, what was typed before.

use maud::{Markup, html};

use crate::layout::JOURNEY;
use crate::visit::Visit;

/// The one form of a page. `kept` are values that travel unseen.
#[must_use]
pub fn tray(visit: &Visit, action: &str, kept: &[(String, String)], inside: &Markup) -> Markup {
    html! {
        form id=(JOURNEY) method="post" action=(action) novalidate autocomplete="on" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            @for (name, value) in kept { (hidden(name, value)) }
            (inside)
        }
    }
}

/// A form that brings one file.
#[must_use]
pub fn tray_with_file(visit: &Visit, action: &str, inside: &Markup) -> Markup {
    html! {
        form method="post" action=(action) enctype="multipart/form-data" novalidate autocomplete="off" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            (inside)
        }
    }
}

/// A value that travels unseen.
#[must_use]
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The button that goes on; says what happens.
#[must_use]
pub fn submit(step: &str, says: &str) -> Markup {
    html! { button.go type="submit" name="step" value=(step) { (says) } }
}
