"""What processes wait for each other with, each written from its page in docs/format. Without atomic operations, so nobody
else may change the same words at that moment; whoever only looks, or waits for a change, does no harm. Where a page says that
Python does something in another way than Java, this is the way of Python. Waits have no time limit."""

import struct

from zeroipc_peer import sized, until


class Counter:
    """counter.md"""

    @staticmethod
    def create(segment, name):
        segment.add((name, 8, lambda block: None))

    def __init__(self, block):
        self.value = sized(block, 8).cast("q")

    def add(self, n):
        self.value[0] += n
        return self.value[0]


class Semaphore:
    """semaphore.md"""

    @staticmethod
    def part(name, permits, limit):
        return name, 16, lambda block: struct.pack_into("<4i", block, 0, permits, 0, limit, 0)

    @staticmethod
    def create(segment, name, permits, limit):
        segment.add(Semaphore.part(name, permits, limit))

    def __init__(self, block):
        self.words = sized(block, 16).cast("i")

    @property
    def permits(self):
        return self.words[0]

    @property
    def waiting(self):
        return self.words[1]

    def try_acquire(self):
        permits = self.permits
        if permits <= 0:
            return False
        self.words[0] = permits - 1
        return True

    def acquire(self):
        """Counts itself, whether it has to wait or not."""
        self.words[1] += 1
        until(self.try_acquire)
        self.words[1] -= 1

    def release(self):
        permits, limit = self.permits, self.words[2]
        if limit > 0 and permits >= limit:
            raise OverflowError("too many permits")
        self.words[0] = permits + 1


class Mutex:
    """mutex.md"""

    @staticmethod
    def part(name):
        return Semaphore.part(name, 1, 1)

    @staticmethod
    def create(segment, name):
        segment.add(Mutex.part(name))

    def __init__(self, block):
        permit = Semaphore(block)
        self.lock, self.try_lock, self.unlock = permit.acquire, permit.try_acquire, permit.release

    def __enter__(self):
        self.lock()

    def __exit__(self, *thrown):
        self.unlock()


class Latch:
    """latch.md"""

    @staticmethod
    def create(segment, name, count):
        segment.add((name, 16, lambda block: struct.pack_into("<2i", block, 0, count, count)))

    def __init__(self, block):
        self.words = sized(block, 16).cast("i")

    def count_down(self, n):
        self.words[0] = max(0, self.words[0] - n)

    def wait(self):
        until(lambda: self.words[0] == 0)


class Once:
    """once.md"""

    PENDING, EXECUTING, DONE = range(3)

    @staticmethod
    def create(segment, name):
        segment.add((name, 4, lambda block: None))

    def __init__(self, block):
        self.state = sized(block, 4).cast("I")

    def run(self, task):
        """True when it ran the task."""
        if self.state[0] == self.PENDING:
            self.state[0] = self.EXECUTING
            task()
            self.state[0] = self.DONE
            return True
        until(lambda: self.state[0] != self.EXECUTING)
        return False


class Event:
    """event.md"""

    @staticmethod
    def create(segment, name, manual):
        segment.add(
            (name, 12, lambda block: struct.pack_into("<3I", block, 0, 0, int(manual), 0)),
            Semaphore.part(name + "_sem", 0, 0),
        )

    def __init__(self, segment, name):
        self.state = sized(segment.block(name), 12).cast("I")
        self.permits = Semaphore(segment.block(name + "_sem"))

    @property
    def manual(self):
        return self.state[1] == 1

    def signal(self):
        self.state[0] = 1
        if not self.manual:
            self.permits.release()

    def reset(self):
        self.state[0] = 0

    def wait(self):
        """Does not count itself, where it is manual."""
        if self.manual:
            until(lambda: self.state[0] == 1)
        else:
            self.permits.acquire()
            self.state[0] = 0


class Barrier:
    """barrier.md, "In other languages" """

    @staticmethod
    def create(segment, name, participants):
        segment.add((name, 16, lambda block: struct.pack_into("<4i", block, 0, 0, 0, participants, 0)))

    def __init__(self, block):
        self.words = sized(block, 16).cast("I")

    def wait(self):
        generation = self.words[1]
        arrived = self.words[0] + 1
        if arrived == self.words[2]:
            self.words[0] = 0
            self.words[1] = (generation + 1) & 0xFFFFFFFF
        else:
            self.words[0] = arrived
            until(lambda: self.words[1] != generation)


class RwLock:
    """rwlock.md"""

    @staticmethod
    def create(segment, name):
        segment.add(
            (name + "_state", 8, lambda block: None),
            Mutex.part(name + "_rmtx"),
            Mutex.part(name + "_wmtx"),
            (name, 1, lambda block: None),
        )

    def __init__(self, segment, name):
        segment.block(name)
        self.state = sized(segment.block(name + "_state"), 8).cast("i")
        self.reader_mutex = Mutex(segment.block(name + "_rmtx"))
        self.writer_mutex = Mutex(segment.block(name + "_wmtx"))

    def lock_read(self):
        until(self._try_read)

    def _try_read(self):
        with self.reader_mutex:
            if self.state[1] == 1:
                return False
            self.state[0] += 1
            return True

    def unlock_read(self):
        with self.reader_mutex:
            self.state[0] -= 1

    def lock_write(self):
        self.writer_mutex.lock()
        with self.reader_mutex:
            self.state[1] = 1
        until(lambda: self.state[0] == 0)

    def unlock_write(self):
        self.state[1] = 0
        self.writer_mutex.unlock()


class Monitor:
    """monitor.md"""

    @staticmethod
    def create(segment, name):
        segment.add(
            Mutex.part(name + "_mtx"),
            Semaphore.part(name + "_cond", 0, 0),
            (name + "_count", 4, lambda block: None),
            (name, 1, lambda block: None),
        )

    def __init__(self, segment, name):
        segment.block(name)
        self.mutex = Mutex(segment.block(name + "_mtx"))
        self.condition = Semaphore(segment.block(name + "_cond"))
        self.waiting = sized(segment.block(name + "_count"), 4).cast("I")

    def wait(self):
        """With the lock held."""
        self.waiting[0] += 1
        self.mutex.unlock()
        self.condition.acquire()
        self.mutex.lock()
        self.waiting[0] -= 1

    def signal(self):
        if self.waiting[0] > 0:
            self.condition.release()

    def signal_all(self):
        for _ in range(self.waiting[0]):
            self.condition.release()
