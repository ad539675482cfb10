//! In the policy an action is written `Verb::"collect"`, the word that the policy uses; Cedar knows only `Action`.

use std::ops::Range;

use crate::rules::statement::{Token, tokens};

/// Rule text as Cedar reads it, and the way back to what is written.
pub(super) struct Spelt {
    pub(super) text: String,
    /// For each change: (offset in `text` where the changed word ends, how much longer `text` is from there on).
    shifts: Vec<(usize, usize)>,
}

/// An entity that is named in a rule: `Role::"sales"`.
pub(super) struct Mention<'a> {
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    /// The range of the quoted name.
    pub(super) range: Range<usize>,
}

const WRITTEN: &str = "Verb";
const CEDAR: &str = "Action";

impl Spelt {
    pub(super) fn of(written: &str) -> Self {
        let mut text = String::with_capacity(written.len() + 64);
        let mut shifts = Vec::new();
        let mut from = 0;
        let longer = CEDAR.len() - WRITTEN.len();
        for range in words_before_names(written).filter(|range| written.get(range.clone()) == Some(WRITTEN)) {
            text.push_str(written.get(from..range.start).unwrap_or_default());
            text.push_str(CEDAR);
            from = range.end;
            shifts.push((text.len(), (shifts.len() + 1) * longer));
        }
        text.push_str(written.get(from..).unwrap_or_default());
        Self { text, shifts }
    }

    /// The range in what is written that a range of Cedar's text stands for.
    pub(super) fn back(&self, range: Range<usize>) -> Range<usize> {
        self.offset(range.start)..self.offset(range.end)
    }

    fn offset(&self, at: usize) -> usize {
        let shift = self
            .shifts
            .iter()
            .rev()
            .find(|(end, _)| *end <= at)
            .map_or(0, |(_, shift)| *shift);
        at.saturating_sub(shift)
    }
}

/// Every entity named in rule text.
pub(super) fn mentions(text: &str) -> Vec<Mention<'_>> {
    let pieces: Vec<_> = tokens(text).collect();
    let mut found = Vec::new();
    for window in pieces.windows(4) {
        let [
            (Token::Word, kind),
            (Token::Other(':'), _),
            (Token::Other(':'), _),
            (Token::Text, name),
        ] = window
        else {
            continue;
        };
        let quoted = text.get(name.clone()).unwrap_or_default();
        found.push(Mention {
            kind: text.get(kind.clone()).unwrap_or_default(),
            name: quoted.trim_matches('"'),
            range: name.clone(),
        });
    }
    found
}

fn words_before_names(text: &str) -> impl Iterator<Item = Range<usize>> {
    let pieces: Vec<_> = tokens(text).collect();
    let mut found = Vec::new();
    for window in pieces.windows(3) {
        if let [
            (Token::Word, word),
            (Token::Other(':'), _),
            (Token::Other(':'), _),
        ] = window
        {
            found.push(word.clone());
        }
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_become_actions_and_offsets_lead_back() {
        let written =
            "permit (action in [Verb::\"a\", Verb::\"b\"]) // Verb::\n when { \"Verb::\" == Role::\"x\" };";
        let spelt = Spelt::of(written);
        assert!(
            spelt
                .text
                .starts_with("permit (action in [Action::\"a\", Action::\"b\"]) // Verb::")
        );
        let at = spelt.text.find("Role").unwrap();
        let back = spelt.back(at..at + 4);
        assert_eq!(&written[back], "Role");
        let names: Vec<_> = mentions(written)
            .iter()
            .map(|mention| (mention.kind, mention.name))
            .collect();
        assert_eq!(names, [("Verb", "a"), ("Verb", "b"), ("Role", "x")]);
    }
}
