"""The same program as ../cpp/peer.cpp, as far as Python can: does what it is told, line by line, and answers with a line each.
It ends when its standard input does, whatever it is doing at that moment."""

import os
import queue
import sys
import threading

from elements import END, TYPES, Findings, Parcel, Sample
from zeroipc_collections import Pool, Stack
from zeroipc_flow import Future, Signal
from zeroipc_peer import Array, PeerError, Queue, Ring, Segment, State, until
from zeroipc_sync import Barrier, Counter, Event, Latch, Monitor, Mutex, Once, RwLock, Semaphore

# Under load, version v of a state is the sample of number v mod this.
NUMBERS = 1000


def ready():
    print("ready", flush=True)


class Commands:
    def __init__(self):
        self.segment = None

    def create(self, name, size, max_entries):
        self.segment = Segment(name, int(size), int(max_entries))

    def open(self, name):
        self.segment = Segment(name)

    def entries(self):
        return " ".join("%s:%d:%d" % entry for entry in self.segment.entries())

    def header(self):
        segment = self.segment
        return "%d %d %d %d" % (segment.words[2], segment.words[3], segment.memory_size, segment.next_offset)

    def array_create(self, name, element, capacity):
        Array.create(self.segment, name, TYPES[element], int(capacity))

    def array_create_many(self, prefix, count):
        ready()
        for i in range(int(count)):
            Array.create(self.segment, prefix + str(i), TYPES["int32"], 3)
            Array(self.segment.block(prefix + str(i)), TYPES["int32"])[2] = -i

    def array_set(self, name, element, index, *values):
        array = Array(self.segment.block(name), TYPES[element])
        for i, value in enumerate(values):
            array[int(index) + i] = array.element.parse(value)

    def array_get(self, name, element, index, count):
        array = Array(self.segment.block(name), TYPES[element])
        return " ".join(array.element.text(array[int(index) + i]) for i in range(int(count)))

    def array_memmap(self, name, path, dtype):
        """Multiplies every element by 2 with numpy, straight in the file; the sum before."""
        import numpy

        offset = next(offset for found, offset, _ in self.segment.entries() if found == name)
        capacity = numpy.memmap(path, dtype="<u8", mode="r", offset=offset, shape=(1,))[0]
        data = numpy.memmap(path, dtype=dtype, mode="r+", offset=offset + 8, shape=(int(capacity),))
        total = data.sum()
        data *= 2
        return "%d %r" % (len(data), float(total))

    def topic_newest(self, name, path):
        """The newest message with numpy, straight in the file, as one who only looks on: position, number, words, and whether it is
        whole."""
        import numpy

        offset, size = next((offset, size) for found, offset, size in self.segment.entries() if found == name)
        words = numpy.memmap(path, dtype="<u8", mode="r", offset=offset, shape=(size // 8,))
        if int(words[0]) != int.from_bytes(b"ZIPTOPIC", "little") or words[1] != 1:
            raise PeerError("not a topic")
        chunks, chunk_size, slots, lines, slab = (int(word) for word in words[2:7])
        while True:
            tail = int(words[lines // 8])
            if tail == 0:
                return "none"
            position = tail - 1
            descriptor = int(words[(lines + 4224 + 64 * (position % slots)) // 8])
            chunk = descriptor & 0xFFFFF
            if descriptor >> 20 != position // slots + 1 or chunk >= chunks:
                continue
            about = (lines + 4224 + 64 * (slots + chunk)) // 8
            generation = int(words[about]) >> 42
            size = int(words[about + 2])
            if size > chunk_size:
                continue
            begin = (slab + chunk * chunk_size) // 8
            message = numpy.array(words[begin : begin + size // 8], dtype="<i8")
            if int(words[about]) >> 42 == generation and int(words[about + 1]) == position:
                whole = bool((message == message[-1]).all())
                return "%d %d %d %s" % (position, message[-1], len(message), "whole" if whole else "torn")

    def deal_echo(self, requests, replies, count):
        """Each element as a new one of the same values."""
        element = TYPES["deal"]
        incoming = Queue(self.segment.block(requests), element)
        outgoing = Queue(self.segment.block(replies), element)
        ready()
        for _ in range(int(count)):
            # An element may be false to NumPy: not found is None.
            deal = until(lambda: next(([found] for found in [incoming.poll()] if found is not None), None))[0]
            copy = element.parse(element.text(deal))
            until(lambda: outgoing.offer(copy))

    def deal_statistics(self, name, path):
        """What numpy computes of the mapped file, without reading element by element."""
        import numpy
        from deal import DEAL, statistics

        offset = next(offset for found, offset, _ in self.segment.entries() if found == name)
        capacity = numpy.memmap(path, dtype="<u8", mode="r", offset=offset, shape=(1,))[0]
        return statistics(numpy.memmap(path, dtype=DEAL, mode="r", offset=offset + 8, shape=(int(capacity),)))

    def queue_create(self, name, element, capacity):
        Queue.create(self.segment, name, TYPES[element], int(capacity))

    def queue_push(self, name, element, *values):
        line = Queue(self.segment.block(name), TYPES[element])
        return self._give(line.offer, line.element, values)

    def queue_pop(self, name, element, maximum):
        line = Queue(self.segment.block(name), TYPES[element])
        return self._take(line.poll, line.element, maximum)

    def queue_produce(self, name, producer, count):
        line = Queue(self.segment.block(name), TYPES["parcel"])
        ready()
        for i in range(int(count)):
            until(lambda: line.offer(Parcel.of(int(producer), i)))

    def queue_consume(self, name):
        line = Queue(self.segment.block(name), TYPES["parcel"])
        findings = Findings()
        ready()
        while findings.see(until(line.poll)):
            pass
        return str(findings)

    def ring_create(self, name, element, capacity):
        Ring.create(self.segment, name, TYPES[element], int(capacity))

    def ring_write(self, name, element, *values):
        ring = Ring(self.segment.block(name), TYPES[element])
        return self._give(ring.offer, ring.element, values)

    def ring_read(self, name, element, maximum):
        ring = Ring(self.segment.block(name), TYPES[element])
        return self._take(ring.poll, ring.element, maximum)

    def ring_history(self, name, element, maximum):
        ring = Ring(self.segment.block(name), TYPES[element])
        return self._take(ring.cursor().poll, ring.element, maximum)

    def ring_produce(self, name, count):
        ring = Ring(self.segment.block(name), TYPES["parcel"])
        ready()
        for i in range(int(count)):
            until(lambda: ring.offer(Parcel.of(0, i)))
        until(lambda: ring.offer(Parcel.of(END, 0)))

    def ring_consume(self, name):
        ring = Ring(self.segment.block(name), TYPES["parcel"])
        findings = Findings()
        ready()
        while findings.see(until(ring.poll)):
            pass
        return str(findings)

    def ring_observe(self, name):
        cursor = Ring(self.segment.block(name), TYPES["sample"]).cursor()
        findings = Findings()
        ready()
        while findings.see(Sample.parcel(until(cursor.poll))):
            pass
        return "%s %d" % (findings, cursor.lost)

    def ring_overwrite(self, name, count):
        ring = Ring(self.segment.block(name), TYPES["sample"])
        ready()
        for i in range(int(count)):
            ring.overwrite(Sample.of(i))
        ring.overwrite(Sample.of(END))

    def state_create(self, name, slots):
        State.create(self.segment, name, TYPES["sample"], int(slots))

    def state_set(self, name, *numbers):
        state = self._state(name)
        for number in numbers:
            state.set(1000 * int(number), Sample.of(int(number)))
        return str(state.latest)

    def state_set_half(self, name, number):
        self._state(name).begin(0, Sample.of(int(number)))

    def state_get(self, name):
        found = self._state(name).get()
        if found is None:
            return "none"
        version, _, sample = found
        return "%d %d %s" % (version, sample[0], "whole" if Sample.is_whole(sample) else "torn")

    def state_produce(self, name, count):
        state = self._state(name)
        samples = [Sample.of(i) for i in range(NUMBERS)]
        ready()
        for _ in range(int(count)):
            version = state.latest + 1
            state.set(1000 * version, samples[version % NUMBERS])
        return str(state.latest)

    def state_observe(self, name, last):
        """Reads until this version."""
        state = self._state(name)
        reads = torn = backwards = version = 0
        ready()
        while version < int(last):
            before = version
            found = state.get()
            reads += 1
            if found is not None:
                version, _, sample = found
                torn += not Sample.is_whole(sample) or sample[0] != version % NUMBERS
            backwards += version < before
        return "%d %d %d" % (reads, torn, backwards)

    def _state(self, name):
        return State(self.segment.block(name), TYPES["sample"])

    def stack_create(self, name, element, capacity):
        Stack.create(self.segment, name, TYPES[element], int(capacity))

    def stack_push(self, name, element, *values):
        stack = Stack(self.segment.block(name), TYPES[element])
        return self._give(stack.push, stack.element, values)

    def stack_pop(self, name, element, maximum):
        stack = Stack(self.segment.block(name), TYPES[element])
        return self._take(stack.pop, stack.element, maximum)

    def pool_create(self, name, element, capacity):
        Pool.create(self.segment, name, TYPES[element], int(capacity))

    def pool_allocate(self, name, element):
        handle = self._pool(name, element).allocate()
        return "none" if handle is None else str(handle)

    def pool_free(self, name, element, handle):
        self._pool(name, element).free(int(handle))

    def pool_get(self, name, element, handle):
        return TYPES[element].text(self._pool(name, element)[int(handle)])

    def pool_set(self, name, element, handle, value):
        self._pool(name, element)[int(handle)] = TYPES[element].parse(value)

    def _pool(self, name, element):
        return Pool(self.segment.block(name), TYPES[element])

    def signal_create(self, name, element, value):
        Signal.create(self.segment, name, TYPES[element], TYPES[element].parse(value))

    def signal_get(self, name, element):
        signal = self._signal(name, element)
        return "%d %s" % (signal.version, signal.element.text(signal.get()))

    def signal_set(self, name, element, value):
        self._signal(name, element).set(TYPES[element].parse(value))

    def signal_await(self, name, element, version):
        signal = self._signal(name, element)
        ready()
        until(lambda: signal.version != int(version))
        return self.signal_get(name, element)

    def _signal(self, name, element):
        return Signal(self.segment, name, TYPES[element])

    def future_create(self, name, element):
        Future.create(self.segment, name, TYPES[element])

    def future_claim(self, name, element):
        return str(int(self._future(name, element).claim()))

    def future_complete(self, name, element, value):
        return str(int(self._future(name, element).complete(TYPES[element].parse(value))))

    def future_fail(self, name, element, text):
        return str(int(self._future(name, element).fail(text)))

    def future_get(self, name, element):
        future = self._future(name, element)
        ready()
        return future.element.text(future.get())

    def future_peek(self, name, element):
        return TYPES[element].text(self._future(name, element).get())

    def _future(self, name, element):
        return Future(self.segment.block(name), TYPES[element])

    def counter_create(self, name):
        Counter.create(self.segment, name)

    def counter_add(self, name, step, times):
        counter = Counter(self.segment.block(name))
        for _ in range(int(times)):
            counter.add(int(step))
        return str(counter.value[0])

    def counter_await(self, name, value):
        counter = Counter(self.segment.block(name))
        ready()
        until(lambda: counter.value[0] == int(value))

    def semaphore_create(self, name, permits, limit):
        Semaphore.create(self.segment, name, int(permits), int(limit))

    def semaphore_permits(self, name):
        return str(Semaphore(self.segment.block(name)).permits)

    def semaphore_acquire(self, name):
        semaphore = Semaphore(self.segment.block(name))
        ready()
        semaphore.acquire()

    def semaphore_release(self, name):
        Semaphore(self.segment.block(name)).release()

    def mutex_create(self, name):
        Mutex.create(self.segment, name)

    def mutex_try_lock(self, name):
        return str(int(Mutex(self.segment.block(name)).try_lock()))

    def mutex_lock(self, name):
        mutex = Mutex(self.segment.block(name))
        ready()
        mutex.lock()

    def mutex_unlock(self, name):
        Mutex(self.segment.block(name)).unlock()

    def latch_create(self, name, count):
        Latch.create(self.segment, name, int(count))

    def latch_count_down(self, name, n):
        Latch(self.segment.block(name)).count_down(int(n))

    def latch_wait(self, name):
        latch = Latch(self.segment.block(name))
        ready()
        latch.wait()

    def once_create(self, name):
        Once.create(self.segment, name)

    def once_run(self, name, runs):
        """Runs a task that adds to the counter of that name."""
        once, counter = Once(self.segment.block(name)), Counter(self.segment.block(runs))
        ready()
        return "ran" if once.run(lambda: counter.add(1)) else "waited"

    def event_create(self, name, mode):
        Event.create(self.segment, name, mode == "MANUAL")

    def event_signal(self, name):
        Event(self.segment, name).signal()

    def event_reset(self, name):
        Event(self.segment, name).reset()

    def event_wait(self, name):
        event = Event(self.segment, name)
        ready()
        event.wait()

    def barrier_create(self, name, participants):
        Barrier.create(self.segment, name, int(participants))

    def barrier_wait(self, name):
        barrier = Barrier(self.segment.block(name))
        ready()
        barrier.wait()

    def rwlock_create(self, name):
        RwLock.create(self.segment, name)

    def rwlock_read(self, name):
        lock = RwLock(self.segment, name)
        ready()
        lock.lock_read()

    def rwlock_unread(self, name):
        RwLock(self.segment, name).unlock_read()

    def rwlock_write(self, name):
        lock = RwLock(self.segment, name)
        ready()
        lock.lock_write()

    def rwlock_unwrite(self, name):
        RwLock(self.segment, name).unlock_write()

    def monitor_create(self, name):
        Monitor.create(self.segment, name)

    def monitor_step(self, name, cells, least):
        """Waits until the first element of the array is so large, then adds 1 to it and signals."""
        monitor = Monitor(self.segment, name)
        array = Array(self.segment.block(cells), TYPES["int64"])
        ready()
        with monitor.mutex:
            while array[0] < int(least):
                monitor.wait()
            array[0] += 1
            monitor.signal_all()

    @staticmethod
    def _give(offer, element, values):
        """How many were taken, until one was not."""
        given = 0
        for value in values:
            if not offer(element.parse(value)):
                break
            given += 1
        return str(given)

    @staticmethod
    def _take(poll, element, maximum):
        taken = []
        while len(taken) < int(maximum):
            value = poll()
            if value is None:
                break
            taken.append(element.text(value))
        return " ".join(taken)


def answer(commands, line):
    words = line.split()
    try:
        found = getattr(commands, words[0].replace("-", "_"))(*words[1:])
        return "ok " + found if found else "ok"
    except (ArithmeticError, AttributeError, KeyError, OSError, PeerError, TypeError, ValueError) as e:
        return "error %s: %s" % (type(e).__name__, e)


def main():
    lines = queue.SimpleQueue()

    def read():
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    commands = Commands()
    while True:
        print(answer(commands, lines.get()), flush=True)


main()
