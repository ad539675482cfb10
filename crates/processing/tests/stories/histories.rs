//! DEF-4, 6.3: the proof that destruction holds. Random histories of everything that can be done with people, with
//! crashes, backups, copies by a stranger, ends of epochs, and restores of any set in between. After every step nobody
//! destroyed is readable or found, what is blocked stays blocked, no withdrawn consent is back, the ledger only grows,
//! and every receipt holds.
//!
//! Each history is a world of its own, so that one that fails can be made smaller. `SANDYQ_HISTORIES` says how many,
//! `SANDYQ_HISTORIES_SEED` with which seed they begin.

use std::sync::Mutex;

use crate::world::{Count, PEOPLE, Step, World};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Histories tried unless the environment asks for more: some fifty seconds on two cores.
const HISTORIES: u32 = 400;
/// Steps of a history at most, after its beginning.
const STEPS_MAX: usize = 28;
/// How every history begins: with somebody to lose, and something to bring back.
const BEGINNING: [Step; 3] = [Step::Come(0), Step::Come(1), Step::Backup];
/// The seed unless the environment names one.
const SEED: u64 = 41;
/// Threads that try histories.
const THREADS: u64 = 4;

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE;
    prop_oneof![
        2 => who().prop_map(Step::Submit),
        8 => who().prop_map(Step::Come),
        2 => (who(), 0_u8..100).prop_map(|(p, digit)| Step::Clarify(p, digit)),
        1 => who().prop_map(Step::Look),
        2 => who().prop_map(Step::Pay),
        5 => who().prop_map(Step::Withdraw),
        1 => who().prop_map(Step::Letter),
        3 => Just(Step::Queue),
        2 => who().prop_map(Step::Block),
        1 => who().prop_map(Step::Unblock),
        1 => who().prop_map(Step::Renew),
        1 => (1_u8..20).prop_map(Step::Days),
        2 => Just(Step::EndEpoch),
        4 => Just(Step::Backup),
        2 => Just(Step::Copy),
        1 => Just(Step::Restart),
        1 => Just(Step::Crash),
        2 => Just(Step::CrashInDeaths),
        1 => Just(Step::CrashInEpoch),
        2 => (0_usize..6).prop_map(Step::Restore),
        1 => (0_usize..6).prop_map(Step::RestoreWithoutOld),
    ]
}

fn asked(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn nobody_who_was_destroyed_comes_back_in_any_history() {
    let wanted = asked("SANDYQ_HISTORIES").map_or(HISTORIES, |wanted| u32::try_from(wanted).unwrap());
    let seed = asked("SANDYQ_HISTORIES_SEED").unwrap_or(SEED);
    eprintln!("{wanted} histories from seed {seed}");
    let total = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let total = &total;
            let share = wanted / u32::try_from(THREADS).unwrap();
            scope.spawn(move || histories(share, seed * THREADS + thread, total));
        }
    });
    let total = total.into_inner().unwrap();
    let sum = |of: fn(&Count) -> usize| total.iter().map(of).sum::<usize>();
    eprintln!(
        "{} histories: {} people destroyed, {} withdrawals, {} receipts, {} crashes, {} epochs ended, {} restores \
         ({} with nothing but keys, {} with nothing but a second copy, {} refused rightly), {} old copies of which {} opened, {} dead keys open for the \
         attacker until their epoch ends",
        total.len(),
        sum(|count| count.destroyed),
        sum(|count| count.withdrawn),
        sum(|count| count.receipts),
        sum(|count| count.crashes),
        sum(|count| count.epochs),
        sum(|count| count.restores),
        sum(|count| count.restores_without_old),
        sum(|count| count.machines_lost),
        sum(|count| count.refused_restores),
        sum(|count| count.copies),
        sum(|count| count.copies_that_open),
        sum(|count| count.opened_by_attacker),
    );
    // Or the histories are empty, and the attacker is a straw man.
    let each: [fn(&Count) -> usize; 9] = [
        |count| count.destroyed,
        |count| count.receipts,
        |count| count.restores,
        |count| count.restores_without_old,
        |count| count.machines_lost,
        |count| count.crashes,
        |count| count.epochs,
        |count| count.copies_that_open,
        |count| count.opened_by_attacker,
    ];
    assert!(each.into_iter().all(|of| sum(of) > 0));
}

fn histories(wanted: u32, seed: u64, total: &Mutex<Vec<Count>>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        cases: wanted,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let strategy = (any::<u64>(), prop::collection::vec(step(), 5..STEPS_MAX));
    let outcome = runner.run(&strategy, |(seed, steps)| {
        let count = runtime.block_on(async {
            let mut world = World::new(seed).await;
            for step in BEGINNING.iter().chain(&steps) {
                world.does(step).await;
            }
            world.ends().await;
            world.count
        });
        total.lock().unwrap().push(count);
        Ok(())
    });
    if let Err(failed) = outcome {
        panic!("seed {seed}: {failed}");
    }
}
