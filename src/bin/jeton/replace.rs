//! A file that is replaced as a whole, by one process at a time.
//!
//! Whoever reads it finds the old content or the new. A replacement that fails
//! or is killed leaves the old.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use jeton::{Error, ErrorKind, Result};

use crate::input::{self, Bytes, What};

/// A file that no other process replaces in the meantime.
pub(crate) struct Locked {
    /// Links are resolved: the link stays, and what it leads to is replaced.
    path: PathBuf,
    file: File,
    found: Metadata,
}

impl Locked {
    /// Opens the file `name`, and waits while another process replaces it.
    pub(crate) fn open(what: What, name: &str) -> Result<Self> {
        let open = || -> io::Result<Self> {
            loop {
                let path = fs::canonicalize(name)?;
                // Looked at first: a pipe that nobody writes to must not be opened.
                if !fs::metadata(&path)?.is_file() {
                    return Err(io::Error::other("not a file"));
                }
                let file = File::open(&path)?;
                file.lock()?;
                let found = file.metadata()?;
                // Whoever had it locked may have put another one in its place.
                if fs::metadata(&path).is_ok_and(|now| is_same(&now, &found)) {
                    return Ok(Self { path, file, found });
                }
            }
        };
        open().map_err(|error| input::unreadable(what, name, &error))
    }

    /// What is in it.
    pub(crate) fn read(&self, what: What, name: &str) -> Result<Bytes> {
        input::opened(what, name, &self.file)
    }

    /// Whether others than its owner may read or write it.
    pub(crate) fn is_shared(&self) -> bool {
        self.found.mode() & 0o077 != 0
    }

    /// Puts a file with `content` in its place, of the same owner and for no
    /// other's eyes.
    pub(crate) fn replace(&self, content: &[u8]) -> Result<()> {
        self.try_replace(content).map_err(|error| {
            let message = format!("{}: {error}", self.path.display());
            Error::new(ErrorKind::Storage, message)
        })
    }

    fn try_replace(&self, content: &[u8]) -> io::Result<()> {
        let (Some(folder), Some(name)) = (self.path.parent(), self.path.file_name()) else {
            return Err(io::Error::other("not a file"));
        };
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(".new");
        let temporary = Temporary::create(folder.join(temporary))?;
        let mut file = &temporary.file;
        let (made, owner) = (file.metadata()?, (self.found.uid(), self.found.gid()));
        if (made.uid(), made.gid()) != owner {
            fchown(file, Some(owner.0), Some(owner.1))?;
        }
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.write_all(content)?;
        file.sync_all()?;
        // Not everybody takes the lock: an editor doesn't.
        if !is_same(&fs::metadata(&self.path)?, &self.found) {
            return Err(io::Error::other("it has changed meanwhile; try again"));
        }
        temporary.rename(&self.path)?;
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| {
                io::Error::other(format!(
                    "it is replaced, but might not outlast a power cut: {error}"
                ))
            })
    }
}

/// Whether both are of the same file, unchanged.
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    let mark = |of: &Metadata| (of.dev(), of.ino(), of.size(), of.mtime(), of.mtime_nsec());
    mark(one) == mark(other)
}

/// A file that is removed unless it is renamed.
struct Temporary {
    path: PathBuf,
    file: File,
    renamed: bool,
}

impl Temporary {
    fn create(path: PathBuf) -> io::Result<Self> {
        // One that is there was left by a run that was killed: whoever isn't
        // killed has the lock.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        Ok(Self {
            file: options.open(&path)?,
            path,
            renamed: false,
        })
    }

    fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}
