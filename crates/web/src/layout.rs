//! What stands around every page: title, skip link, header with the languages, footer with the operator (7-a).

use maud::{DOCTYPE, Markup, html};

use crate::language::{LANGUAGES, own_name, tag};
use crate::visit::{Standpoint, Visit};

/// The id of the one form of a page that keeps typed values when the language changes.
pub const JOURNEY: &str = "journey";

/// How the language changes on a page.
#[derive(Clone, Debug, Default)]
pub enum Switch {
    /// By links: the page is asked for again.
    #[default]
    Links,
    /// By buttons of the journey form: what was typed comes along and comes back.
    Buttons {
        /// Where the form goes.
        action: String,
        /// The step that shows this page again without judging what was typed.
        step: String,
        /// The step that the Enter key takes in the form's fields.
        enter: String,
    },
}

/// The way back, at the top of every page that has one.
#[derive(Clone, Debug)]
pub enum Back {
    /// A link.
    Link(String),
    /// A button of the journey form, so that nothing typed is lost.
    Button {
        /// Where the form goes.
        action: String,
        /// The step that it shows.
        step: String,
    },
}

/// One page.
pub struct Page {
    /// The title, without the site's name.
    pub title: String,
    /// There is something to correct: the title says so first.
    pub wrong: bool,
    /// How the language changes.
    pub switch: Switch,
    /// The way back.
    pub back: Option<Back>,
    /// Wider than text: tables and the policy.
    pub wide: bool,
    /// It asks for a passkey, which takes a script of ours.
    pub script: bool,
    /// What stands in `main`; has the one `h1`.
    pub body: Markup,
}

impl Page {
    /// A page of that title.
    #[must_use]
    pub fn new(title: impl Into<String>, body: Markup) -> Self {
        Self {
            title: title.into(),
            wrong: false,
            switch: Switch::Links,
            back: None,
            wide: false,
            script: false,
            body,
        }
    }

    /// The same page with a link back.
    #[must_use]
    pub fn back_to(mut self, path: impl Into<String>) -> Self {
        self.back = Some(Back::Link(path.into()));
        self
    }

    /// The same page with a button back that keeps what was typed.
    #[must_use]
    pub fn back_by(mut self, action: impl Into<String>, step: impl Into<String>) -> Self {
        self.back = Some(Back::Button {
            action: action.into(),
            step: step.into(),
        });
        self
    }

    /// The same page, marked when it has mistakes.
    #[must_use]
    pub const fn wrong_if(mut self, wrong: bool) -> Self {
        self.wrong = wrong;
        self
    }

    /// The same page, wide.
    #[must_use]
    pub const fn widened(mut self) -> Self {
        self.wide = true;
        self
    }

    /// The same page, with the script that asks for a passkey.
    #[must_use]
    pub const fn scripted(self) -> Self {
        self.scripted_if(true)
    }

    /// The same page, with that script where it is needed.
    #[must_use]
    pub const fn scripted_if(mut self, asks: bool) -> Self {
        self.script = asks;
        self
    }

    /// The same page, whose typed values survive a change of language.
    #[must_use]
    pub fn keeping_typed(
        mut self,
        action: impl Into<String>,
        step: impl Into<String>,
        enter: impl Into<String>,
    ) -> Self {
        self.switch = Switch::Buttons {
            action: action.into(),
            step: step.into(),
            enter: enter.into(),
        };
        self
    }
}

/// The whole document.
#[must_use]
pub fn document(visit: &Visit, page: &Page) -> Markup {
    let wrong = if page.wrong {
        visit.say("title-wrong")
    } else {
        String::new()
    };
    html! {
        (DOCTYPE)
        html lang=(visit.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (wrong) (page.title) " – " (visit.say("site-name")) }
                link rel="stylesheet" href="/style.css";
                link rel="icon" type="image/svg+xml" href="/favicon.svg";
                @if page.script { script src="/passkey.js" defer {} }
                @if visit.keys { script src="/keys.js" defer {} }
                @for language in LANGUAGES {
                    link rel="alternate" hreflang=(tag(language)) href={ (visit.here) "?lang=" (tag(language)) };
                }
            }
            body {
                a.skip href="#main" { (visit.say("skip")) }
                (header(visit, page))
                @if visit.demo { aside.demo { (visit.say("demo-note")) } }
                div.room.wide[page.wide] {
                    main #main tabindex="-1" {
                        @if let Some(back) = &page.back { (back_control(visit, back)) }
                        (page.body)
                    }
                }
                @if visit.keys { (shortcuts(visit)) }
                (footer(visit))
            }
        }
    }
}

/// What the shortcuts are; hidden until it is asked for by one.
fn shortcuts(visit: &Visit) -> Markup {
    html! {
        section.inset.keys #keys hidden tabindex="-1" aria-labelledby="keys-title" data-search="/staff/search" {
            h2 id="keys-title" { (visit.say("keys-title")) }
            dl {
                @for (key, says) in KEYS { div { dt { kbd { (key) } } dd { (visit.say(says)) } } }
            }
            p { a href="/staff/sessions" { (visit.say("keys-switch")) } }
        }
    }
}

/// The shortcuts, with what each does.
const KEYS: [(&str, &str); 7] = [
    ("j", "keys-next"),
    ("k", "keys-before"),
    ("Enter", "keys-open"),
    ("x", "keys-choose"),
    ("t", "keys-take"),
    ("/", "keys-search"),
    ("?", "keys-help"),
];

fn header(visit: &Visit, page: &Page) -> Markup {
    let links = [
        ("/services", "nav-shop"),
        ("/my", "nav-my"),
        ("/policy", "nav-policy"),
    ];
    let staff = [
        ("/staff/cases", "nav-cases"),
        ("/staff/sessions", "nav-sessions"),
        ("/policy", "nav-policy"),
    ];
    let links = if visit.standpoint == Standpoint::Staff {
        &staff[..]
    } else {
        &links[..]
    };
    html! {
        header.top {
            div.bar {
                a.brand href="/" { (chest()) span { (visit.say("site-name")) } }
                (languages(visit, &page.switch))
            }
            div.bar.second {
                nav aria-label=(visit.say("nav-label")) {
                    ul {
                        @for (path, key) in links {
                            li { a href=(path) aria-current=[is_here(visit, path)] { (visit.say(key)) } }
                        }
                    }
                }
                @if visit.standpoint != Standpoint::Visitor { (sign_out(visit)) }
            }
        }
    }
}

fn is_here(visit: &Visit, path: &str) -> Option<&'static str> {
    (visit.here == path || visit.here.starts_with(&format!("{path}/"))).then_some("true")
}

fn sign_out(visit: &Visit) -> Markup {
    html! {
        form.plain method="post" action="/sign-out" {
            input type="hidden" name="token" value=(visit.token);
            button.quiet type="submit" { (visit.say("sign-out")) }
        }
    }
}

fn languages(visit: &Visit, switch: &Switch) -> Markup {
    html! {
        nav.languages aria-label=(visit.say("languages-label")) {
            @if let Switch::Buttons { enter, .. } = switch {
                // The Enter key takes the first button of a form in the page; it must not be a language.
                button.first form=(JOURNEY) name="step" value=(enter) tabindex="-1" aria-hidden="true" {}
            }
            ul {
                @for language in LANGUAGES {
                    li { (language_control(visit, switch, language)) }
                }
            }
        }
    }
}

fn language_control(visit: &Visit, switch: &Switch, language: sandyq_processing::Language) -> Markup {
    let (tag, name) = (tag(language), own_name(language));
    if language == visit.language {
        return html! { span aria-current="true" lang=(tag) { (name) } };
    }
    match switch {
        Switch::Links => {
            let kept = if visit.question.is_empty() {
                String::new()
            } else {
                format!("&{}", visit.question)
            };
            html! { a href={ (visit.here) "?lang=" (tag) (kept) } hreflang=(tag) lang=(tag) { (name) } }
        }
        Switch::Buttons { action, step, .. } => html! {
            button.quiet type="submit" form=(JOURNEY) formaction={ (action) "?lang=" (tag) } formnovalidate
                name="step" value=(step) lang=(tag) { (name) }
        },
    }
}

fn back_control(visit: &Visit, back: &Back) -> Markup {
    match back {
        Back::Link(path) => html! { a.back href=(path) { (visit.say("back")) } },
        Back::Button { action, step } => html! {
            button.back type="submit" form=(JOURNEY) formaction=(action) formnovalidate name="step" value=(step) {
                (visit.say("back"))
            }
        },
    }
}

fn footer(visit: &Visit) -> Markup {
    html! {
        footer.bottom {
            div.inner {
                @match &visit.operator {
                    Some(operator) => {
                        address {
                            strong { (operator.name) } br;
                            (visit.say_of("operator-bin", "bin", &operator.bin)) br;
                            (operator.address) br;
                            (visit.say_of("operator-phone", "phone", &operator.phone)) br;
                            (visit.say_of("operator-email", "email", &operator.email))
                        }
                        p {
                            (visit.say_of("operator-responsible", "name", &operator.responsible.name)) br;
                            (operator.responsible.phone) ", " (operator.responsible.email)
                        }
                    }
                    None => p { (visit.say("operator-missing")) }
                }
                nav aria-label=(visit.say("footer-label")) {
                    ul {
                        @for (path, key) in FOOTER_LINKS {
                            li { a href=(path) { (visit.say(key)) } }
                        }
                    }
                }
            }
        }
    }
}

const FOOTER_LINKS: [(&str, &str); 4] = [
    ("/policy", "nav-policy"),
    ("/ledger", "nav-ledger"),
    ("/cookies", "nav-cookies"),
    ("/staff/cases", "nav-staff"),
];

/// The chest with its ram's horns: the mark of the site.
fn chest() -> Markup {
    html! {
        svg width="44" height="40" viewBox="0 0 44 40" aria-hidden="true" focusable="false" {
            path.lid d="M4 17V13C4 7.5 8 4 13 4h18c5 0 9 3.500 9 9v4z" {}
            path.box d="M4 19h36v15a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2z" {}
            path.band d="M11 4.500V36M33 4.500V36M3 18h38" {}
            path.horn d="M22 34v-8M22 26c-1-4-7-4-7 0 0 2.500 3.500 3 4 .5M22 26c1-4 7-4 7 0 0 2.500-3.500 3-4 .5" {}
            path.horn d="M19.500 15h5v5h-5z" {}
        }
    }
}
