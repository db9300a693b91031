use std::mem::size_of;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::element::Element;
use super::error::Error;
use super::memory::{Block, Of};
use super::participants::{Announced, READING, READ_INTENT, WRITE_INTENT, WRITING};
use super::segment::{Exported, Segment};
use super::stop;
use super::waiting::{deadline_after, EventCount};

const HEAD_AT: usize = 0;
const TAIL_AT: usize = 4;
const CAPACITY_AT: usize = 8;
const ELEMENT_SIZE_AT: usize = 12;
const SLOTS_AT: usize = 16;
/// So many times a guess of head is believed before head itself is looked at. A power of two.
const EMPTY_BELIEVED: u32 = 64;

/// A bounded queue for any number of producers and consumers, in any threads of any processes: Dmitry Vyukov's.
///
/// A position belongs to whoever moves tail, or head, over it, and the sequence of its slot says what it is ready for: p free, p + 1
/// published, p + capacity released. Each claim is announced before it is made, so that others go on when this process is killed in
/// between.
pub struct Queue<T> {
    block: Block,
    capacity: u32,
    sequences: usize,
    arrivals: EventCount,
    departures: EventCount,
    /// Where tail and head were lately: each side begins there, and leaves the line of both to the other one as long as that is right.
    tail: Guess,
    head: Guess,
    of: Of<T>,
}

/// In cache lines of its own, as each side writes to one.
#[repr(align(128))]
struct Guess {
    position: AtomicU32,
    empty: AtomicU32,
}

/// A position that is ours until it is published or released.
struct Claim<'a> {
    position: u32,
    announced: Announced<'a>,
}

impl<T: Element> Queue<T> {
    #[doc(hidden)]
    pub fn attach(segment: &Segment, name: &str, exported: Exported) -> Result<Queue<T>, Error> {
        Queue::in_block(segment.declared_block(name, "", exported)?)
    }

    pub(super) fn in_block(block: Block) -> Result<Queue<T>, Error> {
        let size = size_of::<T>() as u64;
        if block.length() < SLOTS_AT {
            return Err(block.unfit(format!("bytes={} (expected: a queue)", block.length())));
        }
        block.await_ready(|| [CAPACITY_AT, ELEMENT_SIZE_AT].iter().all(|&at| block.u32(at).load(Acquire) != 0));
        let capacity = block.u32(CAPACITY_AT).load(Acquire);
        let stored = block.u32(ELEMENT_SIZE_AT).load(Acquire);
        let sequences = SLOTS_AT as u64 + (size * u64::from(capacity)).next_multiple_of(8);
        if !capacity.is_power_of_two()
            || !(2..=1 << 30).contains(&capacity)
            || u64::from(stored) != size
            || block.length() as u64 != sequences + 4 * u64::from(capacity)
        {
            return Err(block.unfit(format!(
                "capacity={capacity}, element size={stored}, bytes={} (expected: a power of two from 2 on, elements of {size} \
                 bytes, and the bytes of such a queue)",
                block.length()
            )));
        }
        // The sequence of the last slot is written last.
        let last = sequences as usize + 4 * (capacity as usize - 1);
        block.await_ready(|| {
            block.u32(last).load(Acquire) == capacity - 1
                || [HEAD_AT, TAIL_AT].iter().any(|&at| block.u32(at).load(Acquire) != 0)
        });
        let guess = |at| Guess { position: AtomicU32::new(block.u32(at).load(Relaxed)), empty: AtomicU32::new(0) };
        Ok(Queue {
            capacity,
            sequences: sequences as usize,
            arrivals: EventCount::arrivals(&block),
            departures: EventCount::departures(&block),
            tail: guess(TAIL_AT),
            head: guess(HEAD_AT),
            block,
            of: Of::default(),
        })
    }

    /// Adds an element, if there is room.
    #[inline]
    pub fn offer(&self, value: T) -> Result<bool, Error> {
        let Some(claim) = self.claim()? else { return Ok(false) };
        self.block.write(self.slot(claim.position), value);
        stop::reached("QUEUE_WRITTEN");
        // Pairs with the acquire-load in take(). Earlier, and a consumer could read an element that is not there.
        self.sequence(claim.position).store(claim.position.wrapping_add(1), Release);
        stop::reached("QUEUE_PUBLISHED");
        claim.announced.clear();
        self.arrivals.advance();
        Ok(true)
    }

    /// Adds an element, waiting for room as long as there is none.
    pub fn put(&self, value: T) -> Result<(), Error> {
        self.offer_until(value, None, || false).map(|_| ())
    }

    /// Adds an element, waiting for room at most so long; false when there was none.
    pub fn offer_timeout(&self, value: T, timeout: Duration) -> Result<bool, Error> {
        self.offer_until(value, deadline_after(timeout), || false)
    }

    pub(super) fn offer_until(
        &self,
        value: T,
        deadline: Option<Instant>,
        over: impl Fn() -> bool + Copy,
    ) -> Result<bool, Error> {
        let attempt = || Ok(if !over() && self.offer(value)? { Some(()) } else { None });
        Ok(self.departures.wait(deadline, attempt, over)?.is_some())
    }

    /// Takes the oldest element, if there is one.
    #[inline]
    pub fn poll(&self) -> Result<Option<T>, Error> {
        let Some(claim) = self.take_position()? else { return Ok(None) };
        let value = self.block.read(self.slot(claim.position));
        stop::reached("QUEUE_READ");
        // Pairs with the acquire-load in claim(). Earlier, and the slot could be written while it is read.
        self.sequence(claim.position).store(claim.position.wrapping_add(self.capacity), Release);
        stop::reached("QUEUE_RELEASED");
        claim.announced.clear();
        self.departures.advance();
        Ok(Some(value))
    }

    /// Takes the oldest element, waiting for one as long as there is none.
    pub fn take(&self) -> Result<T, Error> {
        loop {
            if let Some(value) = self.poll_until(None, || false)? {
                return Ok(value);
            }
        }
    }

    /// Takes the oldest element, waiting for one at most so long.
    pub fn poll_timeout(&self, timeout: Duration) -> Result<Option<T>, Error> {
        self.poll_until(deadline_after(timeout), || false)
    }

    pub(super) fn poll_until(&self, deadline: Option<Instant>, over: impl Fn() -> bool) -> Result<Option<T>, Error> {
        self.arrivals.wait(deadline, || self.poll(), over)
    }

    pub fn capacity(&self) -> usize {
        self.capacity as usize
    }

    /// Elements in the queue, those that are being written included: an estimate.
    pub fn size(&self) -> usize {
        let head = self.block.u32(HEAD_AT).load(Acquire);
        let size = self.block.u32(TAIL_AT).load(Acquire).wrapping_sub(head) as i32;
        size.clamp(0, self.capacity as i32) as usize
    }

    pub(super) fn rouse(&self) {
        self.arrivals.advance();
        self.departures.advance();
    }

    /// The next position to write; `None` when the queue is full.
    #[inline]
    fn claim(&self) -> Result<Option<Claim<'_>>, Error> {
        let mut announced = Announced::NOWHERE;
        let mut position = self.tail.position.load(Relaxed);
        loop {
            // Pairs with the release-store in poll(): equal means that its last consumer is done.
            let distance = self.sequence(position).load(Acquire).wrapping_sub(position) as i32;
            if distance == 0 {
                announced = self.announce(announced, WRITE_INTENT | u64::from(position));
                stop::reached("QUEUE_CLAIM_ANNOUNCED");
                if self.move_over(TAIL_AT, position, &self.tail) {
                    stop::reached("QUEUE_CLAIMED");
                    announced.say(WRITING | u64::from(position));
                    stop::reached("QUEUE_CLAIM_CONFIRMED");
                    return Ok(Some(Claim { position, announced }));
                }
            }
            let tail = self.block.u32(TAIL_AT).load(Relaxed);
            if tail == position && distance != 0 {
                // The guess was right, so what the slot says is about this position.
                announced.clear();
                self.tail.position.store(position, Relaxed);
                return if distance < 0 { Ok(None) } else { Err(self.damaged("tail", position)) };
            }
            // Another producer was faster, or the guess was old.
            position = tail;
        }
    }

    /// The next position to read; `None` when the queue is empty.
    #[inline]
    fn take_position(&self) -> Result<Option<Claim<'_>>, Error> {
        let mut announced = Announced::NOWHERE;
        let mut position = self.head.position.load(Relaxed);
        loop {
            // Pairs with the release-store in offer(): equal means that the element is there.
            let distance = self.sequence(position).load(Acquire).wrapping_sub(position.wrapping_add(1)) as i32;
            if distance == 0 {
                announced = self.announce(announced, READ_INTENT | u64::from(position));
                stop::reached("QUEUE_TAKE_ANNOUNCED");
                if self.move_over(HEAD_AT, position, &self.head) {
                    stop::reached("QUEUE_TAKEN");
                    announced.say(READING | u64::from(position));
                    stop::reached("QUEUE_TAKE_CONFIRMED");
                    return Ok(Some(Claim { position, announced }));
                }
            } else if distance == -1 && self.believes_empty() {
                announced.clear();
                return Ok(None);
            }
            let head = self.block.u32(HEAD_AT).load(Relaxed);
            if head == position && distance != 0 {
                announced.clear();
                self.head.position.store(position, Relaxed);
                return if distance < 0 { Ok(None) } else { Err(self.damaged("head", position)) };
            }
            position = head;
        }
    }

    /// In the cell that this operation has, or else in one of this thread.
    #[inline]
    fn announce<'a>(&'a self, announced: Announced<'a>, claim: u64) -> Announced<'a> {
        if !announced.is_nowhere() {
            announced.say(claim);
            return announced;
        }
        match self.block.opened().participation() {
            Some(present) => present.announce(self.block.offset(), claim),
            None => announced,
        }
    }

    #[inline]
    fn move_over(&self, counter: usize, position: u32, guess: &Guess) -> bool {
        let next = position.wrapping_add(1);
        // Releases the announcement to whoever recovers: he reads the counter first and the cells then. Between those who use the queue
        // it orders nothing; the sequences do.
        let moved =
            self.block.u32(counter).compare_exchange_weak(position, next, Ordering::Release, Ordering::Relaxed).is_ok();
        if moved {
            guess.position.store(next, Relaxed);
        }
        moved
    }

    /// Whether "not published" at the guessed head is taken for empty: head cannot pass such a position, so the guess is right unless it
    /// is older than nearly 2^32 elements.
    #[inline]
    fn believes_empty(&self) -> bool {
        let times = self.head.empty.load(Relaxed).wrapping_add(1);
        self.head.empty.store(times, Relaxed);
        times % EMPTY_BELIEVED != 0
    }

    /// Masked, so that no position leads out of the block.
    #[inline]
    fn slot(&self, position: u32) -> usize {
        SLOTS_AT + (position & (self.capacity - 1)) as usize * size_of::<T>()
    }

    #[inline]
    fn sequence(&self, position: u32) -> &AtomicU32 {
        self.block.u32(self.sequences + (position & (self.capacity - 1)) as usize * 4)
    }

    #[cold]
    fn damaged(&self, counter: &str, position: u32) -> Error {
        self.block.damaged(format!(
            "{counter}={position}, sequence={}, capacity={}",
            self.sequence(position).load(Relaxed),
            self.capacity
        ))
    }
}
