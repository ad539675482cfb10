//! 5.1.6, 5.1.3: how what lies at rest is looked after: backups and their drills, the keys and their epochs, the second copy, the ledger
//! and the machine. For the administrator, who sees no personal data, and there is none in it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sandyq_ledger::entry::Happening;
use sandyq_model::{Actor, Fault, Role};
use sandyq_store::tables::job;

use crate::Rejected;
use crate::access::Caller;
use crate::ports::Keeper;
use crate::queue;
use crate::request::familiar_with_policy;
use crate::system::System;

/// A restore should be tried so often (days).
const DRILL_DAYS: i64 = 90;
/// Free space below this is wrong (MiB).
pub const DISK_WRONG: u64 = 100;
/// Free space below this is to be looked at (MiB).
pub const DISK_WARNING: u64 = 1024;
/// A witness that signs once a day has signed lately (hours).
pub const WITNESS_HOURS: i64 = 48;
/// More work than this means that the server is behind.
pub const QUEUE_WARNING: u64 = 1000;
/// The schedule has so long to end an epoch that is due.
pub const EPOCH_LATE: SignedDuration = SignedDuration::from_hours(1);
/// So many refused letters are counted.
const GIVEN_UP_MAX: u32 = 1_000;

/// What can be begun by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upkeep {
    /// Make a set.
    Backup,
    /// Restore the newest set into a scratch place, and look at everything in it.
    Drill,
}

impl Upkeep {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Backup, Self::Drill];

    /// Its name in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Drill => "drill",
        }
    }
}

/// A set that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetMade {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What it took up beside the sets before it (bytes); `None` of one that was made by an older program.
    pub bytes: Option<u64>,
}

/// A drill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrillDone {
    /// Of which set.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Whether everything was found right.
    pub worked: bool,
    /// What was found, for whoever looks after the machine: it names files and sets, and nobody.
    pub says: String,
}

/// Work that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Going {
    /// Which.
    pub what: Upkeep,
    /// Since when.
    pub since: Timestamp,
    /// How many rows are through.
    pub rows: u64,
}

/// What is known of backups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backups {
    /// Where sets go; `None`: none are made.
    pub place: Option<String>,
    /// How often one is made (hours).
    pub every_hours: u32,
    /// After how many days a set goes at the latest.
    pub max_age_days: u32,
    /// The last set.
    pub made: Option<SetMade>,
    /// The last drill.
    pub drilled: Option<DrillDone>,
    /// What goes on now.
    pub going: Option<Going>,
    /// Why the work that was begun last by hand did not come to its end.
    pub failed: Option<(Upkeep, String)>,
    /// Whether a drill can be begun from here: an identity is at hand.
    pub can_drill: bool,
    /// Free space on the disk of the data, and all of it (MiB).
    pub disk: Option<(u64, u64)>,
}

/// The keys and their epochs (DEF-4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Where the root key comes from, and since when it is the present one.
    pub root: (&'static str, Timestamp),
    /// Each use of a key, its version, and whether it is in use or reads only what is old.
    pub in_use: Vec<(&'static str, u16, bool)>,
    /// How many people have a key.
    pub people: u64,
    /// The present epoch, and since when.
    pub epoch: (u32, Timestamp),
    /// How many keys died in it, which old copies still open.
    pub deaths: u64,
    /// When the first of them did.
    pub oldest_death: Option<Timestamp>,
    /// When it ends at the latest; `None` while nobody died in it.
    pub due_at: Option<Timestamp>,
    /// Whether its end has begun and was cut off.
    pub changing: bool,
}

/// The second copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Frames that are durable in it.
    pub frames: u64,
    /// For how long the oldest waits that is not in it yet.
    pub behind: Option<Duration>,
    /// For how long it may.
    pub bound: Duration,
    /// Whether operations are refused until it follows.
    pub refuses: bool,
    /// Why it does not follow.
    pub fault: Option<String>,
}

/// The ledger, as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// How many entries the newest checkpoint signs.
    pub entries: u64,
    /// The witnesses who signed last, when the last of them did, and how many entries there were then.
    pub witnessed: Option<(Vec<String>, Timestamp, u64)>,
}

/// Work that waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Letters to send.
    pub letters: u64,
    /// People and values to destroy.
    pub destructions: u64,
    /// Everything else.
    pub others: u64,
}

impl Queue {
    /// All of it.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.letters + self.destructions + self.others
    }

    fn of(waiting: &[(String, u64)]) -> Self {
        let mut queue = Self::default();
        for (kind, count) in waiting {
            let of = match kind.as_str() {
                queue::DESTROY => &mut queue.destructions,
                letter if letter.starts_with(queue::LETTERS) => &mut queue.letters,
                _ => &mut queue.others,
            };
            *of += count;
        }
        queue
    }
}

/// Everything that lies at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtRest {
    /// When it was looked at.
    pub now: Timestamp,
    /// Backups; `None` where nobody makes any.
    pub backups: Option<Backups>,
    /// Keys.
    pub keys: Keys,
    /// The second copy.
    pub copy: Option<Copied>,
    /// The ledger.
    pub ledger: Signed,
    /// The work that waits.
    pub queue: Queue,
    /// Letters that nobody took in the last days.
    pub refused_letters: usize,
}

/// What needs a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// No backups are made.
    NoBackups,
    /// The last set is older than two turns.
    BackupLate(Option<Timestamp>),
    /// The last drill failed.
    DrillFailed,
    /// No drill for a quarter of a year, or ever.
    DrillLate(Option<Timestamp>),
    /// Old copies open keys for longer than they should.
    EpochLate(Timestamp),
    /// There is no second copy.
    NoCopy,
    /// The second copy does not follow.
    CopyBehind,
    /// Nobody outside signed lately.
    WitnessLate(Option<Timestamp>),
    /// Little room is left (MiB).
    Disk(u64),
    /// Much work waits.
    Queue(u64),
    /// Letters were not taken.
    Letters(usize),
}

impl Concern {
    /// Its name in the texts.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoBackups => "no-backups",
            Self::BackupLate(None) => "no-backup-yet",
            Self::BackupLate(Some(_)) => "backup-late",
            Self::DrillFailed => "drill-failed",
            Self::DrillLate(None) => "never-drilled",
            Self::DrillLate(Some(_)) => "drill-late",
            Self::EpochLate(_) => "epoch-late",
            Self::NoCopy => "no-copy",
            Self::CopyBehind => "copy-behind",
            Self::WitnessLate(None) => "no-witness",
            Self::WitnessLate(Some(_)) => "witness-late",
            Self::Disk(_) => "disk",
            Self::Queue(_) => "queue",
            Self::Letters(_) => "letters",
        }
    }
}

impl AtRest {
    /// What needs a look, the gravest first.
    #[must_use]
    pub fn concerns(&self) -> Vec<Concern> {
        let mut concerns = self.of_backups();
        if let Some(due) = self.keys.due_at.filter(|due| *due + EPOCH_LATE < self.now) {
            concerns.push(Concern::EpochLate(due));
        }
        match &self.copy {
            None => concerns.push(Concern::NoCopy),
            Some(copy) if copy.refuses || copy.fault.is_some() || copy.behind > Some(copy.bound) => {
                concerns.push(Concern::CopyBehind);
            }
            Some(_) => {}
        }
        let signed = self.ledger.witnessed.as_ref().map(|(_, at, _)| *at);
        let lately = self.now - SignedDuration::from_hours(WITNESS_HOURS);
        if signed.is_none_or(|at| at < lately) {
            concerns.push(Concern::WitnessLate(signed));
        }
        let waiting = self.queue.all();
        if waiting > QUEUE_WARNING {
            concerns.push(Concern::Queue(waiting));
        }
        if self.refused_letters > 0 {
            concerns.push(Concern::Letters(self.refused_letters));
        }
        concerns
    }

    fn of_backups(&self) -> Vec<Concern> {
        let Some(backups) = self.backups.as_ref().filter(|backups| backups.place.is_some()) else {
            return vec![Concern::NoBackups];
        };
        let mut concerns = Vec::new();
        if let Some((free, _)) = backups.disk.filter(|(free, _)| *free < DISK_WARNING) {
            concerns.push(Concern::Disk(free));
        }
        let made = backups.made.as_ref().map(|made| made.at);
        if made.is_none_or(|at| is_backup_late(at, backups.every_hours, self.now)) {
            concerns.push(Concern::BackupLate(made));
        }
        match &backups.drilled {
            Some(drill) if !drill.worked => concerns.push(Concern::DrillFailed),
            Some(drill) if !is_drill_late(drill.at, self.now) => {}
            drill => concerns.push(Concern::DrillLate(drill.as_ref().map(|drill| drill.at))),
        }
        concerns
    }
}

/// Whether a set that was made then is older than two turns of so many hours.
#[must_use]
pub fn is_backup_late(made: Timestamp, every_hours: u32, now: Timestamp) -> bool {
    made < now - SignedDuration::from_hours(2 * i64::from(every_hours.max(1)))
}

/// Whether a drill of that time is too long ago.
#[must_use]
pub fn is_drill_late(drilled: Timestamp, now: Timestamp) -> bool {
    drilled < now - SignedDuration::from_hours(24 * DRILL_DAYS)
}

/// What happened with a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backup {
    /// One was made.
    Made,
    /// One was restored into a scratch place and looked at.
    Drilled,
}

impl System {
    /// Enters in the ledger what somebody did with a backup, and whether it worked (5.1.5).
    ///
    /// # Errors
    /// When the entry cannot be committed.
    pub async fn account_for_backup(&self, what: Backup, by: &Actor, worked: bool) -> Result<(), Fault> {
        let happening = match what {
            Backup::Made => Happening::BackupMade,
            Backup::Drilled => Happening::BackupDrilled,
        };
        self.account_for(by, happening, worked, "5.1.6").await
    }

    /// Everything that lies at rest, for the administrator.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody else; when the stores do not answer.
    pub async fn at_rest(&self, caller: &Caller, keeper: Option<&dyn Keeper>) -> Result<AtRest, Rejected> {
        looks_after_the_machine(caller)?;
        let (now, store) = (self.now(), self.store());
        let backups = match keeper {
            Some(keeper) => Some(keeper.backups().await),
            None => None,
        };
        let (waiting, refused) = store
            .read(|reader| Ok((job::waiting(reader)?, job::given_up(reader, GIVEN_UP_MAX)?)))
            .await?;
        let copy = store.copy_status().map(|copy| Copied {
            frames: copy.frames,
            behind: copy.behind,
            bound: copy.bound,
            refuses: copy.refuses,
            fault: copy.fault,
        });
        Ok(AtRest {
            now,
            backups,
            keys: self.keys_at_rest().await?,
            copy,
            ledger: self.ledger_at_rest(),
            queue: Queue::of(&waiting),
            refused_letters: refused.len(),
        })
    }

    /// Begins a backup or a drill, which goes on by itself; [`System::at_rest`] says how far it is.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for everybody but the administrator; `false` when something goes on already, or it cannot be begun.
    pub async fn begin_upkeep(
        &self,
        caller: &Caller,
        keeper: Option<&dyn Keeper>,
        what: Upkeep,
    ) -> Result<bool, Rejected> {
        looks_after_the_machine(caller)?;
        match keeper {
            Some(keeper) => Ok(keeper.begin(what, caller.actor).await),
            None => Ok(false),
        }
    }

    async fn keys_at_rest(&self) -> Result<Keys, Fault> {
        let inventory = self.store().key_inventory(self.now()).await?;
        let status = self.store().key_status()?;
        let in_use = inventory.keys.iter();
        Ok(Keys {
            root: (inventory.origin.kind, inventory.origin.created_at),
            in_use: in_use
                .map(|key| (key.usage.label(), key.version, key.current))
                .collect(),
            people: inventory.subject_keys,
            epoch: (status.epoch, status.since),
            deaths: status.deaths,
            oldest_death: status.oldest_death,
            due_at: self.store().epoch_due_at(&status),
            changing: status.changing,
        })
    }

    fn ledger_at_rest(&self) -> Signed {
        let witnessed = self.store().witnessed().map(|signed| {
            let newest = signed.by.iter().map(|(_, second)| *second).max().unwrap_or(0);
            let at = Timestamp::from_second(i64::try_from(newest).unwrap_or(0)).unwrap_or_default();
            let names = signed.by.iter().map(|(name, _)| name.to_string()).collect();
            (names, at, signed.checkpoint.size)
        });
        Signed {
            entries: self.store().checkpoint().size,
            witnessed,
        }
    }
}

/// 5.1.4: the machine is the administrator's, once the policy in force was read (PRE-1); for everybody else there is nothing.
fn looks_after_the_machine(caller: &Caller) -> Result<(), Rejected> {
    if caller.staff_card()?.role != Role::ADMINISTRATOR {
        return Err(Rejected::NotFound);
    }
    familiar_with_policy(caller)
}

impl Caller {
    /// Whether the machine is theirs to look after (5.1.6).
    #[must_use]
    pub fn looks_after_the_machine(&self) -> bool {
        looks_after_the_machine(self).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn well() -> AtRest {
        AtRest {
            now: at("2026-11-28T06:00:00Z"),
            backups: Some(Backups {
                place: Some("backups".to_owned()),
                every_hours: 24,
                made: Some(SetMade {
                    id: String::new(),
                    at: at("2026-11-26T06:00:00Z"),
                    bytes: None,
                }),
                drilled: Some(DrillDone {
                    id: String::new(),
                    at: at("2026-08-30T06:00:00Z"),
                    worked: true,
                    says: String::new(),
                }),
                disk: Some((DISK_WARNING, 240_000)),
                ..Backups::default()
            }),
            keys: Keys {
                root: ("key file", at("2026-09-01T04:00:00Z")),
                in_use: Vec::new(),
                people: 3,
                epoch: (2, at("2026-11-27T06:00:00Z")),
                deaths: 1,
                oldest_death: Some(at("2026-11-27T05:00:00Z")),
                due_at: Some(at("2026-11-28T05:00:00Z")),
                changing: false,
            },
            copy: Some(Copied {
                frames: 1,
                behind: Some(Duration::from_secs(10)),
                bound: Duration::from_secs(10),
                refuses: false,
                fault: None,
            }),
            ledger: Signed {
                entries: 9,
                witnessed: Some((vec!["w".to_owned()], at("2026-11-26T06:00:00Z"), 8)),
            },
            queue: Queue {
                letters: QUEUE_WARNING,
                ..Queue::default()
            },
            refused_letters: 0,
        }
    }

    /// What is of concern when that was changed.
    fn concern(change: impl FnOnce(&mut AtRest, &mut Backups)) -> Vec<&'static str> {
        let mut found = well();
        let mut backups = found.backups.take().unwrap();
        change(&mut found, &mut backups);
        found.backups = Some(backups);
        found.concerns().iter().map(Concern::name).collect()
    }

    #[test]
    fn at_the_edge_of_each_limit_all_is_well_and_behind_it_nothing_is() {
        assert_eq!(well().concerns(), []);
        assert_eq!(concern(|_, backups| backups.place = None), ["no-backups"]);
        assert_eq!(concern(|_, backups| backups.made = None), ["no-backup-yet"]);
        assert_eq!(concern(|_, backups| backups.drilled = None), ["never-drilled"]);
        let failed = concern(|_, backups| backups.drilled.as_mut().unwrap().worked = false);
        assert_eq!(failed, ["drill-failed"]);
        let full = concern(|_, backups| backups.disk = Some((DISK_WARNING - 1, 240_000)));
        assert_eq!(full, ["disk"]);
        let a_second_later = concern(|found, _| found.now = at("2026-11-28T06:00:01Z"));
        assert_eq!(
            a_second_later,
            ["backup-late", "drill-late", "epoch-late", "witness-late"]
        );
        assert_eq!(concern(|found, _| found.copy = None), ["no-copy"]);
        let refuses = concern(|found, _| found.copy.as_mut().unwrap().refuses = true);
        assert_eq!(refuses, ["copy-behind"]);
        let behind =
            concern(|found, _| found.copy.as_mut().unwrap().behind = Some(Duration::from_millis(10_001)));
        assert_eq!(behind, ["copy-behind"]);
        assert_eq!(concern(|found, _| found.queue.others = 1), ["queue"]);
        assert_eq!(concern(|found, _| found.refused_letters = 1), ["letters"]);
        assert_eq!(concern(|found, _| found.ledger.witnessed = None), ["no-witness"]);
    }

    #[test]
    fn work_is_counted_by_what_it_does() {
        let waiting = [
            ("send-code", 2),
            ("send-order", 1),
            (queue::DESTROY, 4),
            ("unpublish", 8),
        ];
        let waiting = waiting.map(|(kind, count)| (kind.to_owned(), count));
        let queue = Queue::of(&waiting);
        assert_eq!((queue.letters, queue.destructions, queue.others), (3, 4, 8));
    }
}
