use std::mem::size_of;
use std::sync::atomic::Ordering::Acquire;

use super::element::Element;
use super::error::Error;
use super::memory::{Block, Of};
use super::segment::{Exported, Segment};

const ELEMENTS_AT: usize = 8;

/// A fixed number of elements. One of 4 or 8 bytes is read and written at once; a longer one can be seen half written.
pub struct Array<T> {
    block: Block,
    length: usize,
    of: Of<T>,
}

impl<T: Element> Array<T> {
    #[doc(hidden)]
    pub fn attach(segment: &Segment, name: &str, exported: Exported) -> Result<Array<T>, Error> {
        let block = segment.declared_block(name, "", exported)?;
        if block.length() < ELEMENTS_AT {
            return Err(block.unfit(format!("bytes={} (expected: an array)", block.length())));
        }
        block.await_ready(|| block.u64(0).load(Acquire) != 0);
        let length = block.u64(0).load(Acquire);
        let expected = length.checked_mul(size_of::<T>() as u64).and_then(|bytes| bytes.checked_add(8));
        if length == 0 || expected != Some(block.length() as u64) {
            return Err(block.unfit(format!(
                "bytes={}, capacity={length}, element size={} (expected: 8 + capacity * element size)",
                block.length(),
                size_of::<T>()
            )));
        }
        Ok(Array { block, length: length as usize, of: Of::default() })
    }

    /// The element of this index; an error from `len()` on.
    pub fn get(&self, index: usize) -> Result<T, Error> {
        Ok(self.block.load(self.at(index)?))
    }

    /// Stores an element, which is not ordered against others: see `Counter` and `State` for what is.
    pub fn set(&self, index: usize, value: T) -> Result<(), Error> {
        self.block.store(self.at(index)?, value);
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.length
    }

    /// Never: there is none without elements.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn at(&self, index: usize) -> Result<usize, Error> {
        if index < self.length {
            return Ok(ELEMENTS_AT + index * size_of::<T>());
        }
        Err(Error::OutOfRange {
            segment: self.block.segment(),
            structure: self.block.structure().to_string(),
            index,
            length: self.length,
        })
    }
}
