//! Dependencies between our own crates point one way:
//! `model` ← `policy`, `ledger` ← `store` ← `processing` ← `web` ← `sandyq`; `paper` ← `web`, `sandyq`.
//! Read from the manifests, so that an arrow cannot appear without this list changing in the same review.

use super::Finding;
use super::tree::{Source, Tree};

/// A crate of ours, what it may depend on, and what its tests may use beside that.
struct Room {
    name: &'static str,
    may: &'static [&'static str],
    tests_may: &'static [&'static str],
}

const ROOMS: [Room; 13] = [
    Room {
        name: "sandyq-model",
        may: &[],
        tests_may: &[],
    },
    // Prints what it is given and knows nothing of who it is about.
    Room {
        name: "sandyq-paper",
        may: &["sandyq-model"],
        tests_may: &[],
    },
    // What tests set by hand: nothing that ships may depend on it.
    Room {
        name: "sandyq-rehearsal",
        may: &["sandyq-model"],
        tests_may: &[],
    },
    Room {
        name: "sandyq-policy",
        may: &["sandyq-model"],
        tests_may: &["sandyq-rehearsal"],
    },
    Room {
        name: "sandyq-ledger",
        may: &["sandyq-model"],
        tests_may: &[],
    },
    Room {
        name: "sandyq-store",
        may: &["sandyq-model", "sandyq-policy", "sandyq-ledger"],
        tests_may: &["sandyq-rehearsal"],
    },
    Room {
        name: "sandyq-processing",
        may: &["sandyq-model", "sandyq-policy", "sandyq-ledger", "sandyq-store"],
        tests_may: &["sandyq-rehearsal"],
    },
    Room {
        name: "sandyq-web",
        may: &["sandyq-model", "sandyq-processing", "sandyq-paper"],
        // A site is tried over a real system, which somebody must put together; what was done there the ledger tells.
        tests_may: &[
            "sandyq-ledger",
            "sandyq-policy",
            "sandyq-rehearsal",
            "sandyq-store",
        ],
    },
    Room {
        name: "sandyq",
        may: &[
            "sandyq-model",
            "sandyq-policy",
            "sandyq-ledger",
            "sandyq-store",
            "sandyq-processing",
            "sandyq-paper",
            "sandyq-web",
        ],
        tests_may: &[],
    },
    Room {
        name: "sandyq-stories",
        may: &[],
        tests_may: &[
            "sandyq-model",
            "sandyq-policy",
            "sandyq-rehearsal",
            "sandyq-ledger",
            "sandyq-store",
            "sandyq-processing",
        ],
    },
    // The journeys know the program from outside only.
    Room {
        name: "sandyq-journeys",
        may: &[],
        tests_may: &["sandyq-model", "sandyq-ledger"],
    },
    // Measurements put a system together as the program does, and look at it from every side.
    Room {
        name: "sandyq-benches",
        may: &[
            "sandyq-model",
            "sandyq-policy",
            "sandyq-rehearsal",
            "sandyq-ledger",
            "sandyq-store",
            "sandyq-processing",
            "sandyq-web",
        ],
        tests_may: &[],
    },
    Room {
        name: "xtask",
        may: &[],
        tests_may: &[],
    },
];

/// Reads every manifest and compares its arrows with the list.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !tree.paths.iter().any(|path| path == "Cargo.lock") {
        findings.push(Finding::new(
            "Cargo.lock",
            0,
            "not committed: a build must be the same everywhere",
        ));
    }
    let manifests = tree
        .sources
        .iter()
        .filter(|source| source.path.ends_with("/Cargo.toml"));
    for manifest in manifests {
        findings.extend(check_manifest(manifest));
    }
    findings
}

/// Compares one manifest with its room.
fn check_manifest(manifest: &Source) -> Vec<Finding> {
    let say = |says: String| Finding::new(&manifest.path, 0, says);
    let table: toml::Table = match manifest.text.parse() {
        Ok(table) => table,
        Err(error) => return vec![say(format!("not TOML: {error}"))],
    };
    let Some(name) = table
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str)
    else {
        return vec![say("has no package name".to_owned())];
    };
    let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
        return vec![say(format!(
            "{name} is not in the list of crates; decide where its arrows may point"
        ))];
    };
    let mut findings = Vec::new();
    for (section, tests) in [
        ("dependencies", false),
        ("build-dependencies", false),
        ("dev-dependencies", true),
    ] {
        for target in ours(&table, section) {
            let allowed = room.may.contains(&target) || (tests && room.tests_may.contains(&target));
            if !allowed && target != name {
                findings.push(say(format!("{section}: {name} may not depend on {target}")));
            }
        }
    }
    findings
}

/// The crates of ours that a section names.
fn ours<'t>(table: &'t toml::Table, section: &str) -> Vec<&'t str> {
    let Some(section) = table.get(section).and_then(toml::Value::as_table) else {
        return Vec::new();
    };
    let named = |(key, value): (&'t String, &'t toml::Value)| {
        let renamed = value.get("package").and_then(toml::Value::as_str);
        renamed.unwrap_or(key)
    };
    section
        .iter()
        .map(named)
        .filter(|name| ROOMS.iter().any(|room| room.name == *name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(manifest: &str) -> Vec<String> {
        let tree = Tree::of(&[("Cargo.lock", ""), ("crates/x/Cargo.toml", manifest)]);
        check(&tree).into_iter().map(|finding| finding.says).collect()
    }

    #[test]
    fn an_allowed_arrow_is_silent() {
        let none: Vec<String> = Vec::new();
        assert_eq!(
            says("[package]\nname = \"sandyq-web\"\n[dependencies]\nsandyq-processing.workspace = true"),
            none
        );
    }

    #[test]
    fn an_arrow_backwards_is_found_even_under_another_name() {
        let manifest =
            "[package]\nname = \"sandyq-ledger\"\n[dependencies]\nx = { package = \"sandyq-store\" }";
        assert_eq!(
            says(manifest),
            ["dependencies: sandyq-ledger may not depend on sandyq-store"]
        );
    }

    #[test]
    fn an_arrow_of_tests_is_found_too() {
        let manifest = "[package]\nname = \"sandyq-policy\"\n[dev-dependencies]\nsandyq-web.workspace = true";
        assert_eq!(
            says(manifest),
            ["dev-dependencies: sandyq-policy may not depend on sandyq-web"]
        );
    }

    #[test]
    fn an_unknown_crate_must_be_decided_on() {
        assert_eq!(says("[package]\nname = \"new\"").len(), 1);
    }

    #[test]
    fn a_missing_lock_file_is_found() {
        assert_eq!(check(&Tree::of(&[])).len(), 1);
    }
}
