use std::mem::{align_of, size_of};
use std::sync::atomic::fence;
use std::sync::atomic::Ordering::{Acquire, Relaxed};
use std::time::Duration;

use super::element::{with_bytes, Element, Rule};
use super::error::Error;
use super::memory::{Block, Of};
use super::segment::{Exported, Segment};

const ENTRIES_AT: usize = 16;
const EMPTY: u32 = 0;
const OCCUPIED: u32 = 1;
const DELETED: u32 = 2;
const INSERTING: u32 = 3;
/// More looks at a value: between two of them its entry may have had another key for a moment. Each takes two such turns more to be
/// deceived.
const LOOKS_IN_DOUBT: u32 = 8;
const YIELDS: u32 = 10_000;
const SLEEPS: u32 = 1_000;

/// A map of bounded size, to look things up. What is looked up is never owned, so that others need not wait for this process, and a value
/// is looked at several times: Java, which owns entries for a moment, is exact where this is only all but certain, where keys go and come
/// in the nanoseconds of a look. Keys are put and removed from Java or C++.
pub struct Map<K, V> {
    entries: Entries<K>,
    value: usize,
    of: Of<V>,
}

impl<K: Element, V: Element> Map<K, V> {
    #[doc(hidden)]
    pub fn attach(segment: &Segment, name: &str, exported: Exported) -> Result<Map<K, V>, Error> {
        let block = segment.declared_block(name, "", exported)?;
        let value = up(up(4, align_of::<K>()) + size_of::<K>(), align_of::<V>());
        let entry = up(value + size_of::<V>(), align_of::<V>().max(align_of::<K>()).max(4));
        let entries = Entries::in_block(block, entry, Some(size_of::<V>()))?;
        Ok(Map { entries, value, of: Of::default() })
    }

    /// The value of a key; `None` when it is not there.
    pub fn get(&self, key: K) -> Result<Option<V>, Error> {
        self.entries.find(key, |block, entry| block.load::<V>(entry + self.value))
    }

    pub fn contains_key(&self, key: K) -> Result<bool, Error> {
        Ok(self.entries.find(key, |_, _| [0u8; 0])?.is_some())
    }

    /// Keys in the map: an estimate.
    pub fn size(&self) -> usize {
        self.entries.size()
    }

    pub fn capacity(&self) -> usize {
        self.entries.capacity as usize
    }
}

/// A set of bounded size, to look whether something is in it. Elements are added and removed from Java or C++.
pub struct Set<T> {
    entries: Entries<T>,
}

impl<T: Element> Set<T> {
    #[doc(hidden)]
    pub fn attach(segment: &Segment, name: &str, exported: Exported) -> Result<Set<T>, Error> {
        let block = segment.declared_block(name, "", exported)?;
        let entry = up(up(4, align_of::<T>()) + size_of::<T>(), align_of::<T>().max(4));
        Ok(Set { entries: Entries::in_block(block, entry, None)? })
    }

    pub fn contains(&self, element: T) -> Result<bool, Error> {
        Ok(self.entries.find(element, |_, _| [0u8; 0])?.is_some())
    }

    /// Elements of the set: an estimate.
    pub fn size(&self) -> usize {
        self.entries.size()
    }

    pub fn capacity(&self) -> usize {
        self.entries.capacity as usize
    }
}

/// A hash table with open addressing: the chain of a key is the entries from its hash on, up to the first empty one.
struct Entries<K> {
    block: Block,
    capacity: u64,
    entry: usize,
    of: Of<K>,
}

impl<K: Element> Entries<K> {
    const KEY: usize = up(4, align_of::<K>());

    fn in_block(block: Block, entry: usize, value_size: Option<usize>) -> Result<Entries<K>, Error> {
        if block.length() < ENTRIES_AT {
            return Err(block.unfit(format!("bytes={} (expected: a map or set)", block.length())));
        }
        block.await_ready(|| [4, 8].iter().all(|&at| block.u32(at).load(Acquire) != 0));
        let [capacity, key, value] = [4, 8, 12].map(|at| u64::from(block.u32(at).load(Acquire)));
        if capacity == 0
            || key != size_of::<K>() as u64
            || value_size.is_some_and(|size| size as u64 != value)
            || capacity * entry as u64 + ENTRIES_AT as u64 != block.length() as u64
        {
            return Err(block.unfit(format!(
                "capacity={capacity}, key size={key}, value size={value}, bytes={} (expected: keys of {} bytes, values of {}, \
                 entries of {entry} that fill the block)",
                block.length(),
                size_of::<K>(),
                value_size.unwrap_or(0)
            )));
        }
        Ok(Entries { block, capacity, entry, of: Of::default() })
    }

    fn size(&self) -> usize {
        // Below 0 for a moment where C++ counts behind what it does.
        let size = self.block.u32(0).load(Acquire) as i32;
        size.clamp(0, self.capacity.min(i32::MAX as u64) as i32) as usize
    }

    /// What `copy` makes of the entry of a key.
    fn find<V: Element>(&self, key: K, copy: impl Fn(&Block, usize) -> V) -> Result<Option<V>, Error> {
        let hash = with_bytes(key, hash::<K>);
        let mut looks = 0;
        for step in 0..self.capacity {
            let entry = ENTRIES_AT + (hash.wrapping_add(step) % self.capacity) as usize * self.entry;
            loop {
                // Pairs with the release-store of whoever published it: key and value are there.
                let state = self.block.u32(entry).load(Acquire);
                if state == EMPTY {
                    return Ok(None);
                }
                // An entry that is being filled with another key is none of ours: this one is not there yet.
                if state == DELETED || !self.has(entry, key) {
                    break;
                }
                if state > INSERTING {
                    return Err(self.block.damaged(format!("entry={entry}, state={state}")));
                }
                if state == OCCUPIED {
                    let value = copy(&self.block, entry);
                    if self.is_still(entry, key) && self.is_same(entry, key, &value, &copy) {
                        return Ok(Some(value));
                    }
                }
                // Somebody works on this key, or changed it under the look.
                looks += 1;
                if looks > YIELDS + SLEEPS {
                    return Err(self.block.busy(
                        "it cannot be told whether the key is there: somebody works on it, or died at it (retry; if it stays \
                         so, compact it from Java while nobody uses it)"
                            .into(),
                    ));
                }
                if looks <= YIELDS {
                    std::thread::yield_now();
                } else {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        }
        Ok(None)
    }

    fn is_still(&self, entry: usize, key: K) -> bool {
        // What was read before is read before these.
        fence(Acquire);
        self.block.u32(entry).load(Relaxed) == OCCUPIED && self.has(entry, key)
    }

    fn is_same<V: Element>(&self, entry: usize, key: K, value: &V, copy: &impl Fn(&Block, usize) -> V) -> bool {
        if size_of::<V>() == 0 {
            return true;
        }
        (0..LOOKS_IN_DOUBT).all(|_| {
            fence(Acquire);
            // A key that is being put in is there before its value is, and not occupied yet.
            self.block.u32(entry).load(Relaxed) == OCCUPIED
                && with_bytes(copy(&self.block, entry), |again| with_bytes(*value, |before| again == before))
                && self.is_still(entry, key)
        })
    }

    fn has(&self, entry: usize, key: K) -> bool {
        let found: K = self.block.load(entry + Self::KEY);
        with_bytes(found, |found| with_bytes(key, |key| equal::<K>(found, key)))
    }
}

const fn up(size: usize, alignment: usize) -> usize {
    size.next_multiple_of(alignment)
}

fn equal<K: Element>(one: &[u8], other: &[u8]) -> bool {
    match (K::RULE, one.len()) {
        // By value: 0.0 is -0.0, and what is not a number equals nothing.
        (Rule::Floating, 4) => f32::from_bits(word(one) as u32) == f32::from_bits(word(other) as u32),
        (Rule::Floating, _) => f64::from_bits(word(one)) == f64::from_bits(word(other)),
        _ => one == other,
    }
}

/// Up to 8 bytes as a number.
fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |all, &each| all << 8 | u64::from(each))
}

/// As libstdc++ has it: of integers the value, sign-extended where the type is signed; of all others MurmurHash64A of the bytes.
fn hash<K: Element>(bytes: &[u8]) -> u64 {
    const INTEGRAL: u64 = 2_654_435_761;
    const SEED: u64 = 0xC70F6907;
    const MIX: u64 = 0xC6A4A7935BD1E995;
    let shifted = |word: u64| word ^ (word >> 47);
    match K::RULE {
        Rule::Unsigned => word(bytes).wrapping_mul(INTEGRAL),
        Rule::Signed => {
            let unused = 64 - 8 * bytes.len() as u32;
            (((word(bytes) << unused) as i64 >> unused) as u64).wrapping_mul(INTEGRAL)
        }
        Rule::Floating | Rule::Bytes => {
            let mut hash = SEED ^ (bytes.len() as u64).wrapping_mul(MIX);
            let mut words = bytes.chunks_exact(8);
            for each in words.by_ref() {
                hash = (hash ^ shifted(word(each).wrapping_mul(MIX)).wrapping_mul(MIX)).wrapping_mul(MIX);
            }
            if !words.remainder().is_empty() {
                hash = (hash ^ word(words.remainder())).wrapping_mul(MIX);
            }
            shifted(shifted(hash).wrapping_mul(MIX))
        }
    }
}
