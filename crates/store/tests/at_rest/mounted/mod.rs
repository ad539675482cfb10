//! A file system of its own, whose power can be cut or whose room ends. Gone when it is dropped.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system that is mounted for a test.
pub struct Mounted {
    folder: tempfile::TempDir,
    /// Where it is mounted.
    pub place: PathBuf,
    image: Option<PathBuf>,
}

impl Mounted {
    /// An ext4 of 64 MiB on a file. `None` where it cannot be had, and says so.
    pub fn disk() -> Option<Self> {
        let mut disk = Self::nowhere()?;
        let image = disk.folder.path().join("image");
        std::fs::File::create(&image).unwrap().set_len(64 << 20).unwrap();
        run("mkfs.ext4", &["-q".as_ref(), image.as_ref()]);
        disk.image = Some(image);
        disk.mount();
        Some(disk)
    }

    /// A file system in memory with so much room. `None` where it cannot be had, and says so.
    pub fn memory(kibibytes: usize) -> Option<Self> {
        let memory = Self::nowhere()?;
        let size = format!("size={kibibytes}k");
        let (options, place) = (size.as_ref(), memory.place.as_path());
        run(
            "mount",
            &[
                "-t".as_ref(),
                "tmpfs".as_ref(),
                "-o".as_ref(),
                options,
                "tmpfs".as_ref(),
                place,
            ],
        );
        Some(memory)
    }

    /// What was not synced is lost, and nothing can be written any more.
    pub fn cut_power(&self) {
        // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: not even the journal is written out.
        let program = "import fcntl, os, struct, sys\n\
            fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))";
        run(
            "python3",
            &["-c".as_ref(), program.as_ref(), self.place.as_path()],
        );
    }

    /// The machine starts again.
    pub fn comes_back(&self) {
        run("umount", &[self.place.as_path()]);
        self.mount();
    }

    /// Somebody makes room.
    pub fn grows(&self) {
        run(
            "mount",
            &["-o".as_ref(), "remount,size=64m".as_ref(), self.place.as_path()],
        );
    }

    fn nowhere() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            eprintln!("NOT TRIED: only root can mount a file system");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("place");
        std::fs::create_dir(&place).unwrap();
        Some(Self {
            folder,
            place,
            image: None,
        })
    }

    fn mount(&self) {
        let image = self.image.as_deref().unwrap();
        run(
            "mount",
            &["-o".as_ref(), "loop".as_ref(), image, self.place.as_path()],
        );
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A test that failed may still hold a file open; a lazy unmount lets go of it later.
        let _ = Command::new("umount").arg("-l").arg(&self.place).status();
    }
}

fn run(program: &str, arguments: &[&Path]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
