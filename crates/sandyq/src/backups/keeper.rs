//! What the administrator's page asks for: how backups stand, and a set or a drill that is begun there and goes on by itself.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use sandyq_model::{Actor, Clock};
use sandyq_processing::at_rest::{Backups as Stand, DrillDone, Going, SetMade, Upkeep};
use sandyq_processing::ports::Keeper;

use super::{Backups, Remembered, Wanted};
use crate::commands::drill;
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside::WallClock;

/// Looks after the backups of a folder that is being served. Clones are one.
#[derive(Clone)]
pub struct HouseKeeper {
    backups: Backups,
    folder: DataFolder,
    work: Arc<Work>,
}

/// The work that was begun here: one piece at a time.
#[derive(Default)]
struct Work {
    now: Mutex<Now>,
    rows: AtomicU64,
}

#[derive(Default)]
struct Now {
    going: Option<(Upkeep, Timestamp)>,
    failed: Option<(Upkeep, String)>,
}

impl std::fmt::Debug for HouseKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HouseKeeper")
    }
}

impl HouseKeeper {
    /// Of that folder, whose backups these are.
    pub fn of(backups: &Backups, folder: &DataFolder) -> Self {
        Self {
            backups: backups.clone(),
            folder: folder.clone(),
            work: Arc::default(),
        }
    }

    /// The identities for drills, while both are at hand: on sticks that are plugged in, say.
    fn identities(&self) -> Option<Vec<PathBuf>> {
        let named = self.backups.settings().drill_identities.iter();
        named
            .map(|file| {
                let file = self.folder.path().join(file.as_ref()?);
                file.is_file().then_some(file)
            })
            .collect()
    }

    async fn does(&self, what: Upkeep, by: &Actor) -> Result<(), Failure> {
        let work = Arc::clone(&self.work);
        match what {
            Upkeep::Backup => {
                let progress = move |rows, _| work.rows.store(rows, Ordering::Relaxed);
                self.backups.make(None, by, progress).await.map(drop)
            }
            Upkeep::Drill => {
                let tried = self.tries_out().await;
                let drilled = drill::found(&tried, None);
                self.backups.drilled(by, drilled).await?;
                tried.map(drop)
            }
        }
    }

    /// Beside the requests, on a thread of its own: a set is read from end to end.
    async fn tries_out(&self) -> Result<drill::Tried, Failure> {
        let identities = self.identities().ok_or_else(|| {
            Failure::new(
                Exit::Configuration,
                "the identities of backup.drill_identity and backup.second_drill_identity are not both there",
            )
        })?;
        let (folder, work) = (self.folder.clone(), Arc::clone(&self.work));
        let tried = tokio::task::spawn_blocking(move || {
            let configuration = Configuration::read(&folder)?;
            let wanted = Wanted::newest(identities, &folder);
            drill::try_out(&wanted, &folder, &configuration, &|rows| {
                work.rows.store(rows, Ordering::Relaxed);
            })
        });
        tried
            .await
            .map_err(|_| Failure::new(Exit::Unavailable, "the drill stopped half-way; begin it again"))?
    }

    fn now(&self) -> std::sync::MutexGuard<'_, Now> {
        self.work.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Keeper for HouseKeeper {
    async fn backups(&self) -> Stand {
        let (folder, keeper) = (self.folder.clone(), self.clone());
        let read = tokio::task::spawn_blocking(move || {
            (
                Remembered::read(&folder),
                room(folder.path()),
                keeper.identities().is_some(),
            )
        });
        let (known, disk, can_drill) = read.await.unwrap_or_default();
        let settings = self.backups.settings();
        let rows = self.work.rows.load(Ordering::Relaxed);
        let now = self.now();
        Stand {
            place: settings.place.clone(),
            every_hours: settings.every_hours,
            max_age_days: settings.keep.max_age_days,
            made: known.made.map(|made| SetMade {
                id: made.id,
                at: instant(made.at),
                bytes: made.bytes,
            }),
            drilled: known.drilled.map(|drill| DrillDone {
                id: drill.id,
                at: instant(drill.at),
                worked: drill.worked,
                says: drill.says,
            }),
            going: now.going.map(|(what, since)| Going { what, since, rows }),
            failed: now.failed.clone(),
            can_drill,
            disk,
        }
    }

    async fn begin(&self, what: Upkeep, by: Actor) -> bool {
        {
            let mut now = self.now();
            let can = what == Upkeep::Backup || self.identities().is_some();
            if now.going.is_some() || self.backups.settings().place.is_none() || !can {
                return false;
            }
            *now = Now {
                going: Some((what, WallClock.now())),
                failed: None,
            };
            self.work.rows.store(0, Ordering::Relaxed);
        }
        let keeper = self.clone();
        tokio::spawn(async move {
            let done = keeper.does(what, &by).await;
            if let Err(failure) = &done {
                tracing::error!(fault = %failure, what = what.name(), "what was begun on the page did not come to its end");
            }
            *keeper.now() = Now {
                going: None,
                failed: done.err().map(|failure| (what, failure.to_string())),
            };
        });
        true
    }
}

/// Free space on the disk of a folder, and all of it (MiB); `None` when it cannot be read.
pub fn room(folder: &Path) -> Option<(u64, u64)> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    let mebibytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize) / MEBIBYTE;
    Some((mebibytes(stat.f_bavail), mebibytes(stat.f_blocks)))
}

/// What is remembered as seconds since 1970.
pub fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}

const MEBIBYTE: u64 = 1024 * 1024;
