//! `sandyq restore`: brings a set back, and nobody who was destroyed since. The plan comes first; then a new folder is
//! built and verified beside the old one; then it takes its place in one step, and the old one is kept aside.

use std::fs;
use std::io::BufRead;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use clap::Args;
use sandyq_model::{Clock, SubjectId};
use sandyq_store::StoreOptions;
use sandyq_store::backup::restore::{Living, Plan, Restoration, Restored};
use serde_json::{Value, json};

use super::drill::{beside, in_scratch, make_private, remove};
use crate::backups::{Elsewhere, LivingKeys, Wanted};
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::outside::{self, WallClock};
use crate::places::real;
use crate::running;
use crate::swap::swap;
use crate::terminal::{Terminal, Tone};

/// Bring a backup set back, and nobody who was destroyed since.
///
/// Works on a folder that nobody serves. It needs the folder's settings, policy and root key; keys are in no set. What came
/// after the set is taken from the old database as far as it can be read, and from the second copy, and so are the keys
/// when the folder has none. Whoever has no living key is destroyed.
/// It takes the identities of two custodians, one of each circle of the settings (5.1.1).
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq restore --identity /media/stick/identity --identity /media/other/identity --dry-run
  sandyq restore --identity /media/stick/identity --identity /media/other/identity --from /mnt/disk/sandyq --yes

Exit codes: 0 restored, 1 not done, 3 keys or settings do not allow it, 5 the set is corrupt, foreign, not whole, of
another format, or would roll the ledger back.")]
pub struct Restore {
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    elsewhere: Elsewhere,
    /// Settings of the restored folder, in place of the old ones: with PostgreSQL they name a new, empty database
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Say what would come of it, try it in a scratch place, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask to type the set's id
    #[arg(long)]
    yes: bool,
}

impl Restore {
    /// Plans, asks, builds, swaps.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        // Folders change places, and a link to one would be left with the old one.
        let folder = DataFolder::open(&real(&self.wanted.data))?;
        let _lock = folder.lock()?;
        let configuration = Configuration::read(&folder)?;
        configuration.places_apart(folder.path())?;
        if let Some(settings) = &self.settings {
            Configuration::read_file(settings)?.places_apart(folder.path())?;
        }
        let options = configuration
            .keys()
            .of(&folder, configuration.store_options(&folder))?;
        let opened = self.wanted.open(&folder, &configuration)?;
        let copy = self.elsewhere.copy(&configuration, &options)?;
        let elsewhere = (copy.as_ref(), self.elsewhere.witness.as_deref());
        let restoration = opened.with_what_came_after(&folder, &options, elsewhere, terminal)?;
        let mut keys = LivingKeys::find(&options, copy.as_ref(), &restoration.vault, terminal)?;
        let everybody = keys.everybody()?;
        let lives = |subject: SubjectId, generation: u32| keys.lives(subject, generation);
        let plan = restoration.plan(&Living {
            lives: &lives,
            everybody,
        })?;
        if !self.wanted.json {
            terminal.answer(&in_words(&plan, terminal))?;
        }
        terminal.word(&format!(
            "opened by {}",
            restoration.set.opened_by().join(" and ")
        ));
        if restoration.after.house.is_none() {
            terminal.word(STAFF_OF_THE_SET);
        }
        if self.dry_run {
            return self.try_out(&restoration, &options, &plan, terminal);
        }
        self.ask(&plan, terminal)?;
        let new = DataFolder::to_be(&beside(folder.path(), "restoring"));
        let built = self.build(&folder, &new, &restoration, &lives, terminal);
        terminal.progress_ended();
        let (restored, lock) = match built {
            Ok(built) => built,
            Err(failure) => {
                remove(new.path())?;
                return Err(failure);
            }
        };
        keys.settle()?;
        let at = WallClock.now().strftime("%Y%m%dt%H%M%Sz");
        let aside = beside(folder.path(), &format!("before-restore-{at}"));
        swap(folder.path(), new.path(), &aside)?;
        drop(lock);
        self.look(&folder, &aside)?;
        if self.wanted.json {
            terminal.answer_json(&as_json(&plan, Some((&restored, &aside))))?;
        } else {
            let done = terminal.paint("restored", Tone::Good);
            terminal.answer(&format!(
                "{done}  {}, the ledger has {} entries",
                plan.set, restored.ledger_size
            ))?;
        }
        terminal.word(&format!(
            "the old folder is {}, without its keys; remove it when all is well",
            aside.display()
        ));
        Ok(Exit::Done)
    }

    /// In a scratch place, and nothing is changed.
    fn try_out(
        &self,
        restoration: &Restoration,
        options: &StoreOptions,
        plan: &Plan,
        terminal: &Terminal,
    ) -> Result<Exit, Failure> {
        in_scratch(restoration, options, &|rows| {
            terminal.progress(&format!("{rows} rows"));
        })?;
        terminal.progress_ended();
        terminal.word("everything in the set was found right; nothing was changed");
        if self.wanted.json {
            terminal.answer_json(&as_json(plan, None))?;
        }
        Ok(Exit::Done)
    }

    /// Builds the new folder: everything of the old one but data, head and keys, and the data of the set.
    fn build(
        &self,
        folder: &DataFolder,
        new: &DataFolder,
        restoration: &Restoration,
        lives: sandyq_store::backup::restore::Lives<'_>,
        terminal: &Terminal,
    ) -> Result<(Restored, crate::data_folder::FolderLock), Failure> {
        remove(new.path())?;
        make_private(new.path())?;
        let lock = new.lock()?;
        copy_but(folder.path(), new.path(), &NOT_COPIED)?;
        if let Some(settings) = &self.settings {
            let to = new.settings_file();
            fs::copy(settings, &to).map_err(|error| Failure::file("copy", settings, &error))?;
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600))
                .map_err(|error| Failure::file("protect", &to, &error))?;
        }
        let options = Configuration::read(new)?.store_options(new);
        let progress = |rows| terminal.progress(&format!("{rows} rows"));
        let restored = restoration.build(&options, lives, &progress)?;
        Ok((restored, lock))
    }

    /// Opens the folder as every start does, before anybody is served from it.
    fn look(&self, folder: &DataFolder, aside: &Path) -> Result<(), Failure> {
        let opened = Configuration::read(folder).and_then(|settings| running::open(folder, &settings));
        opened.map(drop).map_err(|failure| {
            let back = format!(
                "the old folder is {}; to have it back, move {}/keys into it and give it its name again",
                aside.display(),
                folder.path().display()
            );
            Failure::new(
                failure.exit,
                format!("the restored folder does not open: {failure}"),
            )
            .help(back)
        })
    }

    fn ask(&self, plan: &Plan, terminal: &Terminal) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        let unsure = || {
            Failure::new(Exit::Usage, "nothing was restored")
                .help("type the set's id when asked, or say --yes; --dry-run only looks")
        };
        if !outside::can_ask() {
            return Err(unsure());
        }
        terminal.word(&format!("type {} to go on:", plan.set));
        let mut typed = String::new();
        let read = std::io::stdin().lock().read_line(&mut typed);
        if read.is_ok() && typed.trim() == plan.set.to_string() {
            Ok(())
        } else {
            Err(unsure())
        }
    }
}

/// Copies a folder with everything in it but these names.
fn copy_but(from: &Path, to: &Path, but: &[&str]) -> Result<(), Failure> {
    let unread = |error| Failure::file("read", from, &error);
    for entry in fs::read_dir(from).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let name = entry.file_name();
        if but.iter().any(|left| name == *left) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        let kind = entry.file_type().map_err(unread)?;
        if kind.is_dir() {
            make_private(&target)?;
            copy_but(&source, &target, &[])?;
        } else if kind.is_file() {
            fs::copy(&source, &target).map_err(|error| Failure::file("copy", &source, &error))?;
        } else if kind.is_symlink() {
            // It leads where it led: the new folder lies where the old one does.
            fs::read_link(&source)
                .and_then(|to| symlink(to, &target))
                .map_err(|error| Failure::file("copy", &source, &error))?;
        }
    }
    Ok(())
}

fn in_words(plan: &Plan, terminal: &Terminal) -> String {
    let line = |text: String| format!("\n  {text}");
    let mut text = format!(
        "{}  made {}",
        terminal.paint(&plan.set.to_string(), Tone::Strong),
        plan.at
    );
    text += &line(format!("{} people in the set", plan.people));
    text += &line(format!(
        "{} of them were destroyed since, and stay destroyed",
        plan.stay_destroyed
    ));
    text += &line(format!(
        "{} of them changed since, and are brought up to date",
        plan.changed
    ));
    if plan.lost > 0 {
        let says = format!(
            "{} people came after the set and are in nothing that is left: they are lost",
            plan.lost
        );
        text += &line(terminal.paint(&says, Tone::Bad));
    }
    text += &line(format!(
        "{} people who came after the set are kept",
        plan.newcomers
    ));
    text + &line(format!(
        "the ledger goes on from {} to {} entries",
        plan.ledger_from, plan.ledger_to
    ))
}

fn as_json(plan: &Plan, done: Option<(&Restored, &Path)>) -> Value {
    json!({
        "schema_version": 1,
        "set": plan.set.to_string(),
        "at": plan.at.to_string(),
        "people": plan.people,
        "stay_destroyed": plan.stay_destroyed,
        "changed": plan.changed,
        "newcomers": plan.newcomers,
        "lost": plan.lost,
        "ledger_from": plan.ledger_from,
        "ledger_to": plan.ledger_to,
        "restored": done.is_some(),
        "ledger_size": done.map(|(restored, _)| restored.ledger_size),
        "aside": done.map(|(_, aside)| aside.display().to_string()),
    })
}

/// What is said when nothing is known of staff but what the set holds.
const STAFF_OF_THE_SET: &str = "staff accounts will be those of the set: whoever left or has a new password since could sign in \
                                as before. Before you serve: sandyq staff list, then close, or password";
/// What is made anew, or moved, or is of the program that ran.
const NOT_COPIED: [&str; 8] = [
    "sandyq.db",
    "sandyq.db-wal",
    "sandyq.db-shm",
    "sandyq.db-journal",
    "sandyq.lock",
    "sandyq.sock",
    "ledger.head",
    "keys",
];
