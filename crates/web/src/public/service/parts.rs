//! How a form is cut: questions in groups, and a long form into pages, one group on each.

use sandyq_model::Mistake;
use sandyq_processing::reading::{Form, Input};

/// A form with more questions than this asks them on several pages.
const INPUTS_ON_ONE_PAGE_MAX: usize = 14;

/// Questions that belong together.
pub struct Group<'f> {
    /// The key of its heading.
    pub key: &'static str,
    /// The questions.
    pub inputs: Vec<&'f Input>,
}

/// The headings with the classes of fields under each, in the order in which they are asked.
const GROUPS: [(&str, &[&str]); 6] = [
    ("group-person", &["name", "birth-date"]),
    ("group-reach", &["email", "phone"]),
    ("group-place", &["address", "place"]),
    ("group-work", &["work"]),
    ("group-profile", &["profile"]),
    ("group-private", &["delicate"]),
];
/// The heading over everything else.
const OTHER: &str = "group-other";
/// The heading over what is asked about the representative of somebody young.
pub const REPRESENTATIVE: &str = "group-representative";

/// The groups of a form; a group without questions is left out.
#[must_use]
pub fn groups(form: &Form) -> Vec<Group<'_>> {
    let of = |key: &'static str| Group {
        key,
        inputs: form
            .inputs
            .iter()
            .filter(|input| heading_of(input) == key)
            .collect(),
    };
    let keys = GROUPS.iter().map(|(key, _)| *key).chain([OTHER, REPRESENTATIVE]);
    keys.map(of).filter(|group| !group.inputs.is_empty()).collect()
}

fn heading_of(input: &Input) -> &'static str {
    if input.represents {
        return REPRESENTATIVE;
    }
    let class = input.class.as_str();
    GROUPS
        .iter()
        .find(|(_, classes)| classes.contains(&class))
        .map_or(OTHER, |(key, _)| key)
}

/// The pages of a form: all groups on one, or each on its own. The representative is always asked for on a page of their own:
/// that it is needed shows only when the others are answered.
#[must_use]
pub fn pages(form: &Form) -> Vec<Vec<Group<'_>>> {
    let own = form.inputs.iter().filter(|input| !input.represents).count();
    let (last, groups): (Vec<_>, Vec<_>) = groups(form)
        .into_iter()
        .partition(|group| group.key == REPRESENTATIVE);
    let mut pages = if own <= INPUTS_ON_ONE_PAGE_MAX {
        vec![groups]
    } else {
        groups.into_iter().map(|group| vec![group]).collect()
    };
    pages.extend(last.into_iter().map(|group| vec![group]));
    pages
}

/// Whether the input of that name is part of the question.
pub fn asks_for(input: &Input, name: &str) -> bool {
    let of_a_row = || {
        let rest = name
            .strip_prefix(&input.name)
            .and_then(|rest| rest.strip_prefix('-'));
        input.kind.has_rows() && rest.is_some()
    };
    input.name == name || of_a_row()
}

/// The page on which that input is asked; the first one for what is asked nowhere.
#[must_use]
pub fn page_of(form: &Form, name: &str) -> usize {
    let asks = |page: &Vec<Group<'_>>| {
        page.iter()
            .any(|group| group.inputs.iter().any(|input| asks_for(input, name)))
    };
    pages(form).iter().position(asks).unwrap_or(0)
}

/// Mistakes in the order in which the questions stand on the pages.
#[must_use]
pub fn in_order(form: &Form, mistake: &Mistake) -> Mistake {
    let groups = groups(form);
    let asked: Vec<_> = groups.iter().flat_map(|group| &group.inputs).collect();
    let before = ["token", "about", "quantity"];
    let place = |name: &str| {
        let first = before.iter().position(|known| *known == name);
        let input = || asked.iter().position(|input| asks_for(input, name));
        first.or_else(|| input().map(|place| place + before.len()))
    };
    // Parts of rows stay in the order in which they were read.
    let mut sorted = mistake.0.clone();
    sorted.sort_by_key(|(name, _)| place(name));
    Mistake(sorted)
}
