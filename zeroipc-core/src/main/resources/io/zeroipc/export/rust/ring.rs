use std::mem::size_of;
use std::sync::atomic::fence;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::time::{Duration, Instant};

use super::element::Element;
use super::error::Error;
use super::memory::{Block, Of};
use super::segment::{Exported, Role, Segment};
use super::waiting::{deadline_after, EventCount};

const WRITTEN_AT: usize = 0;
const READ_AT: usize = 8;
const SLOTS_AT: usize = 24;
/// Looks at a position of 0 that cannot be: Python clears its word before it writes it.
const LOOKS_AT_ZERO: u32 = 10_000;
/// How often one call of a cursor copies again because the writer was faster.
const ATTEMPTS: u64 = 8;

/// Elements in order, between one writer and one reader; or, where it is overwritten, a history that any number of cursors follow.
#[derive(Clone)]
pub struct Ring<T> {
    block: Block,
    /// In bytes, as the positions.
    capacity: u64,
    overwriting: bool,
    arrivals: EventCount,
    departures: EventCount,
    of: Of<T>,
}

/// Where a cursor begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the oldest element that is there.
    Earliest,
    /// Behind the newest one.
    Latest,
}

impl<T: Element> Ring<T> {
    const STEP: u64 = size_of::<T>() as u64;

    #[doc(hidden)]
    pub fn attach(segment: &Segment, name: &str, exported: Exported) -> Result<Ring<T>, Error> {
        let block = segment.declared_block(name, "", exported)?;
        if block.length() <= SLOTS_AT {
            return Err(block.unfit(format!("bytes={} (expected: a ring)", block.length())));
        }
        block.await_ready(|| block.u32(16).load(Acquire) != 0 && block.u32(20).load(Acquire) != 0);
        let (capacity, size) = (u64::from(block.u32(16).load(Acquire)), u64::from(block.u32(20).load(Acquire)));
        if size != Self::STEP || capacity % Self::STEP != 0 || capacity + SLOTS_AT as u64 != block.length() as u64 {
            return Err(block.unfit(format!(
                "capacity in bytes={capacity}, element size={size}, bytes={} (expected: whole elements of {} bytes, and {SLOTS_AT} \
                 more)",
                block.length(),
                Self::STEP
            )));
        }
        let overwriting = segment.option(&block, "overwrite").as_deref() == Some("true");
        Ok(Ring {
            capacity,
            overwriting,
            arrivals: EventCount::arrivals(&block),
            departures: EventCount::departures(&block),
            block,
            of: Of::default(),
        })
    }

    /// Takes the writer's role, which one has at a time, in all processes, until it is dropped.
    pub fn writer(&self) -> Result<RingWriter<T>, Error> {
        let role = Role::take(&self.block, 0, "writer")?;
        // Whoever overwrites moves read_pos, so that nobody else may.
        let reader = if self.overwriting { Some(Role::take(&self.block, 1, "reader")?) } else { None };
        let written = self.block.u64(WRITTEN_AT).load(Acquire);
        let read = self.block.u64(READ_AT).load(Acquire);
        self.require_whole(written, read)?;
        Ok(RingWriter { ring: self.clone(), written, read, slot: self.slot(written), _roles: (role, reader) })
    }

    /// Takes the reader's role, which one has at a time, in all processes, until it is dropped.
    pub fn reader(&self) -> Result<RingReader<T>, Error> {
        if self.overwriting {
            return Err(self.block.unfit("ring is overwritten, and has no reader (expected: a cursor)".into()));
        }
        let role = Role::take(&self.block, 1, "reader")?;
        let read = self.block.u64(READ_AT).load(Acquire);
        let written = self.foreign(WRITTEN_AT, read == 0);
        self.require_whole(written, read)?;
        Ok(RingReader { ring: self.clone(), written: read, read, slot: self.slot(read), _role: role })
    }

    /// Follows the ring without removing anything, and is told of what was overwritten before it came there.
    pub fn cursor(&self, start: Start) -> Result<RingCursor<T>, Error> {
        let written = self.block.u64(WRITTEN_AT).load(Acquire);
        let position = match start {
            Start::Earliest => self.oldest(written)?,
            Start::Latest => written,
        };
        self.require_whole(position, position)?;
        Ok(RingCursor { ring: self.clone(), position, lost: 0 })
    }

    /// Whether the writer never waits, and overwrites the oldest elements: as the segment's catalogue says.
    pub fn is_overwriting(&self) -> bool {
        self.overwriting
    }

    pub fn capacity(&self) -> usize {
        (self.capacity / Self::STEP) as usize
    }

    /// Elements that can be read now: an estimate.
    pub fn size(&self) -> usize {
        let read = self.block.u64(READ_AT).load(Acquire);
        let used = self.block.u64(WRITTEN_AT).load(Acquire).wrapping_sub(read) as i64;
        (used.clamp(0, self.capacity as i64) as u64 / Self::STEP) as usize
    }

    /// Elements since the ring was made.
    pub fn total_written(&self) -> u64 {
        self.block.u64(WRITTEN_AT).load(Acquire) / Self::STEP
    }

    /// Where the slot of a position begins: within the block, whatever the position is, as long as it is one of whole elements.
    fn slot(&self, position: u64) -> usize {
        SLOTS_AT + (position % self.capacity) as usize
    }

    #[inline]
    fn behind(&self, slot: usize) -> usize {
        let next = slot + size_of::<T>();
        if next == SLOTS_AT + self.capacity as usize {
            SLOTS_AT
        } else {
            next
        }
    }

    /// A position of the other side, acquired: what it did before it is visible.
    #[inline]
    fn foreign(&self, at: usize, may_be_zero: bool) -> u64 {
        let found = self.block.u64(at).load(Acquire);
        if found != 0 || may_be_zero {
            return found;
        }
        for _ in 0..LOOKS_AT_ZERO {
            let found = self.block.u64(at).load(Acquire);
            if found != 0 {
                return found;
            }
            std::hint::spin_loop();
        }
        0
    }

    /// read_pos, by who has seen this write_pos: at most a capacity behind it, and perhaps beyond.
    fn oldest(&self, written: u64) -> Result<u64, Error> {
        // Pairs with the release-store in retire(): the next look at write_pos is not before it.
        let oldest = self.foreign(READ_AT, written <= self.capacity);
        if written.wrapping_sub(oldest) as i64 > self.capacity as i64 {
            return Err(self.damaged(written, oldest));
        }
        Ok(oldest)
    }

    fn require_whole(&self, written: u64, read: u64) -> Result<(), Error> {
        if written % Self::STEP != 0 || read % Self::STEP != 0 || written.wrapping_sub(read) > self.capacity {
            return Err(self.damaged(written, read));
        }
        Ok(())
    }

    #[cold]
    fn damaged(&self, written: u64, read: u64) -> Error {
        self.block.damaged(format!(
            "write_pos={written}, read_pos={read}, capacity in bytes={}, element size={}",
            self.capacity,
            Self::STEP
        ))
    }
}

/// The writing side of a ring.
pub struct RingWriter<T> {
    ring: Ring<T>,
    /// Mirrors write_pos, which nobody else changes.
    written: u64,
    /// read_pos as last seen; of a ring that is overwritten, read_pos itself, which is ours then.
    read: u64,
    slot: usize,
    _roles: (Role, Option<Role>),
}

impl<T: Element> RingWriter<T> {
    /// Writes an element, if there is room; there always is where the ring is overwritten.
    #[inline]
    pub fn offer(&mut self, value: T) -> Result<bool, Error> {
        let next = self.written.wrapping_add(Ring::<T>::STEP);
        if next.wrapping_sub(self.read) > self.ring.capacity {
            if self.ring.overwriting {
                self.retire(next.wrapping_sub(self.ring.capacity));
            } else if !self.makes_room(next)? {
                return Ok(false);
            }
        }
        let ring = &self.ring;
        if ring.overwriting {
            // Cursors may read it meanwhile.
            ring.block.store(self.slot, value);
        } else {
            ring.block.write(self.slot, value);
        }
        self.written = next;
        self.slot = ring.behind(self.slot);
        // Pairs with the acquire-loads of write_pos: who sees the position sees the elements before it.
        ring.block.u64(WRITTEN_AT).store(next, Release);
        ring.arrivals.advance();
        Ok(true)
    }

    /// Writes an element, waiting for room as long as there is none.
    pub fn put(&mut self, value: T) -> Result<(), Error> {
        self.offer_until(value, None).map(|_| ())
    }

    /// Writes an element, waiting for room at most so long; false when there was none.
    pub fn offer_timeout(&mut self, value: T, timeout: Duration) -> Result<bool, Error> {
        self.offer_until(value, deadline_after(timeout))
    }

    fn offer_until(&mut self, value: T, deadline: Option<Instant>) -> Result<bool, Error> {
        let departures = self.ring.departures.clone();
        Ok(departures.wait(deadline, || Ok(self.offer(value)?.then_some(())), || false)?.is_some())
    }

    fn makes_room(&mut self, next: u64) -> Result<bool, Error> {
        let ring = &self.ring;
        // Pairs with the release-store of read_pos in publish(): the reader is done with the slots before it.
        let found = ring.foreign(READ_AT, self.written <= ring.capacity);
        if self.written.wrapping_sub(found) > ring.capacity {
            return Err(ring.damaged(self.written, found));
        }
        self.read = found;
        Ok(next.wrapping_sub(found) <= ring.capacity)
    }

    /// Announces that elements before this position are about to be overwritten.
    fn retire(&mut self, oldest: u64) {
        self.read = oldest;
        // Pairs with the acquire-loads of read_pos: who sees it sees a write_pos that is not before it.
        self.ring.block.u64(READ_AT).store(oldest, Release);
        // Pairs with the fence of cursors: who has seen one byte of what is written from here on sees the position above. Its release
        // does not hold back what follows.
        fence(Release);
    }
}

/// The reading side of a ring.
pub struct RingReader<T> {
    ring: Ring<T>,
    /// write_pos as last seen.
    written: u64,
    /// Mirrors read_pos, which nobody else changes.
    read: u64,
    slot: usize,
    _role: Role,
}

impl<T: Element> RingReader<T> {
    /// Takes the oldest element, if there is one.
    #[inline]
    pub fn poll(&mut self) -> Result<Option<T>, Error> {
        if self.written == self.read && !self.finds_more()? {
            return Ok(None);
        }
        let ring = &self.ring;
        let value = ring.block.read(self.slot);
        self.read = self.read.wrapping_add(Ring::<T>::STEP);
        self.slot = ring.behind(self.slot);
        // Pairs with the acquire-load in makes_room(): the slot has been read, and may be written.
        ring.block.u64(READ_AT).store(self.read, Release);
        ring.departures.advance();
        Ok(Some(value))
    }

    /// Takes the oldest element, waiting for one as long as there is none.
    pub fn take(&mut self) -> Result<T, Error> {
        loop {
            if let Some(value) = self.poll_until(None)? {
                return Ok(value);
            }
        }
    }

    /// Takes the oldest element, waiting for one at most so long.
    pub fn poll_timeout(&mut self, timeout: Duration) -> Result<Option<T>, Error> {
        self.poll_until(deadline_after(timeout))
    }

    fn poll_until(&mut self, deadline: Option<Instant>) -> Result<Option<T>, Error> {
        let arrivals = self.ring.arrivals.clone();
        arrivals.wait(deadline, || self.poll(), || false)
    }

    fn finds_more(&mut self) -> Result<bool, Error> {
        let ring = &self.ring;
        // Pairs with the release-store of write_pos: the elements before it are complete.
        let found = ring.foreign(WRITTEN_AT, self.read == 0);
        let available = found.wrapping_sub(self.read);
        if available > ring.capacity || available % Ring::<T>::STEP != 0 {
            return Err(ring.damaged(found, self.read));
        }
        self.written = found;
        Ok(available != 0)
    }
}

/// One who follows a ring by a position of his own.
pub struct RingCursor<T> {
    ring: Ring<T>,
    position: u64,
    lost: u64,
}

impl<T: Element> RingCursor<T> {
    /// The next element, if there is one.
    #[inline]
    pub fn poll(&mut self) -> Result<Option<T>, Error> {
        for attempt in 0..ATTEMPTS {
            let ring = &self.ring;
            // Pairs with the release-store of write_pos: the elements before it are complete.
            let written = ring.foreign(WRITTEN_AT, self.position == 0);
            let ahead = written.wrapping_sub(self.position) as i64;
            if ahead < Ring::<T>::STEP as i64 {
                return if ahead == 0 { Ok(None) } else { Err(ring.damaged(written, self.position)) };
            }
            // Beyond that it is overwritten without doubt.
            if ahead as u64 <= ring.capacity {
                let value = ring.block.load(ring.slot(self.position));
                // Pairs with the fence in retire(): if one byte copied above is newer than the element that was meant, the load below
                // sees a read_pos beyond it.
                fence(Acquire);
                if ring.oldest(written)?.wrapping_sub(self.position) as i64 <= 0 {
                    self.position = self.position.wrapping_add(Ring::<T>::STEP);
                    return Ok(Some(value));
                }
            }
            self.skip(written, attempt)?;
        }
        Ok(None)
    }

    /// The next element, waiting for one as long as there is none.
    pub fn take(&mut self) -> Result<T, Error> {
        loop {
            if let Some(value) = self.poll_until(None)? {
                return Ok(value);
            }
        }
    }

    /// The next element, waiting for one at most so long.
    pub fn poll_timeout(&mut self, timeout: Duration) -> Result<Option<T>, Error> {
        self.poll_until(deadline_after(timeout))
    }

    /// Elements that were overwritten before this came to them.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    fn poll_until(&mut self, deadline: Option<Instant>) -> Result<Option<T>, Error> {
        let arrivals = self.ring.arrivals.clone();
        arrivals.wait(deadline, || self.poll(), || false)
    }

    /// Goes on at the oldest element the first time, and nearer to the newest each time after that, as the oldest is overwritten next.
    fn skip(&mut self, written: u64, attempt: u64) -> Result<(), Error> {
        let ring = &self.ring;
        let oldest = ring.oldest(written)?;
        let from = if oldest.wrapping_sub(self.position) as i64 > 0 { oldest } else { self.position };
        let behind = (written.wrapping_sub(from) as i64).max(0) as u64 / Ring::<T>::STEP;
        let margin = if attempt == 0 { 0 } else { (behind - behind / (attempt + 1)).min(behind.saturating_sub(1)) };
        let next = from.wrapping_add(margin * Ring::<T>::STEP);
        let newest = ring.foreign(WRITTEN_AT, oldest == 0);
        let gone = next.wrapping_sub(self.position);
        // Nobody moves read_pos beyond write_pos, nor by a part of an element.
        if (newest.wrapping_sub(next) as i64) < 0 || gone % Ring::<T>::STEP != 0 {
            return Err(ring.damaged(newest, oldest));
        }
        self.lost += gone / Ring::<T>::STEP;
        self.position = next;
        Ok(())
    }
}

