//! Whether the second copy follows, and whether it would be of use when the machine is lost (6.3, 5.1.6).

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde_json::Value;

use super::super::keys::part;
use super::{Finding, State};
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::key_source::Source;

/// How it is, from the settings and from what `sandyq keys list` lists, when anybody could be asked.
pub(super) fn finding(folder: &DataFolder, configuration: &Configuration, listed: Option<&Value>) -> Finding {
    let settings = configuration.second_copy();
    let Some(place) = settings.folder(folder.path()) else {
        let says = "none: when this disk is lost, everybody is lost with their keys; set [second_copy] in the settings";
        return new(State::Warning, says);
    };
    if let Some(mistake) = settings.mistake() {
        return new(State::Wrong, mistake);
    }
    if !place.is_dir() {
        return new(
            State::Wrong,
            format!("{} is not there: is it mounted?", place.display()),
        );
    }
    let followed = match listed {
        Some(listed) => follows(part(listed, "second_copy")),
        None => new(State::Unknown, "nobody could be asked whether it follows"),
    };
    if followed.state != State::Well {
        return followed;
    }
    useless(folder, configuration, &place).unwrap_or(followed)
}

/// Whether it follows, as the program that feeds it says.
fn follows(copy: &Value) -> Finding {
    let Some(frames) = part(copy, "frames").as_u64() else {
        let says = "the server that runs does not feed it; start it anew";
        return new(State::Wrong, says);
    };
    let number = |name: &str| part(copy, name).as_u64().unwrap_or(0);
    let why = match part(copy, "fault").as_str() {
        Some(fault) => format!(": {fault}"),
        None => String::new(),
    };
    if part(copy, "refuses") == true {
        let says = format!(
            "{} s behind, and {} s are allowed: nobody can be added, withdrawn, blocked or destroyed until it follows{why}",
            number("behind_seconds"),
            number("bound_seconds")
        );
        new(State::Wrong, says)
    } else if !why.is_empty() {
        new(State::Warning, format!("does not follow{why}"))
    } else if number("behind_seconds") > number("bound_seconds") {
        let says = format!(
            "follows who is protected; {} other changes wait, the oldest for {} s: there are more than the folder takes",
            number("changes_waiting"),
            number("behind_seconds")
        );
        new(State::Warning, says)
    } else {
        new(State::Well, format!("follows, {frames} frames"))
    }
}

/// A copy that follows and would be of no use.
fn useless(folder: &DataFolder, configuration: &Configuration, place: &Path) -> Option<Finding> {
    let disk = |path: &Path| std::fs::metadata(path).map(|meta| meta.dev()).ok();
    if disk(place) == disk(folder.path()) {
        let says = "follows, and lies on the disk of the data: what is lost together is no second copy";
        return Some(new(State::Warning, says));
    }
    let keys = configuration.keys();
    let is_elsewhere = keys.source == Source::Token || keys.epoch_copy.is_some() || keys.escrow.is_some();
    let says = "follows, and opens with the key of the epoch, which is nowhere but on this machine: set keys.epoch_copy \
                or name custodians";
    (!is_elsewhere).then(|| new(State::Warning, says))
}

fn new(state: State, says: impl Into<String>) -> Finding {
    Finding::new("second copy", state, says)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_copy_beyond_its_bound_is_wrong_with_the_reason() {
        let well = json!({ "frames": 7, "behind_seconds": null, "bound_seconds": 10, "refuses": false, "fault": null });
        assert_eq!(follows(&well).state, State::Well);
        assert_eq!(follows(&well).says, "follows, 7 frames");
        let failing = json!({ "frames": 7, "behind_seconds": 2, "bound_seconds": 10, "refuses": false,
            "fault": "no room" });
        assert_eq!(follows(&failing).state, State::Warning);
        let late = json!({ "frames": 7, "behind_seconds": 12, "bound_seconds": 10, "refuses": true, "fault": "no room" });
        let late = follows(&late);
        assert_eq!(late.state, State::Wrong);
        assert!(
            late.says.starts_with("12 s behind, and 10 s are allowed"),
            "{}",
            late.says
        );
        assert!(late.says.ends_with("no room"), "{}", late.says);
        let flooded = json!({ "frames": 7, "behind_seconds": 12, "bound_seconds": 10, "refuses": false, "fault": null,
            "changes_waiting": 40_000 });
        let flooded = follows(&flooded);
        assert_eq!(flooded.state, State::Warning);
        assert!(
            flooded
                .says
                .contains("40000 other changes wait, the oldest for 12 s"),
            "{}",
            flooded.says
        );
        assert_eq!(follows(&Value::Null).state, State::Wrong, "nobody feeds it");
    }
}
