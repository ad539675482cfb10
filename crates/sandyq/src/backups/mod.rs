//! 5.1.6: backups of a data folder: where they go, when they are made, and what is remembered of them.
//!
//! A server that runs makes them itself, by its schedule or because a command asked at its door: the folder is its own, and so are the ledger in which each is entered and the keys by which chunks are named. Without a server the
//! command opens the folder and does the same.

mod bringing_back;
mod keeper;
pub mod living;
mod making;
mod remembered;

use std::path::PathBuf;

use sandyq_policy::Policy;
use sandyq_store::backup::{FolderShelf, Keep, Shelf};
#[cfg(feature = "objstore")]
use sandyq_store::backup::{ObjectShelf, ObjectStore};
use sandyq_store::vault::Vault;
use serde::Deserialize;

use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside::SystemChance;
#[cfg(feature = "objstore")]
use crate::{configuration::first_line, outside::WallClock};

pub use bringing_back::{Elsewhere, Wanted};
pub use keeper::{HouseKeeper, instant, room};
pub use living::LivingKeys;
pub use making::{Backups, days_at_most, keep_making, made_as_json, thinned_as_json};
pub use remembered::{Drilled, Remembered};

/// What the settings say of backups.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// Where sets go.
    pub place: Option<String>,
    /// Who can open them, together with one of the second circle.
    pub recipients: Vec<String>,
    /// The second circle: nobody brings a set back alone (5.1.1).
    pub second_recipients: Vec<String>,
    /// How often one is made.
    pub every_hours: u32,
    /// Which stay.
    pub keep: Keep,
    /// The identities that drills from the page use, while both files are there.
    pub drill_identities: [Option<PathBuf>; 2],
    /// The object store of places that begin with `s3://`.
    #[cfg_attr(
        not(feature = "objstore"),
        expect(dead_code, reason = "read by object stores only")
    )]
    pub s3: ObjectStoreTable,
}

/// The settings `[backup.s3]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObjectStoreTable {
    endpoint: String,
    region: String,
    country: String,
    access_key: String,
    secret_file: Option<PathBuf>,
}

impl BackupSettings {
    /// The same, with nothing kept for longer than the policy says to people (`backup-days`).
    #[must_use]
    pub fn within(mut self, policy: &Policy) -> Self {
        self.keep.max_age_days = self.keep.max_age_days.min(days_at_most(policy));
        self
    }

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

impl BackupSettings {
    /// The shelf at a place: a folder, or `s3://BUCKET/PREFIX` in the object store of the settings. A path that is not
    /// absolute begins in the data folder.
    ///
    /// # Errors
    /// When the place is none, or is abroad (4.3).
    pub fn shelf(&self, place: &str, folder: &DataFolder) -> Result<Box<dyn Shelf>, Failure> {
        if let Some(rest) = place.strip_prefix(S3) {
            return self.object_shelf(rest, folder);
        }
        if place.contains("://") {
            let happened = format!("`{place}` is no place for backups; name a folder, or s3://BUCKET/PREFIX");
            return Err(Failure::new(Exit::Configuration, happened));
        }
        Ok(Box::new(FolderShelf::at(&folder.path().join(place))?))
    }

    #[cfg(feature = "objstore")]
    fn object_shelf(&self, rest: &str, folder: &DataFolder) -> Result<Box<dyn Shelf>, Failure> {
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let secret = match &self.s3.secret_file {
            Some(file) => first_line(&folder.path().join(file))?,
            None => {
                return Err(
                    Failure::new(Exit::Configuration, "backup.s3.secret_file is missing")
                        .help("put the access key into a file that only you can read, and name it"),
                );
            }
        };
        let store = ObjectStore {
            endpoint: self.s3.endpoint.clone(),
            region: self.s3.region.clone(),
            country: self.s3.country.clone(),
            bucket: bucket.to_owned(),
            prefix: prefix.trim_end_matches('/').to_owned(),
            access_key: self.s3.access_key.clone(),
            secret,
        };
        Ok(Box::new(ObjectShelf::at(&store, std::sync::Arc::new(WallClock))?))
    }

    #[cfg(not(feature = "objstore"))]
    fn object_shelf(&self, _: &str, _: &DataFolder) -> Result<Box<dyn Shelf>, Failure> {
        Err(Failure::new(
            Exit::Configuration,
            "this program was built without object stores",
        )
        .help("build it with the feature `objstore`, or name a folder"))
    }
}

/// A place that was typed: a path begins in the folder that one is in, not in the data folder, nor where a server works.
///
/// # Errors
/// Exit 2 when it is no path.
pub fn from_here(place: &str) -> Result<String, Failure> {
    if place.contains("://") {
        return Ok(place.to_owned());
    }
    std::path::absolute(place)
        .map(|path| path.to_string_lossy().into_owned())
        .map_err(|error| Failure::new(Exit::Usage, format!("the place of backups is no path: {error}")))
}

/// How a place in an object store begins.
const S3: &str = "s3://";

/// The keys of a data folder, read beside whoever serves it.
///
/// # Errors
/// When the key source cannot be used.
pub fn vault(folder: &DataFolder, configuration: &Configuration) -> Result<Vault, Failure> {
    let options = configuration
        .keys()
        .of(folder, configuration.store_options(folder))?;
    let source = options.key_source.open(&options.key_file)?;
    let chance = std::sync::Arc::new(SystemChance::new());
    Ok(Vault::unlock(
        source.root.as_ref(),
        &options.key_versions,
        chance,
    )?)
}
