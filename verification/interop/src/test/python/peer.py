"""The same program as ../cpp/peer.cpp, as far as Python can: does what it is told, line by line, and answers with a line each.
It ends when its standard input does, whatever it is doing at that moment."""

import os
import queue
import struct
import sys
import threading
import time

from zeroipc_peer import Array, PeerError, Queue, Ring, Segment, read_state

END = -1
# Under load, version v of a state is the sample of number v mod this.
NUMBERS = 1000
MIX = 0x9E3779B97F4A7C15
WORD = 0xFFFFFFFFFFFFFFFF


class Number:
    """An element that is a number: its struct code."""

    def __init__(self, code):
        self.code = "<" + code
        self.size = struct.calcsize(self.code)
        self.parse = float if code in "fd" else int

    def load(self, block, offset):
        return struct.unpack_from(self.code, block, offset)[0]

    def store(self, block, offset, value):
        struct.pack_into(self.code, block, offset, value)

    @staticmethod
    def text(value):
        return repr(value)


class Reading:
    """The example of elements.md."""

    layout = struct.Struct("<b5sHdB7x")
    size = layout.size

    def load(self, block, offset):
        kind, unit, sensor, value, valid = self.layout.unpack_from(block, offset)
        return kind, unit.split(b"\0")[0].decode(), sensor, value, valid != 0

    def store(self, block, offset, reading):
        kind, unit, sensor, value, valid = reading
        self.layout.pack_into(block, offset, kind, unit.encode(), sensor, value, valid)

    @staticmethod
    def parse(text):
        kind, unit, sensor, value, valid = text.split("/")
        return int(kind), unit, int(sensor), float(value), valid == "true"

    @staticmethod
    def text(reading):
        kind, unit, sensor, value, valid = reading
        return "%d/%s/%d/%r/%s" % (kind, unit, sensor, value, str(valid).lower())


class Parcel:
    """What travels where traffic is checked; see elements.hpp."""

    layout = struct.Struct("<i4xqQ")
    size = layout.size

    def load(self, block, offset):
        return self.layout.unpack_from(block, offset)

    def store(self, block, offset, parcel):
        self.layout.pack_into(block, offset, *parcel)

    @staticmethod
    def of(producer, sequence):
        return producer, sequence, (sequence * MIX & WORD) ^ (producer & WORD)


class Sample:
    """A value long enough to be torn; see elements.hpp."""

    layout = struct.Struct("<q31Q")
    size = layout.size

    def load(self, block, offset):
        return self.layout.unpack_from(block, offset)

    @staticmethod
    def is_whole(sample):
        number = sample[0]
        noise = [(number + i) * MIX & WORD for i in range(30)]
        return sample[1:] == (*noise, sum(noise) & WORD)

    @staticmethod
    def text(sample):
        return str(sample[0]) + ("" if Sample.is_whole(sample) else "/damaged")

    @staticmethod
    def parcel(sample):
        """The same for whoever checks traffic."""
        producer, sequence, check = Parcel.of(END if sample[0] < 0 else 0, sample[0])
        return producer, sequence, check if Sample.is_whole(sample) else check ^ 1


TYPES = {
    "int8": Number("b"),
    "int32": Number("i"),
    "int64": Number("q"),
    "float64": Number("d"),
    "reading": Reading(),
    "parcel": Parcel(),
    "sample": Sample(),
}


class Findings:
    """What consumers and observers of parcels find out."""

    def __init__(self):
        self.received = self.disordered = self.damaged = 0
        self.last = {}

    def see(self, parcel):
        producer, sequence, _ = parcel
        if parcel != Parcel.of(producer, sequence):
            self.damaged += 1
            return True
        if producer == END:
            return False
        self.received += 1
        if sequence <= self.last.get(producer, -1):
            self.disordered += 1
        self.last[producer] = sequence
        return True

    def __str__(self):
        return "%d %d %d" % (self.received, self.disordered, self.damaged)


def ready():
    print("ready", flush=True)


def until(condition):
    """Waits; returns what the condition returned at last."""
    while True:
        found = condition()
        if found:
            return found
        time.sleep(0)


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

    def queue_create(self, name, element, capacity):
        Queue.create(self.segment, name, TYPES[element], int(capacity))

    def queue_push(self, name, element, *values):
        line = Queue(self.segment.block(name), TYPES[element])
        pushed = 0
        for value in values:
            if not line.offer(line.element.parse(value)):
                break
            pushed += 1
        return str(pushed)

    def queue_pop(self, name, element, maximum):
        line = Queue(self.segment.block(name), TYPES[element])
        return self._take(line.poll, line.element, maximum)

    def ring_create(self, name, element, capacity):
        Ring.create(self.segment, name, TYPES[element], int(capacity))

    def ring_write(self, name, element, *values):
        ring = Ring(self.segment.block(name), TYPES[element])
        written = 0
        for value in values:
            if not ring.offer(ring.element.parse(value)):
                break
            written += 1
        return str(written)

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

    def state_get(self, name):
        found = read_state(self.segment.block(name))
        if found is None:
            return "none"
        version, _, payload = found
        sample = TYPES["sample"].load(payload, 0)
        return "%d %d %s" % (version, sample[0], "whole" if Sample.is_whole(sample) else "torn")

    def state_observe(self, name, last):
        """Reads until this version."""
        block = self.segment.block(name)
        reads = torn = backwards = version = 0
        ready()
        while version < int(last):
            before = version
            found = read_state(block)
            reads += 1
            if found is not None:
                version, _, payload = found
                sample = TYPES["sample"].load(payload, 0)
                torn += not Sample.is_whole(sample) or sample[0] != version % NUMBERS
            backwards += version < before
        return "%d %d %d" % (reads, torn, backwards)

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
    except (AttributeError, KeyError, OSError, PeerError, TypeError, ValueError) as e:
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
