//! What a witness keeps: its key, the ledger it watches, and the newest checkpoint that it has signed.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::note::{Signer, VerifierKey};

use crate::Trouble;

/// The folder of a witness.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder of a new witness. Never overwrites one.
    pub fn make(path: &Path, name: &str, ledger: &VerifierKey, seed: &[u8; 32]) -> Result<Self, Trouble> {
        Signer::from_seed(name, seed).map_err(Trouble::usage)?;
        DirBuilder::new()
            .mode(0o700)
            .create(path)
            .map_err(|error| file("made", path, &error))?;
        let folder = Self(path.to_owned());
        let digits: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        folder.write(KEY, &format!("{FORMAT} {name}\n{digits}\n"))?;
        folder.write(LEDGER, &format!("{ledger}\n"))?;
        Ok(folder)
    }

    /// The folder, when it is one of a witness and nobody else can read its key.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        let key = path.join(KEY);
        let about = std::fs::metadata(&key).map_err(|error| file("read", &key, &error))?;
        if about.mode() & 0o077 != 0 {
            let says = format!("others may read the key; run: chmod 600 {}", key.display());
            return Err(Trouble::usage(says));
        }
        Ok(Self(path.to_owned()))
    }

    /// Keeps other programs out until it is dropped: two answers at once could sign two ledgers.
    pub fn lock(&self) -> Result<File, Trouble> {
        let path = self.0.join(KEY);
        let opened = File::open(&path).map_err(|error| file("read", &path, &error))?;
        opened.try_lock().map_err(|_| Trouble {
            code: 1,
            says: "another program answers with this key right now; try again".to_owned(),
        })?;
        Ok(opened)
    }

    /// The key that signs.
    pub fn signer(&self) -> Result<Signer, Trouble> {
        let text = self.read(KEY)?.unwrap_or_default();
        let malformed = || {
            Trouble::usage(format!(
                "`{}` is not the key of a witness",
                self.0.join(KEY).display()
            ))
        };
        let (first, digits) = text.split_once('\n').ok_or_else(malformed)?;
        let name = first
            .strip_prefix(FORMAT)
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or_else(malformed)?;
        let digits = digits.trim_end().as_bytes();
        let mut seed = [0; 32];
        if digits.len() != 2 * seed.len() {
            return Err(malformed());
        }
        for (byte, pair) in seed.iter_mut().zip(digits.chunks(2)) {
            *byte = std::str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or_else(malformed)?;
        }
        Signer::from_seed(name, &seed).map_err(Trouble::usage)
    }

    /// The key of the ledger that is watched.
    pub fn ledger(&self) -> Result<VerifierKey, Trouble> {
        self.read(LEDGER)?
            .unwrap_or_default()
            .parse()
            .map_err(|error| Trouble::usage(format!("`{}`: {error}", self.0.join(LEDGER).display())))
    }

    /// The note that was signed last.
    pub fn note(&self) -> Result<Option<String>, Trouble> {
        self.read(SEEN)
    }

    /// Where that is kept.
    pub fn note_path(&self) -> PathBuf {
        self.0.join(SEEN)
    }

    /// The checkpoint that was signed last; what is kept must still be what the ledger and this witness signed.
    pub fn known(&self) -> Result<Option<Checkpoint>, Trouble> {
        let Some(note) = self.note()? else {
            return Ok(None);
        };
        let ledger = self.ledger()?;
        let keys = [
            ledger.clone(),
            self.signer()?.cosigner_key().map_err(Trouble::usage)?,
        ];
        let opened = Checkpoint::open_of(ledger.name(), note.as_bytes(), &keys);
        opened.map(Some).map_err(|error| Trouble {
            code: 5,
            says: format!("`{}` was changed: {error}", self.note_path().display()),
        })
    }

    /// Remembers what was signed: durable when this returns.
    pub fn remember(&self, note: &str) -> Result<(), Trouble> {
        self.write(SEEN, note)
    }

    /// Keeps what cannot be of the same ledger; gives where.
    pub fn keep_evidence(&self, note: &str) -> Result<PathBuf, Trouble> {
        for number in 1..EVIDENCE_MAX {
            let name = format!("evidence-{number}.note");
            match self.read(&name)? {
                Some(kept) if kept == note => return Ok(self.0.join(name)),
                Some(_) => {}
                None => {
                    self.write(&name, note)?;
                    return Ok(self.0.join(name));
                }
            }
        }
        Err(Trouble {
            code: 5,
            says: format!(
                "{} holds {EVIDENCE_MAX} pieces of evidence already; look at them",
                self.0.display()
            ),
        })
    }

    fn read(&self, name: &str) -> Result<Option<String>, Trouble> {
        let path = self.0.join(name);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(file("read", &path, &error)),
        }
    }

    /// Whole or not at all, and durable.
    fn write(&self, name: &str, text: &str) -> Result<(), Trouble> {
        let path = self.0.join(name);
        let draft = self.0.join(format!("{name}.draft"));
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .and_then(|()| std::fs::rename(&draft, &path))
            .and_then(|()| File::open(&self.0)?.sync_all());
        written.map_err(|error| file("written", &path, &error))
    }
}

fn file(what: &str, path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::usage(format!("`{}` could not be {what}: {error}", path.display()))
}

/// The first word of a key file: the format and its version.
const FORMAT: &str = "sandyq-witness-key/1";
const KEY: &str = "witness.key";
const LEDGER: &str = "ledger.key";
const SEEN: &str = "signed.note";
/// So many different pieces of evidence are kept.
const EVIDENCE_MAX: u32 = 1000;
