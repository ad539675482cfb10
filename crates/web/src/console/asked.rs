//! A question to a list that stands in its address: words of filters, never a value of anybody. What is not one of the words that a list
//! knows is left out or pointed at, and nothing of it is shown again.

use maud::{Markup, html};
use sandyq_model::Mistake;

use super::{audit, cases, figures, requests, statistics};
use crate::components::{hidden, problem_of};
use crate::http::arrival::LIST_PAGE_MAX;
use crate::http::intake::Typed;
use crate::visit::Visit;

/// Characters of an address that are looked at.
const QUERY_MAX: usize = 1_000;
/// The longest answer.
const ANSWER_MAX: usize = 40;

/// The lists whose question stands in the address, with the words that each of them knows.
const LISTS: [(&str, &[&[&str]]); 6] = [
    (cases::PATH, &[cases::FILTER]),
    (requests::PATH, &[requests::FILTER]),
    (requests::CLOSED, &[requests::FILTER]),
    (figures::PATH, &[figures::SPAN]),
    (statistics::PATH, &[statistics::QUESTION]),
    (audit::PATH, &[&audit::CHOSEN, &audit::LED]),
];

/// The part of an address's question that comes along when the language changes: the words that the page at that path knows, with
/// answers that could be one of a filter, and the page of the list. Nothing that is typed about a person can be written like that.
#[must_use]
pub fn kept(path: &str, query: &str) -> String {
    let query = query.get(..QUERY_MAX).unwrap_or(query);
    let lists = LISTS.iter().filter(|(list, _)| *list == path);
    let words: Vec<&str> = lists.flat_map(|(_, known)| known.concat()).collect();
    let mut pairs: Vec<(&str, String)> = Vec::new();
    let (mut page, mut is_whole) = (None, true);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = value.trim();
        if name == "page" {
            page = value
                .parse()
                .ok()
                .filter(|page| (1..=LIST_PAGE_MAX).contains(page));
        }
        let known = words.iter().find(|word| **word == name);
        let Some(word) = known.filter(|word| !value.is_empty() && pairs.iter().all(|(had, _)| had != *word))
        else {
            continue;
        };
        if *word == "reference" && !is_of_case(value) || !is_of_filter(value) {
            is_whole = false;
        } else {
            pairs.push((word, value.to_owned()));
        }
    }
    let mut address = form_urlencoded::Serializer::new(String::new());
    address.extend_pairs(&pairs);
    // The third page of this list is not the third page of a list with less asked of it.
    if let Some(page) = page.filter(|_| is_whole) {
        address.append_pair("page", &u32::to_string(&page));
    }
    address.finish()
}

/// The number of a case, as we give them: no name and no telephone number is written like that.
fn is_of_case(value: &str) -> bool {
    let begins = value
        .get(..3)
        .is_some_and(|begins| begins.eq_ignore_ascii_case("SQ-"));
    begins && cases::is_reference(value)
}

/// A word, a number, a day or a clause.
fn is_of_filter(value: &str) -> bool {
    let signs = |sign: char| sign.is_ascii_alphanumeric() || ".#-".contains(sign);
    (1..=ANSWER_MAX).contains(&value.len()) && value.chars().all(signs)
}

/// What was asked for, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pairs: Vec<(&'static str, String)>,
    page: Option<u32>,
}

impl Asked {
    /// Reads the question out of an address, as far as it is about these words.
    #[must_use]
    pub fn read(query: &str, known: &'static [&'static str]) -> Self {
        let query = query.get(..QUERY_MAX).unwrap_or(query);
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            if name == "page" {
                asked.page = value.parse().ok();
            }
            let first = |known: &&&'static str| **known == name && asked.get(known).is_empty();
            if let Some(name) = known.iter().find(first) {
                asked.put(name, value);
            }
        }
        asked
    }

    /// The same question, brought back by a form.
    #[must_use]
    pub fn of_form(typed: &Typed, known: &'static [&'static str]) -> Self {
        let mut asked = Self::default();
        for name in known {
            asked.put(name, typed.text(name).trim());
        }
        asked
    }

    fn put(&mut self, name: &'static str, value: &str) {
        if !value.is_empty() && value.len() <= ANSWER_MAX {
            self.pairs.push((name, value.to_owned()));
        }
    }

    /// The answer to one part of it; empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(asked, _)| *asked == name);
        found.map_or("", |(_, value)| value)
    }

    /// The page of the list, from 1.
    #[must_use]
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(1).max(1)
    }

    /// Whether nothing was asked.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The address of the list with this question.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        self.on_page(path, 1)
    }

    /// The question in the words of an address.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = form_urlencoded::Serializer::new(String::new());
        words.extend_pairs(&self.pairs);
        words.finish()
    }

    /// The same on that page of the list.
    #[must_use]
    pub fn on_page(&self, path: &str, page: u32) -> String {
        let mut address = form_urlencoded::Serializer::new(String::new());
        address.extend_pairs(&self.pairs);
        if page > 1 {
            address.append_pair("page", &page.to_string());
        }
        let query = address.finish();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    }

    /// The question in a form that does something and comes back to the list.
    #[must_use]
    pub fn kept(&self) -> Markup {
        html! { @for (name, value) in &self.pairs { (hidden(name, value)) } }
    }
}

/// Links to the pages around this one, with the question.
#[must_use]
pub fn pages(visit: &Visit, asked: &Asked, path: &str, (page, more): (u32, bool)) -> Markup {
    html! {
        @if page > 1 || more {
            nav.pages aria-label=(visit.say("pages-label")) {
                @if page > 1 { a rel="prev" href=(asked.on_page(path, page - 1)) { (visit.say("pages-previous")) } }
                span { (visit.say_with("pages-here", &[("page", page.into())])) }
                @if more { a rel="next" href=(asked.on_page(path, page + 1)) { (visit.say("pages-next")) } }
            }
        }
    }
}

/// One part of the question, answered by one of a few words. Its label is `filter-NAME`.
#[must_use]
pub fn choice(
    visit: &Visit,
    name: &str,
    offered: &[(String, String)],
    asked: &Asked,
    mistake: &Mistake,
) -> Markup {
    let problem = mistake.of(name);
    html! {
        div.question.is-wrong[problem.is_some()] {
            label for=(name) { (visit.say(&format!("filter-{name}"))) }
            (problem_of(visit, name, problem))
            select.w-long id=(name) name=(name) {
                option value="" { (visit.say("filter-any")) }
                @for (value, words) in offered {
                    option value=(value) selected[value == asked.get(name)] { (words) }
                }
            }
        }
    }
}

/// One part of the question that is typed, such as a day.
#[must_use]
pub fn line(visit: &Visit, (name, hint): (&str, &str), value: &str, mistake: &Mistake) -> Markup {
    let problem = mistake.of(name);
    html! {
        div.question.is-wrong[problem.is_some()] {
            label for=(name) { (visit.say(&format!("filter-{name}"))) }
            p.hint id={ (name) "-hint" } { (visit.say(hint)) }
            (problem_of(visit, name, problem))
            input type="text" id=(name) name=(name) value=(value) size="14" maxlength="12" autocomplete="off"
                spellcheck="false" aria-describedby={ (name) "-hint" };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Asked;

    const KNOWN: &[&str] = &["kind", "owner"];

    #[test]
    fn an_address_holds_known_words_only_and_comes_back_as_it_was() {
        let asked = Asked::read("kind=order&name=Mara&owner=own&page=3&kind=question", KNOWN);
        assert_eq!((asked.get("kind"), asked.get("name")), ("order", ""));
        assert_eq!(asked.page(), 3);
        assert_eq!(
            asked.on_page("/staff/cases", 2),
            "/staff/cases?kind=order&owner=own&page=2"
        );
        assert_eq!(Asked::read("", KNOWN).address("/staff/cases"), "/staff/cases");
        let long = format!("kind={}", "x".repeat(80));
        assert!(Asked::read(&long, KNOWN).is_empty());
    }
}
