//! Folders as somebody would copy them, and as a kill leaves them.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Makes a folder that only we reach.
pub fn make_private(folder: &Path) {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .unwrap();
}

/// Copies a folder as a kill at this moment would leave it: everything but what lives in memory only.
pub fn copy(from: &Path, to: &Path) {
    make_private(to);
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target);
        } else if !source.to_string_lossy().ends_with("-shm") {
            std::fs::copy(&source, &target).unwrap();
        }
    }
}

/// Takes the journal away from the key store, so that nothing can be changed in it until this is dropped.
pub struct BrokenKeys {
    journal: PathBuf,
    aside: PathBuf,
}

impl BrokenKeys {
    pub fn of(data: &Path) -> Self {
        let keys = data.join("keys");
        let broken = Self {
            journal: keys.join("keys.db-journal"),
            aside: keys.join("aside"),
        };
        let _none_yet = std::fs::rename(&broken.journal, &broken.aside);
        // The engine cannot open a folder as its journal.
        std::fs::create_dir(&broken.journal).unwrap();
        broken
    }
}

impl Drop for BrokenKeys {
    fn drop(&mut self) {
        std::fs::remove_dir(&self.journal).unwrap();
        let _none_yet = std::fs::rename(&self.aside, &self.journal);
    }
}
