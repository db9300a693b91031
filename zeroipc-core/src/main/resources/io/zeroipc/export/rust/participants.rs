// The file `NAME.zipc-live` beside a segment: who has it open, and what each thread is about to take or has, so that a JVM that uses
// the segment ends what this process has begun when that is killed. This process ends nothing for others.

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::fs::{self, symlink_metadata, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::os::{self, Mapping};
use super::segment::{give_back_user, take_user, RECOVERY_LOCK, USERS};
use super::stop;

const MAGIC: u64 = 0x4556494C4350495A;
const VERSION: u32 = 1;
const PARTICIPANTS: u32 = 1024;
const RECORDS: u32 = 1024;
const BYTES: usize = 233_472;

const VERSION_AT: usize = 8;
const PARTICIPANTS_AT: usize = 12;
const RECORDS_AT: usize = 16;
const DEVICE_AT: usize = 24;
const INODE_AT: usize = 32;
const EPOCH_AT: usize = 40;
const PARTICIPANTS_TOP_AT: usize = 44;
const RECORDS_TOP_AT: usize = 48;

const ROWS_AT: usize = 4096;
const ROW_BYTES: usize = 64;
const ROW_PID: usize = 8;
const ROW_START_TIME: usize = 16;
const ROW_NAMESPACE: usize = 24;
const ROW_JOINED: usize = 32;
const ROW_NAME: usize = 40;
const NAME_BYTES: usize = 24;

const RECORDS_AT_BYTE: usize = 69_632;
const RECORD_BYTES: usize = 128;
const CELLS: usize = 7;
const CELL_BYTES: usize = 16;

const EVENT_COUNTS_AT: usize = 200_704;
const EVENT_COUNT_BYTES: usize = 64;

const FREE: u64 = 0;
const PRESENT: u64 = 1;
const STATE_MASK: u64 = 0xFF;
/// There are claims of this process that stand in no cell.
const UNANNOUNCED: u64 = 1 << 8;
/// It wakes who sleeps at an event count, with all that it does.
const WAKES: u64 = 1 << 11;

/// Of claims; a position stands in the low 32 bits.
pub(super) const WRITE_INTENT: u64 = 1 << 60;
pub(super) const WRITING: u64 = 2 << 60;
pub(super) const READ_INTENT: u64 = 3 << 60;
pub(super) const READING: u64 = 4 << 60;

/// A file whose name is that of a segment and something behind it.
pub(super) fn beside(segment: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(segment);
    name.push(suffix);
    PathBuf::from(name)
}

/// This process among the participants of a segment: a row, and a record for each of its threads. What proves that it lives is the lock
/// of the user whose number the row has, so that is taken before the row is written, and given back after it is free.
pub(super) struct Participation {
    live: Mapping,
    // Behind the mapping, and kept: the lock is not to go before the row does.
    locks: Arc<File>,
    row: u32,
    epoch: u32,
    /// A forked child is another one, and took no part.
    process: u32,
    /// Of all participations of this process, so that a thread knows which one its record belongs to.
    number: u64,
    /// Records that threads have given back.
    free: Mutex<Vec<u32>>,
}

impl Participation {
    /// Takes part as the user whose lock is held, or as one further on where that one's row is not free. Why not, for people.
    pub(super) fn join(
        path: &Path,
        segment: &Metadata,
        locks: &Arc<File>,
        user: u64,
    ) -> Result<Arc<Participation>, String> {
        let live = live_file(path, segment, locks)?;
        let words = Words(&live);
        // Looked at before it is locked: for as long as the row of a dead one is, he would be taken for alive.
        let is_free = |row: u64| words.u64(row_at(row as u32)).load(Acquire) & STATE_MASK == FREE;
        let mut row = 0;
        loop {
            if row == USERS {
                return Err("there is no free row for another participant".to_string());
            }
            if is_free(row) && (row == user || take_user(locks, row).map_err(|error| error.to_string())?) {
                if is_free(row) {
                    break;
                }
                // Somebody came and died in between.
                give_back_user(locks, row);
            }
            row += 1;
        }
        stop::reached("JOIN_LOCKED");
        if row != user {
            give_back_user(locks, user);
        }
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let row = row as u32;
        let epoch = words.u32(EPOCH_AT).fetch_add(1, AcqRel).wrapping_add(1);
        let at = row_at(row);
        words.u64(at + ROW_PID).store(u64::from(std::process::id()), Relaxed);
        words.u64(at + ROW_START_TIME).store(start_time().unwrap_or(0), Relaxed);
        words.u64(at + ROW_NAMESPACE).store(pid_namespace().unwrap_or(0), Relaxed);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
        words.u64(at + ROW_JOINED).store(now, Relaxed);
        let name = program_name();
        for (i, part) in name.chunks_exact(8).enumerate() {
            words.u64(at + ROW_NAME + 8 * i).store(part.iter().rev().fold(0, |all, &b| all << 8 | u64::from(b)), Relaxed);
        }
        words.u32(PARTICIPANTS_TOP_AT).fetch_max(row + 1, AcqRel);
        stop::reached("JOIN_ROW_FILLED");
        // Last, and pairs with the acquire-load of whoever looks for the dead: who sees it sees the row.
        words.u64(at).store(u64::from(epoch) << 32 | WAKES | PRESENT, Release);
        stop::reached("JOINED");
        Ok(Arc::new(Participation {
            live,
            locks: locks.clone(),
            row,
            epoch,
            process: std::process::id(),
            number: NUMBERS.fetch_add(1, Relaxed),
            free: Mutex::default(),
        }))
    }

    fn words(&self) -> Words<'_> {
        Words(&self.live)
    }

    /// The word at which others sleep until something arrives at a block, or else leaves it.
    pub(super) fn event_count(&self, block: u64, departures: bool) -> usize {
        let key = ((block >> 2) as u32).wrapping_add(u32::from(departures));
        EVENT_COUNTS_AT + (key.wrapping_mul(0x9E3779B9) >> 23) as usize * EVENT_COUNT_BYTES
    }

    #[inline]
    pub(super) fn word(&self, at: usize) -> &AtomicU32 {
        self.words().u32(at)
    }

    /// Announces a claim in a cell of this thread, before the compare-and-set that makes it. Where there is none, it says in the row that
    /// there are claims in no cell.
    #[inline]
    pub(super) fn announce(self: &Arc<Self>, block: u64, claim: u64) -> Announced<'_> {
        let record = self.record();
        if record == 0 {
            self.words().u64(row_at(self.row)).fetch_or(UNANNOUNCED, AcqRel);
            return Announced(None);
        }
        let at = record_at(record) + CELL_BYTES;
        let (claims, blocks) = (self.words().u64(at), self.words().u64(at + 8));
        if blocks.load(Relaxed) != block {
            // Behind what ended the claim that stood here. Pairs with the acquire-load of whoever recovers.
            blocks.store(block, Release);
        }
        // Behind the block, and before the claim itself, which releases: whoever recovers and finds the claim made finds this.
        claims.store(claim, Release);
        Announced(Some(claims))
    }

    /// The record of this thread; 0 where there is none to be had. A thread does one thing at a time, and uses one cell.
    #[inline]
    fn record(self: &Arc<Self>) -> u32 {
        let (number, record) = NEWEST.with(Cell::get);
        if number == self.number {
            return record;
        }
        self.record_of_thread()
    }

    #[cold]
    fn record_of_thread(self: &Arc<Self>) -> u32 {
        // None in a thread that ends, and whose records are gone.
        HELD
            .try_with(|records| {
                let held = &mut records.borrow_mut().0;
                let known = held.iter().find(|each| each.number == self.number).map(|each| each.record);
                let record = known.unwrap_or_else(|| {
                    held.retain(|each| each.owner.strong_count() > 0);
                    let record = self.allocate();
                    if record != 0 {
                        held.push(Held { owner: Arc::downgrade(self), number: self.number, record });
                    }
                    record
                });
                NEWEST.with(|newest| newest.set((self.number, record)));
                record
            })
            .unwrap_or(0)
    }

    fn allocate(&self) -> u32 {
        if let Some(record) = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return record;
        }
        let words = self.words();
        for record in 1..RECORDS {
            // First, as whoever recovers looks at no record from there on.
            words.u32(RECORDS_TOP_AT).fetch_max(record + 1, AcqRel);
            stop::reached("RECORD_TOP_RAISED");
            if words.u64(record_at(record)).compare_exchange(0, self.owner(), AcqRel, Relaxed).is_ok() {
                stop::reached("RECORD_TAKEN");
                return record;
            }
        }
        0
    }

    fn owner(&self) -> u64 {
        u64::from(self.epoch) << 32 | u64::from(self.row + 1)
    }
}

impl Drop for Participation {
    /// Nothing of the segment is mapped any more.
    fn drop(&mut self) {
        if std::process::id() != self.process {
            return;
        }
        let words = self.words();
        for record in 1..words.u32(RECORDS_TOP_AT).load(Acquire).min(RECORDS) {
            if words.u64(record_at(record)).load(Acquire) == self.owner() {
                for cell in 1..=CELLS {
                    words.u64(record_at(record) + cell * CELL_BYTES).store(0, Release);
                }
                words.u64(record_at(record)).store(0, Release);
            }
        }
        stop::reached("LEAVING");
        words.u64(row_at(self.row)).store(u64::from(self.epoch) << 32 | FREE, Release);
        stop::reached("LEFT");
        give_back_user(&self.locks, u64::from(self.row));
    }
}

/// What a thread has announced, in a cell that it alone writes to, as long as this process lives.
#[derive(Clone, Copy)]
pub(super) struct Announced<'a>(Option<&'a AtomicU64>);

impl Announced<'_> {
    pub(super) const NOWHERE: Announced<'static> = Announced(None);

    /// From now on it says this; what was done before is visible to whoever recovers and sees that.
    #[inline]
    pub(super) fn say(self, claim: u64) {
        if let Some(cell) = self.0 {
            cell.store(claim, Release);
        }
    }

    /// Behind the store that ends the claim.
    #[inline]
    pub(super) fn clear(self) {
        self.say(0);
    }

    #[inline]
    pub(super) fn is_nowhere(self) -> bool {
        self.0.is_none()
    }
}

/// A record of a thread, given back when that ends.
struct Held {
    owner: Weak<Participation>,
    number: u64,
    record: u32,
}

struct Records(Vec<Held>);

impl Drop for Records {
    fn drop(&mut self) {
        // What this thread does from here on, in what else it ends, must not use what is another thread's by then.
        NEWEST.with(|newest| newest.set((0, 0)));
        for held in &self.0 {
            if let Some(owner) = held.owner.upgrade() {
                owner.free.lock().unwrap_or_else(PoisonError::into_inner).push(held.record);
            }
        }
    }
}

thread_local! {
    /// Number of a participation and record, of what this thread has used last.
    static NEWEST: Cell<(u64, u32)> = const { Cell::new((0, 0)) };
    static HELD: RefCell<Records> = const { RefCell::new(Records(Vec::new())) };
}

/// The words of the file, at numbers that are within it.
struct Words<'a>(&'a Mapping);

impl<'a> Words<'a> {
    #[inline]
    fn u32(&self, at: usize) -> &'a AtomicU32 {
        assert!(at % 4 == 0 && at + 4 <= self.0.length());
        // SAFETY: mapped and aligned.
        unsafe { &*self.0.start().add(at).cast() }
    }

    #[inline]
    fn u64(&self, at: usize) -> &'a AtomicU64 {
        assert!(at % 8 == 0 && at + 8 <= self.0.length());
        // SAFETY: mapped and aligned.
        unsafe { &*self.0.start().add(at).cast() }
    }
}

fn row_at(row: u32) -> usize {
    ROWS_AT + row as usize * ROW_BYTES
}

fn record_at(record: u32) -> usize {
    RECORDS_AT_BYTE + record as usize * RECORD_BYTES
}

fn live_file(segment: &Path, facts: &Metadata, locks: &File) -> Result<Mapping, String> {
    let path = beside(segment, ".zipc-live");
    if let Some(found) = find(&path, facts)? {
        return Ok(found);
    }
    let begun = Instant::now();
    while !os::try_lock(locks, RECOVERY_LOCK).map_err(|error| error.to_string())? {
        if begun.elapsed() > Duration::from_secs(1) {
            return Err(format!("another process keeps the recovery lock, and is stopped perhaps: {}", path.display()));
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    let made = match find(&path, facts) {
        // Somebody was faster.
        Ok(Some(found)) => Ok(found),
        Ok(None) => make(&path, facts)
            .map_err(|error| format!("it cannot be made: path={}, reason={error}", path.display()))
            .and_then(|()| find(&path, facts)?.ok_or_else(|| format!("it was replaced at once: {}", path.display()))),
        Err(problem) => Err(problem),
    };
    os::unlock(locks, RECOVERY_LOCK);
    made
}

/// `None` when there is none, or one of another segment.
fn find(path: &Path, segment: &Metadata) -> Result<Option<Mapping>, String> {
    let tell = |problem: String| {
        format!("not a file of participants: path={}, {problem} (remove it when nobody uses the segment)", path.display())
    };
    let facts = match symlink_metadata(path) {
        Ok(facts) => facts,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(tell(format!("reason={error}"))),
    };
    if let Some(problem) = os::distrust(&facts) {
        return Err(tell(problem));
    }
    if facts.len() != BYTES as u64 {
        return Err(tell(format!("bytes={} (expected: {BYTES})", facts.len())));
    }
    let live = os::open(path, &facts)
        .and_then(|file| Mapping::of(&file, BYTES))
        .map_err(|error| tell(format!("reason={error}")))?;
    let words = Words(&live);
    let magic = words.u64(0).load(Acquire);
    let numbers = [VERSION_AT, PARTICIPANTS_AT, RECORDS_AT].map(|at| words.u32(at).load(Relaxed));
    if magic != MAGIC || numbers != [VERSION, PARTICIPANTS, RECORDS] {
        return Err(tell(format!("magic=0x{magic:016X}, version, participants, records={numbers:?}")));
    }
    let belongs = (words.u64(DEVICE_AT).load(Relaxed), words.u64(INODE_AT).load(Relaxed)) == os::identity(segment);
    Ok(belongs.then_some(live))
}

/// Under a temporary name, so that nobody sees it half made. The caller holds the recovery lock.
fn make(path: &Path, segment: &Metadata) -> io::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.{now:x}.zipc-tmp", std::process::id()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&temporary)?;
    let made = (|| {
        os::reserve(&file, BYTES)?;
        let live = Mapping::of(&file, BYTES)?;
        let words = Words(&live);
        words.u32(VERSION_AT).store(VERSION, Relaxed);
        words.u32(PARTICIPANTS_AT).store(PARTICIPANTS, Relaxed);
        words.u32(RECORDS_AT).store(RECORDS, Relaxed);
        words.u64(DEVICE_AT).store(segment.dev(), Relaxed);
        words.u64(INODE_AT).store(segment.ino(), Relaxed);
        words.u32(RECORDS_TOP_AT).store(1, Relaxed);
        words.u64(0).store(MAGIC, Release);
        file.set_permissions(Permissions::from_mode(segment.mode() & 0o777))?;
        stop::reached("LIVE_MADE");
        fs::rename(&temporary, path)
    })();
    if made.is_err() {
        // What was wrong is told; that this is left behind as well is of no use to anybody.
        let _ = fs::remove_file(&temporary);
    }
    made
}

/// Clock ticks from boot to the start of this process.
fn start_time() -> Option<u64> {
    let text = fs::read("/proc/self/stat").ok()?;
    let text = String::from_utf8_lossy(&text);
    // The name of the command may have spaces and parentheses: the last one ends it.
    text.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()
}

/// Numbers of processes mean something within it.
fn pid_namespace() -> Option<u64> {
    let link = fs::read_link("/proc/self/ns/pid").ok()?;
    link.to_str()?.strip_prefix("pid:[")?.strip_suffix(']')?.parse().ok()
}

/// For people: as much of it as there is room for, without cutting a character.
fn program_name() -> [u8; NAME_BYTES] {
    let program = std::env::current_exe().unwrap_or_default();
    let name = program.file_name().map_or_else(|| "rust".into(), |name| name.to_string_lossy());
    let mut length = name.len().min(NAME_BYTES);
    while !name.is_char_boundary(length) {
        length -= 1;
    }
    let mut bytes = [0; NAME_BYTES];
    bytes[..length].copy_from_slice(&name.as_bytes()[..length]);
    bytes
}
