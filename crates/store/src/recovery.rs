//! Opening: tables up to date, the ledger as it was signed, and whatever a crash left is finished, before anybody is
//! served.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::sync::Arc;

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_model::{Chance, Clock, Fault, SubjectId};

use crate::commit::{self, Within, Writer, WriterParts};
use crate::database::{self, PostgresSession, ReaderExt, Readers, Session, Snapshots, SqliteSession};
use crate::farewell::Farewell;
use crate::leads::sweep_leads;
use crate::ledger::{self, Book, HeadFile, Published, WitnessedFile};
use crate::options::StoreOptions;
use crate::second_copy::{JoinParts, Joining, follow};
use crate::store::Parts;
use crate::tables::epoch_end;
use crate::vault::{CopyKey, CustodianEscrow, KeyStore, KeyUse, OpenedSource, Vault};

/// Opens everything, on a thread of its own: the driver of PostgreSQL must not block one that serves.
pub(crate) fn open(
    options: &StoreOptions,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Parts, Fault> {
    std::thread::scope(|scope| {
        let opening = scope.spawn(|| open_here(options, clock, chance));
        opening
            .join()
            .unwrap_or_else(|_| Err(Fault::Store("opening panicked".into())))
    })
}

fn open_here(options: &StoreOptions, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Result<Parts, Fault> {
    make_folder(options)?;
    let session = open_session(options)?;
    open_on(session, options, clock, chance)
}

/// Opens everything, on this connection to write.
pub(crate) fn open_on(
    mut session: Box<dyn Session>,
    options: &StoreOptions,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Parts, Fault> {
    let source = options.key_source.open(&options.key_file)?;
    let vault = Arc::new(Vault::unlock(
        source.root.as_ref(),
        &options.key_versions,
        Arc::clone(&chance),
    )?);
    let mut keys = open_keys(options, &source, &clock, Arc::clone(&chance))?;
    let joining = options.second_copy.as_ref();
    let joining = joining.map(|copy| Joining::begin(copy, &mut keys, &clock));
    let joining = joining.transpose()?;
    keys.reconcile(&vault, clock.now())?;
    database::migrate(session.as_mut())?;
    let head_file = HeadFile::open(&options.head_file())?;
    let book = open_book(session.as_mut(), options, &vault, &head_file, clock.as_ref())?;
    let witnessed = open_witnessed(session.as_mut(), options, &book)?;
    let published = Arc::new(Published::new(book.head().clone(), book.verifier_key().clone()));
    verify_when_small(session.as_mut(), &published)?;
    let shipper = match joining {
        Some(joining) => {
            let parts = join_parts(options, &source, &keys, (&clock, chance))?;
            Some(joining.compare(parts, session.as_mut(), &book)?)
        }
        None => None,
    };
    let traces = commit::finish_deaths(session.as_mut(), &mut keys, &vault)?;
    sweep(session.as_mut(), &mut keys, &vault)?;
    head_file.write(&book.head().note);
    let farewell = Farewell::default();
    let shipping = shipper.map(|shipper| follow(shipper, &book, farewell.clone()));
    let shipping = shipping.transpose()?;
    finish_epoch(session.as_mut(), &mut keys)?;
    let readers = Readers::start(open_readers(options, options.readers.max(1))?, farewell.clone())?;
    let key_reader = keys.reader()?;
    let parts = WriterParts {
        session,
        keys,
        vault: Arc::clone(&vault),
        book,
        published: Arc::clone(&published),
        head_file,
        clock,
        died: Vec::new(),
        traces,
        outbox: shipping.as_ref().map(|shipping| Arc::clone(shipping.outbox())),
    };
    Ok(Parts {
        writer: Writer::start(parts, farewell.clone())?,
        shipping,
        readers,
        key_reader,
        vault,
        published,
        witnessed: Arc::new(witnessed),
        epoch_schedule: options.epoch_schedule,
        farewell,
    })
}

/// Forgets the key of an epoch whose end is accounted for. What cannot be finished now is asked for again while the
/// program runs; until then the old keys wait.
fn finish_epoch(session: &mut dyn Session, keys: &mut KeyStore) -> Result<(), Fault> {
    let accounted = epoch_end::noted(&mut Within(session))?;
    match keys.finish_epoch(accounted) {
        Ok(Some(ended)) => tracing::warn!(
            epoch = ended.from,
            "an epoch that was ending at the last stop has ended now"
        ),
        Ok(None) => {}
        Err(fault) => tracing::error!(%fault, "the end of an epoch could not be finished"),
    }
    Ok(())
}

fn join_parts(
    options: &StoreOptions,
    source: &OpenedSource,
    keys: &KeyStore,
    (clock, chance): (&Arc<dyn Clock>, Arc<dyn Chance>),
) -> Result<JoinParts, Fault> {
    let version = options.key_versions.of(KeyUse::SecondCopy);
    let mut connections = open_readers(options, 1)?;
    let data = connections
        .pop()
        .ok_or_else(|| Fault::Store("there is no connection for the second copy".into()))?;
    Ok(JoinParts {
        key: CopyKey::of(source.root.as_ref(), version)?,
        data,
        keys: Box::new(keys.reader()?),
        notice: options.copy_notice_file(),
        clock: Arc::clone(clock),
        chance,
    })
}

fn make_folder(options: &StoreOptions) -> Result<(), Fault> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&options.folder)
        .map_err(|error| {
            Fault::Store(format!(
                "`{}` could not be made: {error}",
                options.folder.display()
            ))
        })
}

/// Opens the key store of these options by itself, for work without a database.
///
/// # Errors
/// [`Fault::Vault`] when the key source or the key store cannot be used.
pub fn open_key_store(
    options: &StoreOptions,
    clock: &Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<KeyStore, Fault> {
    let source = options.key_source.open(&options.key_file)?;
    open_keys(options, &source, clock, chance)
}

fn open_keys(
    options: &StoreOptions,
    source: &OpenedSource,
    clock: &Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<KeyStore, Fault> {
    let epochs = source.epochs(&options.epoch_files, &options.key_versions, &chance)?;
    let mut keys = KeyStore::open_file(&options.keys_file, epochs, Arc::clone(clock), Arc::clone(&chance))?;
    if let Some(escrow) = &options.escrow {
        let root = source.root.as_ref();
        let escrow = CustodianEscrow::new(escrow.clone(), root, chance, Arc::clone(clock))?;
        keys.entrust(Box::new(escrow));
    }
    Ok(keys)
}

pub(crate) fn open_session(options: &StoreOptions) -> Result<Box<dyn Session>, Fault> {
    if let Some(url) = &options.database_url {
        return Ok(Box::new(PostgresSession::connect(url)?));
    }
    let file = options.database_file();
    // Made here so that only its owner can read it; the engine's other files take after it.
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&file)
        .map_err(|error| Fault::Store(format!("`{}` could not be opened: {error}", file.display())))?;
    Ok(Box::new(SqliteSession::open_to_write(&file)?))
}

fn open_readers(options: &StoreOptions, count: usize) -> Result<Vec<Box<dyn Snapshots>>, Fault> {
    let file = options.database_file();
    (0..count)
        .map(|_| -> Result<Box<dyn Snapshots>, Fault> {
            match &options.database_url {
                Some(url) => Ok(Box::new(PostgresSession::connect(url)?)),
                None => Ok(Box::new(SqliteSession::open_to_read(&file)?)),
            }
        })
        .collect()
}

/// Takes the ledger up where it was left, or begins it.
fn open_book(
    session: &mut dyn Session,
    options: &StoreOptions,
    vault: &Arc<Vault>,
    head_file: &HeadFile,
    clock: &dyn Clock,
) -> Result<Book, Fault> {
    let book = match Book::open(&mut Within(session), &options.origin, Arc::clone(vault))? {
        Some(book) => book,
        None => commit::begin_ledger(session, &options.origin, vault, clock)?,
    };
    let stored = Within(session).first("SELECT value FROM meta WHERE name = 'ledger-head'", &[], |row| {
        row.take::<Vec<u8>>(0)
    })?;
    if stored.as_deref() != Some(book.head().note.as_bytes()) {
        return Err(Fault::Ledger(
            "the newest checkpoint is not the one noted as the head: one was removed".into(),
        ));
    }
    if let Some(note) = head_file.read()? {
        let keys = std::slice::from_ref(book.verifier_key());
        let seen = Checkpoint::open_of(&book.head().checkpoint.origin, note.as_bytes(), keys)
            .map_err(|error| Fault::Ledger(format!("the ledger's head file does not hold: {error}")))?;
        goes_on_from(session, &book, &seen)?;
    }
    Ok(book)
}

/// What witnesses have signed must be the beginning of the ledger.
fn open_witnessed(
    session: &mut dyn Session,
    options: &StoreOptions,
    book: &Book,
) -> Result<WitnessedFile, Fault> {
    let file = WitnessedFile::open(options.witnessed_file(), book.verifier_key(), &options.witnesses)?;
    if let Some(witnessed) = file.newest() {
        goes_on_from(session, book, &witnessed.checkpoint)?;
    }
    Ok(file)
}

/// The ledger must contain what this machine has seen of it: otherwise it was put back to an older state, or forked.
fn goes_on_from(session: &mut dyn Session, book: &Book, seen: &Checkpoint) -> Result<(), Fault> {
    if seen.size > book.size() {
        return Err(Fault::Ledger(format!(
            "the ledger has {} entries, and had {} before: it was cut off or put back",
            book.size(),
            seen.size
        )));
    }
    if ledger::root(&mut Within(session), seen.size)? == seen.root {
        Ok(())
    } else {
        Err(Fault::Ledger(
            "the ledger is not the one that was here before: it was rewritten".into(),
        ))
    }
}

fn verify_when_small(session: &mut dyn Session, published: &Published) -> Result<(), Fault> {
    if published.head().checkpoint.size <= VERIFY_WHOLE_MAX {
        ledger::verify(&mut Within(session), published, &|_, _| {})?;
    }
    Ok(())
}

/// Keys and leads that were written for commits which then did not happen, and leads that a restored database lacks. While
/// the head is locked no other process is between writing a key and committing its subject.
fn sweep(session: &mut dyn Session, keys: &mut KeyStore, vault: &Vault) -> Result<(), Fault> {
    session.begin()?;
    let swept = sweep_within(session, keys, vault);
    session.rollback();
    swept
}

fn sweep_within(session: &mut dyn Session, keys: &mut KeyStore, vault: &Vault) -> Result<(), Fault> {
    session.rows(session.dialect().lock_head(), &[])?;
    sweep_orphans(session, keys)?;
    sweep_leads(&mut Within(session), keys, vault)
}

fn sweep_orphans(session: &mut dyn Session, keys: &mut KeyStore) -> Result<(), Fault> {
    let used: Vec<(SubjectId, u32)> = Within(session).list(
        "SELECT subject_id, key_generation FROM subject WHERE standing <> 4 \
         UNION SELECT subject_id, generation FROM record",
        &[],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )?;
    let orphans = keys.orphans(&used)?;
    if !orphans.keys_without_subject.is_empty() {
        tracing::warn!(
            keys = orphans.keys_without_subject.len(),
            "keys of commits that did not happen have died"
        );
        keys.kill(&orphans.keys_without_subject)?;
    }
    if !orphans.subjects_without_key.is_empty() {
        tracing::error!(
            subjects = orphans.subjects_without_key.len(),
            "subjects have no key: their values cannot be opened; is this the right key store?"
        );
    }
    Ok(())
}

/// Up to so many entries the whole ledger is verified at every start; it takes a fraction of a second.
const VERIFY_WHOLE_MAX: u64 = 65_536;
