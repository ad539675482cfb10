//! How much memory people need who are remembered: memory that is ours, and pages of files that the engine maps and
//! the kernel takes back when it needs them. One process brings the people in, a fresh one looks at them, so that nothing
//! is counted that bringing them in has left behind.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use sandyq_model::Purpose;
use sandyq_processing::cases::Catalogue;
use sandyq_processing::ports::DemonstrationPayments;
use sandyq_processing::{Language, Settings, System};
use sandyq_rehearsal::{SeededChance, SetClock};
use sandyq_store::{Store, StoreOptions};

use crate::stage::{self, Letters};
use crate::world::{PASSWORD, World};

/// Brings people in and has a fresh process look at each of them once.
pub fn measure(people: &str) {
    let folder = tempfile::tempdir_in(".").unwrap();
    for step in ["bring-in", "look"] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let status = command.args([step, people]).arg(folder.path()).status().unwrap();
        assert!(status.success(), "{step} did not come to its end");
    }
}

/// The first process.
pub async fn bring_in(people: usize, folder: &Path) {
    let mut stays = tempfile::Builder::new();
    stays.prefix(PEOPLE).rand_bytes(0).disable_cleanup(true);
    let world = World::in_folder(stays.tempdir_in(folder).unwrap(), people).await;
    let references = world.people.iter().map(|guest| guest.reference.as_str());
    let references: Vec<&str> = references.collect();
    std::fs::write(folder.join(REFERENCES), references.join("\n")).unwrap();
    let code = world.stage.desks.code_of("aliya");
    std::fs::write(folder.join(CODE), code.expose()).unwrap();
}

/// The second process.
pub async fn look(folder: &Path) {
    let references = std::fs::read_to_string(folder.join(REFERENCES)).unwrap();
    let system = open(&folder.join(PEOPLE));
    let code = sandyq_model::Plain::new(std::fs::read_to_string(folder.join(CODE)).unwrap());
    let half_way = system.sign_in("aliya", PASSWORD.into()).await.unwrap();
    let entered = system.sign_in_by_number(half_way.token.expose(), &code);
    let entered = entered.await.unwrap();
    let sales = system.caller(entered.session.expose()).await.unwrap().unwrap();
    let before = report(0, None);
    for (number, reference) in references.lines().enumerate() {
        let opened = system.open_case(&sales, reference, Some(Purpose::ORDERS), Language::En);
        opened.await.unwrap();
        let looked = number + 1;
        if looked.is_multiple_of(5_000) || looked == 1_000 {
            report(looked, Some(before));
        }
    }
}

fn open(folder: &Path) -> System {
    let clock = Arc::new(SetClock::at(stage::BEGINNING.parse().unwrap()));
    let chance = Arc::new(SeededChance::new(12));
    let options = StoreOptions::in_folder(folder);
    System::new(Settings {
        policy: crate::world::without_bulk_limit(),
        store: Store::open(options, clock.clone(), chance.clone()).unwrap(),
        clock,
        chance,
        operator: Some(stage::operator()),
        catalogue: Catalogue::demonstration(sandyq_model::time::day_in_kazakhstan(
            stage::BEGINNING.parse().unwrap(),
        ))
        .unwrap(),
        payments: Arc::new(DemonstrationPayments),
        post: Arc::new(Letters::default()),
        provider: None,
        webhooks: None,
        answered_after: sandyq_processing::system::ANSWERED_AFTER,
    })
}

/// Prints what is resident, and gives what is ours.
fn report(looked: usize, before: Option<f64>) -> f64 {
    let (ours, mapped) = (resident_mib("RssAnon:"), resident_mib("RssFile:"));
    let each = before.map_or(0.0, |before| (ours - before) * 1024.0 / looked as f64);
    println!(
        "memory after a look at {looked:>6}: ours {ours:>6.1} MiB ({each:.1} KiB a person), mapped {mapped:>6.1} MiB"
    );
    ours
}

fn resident_mib(which: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(which)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

const PEOPLE: &str = "people";
const CODE: &str = "code";
const REFERENCES: &str = "references";
