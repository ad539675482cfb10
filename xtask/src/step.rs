//! Steps with a name, a time limit and the seconds they took; and the commands they run.
#![allow(
    clippy::disallowed_methods,
    reason = "the one place of the workshop that reads the clock"
)]

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::fault::Fault;

/// No step may run longer: it hangs. On a machine of two cores the longest takes less than half of it. In seconds.
const STEP_SECONDS_MAX: u32 = 60 * 60;

/// The steps of one run: each is announced, timed, and remembered if it failed.
pub struct Steps {
    began: Instant,
    failed: Vec<String>,
    lines: Vec<String>,
}

impl Steps {
    /// Starts the clock.
    pub fn begin() -> Self {
        Self {
            began: Instant::now(),
            failed: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Runs one step. A failure is told at once and remembered, so that one run shows them all.
    pub fn attempt<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, Fault>) -> Option<T> {
        eprintln!("==> {name}");
        let began = Instant::now();
        let outcome = work();
        let seconds = began.elapsed().as_secs_f32();
        let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
        let line = format!("{seconds:7.1} s  {name}: {verdict}");
        eprintln!("{line}");
        self.lines.push(line);
        match outcome {
            Ok(value) => Some(value),
            Err(fault) => {
                eprintln!("error: {name}: {fault}");
                self.failed.push(name.to_owned());
                None
            }
        }
    }

    /// Prints the table of steps.
    ///
    /// # Errors
    /// When any step failed.
    pub fn conclude(self) -> Result<(), Fault> {
        eprintln!("\n{}", self.lines.join("\n"));
        eprintln!("{:7.1} s  in all", self.began.elapsed().as_secs_f32());
        if self.failed.is_empty() {
            Ok(())
        } else {
            Err(Fault::Failed(self.failed.join(", ")))
        }
    }
}

/// A command that is ended, with all that it started, when it takes too long.
///
/// At a terminal the process group stays, so that Ctrl-C reaches everybody; there only the command itself is ended.
pub fn bounded(root: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("timeout");
    if std::io::stdin().is_terminal() {
        command.arg("--foreground");
    }
    command
        .arg("--kill-after=10")
        .arg(STEP_SECONDS_MAX.to_string())
        .arg(program)
        .args(arguments);
    command.current_dir(root);
    command
}

/// Runs a command to its end, its output going to the terminal.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run(mut command: Command) -> Result<(), Fault> {
    let words = spoken(&command);
    let status = command
        .status()
        .map_err(Fault::io(format!("starting `{words}`")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Fault::Failed(words))
    }
}

/// The command as one would type it, without the time limit around it.
pub fn spoken(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    let limit = STEP_SECONDS_MAX.to_string();
    match words.iter().position(|word| *word == limit) {
        Some(place) if words.first().is_some_and(|word| word == "timeout") => {
            words.get(place + 1..).unwrap_or_default().join(" ")
        }
        _ => words.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounded_command_is_spoken_of_without_its_limit() {
        let command = bounded(Path::new("."), "cargo", &["fmt", "--all"]);
        assert_eq!(spoken(&command), "cargo fmt --all");
    }

    #[test]
    fn one_failed_step_fails_the_run_and_the_others_still_run() {
        let mut steps = Steps::begin();
        assert_eq!(
            steps.attempt("one", || Err::<(), _>(Fault::Said("no".to_owned()))),
            None
        );
        assert_eq!(steps.attempt("two", || Ok(2)), Some(2));
        assert_eq!(steps.conclude().unwrap_err().to_string(), "`one` failed");
    }
}
