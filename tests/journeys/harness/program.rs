//! The real program, started as an operator would start it, on a free port of the loopback and a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use super::desk::Desks;
use super::mail::code_in;
use super::patience::wait_for;
use super::process::Guarded;
use super::visitor::Visitor;

/// Somebody who works at the demo's operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// What they sign in with.
    pub name: String,
    /// Their password.
    pub password: String,
    /// The name of their role in the policy.
    pub role: String,
    /// The secret of the program that their telephone would have.
    pub secret: String,
    /// Their codes on paper.
    pub codes: Vec<String>,
}

/// The program while it serves. Dropping it kills it and removes its folder.
pub struct Running {
    process: Guarded,
    arguments: Vec<String>,
    folder: TempDir,
    /// Where the site is.
    pub url: String,
    /// Where the letters that it sent can be read; empty when it really sends them.
    pub mail: String,
    /// Who works there, in the demo.
    pub staff: Vec<Staff>,
    /// What they sign in with beside their passwords.
    pub desks: Desks,
}

impl Running {
    /// A demo: an operator, staff, invented people, letters kept on a page instead of being sent.
    pub fn demo(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the data");
        let data = folder.path().join("data").to_string_lossy().into_owned();
        let mut arguments = vec!["demo", "--json", "--listen", "127.0.0.1:0", "--data", &data];
        arguments.extend_from_slice(options);
        Self::start(folder, &arguments)
    }

    /// A server on a data folder that was made before with `sandyq init`.
    pub fn serve(data: &Path, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the log");
        let data = data.to_string_lossy().into_owned();
        let mut arguments = vec!["serve", "--json", "--listen", "127.0.0.1:0", "--data", &data];
        arguments.extend_from_slice(options);
        Self::start(folder, &arguments)
    }

    /// The same program on the same folder once more, while this one does not run.
    pub fn another(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the log");
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        Self::start(folder, &arguments)
    }

    /// Starts the program and waits until it says where it is.
    fn start(folder: TempDir, arguments: &[&str]) -> Self {
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        let process = spawn(&folder, &arguments);
        let mut running = Self {
            process,
            arguments,
            folder,
            url: String::new(),
            mail: String::new(),
            staff: Vec::new(),
            desks: Desks::default(),
        };
        running.wait_until_ready();
        running
    }

    /// Reads the line that says that it is ready.
    fn wait_until_ready(&mut self) {
        loop {
            let Some(line) = self.process.line() else {
                panic!("the program ended before it was ready:\n{}", self.log());
            };
            let Some(said) = serde_json::from_str::<Value>(&line)
                .ok()
                .filter(|said| said["url"].is_string())
            else {
                continue;
            };
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            self.url = text(&said["url"]).trim_end_matches('/').to_owned();
            self.mail = text(&said["mail"]);
            let person = |staff: &Value| Staff {
                name: text(&staff["name"]),
                password: text(&staff["password"]),
                role: text(&staff["role"]),
                secret: text(&staff["secret"]),
                codes: staff["codes"]
                    .as_array()
                    .map(|codes| codes.iter().map(text).collect())
                    .unwrap_or_default(),
            };
            self.staff = said["staff"]
                .as_array()
                .map(|staff| staff.iter().map(person).collect())
                .unwrap_or_default();
            self.staff.iter().for_each(|staff| self.desks.learn(staff));
            return;
        }
    }

    /// Somebody who has a role.
    pub fn staff_in(&self, role: &str) -> &Staff {
        self.staff
            .iter()
            .find(|staff| staff.role == role)
            .unwrap_or_else(|| panic!("nobody is {role} in {:?}", self.staff))
    }

    /// The member of staff of that name.
    pub fn staff_called(&self, name: &str) -> &Staff {
        self.staff
            .iter()
            .find(|staff| staff.name == name)
            .unwrap_or_else(|| panic!("nobody is called {name} in {:?}", self.staff))
    }

    /// The words of the newest letter to somebody, from the page where the demo keeps what it would send: that page
    /// has the newest letter first, and each letter begins with whom it goes to.
    pub fn letter_to(&self, address: &str) -> String {
        wait_for(&format!("a letter to {address} on {}", self.mail), || {
            let page = Visitor::at(&self.mail).get(&self.mail).text();
            page.find(address).map(|place| page[place..].to_owned())
        })
    }

    /// The one-time code in the newest letter to somebody.
    pub fn code_for(&self, address: &str) -> String {
        let letter = self.letter_to(address);
        code_in(&letter).unwrap_or_else(|| panic!("no code in: {letter}"))
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        let place = self
            .arguments
            .iter()
            .position(|word| word == "--data")
            .expect("always given");
        PathBuf::from(&self.arguments[place + 1])
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// As a power cut: no chance to finish anything.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Asks it to stop, and waits.
    pub fn stop(&mut self) -> ExitStatus {
        self.process.stop()
    }

    /// Starts it again on the same data, after `kill` or `stop`; the address is a new one.
    pub fn start_again(&mut self) {
        self.process = spawn(&self.folder, &self.arguments);
        self.wait_until_ready();
    }
}

/// Starts the program with its log in a file.
fn spawn(folder: &TempDir, arguments: &[String]) -> Guarded {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.path().join("log"));
    Guarded::start(
        Command::new(binary())
            .args(arguments)
            .stderr(log.expect("a file for the log")),
    )
}

/// Runs a command of the program to its end.
pub fn command(arguments: &[&str]) -> Output {
    Command::new(binary())
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// The program: what `cargo xtask test` built, or else built now, once.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(built) = std::env::var_os("SANDYQ_TEST_BINARY")
            .map(PathBuf::from)
            .filter(|it| it.is_file())
        {
            return built;
        }
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "sandyq"])
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "the program does not build"
        );
        profile_folder().join("sandyq")
    })
}

/// The folder of the build profile: the test lies in its `deps`.
pub fn profile_folder() -> PathBuf {
    let own = std::env::current_exe().expect("a test knows where it is");
    own.parent()
        .and_then(Path::parent)
        .expect("the test lies two folders deep")
        .to_path_buf()
}

/// The folder in which the test of the pages' structure leaves every page.
pub fn pages_folder() -> PathBuf {
    std::env::var_os("SANDYQ_TEST_PAGES").map_or_else(|| profile_folder().join("../pages"), PathBuf::from)
}
