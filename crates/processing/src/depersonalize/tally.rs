//! Where people end and figures begin: how many wrote the same. What leaves here are groups that are large enough, each with a number of
//! people that is rounded down to a multiple of the smallest group. So two tables that differ by one person are most often the same
//! table, and whoever knows who came or left learns nothing.

use std::collections::BTreeMap;

use sandyq_model::value::{ValueKind, folded};
use sandyq_model::{Category, Field, Plain, Purpose};
use sandyq_store::tables::figure::Figure;
use zeroize::Zeroize as _;

/// What a group belongs to.
pub(super) type Table = (Purpose, Category, Field);

/// Groups that are shown of one field; the largest come first.
const GROUPS_MAX: usize = 100;

/// How often each value was written, and in which spelling. Overwritten when it is dropped.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<Table, BTreeMap<String, Group>>);

/// Those who wrote the same, by how they spelled it.
type Group = BTreeMap<String, u32>;

impl Tally {
    /// Counts one person's value.
    pub(super) fn add(&mut self, table: Table, kind: ValueKind, value: &Plain<String>) {
        let same = folded(kind, value).expose().clone();
        let group = self.0.entry(table).or_default().entry(same).or_default();
        *group.entry(value.expose().clone()).or_default() += 1;
    }

    /// The groups of at least so many people.
    pub(super) fn figures(&self, smallest: u32) -> Vec<Figure> {
        let smallest = smallest.max(1);
        let mut figures = Vec::new();
        for ((purpose, category, field), groups) in &self.0 {
            let mut shown: Vec<Figure> = groups
                .iter()
                .filter_map(|(same, group)| {
                    let people = group.values().sum::<u32>() / smallest * smallest;
                    (people > 0).then(|| Figure {
                        purpose: *purpose,
                        category: *category,
                        field: *field,
                        words: spelling(same, group, smallest),
                        people,
                    })
                })
                .collect();
            shown.sort_by(|one, other| (other.people, &one.words).cmp(&(one.people, &other.words)));
            shown.truncate(GROUPS_MAX);
            figures.append(&mut shown);
        }
        figures
    }
}

/// How most of them spelled it, if those are a group themselves: nobody is known by a spelling of their own.
fn spelling(same: &str, group: &Group, smallest: u32) -> String {
    let most = group.iter().max_by_key(|(_, count)| **count);
    most.filter(|(_, count)| **count >= smallest)
        .map_or_else(|| same.to_owned(), |(spelled, _)| spelled.clone())
}

impl Drop for Tally {
    fn drop(&mut self) {
        for groups in std::mem::take(&mut self.0).into_values() {
            for (mut same, group) in groups {
                same.zeroize();
                for (mut spelled, _) in group {
                    spelled.zeroize();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table() -> Table {
        (Purpose::STATISTICS, Category::Guest, Field::new(16).unwrap())
    }

    fn counted(values: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for value in values {
            tally.add(table(), ValueKind::City, &Plain::from(*value));
        }
        tally
    }

    #[test]
    fn a_group_that_is_too_small_is_not_there_and_the_others_are_rounded_down() {
        let mut people = vec!["Алматы"; 12];
        people.extend(["Шымкент"; 5]);
        people.extend(["Орал"; 4]);
        let figures = counted(&people).figures(5);
        let shown: Vec<(&str, u32)> = figures
            .iter()
            .map(|figure| (figure.words.as_str(), figure.people))
            .collect();
        assert_eq!(shown, [("Алматы", 10), ("Шымкент", 5)]);
    }

    #[test]
    fn spellings_are_one_group_and_nobody_is_known_by_their_own() {
        let figures = counted(&["Алматы", "алматы", "АЛМАТЫ", " Алматы ", "Алматы"]).figures(5);
        assert_eq!(figures.len(), 1);
        assert_eq!(figures[0].words, "алматы");
        let figures = counted(&["Алматы", "Алматы", "Алматы", "АЛМАТЫ"]).figures(3);
        assert_eq!(figures[0].words, "Алматы");
    }

    proptest! {
        /// DEF-5: whoever knows everybody but one cannot tell from the figures of a group whether that one is in it, unless the group
        /// reaches the next multiple by them; and no figure is of fewer people than the smallest group.
        #[test]
        fn no_figure_is_of_fewer_people_than_the_smallest_group(
            people in proptest::collection::vec(0..6_u8, 0..60), smallest in 3..8_u32
        ) {
            let words: Vec<String> = people.iter().map(|place| format!("city-{place}")).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let figures = counted(&words).figures(smallest);
            for figure in &figures {
                let truly = words.iter().filter(|word| **word == figure.words).count() as u32;
                prop_assert!(figure.people >= smallest);
                prop_assert!(figure.people % smallest == 0);
                prop_assert!(figure.people <= truly && truly < figure.people + smallest);
            }
            for place in 0..6_u8 {
                let word = format!("city-{place}");
                let truly = words.iter().filter(|one| ***one == word).count() as u32;
                let is_shown = figures.iter().any(|figure| figure.words == word);
                prop_assert_eq!(is_shown, truly >= smallest);
            }
        }
    }
}
