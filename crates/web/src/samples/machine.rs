//! Samples of the administrator's page: all well, much that is not, nothing set up, and work that goes on.

use std::time::Duration;

use sandyq_processing::Language;
use sandyq_processing::at_rest::{
    AtRest, Backups, Copied, DrillDone, Going, Keys, Queue, SetMade, Signed, Upkeep,
};

use super::people::at;
use super::{Sample, visit};
use crate::console::at_rest;
use crate::visit::Standpoint;

/// The page in its states.
pub fn pages(language: Language) -> Vec<Sample> {
    let desk = visit(language, at_rest::PATH, Standpoint::Staff);
    let page = |found: &AtRest| at_rest::page(&desk, found);
    let nothing = AtRest {
        backups: Some(Backups {
            disk: Some((48_000, 240_000)),
            ..Backups::default()
        }),
        copy: None,
        ledger: Signed {
            entries: 12,
            witnessed: None,
        },
        ..well()
    };
    let going = AtRest {
        backups: Some(Backups {
            going: Some(Going {
                what: Upkeep::Backup,
                since: at("2026-11-28T05:59:40Z"),
                rows: 48_200,
            }),
            ..backups()
        }),
        ..well()
    };
    vec![
        ("staff-at-rest", desk.clone(), page(&well())),
        ("staff-at-rest-concerns", desk.clone(), page(&bad())),
        ("staff-at-rest-nothing", desk.clone(), page(&nothing)),
        ("staff-at-rest-going", desk.clone(), page(&going)),
    ]
}

fn backups() -> Backups {
    Backups {
        place: Some("/mnt/backup/sandyq".to_owned()),
        every_hours: 24,
        max_age_days: 35,
        made: Some(SetMade {
            id: "20261127T210004Z-7c1e".to_owned(),
            at: at("2026-11-27T21:00:04Z"),
            bytes: Some(18_400_000),
        }),
        drilled: Some(DrillDone {
            id: "20261102T210003Z-1a90".to_owned(),
            at: at("2026-11-03T06:12:00Z"),
            worked: true,
            says: String::new(),
        }),
        can_drill: true,
        disk: Some((48_000, 240_000)),
        ..Backups::default()
    }
}

fn well() -> AtRest {
    AtRest {
        now: at("2026-11-28T06:00:00Z"),
        backups: Some(backups()),
        keys: Keys {
            root: ("key file", at("2026-09-01T04:00:00Z")),
            in_use: vec![
                ("seal-kek", 1, true),
                ("blind-index", 1, true),
                ("ledger-sign", 2, true),
                ("ledger-sign", 1, false),
                ("backup", 1, true),
            ],
            people: 1_204,
            epoch: (12, at("2026-11-27T18:00:00Z")),
            deaths: 3,
            oldest_death: Some(at("2026-11-28T03:10:00Z")),
            due_at: Some(at("2026-11-29T03:10:00Z")),
            changing: false,
        },
        copy: Some(Copied {
            frames: 9_120,
            behind: None,
            bound: Duration::from_secs(10),
            refuses: false,
            fault: None,
        }),
        ledger: Signed {
            entries: 58_210,
            witnessed: Some((
                vec!["witness.example.kz".to_owned()],
                at("2026-11-28T00:00:00Z"),
                58_100,
            )),
        },
        queue: Queue {
            letters: 1,
            ..Queue::default()
        },
        refused_letters: 0,
    }
}

fn bad() -> AtRest {
    AtRest {
        backups: Some(Backups {
            made: Some(SetMade {
                id: "20261124T210004Z-44d0".to_owned(),
                at: at("2026-11-24T21:00:04Z"),
                bytes: None,
            }),
            drilled: Some(DrillDone {
                id: "20261124T210004Z-44d0".to_owned(),
                at: at("2026-11-25T06:12:00Z"),
                worked: false,
                says: "a part of the set is not what its name says".to_owned(),
            }),
            failed: Some((Upkeep::Backup, "no space left on device".to_owned())),
            can_drill: false,
            disk: Some((612, 240_000)),
            ..backups()
        }),
        keys: Keys {
            due_at: Some(at("2026-11-27T03:10:00Z")),
            changing: true,
            ..well().keys
        },
        copy: Some(Copied {
            frames: 9_120,
            behind: Some(Duration::from_secs(95)),
            bound: Duration::from_secs(10),
            refuses: true,
            fault: Some("the folder of the second copy does not answer".to_owned()),
        }),
        ledger: Signed {
            entries: 58_210,
            witnessed: Some((
                vec!["witness.example.kz".to_owned()],
                at("2026-11-20T00:00:00Z"),
                51_000,
            )),
        },
        queue: Queue {
            letters: 1_400,
            destructions: 12,
            others: 3,
        },
        refused_letters: 4,
        ..well()
    }
}
