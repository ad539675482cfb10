//! 6.3: the keys that say who exists, for a restore: those of the folder, or, when it has none, those of the second copy.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sandyq_model::{Clock, Fault, SubjectId};
use sandyq_store::second_copy::SecondCopy;
use sandyq_store::vault::{KeyHead, KeyReader, KeySettings, KeyStore, Vault};
use sandyq_store::{StoreOptions, open_key_store};

use crate::commands::drill::{beside, make_private, remove};
use crate::failure::{Exit, Failure};
use crate::outside::{SystemChance, WallClock};
use crate::terminal::Terminal;

/// The keys that live, and where they lie until the folders change places.
pub struct LivingKeys {
    keys: KeyStore,
    reader: KeyReader,
    /// Made anew from the second copy: in a scratch place, and where it belongs.
    anew: Option<Anew>,
}

struct Anew {
    scratch: PathBuf,
    file: PathBuf,
}

impl LivingKeys {
    /// The key store of the folder; or one made anew from the second copy, in a scratch place.
    ///
    /// # Errors
    /// Exit 3 when there is neither, or the key of its epoch is not held; 5 when the key store is older than the copy: it
    /// would bring back who was destroyed.
    pub fn find(
        options: &StoreOptions,
        copy: Option<&SecondCopy>,
        vault: &Vault,
        terminal: &Terminal,
    ) -> Result<Self, Failure> {
        match copy {
            _ if options.keys_file.is_file() => {
                let mut found = Self::open(options, vault, None)?;
                found.refuse_older(options, copy)?;
                Ok(found)
            }
            Some(copy) => Self::anew(options, copy, vault, terminal),
            None => Err(Failure::new(
                Exit::Configuration,
                format!("there is no key store at {}", options.keys_file.display()),
            )
            .help("name the second copy with --second-copy: without keys everybody in the set is destroyed")),
        }
    }

    fn anew(
        options: &StoreOptions,
        copy: &SecondCopy,
        vault: &Vault,
        terminal: &Terminal,
    ) -> Result<Self, Failure> {
        let scratch = beside(&options.folder, "keys-anew");
        remove(&scratch)?;
        make_private(&scratch)?;
        let anew = Anew {
            scratch: scratch.clone(),
            file: options.keys_file.clone(),
        };
        let there = StoreOptions {
            keys_file: scratch.join("keys.db"),
            // A place that is missing would be made, and nothing is made before it is certain that it is wanted.
            epoch_files: options
                .epoch_files
                .iter()
                .filter(|file| file.is_file())
                .cloned()
                .collect(),
            ..options.clone()
        };
        let is_token = matches!(options.key_source, KeySettings::Token(_));
        if there.epoch_files.is_empty() && !is_token {
            return Err(no_epoch(&anew.file));
        }
        copy.rebuild_keys(&there.keys_file)?;
        let found = Self::open(&there, vault, Some(anew)).map_err(|failure| {
            failure.help("when the key of its epoch is lost, custodians bring it back: sandyq keys recover")
        })?;
        terminal.word(&format!(
            "there is no key store here; the keys are those of the second copy, at step {}",
            copy.key_step().unwrap_or(0)
        ));
        Ok(found)
    }

    fn open(options: &StoreOptions, vault: &Vault, anew: Option<Anew>) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(WallClock);
        let mut keys = open_key_store(options, &clock, Arc::new(SystemChance::new()))?;
        keys.reconcile(vault, WallClock.now())?;
        let reader = keys.reader()?;
        Ok(Self { keys, reader, anew })
    }

    fn refuse_older(&mut self, options: &StoreOptions, copy: Option<&SecondCopy>) -> Result<(), Failure> {
        match copy {
            Some(copy) => refuse_older(self.keys.head()?, copy, &options.keys_file),
            None => Ok(()),
        }
    }

    /// Whether that key lives.
    ///
    /// # Errors
    /// When the key store does not answer.
    pub fn lives(&self, subject: SubjectId, generation: u32) -> Result<bool, Fault> {
        Ok(self.reader.get(subject, generation)?.is_some())
    }

    /// Everybody who has a key.
    ///
    /// # Errors
    /// When the key store does not answer.
    pub fn everybody(&mut self) -> Result<HashSet<SubjectId>, Fault> {
        let mut everybody = HashSet::new();
        let mut after = None;
        loop {
            let page = self.keys.page(after)?;
            let Some(last) = page.last() else {
                return Ok(everybody);
            };
            after = Some((last.subject(), last.generation()));
            everybody.extend(page.iter().map(|key| key.subject()));
        }
    }

    /// Puts keys that were made anew where they belong.
    ///
    /// # Errors
    /// When the file system does not do it.
    pub fn settle(mut self) -> Result<(), Failure> {
        let Some(anew) = self.anew.take() else {
            return Ok(());
        };
        let made = anew.scratch.join("keys.db");
        // Whoever holds the file open lets go of it first.
        drop(self);
        let holder = anew.file.parent().map(PathBuf::from).unwrap_or_default();
        if !holder.is_dir() {
            make_private(&holder)?;
        }
        std::fs::rename(&made, &anew.file)
            .and_then(|()| std::fs::File::open(&holder)?.sync_all())
            .map_err(|error| Failure::file("move", &made, &error))
    }
}

impl Drop for Anew {
    fn drop(&mut self) {
        // What is left of it is removed by the next restore.
        let _ = remove(&self.scratch);
    }
}

fn no_epoch(keys: &Path) -> Failure {
    let happened = format!(
        "the key of the epoch is not here, and the keys of the second copy do not open without it: {} cannot be made",
        keys.display()
    );
    Failure::new(Exit::Configuration, happened)
        .help("bring back the file with the keys of epochs (keys.epoch_copy), or ask the custodians: sandyq keys recover")
}

/// Refuses a key store, at that step, which the second copy has left behind, or which went another way than the copy since
/// it was put back.
///
/// # Errors
/// Says at which step each is.
pub fn refuse_older(here: KeyHead, copy: &SecondCopy, keys_file: &Path) -> Result<(), Failure> {
    let there = copy.key_step().unwrap_or(0);
    let happened = if here.step < there {
        format!(
            "the key store of the folder is older than the second copy (step {}, and {there} there), and would bring back \
             who was destroyed",
            here.step
        )
    } else if copy.key_head()?.is_some_and(|copied| copied.contradicts(&here)) {
        format!(
            "the key store of the folder went another way than the second copy and is at the same step, {there}: it was \
             put back to an older state, and would bring back who was destroyed"
        )
    } else {
        return Ok(());
    };
    Err(Failure::new(Exit::Integrity, happened).help(format!(
        "move {} away; the keys are then made anew from the second copy",
        keys_file.display()
    )))
}
