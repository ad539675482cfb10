//! The last steps of a restore: the new folder takes the place of the old one in one step of the file system, and the
//! keys move over. They are moved and never copied, so that no second copy of a key is left behind.
//!
//! A crash between two steps is finished by the next program that locks the folder.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::failure::{Exit, Failure};

/// Puts `new` in the place of `data`. The old folder, without its keys, is then called `aside`.
///
/// # Errors
/// When the file system does not do it: then `data` is the old folder as it was, or the new one, whole; the next start
/// finishes the rest.
pub fn swap(data: &Path, new: &Path, aside: &Path) -> Result<(), Failure> {
    let mark = new.join(MARK);
    let places = format!("{}\n{}\n", absolute(aside)?.display(), absolute(new)?.display());
    File::create(&mark)
        .and_then(|mut file| file.write_all(places.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| sync(new))
        .map_err(|error| Failure::file("write", &mark, &error))?;
    renameat_with(CWD, data, CWD, new, RenameFlags::EXCHANGE)
        .map_err(|error| Failure::file("put the new folder in the place of", data, &error.into()))?;
    sync_holder(data)?;
    finish(data)
}

/// Finishes a swap that was interrupted after the folders had changed places. Does nothing when there is none.
///
/// # Errors
/// When the keys are not where they must be.
pub fn finish(data: &Path) -> Result<(), Failure> {
    let mark = data.join(MARK);
    let places = match fs::read_to_string(&mark) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        read => read.map_err(|error| Failure::file("read", &mark, &error))?,
    };
    let mut named = places.lines().map(Path::new);
    if let (Some(aside), Some(old)) = (named.next(), named.next()) {
        put_aside(old, aside)?;
    }
    let keys = data.join(KEYS);
    if !keys.exists() {
        let from = places
            .lines()
            .map(|place| Path::new(place).join(KEYS))
            .find(|keys| keys.exists());
        let from = from.ok_or_else(|| {
            Failure::new(
                Exit::Configuration,
                "a restore was interrupted, and the keys are in neither folder",
            )
            .help(format!("put the folder `{KEYS}` back into {}", data.display()))
        })?;
        fs::rename(&from, &keys).map_err(|error| Failure::file("move", &from, &error))?;
        sync(data).map_err(|error| Failure::file("sync", data, &error))?;
    }
    fs::remove_file(&mark).map_err(|error| Failure::file("remove", &mark, &error))?;
    sync_holder(data)
}

/// The old folder gets the name under which it is kept, unless it has it already.
fn put_aside(old: &Path, aside: &Path) -> Result<(), Failure> {
    if !old.exists() || aside.exists() {
        return Ok(());
    }
    fs::rename(old, aside).map_err(|error| Failure::file("put aside", old, &error))
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::file("name", path, &error))
}

fn sync_holder(path: &Path) -> Result<(), Failure> {
    let holder = absolute(path)?;
    let holder = holder.parent().unwrap_or(Path::new("/"));
    sync(holder).map_err(|error| Failure::file("sync", holder, &error))
}

fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// There while the last steps are not all taken; names where the old folder is.
const MARK: &str = "restore.unfinished";
const KEYS: &str = "keys";

#[cfg(test)]
mod tests {
    use super::*;

    fn folders() -> (tempfile::TempDir, PathBuf, PathBuf, PathBuf) {
        let place = tempfile::tempdir().unwrap();
        let [data, new, aside] =
            ["data", "data.restoring", "data.before"].map(|name| place.path().join(name));
        fs::create_dir_all(data.join(KEYS)).unwrap();
        fs::write(data.join(KEYS).join("root.key"), "key").unwrap();
        fs::write(data.join("sandyq.db"), "old").unwrap();
        fs::create_dir_all(&new).unwrap();
        fs::write(new.join("sandyq.db"), "new").unwrap();
        (place, data, new, aside)
    }

    fn is_new_and_whole(data: &Path) -> bool {
        fs::read(data.join("sandyq.db")).unwrap() == b"new"
            && fs::read(data.join(KEYS).join("root.key")).unwrap() == b"key"
            && !data.join(MARK).exists()
    }

    #[test]
    fn the_new_folder_takes_the_place_and_the_keys_move_over() {
        let (_place, data, new, aside) = folders();
        swap(&data, &new, &aside).unwrap();
        assert!(is_new_and_whole(&data));
        assert_eq!(fs::read(aside.join("sandyq.db")).unwrap(), b"old");
        assert!(
            !aside.join(KEYS).exists() && !new.exists(),
            "no key is left behind"
        );
        finish(&data).unwrap();
    }

    #[test]
    fn whatever_step_was_the_last_the_next_start_finishes() {
        for steps in 1..=3 {
            let (_place, data, new, aside) = folders();
            fs::write(
                new.join(MARK),
                format!("{}\n{}\n", aside.display(), new.display()),
            )
            .unwrap();
            renameat_with(CWD, &data, CWD, &new, RenameFlags::EXCHANGE).unwrap();
            if steps > 1 {
                fs::rename(&new, &aside).unwrap();
            }
            if steps > 2 {
                fs::rename(aside.join(KEYS), data.join(KEYS)).unwrap();
            }
            finish(&data).unwrap();
            assert!(is_new_and_whole(&data), "after {steps} steps");
            assert_eq!(
                fs::read(aside.join("sandyq.db")).unwrap(),
                b"old",
                "after {steps} steps"
            );
        }
    }
}
