//! 5.1.6, 6.3: the places that the settings name. None may lie in another: what lies together is lost together, and whoever
//! takes keys and sets from one place reads what neither would give.

use std::collections::VecDeque;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use crate::failure::{Exit, Failure};

/// A place, and the setting that names it.
#[derive(Debug)]
pub struct Place {
    named: &'static str,
    path: PathBuf,
    /// Where it really is: through every link, also where nothing is yet.
    real: PathBuf,
    /// What the file system knows it and the folders above it by, as far as they are there: a folder that is mounted at
    /// two places is one.
    known: Vec<(u64, u64)>,
}

impl Place {
    /// What that setting names; a path that is not absolute begins in the data folder.
    pub fn named(setting: &'static str, path: &Path, data: &Path) -> Self {
        let path = data.join(path);
        let real = real(&path);
        let known = real.ancestors().filter_map(|at| fs::metadata(at).ok());
        Self {
            named: setting,
            known: known.map(|meta| (meta.dev(), meta.ino())).collect(),
            path,
            real,
        }
    }

    /// The data folder itself.
    pub fn data_folder(data: &Path) -> Self {
        Self::named(DATA_FOLDER, Path::new(""), data)
    }

    /// Whether it is the other one, or lies in it.
    fn is_in(&self, other: &Self) -> bool {
        let itself = fs::metadata(&other.real).ok();
        let itself = itself.map(|meta| (meta.dev(), meta.ino()));
        self.real.starts_with(&other.real) || itself.is_some_and(|known| self.known.contains(&known))
    }
}

/// Refuses places of which one lies in another, or is the same.
///
/// # Errors
/// Exit 3 names the two settings, and says what to do.
pub fn apart(places: &[Place]) -> Result<(), Failure> {
    let pairs = places.iter().enumerate();
    let mut pairs = pairs.flat_map(|(at, one)| places.iter().skip(at + 1).map(move |other| (one, other)));
    let Some((inner, outer, how)) =
        pairs.find_map(|(one, other)| match (one.is_in(other), other.is_in(one)) {
            (true, true) => Some((one, other, "is the same place as")),
            (true, false) => Some((one, other, "lies in")),
            (false, true) => Some((other, one, "lies in")),
            (false, false) => None,
        })
    else {
        return Ok(());
    };
    let happened = format!(
        "{} {how} {}, and neither may lie in the other: {} and {}",
        inner.named,
        outer.named,
        inner.path.display(),
        outer.path.display()
    );
    let change = if inner.named == DATA_FOLDER { outer } else { inner };
    Err(Failure::new(Exit::Configuration, happened).help(format!(
        "give {} a place of its own in the settings, on another disk or machine: what lies together is lost together, or \
         taken together",
        change.named
    )))
}

/// Refuses a data folder within another one.
///
/// # Errors
/// Exit 3 names both.
pub fn in_no_data_folder(root: &Path) -> Result<(), Failure> {
    let real = real(root);
    let Some(holder) = real
        .ancestors()
        .skip(1)
        .find(|holder| holder.join("sandyq.toml").is_file())
    else {
        return Ok(());
    };
    let happened = format!(
        "{} would lie in the data folder {}",
        root.display(),
        holder.display()
    );
    Err(Failure::new(Exit::Configuration, happened).help("name a folder beside it"))
}

/// Where a path leads, link by link, whether something is there or not.
pub fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut found = PathBuf::new();
    let mut rest: VecDeque<PathBuf> = parts(&path).collect();
    let mut links = LINKS_MAX;
    while let Some(part) = rest.pop_front() {
        match part.components().next() {
            Some(Component::ParentDir) => {
                found.pop();
                continue;
            }
            Some(Component::CurDir) | None => continue,
            Some(_) => found.push(&part),
        }
        if links > 0
            && let Ok(target) = fs::read_link(&found)
        {
            links -= 1;
            found.pop();
            parts(&target).rev().for_each(|part| rest.push_front(part));
        }
    }
    found
}

fn parts(path: &Path) -> impl DoubleEndedIterator<Item = PathBuf> {
    path.components().map(|part| PathBuf::from(part.as_os_str()))
}

/// What the data folder is called beside settings.
const DATA_FOLDER: &str = "the data folder";
/// So many links are followed, as the system does.
const LINKS_MAX: u32 = 40;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A data folder and what else is there.
    fn scene() -> (tempfile::TempDir, PathBuf) {
        let scene = tempfile::tempdir().unwrap();
        let data = scene.path().join("data");
        fs::create_dir_all(data.join("keys")).unwrap();
        fs::create_dir_all(scene.path().join("mnt/backup")).unwrap();
        (scene, data)
    }

    fn says(data: &Path, copy: &str, backups: &str) -> Option<String> {
        let places = [
            Place::data_folder(data),
            Place::named("second_copy.folder", Path::new(copy), data),
            Place::named("backup.place", Path::new(backups), data),
        ];
        apart(&places).err().map(|failure| failure.to_string())
    }

    #[test]
    fn places_beside_each_other_are_well_also_when_they_begin_alike() {
        let (scene, data) = scene();
        let at = |name: &str| scene.path().join(name).display().to_string();
        assert_eq!(says(&data, &at("mnt/copy"), &at("mnt/backup")), None);
        assert_eq!(says(&data, &at("mnt/backup-copy"), &at("mnt/backup")), None);
        assert_eq!(says(&data, "../data-copy", "../mnt/backup"), None);
    }

    #[test]
    fn whatever_lies_in_another_is_named_with_both_settings() {
        let (scene, data) = scene();
        let at = |name: &str| scene.path().join(name).display().to_string();
        let said = |copy: &str, backups: &str| says(&data, copy, backups).unwrap();
        for within in [
            "copy",
            "",
            ".",
            "keys/copy",
            "../data/copy",
            "../nowhere/../data/copy",
        ] {
            assert!(
                said(within, &at("mnt/backup")).contains("the data folder"),
                "{within}"
            );
        }
        let above = said(&at("copy"), "..");
        assert!(
            above.starts_with("the data folder lies in backup.place"),
            "{above}"
        );
        let same = said(&at("mnt/backup"), &at("mnt/../mnt/backup/"));
        assert!(
            same.starts_with("second_copy.folder is the same place as backup.place"),
            "{same}"
        );
        let nowhere = said(&at("new/copy/deep"), &at("new"));
        assert!(
            nowhere.starts_with("second_copy.folder lies in backup.place"),
            "{nowhere}"
        );
    }

    #[test]
    fn links_are_followed_also_where_they_lead_to_nothing() {
        let (scene, data) = scene();
        let at = |name: &str| scene.path().join(name).display().to_string();
        symlink(data.join("not-yet"), scene.path().join("dangling")).unwrap();
        symlink("mnt/backup", scene.path().join("relative")).unwrap();
        symlink(scene.path().join("round"), scene.path().join("round")).unwrap();
        let said = |copy: &str, backups: &str| says(&data, copy, backups).unwrap();
        assert!(said(&at("dangling"), &at("mnt/backup")).contains("lies in the data folder"));
        assert!(said(&at("relative/copy"), &at("mnt/backup")).contains("lies in backup.place"));
        assert_eq!(
            says(&data, &at("round"), &at("mnt/backup")),
            None,
            "it leads nowhere, and ends"
        );
    }

    #[test]
    fn a_data_folder_lies_in_no_other() {
        let (scene, data) = scene();
        fs::write(data.join("sandyq.toml"), "").unwrap();
        assert!(in_no_data_folder(&data.join("second")).is_err());
        assert!(in_no_data_folder(&scene.path().join("second")).is_ok());
        assert!(
            in_no_data_folder(&data).is_ok(),
            "what is there already is another matter"
        );
    }
}
