//! The reference operator's policy, as it was when the program was built: what `init` copies out, and what is asked when
//! there is no folder.

use std::fs;
use std::io;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};
use sandyq_policy::Folder;

static POLICY: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../policy");

/// The shipped folder in memory.
pub fn folder() -> Folder {
    let mut files = Vec::new();
    gather(&POLICY, &mut files);
    Folder::from_files(files.into_iter().filter(|(path, _)| is_read(path)))
}

/// Writes every shipped file under `target`, which must exist.
pub fn write_to(target: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    gather(&POLICY, &mut files);
    for (path, text) in files {
        let place = target.join(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(place, text)?;
    }
    Ok(())
}

fn gather(folder: &'static Dir<'static>, files: &mut Vec<(String, &'static str)>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => gather(inner, files),
            DirEntry::File(file) => {
                let path = file.path().to_string_lossy().replace('\\', "/");
                files.extend(file.contents_utf8().map(|text| (path, text)));
            }
        }
    }
}

/// What [`Folder::read`] reads of a folder on disk.
fn is_read(path: &str) -> bool {
    match path.split_once('/') {
        Some(("law" | "calendar" | "cases", name)) => name.ends_with(".kdl") && !name.contains('/'),
        Some(("letters", name)) => name.ends_with(".md") && !name.contains('/'),
        Some(_) => false,
        None => path.ends_with(".md") || path == "decisions.txt",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_policy_is_the_same_in_memory_and_on_disk() {
        let target = tempfile::tempdir().unwrap();
        write_to(target.path()).unwrap();
        let read = Folder::read(target.path()).unwrap();
        assert_eq!(read.version(), folder().version());
        assert_eq!(read, folder());
    }
}
