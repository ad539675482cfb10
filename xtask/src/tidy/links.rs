//! A relative link in a Markdown file leads to a file of the repository.

use super::Finding;
use super::tree::Tree;

/// Follows every relative link.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.with("md") {
        let mut fenced = false;
        for (number, line) in source.lines() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            }
            if fenced {
                continue;
            }
            for target in targets(line).filter(|target| !leads_somewhere(tree, &source.path, target)) {
                findings.push(Finding::new(
                    &source.path,
                    number,
                    format!("link to `{target}`, which is not there"),
                ));
            }
        }
    }
    findings
}

/// The relative targets of the links in a line.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let after = line
        .match_indices("](")
        .filter_map(|(place, _)| line.get(place + 2..));
    after
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
        .filter(|target| {
            let elsewhere =
                target.contains("://") || target.starts_with("mailto:") || target.starts_with('#');
            !elsewhere && !target.is_empty()
        })
}

/// Whether a target, seen from a file, is a tracked file or a folder with one.
fn leads_somewhere(tree: &Tree, from: &str, target: &str) -> bool {
    let target = target.split('#').next().unwrap_or_default();
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return false;
                }
            }
            name => parts.push(name),
        }
    }
    let path = parts.join("/");
    let folder = format!("{path}/");
    tree.paths
        .iter()
        .any(|tracked| *tracked == path || tracked.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_from_where_they_stand() {
        let text = "[a](b.md) [c](../README.md#top) [d](https://example.com) [e](gone.md) [f](../docs)\n\
            ```\n[g](gone.md)\n```";
        let tree = Tree::of(&[("docs/a.md", text), ("docs/b.md", ""), ("README.md", "")]);
        let says: Vec<String> = check(&tree).into_iter().map(|finding| finding.says).collect();
        assert_eq!(says, ["link to `gone.md`, which is not there"]);
    }
}
