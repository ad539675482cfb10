//! Every test that `docs/BUG_CLASSES.md` leads to is there, and no room behind the pages starts a program.

use super::Finding;
use super::tree::{Source, Tree};

const LIST: &str = "docs/BUG_CLASSES.md";

/// Looks for lines of the list that nothing holds, and for programs that are started.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = unheld(tree);
    findings.extend(started(tree));
    findings
}

/// Lines of the list that name no test, or one that is not there.
fn unheld(tree: &Tree) -> Vec<Finding> {
    let Some(list) = tree.source(LIST) else {
        return vec![Finding::new(LIST, 0, "is not there")];
    };
    let rows = list
        .lines()
        .filter(|(_, line)| line.starts_with("| ") && !line.starts_with("| what went wrong"));
    let mut findings = Vec::new();
    for (number, row) in rows {
        let named: Vec<(&str, &str)> = tests_in(row).collect();
        if named.is_empty() {
            findings.push(Finding::new(LIST, number, "no test holds this; name one"));
        }
        for (test, path) in named {
            if !tree.source(path).is_some_and(|source| has(source, test)) {
                let says = format!("`{path}` has no test `{test}`; name the one that holds this now");
                findings.push(Finding::new(LIST, number, says));
            }
        }
    }
    findings
}

/// The tests that a row leads to, each with its file.
fn tests_in(row: &str) -> impl Iterator<Item = (&str, &str)> {
    row.split("[`").skip(1).filter_map(|rest| {
        let (test, rest) = rest.split_once("`](../")?;
        let (path, _) = rest.split_once(')')?;
        Some((test, path))
    })
}

/// Whether a function of that name stands in the file, with the mark of a test above it.
fn has(source: &Source, test: &str) -> bool {
    let head = format!("fn {test}(");
    let mut is_marked = false;
    for (_, line) in source.lines() {
        let line = line.trim();
        if line.starts_with("#[") {
            is_marked |= line.contains("test");
        } else if line.contains(&head) {
            return is_marked;
        } else {
            is_marked = false;
        }
    }
    false
}

/// A program that is started where data is processed or shown: what somebody typed could become a part of its command.
fn started(tree: &Tree) -> Vec<Finding> {
    let rooms = tree.with("rs").filter(|source| {
        let is_room = source.path.starts_with("crates/") && source.path.contains("/src/");
        is_room && !source.path.starts_with("crates/sandyq/") && !source.path.ends_with("tests.rs")
    });
    let mut findings = Vec::new();
    for source in rooms {
        for (number, line) in source.lines() {
            if line.contains("process::Command") {
                let says = "starts a program; only the program itself does, and never by what is typed";
                findings.push(Finding::new(&source.path, number, says));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "| what went wrong | seen in | held by |\n|---|---|---|\n";

    fn found(row: &str, file: &str) -> usize {
        let list = format!("{HEAD}{row}\n");
        unheld(&Tree::of(&[(LIST, &list), ("crates/web/tests/a.rs", file)])).len()
    }

    #[test]
    fn a_line_without_its_test_is_found() {
        let row = "| it leaks | somewhere | [`it_is_held`](../crates/web/tests/a.rs) |";
        assert_eq!(found(row, "#[test]\nfn it_is_held() {}"), 0);
        assert_eq!(found(row, "#[tokio::test]\nasync fn it_is_held() {}"), 0);
        assert_eq!(found(row, "fn it_is_held() {}"), 1);
        assert_eq!(found(row, "#[test]\nfn it_was_held() {}"), 1);
        assert_eq!(found("| it leaks | somewhere | nothing |", ""), 1);
    }

    #[test]
    fn no_room_behind_the_pages_starts_a_program() {
        let started_in = |path: &str| started(&Tree::of(&[(path, "use std::process::Command;")])).len();
        assert_eq!(started_in("crates/web/src/mail/sender.rs"), 1);
        assert_eq!(started_in("crates/store/src/vault/source/token/tests.rs"), 0);
        assert_eq!(started_in("crates/sandyq/src/commands/demo.rs"), 0);
        let tree = Tree::read(&crate::root()).unwrap();
        assert_eq!(started(&tree), Vec::new());
    }
}
