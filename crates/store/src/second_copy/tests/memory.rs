//! A folder in memory, of which any operation can be made to fail.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::files::CopyFiles;

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// Nothing of it happens.
    Lost,
    /// It happens, and is reported as lost.
    Kept,
    /// Half of what is written is there.
    Short,
}

/// A folder that outlives who writes into it.
#[derive(Clone, Default)]
pub struct Memory(pub Arc<Mutex<Folder>>);

#[derive(Default)]
pub struct Folder {
    pub files: BTreeMap<u64, Vec<u8>>,
    open: Option<u64>,
    /// Operations that change something, so far.
    pub operations: u64,
    /// Which operations fail, from and to, and how.
    pub failing: Option<(u64, u64, Failing)>,
    /// Whether it does not answer, as a mount of a machine that is gone.
    pub hanging: bool,
    /// What each sync does while it takes its time.
    pub slow: Option<Box<dyn FnMut() + Send>>,
}

impl Folder {
    fn step(&mut self) -> Option<Failing> {
        self.operations += 1;
        let (from, to, how) = self.failing?;
        (from..to).contains(&self.operations).then_some(how)
    }
}

fn failed() -> io::Error {
    io::Error::other("made to fail")
}

impl Memory {
    pub fn with<R>(&self, f: impl FnOnce(&mut Folder) -> R) -> R {
        f(&mut self.0.lock().unwrap())
    }
}

impl CopyFiles for Memory {
    fn segments(&mut self) -> io::Result<Vec<u64>> {
        Ok(self.with(|folder| folder.files.keys().copied().collect()))
    }

    fn read(&mut self, first: u64, at_most: u64) -> io::Result<Vec<u8>> {
        self.with(|folder| {
            let mut bytes = folder.files.get(&first).cloned().ok_or_else(failed)?;
            bytes.truncate(usize::try_from(at_most).unwrap_or(usize::MAX));
            Ok(bytes)
        })
    }

    fn begin(&mut self, first: u64) -> io::Result<()> {
        self.with(|folder| {
            let how = folder.step();
            if how != Some(Failing::Lost) {
                assert!(
                    folder.files.insert(first, Vec::new()).is_none(),
                    "a name used twice"
                );
                folder.open = Some(first);
            }
            how.map_or(Ok(()), |_| Err(failed()))
        })
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        while self.with(|folder| folder.hanging) {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.with(|folder| {
            let how = folder.step();
            let kept = match how {
                None | Some(Failing::Kept) => bytes,
                Some(Failing::Short) => &bytes[..bytes.len() / 2],
                Some(Failing::Lost) => &[],
            };
            let open = folder.open.ok_or_else(failed)?;
            folder.files.get_mut(&open).unwrap().extend_from_slice(kept);
            how.map_or(Ok(()), |_| Err(failed()))
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.with(|folder| {
            if let Some(slow) = &mut folder.slow {
                slow();
            }
            folder.step().map_or(Ok(()), |_| Err(failed()))
        })
    }

    fn remove(&mut self, first: u64) -> io::Result<()> {
        self.with(|folder| match folder.step() {
            Some(Failing::Lost | Failing::Short) => Err(failed()),
            how => {
                folder.files.remove(&first);
                how.map_or(Ok(()), |_| Err(failed()))
            }
        })
    }
}
