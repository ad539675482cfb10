//! 5.1.6-c, 6.3: folders that a restore left beside the data folder. They hold people who may be destroyed meanwhile, and
//! nothing removes them but their owner.

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::super::backup::ago;
use super::super::drill::beside;
use super::{Finding, State};
use crate::data_folder::DataFolder;
use crate::places::real;

/// Old data folders, and what an interruption left of a new one; nothing when there are none.
pub(super) fn finding(folder: &DataFolder, now: Timestamp) -> Option<Finding> {
    let mut kept = folders(folder)?;
    kept.sort();
    let (oldest, first) = kept.first()?;
    let age = now.as_second() - oldest.as_second();
    let state = if age > KEPT_DAYS * 86_400 {
        State::Wrong
    } else {
        State::Warning
    };
    let more = match kept.len() {
        1 => String::new(),
        count => format!(", and {} more beside it", count - 1),
    };
    let says = format!(
        "{} is left of a restore {}{more}; whoever is destroyed meanwhile is still in it: when all is well, remove it \
         with everything in it",
        first.display(),
        ago(oldest.as_second(), now)
    );
    Some(Finding::new("left over", state, says))
}

/// Those folders, and since when they are there.
fn folders(folder: &DataFolder) -> Option<Vec<(Timestamp, PathBuf)>> {
    let data = real(folder.path());
    let entries = fs::read_dir(data.parent()?).ok()?;
    let starts = LEFT.map(|what| beside(&data, what));
    let starts: Vec<&str> = starts
        .iter()
        .filter_map(|start| start.file_name()?.to_str())
        .collect();
    let found = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let rest = starts.iter().find_map(|start| name.strip_prefix(start))?;
        let since = match rest.strip_prefix('-') {
            Some(at) => moment(at).or_else(|| changed(&entry))?,
            None if rest.is_empty() => changed(&entry)?,
            None => return None,
        };
        entry.file_type().ok()?.is_dir().then(|| (since, entry.path()))
    });
    Some(found.collect())
}

/// The instant in the name that a restore gives.
fn moment(text: &str) -> Option<Timestamp> {
    let at = DateTime::strptime("%Y%m%dt%H%M%Sz", text).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn changed(entry: &fs::DirEntry) -> Option<Timestamp> {
    use std::os::unix::fs::MetadataExt;
    Timestamp::from_second(entry.metadata().ok()?.mtime()).ok()
}

/// What such folders are called, behind the name of the data folder.
const LEFT: [&str; 4] = ["before-restore", "restoring", "drill", "keys-anew"];
/// For so long an old folder is of use, to look whether all is well.
const KEPT_DAYS: i64 = 7;
