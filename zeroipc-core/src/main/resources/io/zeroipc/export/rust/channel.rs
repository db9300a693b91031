use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::{Duration, Instant};

use super::element::Element;
use super::error::Error;
use super::memory::Block;
use super::queue::Queue;
use super::segment::{Exported, Segment};
use super::waiting::deadline_after;

const HEADER_BYTES: usize = 32;
const CLOSED_AT: usize = 12;

/// A closeable line of elements, for any number of senders and receivers: a buffered channel. Those without a buffer are not reached from
/// here, as a sender and a receiver meet there in steps that a program of this kind cannot end for one that died.
pub struct Channel<T> {
    header: Block,
    queue: Queue<T>,
}

impl<T: Element> Channel<T> {
    #[doc(hidden)]
    pub fn attach(segment: &Segment, name: &str, exported: Exported) -> Result<Channel<T>, Error> {
        let header = segment.declared_block(name, "_header", exported)?;
        if header.length() != HEADER_BYTES {
            return Err(header.unfit(format!("bytes={} (expected: {HEADER_BYTES}, a channel)", header.length())));
        }
        if header.u32(0).load(Acquire) == 0 {
            return Err(header.unfit("capacity=0 (expected: a buffered channel; use one without a buffer from Java)".into()));
        }
        let closed = header.u8(CLOSED_AT).load(Relaxed);
        if closed > 1 {
            return Err(header.unfit(format!("closed={closed} (expected: 0 or 1)")));
        }
        let queue = Queue::in_block(segment.block(name, "_buffer")?)?;
        Ok(Channel { header, queue })
    }

    /// Sends an element, if there is room and the channel is not closed.
    pub fn try_send(&self, value: T) -> Result<bool, Error> {
        Ok(!self.is_closed() && self.queue.offer(value)?)
    }

    /// Sends an element, waiting for room as long as there is none; an error when the channel is closed, or becomes so.
    pub fn send(&self, value: T) -> Result<(), Error> {
        if self.send_until(value, None)? {
            return Ok(());
        }
        Err(Error::Closed { segment: self.header.segment(), structure: self.header.structure().to_string() })
    }

    /// Sends an element, waiting for room at most so long; false when there was none, or the channel is closed.
    pub fn try_send_timeout(&self, value: T, timeout: Duration) -> Result<bool, Error> {
        self.send_until(value, deadline_after(timeout))
    }

    fn send_until(&self, value: T, deadline: Option<Instant>) -> Result<bool, Error> {
        self.queue.offer_until(value, deadline, || self.is_closed())
    }

    /// Receives the oldest element, if there is one, whether the channel is closed or not.
    pub fn try_receive(&self) -> Result<Option<T>, Error> {
        self.queue.poll()
    }

    /// Receives the oldest element, waiting for one; `None` when the channel is closed and nothing is left.
    pub fn receive(&self) -> Result<Option<T>, Error> {
        self.queue.poll_until(None, || self.has_nothing_left())
    }

    /// Receives the oldest element, waiting for one at most so long; `None` also when the channel is closed and nothing is left.
    pub fn try_receive_timeout(&self, timeout: Duration) -> Result<Option<T>, Error> {
        self.queue.poll_until(deadline_after(timeout), || self.has_nothing_left())
    }

    /// Ends the channel for all processes: nothing more is sent, and what is in it can still be received. A sender that is just at it may
    /// add its element a moment later. There is no way back.
    pub fn close(&self) {
        // Pairs with the acquire-load in is_closed(): what was sent before is found by who sees it and looks then.
        self.header.u8(CLOSED_AT).store(1, Release);
        self.queue.rouse();
    }

    /// There may still be elements to receive.
    pub fn is_closed(&self) -> bool {
        self.header.u8(CLOSED_AT).load(Acquire) != 0
    }

    /// In this order: what was sent before the close is seen by who sees the close. A sender that is still at its element is no end.
    fn has_nothing_left(&self) -> bool {
        self.is_closed() && self.queue.size() == 0
    }

    pub fn capacity(&self) -> usize {
        self.queue.capacity()
    }

    /// Elements that could be received now: an estimate.
    pub fn size(&self) -> usize {
        self.queue.size()
    }
}
