use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};

use super::error::Error;
use super::memory::Block;
use super::segment::{Exported, Segment};

/// A number that is changed atomically, and wraps. Those of 4 bytes are read as what they are, and keep the low half of what is stored.
pub struct Counter {
    block: Block,
    narrow: bool,
}

impl Counter {
    #[doc(hidden)]
    pub fn attach(segment: &Segment, name: &str, exported: Exported) -> Result<Counter, Error> {
        let block = segment.declared_block(name, "", exported)?;
        match block.length() {
            8 => Ok(Counter { block, narrow: false }),
            4 => Ok(Counter { block, narrow: true }),
            bytes => Err(block.unfit(format!("bytes={bytes} (expected: 8 or 4, a counter)"))),
        }
    }

    /// Sees all that was done before the change that is seen.
    pub fn get(&self) -> i64 {
        if self.narrow {
            i64::from(self.block.u32(0).load(Acquire) as i32)
        } else {
            self.block.u64(0).load(Acquire) as i64
        }
    }

    pub fn set(&self, value: i64) {
        if self.narrow {
            self.block.u32(0).store(value as u32, Release);
        } else {
            self.block.u64(0).store(value as u64, Release);
        }
    }

    /// What it was before.
    pub fn get_and_add(&self, delta: i64) -> i64 {
        if self.narrow {
            i64::from(self.block.u32(0).fetch_add(delta as u32, AcqRel) as i32)
        } else {
            self.block.u64(0).fetch_add(delta as u64, AcqRel) as i64
        }
    }

    /// What it is then.
    pub fn add_and_get(&self, delta: i64) -> i64 {
        let sum = self.get_and_add(delta).wrapping_add(delta);
        if self.narrow {
            i64::from(sum as i32)
        } else {
            sum
        }
    }

    pub fn increment_and_get(&self) -> i64 {
        self.add_and_get(1)
    }

    pub fn decrement_and_get(&self) -> i64 {
        self.add_and_get(-1)
    }

    /// What it was before.
    pub fn get_and_set(&self, value: i64) -> i64 {
        if self.narrow {
            i64::from(self.block.u32(0).swap(value as u32, AcqRel) as i32)
        } else {
            self.block.u64(0).swap(value as u64, AcqRel) as i64
        }
    }

    /// Whether it was what was expected, and is the new number now.
    pub fn compare_and_set(&self, expected: i64, value: i64) -> bool {
        if self.narrow {
            self.block.u32(0).compare_exchange(expected as u32, value as u32, AcqRel, Acquire).is_ok()
        } else {
            self.block.u64(0).compare_exchange(expected as u64, value as u64, AcqRel, Acquire).is_ok()
        }
    }
}
