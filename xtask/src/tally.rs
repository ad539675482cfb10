//! Counts tests over many test binaries, from what `cargo test` prints.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::fault::Fault;
use crate::step;

/// How many tests there were, and the names of those that failed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests marked `ignore`.
    pub ignored: u64,
    /// Tests left out by name.
    pub left_out: u64,
    /// Names of the failed ones.
    pub names: Vec<String>,
}

impl Tally {
    /// Runs a test command, shows its output as it comes, and adds up its result lines.
    ///
    /// # Errors
    /// When the command cannot be started or does not succeed; what was counted until then stays counted.
    pub fn count(&mut self, mut command: Command) -> Result<(), Fault> {
        let words = step::spoken(&command);
        let doing = format!("running `{words}`");
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Fault::io(doing.clone()))?;
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).lines() {
                let line = line.map_err(Fault::io(doing.clone()))?;
                println!("{line}");
                self.read(&line);
            }
        }
        let status = child.wait().map_err(Fault::io(doing))?;
        if status.success() {
            Ok(())
        } else {
            Err(Fault::Failed(words))
        }
    }

    /// Takes in one line of output.
    fn read(&mut self, line: &str) {
        if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.names.push(name.to_owned());
        }
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        let counts = result.split_once(". ").map_or("", |(_, counts)| counts);
        for part in counts.split("; ") {
            let Some((number, what)) = part.split_once(' ') else {
                continue;
            };
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                "filtered out" => self.left_out += number,
                _ => {}
            }
        }
    }

    /// The last line of a run: `N passed, N failed`.
    pub fn line(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_binaries_add_up() {
        let mut tally = Tally::default();
        let output = "running 3 tests\ntest a::b ... ok\ntest a::c ... FAILED\n\
            test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 2.10s";
        output.lines().for_each(|line| tally.read(line));
        let names = vec!["a::c".to_owned()];
        assert_eq!(
            tally,
            Tally {
                passed: 41,
                failed: 1,
                ignored: 1,
                left_out: 7,
                names
            }
        );
        assert_eq!(tally.line(), "41 passed, 1 failed");
    }

    #[test]
    fn a_line_that_only_looks_like_a_result_counts_nothing() {
        let mut tally = Tally::default();
        tally.read("test result: maybe");
        tally.read("test result: ok. many passed; x");
        assert_eq!(tally, Tally::default());
    }
}
