//! What is known of the last backup and the last drill, in a small file: so that `doctor` and `backup list` can say so
//! while the server runs, and without reaching the place.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use jiff::Timestamp;
use sandyq_store::backup::Made;
use serde::{Deserialize, Serialize};

use crate::data_folder::DataFolder;
use crate::failure::Failure;

/// The file `backups.json`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// The last set that was made.
    pub made: Option<LastMade>,
    /// The last drill.
    pub drilled: Option<Drilled>,
}

/// A set that was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LastMade {
    /// Its id.
    pub id: String,
    /// Where it lies.
    pub place: String,
    /// When it was made, in seconds since 1970.
    pub at: i64,
    /// What it took up beside the sets before it; `None` when it was made by an older program.
    #[serde(default)]
    pub bytes: Option<u64>,
}

/// A drill.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Drilled {
    /// Which set.
    pub id: String,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Whether everything was found right.
    pub worked: bool,
    /// What was found.
    pub says: String,
}

impl Remembered {
    /// Reads it; a file that is not there or cannot be read says nothing.
    pub fn read(folder: &DataFolder) -> Self {
        let text = fs::read_to_string(folder.backups_file()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, folder: &DataFolder) -> Result<(), Failure> {
        let path = folder.backups_file();
        let draft = path.with_extension("draft");
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&draft, &path))
            .and_then(|()| File::open(folder.path())?.sync_all());
        written.map_err(|error| Failure::file("write", &path, &error))
    }

    /// Remembers a set that was made.
    pub fn remember_made(
        folder: &DataFolder,
        made: &Made,
        place: &str,
        at: Timestamp,
    ) -> Result<(), Failure> {
        let made = LastMade {
            id: made.id.to_string(),
            place: place.to_owned(),
            at: at.as_second(),
            bytes: Some(made.bytes_new),
        };
        Self {
            made: Some(made),
            ..Self::read(folder)
        }
        .write(folder)
    }

    /// Remembers a drill.
    pub fn remember_drill(folder: &DataFolder, drilled: Drilled) -> Result<(), Failure> {
        Self {
            drilled: Some(drilled),
            ..Self::read(folder)
        }
        .write(folder)
    }
}
