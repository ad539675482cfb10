//! Runs the program in a folder of its own, with nothing of the environment that could change its words.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// The answer.
    pub out: String,
    /// Words about the work.
    pub err: String,
}

impl Said {
    /// The answer as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// Fails with everything that was said unless it ended so.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

/// A folder to work in.
pub struct Place(tempfile::TempDir);

impl Place {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a command here.
    pub fn sandyq(&self, line: &[&str]) -> Said {
        self.sandyq_with(line, "")
    }

    /// Runs a command here with that on its stdin.
    pub fn sandyq_with(&self, line: &[&str], input: &str) -> Said {
        Self::finished(self.start(line, Stdio::piped()), input)
    }

    /// Runs a command here with that path in its environment.
    pub fn sandyq_where(&self, line: &[&str], name: &str, path: &Path) -> Said {
        let child = self.command(line).env(name, path).stderr(Stdio::piped()).spawn();
        Self::finished(child.unwrap(), "")
    }

    /// Runs a command here as if no other program were installed.
    pub fn sandyq_without_path(&self, line: &[&str]) -> Said {
        let child = self
            .command(line)
            .env("PATH", "/nowhere")
            .stderr(Stdio::piped())
            .spawn();
        Self::finished(child.unwrap(), "")
    }

    fn finished(mut child: Child, input: &str) -> Said {
        // A command that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a command here.
    pub fn start(&self, line: &[&str], errors: Stdio) -> Child {
        self.command(line).stderr(errors).spawn().unwrap()
    }

    fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sandyq"));
        command.args(line).current_dir(self.0.path()).env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    /// Starts a server here and waits for the line that says where it is.
    pub fn serving(&self, line: &[&str]) -> Serving {
        let mut child = self.start(line, Stdio::inherit());
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut first).unwrap();
        let ready =
            serde_json::from_str(&first).unwrap_or_else(|error| panic!("not ready ({error}): {first}"));
        Serving { child, ready }
    }
}

/// A server; killed when dropped.
pub struct Serving {
    child: Child,
    /// What it said when it was ready.
    pub ready: Value,
}

impl Serving {
    /// The status and the body of a page.
    pub fn get(&self, path: &str) -> (u16, String) {
        let address = self.ready["url"].as_str().unwrap().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .unwrap_or(0);
        (status, answer)
    }

    /// Asks it to stop, and says how it ended.
    pub fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-s", "TERM", &id]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Already gone when it was asked to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Copies the files of a folder whose names begin with `start`.
pub fn copy(from: &Path, to: &Path, start: &str) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with(start) {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
