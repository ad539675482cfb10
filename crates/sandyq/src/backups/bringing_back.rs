//! What a restore and a drill have in common: the set, opened with a custodian's identity, and what it is measured by.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::note::VerifierKey;
use sandyq_model::Clock;
use sandyq_store::StoreOptions;
use sandyq_store::backup::restore::{After, Restoration, Seen, copied, since};
use sandyq_store::backup::{Identity, SetId, VerifiedSet, open_set};
use sandyq_store::second_copy::SecondCopy;
use sandyq_store::vault::Vault;

use super::{from_here, vault};
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside::WallClock;
use crate::running;
use crate::second_copy;
use crate::terminal::Terminal;

/// Which set, and who opens it.
#[derive(clap::Args, Debug)]
pub struct Wanted {
    /// Where the sets are, in place of backup.place
    #[arg(long, value_name = "FOLDER")]
    pub from: Option<String>,
    /// The set [default: the newest]
    #[arg(long, value_name = "ID")]
    pub set: Option<String>,
    /// The file with a custodian's identity, as `age-keygen` writes it; named twice, for it takes a custodian of each
    /// circle (5.1.1)
    #[arg(long = "identity", value_name = "FILE", required = true)]
    pub identities: Vec<PathBuf>,
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    pub data: PathBuf,
    /// As one JSON value
    #[arg(long)]
    pub json: bool,
}

/// What is known outside of the data folder.
#[derive(clap::Args, Debug)]
pub struct Elsewhere {
    /// A checkpoint that a witness keeps: the ledger must go on from it
    #[arg(long, value_name = "FILE")]
    pub witness: Option<PathBuf>,
    /// The folder of the second copy [default: that of the settings]: the keys when the folder has none, and what came
    /// after the set
    #[arg(long, value_name = "FOLDER")]
    pub second_copy: Option<PathBuf>,
}

/// A set that was opened, and whose it is.
pub struct OpenedSet {
    /// The set.
    pub set: VerifiedSet,
    /// The keys of the installation.
    pub vault: Arc<Vault>,
    /// The name and the verifying key of its ledger.
    pub ledger: (String, VerifierKey),
}

impl Wanted {
    /// The newest set at the place of the settings.
    pub fn newest(identities: Vec<PathBuf>, folder: &DataFolder) -> Self {
        Self {
            from: None,
            set: None,
            identities,
            data: folder.path().to_owned(),
            json: false,
        }
    }

    /// Opens the set that is wanted.
    ///
    /// # Errors
    /// Exit 5 with the cause when it cannot be believed, 3 when the identity does not open it.
    pub fn open(&self, folder: &DataFolder, configuration: &Configuration) -> Result<OpenedSet, Failure> {
        let vault = Arc::new(vault(folder, configuration)?);
        let origin = configuration.store_options(folder).origin;
        let key = sandyq_store::ledger::verifier_key(&origin, &vault)?;
        let settings = configuration.backups();
        let from = self.from.as_deref().map(from_here).transpose()?;
        let shelf = settings.shelf(settings.place(from.as_deref())?, folder)?;
        let identity = self.identity()?;
        let id: Option<SetId> = self.set.as_deref().map(str::parse).transpose()?;
        let set = open_set(shelf, id.as_ref(), (&origin, &key), vault.backup_key(), identity)?;
        Ok(OpenedSet {
            set,
            vault,
            ledger: (origin, key),
        })
    }
}

impl Wanted {
    /// All that the files hold.
    fn identity(&self) -> Result<Identity, Failure> {
        let mut all: Option<Identity> = None;
        for file in &self.identities {
            let text = fs::read_to_string(file).map_err(|error| Failure::file("read", file, &error))?;
            let one = Identity::read(&text)?;
            all = Some(match all {
                None => one,
                Some(others) => others.and(one),
            });
        }
        all.ok_or_else(|| Failure::new(Exit::Usage, "no identity is named"))
    }
}

impl Elsewhere {
    /// The second copy that is named here, or else in the settings, verified.
    ///
    /// # Errors
    /// Exit 5 names what is not as it was written; 7 when the folder does not answer.
    pub fn copy(
        &self,
        configuration: &Configuration,
        options: &StoreOptions,
    ) -> Result<Option<SecondCopy>, Failure> {
        let folder = self
            .second_copy
            .clone()
            .or_else(|| configuration.second_copy().folder(&options.folder));
        let Some(folder) = folder else { return Ok(None) };
        second_copy::read(&folder, options).map(Some).map_err(|failure| {
            failure.help(
                "mount it, or name another with --second-copy; when it is lost for good, take [second_copy] out of the \
                 settings",
            )
        })
    }
}

impl OpenedSet {
    /// The set as something to be brought back, with nothing that came after.
    ///
    /// # Errors
    /// When the policy of the folder has errors.
    pub fn alone(self, folder: &DataFolder) -> Result<Restoration, Failure> {
        Ok(Restoration {
            set: self.set,
            after: After::default(),
            seen: Vec::new(),
            vault: self.vault,
            ledger: self.ledger,
            policy: *running::policy(folder)?.version(),
            at: WallClock.now(),
        })
    }

    /// The same with everything that is known since: from the old database, and every checkpoint that was seen.
    ///
    /// # Errors
    /// When a checkpoint that should be there cannot be read or believed.
    pub fn with_what_came_after(
        self,
        folder: &DataFolder,
        options: &StoreOptions,
        (copy, witness): (Option<&SecondCopy>, Option<&Path>),
        terminal: &Terminal,
    ) -> Result<Restoration, Failure> {
        let mut restoration = self.alone(folder)?;
        match since(options, &restoration.set) {
            Ok(Some(after)) => restoration.after = after,
            Ok(None) => {
                terminal.word("there is no old database; what came after the set is not known from it")
            }
            Err(fault) => terminal.word(&format!("the old database cannot be used: {fault}")),
        }
        if let Some(copy) = copy {
            let size = restoration.set.manifest().checkpoint(&restoration.ledger.1)?.size;
            let known = copied(copy, size)?;
            restoration.after = std::mem::take(&mut restoration.after).and(known);
            if let Some(from) = copy.people_from() {
                terminal.word(&format!(
                    "not everything had reached the second copy: what changed from entry {from} of the ledger on may be as it \
                     was before; whoever was withdrawn, blocked or destroyed is so"
                ));
            }
        }
        let files = [
            (Some(options.head_file()), "the head file of the old folder"),
            (
                Some(options.witnessed_file()),
                "a witness, as kept in the old folder,",
            ),
            (witness.map(Path::to_owned), "the witness"),
        ];
        for (file, by) in files {
            let Some(file) = file else { continue };
            if !file.is_file() && Some(file.as_path()) != witness {
                continue;
            }
            restoration.seen.extend(seen(&file, by, &restoration.ledger)?);
        }
        if let Some(note) = copy.and_then(SecondCopy::checkpoint_note) {
            let seen = seen_in(note.as_bytes(), "the second copy", &restoration.ledger)?;
            restoration.seen.push(seen);
        }
        Ok(restoration)
    }
}

/// The checkpoint in a file; `None` in a new one.
fn seen(file: &Path, by: &str, ledger: &(String, VerifierKey)) -> Result<Option<Seen>, Failure> {
    let bytes = fs::read(file).map_err(|error| Failure::file("read", file, &error))?;
    let note = bytes.trim_ascii_end();
    let note = note
        .iter()
        .rposition(|byte| *byte != 0)
        .and_then(|last| note.get(..=last))
        .unwrap_or_default();
    if note.is_empty() {
        return Ok(None);
    }
    let note = [note.trim_ascii_end(), b"\n"].concat();
    seen_in(&note, by, ledger).map(Some)
}

fn seen_in(note: &[u8], by: &str, (origin, key): &(String, VerifierKey)) -> Result<Seen, Failure> {
    let checkpoint = Checkpoint::open_of(origin, note, std::slice::from_ref(key)).map_err(|error| {
        Failure::new(
            Exit::Integrity,
            format!("the checkpoint of {by} does not hold: {error}"),
        )
    })?;
    Ok(Seen {
        by: by.to_owned(),
        checkpoint,
    })
}
