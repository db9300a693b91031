"""Signals and futures, each written from its page in docs/format. For changing them, what zeroipc_sync.py says holds."""

import struct
import time

from zeroipc_peer import PeerError, until, up
from zeroipc_sync import Mutex


class Signal:
    """signal.md"""

    @staticmethod
    def create(segment, name, element, first):
        """Records for the state what Python programs record."""
        segment.add(
            (name + "_state", 8 + element.size, lambda block: element.store(block, 8, first)),
            Mutex.part(name + "_mtx"),
            (name, 1, lambda block: None),
        )

    def __init__(self, segment, name, element):
        segment.block(name)
        self.state, self.element = segment.block(name + "_state"), element
        if len(self.state) != 8 + element.size:
            raise PeerError("not a signal of such a value")
        self.counter = self.state[:8].cast("Q")
        self.mutex = Mutex(segment.block(name + "_mtx"))

    @property
    def version(self):
        return self.counter[0]

    def get(self):
        """Without the mutex."""
        return self.element.load(self.state, 8)

    def set(self, value):
        with self.mutex:
            self.element.store(self.state, 8, value)
            self.counter[0] += 1


class Future:
    """future.md"""

    PENDING, COMPUTING, READY, ERROR = range(4)

    @staticmethod
    def create(segment, name, element):
        """Records what Python programs record."""
        segment.add((name, 272 + element.size, lambda block: None))

    def __init__(self, block, element):
        if len(block) not in (272 + element.size, up(272 + element.size, 8)):
            raise PeerError("not a future of such a value")
        self.block, self.element = block, element
        self.words = block[:8].cast("I")
        self.time = block[8:16].cast("Q")

    def claim(self):
        if self.words[0] != self.PENDING:
            return False
        self.words[0] = self.COMPUTING
        return True

    def complete(self, value):
        if not self.claim():
            return False
        self.element.store(self.block, 16, value)
        self._finish(self.READY)
        return True

    def fail(self, text):
        if not self.claim():
            return False
        struct.pack_into("256s", self.block, 16 + self.element.size, text.encode()[:255])
        self._finish(self.ERROR)
        return True

    def get(self):
        self.words[1] += 1
        until(lambda: self.words[0] in (self.READY, self.ERROR))
        self.words[1] -= 1
        if self.words[0] == self.ERROR:
            start = 16 + self.element.size
            raise PeerError(bytes(self.block[start : start + 256]).split(b"\0")[0].decode())
        return self.element.load(self.block, 16)

    def _finish(self, state):
        self.time[0] = time.time_ns() // 1000
        self.words[0] = state
