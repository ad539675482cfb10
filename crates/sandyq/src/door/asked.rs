//! What is asked at the door, and what comes back: one line of JSON each.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::backups::Drilled;
use crate::failure::Exit;

/// What can be asked for at the door.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// Make a backup there, or at the place of the settings.
    Backup {
        /// Where.
        to: Option<String>,
    },
    /// Remove sets that are not kept.
    Thin,
    /// Remember a drill.
    Drilled(Drilled),
    /// Say which keys there are, and how their epochs stand.
    Keys,
    /// End the present epoch.
    EndEpoch {
        /// Due or not.
        now: bool,
    },
    /// Say what falls due, and what is wrong with the run.
    RetentionPlan,
    /// Destroy what is due.
    RetentionRun {
        /// A person looked at the clock.
        clock_is_right: bool,
    },
    /// Say what is in the register of breaches.
    Breaches {
        /// Which page of it.
        page: u32,
    },
    /// Say of which breaches the authority was not told in time.
    LateBreaches,
    /// Say how many looks in an emergency nobody judged in time.
    LateEmergencies,
    /// Say which addresses of recipients there are.
    Webhooks,
    /// Hand the keys to the custodians anew.
    RenewEscrow,
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    /// So far.
    Progress {
        /// Rows.
        rows: u64,
        /// Bytes.
        bytes: u64,
    },
    /// It is done, and this is the answer.
    Done(Value),
    /// It is not.
    Failed {
        /// How the command ends.
        exit: Exit,
        /// What happened.
        says: String,
        /// What to do.
        next: Vec<String>,
    },
}
