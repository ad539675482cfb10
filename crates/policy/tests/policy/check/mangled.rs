//! No input makes the check panic, and every place it names lies inside its file, on character borders.

use proptest::prelude::*;
use sandyq_policy::check::{Style, render, render_json};
use sandyq_policy::{Folder, Policy};

use super::fixture;

/// Pieces that a careless hand leaves behind.
const SCRAPS: [&str; 16] = [
    "\"",
    "{",
    "}",
    "```",
    "```cedar\n",
    "```kdl\n",
    "### 1.1 ",
    "ң",
    "\u{0}",
    "never ",
    "permit (",
    ";",
    "=",
    "\r\n",
    "words {",
    "\\",
];

fn holds(folder: &Folder) {
    let found = Policy::check(folder);
    for diagnostic in &found {
        for label in diagnostic.labels() {
            let text = folder
                .file(&label.path)
                .expect("a label names a file of the folder");
            assert!(
                label.start <= label.end && label.end <= text.len(),
                "{diagnostic:?}"
            );
            assert!(
                text.is_char_boundary(label.start) && text.is_char_boundary(label.end),
                "{diagnostic:?}"
            );
        }
    }
    if let Some(first) = found.first() {
        let one = std::slice::from_ref(first);
        assert!(!render(one, Style::Plain).is_empty() && !render_json(one).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mangled_folders_are_told_about_and_never_panic(
        cuts in prop::collection::vec((0_usize..5, any::<prop::sample::Index>(), 0_usize..40, 0_usize..16), 1..6),
    ) {
        let mut folder = fixture::folder();
        for (file, at, length, scrap) in cuts {
            let path = folder.files().nth(file).map(|(path, _)| path.to_owned()).unwrap_or_default();
            let text: Vec<char> = folder.file(&path).unwrap_or_default().chars().collect();
            let start = at.index(text.len() + 1);
            let end = (start + length).min(text.len());
            let mangled: String = text[..start].iter().chain(SCRAPS[scrap].chars().collect::<Vec<_>>().iter()).chain(&text[end..]).collect();
            folder.put(path, mangled);
        }
        holds(&folder);
    }

    #[test]
    fn noise_never_panics(text in "\\PC{0,200}", path in "[0-9]-[a-z]{1,3}(\\.kk)?\\.md|law/kz\\.kdl|calendar/x\\.kdl|cases/y\\.kdl|letters/(answer|consent)(\\.kk)?\\.md") {
        holds(&Folder::from_files([(path, text)]));
    }
}
