

_LIVE = int.from_bytes(b"ZIPCLIVE", "little")


class _Queue(_Shared):
    """A bounded queue, first in, first out. Python is alone on its side of it.

    Other producers, or consumers, would have to be told apart by a compare-and-set, which Python has not. Programs with a file like this
    one exclude each other by a lock; that no Java, C++ or other program is on the same side is for those who run them to see to.
    """

    _kind = "queue"
    _wrap = 0xFFFFFFFF

    def __init__(self, segment, name, offset, size, element, options):
        super().__init__(segment, name, offset, size, element)
        self._requires(size >= 16)
        self._head, self._tail = offset // 4, offset // 4 + 1
        self.capacity, element_size = self._ints[offset // 4 + 2 : offset // 4 + 4]
        if self.capacity == 0 or element_size == 0:
            raise _NotReady("queue has no capacity yet: %s" % self)
        sequences = 16 + (element_size * self.capacity + 7) // 8 * 8
        self._requires(
            element_size == element.size
            and 2 <= self.capacity <= 1 << 30
            and self.capacity & (self.capacity - 1) == 0
            and size == sequences + 4 * self.capacity,
            capacity=self.capacity,
            elem_size=element_size,
        )
        self._sequences, self._slots, self._mask = (offset + sequences) // 4, offset + 16, self.capacity - 1
        # Formatted from the front, after the entry is there, by programs of others.
        moved = self._ints[self._head] or self._ints[self._tail]
        if not moved and self._ints[self._sequences + self._mask] != self._mask:
            raise _NotReady("queue is not formatted yet: %s" % self)

    def __len__(self):
        """Elements in the queue, an estimate."""
        head = self._ints[self._head]
        return min((self._ints[self._tail] - head) & self._wrap, self.capacity)

    def _sequence(self, position):
        return self._sequences + (position & self._mask)

    def _slot(self, position):
        return self._slots + (position & self._mask) * self._element.size

    def _recovering(self):
        """Nobody else ends what the dead have left while this is held."""
        return _Recovering(self._segment)

    def _is_kept(self, position):
        """Whether a consumer that takes part, dead or not, has it until it is processed: the element goes to the next one of those."""
        path = self._segment.path + ".zipc-live"
        try:
            self._segment._examine(path)
            with open(path, "rb") as file:
                live = file.read()
        except FileNotFoundError:
            return False
        header = struct.unpack_from("<Q3I4x2Q", live.ljust(48, b"\0"))
        if header[0] != _LIVE or header[1] != 1 or header[4:] != self._segment._identity:
            return False
        # Records of two lines: owner, locks, and seven cells of claim and block.
        for at in range(69632, min(len(live), 200704), 128):
            words = struct.unpack_from("<16Q", live, at)
            for claim, block in zip(words[2::2], words[3::2]):
                covers = (position - claim) & self._wrap <= claim >> 48 & 0xFFF
                # Is to be read, or read, by one whose elements are to be redelivered.
                if block == self._offset and claim >> 60 in (3, 4) and claim >> 32 & 1 and covers:
                    return True
        return False

    def producer(self):
        """Takes the side of the producer, for this program alone."""
        return _Producer(self)

    def consumer(self):
        """Takes the side of the consumer, for this program alone."""
        return _Consumer(self)


class _Recovering:
    def __init__(self, segment):
        self._segment = segment

    def __enter__(self):
        if not self._segment._locks.take(_RECOVERY, 1000):
            raise ZeroIpcError("somebody else recovers the segment all the time: path=%s" % self._segment.path)

    def __exit__(self, *_):
        self._segment._locks.give_back(_RECOVERY)


class _Producer(_Role):
    """Adds elements. One that was killed between two stores has left a position that is claimed: the next one begins with that."""

    def __init__(self, queue):
        super().__init__(queue, [1], "producer")
        last = (queue._ints[queue._tail] - 1) & queue._wrap
        self._left = last if queue._ints[queue._sequence(last)] == last else None

    def offer(self, value, timeout=0):
        """Adds an element, waiting so many seconds at most for room; False when there is none."""
        self._require_open()
        queue = self._structure
        data = queue._element.encode(value)
        if self._left is not None and self._fill(data):
            return True
        wait = None
        while True:
            tail = queue._ints[queue._tail]
            sequence = queue._sequence(tail)
            # Pairs with the consumer's store of it: it has copied what was there.
            if queue._ints[sequence] == tail:
                break
            wait = wait or _Wait(queue._segment, timeout)
            if not wait.again():
                return False
        at = queue._slot(tail)
        queue._memory[at : at + len(data)] = data
        queue._ints[queue._tail] = (tail + 1) & queue._wrap
        # Behind the bytes: the consumer that sees it sees them. It goes by this one, whatever the tail says.
        queue._ints[sequence] = (tail + 1) & queue._wrap
        return True

    def _fill(self, data):
        """Takes what a dead producer had claimed; False when it is not there any more."""
        queue, left, self._left = self._structure, self._left, None
        sequence = queue._sequence(left)
        with queue._recovering():
            if queue._ints[sequence] != left:
                return False
            at = queue._slot(left)
            queue._memory[at : at + len(data)] = data
            queue._ints[sequence] = (left + 1) & queue._wrap
        return True

    def put(self, value):
        """Adds an element, waiting for room."""
        self.offer(value, None)

    def offer_all(self, values):
        """Adds elements in order while there is room; how many it was."""
        count = 0
        for value in values:
            if not self.offer(value):
                break
            count += 1
        return count


class _Consumer(_Role):
    """Removes elements. One that was killed between two stores has left a slot that is claimed: the next one frees it.

    Not so what a consumer in Java has left to be redelivered, which goes to the next one in Java.
    """

    def __init__(self, queue):
        super().__init__(queue, [0], "consumer")
        with queue._recovering():
            head = queue._ints[queue._head]
            sequence = queue._sequence(head - 1)
            # The sequence last: who has released it meanwhile says so no more.
            if not queue._is_kept(head - 1) and queue._ints[sequence] == head:
                queue._ints[sequence] = (head - 1 + queue.capacity) & queue._wrap

    def poll(self, timeout=0):
        """Removes the oldest element, waiting so many seconds at most for one; None when there is none."""
        self._require_open()
        queue = self._structure
        wait = None
        while True:
            head = queue._ints[queue._head]
            sequence = queue._sequence(head)
            # Pairs with the producer's store of it: the bytes are there.
            if queue._ints[sequence] == (head + 1) & queue._wrap:
                break
            wait = wait or _Wait(queue._segment, timeout)
            if not wait.again():
                return None
        copy = queue._element.copy(queue._memory, queue._slot(head))
        queue._ints[queue._head] = (head + 1) & queue._wrap
        # Behind the copy: the producer that sees it may write there.
        queue._ints[sequence] = (head + queue.capacity) & queue._wrap
        return queue._element.value(copy)

    def take(self):
        """Removes the oldest element, waiting for one."""
        return self.poll(None)

    def drain(self, limit):
        """Removes those that are there, at most so many."""
        found = []
        while len(found) < limit:
            each = self.poll()
            if each is None:
                break
            found.append(each)
        return found

    def __iter__(self):
        """Removes one after the other, waiting for each."""
        while True:
            yield self.take()
