//! Promises that the compiler keeps: each file of `compile_fail/` is a program that somebody might write one tired
//! evening, and beside it stands what the compiler says to each line of it. After a new compiler: `SANDYQ_REWRITE_FINDINGS=1
//! cargo test -p sandyq-store --test type_promises`, and read what changed.
//!
//! The compiler is called by itself, with the libraries that this very run was built with: to build them anew for six programs
//! would take longer than all other tests of this crate.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries that the programs name.
const LIBRARIES: [&str; 5] = [
    "sandyq_model",
    "sandyq_policy",
    "sandyq_store",
    "serde_json",
    "tracing",
];

#[test]
fn programs_that_must_not_compile_do_not() {
    let folder = Path::new("tests/compile_fail");
    let mut programs: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    programs.sort();
    assert!(!programs.is_empty());
    for program in programs {
        let (compiles, said) = compiled(&program);
        assert!(!compiles, "{} compiles", program.display());
        let kept = program.with_extension("stderr");
        if std::env::var_os("SANDYQ_REWRITE_FINDINGS").is_some() {
            std::fs::write(&kept, &said).unwrap();
        }
        let expected = std::fs::read_to_string(&kept).unwrap_or_default();
        assert_eq!(said, expected, "what the compiler says to {}", program.display());
    }
}

/// Whether a program compiles, and what is said to each of its lines, sorted: the order is the compiler's own affair.
fn compiled(program: &Path) -> (bool, String) {
    let own = std::env::current_exe().unwrap();
    let built = own.parent().unwrap();
    let into = tempfile::tempdir().unwrap();
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc
        .args([
            "--edition=2024",
            "--crate-type=bin",
            "--emit=metadata",
            "--error-format=short",
        ])
        .arg("--out-dir")
        .arg(into.path())
        .arg("-L")
        .arg(format!("dependency={}", built.display()));
    for library in LIBRARIES {
        let file = newest(built, library);
        rustc.arg("--extern").arg(format!("{library}={}", file.display()));
    }
    let output = rustc.arg(program).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let here = program.display().to_string();
    let mut lines: Vec<&str> = said.lines().filter(|line| line.starts_with(&here)).collect();
    lines.sort_unstable();
    assert!(
        output.status.success() || !lines.is_empty(),
        "not about {here}: {said}"
    );
    (
        output.status.success(),
        lines.iter().map(|line| format!("{line}\n")).collect(),
    )
}

/// The library of that name that was built last.
fn newest(built: &Path, library: &str) -> PathBuf {
    let begins = format!("lib{library}-");
    let age = |path: &PathBuf| path.metadata().and_then(|known| known.modified()).ok();
    let files = std::fs::read_dir(built)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let named = files.filter(|path| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        name.starts_with(&begins) && name.ends_with(".rlib")
    });
    named
        .max_by_key(age)
        .unwrap_or_else(|| panic!("{library} was not built"))
}
