//! Files and functions stay small. What is too big already is in a list that may only shrink: the ratchet.
//!
//! Counted are lines of code, so that nobody saves on comments.

use std::collections::{BTreeMap, BTreeSet};

use syn::spanned::Spanned as _;
use syn::visit::Visit;

use super::Finding;
use super::tree::{Source, Tree};

/// The list of what is too big already.
pub const RATCHET: &str = "xtask/ratchet.toml";

/// Lines of code in a file.
const FILE_LINES_MAX: usize = 700;

/// Lines of code in a function.
const FUNCTION_LINES_MAX: usize = 70;

/// A function and its lines of code.
#[derive(Debug)]
struct Measured {
    name: String,
    line: usize,
    lines: usize,
}

/// Compares every file and function with its limit, or with its line in the ratchet.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ratchet = Ratchet::read(tree);
    for source in tree.with("rs") {
        let lines = code_lines(&source.text).len();
        if let Some(says) = ratchet.judge(&source.path, lines, FILE_LINES_MAX, "lines") {
            findings.push(Finding::new(&source.path, 0, says));
        }
        for function in functions(source) {
            let key = format!("{}::{}", source.path, function.name);
            if let Some(says) = ratchet.judge(&key, function.lines, FUNCTION_LINES_MAX, "lines in a function")
            {
                findings.push(Finding::new(&source.path, function.line, says));
            }
        }
    }
    let gone = ratchet.unused().map(|key| {
        let says = format!("{key} is no longer too big; run `cargo xtask tidy --write`");
        Finding::new(RATCHET, 0, says)
    });
    findings.extend(gone);
    findings
}

/// The ratchet with every line lowered to what is measured; nothing is added or raised.
pub fn lowered(tree: &Tree) -> String {
    let ratchet = Ratchet::read(tree);
    let mut kept = BTreeMap::new();
    for source in tree.with("rs") {
        let mut measured = vec![(
            source.path.clone(),
            code_lines(&source.text).len(),
            FILE_LINES_MAX,
        )];
        measured.extend(functions(source).into_iter().map(|function| {
            (
                format!("{}::{}", source.path, function.name),
                function.lines,
                FUNCTION_LINES_MAX,
            )
        }));
        for (key, lines, limit) in measured {
            if let Some(before) = ratchet.limits.get(&key).filter(|_| lines > limit) {
                kept.insert(key, lines.min(*before));
            }
        }
    }
    let lines: Vec<String> = kept
        .into_iter()
        .map(|(key, lines)| format!("\"{key}\" = {lines}\n"))
        .collect();
    format!(
        "# Files and functions above the limit (700 and 70 lines of code), with what they have. They may only \
         shrink.\n{}",
        lines.concat()
    )
}

/// Sizes in one line, so that drift is visible.
pub fn summary(tree: &Tree) -> String {
    let (mut files, mut lengths) = (Vec::new(), Vec::new());
    let (mut tests, mut all) = (0, 0);
    for source in tree.with("rs") {
        let lines = code_lines(&source.text);
        files.push(lines.len());
        all += lines.len();
        tests += if is_test_file(&source.path) {
            lines.len()
        } else {
            lines_in_tests(source, &lines)
        };
        lengths.extend(functions(source).into_iter().map(|function| function.lines));
    }
    format!(
        "sizes: {} files, code lines median {} / p95 {} / largest {}; {} functions, median {} / p95 {} / largest {}; \
         tests are {} % of {all} lines",
        files.len(),
        quantile(&mut files, 50),
        quantile(&mut files, 95),
        quantile(&mut files, 100),
        lengths.len(),
        quantile(&mut lengths, 50),
        quantile(&mut lengths, 95),
        quantile(&mut lengths, 100),
        tests * 100 / all.max(1),
    )
}

/// What is too big already, and whether it was asked for.
struct Ratchet {
    limits: BTreeMap<String, usize>,
    asked: BTreeSet<String>,
}

impl Ratchet {
    /// Reads the list; a missing one is empty.
    fn read(tree: &Tree) -> Self {
        let table: toml::Table = tree
            .source(RATCHET)
            .and_then(|source| source.text.parse().ok())
            .unwrap_or_default();
        let limit = |(key, value): (String, toml::Value)| {
            Some((
                key,
                value.as_integer().and_then(|lines| usize::try_from(lines).ok())?,
            ))
        };
        Self {
            limits: table.into_iter().filter_map(limit).collect(),
            asked: BTreeSet::new(),
        }
    }

    /// What is wrong with a size, if anything.
    fn judge(&mut self, key: &str, lines: usize, limit: usize, unit: &str) -> Option<String> {
        let before = self.limits.get(key).copied();
        if lines > limit {
            self.asked.insert(key.to_owned());
        }
        match before {
            _ if lines <= limit => None,
            None => Some(format!("{lines} {unit}, at most {limit}; split it")),
            Some(before) if lines > before => Some(format!(
                "grew from {before} to {lines} {unit}; it may only shrink"
            )),
            Some(before) if lines < before => Some(format!(
                "shrank from {before} to {lines} {unit}; run `cargo xtask tidy --write`"
            )),
            Some(_) => None,
        }
    }

    /// Lines of the list that nothing needs any more.
    fn unused(&self) -> impl Iterator<Item = &String> {
        self.limits.keys().filter(|key| !self.asked.contains(*key))
    }
}

/// The functions of a file, tests included.
fn functions(source: &Source) -> Vec<Measured> {
    let Ok(file) = syn::parse_file(&source.text) else {
        return Vec::new();
    };
    let mut reader = Functions {
        code: code_lines(&source.text),
        found: Vec::new(),
    };
    reader.visit_file(&file);
    reader.found
}

/// Walks a file and measures each function with a body.
struct Functions {
    code: BTreeSet<usize>,
    found: Vec<Measured>,
}

impl Functions {
    /// Counts what stands between the braces, as clippy does.
    fn measure(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let (open, close) = (body.span().start().line, body.span().end().line);
        let lines = self.code.range(open + 1..close.max(open + 1)).count();
        let line = signature.span().start().line;
        self.found.push(Measured {
            name: signature.ident.to_string(),
            line,
            lines,
        });
    }
}

impl<'a> Visit<'a> for Functions {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.measure(&item.sig, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.measure(&item.sig, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.measure(&item.sig, body);
        }
        syn::visit::visit_trait_item_fn(self, item);
    }
}

/// The numbers of the lines that have code: not blank, not only a comment.
fn code_lines(text: &str) -> BTreeSet<usize> {
    let is_code = |line: &str| !line.is_empty() && !line.starts_with("//");
    text.lines()
        .enumerate()
        .filter(|(_, line)| is_code(line.trim_start()))
        .map(|(index, _)| index + 1)
        .collect()
}

/// Whether all of a file is tests.
fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("tests.rs")
}

/// How many lines of code lie in the test modules of a file.
fn lines_in_tests(source: &Source, code: &BTreeSet<usize>) -> usize {
    let Ok(file) = syn::parse_file(&source.text) else {
        return 0;
    };
    let inner = file.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.content.is_some() => Some(module),
        _ => None,
    });
    let tests = inner.filter(|module| module.ident == "tests");
    tests
        .map(|module| {
            code.range(module.span().start().line..=module.span().end().line)
                .count()
        })
        .sum()
}

/// The value below which so many of a hundred lie.
fn quantile(values: &mut [usize], percent: usize) -> usize {
    values.sort_unstable();
    let place = (values.len() * percent).div_ceil(100).saturating_sub(1);
    values.get(place).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(name: &str, lines: usize) -> String {
        format!(
            "/// Long.\nfn {name}() {{\n{}}}\n",
            "    step();\n\n    // why\n".repeat(lines)
        )
    }

    #[test]
    fn only_code_counts() {
        let code = long("f", 70);
        assert_eq!(check(&Tree::of(&[("a.rs", &code)])), []);
        assert_eq!(
            functions(&Source {
                path: String::new(),
                text: code
            })[0]
                .lines,
            70
        );
    }

    #[test]
    fn a_function_above_the_limit_is_found() {
        let findings = check(&Tree::of(&[("a.rs", &long("f", 71))]));
        assert_eq!(
            findings,
            [Finding::new(
                "a.rs",
                2,
                "71 lines in a function, at most 70; split it"
            )]
        );
    }

    #[test]
    fn the_ratchet_allows_what_is_but_not_more() {
        let code = long("f", 80);
        let with = |lines: &str| {
            let tree = Tree::of(&[("a.rs", &code), (RATCHET, &format!("\"a.rs::f\" = {lines}"))]);
            check(&tree)
                .into_iter()
                .map(|finding| finding.says)
                .collect::<Vec<_>>()
        };
        assert_eq!(with("80"), Vec::<String>::new());
        assert!(with("79")[0].starts_with("grew from 79 to 80"));
        assert!(with("81")[0].starts_with("shrank from 81 to 80"));
    }

    #[test]
    fn the_ratchet_is_lowered_and_never_raised() {
        let (grown, small) = (long("f", 90), long("g", 9));
        let list = "\"a.rs::f\" = 80\n\"b.rs::g\" = 75\n";
        let tree = Tree::of(&[("a.rs", &grown), ("b.rs", &small), (RATCHET, list)]);
        assert!(lowered(&tree).ends_with("shrink.\n\"a.rs::f\" = 80\n"));
        assert_eq!(check(&tree).len(), 2);
    }

    #[test]
    fn tests_in_a_file_are_told_from_the_rest() {
        let code = "fn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\n";
        let summary = summary(&Tree::of(&[("a.rs", code)]));
        assert!(summary.ends_with("tests are 80 % of 5 lines"), "{summary}");
    }
}
