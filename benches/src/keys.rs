//! What the end of an epoch of keys costs, by how many people there are and how many died in it; and what it costs to
//! look up a key. On one key store on the disk of this machine, without anything else of the system.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sandyq_model::{Chance, Field, SubjectId};
use sandyq_rehearsal::{SeededChance, SetClock};
use sandyq_store::vault::{EpochSlots, KeyFile, KeyStore, KeyVersions, Lead, NewKey, Vault};

/// Deaths in one epoch that are measured.
const DEATHS: [usize; 3] = [1, 100, 10_000];
/// Keys that are put or killed in one durable commit.
const GROUP: usize = 1024;
/// Nodes that get a new key in one durable commit, as the store asks for.
const NODES_A_STEP: usize = 64;
/// The fields by which each is found: an e-mail address and a telephone number.
const LEADS: [u8; 2] = [13, 6];
/// Keys that are looked up.
const LOOKS: usize = 20_000;

/// A key store with so many people in it.
struct Keys {
    folder: tempfile::TempDir,
    store: KeyStore,
    vault: Vault,
    chance: Arc<SeededChance>,
    living: Vec<SubjectId>,
}

/// Measures with so many people.
pub fn measure(people: usize) {
    let began = Instant::now();
    let mut keys = Keys::with(people);
    let bytes = std::fs::metadata(keys.folder.path().join("keys.db"))
        .unwrap()
        .len();
    println!(
        "{people} people: {:.1} MB, made in {:.0} s",
        mega(bytes),
        began.elapsed().as_secs_f64()
    );
    keys.looks("look up a key");
    for deaths in DEATHS.into_iter().filter(|deaths| *deaths * 2 <= people) {
        keys.rotates(deaths);
    }
    keys.looks("look up a key after the epochs");
}

fn lead_to(subject: SubjectId, field: u8, chance: &SeededChance) -> Lead {
    let mut lead = Lead {
        subject,
        field: Field::new(field).unwrap(),
        generation: 1,
        mark: [0; 12],
        token: [0; 16],
    };
    chance.fill(&mut lead.mark);
    chance.fill(&mut lead.token);
    lead
}

impl Keys {
    fn with(people: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let chance = Arc::new(SeededChance::new(5));
        let clock = Arc::new(SetClock::at(Timestamp::now()));
        let root = KeyFile::create(&at("root.key"), 1, &*chance, &*clock).unwrap();
        let (versions, drawn): (_, Arc<dyn Chance>) = (KeyVersions::first(), chance.clone());
        let vault = Vault::unlock(&root, &versions, Arc::clone(&drawn)).unwrap();
        let slots = EpochSlots::open(&[at("epoch.key")], &root, &versions, Arc::clone(&drawn)).unwrap();
        let mut store = KeyStore::open_file(&at("keys.db"), Box::new(slots), clock, drawn).unwrap();
        let mut living: Vec<SubjectId> = (0..people).map(|_| SubjectId::random(&*chance)).collect();
        // In order, so that making it does not take longer than measuring it.
        living.sort_unstable();
        for group in living.chunks(8 * GROUP) {
            let (mut new, mut leads): (Vec<NewKey>, Vec<Lead>) = (Vec::new(), Vec::new());
            for id in group {
                new.push(vault.new_subject_key(&*chance, *id, 1).unwrap().1);
                leads.extend(LEADS.map(|field| lead_to(*id, field, &chance)));
            }
            store.put_all(&new, &leads).unwrap();
        }
        Self {
            folder,
            store,
            vault,
            chance,
            living,
        }
    }

    fn below(&self, limit: usize) -> usize {
        usize::try_from(self.chance.next()).unwrap() % limit
    }

    fn rotates(&mut self, deaths: usize) {
        let dead: Vec<(SubjectId, u32)> = (0..deaths)
            .map(|_| (self.living.swap_remove(self.below(self.living.len())), 1))
            .collect();
        let began = Instant::now();
        for group in dead.chunks(GROUP) {
            self.store.kill(group).unwrap();
        }
        let killed = began.elapsed();
        let (began, mut steps, mut longest) = (Instant::now(), 0, Duration::ZERO);
        let ending = loop {
            let step = Instant::now();
            let ending = self.store.rotate_step(NODES_A_STEP).unwrap();
            (steps, longest) = (steps + 1, longest.max(step.elapsed()));
            if let Some(ending) = ending {
                break ending;
            }
        };
        self.store.end_epoch().unwrap();
        let took = began.elapsed();
        println!(
            "  {deaths} deaths: killed in {:.1} ms; the epoch ended in {:.1} ms, {} nodes ({:.2} for each death), \
             {steps} steps, the longest {:.1} ms",
            millis(killed),
            millis(took),
            ending.nodes,
            f64_of(ending.nodes) / f64_of(deaths as u64),
            millis(longest)
        );
    }

    fn looks(&self, what: &str) {
        let reader = self.store.reader().unwrap();
        let who: Vec<SubjectId> = (0..LOOKS)
            .map(|_| self.living[self.below(self.living.len())])
            .collect();
        let began = Instant::now();
        for id in &who {
            assert!(reader.get(*id, 1).unwrap().is_some());
        }
        let in_the_store = began.elapsed();
        let few = &who[..LOOKS / 10];
        for id in few {
            self.vault.subject_key(&reader, *id, 1).unwrap();
        }
        let began = Instant::now();
        for id in few {
            assert!(self.vault.subject_key(&reader, *id, 1).unwrap().is_some());
        }
        let remembered = began.elapsed();
        println!(
            "  {what}: {:.1} µs in the store, {:.2} µs when it was opened lately",
            millis(in_the_store) * 1e3 / f64_of(LOOKS as u64),
            millis(remembered) * 1e3 / f64_of(few.len() as u64)
        );
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn mega(bytes: u64) -> f64 {
    f64_of(bytes) / 1e6
}

#[allow(clippy::cast_precision_loss, reason = "figures to be read")]
fn f64_of(number: u64) -> f64 {
    number as f64
}
