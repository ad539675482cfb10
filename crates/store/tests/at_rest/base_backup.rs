//! 5.1.6 on PostgreSQL, beside our own sets: a base backup with the log archived, as `docs/operating/backup.md` tells it.
//! Recovered to the end nothing is lost and nobody comes back; recovered to an earlier point the store does not open.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::scene::{self, collect, done, entry, now, person, run};
use sandyq_model::{Standing, Verb};
use sandyq_store::tables::subject::{self, Subject};
use sandyq_store::{Commit, Store, StoreOptions};

/// A folder that the server's user can reach, and the programs.
struct Clusters {
    folder: tempfile::TempDir,
    programs: PathBuf,
    is_root: bool,
}

/// A server that runs; stopped when dropped.
struct Server<'c> {
    clusters: &'c Clusters,
    name: &'static str,
    port: u16,
}

impl Clusters {
    /// `None` where the tests have no PostgreSQL.
    fn new() -> Option<Self> {
        std::env::var_os(scene::POSTGRES)?;
        let debian = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten();
        let mut programs: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
        programs.sort();
        let programs = programs
            .pop()
            .filter(|folder| folder.join("pg_basebackup").is_file())?;
        let clusters = Self {
            folder: tempfile::tempdir().unwrap(),
            programs,
            is_root: Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0",
        };
        if clusters.is_root {
            let owned = Command::new("chown")
                .arg("postgres")
                .arg(clusters.folder.path())
                .status()
                .unwrap();
            assert!(owned.success());
        }
        clusters.run("mkdir", &["archive"]);
        Some(clusters)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a program of the server as the server's user, who must not be root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let ended = self.ends_well(program, arguments);
        assert!(ended, "{}", std::fs::read_to_string(self.path("output")).unwrap());
    }

    /// As [`Clusters::run`], and says whether it did what it should.
    fn ends_well(&self, program: &str, arguments: &[&str]) -> bool {
        let own = self.programs.join(program);
        let program = if own.is_file() {
            own
        } else {
            PathBuf::from(program)
        };
        let mut command = if self.is_root {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        let log = self.path("output");
        let output = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let ended = command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .status()
            .unwrap();
        ended.success()
    }

    /// Makes a cluster that archives its log.
    fn made(&self) -> Server<'_> {
        self.run(
            "initdb",
            &[
                "-D",
                "first",
                "-U",
                "sandyq",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
        );
        let archive = self.path("archive");
        let settings = format!(
            "archive_mode = on\narchive_command = 'test ! -f {0}/%f && cp %p {0}/%f.part && mv {0}/%f.part {0}/%f'\n",
            archive.display()
        );
        self.server("first", &settings)
    }

    /// Recovers the base backup with everything that was archived, up to a point or to the end.
    fn recovered(&self, name: &'static str, point: Option<&str>) -> Server<'_> {
        self.run("cp", &["-a", "base", name]);
        std::fs::write(self.path(name).join("recovery.signal"), "").unwrap();
        let point = point.map_or_else(String::new, |point| {
            format!("recovery_target_name = '{point}'\nrecovery_target_action = 'promote'\n")
        });
        let restore = format!(
            "restore_command = 'cp {}/%f %p'\narchive_mode = off\n{point}",
            self.path("archive").display()
        );
        let server = self.server(name, &restore);
        for _ in 0..300 {
            if server.ask("SELECT pg_is_in_recovery()") == "f" {
                return server;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("the recovery does not end");
    }

    /// Starts a cluster at a free port; another program may take that first, so it is tried a few times.
    fn server(&self, name: &'static str, settings: &str) -> Server<'_> {
        let file = self.path(name).join("postgresql.conf");
        let before = std::fs::read_to_string(&file).unwrap() + settings;
        let started = (0..STARTS_MAX).find_map(|_| self.started(name, &before));
        let port = started.unwrap_or_else(|| {
            let log = std::fs::read_to_string(self.path(&format!("{name}.log")));
            panic!("the server does not start: {}", log.unwrap_or_default())
        });
        Server {
            clusters: self,
            name,
            port,
        }
    }

    /// Starts it once; gives its port.
    fn started(&self, name: &str, settings: &str) -> Option<u16> {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let file = self.path(name).join("postgresql.conf");
        let sockets = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\n",
            self.folder.path().display()
        );
        std::fs::write(&file, settings.to_owned() + &sockets).unwrap();
        if self.is_root {
            let all = Command::new("chown")
                .args(["-R", "postgres"])
                .arg(self.path(name))
                .status()
                .unwrap();
            assert!(all.success());
        }
        let started = self.ends_well(
            "pg_ctl",
            &[
                "-D",
                name,
                "-l",
                &format!("{name}.log"),
                "-w",
                "-t",
                "60",
                "start",
            ],
        );
        started.then_some(port)
    }
}

impl Server<'_> {
    fn url(&self) -> String {
        format!("postgres://sandyq@127.0.0.1:{}/postgres", self.port)
    }

    fn ask(&self, sql: &str) -> String {
        let mut command = Command::new(self.clusters.programs.join("psql"));
        let answer = command
            .args([&self.url(), "-At", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .output()
            .unwrap();
        assert!(
            answer.status.success(),
            "{}",
            String::from_utf8_lossy(&answer.stderr)
        );
        String::from_utf8(answer.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        self.clusters
            .run("pg_ctl", &["-D", self.name, "-m", "immediate", "-w", "stop"]);
    }
}

fn options(folder: &Path, server: &Server<'_>) -> StoreOptions {
    StoreOptions {
        database_url: Some(server.url()),
        ..scene::options(folder)
    }
}

fn fill(store: &Store, people: usize) -> Vec<Subject> {
    let chance = scene::chance();
    let one = |_| {
        let person = person(&*chance);
        done(run(store.commit(collect(store, &*chance, &person))));
        person
    };
    (0..people).map(one).collect()
}

fn destroy(person: &Subject) -> Commit {
    let gone = Subject {
        standing: Standing::Destroyed,
        pseudonym: None,
        destroyed_at: Some(now()),
        ..person.clone()
    };
    Commit {
        subject: Some((person.id, 1)),
        moves: true,
        statements: vec![
            subject::update(&gone),
            sandyq_store::tables::record::remove_all(person.id),
        ],
        entries: vec![entry(Verb::Destroy, person)],
        dead_keys: vec![(person.id, 1)],
        ..Commit::default()
    }
}

#[test]
fn a_base_backup_with_its_archive_leads_to_the_end_and_nowhere_else() {
    let Some(clusters) = Clusters::new() else { return };
    let data = tempfile::tempdir().unwrap();
    let first = clusters.made();
    let store = scene::open_with(options(data.path(), &first)).unwrap();
    let people = fill(&store, 3);
    clusters.run(
        "pg_basebackup",
        &["-d", &first.url(), "-D", "base", "-X", "none", "-c", "fast"],
    );
    fill(&store, 2);
    first.ask("SELECT pg_create_restore_point('before')");
    done(run(store.commit(destroy(&people[0]))));
    let end = store.checkpoint();
    drop(store);
    let last = first.ask("SELECT pg_walfile_name(pg_switch_wal())");
    let archived = clusters.path("archive").join(last);
    for _ in 0..300 {
        if archived.is_file() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(archived.is_file(), "the log was not archived");
    drop(first);

    let earlier = clusters.recovered("earlier", Some("before"));
    let fault = scene::open_with(options(data.path(), &earlier)).err().unwrap();
    assert!(fault.to_string().contains("cut off or put back"), "{fault}");
    drop(earlier);

    let recovered = clusters.recovered("recovered", None);
    let store = scene::open_with(options(data.path(), &recovered)).unwrap();
    assert_eq!(store.checkpoint(), end, "what was acknowledged is there");
    run(store.verify(|_, _| {})).unwrap();
    let id = people[0].id;
    let row = run(store.read(move |reader| subject::find(reader, id)))
        .unwrap()
        .unwrap();
    assert_eq!(row.standing, Standing::Destroyed);
    fill(&store, 1);
}

/// So often a cluster is started before the test gives up.
const STARTS_MAX: u32 = 3;
