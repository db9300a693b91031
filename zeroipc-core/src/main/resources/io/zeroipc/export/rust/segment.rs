use std::collections::HashSet;
use std::fs::{symlink_metadata, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::{Acquire, Relaxed};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::catalogue;
use super::error::Error;
use super::memory::Block;
use super::os::{self, Mapping};
use super::participants::Participation;

const MAGIC: u32 = 0x5A49504D;
const VERSION: u32 = 2;
const HEADER_BYTES: u64 = 32;
const ROW_BYTES: u64 = 48;
const NAME_BYTES: usize = 32;
const ROWS_BY_DEFAULT: u64 = 64;
const LOCKS: u64 = 1 << 62;
const ROLES: u64 = LOCKS + (1 << 56);
pub(super) const USERS: u64 = 1024;
/// How long to look again at what its creator has not finished.
const PATIENCE: Duration = Duration::from_secs(1);

/// A segment that is open, as one of its users: while this or a structure of it is there, nobody takes the file for unused.
///
/// Whoever truncates the file ends this process with a signal (SIGBUS) at its next access.
#[derive(Clone)]
pub struct Segment {
    opened: Arc<Opened>,
}

/// What all structures of an open segment share. Fields end in this order: the lock goes when nothing is mapped any more.
pub(super) struct Opened {
    mapping: Mapping,
    participation: Result<Arc<Participation>, String>,
    locks: Arc<File>,
    roles: Mutex<HashSet<u64>>,
    path: PathBuf,
    name: String,
    identity: (u64, u64),
    size: u64,
}

impl Segment {
    /// Opens the segment in a file.
    pub fn open(path: &Path) -> Result<Segment, Error> {
        let begun = Instant::now();
        loop {
            match Opened::of(path) {
                Err(Failure::Unfinished(_)) if begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(Failure::Unfinished(problem)) | Err(Failure::Final(problem)) => {
                    return Err(Error::Unusable { path: path.to_path_buf(), problem });
                }
                Ok(opened) => return Ok(Segment { opened: Arc::new(opened) }),
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.opened.path
    }

    /// Why others cannot end what this process has begun, should it die; `None` where they can.
    pub fn takes_no_part(&self) -> Option<&str> {
        self.opened.participation.as_ref().err().map(String::as_str)
    }

    /// Fails when the file at the path is not the one that is mapped any more.
    pub fn verify(&self) -> Result<(), Error> {
        self.opened.verify()
    }

    /// Names of the rows of its table.
    pub fn names(&self) -> Vec<String> {
        self.opened.rows().map(|(name, _, _)| String::from_utf8_lossy(name).into_owned()).collect()
    }

    /// The block of a structure whose row has this suffix.
    pub(super) fn block(&self, structure: &str, suffix: &str) -> Result<Block, Error> {
        let wanted = format!("{structure}{suffix}");
        let Some((_, offset, length)) = self.opened.rows().find(|(name, _, _)| *name == wanted.as_bytes()) else {
            return Err(Error::NotFound {
                segment: self.opened.name.clone(),
                structure: wanted,
                present: self.names(),
            });
        };
        let end = offset.checked_add(length);
        if offset % 8 != 0 || offset < self.opened.table_end() || end.map_or(true, |end| end > self.opened.length()) {
            return Err(Error::Unfit {
                segment: self.opened.name.clone(),
                structure: structure.to_string(),
                problem: format!(
                    "row={wanted}, offset={offset}, bytes={length} (expected: aligned to 8, behind the table, within {})",
                    self.opened.length()
                ),
            });
        }
        Ok(Block::new(self.opened.clone(), structure, offset as usize, length as usize))
    }

    /// As `block()`, of a structure that is also what the catalogue beside the segment says of it.
    pub(super) fn declared_block(&self, structure: &str, suffix: &str, exported: Exported) -> Result<Block, Error> {
        let block = self.block(structure, suffix)?;
        if let Some(line) = catalogue::line(&self.opened, structure, block.offset()) {
            if line.kind != exported.kind {
                return Err(block.unfit(format!("kind={} (expected: {})", line.kind, exported.kind)));
            }
            for (exported, found) in [(exported.key, &line.key), (exported.element, &line.element)] {
                if let (Some(exported), Some(found)) = (exported, found) {
                    if exported != found {
                        return Err(Error::OtherElements {
                            segment: self.opened.name.clone(),
                            structure: structure.to_string(),
                            exported: exported.to_string(),
                            found: found.clone(),
                        });
                    }
                }
            }
        }
        Ok(block)
    }

    /// What the catalogue says of a structure beyond its elements.
    pub(super) fn option(&self, block: &Block, option: &str) -> Option<String> {
        catalogue::line(&self.opened, block.structure(), block.offset())?.options.remove(option)
    }
}

/// What a structure was when it was exported.
#[derive(Clone, Copy)]
pub struct Exported {
    pub kind: &'static str,
    /// Fingerprint.
    pub key: Option<&'static str>,
    /// Fingerprint.
    pub element: Option<&'static str>,
}

enum Failure {
    /// It may be right a moment later.
    Unfinished(String),
    Final(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Final(format!("reason={error}"))
    }
}

impl Opened {
    fn of(path: &Path) -> Result<Opened, Failure> {
        let facts = symlink_metadata(path)?;
        if let Some(problem) = os::distrust(&facts) {
            return Err(Failure::Final(problem));
        }
        let file = os::open(path, &facts)?;
        // A descriptor of its own: the locks are free when this one is closed, and nothing is mapped through it.
        let locks = Arc::new(os::open(path, &facts)?);
        let length = file.metadata()?.len();
        if length < HEADER_BYTES {
            let problem = format!("bytes={length} (expected: at least {HEADER_BYTES})");
            return Err(if length == 0 { Failure::Unfinished(problem) } else { Failure::Final(problem) });
        }
        let mut header = [0; HEADER_BYTES as usize];
        file.read_exact_at(&mut header, 0)?;
        let size = sound_size(&header, length)?;
        let bytes = usize::try_from(size).map_err(|_| Failure::Final(format!("bytes={size}")))?;
        let user = last_free_user(&locks)?.ok_or_else(|| Failure::Final(format!("users={USERS}, all taken")))?;
        // Whoever removes a file with its last user may have done so before this one was counted.
        if os::identity(&symlink_metadata(path)?) != os::identity(&facts) {
            return Err(Failure::Unfinished("it was replaced while it was opened".to_string()));
        }
        // First, as a process that maps the file and has no row is taken for one that announces nothing.
        let participation = Participation::join(path, &facts, &locks, user);
        let mapping = Mapping::of(&file, bytes)?;
        Ok(Opened {
            mapping,
            participation,
            locks,
            roles: Mutex::default(),
            path: path.to_path_buf(),
            name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            identity: os::identity(&facts),
            size: length,
        })
    }

    pub(super) fn start(&self) -> *mut u8 {
        self.mapping.start()
    }

    fn length(&self) -> u64 {
        self.mapping.length() as u64
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn identity(&self) -> (u64, u64) {
        self.identity
    }

    /// Null where this process takes no part.
    #[inline]
    pub(super) fn participation(&self) -> Option<&Arc<Participation>> {
        self.participation.as_ref().ok()
    }

    /// One past the rows, whatever the bytes say by now.
    fn table_end(&self) -> u64 {
        // It was within the segment when that was opened; a later number leads to fewer rows, or is cut.
        HEADER_BYTES + ROW_BYTES * rows_max(&self.mapping).min((self.length() - HEADER_BYTES) / ROW_BYTES)
    }

    fn rows(&self) -> impl Iterator<Item = (&[u8], u64, u64)> + '_ {
        let room = (self.table_end() - HEADER_BYTES) / ROW_BYTES;
        // Pairs with the release-store of whoever has added the last one: the rows are complete.
        let count = u64::from(word(&self.mapping, 8).load(Acquire)).min(room);
        (0..count).map(move |row| {
            // SAFETY: within the table, which is within the mapping; rows do not change.
            unsafe {
                let start = self.start().add((HEADER_BYTES + row * ROW_BYTES) as usize);
                let name = std::slice::from_raw_parts(start, NAME_BYTES);
                let end = name.iter().position(|&each| each == 0).unwrap_or(NAME_BYTES);
                let number = |at: usize| (*start.add(at).cast::<AtomicU64>()).load(Relaxed);
                (&name[..end], number(NAME_BYTES), number(NAME_BYTES + 8))
            }
        })
    }

    /// Once a millisecond at most, by whoever waits.
    pub(super) fn verify(&self) -> Result<(), Error> {
        let problem = match symlink_metadata(&self.path) {
            Err(error) => format!("reason={error}"),
            Ok(now) if os::identity(&now) != self.identity => "it was replaced".to_string(),
            Ok(now) if now.size() != self.size => format!("bytes={} (expected: {})", now.size(), self.size),
            Ok(_) => return Ok(()),
        };
        Err(Error::Detached { path: self.path.clone(), problem })
    }
}

fn word(mapping: &Mapping, offset: usize) -> &AtomicU32 {
    // SAFETY: of the header, which is mapped.
    unsafe { &*mapping.start().add(offset).cast() }
}

fn rows_max(header: &Mapping) -> u64 {
    rows_or_default(word(header, 12).load(Relaxed))
}

fn rows_or_default(rows: u32) -> u64 {
    match u64::from(rows) {
        0 => ROWS_BY_DEFAULT,
        rows => rows,
    }
}

/// The bytes of the segment in a file of so many, if its header says what it must.
fn sound_size(header: &[u8; HEADER_BYTES as usize], length: u64) -> Result<u64, Failure> {
    let number = |at: usize, bytes: usize| {
        header[at..at + bytes].iter().rev().fold(0, |all, &each| all << 8 | u64::from(each))
    };
    let [magic, version, count] = [0, 4, 8].map(|at| number(at, 4) as u32);
    let (rows, count) = (rows_or_default(number(12, 4) as u32), u64::from(count));
    let (size, next) = (number(16, 8), number(24, 8));
    if magic == 0 || version == 0 || next == 0 {
        return Err(Failure::Unfinished("nobody finishes it (expected: a segment that was created)".to_string()));
    }
    let table_end = HEADER_BYTES + rows * ROW_BYTES;
    Err(Failure::Final(if magic != MAGIC {
        format!("magic=0x{magic:08X} (expected: 0x{MAGIC:08X}, a segment)")
    } else if version != VERSION {
        format!("version={version} (expected: {VERSION})")
    } else if size > length || size < table_end {
        format!("memory_size={size} (expected: {table_end} to {length}, the bytes of the file)")
    } else if count > rows {
        format!("entry_count={count} (expected: at most {rows})")
    } else if next < table_end || next > size {
        format!("next_offset={next} (expected: {table_end} to {size})")
    } else {
        return Ok(size);
    }))
}

/// Takes the lock of the first free user from this one on.
/// For who has no row yet: the first one may be that of somebody dead, who would be taken for alive.
fn last_free_user(locks: &File) -> io::Result<Option<u64>> {
    for user in (0..USERS).rev() {
        if take_user(locks, user)? {
            return Ok(Some(user));
        }
    }
    Ok(None)
}

pub(super) fn take_user(locks: &File, user: u64) -> io::Result<bool> {
    os::try_lock(locks, LOCKS + user)
}

pub(super) fn give_back_user(locks: &File, user: u64) {
    os::unlock(locks, LOCKS + user);
}

/// The byte that is locked while somebody ends what the dead have left, or makes the file of participants.
pub(super) const RECOVERY_LOCK: u64 = LOCKS + (1 << 20);

/// A role of a structure, until this is dropped. The kernel gives it back when this process dies.
pub(super) struct Role {
    opened: Arc<Opened>,
    position: u64,
    /// A forked child has the same lock, and is not the one that took it.
    process: u32,
}

impl Role {
    pub(super) fn take(block: &Block, index: u64, name: &'static str) -> Result<Role, Error> {
        let opened = block.opened();
        let position = ROLES + block.offset() + index;
        let taken =
            || Error::RoleTaken { segment: block.segment(), structure: block.structure().to_string(), role: name };
        // The threads of a process do not exclude each other by the lock.
        if !opened.roles.lock().unwrap_or_else(PoisonError::into_inner).insert(position) {
            return Err(taken());
        }
        // Given back when this is dropped, also when the lock is not got.
        let role = Role { opened: opened.clone(), position, process: std::process::id() };
        for _ in 0..20 {
            match os::try_lock(&opened.locks, position) {
                Ok(true) => return Ok(role),
                // A JVM may have looked for a moment whether it is taken.
                Ok(false) => std::thread::sleep(Duration::from_millis(1)),
                Err(error) => {
                    return Err(Error::Unusable {
                        path: opened.path.clone(),
                        problem: format!("role cannot be taken: structure={}, reason={error}", block.structure()),
                    })
                }
            }
        }
        Err(taken())
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        if std::process::id() == self.process {
            os::unlock(&self.opened.locks, self.position);
        }
        self.opened.roles.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.position);
    }
}
