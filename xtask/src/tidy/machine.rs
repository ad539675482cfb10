//! A repository is for everybody: no path of somebody's machine in it, and no host that packages came from.

use super::Finding;
use super::tree::Tree;

/// Looks for places that exist on one machine only.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let patterns = patterns(&tree.place, std::env::var("HOME").ok().as_deref());
    for source in &tree.sources {
        for (number, line) in source.lines() {
            if let Some((pattern, why)) = patterns
                .iter()
                .find(|(pattern, _)| line.contains(pattern.as_str()))
            {
                findings.push(Finding::new(&source.path, number, format!("`{pattern}`: {why}")));
            }
        }
    }
    findings
}

/// What to look for, and why; put together here so that this file has none of it itself.
fn patterns(place: &str, home: Option<&str>) -> Vec<(String, &'static str)> {
    let folders = [["/ho", "me/"], ["/Us", "ers/"], ["/ro", "ot/"]];
    let hosts = [
        ["index.", "crates.io"],
        ["static.", "crates.io"],
        ["registry.", "npmjs"],
        ["registry.", "yarnpkg"],
        ["files.", "pythonhosted"],
        ["pypi.", "org"],
        ["deb.", "debian.org"],
        ["index-", "url"],
        ["art", "ifactory"],
    ];
    let mut patterns = Vec::new();
    patterns.extend(folders.map(|parts| (parts.concat(), "a path of one machine")));
    patterns.extend(hosts.map(|parts| (parts.concat(), "a host that packages come from")));
    for own in [Some(place), home]
        .into_iter()
        .flatten()
        .filter(|own| own.len() > 3)
    {
        patterns.push((
            format!("{}/", own.trim_end_matches('/')),
            "a path of this very machine",
        ));
    }
    patterns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_machine_is_found() {
        let folder = ["/ho", "me/aigerim"].concat();
        let findings = check(&Tree::of(&[("a.md", &format!("see\n{folder}/x"))]));
        assert_eq!(
            findings.iter().map(|finding| finding.line).collect::<Vec<_>>(),
            [2]
        );
    }

    #[test]
    fn the_folder_of_the_checkout_is_found() {
        let patterns = patterns("/srv/checkout", Some("/"));
        assert!(patterns.iter().any(|(pattern, _)| pattern == "/srv/checkout/"));
        assert!(!patterns.iter().any(|(pattern, _)| pattern == "/"));
    }
}
