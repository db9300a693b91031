use std::marker::PhantomData;
use std::mem::size_of;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicU8};
use std::sync::Arc;
use std::time::Duration;

use super::element::{load_value, store, with_bytes, Element};
use super::error::Error;
use super::segment::Opened;

/// The bytes of a structure. Every access is within them, whatever the number that leads to it; the mapping stays as long as this.
#[derive(Clone)]
pub(super) struct Block {
    opened: Arc<Opened>,
    structure: Arc<str>,
    start: *mut u8,
    length: usize,
    offset: u64,
}

// SAFETY: the bytes are used by atomic accesses, or by whoever owns them at the moment as the structure's protocol says.
unsafe impl Send for Block {}
unsafe impl Sync for Block {}

impl Block {
    /// The caller has seen that the bytes are within the mapping, and that offset is a multiple of 8.
    pub(super) fn new(opened: Arc<Opened>, structure: &str, offset: usize, length: usize) -> Block {
        // SAFETY: within the mapping.
        let start = unsafe { opened.start().add(offset) };
        Block { opened, structure: structure.into(), start, length, offset: offset as u64 }
    }

    #[inline]
    pub(super) fn at(&self, offset: usize, bytes: usize) -> *mut u8 {
        assert!(offset <= self.length && bytes <= self.length - offset, "outside of a block: {offset}");
        // SAFETY: within the block.
        unsafe { self.start.add(offset) }
    }

    #[inline]
    pub(super) fn u8(&self, offset: usize) -> &AtomicU8 {
        // SAFETY: mapped as long as this.
        unsafe { &*self.at(offset, 1).cast() }
    }

    #[inline]
    pub(super) fn u32(&self, offset: usize) -> &AtomicU32 {
        debug_assert!(offset % 4 == 0);
        // SAFETY: mapped as long as this, and aligned, as the block is to 8.
        unsafe { &*self.at(offset, 4).cast() }
    }

    #[inline]
    pub(super) fn u64(&self, offset: usize) -> &AtomicU64 {
        debug_assert!(offset % 8 == 0);
        // SAFETY: as in u32().
        unsafe { &*self.at(offset, 8).cast() }
    }

    /// Reads what others may change meanwhile.
    #[inline]
    pub(super) fn load<T: Element>(&self, offset: usize) -> T {
        // SAFETY: within the block.
        unsafe { load_value(self.at(offset, size_of::<T>())) }
    }

    /// Writes what others may read meanwhile.
    #[inline]
    pub(super) fn store<T: Element>(&self, offset: usize, value: T) {
        let to = self.at(offset, size_of::<T>());
        // SAFETY: within the block.
        with_bytes(value, |bytes| unsafe { store(bytes, to) });
    }

    /// Reads what nobody changes meanwhile, as long as all keep to the protocol.
    #[inline]
    pub(super) fn read<T: Element>(&self, offset: usize) -> T {
        // SAFETY: within the block, and any bytes are a value.
        unsafe { self.at(offset, size_of::<T>()).cast::<T>().read_unaligned() }
    }

    /// Writes what nobody else reads or writes meanwhile, as long as all keep to the protocol.
    #[inline]
    pub(super) fn write<T: Element>(&self, offset: usize, value: T) {
        let to = self.at(offset, size_of::<T>());
        // SAFETY: within the block, and no part of the value.
        with_bytes(value, |bytes| unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) });
    }

    /// Waits, for a second or so, until whoever makes it has done so: programs in other languages publish a block before they format it.
    pub(super) fn await_ready(&self, ready: impl Fn() -> bool) {
        for _ in 0..1000 {
            if ready() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Where it begins in the segment.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn opened(&self) -> &Arc<Opened> {
        &self.opened
    }

    pub(super) fn structure(&self) -> &str {
        &self.structure
    }

    pub(super) fn segment(&self) -> String {
        self.opened.name().to_string()
    }

    pub(super) fn unfit(&self, problem: String) -> Error {
        Error::Unfit { segment: self.segment(), structure: self.structure.to_string(), problem }
    }

    #[cold]
    pub(super) fn damaged(&self, problem: String) -> Error {
        Error::Damaged { segment: self.segment(), structure: self.structure.to_string(), problem }
    }

    #[cold]
    pub(super) fn busy(&self, problem: String) -> Error {
        Error::Busy { segment: self.segment(), structure: self.structure.to_string(), problem }
    }
}

/// Of structures whose elements are of a type, which hold none themselves.
pub(super) type Of<T> = PhantomData<fn(T) -> T>;
