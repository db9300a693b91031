use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, SeqCst};
use std::sync::atomic::{compiler_fence, fence, AtomicU32};
use std::time::{Duration, Instant};

use super::error::Error;
use super::memory::Block;
use super::os;

/// Some tens of microseconds, once in a wait: as long as it takes to fall asleep and to be woken.
const SPINS: u32 = 2000;
const YIELDS: u32 = 100;
/// No sleep is longer: what nobody tells is seen then.
const SLEEP_MAX: Duration = Duration::from_millis(1);
/// Somebody sleeps at the word, or is about to.
const WAITING: u32 = 1;

/// Where threads of all participants sleep until something arrives in a structure, or leaves it.
#[derive(Clone)]
pub(super) struct EventCount {
    block: Block,
    /// Of its word in the file of participants; `None` where this process takes no part.
    at: Option<usize>,
    /// Whether this process passes the fences of those who are about to sleep, and needs none of its own.
    passes_fences: bool,
}

impl EventCount {
    pub(super) fn arrivals(block: &Block) -> EventCount {
        EventCount::of(block, false)
    }

    pub(super) fn departures(block: &Block) -> EventCount {
        EventCount::of(block, true)
    }

    fn of(block: &Block, departures: bool) -> EventCount {
        EventCount {
            block: block.clone(),
            at: block.opened().participation().map(|present| present.event_count(block.offset(), departures)),
            passes_fences: os::passes_fences_of_others(),
        }
    }

    #[inline]
    fn word(&self) -> Option<&AtomicU32> {
        Some(self.block.opened().participation()?.word(self.at?))
    }

    /// Wakes who waits for what was just stored: a load, as long as nobody does.
    #[inline]
    pub(super) fn advance(&self) {
        let Some(word) = self.word() else { return };
        // Between the store before this and the load below stands a full fence, so that of that store and the bit of who is about to
        // sleep one side sees the other's. Who sleeps makes all others pass it; where the kernel cannot, it is ours to do.
        if self.passes_fences {
            compiler_fence(SeqCst);
        } else {
            fence(SeqCst);
        }
        if word.load(Acquire) & WAITING != 0 {
            wake(word);
        }
    }

    /// Waits for a result of `attempt`, at most until the deadline; `None` when the time was over, or `over` said so and one more attempt
    /// was in vain.
    pub(super) fn wait<R>(
        &self,
        deadline: Option<Instant>,
        mut attempt: impl FnMut() -> Result<Option<R>, Error>,
        over: impl Fn() -> bool,
    ) -> Result<Option<R>, Error> {
        let mut turn = Turn { count: 0, seen: None, verified: Instant::now() };
        loop {
            if let Some(result) = attempt()? {
                return Ok(Some(result));
            }
            // First, and the attempt second: what came before the end is found.
            if over() {
                return attempt();
            }
            let left = match deadline {
                Some(deadline) => deadline.saturating_duration_since(Instant::now()),
                None => SLEEP_MAX,
            };
            if left.is_zero() {
                return Ok(None);
            }
            self.pass(&mut turn, left.min(SLEEP_MAX))?;
        }
    }

    /// Passes a moment before the next attempt.
    fn pass(&self, turn: &mut Turn, most: Duration) -> Result<(), Error> {
        turn.count = turn.count.saturating_add(1);
        if turn.count <= SPINS {
            std::hint::spin_loop();
            return Ok(());
        }
        let Some(word) = self.word() else {
            // Nobody tells.
            if turn.count <= SPINS + YIELDS {
                std::thread::yield_now();
                return Ok(());
            }
            std::thread::sleep(most);
            return self.verify(turn);
        };
        match turn.seen.take() {
            // What is stored from here on is told, or seen by the attempt that comes before the sleep, or by the one a millisecond later.
            None => {
                turn.seen = Some(word.fetch_or(WAITING, AcqRel) | WAITING);
                fence(SeqCst);
                Ok(())
            }
            Some(seen) => {
                os::sleep_on(word, seen, most);
                self.verify(turn)
            }
        }
    }

    fn verify(&self, turn: &mut Turn) -> Result<(), Error> {
        if turn.verified.elapsed() >= SLEEP_MAX {
            turn.verified = Instant::now();
            self.block.opened().verify()?;
        }
        Ok(())
    }
}

struct Turn {
    count: u32,
    /// The word after which the last attempt was made.
    seen: Option<u32>,
    verified: Instant,
}

#[cold]
fn wake(word: &AtomicU32) {
    // Another value, so that who is about to sleep on the old one does not; without the bit, as all are woken.
    let _ = word.fetch_update(AcqRel, Relaxed, |seen| Some((seen | WAITING).wrapping_add(1)));
    os::wake_all(word);
}

/// The moment that is so far away; `None` when no clock reaches it.
pub(super) fn deadline_after(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}
