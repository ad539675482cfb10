//! A clause that is cited exists in the policy folder, and a clause that no journey walks is listed by name.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

/// The list of clauses that no journey cites, kept in git so that a new gap is a line in a diff.
pub const WITHOUT_JOURNEY: &str = "xtask/clauses-without-journey.txt";

/// The clause that does not exist, for tests that need such a one; the policy has eight sections.
const NOT_THERE: &str = "9.9";

/// Checks citations, and that the list is fresh.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let clauses = clauses(tree);
    if clauses.is_empty() {
        return vec![Finding::new("policy", 0, "no clause headings found")];
    }
    let mut findings = Vec::new();
    let cites = |path: &str| path.ends_with(".rs") || path.starts_with("docs/") || path == "README.md";
    for source in tree.sources.iter().filter(|source| cites(&source.path)) {
        if source.path.starts_with("xtask/") {
            continue;
        }
        for (number, line) in source.lines() {
            for cited in citations(line)
                .into_iter()
                .filter(|cited| cited != NOT_THERE && !clauses.contains(cited))
            {
                let says = format!("clause {cited} is not in the policy folder");
                findings.push(Finding::new(&source.path, number, says));
            }
        }
    }
    if tree.source(WITHOUT_JOURNEY).map(|source| source.text.as_str()) != Some(&ledger(tree)) {
        findings.push(Finding::new(
            WITHOUT_JOURNEY,
            0,
            "not fresh; run `cargo xtask tidy --write`",
        ));
    }
    findings
}

/// The list of clauses without a journey, as it must be in git.
pub fn ledger(tree: &Tree) -> String {
    let mut walked = BTreeSet::new();
    let journeys = tree
        .with("rs")
        .filter(|source| source.path.starts_with("tests/journeys/"));
    for source in journeys.filter(|source| !source.path.starts_with("tests/journeys/harness")) {
        let head = source
            .text
            .lines()
            .filter(|line| line.trim_start().starts_with("//"));
        walked.extend(head.flat_map(citations));
    }
    let missing: Vec<String> = clauses(tree)
        .into_iter()
        .filter(|clause| !walked.contains(clause))
        .map(|it| it + "\n")
        .collect();
    let head = "# Clauses of the policy that no journey in tests/journeys/ cites yet. Renewed by `cargo xtask tidy \
        --write`.\n";
    format!("{head}{}", missing.concat())
}

/// The clause numbers of the English master.
fn clauses(tree: &Tree) -> BTreeSet<String> {
    let mut clauses = BTreeSet::new();
    for source in tree.with("md") {
        let Some(name) = source.path.strip_prefix("policy/") else {
            continue;
        };
        // `1-data.md` is the master; `1-data.kk.md` beside it a translation.
        if name.contains('/') || name.matches('.').count() != 1 {
            continue;
        }
        for line in source.text.lines().filter(|line| line.starts_with("##")) {
            let heading = line.trim_start_matches('#').trim_start();
            let first = heading.split_whitespace().next().unwrap_or_default();
            if is_clause(first) {
                clauses.insert(first.to_owned());
            }
        }
    }
    clauses
}

/// Whether a word has the form of a clause: `4`, `4.3`, `DEF-5`, `PRE-1`.
fn is_clause(word: &str) -> bool {
    let digits =
        |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(number) = word.strip_prefix("DEF-").or_else(|| word.strip_prefix("PRE-")) {
        return digits(number);
    }
    word.split('.').all(digits)
}

/// The clauses that a line cites: after the word "clause" or "clauses", as a list; or in `Clause::new("…")`.
fn citations(line: &str) -> Vec<String> {
    let mut cited = Vec::new();
    let lower = line.to_ascii_lowercase();
    for word in ["clause ", "clauses "] {
        for (place, _) in lower.match_indices(word) {
            let rest = line.get(place + word.len()..).unwrap_or_default();
            for part in rest.split_whitespace() {
                let bare = part.trim_matches(|it: char| !it.is_ascii_alphanumeric());
                match bare {
                    "and" | "or" | "to" => {}
                    _ if is_clause(bare) => cited.push(bare.to_owned()),
                    _ => break,
                }
                if part.ends_with([')', ';', ':', '"', '`']) || part.ends_with('.') {
                    break;
                }
            }
        }
    }
    for (place, start) in line.match_indices("Clause::new(\"") {
        let rest = line.get(place + start.len()..).unwrap_or_default();
        // A rule's name is its clause and a number after `#`.
        let clause = rest
            .split_once("\")")
            .and_then(|(rule, _)| rule.split('#').next());
        cited.extend(clause.filter(|clause| !clause.contains('"')).map(str::to_owned));
    }
    cited
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: (&str, &str) = (
        "policy/6-rights.md",
        "# Rights\n## 6 Rights\n### 6.3 Withdrawal\n### DEF-5 X\n",
    );

    #[test]
    fn headings_of_the_master_are_the_clauses() {
        let translation = ("policy/6-rights.ru.md", "### 6.9 Нет\n");
        let clauses = clauses(&Tree::of(&[POLICY, translation]));
        assert_eq!(clauses.into_iter().collect::<Vec<_>>(), ["6", "6.3", "DEF-5"]);
    }

    #[test]
    fn citations_are_read_as_lists() {
        assert_eq!(
            citations("//! Clauses 6.3, 5.1.4 and DEF-5: what"),
            ["6.3", "5.1.4", "DEF-5"]
        );
        assert_eq!(citations("see clause 6.3. 7 days later"), ["6.3"]);
        assert_eq!(citations("a clause is a number"), Vec::<String>::new());
        assert_eq!(citations("Clause::new(\"4.3#2\")"), ["4.3"]);
        assert_eq!(citations("Clause::new(\"1\".repeat(3))"), Vec::<String>::new());
    }

    #[test]
    fn a_clause_that_is_not_there_is_found() {
        let code = ("crates/a.rs", "//! Clause 6.9: no\n");
        let tree = Tree::of(&[POLICY, code]);
        let list = ledger(&tree);
        let tree = Tree::of(&[POLICY, code, (WITHOUT_JOURNEY, &list)]);
        let says: Vec<String> = check(&tree).into_iter().map(|finding| finding.says).collect();
        assert_eq!(says, ["clause 6.9 is not in the policy folder"]);
    }

    #[test]
    fn a_walked_clause_leaves_the_list() {
        let journey = ("tests/journeys/s6_3_withdraw.rs", "//! Clause 6.3: withdrawal.\n");
        let list = ledger(&Tree::of(&[POLICY, journey]));
        assert!(list.ends_with(".\n6\nDEF-5\n"), "{list}");
    }
}
