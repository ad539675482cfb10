//! What the README tells people to type is tried: every command of the program that stands in a shell block has a
//! help page that succeeds, and every option that the README gives it is on that page.

use std::path::Path;

use super::harness::command;

/// The commands of the program in the README: what follows `sandyq`, or `--` after `cargo run`.
fn commands() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = std::fs::read_to_string(path).expect("there is a README");
    let mut shell = false;
    let mut commands = Vec::new();
    for line in text.lines() {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            shell = ["sh", "bash", "console", "shell"].contains(&kind.trim());
        }
        let line = line.trim_start().trim_start_matches("$ ");
        let line = line.split(" #").next().unwrap_or(line).trim();
        let ran = line
            .strip_prefix("cargo run")
            .and_then(|rest| rest.split_once("-- "));
        let own = line.strip_prefix("sandyq ").or(ran.map(|(_, rest)| rest));
        commands.extend(own.filter(|_| shell).map(str::to_owned));
    }
    commands
}

#[test]
fn every_command_of_the_readme_has_its_help_and_its_options() {
    for line in commands() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let names: Vec<&str> = words
            .iter()
            .copied()
            .take_while(|word| !word.starts_with('-'))
            .take(1)
            .collect();
        let help = command(&[names.as_slice(), &["--help"]].concat());
        let page = String::from_utf8_lossy(&help.stdout).into_owned();
        assert!(
            help.status.success(),
            "`sandyq {line}`: {}",
            String::from_utf8_lossy(&help.stderr)
        );
        for option in words.iter().filter(|word| word.starts_with("--")) {
            let name = option.split('=').next().unwrap_or(option);
            assert!(
                page.contains(name),
                "`sandyq {line}`: {name} is not on the help page:\n{page}"
            );
        }
    }
}
