//! The tracked files of the workspace, read once.

use std::path::Path;
use std::process::Command;

use crate::fault::Fault;

/// A text file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Whether the name ends in `.` and this.
    pub fn is(&self, extension: &str) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, own)| own == extension)
    }

    /// Lines with their numbers from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }
}

/// All text files, and the names of all files.
#[derive(Debug, Default)]
pub struct Tree {
    /// Text files, sorted by path.
    pub sources: Vec<Source>,
    /// Paths of all tracked files, sorted.
    pub paths: Vec<String>,
    /// The folder of the checkout, as a text to look for.
    pub place: String,
}

impl Tree {
    /// Reads what git tracks, or all there is where git does not answer (an unpacked archive). A tracked file that is
    /// gone from the disk is left out.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn read(root: &Path) -> Result<Self, Fault> {
        let mut paths = match tracked(root) {
            Some(paths) => paths,
            None => walk(root, "").map_err(Fault::io("reading the folder"))?,
        };
        paths.sort();
        let mut tree = Self {
            place: root.to_string_lossy().into_owned(),
            ..Self::default()
        };
        for path in paths {
            let Ok(bytes) = std::fs::read(root.join(&path)) else {
                continue;
            };
            if let Ok(text) = String::from_utf8(bytes) {
                tree.sources.push(Source {
                    path: path.clone(),
                    text,
                });
            }
            tree.paths.push(path);
        }
        Ok(tree)
    }

    /// A text file by its path.
    pub fn source(&self, path: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.path == path)
    }

    /// The text files with an extension.
    pub fn with(&self, extension: &str) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(move |source| source.is(extension))
    }

    /// A tree made up for a test.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        let paths = sources.iter().map(|source| source.path.clone()).collect();
        Self {
            sources,
            paths,
            place: "somewhere".to_owned(),
        }
    }
}

/// Folders that are never part of the repository.
const OUTSIDE: [&str; 3] = [".git", "data", "target"];

/// The files that git tracks; nothing when git is not there or does not know the folder.
fn tracked(root: &Path) -> Option<Vec<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .ok()?;
    let text = String::from_utf8(listed.stdout)
        .ok()
        .filter(|text| listed.status.success() && !text.is_empty())?;
    Some(
        text.split('\0')
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}

/// All files below a folder, by path from the root.
fn walk(root: &Path, below: &str) -> std::io::Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        if !entry.file_type()?.is_dir() {
            paths.push(path);
        } else if !OUTSIDE.contains(&path.as_str()) {
            paths.extend(walk(root, &path)?);
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_git_does_not_know_is_walked() {
        let paths = walk(&crate::root(), "").unwrap();
        assert!(paths.iter().any(|path| path == "xtask/src/tidy/tree.rs"));
        assert!(
            !paths
                .iter()
                .any(|path| path.starts_with("target/") || path.starts_with(".git/"))
        );
    }
}
