//! A file that others replace: read again when it is another.

use std::fs::{self, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use crate::clock;
use crate::error::{Error, ErrorKind, Result};

/// Which file a path led to, through links, and how it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    fn of(metadata: &fs::Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// How many seconds a file must have been left alone for its times to tell a
/// later change: they are coarser than a write is quick.
const SETTLED: i64 = 2;

/// The file's bytes, unless it is the one that is `known`; with its identity,
/// unless it was changed just now and may be again without showing it.
pub(super) fn read(
    path: &Path,
    most: usize,
    known: Option<&Identity>,
) -> Result<Option<(Vec<u8>, Option<Identity>)>> {
    let failed = |error: std::io::Error| {
        let path = path.display();
        Error::new(ErrorKind::KeysUnavailable, format!("{path}: {error}"))
    };
    // Looked at first: opening what is no file may have an effect.
    let metadata = fs::metadata(path).map_err(failed)?;
    if known.is_some_and(|known| *known == Identity::of(&metadata)) {
        return Ok(None);
    }
    let refused = |reason: String| {
        let path = path.display();
        Err(Error::new(
            ErrorKind::KeysUnavailable,
            format!("{path}: {reason}"),
        ))
    };
    if !metadata.is_file() {
        return refused("not a file".into());
    }
    // Another may have taken its place: a pipe that nobody writes to must not
    // hold us up.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)
        .map_err(failed)?;
    let opened = file.metadata().map_err(failed)?;
    if !opened.is_file() {
        return refused("not a file".into());
    }
    // By both times: one of them can be set by whoever writes.
    let touched = opened.mtime().max(opened.ctime());
    let settled = clock::now() - touched >= SETTLED;
    let identity = settled.then(|| Identity::of(&opened));
    let mut bytes = Vec::new();
    let limit = most as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > most {
        return refused(format!("longer than {most} bytes (limits.bytes)"));
    }
    Ok(Some((bytes, identity)))
}
