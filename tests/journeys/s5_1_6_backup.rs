//! Clause 5.1.6: lost data is restored, and 6.3 holds all the same: whoever was destroyed or has withdrawn after the
//! backup does not come back, with the old database at hand or with nothing left but the keys.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::harness::{Running, Staff, Visitor, binary, command};

/// An operator's folder with people in it, a place for backups, and a custodian's identity.
pub(super) struct Scene {
    pub(super) running: Running,
    pub(super) elsewhere: tempfile::TempDir,
    responsible: Staff,
    pub(super) orders: Vec<String>,
}

impl Scene {
    pub(super) fn set() -> Self {
        let mut running = Running::demo(&[]);
        let letters = Visitor::at(&running.mail).get(&running.mail).text();
        let placed = [
            "your order is placed. Reference number: ",
            "Тапсырыс нөмірі: ",
            "Номер заказа: ",
        ];
        let mut orders: Vec<String> = placed
            .iter()
            .flat_map(|words| letters.split(words).skip(1))
            .filter_map(|rest| rest.get(..12))
            .map(ToOwned::to_owned)
            .collect();
        orders.sort();
        orders.dedup();
        assert!(orders.len() >= 2, "{letters}");
        assert!(running.stop().success());
        let elsewhere = tempfile::tempdir().expect("a folder");
        let custodian = |name: &str| {
            let made = Command::new("age-keygen")
                .arg("-o")
                .arg(elsewhere.path().join(name))
                .output();
            let said = String::from_utf8(made.expect("age-keygen starts").stderr).expect("a text");
            said.trim().rsplit(' ').next().expect("a recipient").to_owned()
        };
        let [first, second] = ["identity", "other"].map(custodian);
        let settings = running.data().join("sandyq.toml");
        let mut text = std::fs::read_to_string(&settings).expect("settings");
        let place = elsewhere.path().join("backups");
        text.push_str(&format!(
            "\n[backup]\nplace = \"{}\"\nrecipients = [\"{first}\"]\nsecond_recipients = [\"{second}\"]\n",
            place.display()
        ));
        std::fs::write(&settings, text).expect("settings");
        let responsible = running.staff_in("responsible").clone();
        Self {
            running,
            elsewhere,
            responsible,
            orders,
        }
    }

    fn asked(&self, words: &[&str]) -> Output {
        let data = self.running.data();
        let data = data.to_str().expect("a name");
        command(&[words, &["--data", data, "--json"]].concat())
    }

    pub(super) fn says(&self, words: &[&str]) -> Value {
        let output = self.asked(words);
        assert!(
            output.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    pub(super) fn restore(&self, more: &[&str]) -> Output {
        self.by_two("restore", more)
    }

    /// With the identities of two custodians: nobody brings a set back alone (5.1.1).
    fn by_two(&self, command: &str, more: &[&str]) -> Output {
        let files = ["identity", "other"].map(|name| self.elsewhere.path().join(name));
        let [first, second] = files.each_ref().map(|file| file.to_str().expect("a name"));
        self.asked(&[&[command, "--identity", first, "--identity", second], more].concat())
    }

    /// What the responsible person does about an order. A second factor is in no copy: after a restore another one is set up.
    /// To destroy by hand takes two (5.1.1): the deputy agrees.
    pub(super) fn subject(&self, action: &[&str], order: &str) -> (i32, Value) {
        if action.first() == Some(&"withdraw") {
            // Before there is anything to destroy: whoever sets up a factor needs the server, and it would do that first.
            self.by(self.running.staff_called("deputy"), &["show"], order);
        }
        let said = self.by(&self.responsible, action, order);
        if action.first() == Some(&"destroy") && said.1["proposed"] == true {
            return self.by(self.running.staff_called("deputy"), action, order);
        }
        said
    }

    fn by(&self, staff: &Staff, action: &[&str], order: &str) -> (i32, Value) {
        let (code, said, words) = self.tries(staff, action, order);
        if !words.contains("second factor is over") {
            return (code, said);
        }
        self.says(&["staff", "factor", &staff.name]);
        self.running.sets_up_again(staff);
        let (code, said, _) = self.tries(staff, action, order);
        (code, said)
    }

    fn tries(&self, staff: &Staff, action: &[&str], order: &str) -> (i32, Value, String) {
        let data = self.running.data();
        let mut child = Command::new(binary())
            .arg("subject")
            .args(action)
            .args([order, "--as", &staff.name, "--json", "--data"])
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let proof = self.running.desks.proof_of(&staff.name);
        let line = format!("{}\n{proof}\n", staff.password);
        child
            .stdin
            .take()
            .expect("a pipe")
            .write_all(line.as_bytes())
            .expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        let said = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code().unwrap_or(-1), said, words(&output))
    }

    pub(super) fn standing(&self, order: &str) -> String {
        let (code, said) = self.subject(&["show"], order);
        said["standing"]
            .as_str()
            .map_or_else(|| format!("ended with {code}"), str::to_owned)
    }
}

fn remove(data: &Path, files: &[&str]) {
    for file in files {
        let _absent = std::fs::remove_file(data.join(file));
    }
}

pub(super) fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn nobody_comes_back_with_a_backup() {
    let mut scene = Scene::set();
    scene.running.start_again();
    let made = scene.says(&["backup"]);
    assert!(made["subjects"].as_u64().expect("a number") > 10, "{made}");
    assert!(scene.running.stop().success());
    let (first, second) = (scene.orders[0].clone(), scene.orders[1].clone());
    assert_eq!(scene.standing(&first), "active");
    let (code, said) = scene.subject(&["withdraw"], &first);
    assert_eq!(code, 0, "{said}");
    let (code, said) = scene.subject(&["destroy", "--yes"], &first);
    assert_eq!(code, 0, "{said}");
    let (code, said) = scene.subject(&["withdraw"], &second);
    assert_eq!(code, 0, "{said}");
    let (before_first, before_second) = (scene.standing(&first), scene.standing(&second));
    assert_eq!(before_first, "blocked", "an order stays locked under tax law");

    let dry = scene.restore(&["--dry-run"]);
    assert!(dry.status.success(), "{}", words(&dry));
    let plan: Value = serde_json::from_slice(&dry.stdout).expect("JSON");
    assert!(
        plan["changed"].as_u64() >= Some(2) && plan["restored"] == false,
        "{plan}"
    );
    let unsure = scene.restore(&[]);
    assert_eq!(
        unsure.status.code(),
        Some(2),
        "nobody said yes: {}",
        words(&unsure)
    );

    let done = scene.restore(&["--yes"]);
    assert!(done.status.success(), "{}", words(&done));
    let done: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let aside = Path::new(done["aside"].as_str().expect("a path")).to_owned();
    assert!(aside.join("sandyq.db").is_file() && !aside.join("keys").exists());
    assert_eq!(scene.standing(&first), before_first, "destroyed stays destroyed");
    assert_eq!(
        (before_second.as_str(), scene.standing(&second).as_str()),
        ("active", "blocked"),
        "withdrawn stays withdrawn: the server that ran meanwhile has locked it"
    );
    let verified = scene.says(&["verify"]);
    assert_eq!(verified["verified"], true);
    scene.running.start_again();
    assert!(scene.running.stop().success());

    // The disk is gone, and only the keys and the note of the head were saved.
    let data = scene.running.data();
    remove(&data, &["sandyq.db", "sandyq.db-wal", "sandyq.db-shm"]);
    let refused = scene.restore(&["--yes"]);
    assert_eq!(refused.status.code(), Some(5), "{}", words(&refused));
    assert!(
        words(&refused).contains("would be rolled back"),
        "{}",
        words(&refused)
    );

    // Only the keys: they are the authority on who still exists.
    remove(&data, &["ledger.head"]);
    let done = scene.restore(&["--yes"]);
    assert!(done.status.success(), "{}", words(&done));
    let done: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert!(done["stay_destroyed"].as_u64() >= Some(1), "{done}");
    assert_eq!(
        scene.standing(&first),
        "ended with 1",
        "nobody is found by that reference"
    );
    assert_eq!(scene.says(&["verify"])["verified"], true);

    // Without keys everybody would be dead; that is not done in passing.
    std::fs::rename(data.join("keys/keys.db"), scene.elsewhere.path().join("keys.db")).expect("moved");
    let refused = scene.restore(&["--yes"]);
    assert_eq!(refused.status.code(), Some(3), "{}", words(&refused));
}

/// A schema of its own on the server that the tests have; gone with it.
pub(super) struct Schema {
    server: String,
    pub(super) name: String,
}

impl Schema {
    /// An empty one, `None` without a server.
    pub(super) fn new(name: &str) -> Option<Self> {
        let Ok(server) = std::env::var("SANDYQ_TEST_POSTGRES_URL") else {
            eprintln!("NOT TRIED: no PostgreSQL is named in SANDYQ_TEST_POSTGRES_URL");
            return None;
        };
        let name = format!("{name}_{}", std::process::id());
        let schema = Self { server, name };
        schema.does(&format!("CREATE SCHEMA {}", schema.name));
        Some(schema)
    }

    fn url(&self) -> String {
        let joint = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{joint}options=-csearch_path%3D{}", self.server, self.name)
    }

    /// The settings of that folder, with the data in this schema, in a file elsewhere.
    pub(super) fn settings_of(&self, scene: &Scene) -> String {
        let old = std::fs::read_to_string(scene.running.data().join("sandyq.toml")).expect("settings");
        let place = old.lines().position(|line| line == "[database]");
        let mut lines: Vec<&str> = old.lines().collect();
        let url = format!("url = \"{}\"", self.url());
        match place {
            Some(place) => {
                if lines
                    .get(place + 1)
                    .is_some_and(|line| line.starts_with("url = "))
                {
                    lines.remove(place + 1);
                }
                lines.insert(place + 1, &url);
            }
            None => lines.extend(["", "[database]", &url]),
        }
        let file = scene.elsewhere.path().join(format!("{}.toml", self.name));
        std::fs::write(&file, lines.join("\n") + "\n").expect("settings");
        file.to_str().expect("a name").to_owned()
    }

    pub(super) fn does(&self, sql: &str) -> String {
        let asked = Command::new("psql")
            .args([
                &self.server,
                "--quiet",
                "--tuples-only",
                "--no-align",
                "--command",
                sql,
            ])
            .output()
            .expect("psql starts");
        assert!(asked.status.success(), "{}", words(&asked));
        String::from_utf8_lossy(&asked.stdout).trim().to_owned()
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        self.does(&format!("DROP SCHEMA {} CASCADE", self.name));
    }
}

#[test]
fn a_set_moves_a_folder_into_postgresql_and_nobody_with_it_who_is_gone() {
    let Some(schema) = Schema::new("moved") else {
        return;
    };
    let mut scene = Scene::set();
    scene.running.start_again();
    scene.says(&["backup"]);
    assert!(scene.running.stop().success());
    let (first, second) = (scene.orders[0].clone(), scene.orders[1].clone());
    let (code, said) = scene.subject(&["withdraw"], &first);
    assert_eq!(code, 0, "{said}");
    let (code, said) = scene.subject(&["destroy", "--yes"], &first);
    assert_eq!(code, 0, "{said}");
    let before = (scene.standing(&first), scene.standing(&second));
    let data = scene.running.data();
    let settings = schema.settings_of(&scene);

    let done = scene.restore(&["--settings", &settings, "--yes"]);
    assert!(done.status.success(), "{}", words(&done));
    let done: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert!(!data.join("sandyq.db").exists(), "the data lies on the server");
    let alive = schema.does(&format!(
        "SELECT COUNT(*) FROM {}.subject WHERE standing <> 4",
        schema.name
    ));
    assert!(alive.parse::<u64>().expect("a number") > 10, "{alive}");
    assert_eq!((scene.standing(&first), scene.standing(&second)), before);
    let verified = scene.says(&["verify"]);
    assert_eq!(verified["verified"], true);
    assert!(
        done["ledger_size"].as_u64() > done["ledger_from"].as_u64(),
        "{done}"
    );
    scene.running.start_again();
    scene.says(&["backup"]);
    assert!(scene.running.stop().success());

    // A database in which there is something is never written over.
    let again = scene.restore(&["--settings", &settings, "--yes"]);
    assert_eq!(again.status.code(), Some(3), "{}", words(&again));
    assert_eq!(scene.says(&["verify"])["verified"], true);
    assert_eq!((scene.standing(&first), scene.standing(&second)), before);
}

#[test]
fn a_drill_is_remembered_beside_a_server_that_runs() {
    let mut scene = Scene::set();
    scene.running.start_again();
    scene.says(&["backup"]);
    let drilled = scene.by_two("drill", &[]);
    assert!(drilled.status.success(), "{}", words(&drilled));
    let drilled: Value = serde_json::from_slice(&drilled.stdout).expect("JSON");
    assert_eq!(drilled["worked"], true);
    let list = scene.says(&["backup", "list"]);
    assert_eq!(list["last_drill"]["worked"], true, "{list}");

    // Every chunk: a set shares some with the sets before it, and not all are the last one's.
    let chunks = scene.elsewhere.path().join("backups/chunks");
    let mut spoiled = 0;
    for folder in std::fs::read_dir(&chunks).expect("a folder").flatten() {
        for chunk in std::fs::read_dir(folder.path()).expect("a folder").flatten() {
            std::fs::write(chunk.path(), b"spoiled").expect("a file");
            spoiled += 1;
        }
    }
    assert!(spoiled > 0);
    let failed = scene.by_two("drill", &[]);
    assert_eq!(failed.status.code(), Some(5), "{}", words(&failed));
    let doctor = scene.asked(&["doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(said.contains("the last drill failed"), "{said}");
    assert!(scene.running.stop().success());
    assert_eq!(scene.says(&["verify"])["verified"], true);
    let left: Vec<_> = std::fs::read_dir(scene.running.data().parent().expect("a folder"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name.to_string_lossy().contains("drill"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
