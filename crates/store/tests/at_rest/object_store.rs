//! 5.1.6, 4.3: sets in a real implementation of S3 that is not ours, and none abroad.
#![cfg(feature = "objstore")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::scene::{self, Place, collect, done, now, person, run};
use age::secrecy::ExposeSecret;
use sandyq_model::{Clock, Plain};
use sandyq_rehearsal::SetClock;
use sandyq_store::backup::{
    BackupFault, Identity, Keep, ObjectShelf, ObjectStore, Recipients, SetAbout, Shelf, open_set, thin,
};

/// The variable with the folder in which a Python with moto is.
const MOTO: &str = "SANDYQ_TEST_MOTO";

/// A server that speaks S3; killed when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Option<Self> {
        let program = std::env::var_os(MOTO)?;
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new(std::path::Path::new(&program).join("bin/moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the object store does not start");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn store(url: &str, bucket: &str) -> ObjectStore {
    ObjectStore {
        endpoint: url.to_owned(),
        region: "kz-1".into(),
        country: "KZ".into(),
        bucket: bucket.into(),
        prefix: "sandyq/one".into(),
        access_key: "key".into(),
        secret: Plain::new("secret".to_owned()),
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SetClock::at(now()))
}

#[test]
fn nothing_is_sent_abroad_or_in_the_open() {
    let cause = |store: &ObjectStore| ObjectShelf::at(store, clock()).err().unwrap().to_string();
    let home = store("https://s3.example.kz", "sets");
    assert!(ObjectShelf::at(&home, clock()).is_ok());
    for country in ["", "RU", "kz"] {
        let abroad = ObjectStore {
            country: country.into(),
            ..store("https://s3.example.kz", "sets")
        };
        assert!(cause(&abroad).contains("nothing is sent abroad (4.3)"));
    }
    for url in ["http://s3.example.kz", "http://127.0.0.1.example.com"] {
        assert!(cause(&store(url, "sets")).contains("HTTPS only"), "{url}");
    }
    assert!(cause(&store("s3.example.kz", "sets")).contains("no address"));
}

#[test]
fn a_set_is_written_listed_read_and_thinned_in_an_object_store() {
    let Some(server) = Server::start() else { return };
    // Whoever runs a bucket makes it; the program never does.
    let made = Command::new("curl")
        .args(["-sf", "-X", "PUT", &format!("{}/sets", server.url)])
        .status()
        .unwrap();
    assert!(made.success());
    let url = server.url.clone();
    let shelf = || ObjectShelf::at(&store(&url, "sets"), clock()).unwrap();
    shelf().put("chunks/aa/one.age", b"one").unwrap();
    assert_eq!(shelf().get("chunks/aa/one.age", 3).unwrap().unwrap(), b"one");
    assert_eq!(shelf().get("chunks/aa/two.age", 3).unwrap(), None);
    assert!(
        shelf().get("chunks/aa/one.age", 2).is_err(),
        "longer than it may be"
    );
    shelf().remove("chunks/aa/none.age").unwrap();

    let place = Place::sqlite();
    let data = place.open();
    let chance = scene::chance();
    for _ in 0..3 {
        done(run(data.commit(collect(&data, &*chance, &person(&*chance)))));
    }
    let key = age::x25519::Identity::generate();
    let about = SetAbout {
        at: now(),
        origin: data.checkpoint().origin,
        policy: [7; 32],
        epoch: None,
        recipients: Recipients::read(&[key.to_public().to_string()]).unwrap(),
    };
    let made = run(data.back_up(Box::new(shelf()), about, |_, _| {})).unwrap();
    let identity = Identity::read(key.to_string().expose_secret()).unwrap();
    let origin = data.checkpoint().origin;
    let ledger = (origin.as_str(), data.verifier_key());
    let set = open_set(
        Box::new(shelf()),
        None,
        ledger,
        data.vault().backup_key(),
        identity,
    )
    .unwrap();
    assert_eq!(set.manifest().id, made.id);
    for table in &set.manifest().tables {
        let mut rows = 0;
        set.rows(&table.name, |_, some| {
            rows += some.len() as u64;
            Ok(())
        })
        .unwrap();
        assert_eq!(rows, table.rows);
    }
    let thinned = thin(&shelf(), ledger, Keep::default(), now()).unwrap();
    assert_eq!(
        (thinned.sets.len(), thinned.chunks),
        (0, 1),
        "what no set names is swept"
    );

    let nowhere = ObjectShelf::at(&store(&url, "no-such-bucket"), clock()).unwrap();
    assert!(matches!(nowhere.put("sets/a", b"x"), Err(BackupFault::Place(_))));
    drop(server);
    let fault = shelf().list("sets/").unwrap_err().to_string();
    assert!(
        !fault.contains("Signature"),
        "an address that lets somebody in was said: {fault}"
    );
}
