//! Making sets: one at a time, each entered in the ledger, whether it worked or not.

use std::sync::Arc;
use std::time::Duration;

use sandyq_model::{Actor, Clock, Role};
use sandyq_policy::Policy;
use sandyq_processing::System;
use sandyq_processing::at_rest::Backup;
use sandyq_store::backup::{Made, Recipients, SetAbout, Thinned, thin};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::BackupSettings;
use super::remembered::{Drilled, Remembered};
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside::WallClock;

/// Makes backups of an open data folder. Clones are one.
#[derive(Clone)]
pub struct Backups {
    system: System,
    settings: BackupSettings,
    folder: DataFolder,
    /// Two at once would sweep each other's chunks.
    turn: Arc<Mutex<()>>,
}

impl Backups {
    /// Of that folder, which this system has open. No set stays for longer than the policy says (`backup-days`).
    pub fn of(system: &System, settings: BackupSettings, folder: &DataFolder) -> Self {
        Self {
            system: system.clone(),
            settings: settings.within(system.policy()),
            folder: folder.clone(),
            turn: Arc::default(),
        }
    }

    /// What the settings say.
    pub const fn settings(&self) -> &BackupSettings {
        &self.settings
    }

    /// The place that is meant.
    ///
    /// # Errors
    /// When none is named.
    pub fn place<'p>(&'p self, asked: Option<&'p str>) -> Result<&'p str, Failure> {
        self.settings.place(asked)
    }

    /// Makes a set there, or at the place of the settings. `progress` is told rows and bytes so far.
    ///
    /// # Errors
    /// When there is no set; that is entered in the ledger too.
    pub async fn make(
        &self,
        to: Option<&str>,
        by: &Actor,
        progress: impl Fn(u64, u64) + Send + 'static,
    ) -> Result<Made, Failure> {
        let _turn = self.turn.lock().await;
        let place = self.settings.place(to)?;
        let made = self.write(place, progress).await;
        let worked = made.is_ok();
        self.system.account_for_backup(Backup::Made, by, worked).await?;
        let made = made?;
        let bytes = made.bytes_new;
        tracing::info!(set = %made.id, bytes, "a backup was made");
        Remembered::remember_made(&self.folder, &made, place, WallClock.now())?;
        Ok(made)
    }

    async fn write(
        &self,
        place: &str,
        progress: impl Fn(u64, u64) + Send + 'static,
    ) -> Result<Made, Failure> {
        let epoch = self.system.store().key_status()?.epoch;
        let about = SetAbout {
            at: WallClock.now(),
            origin: self.system.store().checkpoint().origin,
            policy: *self.system.policy().version(),
            epoch: Some(epoch),
            recipients: Recipients::read(&self.settings.recipients)?
                .together_with(&self.settings.second_recipients)?,
        };
        let shelf = self.settings.shelf(place, &self.folder)?;
        Ok(self.system.store().back_up(shelf, about, progress).await?)
    }

    /// Removes the sets of the settings' place that are not kept (5.1.6-c).
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn thin(&self) -> Result<Thinned, Failure> {
        let _turn = self.turn.lock().await;
        let shelf = self.settings.shelf(self.settings.place(None)?, &self.folder)?;
        let (key, keep) = (self.system.store().verifier_key().clone(), self.settings.keep);
        let origin = self.system.store().checkpoint().origin;
        let thinning =
            tokio::task::spawn_blocking(move || thin(&*shelf, (&origin, &key), keep, WallClock.now()));
        let thinned = thinning
            .await
            .map_err(|_| Failure::new(Exit::Unavailable, "thinning stopped half-way; do it again"))??;
        if !thinned.sets.is_empty() {
            let (count, bytes) = (thinned.sets.len(), thinned.bytes);
            tracing::info!(count, bytes, "old backups were removed");
        }
        Ok(thinned)
    }

    /// Remembers a drill, and enters it in the ledger.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn drilled(&self, by: &Actor, drilled: Drilled) -> Result<(), Failure> {
        self.system
            .account_for_backup(Backup::Drilled, by, drilled.worked)
            .await?;
        Remembered::remember_drill(&self.folder, drilled)
    }
}

/// For how long a backup may stay, as the policy says it to people (5.1.6).
pub fn days_at_most(policy: &Policy) -> u32 {
    policy.counted("backup-days", u32::MAX)
}

/// Makes a set whenever one is due, and thins out the old ones, as long as the server runs.
pub async fn keep_making(backups: Backups) {
    if backups.settings.place.is_none() {
        tracing::warn!("no backups are made: backup.place is not set");
        return;
    }
    let schedule = Actor::system(Role::SCHEDULE);
    loop {
        let last = Remembered::read(&backups.folder).made.map_or(0, |made| made.at);
        let every = i64::from(backups.settings.every_hours.max(1)) * SECONDS_PER_HOUR;
        if WallClock.now().as_second() - last >= every {
            if let Err(failure) = backups.make(None, &schedule, |_, _| {}).await {
                tracing::error!(fault = %failure, "no backup was made; it is tried again");
                tokio::time::sleep(RETRY).await;
            }
            // Also when none was made: old sets must go all the same.
            if let Err(failure) = backups.thin().await {
                tracing::error!(fault = %failure, "old backups were not removed; it is tried again");
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What a set that was made looks like to programs.
pub fn made_as_json(made: &Made, place: &str) -> Value {
    json!({
        "schema_version": 1,
        "id": made.id.to_string(),
        "place": place,
        "subjects": made.subjects,
        "rows": made.rows,
        "bytes_new": made.bytes_new,
        "bytes_all": made.bytes_all,
        "chunks_new": made.chunks_new,
        "chunks_all": made.chunks_all,
        "manifest_sha256": made.manifest_sha256,
        "ledger_size": made.ledger_size,
        "recipients": made.recipients,
        "second_recipients": made.second_recipients,
    })
}

/// What thinning did, for programs.
pub fn thinned_as_json(thinned: &Thinned) -> Value {
    let sets: Vec<String> = thinned.sets.iter().map(ToString::to_string).collect();
    json!({ "schema_version": 1, "sets": sets, "chunks": thinned.chunks, "bytes": thinned.bytes })
}

const SECONDS_PER_HOUR: i64 = 3600;
/// How often it is looked whether a set is due.
const LOOK: Duration = Duration::from_secs(30);
/// How long it is waited after one could not be made.
const RETRY: Duration = Duration::from_secs(300);
