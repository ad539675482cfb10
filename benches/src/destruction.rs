//! How long destruction takes, and how much memory the remembered people need.

use std::time::Instant;

use sandyq_processing::Language;

use crate::world::World;

/// From the acknowledged withdrawal to the signed receipt, for people with few and with many accounted operations.
pub async fn latency() {
    let world = World::settled(40).await;
    let system = world.system();
    for guest in world.people.iter().take(20) {
        for _ in 0..100 {
            system.my_data(&guest.caller, Language::En).await.unwrap();
        }
    }
    let worker = tokio::spawn(system.clone().worker());
    for (what, people) in [
        ("12 values, 100 looks", &world.people[..20]),
        ("12 values, few looks", &world.people[20..]),
    ] {
        let mut waits = Vec::new();
        for guest in people {
            let begin = Instant::now();
            let withdrawn = system
                .take_withdrawal(&guest.caller, world.stage.key())
                .await
                .unwrap();
            while system
                .receipt(&withdrawn.number, Language::En)
                .await
                .unwrap()
                .is_none()
            {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            waits.push(begin.elapsed());
        }
        waits.sort_unstable();
        let at = |place: usize| waits[place].as_secs_f64() * 1e3;
        println!(
            "withdrawal to signed receipt ({what}): p50 {:.1} ms, slowest {:.1} ms",
            at(waits.len() / 2),
            at(waits.len() - 1)
        );
    }
    worker.abort();
}

/// What a remembered person costs, extrapolated to 100,000.
pub async fn memory() {
    const PEOPLE: usize = 2_000;
    let before = resident_kib();
    let world = World::settled(PEOPLE).await;
    let sales = &world.sales;
    for guest in &world.people {
        world
            .system()
            .open_case(
                sales,
                &guest.reference,
                Some(sandyq_model::Purpose::ORDERS),
                Language::En,
            )
            .await
            .unwrap();
    }
    let per_person = (resident_kib() - before) as f64 / PEOPLE as f64;
    println!(
        "memory: {per_person:.1} KiB a remembered person; {:.0} MiB for 100,000 (20,000 are remembered at most)",
        per_person * 100_000.0 / 1024.0
    );
}

fn resident_kib() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
