//! Folders and files are named after what is in them, and nothing is left for later.

use super::Finding;
use super::tree::Tree;

/// Names that say "shelf" instead of what is on it.
const SHELVES: [&str; 9] = [
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "util",
    "utils",
    "utilities",
];

/// Files and modules named after a shelf.
pub fn check_names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in &tree.paths {
        let words = path.split(['/', '.', '_', '-']);
        for shelf in words.filter(|word| SHELVES.contains(&word.to_lowercase().as_str())) {
            findings.push(Finding::new(
                path,
                0,
                format!("`{shelf}` names a shelf; name what is in it"),
            ));
        }
    }
    for source in tree.with("rs") {
        for (number, line) in source.lines() {
            let declared = line
                .trim_start()
                .trim_start_matches("pub ")
                .trim_start_matches("pub(crate) ");
            let Some(name) = declared.strip_prefix("mod ") else {
                continue;
            };
            let name = name.trim_end_matches(['{', ';', ' ', '}']);
            if name.split('_').any(|word| SHELVES.contains(&word)) {
                let says = format!("module `{name}` is named after a shelf; name what is in it");
                findings.push(Finding::new(&source.path, number, says));
            }
        }
    }
    findings
}

/// Marks of unfinished work, in any text that is ours.
pub fn check_leftovers(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let marks = marks();
    let foreign = |path: &str| path == "Cargo.lock" || path == "LICENSE";
    for source in tree.sources.iter().filter(|source| !foreign(&source.path)) {
        for (number, line) in source.lines() {
            if let Some(mark) = marks.iter().find(|mark| has_word(line, mark)) {
                let says = format!("`{mark}` is left; finish it or take it out");
                findings.push(Finding::new(&source.path, number, says));
            }
        }
    }
    findings
}

/// The marks, put together here so that this file has none itself.
fn marks() -> Vec<String> {
    [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["XX", "X"],
        ["HA", "CK"],
        ["to", "do!"],
        ["unimple", "mented!"],
    ]
    .iter()
    .map(|parts| parts.concat())
    .collect()
}

/// Whether a line has this as a word of its own.
fn has_word(line: &str, word: &str) -> bool {
    let inner = |character: Option<char>| character.is_some_and(|it| it.is_alphanumeric() || it == '_');
    line.match_indices(word).any(|(place, _)| {
        let before = line.get(..place).and_then(|before| before.chars().next_back());
        let after = line
            .get(place + word.len()..)
            .and_then(|after| after.chars().next());
        !inner(before) && (word.ends_with('!') || !inner(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shelves_are_found_in_paths_and_modules() {
        let tree = Tree::of(&[
            ("a/utils/b.rs", ""),
            ("c.rs", "pub mod test_helpers;\nmod subject;"),
        ]);
        let says: Vec<String> = check_names(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(says.len(), 2, "{says:?}");
    }

    #[test]
    fn marks_are_found_as_whole_words_only() {
        let mark = marks().remove(2);
        let text = format!("// {mark}: later\nlet card = \"{mark}{mark}\";\n");
        let findings = check_leftovers(&Tree::of(&[("a.rs", &text)]));
        assert_eq!(
            findings.iter().map(|finding| finding.line).collect::<Vec<_>>(),
            [1]
        );
    }
}
