"""ZeroIPC segments as a program in Python uses them, with the standard library alone. Written from docs/format, page by
page, and from nothing else.

Python has no atomic operations on shared memory. A memoryview cast to "Q", "I" or "i" stores and loads an aligned word in
one piece, and x86-64 keeps stores in order and loads in order; that is enough for one side of a ring, for a state, and for
every other structure that no other process changes at the same moment.
"""

import fcntl
import mmap
import os
import struct
import time


def up(n, a):
    return -(-n // a) * a


def until(condition):
    """Waits; returns what the condition returned at last."""
    while True:
        found = condition()
        if found:
            return found
        time.sleep(0)


class PeerError(Exception):
    pass


def sized(block, size):
    if len(block) != size:
        raise PeerError("not a structure of this kind")
    return block


class Segment:
    """segment.md"""

    MAGIC = 0x5A49504D
    TABLE_LOCK = (1 << 62) + (1 << 20) + 1

    def __init__(self, name, size=0, max_entries=64):
        path = "/dev/shm/" + name.removeprefix("/")
        if size:
            if os.path.exists(path):
                os.unlink(path)
            self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            os.ftruncate(self.file, size)
        else:
            self.file = os.open(path, os.O_RDWR)
        # Neither mapped nor handed to anybody: the lock ends with it.
        self.locks = os.open(path, os.O_RDWR)
        self.memory = memoryview(mmap.mmap(self.file, os.fstat(self.file).st_size))
        self.words = self.memory[:32].cast("I")
        self.longs = self.memory[:32].cast("Q")
        if size:
            self.words[1:4] = memoryview(struct.pack("=3I", 2, 0, max_entries)).cast("I")
            self.longs[2] = size
            self.longs[3] = 32 + 48 * (max_entries or 64)
            self.words[0] = self.MAGIC
        if self.words[0] != self.MAGIC:
            raise PeerError("wrong magic")
        if self.words[1] != 2:
            raise PeerError("unsupported version")

    @property
    def max_entries(self):
        return self.words[3] or 64

    @property
    def memory_size(self):
        return self.longs[2]

    @property
    def next_offset(self):
        return self.longs[3]

    def entries(self):
        for i in range(self.words[2]):
            name, offset, size = struct.unpack_from("<32s2Q", self.memory, 32 + 48 * i)
            yield name.split(b"\0")[0].decode(), offset, size

    def block(self, name):
        for found, offset, size in self.entries():
            if found == name:
                if offset % 8 or offset < 32 + 48 * self.max_entries or offset + size > self.memory_size:
                    raise PeerError("block of " + name + " is not inside the segment")
                return self.memory[offset : offset + size]
        raise PeerError("no entry called " + name)

    def add(self, *parts):
        """Adding a structure, with the table lock: name, size and initialization of each of its entries."""
        until(lambda: self._lock(fcntl.F_WRLCK, self.TABLE_LOCK))
        try:
            names = [entry[0] for entry in self.entries()]
            for name, _, _ in parts:
                if len(name.encode()) > 31 or name in names:
                    raise PeerError("name is too long or taken: " + name)
            for part in parts:
                self._add_locked(*part)
        finally:
            self._lock(fcntl.F_UNLCK, self.TABLE_LOCK)

    def _lock(self, kind, position):
        """Of the open file description: one of the process would go when any descriptor of the file is closed."""
        try:
            fcntl.fcntl(self.locks, fcntl.F_OFD_SETLK, struct.pack("hh4xqqi4x", kind, os.SEEK_SET, position, 1, 0))
            return True
        except (BlockingIOError, PermissionError):
            return False

    def _add_locked(self, name, size, initialize):
        count = self.words[2]
        offset = up(self.next_offset, 8)
        if count >= self.max_entries or offset + size > self.memory_size:
            raise PeerError("segment is full")
        self.longs[3] = offset + size
        self.memory[offset : offset + size] = bytes(size)
        initialize(self.memory[offset : offset + size])
        struct.pack_into("<32s2Q", self.memory, 32 + 48 * count, name.encode(), offset, size)
        self.words[2] = count + 1


class Array:
    """array.md"""

    @staticmethod
    def create(segment, name, element, capacity):
        size = 8 + capacity * element.size
        segment.add((name, size, lambda block: struct.pack_into("<Q", block, 0, capacity)))

    def __init__(self, block, element):
        (self.capacity,) = struct.unpack_from("<Q", block, 0)
        self.block, self.element = block, element
        if len(block) != 8 + self.capacity * element.size:
            raise PeerError("not an array of such elements")

    def __getitem__(self, index):
        return self.element.load(self.block, 8 + index * self.element.size)

    def __setitem__(self, index, value):
        self.element.store(self.block, 8 + index * self.element.size, value)


class Queue:
    """queue.md, by one process at a time"""

    @staticmethod
    def create(segment, name, element, requested):
        capacity = 2
        while capacity < requested:
            capacity *= 2

        def initialize(block):
            struct.pack_into("<4I", block, 0, 0, 0, capacity, element.size)
            struct.pack_into("<%dI" % capacity, block, 16 + up(element.size * capacity, 8), *range(capacity))

        segment.add((name, 16 + up(element.size * capacity, 8) + 4 * capacity, initialize))

    def __init__(self, block, element):
        self.counters = block[:16].cast("I")
        self.capacity = self.counters[2]
        self.block, self.element = block, element
        sequences = 16 + up(element.size * self.capacity, 8)
        if self.capacity < 2 or self.capacity & (self.capacity - 1):
            raise PeerError("queue capacity is no power of two")
        if self.counters[3] != element.size or len(block) != sequences + 4 * self.capacity:
            raise PeerError("not a queue of such elements")
        self.sequences = block[sequences:].cast("I")

    def offer(self, value):
        tail = self.counters[1]
        slot = tail % self.capacity
        if self.sequences[slot] != tail:
            return False
        self.counters[1] = (tail + 1) & 0xFFFFFFFF
        self.element.store(self.block, 16 + slot * self.element.size, value)
        self.sequences[slot] = (tail + 1) & 0xFFFFFFFF
        return True

    def poll(self):
        head = self.counters[0]
        slot = head % self.capacity
        if self.sequences[slot] != (head + 1) & 0xFFFFFFFF:
            return None
        self.counters[0] = (head + 1) & 0xFFFFFFFF
        value = self.element.load(self.block, 16 + slot * self.element.size)
        self.sequences[slot] = (head + self.capacity) & 0xFFFFFFFF
        return value


class Ring:
    """ring.md"""

    @staticmethod
    def create(segment, name, element, elements):
        capacity = elements * element.size
        segment.add((name, 24 + capacity, lambda block: struct.pack_into("<2I", block, 16, capacity, element.size)))

    def __init__(self, block, element):
        self.positions = block[:16].cast("Q")
        self.capacity, element_size = struct.unpack_from("<2I", block, 16)
        self.block, self.element = block, element
        if element_size != element.size or self.capacity % element_size or len(block) != 24 + self.capacity:
            raise PeerError("not a ring of such elements")

    def offer(self, value):
        written = self.positions[0]
        if written - self.positions[1] + self.element.size > self.capacity:
            return False
        self.element.store(self.block, 24 + written % self.capacity, value)
        self.positions[0] = written + self.element.size
        return True

    def overwrite(self, value):
        """ "Overwrite mode", the writer"""
        written = self.positions[0]
        oldest = written + self.element.size - self.capacity
        if oldest > self.positions[1]:
            self.positions[1] = oldest
        self.element.store(self.block, 24 + written % self.capacity, value)
        self.positions[0] = written + self.element.size

    def poll(self):
        read = self.positions[1]
        if self.positions[0] == read:
            return None
        value = self.element.load(self.block, 24 + read % self.capacity)
        self.positions[1] = read + self.element.size
        return value

    def cursor(self):
        return Cursor(self)


class Cursor:
    """ring.md, "Overwrite mode", the reader"""

    def __init__(self, ring):
        self.ring = ring
        self.position = ring.positions[1]
        self.lost = 0

    def poll(self):
        ring = self.ring
        size = ring.element.size
        while ring.positions[0] != self.position:
            start = 24 + self.position % ring.capacity
            copy = bytes(ring.block[start : start + size])
            oldest = ring.positions[1]
            if oldest <= self.position:
                self.position += size
                return ring.element.load(copy, 0)
            self.lost += (oldest - self.position) // size
            self.position = oldest
        return None


def read_state(block):
    """As the page shows it: (version, timestamp, payload), or None while there is no value."""
    magic, layout, size, slots, stride = struct.unpack_from("<8s4Q", block, 0)
    if magic != b"ZIPCSTAT" or layout != 1:
        raise PeerError("not a state")
    for _ in range(1000):
        (version,) = struct.unpack_from("<Q", block, 40)
        if version == 0:
            return None
        slot = 64 + (version & (slots - 1)) * stride
        sequence, timestamp = struct.unpack_from("<2Q", block, slot)
        payload = bytes(block[slot + 24 : slot + 24 + size])
        if sequence == 2 * version and struct.unpack_from("<Q", block, slot)[0] == 2 * version:
            return version, timestamp, payload
    raise PeerError("state is overwritten faster than it can be read")


class State:
    """state.md"""

    MAGIC = int.from_bytes(b"ZIPCSTAT", "little")

    @staticmethod
    def create(segment, name, element, slots):
        stride = up(24 + element.size, 64)

        def initialize(block):
            words = block[:64].cast("Q")
            words[1], words[2], words[3], words[4] = 1, element.size, slots, stride
            words[0] = State.MAGIC

        segment.add((name, 64 + slots * stride, initialize))

    def __init__(self, block, element):
        self.header = block[:64].cast("Q")
        magic, layout, size, self.slots, self.stride = self.header[:5]
        if magic != self.MAGIC or layout != 1:
            raise PeerError("not a state")
        if size != element.size or len(block) != 64 + self.slots * self.stride:
            raise PeerError("not a state of such values")
        self.block, self.element = block, element

    def slot(self, version):
        """Its three words, and where its payload begins."""
        start = 64 + version % self.slots * self.stride
        return self.block[start : start + 24].cast("Q"), start + 24

    @property
    def latest(self):
        return self.header[5]

    def get(self):
        """(version, timestamp, value), or None while there is no value."""
        found = read_state(self.block)
        return found and (*found[:2], self.element.load(found[2], 0))

    def set(self, timestamp, value):
        version = self.begin(timestamp, value)
        self.slot(version)[0][0] = 2 * version
        self.header[5] = version

    def begin(self, timestamp, value):
        """Up to and without the step that makes the value complete; returns its version."""
        version = self.latest + 1
        slot, payload = self.slot(version)
        slot[0] = 2 * version - 1
        slot[1], slot[2] = timestamp, self.element.size
        self.element.store(self.block, payload, value)
        return version
