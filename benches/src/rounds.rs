//! Several programs in alternating rounds, because a ratio counts only when both sides ran under the same weather: the
//! middle of the rounds for each figure, and the least and the greatest.

use std::collections::BTreeMap;
use std::process::Command;

/// What the rounds of a program gave for one load: a list for each column.
type Columns = Vec<Vec<f64>>;

/// Runs `PROGRAM WHAT SECONDS` for each program in turn, so many rounds, and prints what the rounds came to.
pub fn alternate(rounds: usize, what: &str, seconds: &str, programs: &[String]) {
    let mut figures: BTreeMap<(String, usize, usize), Columns> = BTreeMap::new();
    for _ in 0..rounds {
        for (number, program) in programs.iter().enumerate() {
            let output = Command::new(program).args([what, seconds]).output().unwrap();
            assert!(output.status.success(), "{program} did not come to its end");
            for line in String::from_utf8(output.stdout).unwrap().lines() {
                if let Some((load, in_flight, columns)) = read(line) {
                    let rounds = figures.entry((load, in_flight, number)).or_default();
                    rounds.resize(columns.len(), Vec::new());
                    rounds.iter_mut().zip(columns).for_each(|(to, one)| to.push(one));
                }
            }
        }
    }
    println!("program, load, in flight: a second | p50 ms | p99 ms | processor us | entries per sync");
    for ((load, in_flight, number), columns) in figures {
        let columns: Vec<String> = columns.into_iter().map(spread).collect();
        println!(
            "{}, {load}, {in_flight}: {}",
            programs[number],
            columns.join(" | ")
        );
    }
}

/// A line of [`crate::load::line`]: the load, how many in flight, and its numbers.
fn read(line: &str) -> Option<(String, usize, Vec<f64>)> {
    let (load, numbers) = line.split_once(" in flight ")?;
    let (load, in_flight) = load.rsplit_once(' ')?;
    let numbers = numbers.split_whitespace();
    // "p50" and the like are words, and a load without commits has no entries.
    let numbers = numbers.filter_map(|word| word.trim_end_matches("/s").parse().ok());
    Some((load.trim().to_owned(), in_flight.parse().ok()?, numbers.collect()))
}

fn spread(mut rounds: Vec<f64>) -> String {
    rounds.sort_by(f64::total_cmp);
    let (least, greatest) = (rounds[0], rounds[rounds.len() - 1]);
    format!("{} ({least}\u{2013}{greatest})", rounds[rounds.len() / 2])
}
