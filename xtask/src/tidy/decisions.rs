//! Every page of `docs/decisions/` is in its index.

use super::Finding;
use super::tree::Tree;

const INDEX: &str = "docs/decisions/README.md";

/// Looks for pages that the index does not link to.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let index = tree.source(INDEX).map_or("", |source| &source.text);
    tree.with("md")
        .filter_map(|page| Some((page, page.path.strip_prefix("docs/decisions/")?)))
        .filter(|(_, name)| *name != "README.md" && !index.contains(&format!("]({name})")))
        .map(|(page, _)| Finding::new(&page.path, 0, format!("not in {INDEX}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_outside_the_index_is_found() {
        let tree = Tree::of(&[
            (INDEX, "[one](0001-one.md)"),
            ("docs/decisions/0001-one.md", ""),
            ("docs/decisions/0002-two.md", ""),
        ]);
        let paths: Vec<String> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["docs/decisions/0002-two.md"]);
    }
}
