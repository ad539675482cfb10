//! Older and newer pages of a list.

use maud::{Markup, html};

use crate::visit::Visit;

/// Links to the pages around this one; nothing when there is one page only. `more`: another one follows.
#[must_use]
pub fn pagination(visit: &Visit, page: u32, more: bool) -> Markup {
    html! {
        @if page > 1 || more {
            nav.pages aria-label=(visit.say("pages-label")) {
                @if page > 1 {
                    a rel="prev" href={ (visit.here) "?page=" (page - 1) } { (visit.say("pages-previous")) }
                }
                span { (visit.say_with("pages-here", &[("page", page.into())])) }
                @if more {
                    a rel="next" href={ (visit.here) "?page=" (page + 1) } { (visit.say("pages-next")) }
                }
            }
        }
    }
}
