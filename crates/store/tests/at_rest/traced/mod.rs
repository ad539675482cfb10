//! Runs one test of this program in a process of its own, under a tracer that stops it before each of its calls to the
//! file system: `tracer.py` says what it can do there. Only on x86-64 Linux, and where processes may be traced.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// How the tracer ends when the call that was to go wrong was never made.
pub const NOT_REACHED: i32 = 200;
/// How it ends when the program was killed.
pub const KILLED: i32 = 137;

/// Whether processes can be traced here; says so where they cannot.
pub fn is_possible() -> bool {
    let place = std::env::temp_dir();
    let tried = tracer(&place, &["count"], &["true"]).output();
    let is_possible = cfg!(target_arch = "x86_64") && tried.is_ok_and(|tried| tried.status.success());
    if !is_possible {
        eprintln!("NOT TRIED: processes cannot be traced here");
    }
    is_possible
}

/// The tracer at that place, about to run that program.
pub fn tracer(place: &Path, mode: &[&str], program: &[&str]) -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/at_rest/traced/tracer.py");
    let system = PathBuf::from("/usr/bin/python3");
    let python = if system.is_file() {
        system
    } else {
        PathBuf::from("python3")
    };
    let mut tracer = Command::new(python);
    tracer
        .arg(script)
        .arg(place)
        .args(mode)
        .arg("--")
        .args(program)
        .stdin(Stdio::null());
    tracer
}

/// One ignored test of this program, run under the tracer.
pub fn run(place: &Path, mode: &[&str], test: &str, environment: &[(&str, &Path)]) -> Output {
    let this = std::env::current_exe().unwrap();
    let this = this.to_str().unwrap();
    let program = [
        this,
        test,
        "--exact",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ];
    tracer(place, mode, &program)
        .envs(environment.iter().copied())
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap()
}
