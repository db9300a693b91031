use std::mem::{size_of, MaybeUninit};
use std::sync::atomic::{AtomicU16, AtomicU32, AtomicU64, AtomicU8, Ordering::Relaxed};

/// How keys are hashed and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    Signed,
    Unsigned,
    Floating,
    Bytes,
}

/// What a slot of a structure holds.
///
/// # Safety
/// Every sequence of bytes is a value of this type, and the bytes that belong to no field are among its gaps.
pub unsafe trait Element: Copy + 'static {
    /// Bytes that belong to no field, each with offset and length: zero in shared memory, whatever they are here.
    const GAPS: &'static [(usize, usize)] = &[];
    /// Of this type as a key.
    const RULE: Rule = Rule::Bytes;
}

macro_rules! elements {
    ($($rule:ident: $($kind:ty)*;)*) => {
        $($(
            // SAFETY: a number, without gaps.
            unsafe impl Element for $kind {
                const RULE: Rule = Rule::$rule;
            }
        )*)*
    };
}

elements! {
    Signed: i8 i16 i32 i64;
    Unsigned: u8 u16 u32 u64;
    Floating: f32 f64;
}

// SAFETY: bytes, without gaps.
unsafe impl<const N: usize> Element for [u8; N] {}

/// Hands a value on as the bytes that it has in shared memory.
#[inline]
pub(super) fn with_bytes<T: Element, R>(value: T, then: impl FnOnce(&[u8]) -> R) -> R {
    let mut bytes = MaybeUninit::new(value);
    for &(offset, length) in T::GAPS {
        // SAFETY: gaps are within the type.
        unsafe { bytes.as_mut_ptr().cast::<u8>().add(offset).write_bytes(0, length) };
    }
    // Not moved in between, which need not take the gaps along.
    // SAFETY: all bytes were written: those of the fields with the value, all others as gaps.
    then(unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), size_of::<T>()) })
}

/// Reads a value that others may change meanwhile: then it is of any time, and the caller finds out.
///
/// # Safety
/// `from` is mapped, with room for the type.
#[inline]
pub(super) unsafe fn load_value<T: Element>(from: *const u8) -> T {
    let mut bytes = MaybeUninit::<T>::uninit();
    // SAFETY: there is room for the type, all of it is written, and any bytes are a value.
    unsafe {
        load(from, bytes.as_mut_ptr().cast(), size_of::<T>());
        bytes.assume_init()
    }
}

// Why elements that others may write while they are read, or read while they are written, are copied by atomic accesses without an
// order: a plain copy is undefined then, and the compiler may do it twice or make up values in between. With these it does each once,
// as it stands, in the largest pieces that are aligned, so that what is aligned to its size is never torn; the fences of the
// structure say what comes before and after. Whoever reads finds out afterwards whether the pieces belong together. Slots that
// have one owner at a time, as in queues, need none of this.

/// # Safety
/// `from` is mapped with so many bytes, and `to` has room for them.
#[inline]
unsafe fn load(from: *const u8, to: *mut u8, length: usize) {
    let mut at = 0;
    while at < length {
        // SAFETY: within both, and aligned where it is asked for.
        unsafe {
            let (from, to, left) = (from.add(at), to.add(at), length - at);
            let address = from as usize;
            at += if address % 8 == 0 && left >= 8 {
                to.cast::<u64>().write_unaligned((*from.cast::<AtomicU64>()).load(Relaxed));
                8
            } else if address % 4 == 0 && left >= 4 {
                to.cast::<u32>().write_unaligned((*from.cast::<AtomicU32>()).load(Relaxed));
                4
            } else if address % 2 == 0 && left >= 2 {
                to.cast::<u16>().write_unaligned((*from.cast::<AtomicU16>()).load(Relaxed));
                2
            } else {
                to.write((*from.cast::<AtomicU8>()).load(Relaxed));
                1
            };
        }
    }
}

/// # Safety
/// `to` is mapped with room for them.
#[inline]
pub(super) unsafe fn store(bytes: &[u8], to: *mut u8) {
    let mut at = 0;
    while at < bytes.len() {
        // SAFETY: as in load().
        unsafe {
            let (from, to, left) = (bytes.as_ptr().add(at), to.add(at), bytes.len() - at);
            let address = to as usize;
            at += if address % 8 == 0 && left >= 8 {
                (*to.cast::<AtomicU64>()).store(from.cast::<u64>().read_unaligned(), Relaxed);
                8
            } else if address % 4 == 0 && left >= 4 {
                (*to.cast::<AtomicU32>()).store(from.cast::<u32>().read_unaligned(), Relaxed);
                4
            } else if address % 2 == 0 && left >= 2 {
                (*to.cast::<AtomicU16>()).store(from.cast::<u16>().read_unaligned(), Relaxed);
                2
            } else {
                (*to.cast::<AtomicU8>()).store(*from, Relaxed);
                1
            };
        }
    }
}
