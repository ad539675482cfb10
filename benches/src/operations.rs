//! Decisions, audited decrypting reads and durable sealed writes, in process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sandyq_model::{
    Actor, Category, Facts, Field, FieldSet, IdempotencyKey, Operation, Plain, Purpose, Role, Standing,
    SubjectId, act,
};
use sandyq_processing::Language;
use sandyq_rehearsal::SeededChance;

use sandyq_store::database::ReaderExt;

use crate::load::{self, line};
use crate::world::World;
use crate::{IN_FLIGHT, stage};

/// The cost of one decision on fourteen fields, by the tables.
pub fn decision() {
    const ROUNDS: u32 = 1_000_000;
    let policy = stage::shipped_policy();
    let chance = SeededChance::new(1);
    let fields: FieldSet = (1..=6).chain(11..=16).filter_map(Field::new).collect();
    let now = stage::BEGINNING.parse().unwrap();
    let actor = Actor {
        role: Role::SALES,
        ..Actor::subject(SubjectId::random(&chance))
    };
    let operation: Operation<act::Extract> = Operation::new(
        actor,
        SubjectId::random(&chance),
        Category::Guest,
        now,
        IdempotencyKey::random(&chance),
    )
    .on(fields)
    .for_purpose(Purpose::ORDERS);
    let facts = Facts {
        standing: Some(Standing::Active),
        familiar: true,
        consented: FieldSet::ALL,
        case: true,
        ..Facts::default()
    };
    for (what, facts) in [
        ("permit", facts.clone()),
        (
            "refusal",
            Facts {
                familiar: false,
                ..facts
            },
        ),
    ] {
        let begin = Instant::now();
        for _ in 0..ROUNDS {
            std::hint::black_box(policy.decide(std::hint::black_box(&operation), &facts).is_ok());
        }
        println!(
            "decision ({what}, {} fields): {} ns",
            fields.len(),
            begin.elapsed().as_nanos() / u128::from(ROUNDS)
        );
    }
}

/// Audited, decided, decrypting reads: staff open cases.
pub async fn reads(world: &World, duration: Duration) {
    for in_flight in IN_FLIGHT {
        let (system, sales, people) = (
            world.system(),
            world.sales.clone(),
            Arc::new(world.people.clone()),
        );
        let before = entries_and_groups(world).await;
        let figure = load::run(in_flight, duration, move |worker, round| {
            let (system, sales, people) = (system.clone(), sales.clone(), Arc::clone(&people));
            async move {
                let place = (worker * 7919 + usize::try_from(round).unwrap() * 31) % people.len();
                let reference = &people[place].reference;
                let opened = system
                    .open_case(&sales, reference, Some(Purpose::ORDERS), Language::En)
                    .await
                    .unwrap();
                assert!(opened.fields.len() >= 5);
            }
        })
        .await;
        line(
            "audited decrypting read",
            in_flight,
            &figure,
            since(world, before).await,
        );
    }
}

/// Durable sealed writes: people change their telephone number.
pub async fn writes(world: &World, duration: Duration) {
    for in_flight in IN_FLIGHT {
        let (system, people) = (world.system(), Arc::new(world.people.clone()));
        let chance = Arc::clone(&world.stage.chance);
        let before = entries_and_groups(world).await;
        let figure = load::run(in_flight, duration, move |worker, _| {
            let (system, people, chance) = (system.clone(), Arc::clone(&people), Arc::clone(&chance));
            async move {
                let guest = &people[worker % people.len()];
                let key = IdempotencyKey::random(chance.as_ref());
                let typed = Plain::from("+7 702 765 43 21");
                system
                    .clarify(&guest.caller, "contact_phone", &typed, key)
                    .await
                    .unwrap();
            }
        })
        .await;
        line(
            "durable sealed write",
            in_flight,
            &figure,
            since(world, before).await,
        );
    }
}

/// Who looked at my data, when that takes longest: all but few of the newest entries are in no run of postings yet, and
/// nearly each is in a block of its own, because nothing else was in flight.
pub async fn account(world: &World, duration: Duration) {
    const RUN_ENTRIES: u64 = 8192;
    let system = world.system();
    for guest in world.people.iter().cycle() {
        let purpose = Some(Purpose::ORDERS);
        let opened = system.open_case(&world.sales, &guest.reference, purpose, Language::En);
        opened.await.unwrap();
        if system.store().checkpoint().size % RUN_ENTRIES > RUN_ENTRIES - 1_000 {
            break;
        }
    }
    let people = Arc::new(world.people.clone());
    let figure = load::run(1, duration, move |_, round| {
        let (system, people) = (system.clone(), Arc::clone(&people));
        async move {
            let guest = &people[usize::try_from(round).unwrap() % people.len()];
            let accesses = system.my_accesses(&guest.caller, 1, Language::En).await.unwrap();
            assert!(!accesses.rows.is_empty());
        }
    })
    .await;
    line("who looked at my data", 1, &figure, None);
}

/// Entries in the ledger, and commits that were made durable together.
pub async fn entries_and_groups(world: &World) -> (u64, u64) {
    let store = world.stage.system.store();
    let groups = store
        .read(|reader| {
            let count = reader.first("SELECT COUNT(*) FROM ledger_checkpoint", &[], |row| {
                row.take::<u64>(0)
            })?;
            Ok(count.unwrap_or(0))
        })
        .await
        .unwrap();
    (store.checkpoint().size, groups)
}

/// Entries that shared a sync, since then.
pub async fn since(world: &World, before: (u64, u64)) -> Option<f64> {
    let after = entries_and_groups(world).await;
    let groups = after.1 - before.1;
    (groups > 0).then(|| (after.0 - before.0) as f64 / groups as f64)
}
