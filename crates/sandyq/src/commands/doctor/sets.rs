//! 5.1.6: whether the sets at the place of backups hold: every manifest, the parts of the newest, and that none is too old.
//! Bounded in time, and in how long the place may be silent.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::note::VerifierKey;
use sandyq_model::{Chance, Clock};
use sandyq_store::backup::{Keep, Manifest, PartsRead, SetLine, Shelf, check_parts, list};

use super::super::backup::{ago, in_bytes};
use super::{Finding, State, in_one_line};
use crate::backups::Remembered;
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside::{SystemChance, WallClock};
use crate::running;
use crate::terminal::Terminal;

/// What comes from the thread that looks.
enum Heard {
    /// So far.
    Progress(PartsRead),
    /// The end.
    Found(Finding),
}

/// How the sets are; nothing when there is no place for them. `ledger`: the name of the ledger and its verifying key.
pub(super) fn finding(
    folder: &DataFolder,
    configuration: &Configuration,
    ledger: Result<(String, VerifierKey), Failure>,
    terminal: &Terminal,
) -> Option<Finding> {
    // A policy with errors is a finding of its own.
    let settings = match running::policy(folder) {
        Ok(policy) => configuration.backups().within(&policy),
        Err(_) => configuration.backups(),
    };
    let place = settings.place.clone()?;
    let (origin, key) = match ledger {
        Ok(ledger) => ledger,
        Err(failure) => return Some(new(State::Unknown, in_one_line(&failure))),
    };
    let shelf = match settings.shelf(&place, folder) {
        Ok(shelf) => shelf,
        Err(failure) => return Some(new(State::Wrong, in_one_line(&failure))),
    };
    let made = Remembered::read(folder).made;
    let made = made.filter(|made| Path::new(&made.place) == Path::new(&place));
    let made = made.map(|made| made.id);
    let (tell, hear) = channel();
    // A place that does not answer holds this thread, and nobody else.
    std::thread::spawn(move || {
        let found = match list(&*shelf, &origin, &key) {
            Ok(sets) => look(&*shelf, &sets, (settings.keep, made.as_deref()), &tell),
            Err(fault) => new(State::Wrong, in_one_line(&fault.into())),
        };
        // Whoever asked may have given up.
        let _ = tell.send(Heard::Found(found));
    });
    let found = wait(&hear, SILENCE, terminal);
    terminal.progress_ended();
    Some(found)
}

/// Waits for what is found; not for longer than that without a word.
fn wait(hear: &Receiver<Heard>, silence: Duration, terminal: &Terminal) -> Finding {
    loop {
        match hear.recv_timeout(silence) {
            Ok(Heard::Found(found)) => return found,
            Ok(Heard::Progress(read)) => terminal.progress(&format!(
                "the newest set: {} of {} parts, {}",
                read.parts,
                read.of,
                in_bytes(read.bytes)
            )),
            Err(RecvTimeoutError::Timeout) => {
                let says = format!(
                    "the place has not answered for {} seconds: look at its mount",
                    silence.as_secs()
                );
                return new(State::Wrong, says);
            }
            Err(RecvTimeoutError::Disconnected) => return new(State::Unknown, "could not be looked at"),
        }
    }
}

fn look(
    shelf: &dyn Shelf,
    sets: &[SetLine],
    (keep, made): (Keep, Option<&str>),
    tell: &Sender<Heard>,
) -> Finding {
    let now = WallClock.now();
    if let Some((id, fault)) = sets
        .iter()
        .find_map(|set| Some((&set.id, set.manifest.as_ref().err()?)))
    {
        let says = format!("the set {id} does not hold: {fault}; look at the disk, and at who writes there");
        return new(State::Wrong, says);
    }
    if let Some(made) = made.filter(|made| !sets.iter().any(|set| set.id.to_string() == **made)) {
        let says = format!("the set that was made last, {made}, is not there; run: sandyq backup");
        return new(State::Wrong, says);
    }
    let held = || sets.iter().filter_map(|set| set.manifest.as_ref().ok());
    let Some(newest) = held().max_by_key(|set| set.at) else {
        return new(State::Warning, "there is none");
    };
    if let Some(wrong) = held()
        .min_by_key(|set| set.at)
        .and_then(|set| too_old(set.at, keep, now))
    {
        return wrong;
    }
    newest_holds(shelf, newest, sets.len(), tell)
}

/// 5.1.6-c: who was destroyed must age out of every set.
fn too_old(oldest: Timestamp, keep: Keep, now: Timestamp) -> Option<Finding> {
    let limit = SignedDuration::from_hours(24 * (i64::from(keep.max_age_days) + SLACK_DAYS));
    (now.duration_since(oldest) > limit).then(|| {
        let says = format!(
            "the oldest was made {}, and none may be older than {} days (5.1.6); run: sandyq backup thin",
            ago(oldest.as_second(), now),
            keep.max_age_days
        );
        new(State::Wrong, says)
    })
}

fn newest_holds(shelf: &dyn Shelf, newest: &Manifest, count: usize, tell: &Sender<Heard>) -> Finding {
    let until = WallClock.now() + CHECK_MAX;
    let mut from = [0; 4];
    // Not always from the first on: what is beyond the bound today is looked at another day.
    SystemChance::new().fill(&mut from);
    let from = usize::try_from(u32::from_le_bytes(from)).unwrap_or(0);
    let looked = check_parts(shelf, newest, from, &mut |read| {
        tell.send(Heard::Progress(read)).is_ok() && WallClock.now() < until
    });
    match looked {
        Err(bad) => {
            let says = format!(
                "the newest set, {}, does not hold: {}; move {} away from {}, and run: sandyq backup",
                newest.id,
                bad.fault,
                bad.name,
                shelf.called()
            );
            new(State::Wrong, says)
        }
        Ok(read) if read.parts < read.of => new(
            State::Well,
            format!(
                "{count}; of the newest {} of {} parts were looked at in {} seconds, and hold; a drill looks at all",
                read.parts,
                read.of,
                CHECK_MAX.as_secs()
            ),
        ),
        Ok(read) => {
            let (parts, bytes) = (read.parts, in_bytes(read.bytes));
            new(
                State::Well,
                format!("{count}; all {parts} parts of the newest hold, {bytes}"),
            )
        }
    }
}

/// The ledger by which sets are believed, when no secret must be typed for it.
pub(super) fn ledger_unasked(
    folder: &DataFolder,
    configuration: &Configuration,
) -> Result<(String, VerifierKey), Failure> {
    if configuration.keys().asks() {
        return Err(Failure::new(
            Exit::Configuration,
            "not looked at, because the root key opens with what is typed",
        )
        .help("run: sandyq backup list"));
    }
    Ok(super::super::backup::ledger_key(folder, configuration)?.0)
}

fn new(state: State, says: impl Into<String>) -> Finding {
    Finding::new("sets", state, says)
}

/// The parts of the newest set are looked at for so long.
const CHECK_MAX: Duration = Duration::from_secs(60);
/// A place that says nothing for so long does not answer.
const SILENCE: Duration = Duration::from_secs(20);
/// Thinning is done when a set is made, which may be a day after a set became too old.
const SLACK_DAYS: i64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_beyond_the_maximum_age_is_wrong_a_day_later() {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        let keep = Keep::default();
        let old = |days: i64| too_old(now - SignedDuration::from_hours(24 * days), keep, now);
        assert!(old(35).is_none());
        let wrong = old(37).unwrap();
        assert_eq!(wrong.state, State::Wrong);
        assert!(wrong.says.contains("37 days ago") && wrong.says.contains("sandyq backup thin"));
    }

    #[test]
    fn a_place_that_does_not_answer_is_not_waited_for_for_ever() {
        let (tell, hear) = channel();
        let terminal = Terminal::new(true, None);
        let found = wait(&hear, Duration::from_millis(5), &terminal);
        assert_eq!(found.state, State::Wrong);
        assert!(found.says.contains("has not answered"), "{}", found.says);
        drop(tell);
        assert_eq!(
            wait(&hear, Duration::from_secs(60), &terminal).state,
            State::Unknown
        );
    }
}
