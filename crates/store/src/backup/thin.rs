//! 5.1.6-c: sets do not stay for ever. All of the last days, then one for each day, then one for each week, and nothing
//! that is older than the limit, so that what was destroyed ages out even if a key should not have died.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::note::VerifierKey;
use sandyq_model::time::day_in_kazakhstan;

use super::fault::BackupFault;
use super::manifest::{CHUNKS, SETS, SetId, chunk_name};
use super::shelf::Shelf;
use super::verified::list;

/// Which sets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// All of so many days.
    pub all_days: u32,
    /// After that, the newest of each of so many days.
    pub daily: u32,
    /// After that, the newest of each of so many weeks.
    pub weekly: u32,
    /// None that is older than so many days, whatever else is said.
    pub max_age_days: u32,
}

/// What thinning removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thinned {
    /// Sets that were removed, oldest first.
    pub sets: Vec<SetId>,
    /// Chunks that no set names any more.
    pub chunks: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            all_days: 2,
            daily: 14,
            weekly: 8,
            max_age_days: 35,
        }
    }
}

/// Removes the sets that are not kept, and then every chunk that no set names. A set whose manifest does not hold is
/// left for somebody to look at, and so are all chunks as long as it is there: it is not known which are its own.
///
/// # Errors
/// [`BackupFault::Place`] when the place does not answer. Doing it again goes on where it stopped.
pub fn thin(
    shelf: &dyn Shelf,
    (origin, key): (&str, &VerifierKey),
    keep: Keep,
    now: Timestamp,
) -> Result<Thinned, BackupFault> {
    let mut thinned = Thinned::default();
    let (mut good, mut is_clear) = (Vec::new(), true);
    for line in list(shelf, origin, key)? {
        match line.manifest {
            Ok(manifest) => good.push(manifest),
            Err(_) if is_too_old(&line.id, keep, now) => {
                // What cannot be read any more keeps nobody: it goes when its time is over, as the others do (5.1.6-c).
                shelf.remove(&line.id.file())?;
                thinned.sets.push(line.id);
            }
            Err(fault) => {
                is_clear = false;
                tracing::error!(set = %line.id, %fault, "a backup set does not hold; its chunks are left alone");
            }
        }
    }
    good.sort_by_key(|manifest| manifest.at);
    let kept = kept(
        &good.iter().map(|manifest| manifest.at).collect::<Vec<_>>(),
        keep,
        now,
    );
    let mut named = HashSet::new();
    for (manifest, is_kept) in good.iter().zip(kept) {
        if is_kept {
            named.extend(manifest.chunks().map(|chunk| chunk_name(&chunk.name)));
        } else {
            shelf.remove(&manifest.id.file())?;
            thinned.sets.push(manifest.id.clone());
        }
    }
    if !is_clear {
        return Ok(thinned);
    }
    for draft in shelf
        .list(SETS)?
        .iter()
        .filter(|stored| SetId::of_file(&stored.name).is_none())
    {
        shelf.remove(&draft.name)?;
    }
    for stored in shelf.list(CHUNKS)? {
        if !named.contains(&stored.name) {
            shelf.remove(&stored.name)?;
            thinned.chunks += 1;
            thinned.bytes += stored.bytes;
        }
    }
    Ok(thinned)
}

/// Whether a set with that id was made longer ago than any set is kept.
fn is_too_old(id: &SetId, keep: Keep, now: Timestamp) -> bool {
    let age = |made: Date| day_in_kazakhstan(now).duration_since(made);
    let longest = SignedDuration::from_hours(24 * i64::from(keep.max_age_days.saturating_add(1)));
    id.day().is_some_and(|made| age(made) > longest)
}

/// For each instant, rising, whether the set of it is kept.
fn kept(ats: &[Timestamp], keep: Keep, now: Timestamp) -> Vec<bool> {
    let days = |count: u32| SignedDuration::from_hours(24 * i64::from(count));
    let (mut seen_days, mut seen_weeks) = (HashSet::<Date>::new(), HashSet::<(i16, i8)>::new());
    let newest_first = ats.iter().rev().map(|at| {
        let age = now.duration_since(*at);
        let day = day_in_kazakhstan(*at);
        let week = day.iso_week_date();
        let is_first_of_day = seen_days.insert(day);
        let is_first_of_week = seen_weeks.insert((week.year(), week.week()));
        if age > days(keep.max_age_days) {
            return false;
        }
        age <= days(keep.all_days)
            || is_first_of_day && age <= days(keep.all_days.saturating_add(keep.daily))
            || is_first_of_week
                && age
                    <= days(
                        keep.all_days
                            .saturating_add(keep.daily)
                            .saturating_add(keep.weekly.saturating_mul(7)),
                    )
    });
    let mut kept: Vec<bool> = newest_first.collect();
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_two_days_then_one_a_day_then_one_a_week_and_nothing_beyond_the_limit() {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        let hours: Vec<i64> = (0..480).map(|step| 6 * (479 - step)).collect();
        let ats: Vec<Timestamp> = hours
            .iter()
            .map(|hours| now - SignedDuration::from_hours(*hours))
            .collect();
        let long = Keep {
            max_age_days: 90,
            ..Keep::default()
        };
        let kept = kept(&ats, long, now);
        let within = |from: i64, to: i64| {
            hours
                .iter()
                .zip(&kept)
                .filter(|(age, kept)| (from * 24 < **age && **age <= to * 24) && **kept)
                .count()
        };
        assert_eq!(within(-1, 2), 9);
        assert_eq!(within(2, 16), 14);
        assert!((7..=9).contains(&within(16, 72)), "{}", within(16, 72));
        assert_eq!(within(72, 120), 0);
        let oldest = super::kept(&ats, Keep::default(), now);
        let oldest = hours.iter().zip(&oldest).filter(|(_, kept)| **kept);
        assert!(oldest.map(|(age, _)| *age).max() <= Some(35 * 24));
        let short = Keep {
            max_age_days: 1,
            ..Keep::default()
        };
        assert_eq!(
            super::kept(&ats, short, now).iter().filter(|kept| **kept).count(),
            5
        );
    }
}
