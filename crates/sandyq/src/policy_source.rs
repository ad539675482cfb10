//! Which policy folder a command is about: the one that was named, or the nearest one.

use std::fmt;
use std::path::{Path, PathBuf};

use sandyq_policy::{Folder, Policy};

use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::shipped_policy;

/// Where a policy comes from.
#[derive(Debug)]
pub enum PolicySource {
    /// A folder on disk.
    Folder(PathBuf),
    /// The one that is part of the program.
    Shipped,
}

impl PolicySource {
    /// The folder that was named; else `policy` here; else that of the data folder; else the shipped one.
    pub fn find(named: Option<&Path>) -> Self {
        if let Some(named) = named {
            return Self::Folder(named.to_owned());
        }
        let near = [PathBuf::from("policy"), DataFolder::default_path().join("policy")];
        near.into_iter()
            .find(|folder| folder.join("law").is_dir())
            .map_or(Self::Shipped, Self::Folder)
    }

    /// Its files.
    pub fn read(&self) -> Result<Folder, Failure> {
        match self {
            Self::Shipped => Ok(shipped_policy::folder()),
            Self::Folder(path) => Folder::read(path).map_err(|error| {
                Failure::file("read the policy folder", path, &error).help(
                    "name a folder with the pages of a policy, such as the `policy` folder of a data folder",
                )
            }),
        }
    }

    /// The policy, when it has no errors.
    pub fn load(&self) -> Result<Policy, Failure> {
        let folder = self.read()?;
        Policy::load(&folder).map_err(|found| {
            let errors = found.iter().filter(|one| one.is_error()).count();
            Failure::new(
                Exit::Configuration,
                format!("{self} has {errors} errors, so it decides nothing"),
            )
            .help("run `sandyq check` on it: every error is shown with its place")
        })
    }
}

impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Shipped => f.write_str("the policy that is part of this program"),
        }
    }
}
