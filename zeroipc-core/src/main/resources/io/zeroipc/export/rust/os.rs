// What the standard library does not have of Linux: mappings, locks of open file descriptions, futexes.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
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

const READ_AND_WRITE: usize = 3;
const MAP_SHARED: usize = 1;
const F_OFD_SETLK: usize = 37;
const F_WRLCK: i16 = 1;
const F_UNLCK: i16 = 2;
const EACCES: i32 = 13;
const EAGAIN: i32 = 11;
const FUTEX_WAIT: usize = 0;
const FUTEX_WAKE: usize = 1;
const MEMBARRIER_REGISTER_GLOBAL_EXPEDITED: usize = 1 << 2;

#[cfg(target_arch = "x86_64")]
mod numbers {
    pub const O_NOFOLLOW: i32 = 0o400000;
    pub const MMAP: usize = 9;
    pub const MUNMAP: usize = 11;
    pub const FCNTL: usize = 72;
    pub const GETEUID: usize = 107;
    pub const FUTEX: usize = 202;
    pub const MEMBARRIER: usize = 324;
}
#[cfg(not(target_arch = "x86_64"))]
mod numbers {
    pub const O_NOFOLLOW: i32 = 0o100000;
    pub const MMAP: usize = 222;
    pub const MUNMAP: usize = 215;
    pub const FCNTL: usize = 25;
    pub const GETEUID: usize = 175;
    pub const FUTEX: usize = 98;
    pub const MEMBARRIER: usize = 283;
}

/// Calls the kernel. Not by functions of the C library, as editions of Rust differ in how these are declared.
///
/// # Safety
/// As the call of that number has it.
unsafe fn call(number: usize, arguments: [usize; 6]) -> io::Result<usize> {
    let [a, b, c, d, e, f] = arguments;
    let result: isize;
    // SAFETY: the registers that the kernel takes and changes; what it does is for the caller.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") number => result,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _,
            options(nostack)
        )
    };
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") a => result,
            in("x1") b, in("x2") c, in("x3") d, in("x4") e, in("x5") f,
            options(nostack)
        )
    };
    if (-4095..0).contains(&result) {
        return Err(io::Error::from_raw_os_error(-result as i32));
    }
    Ok(result as usize)
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
        let start =
            unsafe { call(numbers::MMAP, [0, length, READ_AND_WRITE, MAP_SHARED, file.as_raw_fd() as usize, 0])? };
        Ok(Mapping { start: start as *mut u8, length })
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
        let _ = unsafe { call(numbers::MUNMAP, [self.start as usize, self.length, 0, 0, 0, 0]) };
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
    // SAFETY: has no conditions, and never fails.
    let user = unsafe { call(numbers::GETEUID, [0; 6]) }.map_or(u32::MAX, |user| user as u32);
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
    set_lock(file, position, F_WRLCK)
}

pub(super) fn unlock(file: &File, position: u64) {
    // What cannot be given back is given back with the descriptor.
    let _ = set_lock(file, position, F_UNLCK);
}

fn set_lock(file: &File, position: u64, kind: i16) -> io::Result<bool> {
    let lock = Flock { kind, whence: 0, start: position as i64, length: 1, pid: 0 };
    let arguments = [file.as_raw_fd() as usize, F_OFD_SETLK, &lock as *const Flock as usize, 0, 0, 0];
    // SAFETY: the kernel reads the struct, which is as it wants it.
    match unsafe { call(numbers::FCNTL, arguments) } {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.raw_os_error(), Some(EAGAIN) | Some(EACCES)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Fills a new file with zeroes, so that a full file system is an error now and not a signal later.
pub(super) fn reserve(mut file: &File, length: usize) -> io::Result<()> {
    file.write_all(&vec![0; length])
}

/// Sleeps while the word has this value, until somebody wakes, or for so long. May return without a reason.
pub(super) fn sleep_on(word: &AtomicU32, value: u32, time: Duration) {
    let timeout: [i64; 2] = [time.as_secs() as i64, i64::from(time.subsec_nanos())];
    let arguments = [word.as_ptr() as usize, FUTEX_WAIT, value as usize, timeout.as_ptr() as usize, 0, 0];
    // SAFETY: the kernel looks at a word that is mapped as long as the reference lives. Not in the private form, as other
    // processes map it too. Why it returns does not matter: the caller looks.
    let _ = unsafe { call(numbers::FUTEX, arguments) };
}

pub(super) fn wake_all(word: &AtomicU32) {
    // SAFETY: as in sleep_on().
    let _ = unsafe { call(numbers::FUTEX, [word.as_ptr() as usize, FUTEX_WAKE, i32::MAX as usize, 0, 0, 0]) };
}

/// Has this process pass a full fence whenever another one asks all for it; false where the kernel does not know that.
pub(super) fn passes_fences_of_others() -> bool {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    *REGISTERED.get_or_init(|| {
        // SAFETY: has no conditions.
        unsafe { call(numbers::MEMBARRIER, [MEMBARRIER_REGISTER_GLOBAL_EXPEDITED, 0, 0, 0, 0, 0]) }.is_ok()
    })
}
