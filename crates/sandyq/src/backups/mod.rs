//! 5.1.6: backups of a data folder: where they go, when they are made, and what is remembered of them.
//!
//! A server that runs makes them itself, by its schedule or because a command came through its [`door`]: the folder is
//! its own, and so are the ledger in which each is entered and the keys by which chunks are named. Without a server the
//! command opens the folder and does the same.

mod bringing_back;
pub mod door;
mod making;
mod remembered;

use std::path::{Path, PathBuf};

use sandyq_processing::System;
use sandyq_store::backup::{FolderShelf, Keep, Shelf};
use sandyq_store::vault::{KeyFile, Vault};
use tokio::task::JoinSet;

use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside::SystemChance;

pub use bringing_back::Wanted;
use making::keep_making;
pub use making::{Backups, made_as_json, thinned_as_json};
pub use remembered::{Drilled, Remembered};

/// What the settings say of backups.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// Where sets go.
    pub place: Option<String>,
    /// Who can open them.
    pub recipients: Vec<String>,
    /// How often one is made.
    pub every_hours: u32,
    /// Which stay.
    pub keep: Keep,
}

impl BackupSettings {
    /// The place that was asked for, or else that of the settings.
    ///
    /// # Errors
    /// When neither names one.
    pub fn place<'p>(&'p self, asked: Option<&'p str>) -> Result<&'p str, Failure> {
        asked.or(self.place.as_deref()).ok_or_else(|| {
            Failure::new(Exit::Configuration, "no place for backups is named")
                .help("set backup.place in the settings, or say --to FOLDER")
        })
    }
}

/// What a server does beside serving: it opens the door and makes backups. Ends with what is returned.
///
/// # Errors
/// When there can be no door.
pub fn beside(
    system: &System,
    settings: BackupSettings,
    folder: &DataFolder,
) -> Result<JoinSet<()>, Failure> {
    let backups = Backups::of(system, settings, folder);
    let mut beside = JoinSet::new();
    beside.spawn(door::open(&folder.door(), &backups)?);
    beside.spawn(keep_making(backups));
    Ok(beside)
}

/// The shelf at a place. A path of the settings that is not absolute begins in the data folder.
///
/// # Errors
/// When the place is none.
pub fn shelf(place: &str, folder: &Path) -> Result<Box<dyn Shelf>, Failure> {
    if place.contains("://") {
        return Err(Failure::new(
            Exit::Configuration,
            format!("`{place}` is no place for backups; name a folder"),
        ));
    }
    let path = folder.join(PathBuf::from(place));
    Ok(Box::new(FolderShelf::at(&path)?))
}

/// The keys of a data folder, read beside whoever serves it.
///
/// # Errors
/// When the key source cannot be used.
pub fn vault(folder: &DataFolder, configuration: &Configuration) -> Result<Vault, Failure> {
    let options = configuration.store_options(folder);
    let source = KeyFile::open(&options.key_file)
        .map_err(|fault| Failure::new(Exit::Configuration, fault.to_string()))?;
    let chance = std::sync::Arc::new(SystemChance::new());
    Ok(Vault::unlock(&source, &options.key_versions, chance)?)
}
