// What the standard library does not have of Linux: mappings, locks of open file descriptions, futexes.

use std::ffi::{c_int, c_long, c_void};
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::AtomicU32;
use std::sync::OnceLock;
use std::time::Duration;

#[cfg(not(all(
    target_os = "linux",
    target_pointer_width = "64",
    target_endian = "little",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
compile_error!("segments are used on Linux on x86-64 and aarch64");

extern "C" {
    fn mmap(address: *mut c_void, length: usize, protection: c_int, flags: c_int, file: c_int, offset: i64) -> *mut c_void;
    fn munmap(address: *mut c_void, length: usize) -> c_int;
    fn fcntl(file: c_int, command: c_int, ...) -> c_int;
    fn posix_fallocate(file: c_int, offset: i64, length: i64) -> c_int;
    fn geteuid() -> u32;
    fn syscall(number: c_long, ...) -> c_long;
}

const READ_AND_WRITE: c_int = 3;
const MAP_SHARED: c_int = 1;
const F_OFD_SETLK: c_int = 37;
const EACCES: i32 = 13;
const EAGAIN: i32 = 11;
const FUTEX_WAIT: c_int = 0;
const FUTEX_WAKE: c_int = 1;
const MEMBARRIER_REGISTER_GLOBAL_EXPEDITED: c_int = 1 << 2;

#[cfg(target_arch = "x86_64")]
mod numbers {
    pub const O_NOFOLLOW: i32 = 0o400000;
    pub const FUTEX: std::ffi::c_long = 202;
    pub const MEMBARRIER: std::ffi::c_long = 324;
}
#[cfg(not(target_arch = "x86_64"))]
mod numbers {
    pub const O_NOFOLLOW: i32 = 0o100000;
    pub const FUTEX: std::ffi::c_long = 98;
    pub const MEMBARRIER: std::ffi::c_long = 283;
}

/// `struct flock` of Linux on 64 bits.
#[repr(C)]
struct Flock {
    kind: i16,
    whence: i16,
    start: i64,
    length: i64,
    // Must be 0 in a lock of an open file description.
    pid: i32,
}

/// Bytes of a file that are mapped for reading and writing, until this is dropped.
pub(super) struct Mapping {
    start: *mut u8,
    length: usize,
}

// SAFETY: only an address; what is done with the bytes is for whoever does it.
unsafe impl Send for Mapping {}
unsafe impl Sync for Mapping {}

impl Mapping {
    pub(super) fn of(file: &File, length: usize) -> io::Result<Mapping> {
        // SAFETY: a new mapping at an address that the kernel chooses.
        let start = unsafe {
            mmap(std::ptr::null_mut(), length, READ_AND_WRITE, MAP_SHARED, file.as_raw_fd(), 0)
        };
        if start as isize == -1 {
            return Err(io::Error::last_os_error());
        }
        Ok(Mapping { start: start.cast(), length })
    }

    pub(super) fn start(&self) -> *mut u8 {
        self.start
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: ours, and nobody has a pointer into it any more: structures keep what owns it.
        unsafe { munmap(self.start.cast(), self.length) };
    }
}

/// Opens what was looked at before, without following a link that has come between.
pub(super) fn open(path: &Path, expected: &Metadata) -> io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).custom_flags(numbers::O_NOFOLLOW).open(path)?;
    if identity(&file.metadata()?) != identity(expected) {
        return Err(io::Error::other("it was replaced while it was opened"));
    }
    Ok(file)
}

/// As `open()`, for reading alone.
pub(super) fn open_to_read(path: &Path, expected: &Metadata) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(numbers::O_NOFOLLOW).open(path)?;
    if identity(&file.metadata()?) != identity(expected) {
        return Err(io::Error::other("it was replaced while it was opened"));
    }
    Ok(file)
}

/// Which file it is: device and inode.
pub(super) fn identity(of: &Metadata) -> (u64, u64) {
    (of.dev(), of.ino())
}

/// What keeps a file from being trusted: only files of this user or root are, that others cannot write.
pub(super) fn distrust(of: &Metadata) -> Option<String> {
    // SAFETY: has no conditions.
    let user = unsafe { geteuid() };
    if !of.file_type().is_file() {
        Some("it is no regular file".to_string())
    } else if of.uid() != user && of.uid() != 0 {
        Some(format!("owner id={}, user id={user} (expected: a file of this user, or of root)", of.uid()))
    } else if of.uid() != user && of.mode() & 0o002 != 0 {
        Some(format!("mode={:o} (expected: not writable by everybody)", of.mode() & 0o7777))
    } else {
        None
    }
}

/// Takes the lock of one byte; false when somebody else has it. It ends with the last descriptor of `file`.
pub(super) fn try_lock(file: &File, position: u64) -> io::Result<bool> {
    set_lock(file, position, 1)
}

pub(super) fn unlock(file: &File, position: u64) {
    // What cannot be given back is given back with the descriptor.
    let _ = set_lock(file, position, 2);
}

fn set_lock(file: &File, position: u64, kind: i16) -> io::Result<bool> {
    let lock = Flock { kind, whence: 0, start: position as i64, length: 1, pid: 0 };
    // SAFETY: the kernel reads the struct, which is as it wants it.
    if unsafe { fcntl(file.as_raw_fd(), F_OFD_SETLK, &lock as *const Flock) } == 0 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(EAGAIN) | Some(EACCES) => Ok(false),
        _ => Err(error),
    }
}

/// Reserves bytes, so that a full file system is an error now and not a signal later.
pub(super) fn reserve(file: &File, length: usize) -> io::Result<()> {
    // SAFETY: has no conditions.
    match unsafe { posix_fallocate(file.as_raw_fd(), 0, length as i64) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Sleeps while the word has this value, until somebody wakes, or for so long. May return without a reason.
pub(super) fn sleep_on(word: &AtomicU32, value: u32, time: Duration) {
    let timeout: [i64; 2] = [time.as_secs() as i64, i64::from(time.subsec_nanos())];
    // SAFETY: the kernel looks at a word that is mapped as long as the reference lives. Not in the private form, as other
    // processes map it too.
    unsafe {
        syscall(numbers::FUTEX, word.as_ptr(), FUTEX_WAIT, value, timeout.as_ptr(), 0usize, 0usize);
    }
}

pub(super) fn wake_all(word: &AtomicU32) {
    // SAFETY: as in sleep_on().
    unsafe {
        syscall(numbers::FUTEX, word.as_ptr(), FUTEX_WAKE, c_int::MAX, 0usize, 0usize, 0usize);
    }
}

/// Has this process pass a full fence whenever another one asks all for it; false where the kernel does not know that.
pub(super) fn passes_fences_of_others() -> bool {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    *REGISTERED.get_or_init(|| {
        // SAFETY: has no conditions.
        unsafe { syscall(numbers::MEMBARRIER, MEMBARRIER_REGISTER_GLOBAL_EXPEDITED, 0 as c_int, 0 as c_int) == 0 }
    })
}
