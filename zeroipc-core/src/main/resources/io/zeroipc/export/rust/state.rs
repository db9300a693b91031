use std::mem::size_of;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::fence;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::element::Element;
use super::error::Error;
use super::memory::{Block, Of};
use super::segment::{Exported, Role, Segment};
use super::waiting::{deadline_after, EventCount};

const MAGIC: u64 = 0x544154534350495A;
const HEADER_BYTES: usize = 64;
const LATEST_AT: usize = 40;
const TIMESTAMP: usize = 8;
const LENGTH: usize = 16;
const PAYLOAD: usize = 24;
/// As many looks as a second or so has: then the writer is faster than anybody can read.
const LOOKS_MAX: u32 = 2000;

/// The newest of a series of values, by one writer, for any number of readers.
#[derive(Clone)]
pub struct State<T> {
    block: Block,
    slots: u64,
    stride: usize,
    changes: EventCount,
    of: Of<T>,
}

/// A value of a state.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<T> {
    /// Counted from 1.
    pub version: u64,
    /// When it was set, by the writer's clock: nanoseconds since 1970, UTC.
    pub timestamp: u64,
    pub value: T,
}

impl<T: Element> State<T> {
    #[doc(hidden)]
    pub fn attach(segment: &Segment, name: &str, exported: Exported) -> Result<State<T>, Error> {
        let block = segment.declared_block(name, "", exported)?;
        let is_state = block.length() > HEADER_BYTES;
        block.await_ready(|| !is_state || block.u64(0).load(Acquire) != 0);
        if !is_state || block.u64(0).load(Acquire) != MAGIC {
            return Err(block.unfit(format!("bytes={} (expected: a state)", block.length())));
        }
        let [version, payload, slots, stride] = [8, 16, 24, 32].map(|at| block.u64(at).load(Relaxed));
        if version != 1 || !slots.is_power_of_two() || !(4..=65536).contains(&slots) {
            return Err(block.unfit(format!(
                "format_version={version}, slot_count={slots} (expected: 1, and a power of two from 4 to 65536)"
            )));
        }
        let room = (block.length() - HEADER_BYTES) as u64;
        if payload != size_of::<T>() as u64
            || stride.checked_mul(slots) != Some(room)
            || stride % 8 != 0
            || stride < payload.saturating_add(PAYLOAD as u64)
        {
            return Err(block.unfit(format!(
                "payload_size={payload}, slot_stride={stride}, slot_count={slots}, bytes={} (expected: elements of {} bytes, \
                 in slots that fill the block)",
                block.length(),
                size_of::<T>()
            )));
        }
        let changes = EventCount::arrivals(&block);
        Ok(State { block, slots, stride: stride as usize, changes, of: Of::default() })
    }

    /// The newest value; `None` while there is none.
    pub fn get(&self) -> Result<Option<T>, Error> {
        Ok(self.snapshot()?.map(|snapshot| snapshot.value))
    }

    /// The newest value, with its version and time; `None` while there is none.
    pub fn snapshot(&self) -> Result<Option<Snapshot<T>>, Error> {
        for look in 0..LOOKS_MAX {
            // Pairs with the release-store of latest: the slot of this version is complete.
            let version = self.version();
            if version == 0 {
                return Ok(None);
            }
            let slot = self.slot(version);
            let complete = version.wrapping_mul(2);
            // Pairs with the release-store of the even sequence: what is read behind this is at least as new as that value.
            if self.block.u64(slot).load(Acquire) == complete {
                let timestamp = self.block.u64(slot + TIMESTAMP).load(Relaxed);
                let value = self.block.load(slot + PAYLOAD);
                // Pairs with the fence behind the odd sequence: if anything read above is newer, the load below sees that.
                fence(Acquire);
                if self.block.u64(slot).load(Relaxed) == complete {
                    return Ok(Some(Snapshot { version, timestamp, value }));
                }
            }
            match look {
                0..=99 => std::hint::spin_loop(),
                100..=999 => std::thread::yield_now(),
                _ => std::thread::sleep(Duration::from_millis(1)),
            }
        }
        Err(self.block.busy(format!(
            "state is overwritten faster than it can be read: slots={} (create it with more slots, or write less often)",
            self.slots
        )))
    }

    /// Waits for a value that is newer than a version, at most so long; 0 waits for the first one.
    pub fn await_newer(&self, version: u64, timeout: Duration) -> Result<Option<Snapshot<T>>, Error> {
        let attempt = || if self.version() == version { Ok(None) } else { self.snapshot() };
        self.changes.wait(deadline_after(timeout), attempt, || false)
    }

    /// Of the newest value; 0 while there is none.
    pub fn version(&self) -> u64 {
        self.block.u64(LATEST_AT).load(Acquire)
    }

    /// Takes the writer's role, which one has at a time, in all processes, until it is dropped.
    pub fn writer(&self) -> Result<StateWriter<T>, Error> {
        let role = Role::take(&self.block, 0, "writer")?;
        let version = self.version();
        Ok(StateWriter { state: self.clone(), version, _role: role })
    }

    fn slot(&self, version: u64) -> usize {
        HEADER_BYTES + (version & (self.slots - 1)) as usize * self.stride
    }
}

/// The writing side of a state.
pub struct StateWriter<T> {
    state: State<T>,
    /// Mirrors latest, which nobody else changes.
    version: u64,
    _role: Role,
}

impl<T: Element> StateWriter<T> {
    /// Sets the value, with the present time.
    pub fn set(&mut self, value: T) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
        self.set_at(value, now);
    }

    /// Sets the value.
    ///
    /// `timestamp`: when it was true, in nanoseconds since 1970, UTC.
    pub fn set_at(&mut self, value: T, timestamp: u64) {
        let block = &self.state.block;
        let next = self.version.wrapping_add(1);
        let slot = self.state.slot(next);
        let complete = next.wrapping_mul(2);
        block.u64(slot).store(complete.wrapping_sub(1), Relaxed);
        // Pairs with the fence of who reads: whoever sees a byte stored from here on sees the odd sequence too. A release-store above
        // would be wrong, as it does not hold back what follows.
        fence(Release);
        block.u64(slot + TIMESTAMP).store(timestamp, Relaxed);
        block.u64(slot + LENGTH).store(size_of::<T>() as u64, Relaxed);
        block.store(slot + PAYLOAD, value);
        // Who sees it sees the bytes.
        block.u64(slot).store(complete, Release);
        // Who sees it finds the slot complete.
        block.u64(LATEST_AT).store(next, Release);
        self.version = next;
        self.state.changes.advance();
    }

    /// Of the value that was set last, in whatever process; 0 for none.
    pub fn version(&self) -> u64 {
        self.version
    }
}
