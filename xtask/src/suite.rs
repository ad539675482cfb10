//! Everything a change must pass, in the order in which it is cheapest to fail.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fault::Fault;
use crate::postgres::{self, Cluster};
use crate::step::{self, Steps, bounded};
use crate::tally::Tally;
use crate::{tidy, tools};

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// As in CI.
    Whole,
    /// Without the browser and without cargo deny.
    Quick,
}

/// Runs all steps; a failed one does not keep the others from running, except that without the tools there is
/// nothing to run.
///
/// # Errors
/// When any step failed.
pub fn run(root: &Path, extent: Extent) -> Result<(), Fault> {
    let mut steps = Steps::begin();
    let mut tally = Tally::default();
    if steps.attempt("tools", || tools::prepare(root, extent)).is_none() {
        return steps.conclude();
    }
    steps.attempt("format", || step::run(cargo(root, &["fmt", "--all", "--check"])));
    steps.attempt("tidy", || tidy::report(root));
    steps.attempt("clippy", || {
        step::run(cargo(
            root,
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "-D",
                "warnings",
            ],
        ))
    });
    steps.attempt("documentation", || {
        let mut command = cargo(root, &["doc", "--workspace", "--no-deps", "--locked"]);
        command.env("RUSTDOCFLAGS", "-D warnings");
        step::run(command)
    });
    let built = steps.attempt("build", || build(root));
    if built.is_some() {
        steps.attempt("tests", || tests(root, extent, &mut tally));
        steps.attempt("documentation tests", || {
            tally.count(cargo(
                root,
                &["test", "--workspace", "--doc", "--no-fail-fast", "--locked"],
            ))
        });
        steps.attempt("policy folder", || policy(root));
    }
    if extent == Extent::Whole {
        steps.attempt("dependencies", || dependencies(root));
    }
    conclude(steps, &tally)
}

/// Prints what was counted, last of all.
fn conclude(steps: Steps, tally: &Tally) -> Result<(), Fault> {
    let verdict = steps.conclude();
    if !tally.names.is_empty() {
        println!("failed tests:\n  {}", tally.names.join("\n  "));
    }
    if tally.ignored + tally.left_out > 0 {
        println!("{} ignored, {} left out by name", tally.ignored, tally.left_out);
    }
    println!("{}", tally.line());
    verdict
}

/// All test binaries, with a PostgreSQL of their own.
fn tests(root: &Path, extent: Extent, tally: &mut Tally) -> Result<(), Fault> {
    let cluster = Cluster::start()?;
    let surrounded = |arguments: &[&str]| {
        let mut command = cargo(root, arguments);
        command.env(postgres::URL_VARIABLE, &cluster.url);
        command.env(tools::AXE_VARIABLE, tools::axe(root));
        command.envs(tools::moto(root).map(|moto| (tools::MOTO_VARIABLE, moto)));
        command.envs(tools::pyshacl(root).map(|pyshacl| (tools::PYSHACL_VARIABLE, pyshacl)));
        command.envs(tools::provider(root).map(|provider| (tools::PROVIDER_VARIABLE, provider)));
        command.env("SANDYQ_TEST_BINARY", binary(root));
        if std::env::var_os(OPERATIONS_VARIABLE).is_none() {
            command.env(OPERATIONS_VARIABLE, RANDOM_OPERATIONS);
        }
        // The tests of the pages leave every page there, and the journeys look at them.
        command.env("SANDYQ_PAGES", target(root).join("pages"));
        command.env("SANDYQ_TEST_PAGES", target(root).join("pages"));
        command
    };
    let inside = [
        "test",
        "--workspace",
        "--lib",
        "--bins",
        "--no-fail-fast",
        "--locked",
    ];
    let inside = tally.count(surrounded(&inside));
    let mut around = vec!["test", "--workspace", "--test", "*", "--no-fail-fast", "--locked"];
    if extent == Extent::Quick {
        around.extend(["--", "--skip", "browser"]);
    }
    let around = tally.count(surrounded(&around));
    inside.and(around).and(stories_on_postgres(root, &cluster, tally))
}

/// How many random operations the tests of the tables try.
const OPERATIONS_VARIABLE: &str = "SANDYQ_RANDOM_OPERATIONS";
/// Random operations on which the compiled tables are compared with the Cedar engine. A million takes a quarter of an hour on two cores
/// without optimisation: `SANDYQ_RANDOM_OPERATIONS` asks for more.
const RANDOM_OPERATIONS: &str = "100000";

/// The stories of processing once more, on the other engine.
fn stories_on_postgres(root: &Path, cluster: &Cluster, tally: &mut Tally) -> Result<(), Fault> {
    let mut command = cargo(
        root,
        &[
            "test",
            "--workspace",
            "--test",
            "stories",
            "--locked",
            "--",
            "purchase::",
            "bad_input::",
            "requests::",
            "letters::",
            "passkeys::",
            "disclosures::",
            "breaches::",
            "breach_people::",
            "breach_searches::",
            "papers::",
            "staff_way_in::",
        ],
    );
    command.env("SANDYQ_STAGE_POSTGRES_URL", &cluster.url);
    tally.count(command)
}

/// Builds the program and all tests in one go, and keeps a copy of the program: what is built for tests later must not come in its place.
/// It is what ships: nothing of our own crates depends on how it is built, and what only tests may have is a crate that the program does
/// not know (`tidy/arrows.rs`).
fn build(root: &Path) -> Result<(), Fault> {
    step::run(cargo(
        root,
        &["build", "--workspace", "--bins", "--tests", "--locked"],
    ))?;
    let copy = binary(root);
    let folder = copy.parent().unwrap_or(root);
    std::fs::create_dir_all(folder).map_err(Fault::io("making a folder for the program"))?;
    let built = target(root).join("debug").join("sandyq");
    std::fs::copy(built, &copy)
        .map(drop)
        .map_err(Fault::io("keeping a copy of the program"))
}

/// The policy folder holds together, and what is generated from it is fresh.
fn policy(root: &Path) -> Result<(), Fault> {
    let binary = binary(root);
    step::run(bounded(
        root,
        &binary.to_string_lossy(),
        &["check", "policy", "--deny-warnings"],
    ))
}

/// Licences, bans and sources of everything we build on; and advisories where their database can be had.
fn dependencies(root: &Path) -> Result<(), Fault> {
    let deny = tools::deny(root)?;
    // The licences of all platforms are looked at; a build has fetched only the crates of this one.
    step::run(cargo(root, &["fetch", "--locked"]))?;
    let deny = deny.to_string_lossy();
    step::run(bounded(
        root,
        &deny,
        &[
            "--offline",
            "check",
            "--hide-inclusion-graph",
            "licenses",
            "bans",
            "sources",
        ],
    ))?;
    if std::env::var_os("SANDYQ_ADVISORIES").is_some() {
        return step::run(bounded(root, &deny, &["check", "advisories"]));
    }
    eprintln!(
        "advisories: SKIPPED. Their database comes from github.com; where that can be reached, \
         set SANDYQ_ADVISORIES=1"
    );
    Ok(())
}

/// A cargo command in the workspace.
fn cargo(root: &Path, arguments: &[&str]) -> Command {
    bounded(root, "cargo", arguments)
}

/// The copy of the program that is tested.
fn binary(root: &Path) -> PathBuf {
    target(root).join("journeys").join("sandyq")
}

/// Where cargo builds.
fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
