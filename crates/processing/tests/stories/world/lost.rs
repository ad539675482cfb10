//! A machine that is lost as a picture shows it: nothing is left but the root key, and elsewhere the second copy, the key of
//! the epoch and the sets.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::tree::Hash;
use sandyq_processing::System;
use sandyq_rehearsal::{SeededChance, SetClock};
use sandyq_store::StoreOptions;
use sandyq_store::backup::FolderShelf;
use sandyq_store::backup::restore::{Seen, copied};
use sandyq_store::second_copy::{End, SecondCopy};

use super::files::{self, make_private};
use super::told::Told;
use super::{bring, key_of, with_second_copy};
use crate::stage;

/// What is left of the machine, in a place of its own.
pub(super) struct Left {
    place: PathBuf,
    options: StoreOptions,
}

impl Left {
    /// Of the world of a picture, with the root key that was kept of that folder.
    pub(super) fn of(world: &Path, data: &Path) -> Self {
        let place = world.join("lost");
        let options = with_second_copy(StoreOptions::in_folder(&place.join("data")), &place);
        make_private(options.key_file.parent().unwrap());
        let root = StoreOptions::in_folder(data).key_file;
        std::fs::copy(root, &options.key_file).unwrap();
        for name in ["second-copy", "sets"] {
            files::copy(&world.join(name), &place.join(name));
        }
        for name in ["epoch-elsewhere.key", "identity"] {
            std::fs::copy(world.join(name), place.join(name)).unwrap();
        }
        Self { place, options }
    }

    /// The last write of the second copy did not come to its end: so many of its bytes are not there.
    pub(super) fn is_torn(&self, bytes: u64) {
        let folder = std::fs::read_dir(self.place.join("second-copy")).unwrap();
        let newest = folder.flatten().map(|file| file.path()).max().unwrap();
        let file = std::fs::File::options().write(true).open(&newest).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length - bytes).unwrap();
        assert!(
            matches!(self.copy().end(), End::Torn { .. }),
            "{}",
            newest.display()
        );
    }

    fn copy(&self) -> SecondCopy {
        let folder = &self.options.second_copy.as_ref().unwrap().folder;
        SecondCopy::open(folder, &key_of(&self.options)).unwrap()
    }

    /// Brings a set back, with everything that the second copy knows since, and opens what comes of it.
    pub(super) fn comes_back(
        &self,
        set: &str,
        told: &Told,
        by: (&Arc<SetClock>, &Arc<SeededChance>),
    ) -> System {
        let copy = self.copy();
        copy.rebuild_keys(&self.options.keys_file).unwrap();
        let shelf = Box::new(FolderShelf::at(&self.place.join("sets")).unwrap());
        let identity = std::fs::read_to_string(self.place.join("identity")).unwrap();
        let new = self.place.join("new");
        make_private(&new);
        let seen = Checkpoint {
            origin: self.options.origin.clone(),
            size: told.size,
            root: Hash(told.root.as_slice().try_into().unwrap()),
        };
        let seen = vec![Seen {
            by: "whoever was told".to_owned(),
            checkpoint: seen,
        }];
        let wanted = (shelf, &set.parse().unwrap(), identity.as_str());
        bring(&self.options, by, wanted, &new, |set| {
            let size = size_of(&set.manifest().checkpoint);
            Ok((copied(&copy, size)?, seen))
        })
        .unwrap();
        let keys = self.options.keys_file.parent().unwrap();
        std::fs::rename(keys, new.join("keys")).unwrap();
        let options = with_second_copy(StoreOptions::in_folder(&new), &self.place);
        stage::open(&options, by.0, by.1, &Arc::default())
    }
}

/// How many entries a note is about.
fn size_of(note: &str) -> u64 {
    note.lines().nth(1).unwrap().parse().unwrap()
}
