//! Child processes that never outlive the test, not even when the test itself is killed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A start pays hundreds of syncs, and a disk that others write to may let each of them wait.
const PATIENCE_FOR_A_LINE: Duration = Duration::from_secs(180);

/// Waits until its input ends or brings a word. The end means that the test is gone: then the group is killed.
const WATCHER: &str = "trap '' INT TERM HUP; read -r word || kill -s KILL -- \"-$1\"";

/// A process and all that it starts, in a group of their own.
pub struct Guarded {
    program: String,
    child: Child,
    watcher: Child,
    word: Option<ChildStdin>,
    lines: Mutex<Receiver<String>>,
}

impl Guarded {
    /// Starts a command; its output can be read line by line.
    pub fn start(command: &mut Command) -> Self {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} cannot be started ({error}); run `cargo xtask tools`"));
        let mut watcher = Command::new("sh")
            .args(["-c", WATCHER, "watcher"])
            .arg(child.id().to_string())
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("sh starts");
        let word = watcher.stdin.take();
        let output = child.stdout.take().expect("the output is piped");
        let (sender, lines) = channel();
        // Reads to the end even when nobody listens, or the process would stand still on a full pipe.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _unheard = sender.send(line);
            }
        });
        Self {
            program,
            child,
            watcher,
            word,
            lines: Mutex::new(lines),
        }
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line of output; none when the process has closed it. Panics when nothing comes.
    pub fn line(&self) -> Option<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        match lines.recv_timeout(PATIENCE_FOR_A_LINE) {
            Ok(line) => Some(line),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => None,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                let (program, waited) = (&self.program, PATIENCE_FOR_A_LINE.as_secs());
                panic!("`{program}` has said nothing for {waited} s")
            }
        }
    }

    /// Ends the process as a power cut would.
    pub fn kill(&mut self) {
        self.signal("KILL", true);
        self.child.wait().expect("a killed process ends");
    }

    /// Asks the process to stop, and waits for it.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM", false);
        super::wait_for("the process to stop", || {
            self.child.try_wait().expect("the process can be waited for")
        })
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the process can be waited for")
    }

    /// Sends a signal to the process, or to its whole group.
    fn signal(&self, signal: &str, group: bool) {
        let id = if group {
            format!("-{}", self.child.id())
        } else {
            self.child.id().to_string()
        };
        let script = format!("kill -s {signal} -- {id} 2>/dev/null");
        Command::new("sh")
            .args(["-c", &script])
            .status()
            .expect("sh starts");
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // The group goes while its first process is not yet waited for, so its number cannot belong to another.
        self.signal("KILL", true);
        if let Some(mut word) = self.word.take() {
            let _gone = word.write_all(b"done\n");
        }
        let _killed = self.child.kill();
        let _ended = self.child.wait();
        let _ended = self.watcher.wait();
    }
}
