//! `sandyq verify`: the whole ledger of a data folder, entry by entry, against what was signed (5.1.5), and whether the
//! data keys and the people belong together (6.3); and the second copy, frame by frame.

use std::path::PathBuf;

use clap::Args;
use sandyq_model::{Standing, SubjectId};
use sandyq_store::tables::subject;
use sandyq_store::{Report, Store};
use serde_json::json;

use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::running;
use crate::terminal::{Terminal, Tone};

/// Verify the ledger and the keys of a data folder.
///
/// Works on a folder that is not being served. Outsiders verify the published ledger with `sandyq-verifier`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  sandyq verify --data /srv/sandyq
  sandyq verify --json | jq .entries

Exit codes: 0 everything is as it was signed, 5 something is not, 6 the folder is in use.")]
pub struct Verify {
    /// The data folder
    #[arg(long, env = "SANDYQ_DATA", default_value = "sandyq-data", value_name = "DIR")]
    pub data: PathBuf,
    /// As one JSON value
    #[arg(long)]
    pub json: bool,
}

/// People and their data keys.
#[derive(Clone, Copy, Debug, Default)]
struct Keys {
    people: u64,
    destroyed: u64,
}

impl Verify {
    /// Verifies, with progress, and says what was found right.
    pub fn run(&self, terminal: &Terminal) -> Result<Exit, Failure> {
        let folder = DataFolder::open(&self.data)?;
        let configuration = Configuration::read(&folder)?;
        let opened = running::open(&folder, &configuration)?;
        let store = opened.store.clone();
        let checked = running::runtime()?.block_on(async {
            let report = ledger(&store, terminal).await?;
            let keys = keys(&store).await?;
            Ok::<_, Failure>((report, keys, store.verify_copy()?))
        });
        terminal.progress_ended();
        let (report, keys, copy) = checked?;
        let checkpoint = store.checkpoint();
        if self.json {
            terminal.answer_json(&json!({
                "schema_version": 1,
                "verified": true,
                "origin": checkpoint.origin,
                "entries": report.entries,
                "checkpoints": report.checkpoints,
                "tiles": report.tiles,
                "postings": report.postings,
                "people": keys.people,
                "destroyed": keys.destroyed,
                "second_copy_frames": copy.map(|copy| copy.frames),
                "verifier_key": store.verifier_key().to_string(),
            }))?;
            return Ok(Exit::Done);
        }
        let verified = terminal.paint("verified", Tone::Good);
        terminal.answer(&format!(
            "{verified}  {}\n  {:<12} {}\n  {:<12} {}\n  {:<12} {}\n  {:<12} {}\n  {:<12} {}, {} destroyed",
            checkpoint.origin,
            "entries",
            report.entries,
            "checkpoints",
            report.checkpoints,
            "tiles",
            report.tiles,
            "postings",
            report.postings,
            "people",
            keys.people,
            keys.destroyed
        ))?;
        if let Some(copy) = copy {
            terminal.answer(&format!(
                "  {:<12} {} frames, up to now",
                "second copy", copy.frames
            ))?;
        }
        Ok(Exit::Done)
    }
}

async fn ledger(store: &Store, terminal: &Terminal) -> Result<Report, Failure> {
    let (told, mut heard) = tokio::sync::watch::channel((0, 0));
    let verifying = store.verify(move |done, all| {
        told.send_replace((done, all));
    });
    tokio::pin!(verifying);
    loop {
        tokio::select! {
            report = &mut verifying => return Ok(report?),
            Ok(()) = heard.changed() => {
                let (done, all) = *heard.borrow_and_update();
                terminal.progress(&format!("verifying entry {done} of {all}"));
            }
        }
    }
}

/// Every person who is not destroyed has a key, and nobody who is destroyed has one.
async fn keys(store: &Store) -> Result<Keys, Failure> {
    let mut keys = Keys::default();
    let mut after: Option<SubjectId> = None;
    loop {
        let page = store
            .read(move |reader| subject::page(reader, after, PAGE))
            .await?;
        let Some(last) = page.last() else { return Ok(keys) };
        after = Some(last.id);
        for person in &page {
            let is_destroyed = person.standing == Standing::Destroyed;
            let has_key = store.wrapped_key(person.id, person.key_generation)?.is_some();
            match (is_destroyed, has_key) {
                (false, true) => {}
                (true, false) => keys.destroyed += 1,
                (true, true) => return Err(unfit("a destroyed person still has a data key")),
                (false, false) => return Err(unfit("a person who is not destroyed has no data key")),
            }
            keys.people += 1;
        }
    }
}

fn unfit(what: &str) -> Failure {
    Failure::new(Exit::Integrity, what)
}

/// People looked at in one read.
const PAGE: u32 = 500;
