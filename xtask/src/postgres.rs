//! A PostgreSQL of our own for the tests: made on the spot, on the loopback, durable like the real one, and gone
//! afterwards whatever happens. Never touches a cluster that it did not make.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::fault::Fault;
use crate::step;

/// The variable in which the tests find the server.
pub const URL_VARIABLE: &str = "SANDYQ_TEST_POSTGRES_URL";

/// The script that keeps the cluster; it stops when its input ends.
const KEEPER: &str = include_str!("postgres.sh");

/// A running cluster. Dropping it stops the server and removes its files.
pub struct Cluster {
    keeper: Child,
    input: Option<ChildStdin>,
    /// Where the server listens, with its password.
    pub url: String,
}

impl Cluster {
    /// Makes a cluster and waits until it answers.
    ///
    /// # Errors
    /// When the server's programs are not there, or the server does not start.
    pub fn start() -> Result<Self, Fault> {
        let programs = programs().ok_or_else(|| Fault::Said("no PostgreSQL server found".to_owned()))?;
        let port = free_port().map_err(Fault::io("looking for a free port"))?;
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "postgres.sh"])
            .arg(&programs)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Fault::io("starting sh"))?;
        let input = keeper.stdin.take();
        let mut url = String::new();
        if let Some(output) = keeper.stdout.take() {
            BufReader::new(output)
                .read_line(&mut url)
                .map_err(Fault::io("waiting for PostgreSQL"))?;
        }
        let url = url.trim().to_owned();
        let cluster = Self { keeper, input, url };
        if cluster.url.is_empty() {
            return Err(Fault::Said("PostgreSQL did not start".to_owned()));
        }
        Ok(cluster)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.input.take());
        if let Err(error) = self.keeper.wait() {
            eprintln!("the PostgreSQL keeper cannot be waited for: {error}");
        }
    }
}

/// Runs a command with a cluster around it.
///
/// # Errors
/// When the server does not start or the command does not succeed.
pub fn around(root: &Path, program: &str, arguments: &[&str]) -> Result<(), Fault> {
    let cluster = Cluster::start()?;
    let mut command = step::bounded(root, program, arguments);
    command.env(URL_VARIABLE, &cluster.url);
    step::run(command)
}

/// The folder that holds `initdb` and `pg_ctl`: the newest of Debian's, or else the one in the path.
pub fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    versions
        .into_iter()
        .rev()
        .map(|(_, folder)| folder)
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

/// A port that nobody listens on just now.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
