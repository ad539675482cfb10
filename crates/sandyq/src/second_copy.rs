//! 6.3, 4.3: the second copy of what must not be lost with the machine: what the settings say of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sandyq_store::StoreOptions;
use sandyq_store::second_copy::{SecondCopy, SecondCopyOptions};
use sandyq_store::vault::{CopyKey, KeyUse};
use serde::Deserialize;

use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};

/// `[second_copy]` of the settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecondCopyTable {
    folder: Option<PathBuf>,
    behind_seconds: Option<u32>,
    country: String,
}

impl SecondCopyTable {
    /// Where it lies; `None` when there is none. A path that is not absolute begins in the data folder.
    pub fn folder(&self, data: &Path) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| data.join(folder))
    }

    /// As the settings name it.
    pub fn named(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What is wrong with these settings, with what they must be.
    pub fn mistake(&self) -> Option<String> {
        if self.folder.is_none() {
            let is_begun = self.behind_seconds.is_some() || !self.country.is_empty();
            return is_begun
                .then(|| "second_copy.folder is missing; name a folder off this machine".to_owned());
        }
        if self.country != COUNTRY {
            return Some(format!(
                "second_copy.country is not \"{COUNTRY}\"; the folder must be in Kazakhstan, and nobody but you can say \
                 where it is (4.3)"
            ));
        }
        if !BEHIND_SECONDS.contains(&self.behind()) {
            return Some(format!(
                "second_copy.behind_seconds is {}; it may be {} to {}",
                self.behind(),
                BEHIND_SECONDS.start(),
                BEHIND_SECONDS.end()
            ));
        }
        None
    }

    /// The options of the store; old segments stay for so many days, as backups do.
    ///
    /// # Errors
    /// Exit 3 when the settings cannot be followed.
    pub fn options(&self, data: &DataFolder, keep_days: u32) -> Result<Option<SecondCopyOptions>, Failure> {
        if let Some(mistake) = self.mistake() {
            return Err(Failure::new(Exit::Configuration, mistake));
        }
        Ok(self.folder(data.path()).map(|folder| SecondCopyOptions {
            folder,
            behind: Duration::from_secs(u64::from(self.behind())),
            keep: Duration::from_secs(u64::from(keep_days) * 86_400),
        }))
    }

    fn behind(&self) -> u32 {
        self.behind_seconds.unwrap_or(BEHIND_SECONDS_DEFAULT)
    }
}

/// Reads and verifies the second copy in that folder, with the root key of these options.
///
/// # Errors
/// Exit 5 names the first frame that is not as it was written; 7 when the folder does not answer.
pub fn read(folder: &Path, options: &StoreOptions) -> Result<SecondCopy, Failure> {
    let source = options.key_source.open(&options.key_file)?;
    let key = CopyKey::of(source.root.as_ref(), options.key_versions.of(KeyUse::SecondCopy))?;
    Ok(SecondCopy::open(folder, &key)?)
}

/// Where the folder must be.
const COUNTRY: &str = "KZ";
/// How far the copy may be behind, in seconds.
const BEHIND_SECONDS: std::ops::RangeInclusive<u32> = 1..=3600;
const BEHIND_SECONDS_DEFAULT: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> Option<String> {
        let table: SecondCopyTable = toml::from_str(text).unwrap();
        table.mistake()
    }

    #[test]
    fn a_folder_that_is_not_said_to_be_in_kazakhstan_is_refused() {
        assert_eq!(mistake(""), None);
        assert_eq!(mistake("folder = \"/mnt/copy\"\ncountry = \"KZ\""), None);
        for abroad in ["", "country = \"DE\"", "country = \"kz\""] {
            let says = mistake(&format!("folder = \"/mnt/copy\"\n{abroad}")).unwrap();
            assert!(says.starts_with("second_copy.country"), "{says}");
        }
    }

    #[test]
    fn what_cannot_be_followed_is_named() {
        let says = |text: &str| mistake(text).unwrap();
        assert!(says("country = \"KZ\"").starts_with("second_copy.folder is missing"));
        let never = "folder = \"/mnt/copy\"\ncountry = \"KZ\"\nbehind_seconds = 0";
        assert!(says(never).starts_with("second_copy.behind_seconds is 0"));
    }
}
