//! The laws of the house, as tests over the tracked files. Each law is a file here; each finding says where, what,
//! and what to do instead. Never changes a file, except the two lists that `tidy --write` renews.

mod arrows;
mod bug_classes;
mod clauses;
mod decisions;
mod links;
mod logs;
mod machine;
mod names;
mod readme;
mod sizes;
mod tree;

use std::fmt;
use std::path::Path;

use crate::fault::Fault;
use tree::Tree;

/// One thing that breaks a law.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root of the workspace.
    pub path: String,
    /// The line, from 1; 0 means the file as a whole.
    pub line: usize,
    /// What is wrong, and what to do.
    pub says: String,
}

impl Finding {
    /// A finding at a line.
    pub fn new(path: &str, line: usize, says: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            says: says.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, says } = self;
        if *line == 0 {
            write!(out, "{path}: {says}")
        } else {
            write!(out, "{path}:{line}: {says}")
        }
    }
}

/// A law reads the files and says what breaks it.
type Law = fn(&Tree) -> Vec<Finding>;

/// Every law, by name.
const LAWS: [(&str, Law); 11] = [
    ("arrows", arrows::check),
    ("sizes", sizes::check),
    ("names", names::check_names),
    ("leftovers", names::check_leftovers),
    ("machine", machine::check),
    ("clauses", clauses::check),
    ("logs", logs::check),
    ("readme", readme::check),
    ("links", links::check),
    ("decisions", decisions::check),
    ("bug classes", bug_classes::check),
];

/// Checks all laws and prints the sizes.
///
/// # Errors
/// When a law is broken, or the files cannot be read.
pub fn report(root: &Path) -> Result<(), Fault> {
    let tree = Tree::read(root)?;
    let mut count = 0;
    for (law, check) in LAWS {
        let mut findings = check(&tree);
        findings.sort();
        for finding in &findings {
            eprintln!("{law}: {finding}");
        }
        count += findings.len();
    }
    eprintln!("{}", sizes::summary(&tree));
    if count == 0 {
        Ok(())
    } else {
        Err(Fault::Said(format!("{count} findings")))
    }
}

/// Renews the two lists that tidy keeps in git.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write(root: &Path) -> Result<(), Fault> {
    let tree = Tree::read(root)?;
    let lists = [
        (sizes::RATCHET, sizes::lowered(&tree)),
        (clauses::WITHOUT_JOURNEY, clauses::ledger(&tree)),
    ];
    for (path, text) in lists {
        std::fs::write(root.join(path), text).map_err(Fault::io(format!("writing {path}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks one law on the real files.
    fn keeps(law: &str) {
        let tree = Tree::read(&crate::root()).unwrap();
        let (_, check) = LAWS.iter().find(|(name, _)| *name == law).unwrap();
        let findings: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "{law}:\n{}", findings.join("\n"));
    }

    #[test]
    fn dependencies_point_one_way() {
        keeps("arrows");
    }

    #[test]
    fn files_and_functions_keep_their_size() {
        keeps("sizes");
    }

    #[test]
    fn no_file_is_named_after_a_shelf() {
        keeps("names");
    }

    #[test]
    fn nothing_is_left_for_later() {
        keeps("leftovers");
    }

    #[test]
    fn no_trace_of_a_machine_is_left() {
        keeps("machine");
    }

    #[test]
    fn cited_clauses_exist_and_the_list_without_journey_is_fresh() {
        keeps("clauses");
    }

    #[test]
    fn log_lines_have_no_personal_fields() {
        keeps("logs");
    }

    #[test]
    fn commands_of_the_readme_exist_and_are_tested() {
        keeps("readme");
    }

    #[test]
    fn what_others_got_wrong_is_held_by_a_test() {
        keeps("bug classes");
    }

    #[test]
    fn links_lead_somewhere() {
        keeps("links");
    }

    #[test]
    fn decisions_are_in_their_index() {
        keeps("decisions");
    }
}
