//! A program that does with a segment what it is told, through the module that was exported from one like it: the protocol stands at
//! `ExportedPeersInteropTest`.

mod stage;

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;
use std::ops::Range;

use stage::zipc::{Array, Channel, Counter, Map, Queue, Ring, RingReader, RingWriter, Set, Start, State, StateWriter};
use stage::{Parcel, Place, StageZipcExample};

type Answer = Result<String, Box<dyn Error>>;

const END: i32 = -1;

fn parcel(producer: i32, sequence: i64) -> Parcel {
    let check = sequence.wrapping_mul(0x9E3779B97F4A7C15_u64 as i64) ^ i64::from(producer);
    Parcel { producer, sequence, check }
}

/// What a consumer of parcels finds out.
#[derive(Default)]
struct Findings {
    last: HashMap<i32, i64>,
    received: u64,
    disordered: u64,
    damaged: u64,
}

impl Findings {
    /// False at the end of the traffic.
    fn see(&mut self, found: Parcel) -> bool {
        if found.check != parcel(found.producer, found.sequence).check {
            self.damaged += 1;
            return true;
        }
        if found.producer == END {
            return false;
        }
        self.received += 1;
        let before = self.last.insert(found.producer, found.sequence);
        if before.is_some_and(|before| found.sequence <= before) {
            self.disordered += 1;
        }
        true
    }

    fn numbers(&self) -> String {
        format!("{} {} {}", self.received, self.disordered, self.damaged)
    }
}

/// All structures that the segment has, and the roles that were taken.
struct Open {
    feed: Ring<Parcel>,
    history: Ring<Parcel>,
    numbers: Array<i64>,
    newest: State<Parcel>,
    jobs: Queue<Parcel>,
    results: Queue<Parcel>,
    events: Channel<Parcel>,
    total: Counter,
    places: Map<i64, Place>,
    members: Set<i64>,
    state_writer: Option<StateWriter<Parcel>>,
    ring_writers: HashMap<String, RingWriter<Parcel>>,
    ring_readers: HashMap<String, RingReader<Parcel>>,
}

impl Open {
    fn at(path: &str) -> Result<Open, Box<dyn Error>> {
        let stage = StageZipcExample::open_at(path)?;
        if let Some(reason) = stage.segment().takes_no_part() {
            return Err(format!("takes no part: {reason}").into());
        }
        Ok(Open {
            feed: stage.feed()?,
            history: stage.history()?,
            numbers: stage.numbers()?,
            newest: stage.newest()?,
            jobs: stage.jobs()?,
            results: stage.results()?,
            events: stage.events()?,
            total: stage.total()?,
            places: stage.places()?,
            members: stage.members()?,
            state_writer: None,
            ring_writers: HashMap::new(),
            ring_readers: HashMap::new(),
        })
    }

    fn ring(&self, name: &str) -> &Ring<Parcel> {
        if name == "feed" {
            &self.feed
        } else {
            &self.history
        }
    }

    fn queue(&self, name: &str) -> &Queue<Parcel> {
        if name == "jobs" {
            &self.jobs
        } else {
            &self.results
        }
    }

    fn obey(&mut self, command: &str, arguments: &[&str]) -> Answer {
        let number = |index: usize| -> Result<i64, Box<dyn Error>> {
            let text = arguments.get(index).ok_or("a number is missing")?;
            Ok(text.parse::<i64>().map_err(|error| format!("{text}: {error}"))?)
        };
        let index = |at: usize| -> Result<usize, Box<dyn Error>> {
            let number = number(at)?;
            Ok(usize::try_from(number).map_err(|error| format!("index {number}: {error}"))?)
        };
        match command {
            "array-get" => Ok(self.numbers.get(index(0)?)?.to_string()),
            "array-set" => {
                self.numbers.set(index(0)?, number(1)?)?;
                Ok(String::new())
            }
            "state-get" => Ok(match self.newest.snapshot()? {
                None => "none".to_string(),
                Some(found) => format!("{} {} {}", found.version, found.value.producer, found.value.sequence),
            }),
            "state-set" => self.set_state(number(0)? as i32, number(1)?, number(2)?),
            "state-watch" => self.watch_state(number(0)?),
            "ring-write" => self.write_ring(arguments[0], number(1)? as i32, number(2)?, number(3)?),
            "ring-read" => self.read_ring(arguments[0], number(1)?),
            "ring-follow" => self.follow_ring(arguments[0]),
            "queue-push" => {
                ready();
                for sequence in number(2)?..number(2)? + number(3)? {
                    self.queue(arguments[0]).put(parcel(number(1)? as i32, sequence))?;
                }
                Ok(String::new())
            }
            "queue-take" => {
                ready();
                let mut findings = Findings::default();
                while findings.see(self.queue(arguments[0]).take()?) {}
                Ok(findings.numbers())
            }
            "push-together" => self.push_together(arguments[0], number(1)? as i32, number(2)?, number(3)?),
            "take-together" => self.take_together(arguments[0], number(1)?),
            "channel-send" => {
                ready();
                for sequence in number(1)?..number(1)? + number(2)? {
                    self.events.send(parcel(number(0)? as i32, sequence))?;
                }
                Ok(String::new())
            }
            "channel-receive" => {
                ready();
                let mut findings = Findings::default();
                while let Some(found) = self.events.receive()? {
                    findings.see(found);
                }
                Ok(findings.numbers())
            }
            "channel-close" => {
                self.events.close();
                Ok(String::new())
            }
            "counter-add" => {
                ready();
                for _ in 0..number(0)? {
                    self.total.increment_and_get();
                }
                Ok(String::new())
            }
            "counter-get" => Ok(self.total.get().to_string()),
            "map-get" => Ok(match self.places.get(number(0)?)? {
                None => "none".to_string(),
                Some(place) => format!("{} {}", place.producer, place.number),
            }),
            "map-watch" => self.watch_map(number(0)?),
            "set-contains" => Ok(self.members.contains(number(0)?)?.to_string()),
            _ => Err(format!("no such command: {command}").into()),
        }
    }

    fn push_together(&self, name: &str, threads: i32, from: i64, count: i64) -> Answer {
        ready();
        together(0..threads, |thread| {
            for sequence in from..from + count {
                let next = parcel(1000 + thread, sequence);
                if name == "events" {
                    self.events.send(next)?;
                } else {
                    self.queue(name).put(next)?;
                }
            }
            Ok(())
        })
    }

    fn take_together(&self, name: &str, threads: i64) -> Answer {
        ready();
        together(0..threads as i32, |_| loop {
            if name == "events" {
                if self.events.receive()?.is_none() {
                    return Ok(());
                }
            } else if self.queue(name).take()?.producer == END {
                // For the next one.
                self.queue(name).put(parcel(END, 0))?;
                return Ok(());
            }
        })
    }

    fn set_state(&mut self, producer: i32, from: i64, count: i64) -> Answer {
        if self.state_writer.is_none() {
            self.state_writer = Some(self.newest.writer()?);
        }
        ready();
        let writer = self.state_writer.as_mut().ok_or("no writer")?;
        for sequence in from..from + count {
            writer.set(parcel(producer, sequence));
        }
        Ok(writer.version().to_string())
    }

    fn watch_state(&self, last: i64) -> Answer {
        ready();
        let (mut looks, mut damaged, mut backwards, mut before) = (0, 0, 0, 0);
        while before != last {
            let Some(found) = self.newest.get()? else { continue };
            if found.check != parcel(found.producer, found.sequence).check {
                damaged += 1;
            } else if found.sequence < before {
                backwards += 1;
            } else if found.sequence > before {
                looks += 1;
                before = found.sequence;
            }
        }
        Ok(format!("{looks} {damaged} {backwards}"))
    }

    fn write_ring(&mut self, name: &str, producer: i32, from: i64, count: i64) -> Answer {
        if !self.ring_writers.contains_key(name) {
            let writer = self.ring(name).writer()?;
            self.ring_writers.insert(name.to_string(), writer);
        }
        ready();
        let writer = self.ring_writers.get_mut(name).ok_or("no writer")?;
        for sequence in from..from + count {
            writer.put(parcel(producer, sequence))?;
        }
        Ok(String::new())
    }

    fn read_ring(&mut self, name: &str, count: i64) -> Answer {
        if !self.ring_readers.contains_key(name) {
            let reader = self.ring(name).reader()?;
            self.ring_readers.insert(name.to_string(), reader);
        }
        ready();
        let reader = self.ring_readers.get_mut(name).ok_or("no reader")?;
        let mut findings = Findings::default();
        for _ in 0..count {
            findings.see(reader.take()?);
        }
        Ok(findings.numbers())
    }

    fn follow_ring(&self, name: &str) -> Answer {
        let mut cursor = self.ring(name).cursor(Start::Earliest)?;
        ready();
        let mut findings = Findings::default();
        while findings.see(cursor.take()?) {}
        Ok(format!("{} {}", findings.numbers(), cursor.lost()))
    }

    fn watch_map(&self, looks: i64) -> Answer {
        ready();
        let (mut found, mut damaged) = (0, 0);
        for look in 0..looks {
            let key = look % 64;
            if let Some(place) = self.places.get(key)? {
                found += 1;
                damaged += i64::from(i64::from(place.producer) != key);
            }
        }
        Ok(format!("{found} {damaged}"))
    }
}

/// Each in a thread of its own; the first error of any.
fn together(threads: Range<i32>, work: impl Fn(i32) -> Result<(), stage::zipc::Error> + Sync) -> Answer {
    let work = &work;
    std::thread::scope(|scope| {
        let all: Vec<_> = threads.map(|thread| scope.spawn(move || work(thread))).collect();
        for each in all {
            each.join().map_err(|_| "a thread has panicked")??;
        }
        Ok(String::new())
    })
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody reads any more where this fails, and the input ends next.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn ready() {
    say("ready");
}

fn main() {
    let mut open: Option<Open> = None;
    for line in std::io::stdin().lines() {
        let Ok(line) = line else { return };
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some((command, arguments)) = words.split_first() else { continue };
        let answer: Answer = match (*command, &mut open) {
            ("open", _) => match Open::at(arguments.first().unwrap_or(&StageZipcExample::PATH)) {
                Ok(opened) => {
                    open = Some(opened);
                    Ok(String::new())
                }
                Err(error) => Err(error),
            },
            (_, Some(opened)) => opened.obey(command, arguments),
            (_, None) => Err("nothing is open".into()),
        };
        match answer {
            Ok(found) => say(format!("ok {found}").trim_end()),
            Err(error) => say(&format!("error {error}")),
        }
    }
}
