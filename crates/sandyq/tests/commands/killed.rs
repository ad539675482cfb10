//! 5.1.6: commands that are killed on their way leave nothing that has to be mended by hand.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::backup::with_backups;
use super::escrow::run;
use super::said::Place;

/// Instants at which a command is killed, from its start to somewhat behind its end.
const KILLS: u32 = 24;

/// Starts a command and kills it after that time; says whether it had ended by itself.
fn killed_after(place: &Place, line: &str, time: Duration) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    let mut child = place.start(&words, Stdio::null());
    std::thread::sleep(time);
    let _ended_already = child.kill();
    child.wait().unwrap().success()
}

#[expect(clippy::disallowed_methods, reason = "how long a process takes is real")]
fn time_of(place: &Place, line: &str) -> Duration {
    let began = Instant::now();
    run(place, line).ends(0);
    began.elapsed()
}

fn files(place: &Place, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut ahead = vec![place.path(folder)];
    while let Some(path) = ahead.pop() {
        for entry in fs::read_dir(path).unwrap().flatten() {
            if entry.path().is_dir() {
                ahead.push(entry.path());
            } else {
                let below = entry.path();
                let below = below.strip_prefix(place.path(folder)).unwrap();
                names.push(below.display().to_string());
            }
        }
    }
    names.sort();
    names
}

#[test]
fn init_leaves_a_whole_folder_or_none() {
    let place = Place::new();
    let whole = time_of(&place, "init data");
    let complete = files(&place, "data");
    let mut cut_off = 0;
    for kill in 0..KILLS {
        let folder = format!("data-{kill}");
        let line = format!("init {folder}");
        cut_off += u32::from(!killed_after(&place, &line, whole * kill / (KILLS - 4)));
        if !place.path(&folder).exists() {
            run(&place, &line).ends(0);
        }
        assert_eq!(files(&place, &folder), complete, "killed at {kill} of {KILLS}");
    }
    assert!(cut_off > 0, "or none was killed on its way");
}

#[test]
fn a_drill_that_was_killed_is_in_nobodys_way() {
    let place = with_backups();
    run(&place, "staff add gulmira --role responsible --data data").ends(0);
    run(&place, "backup --data data").ends(0);
    let line = "drill --data data --identity identity --identity other";
    let whole = time_of(&place, line);
    let mut cut_off = 0;
    for kill in 0..KILLS {
        cut_off += u32::from(!killed_after(&place, line, whole * kill / (KILLS - 4)));
    }
    assert!(cut_off > 0, "or none was killed on its way");
    run(&place, line).ends(0);
    assert!(!place.path("data.drill").exists());
    run(&place, "verify --data data").ends(0);
    run(&place, "backup --data data").ends(0);
}
