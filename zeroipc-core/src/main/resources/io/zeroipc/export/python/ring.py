

class _Ring(_Shared):
    """Elements in order, from one writer to one reader; or a history that is overwritten, for any number of cursors."""

    _kind = "ring"
    _attempts = 1000

    def __init__(self, segment, name, offset, size, element, options):
        super().__init__(segment, name, offset, size, element)
        self._requires(size >= 24)
        self._write, self._read, self._data = offset // 8, offset // 8 + 1, offset + 24
        self._bytes, element_size = self._ints[offset // 4 + 4 : offset // 4 + 6]
        if self._bytes == 0 or element_size == 0:
            raise _NotReady("ring has no capacity yet: %s" % self)
        self._requires(
            element_size == element.size and self._bytes % element_size == 0 and size == 24 + self._bytes,
            capacity=self._bytes,
            elem_size=element_size,
        )
        #: Whether the oldest elements are overwritten. The bytes do not tell; set it where the creator has not said so.
        self.overwrites = options.get("overwrite") == "true"

    @property
    def capacity(self):
        return self._bytes // self._element.size

    @property
    def total_written(self):
        """Elements written since the ring was created."""
        return self._words[self._write] // self._element.size

    def __len__(self):
        """Elements in the ring, an estimate."""
        read = self._words[self._read]
        return max(0, min(self._bytes, self._words[self._write] - read)) // self._element.size

    def _position(self, word, can_be_zero):
        """A position of the other side. One that cannot be 0 is looked at again: some programs clear it before they store it."""
        for _ in range(self._attempts):
            position = self._words[word]
            if position or can_be_zero:
                break
        return position

    def _require_whole(self, written, read):
        if not 0 <= written - read <= self._bytes or (written - read) % self._element.size:
            raise self._damaged(write_pos=written, read_pos=read, capacity=self._bytes)

    def writer(self):
        """Takes the role of the writer; of a ring that overwrites, the reader's as well, as nobody else may remove elements."""
        return _OverwritingWriter(self, [0, 1], "writer") if self.overwrites else _RingWriter(self, [0], "writer")

    def reader(self):
        """Takes the role of the reader, which removes what it reads."""
        if self.overwrites:
            raise ZeroIpcError("nobody removes elements from a ring that overwrites: %s (expected: a cursor)" % self)
        return _RingReader(self)

    def cursor(self, start="earliest"):
        """A reader of its own position, which removes nothing, from the oldest element on, or from what is to come: "latest"."""
        if start not in ("earliest", "latest"):
            raise ValueError('start=%r (expected: "earliest" or "latest")' % (start,))
        return _RingCursor(self, start)

    def newest(self):
        """The newest element that is in the ring; None when there is none."""
        for _ in range(self._attempts):
            written = self._words[self._write]
            position = written - self._element.size
            if position < self._words[self._read]:
                if self._words[self._write] == written:
                    return None
                continue
            copy = self._element.copy(self._memory, self._data + position % self._bytes)
            if self._words[self._read] <= position:
                return self._element.value(copy)
        raise ZeroIpcError("ring is overwritten faster than it can be read: %s" % self)

    def elements(self):
        """Those that are in the ring now, the oldest first."""
        return _RingCursor(self, "earliest").drain(self.capacity)

    def numpy(self):
        """As elements(), as an array of NumPy: a copy."""
        copy = bytearray(b"".join(_RingCursor(self, "earliest")._chunks(self.capacity)))
        return _ndarray(copy, self._element)


class _RingWriter(_Role):
    """Adds elements."""

    def __init__(self, ring, numbers, role):
        super().__init__(ring, numbers, role)
        try:
            self._position = ring._words[ring._write]
            self._free_from = ring._words[ring._read]
            ring._require_whole(self._position, self._free_from)
        except ZeroIpcError:
            self.close()
            raise

    def offer(self, value, timeout=0):
        """Adds an element, waiting so many seconds at most for room; False when there is none."""
        self._require_open()
        ring = self._structure
        data = ring._element.encode(value)
        if not self._has_room(len(data)):
            wait = _Wait(ring._segment, timeout)
            while not self._has_room(len(data)):
                if not wait.again():
                    return False
        at = ring._data + self._position % ring._bytes
        ring._memory[at : at + len(data)] = data
        # Behind the bytes: the reader that sees it sees them.
        self._position += len(data)
        ring._words[ring._write] = self._position
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

    def _has_room(self, size):
        ring = self._structure
        if self._position - self._free_from + size <= ring._bytes:
            return True
        # Pairs with the reader's store of it: it has copied what was there.
        free_from = ring._position(ring._read, self._position <= ring._bytes)
        ring._require_whole(self._position, free_from)
        self._free_from = free_from
        return self._position - free_from + size <= ring._bytes


class _OverwritingWriter(_RingWriter):
    """Adds elements in place of the oldest ones, and never waits."""

    def _has_room(self, size):
        ring = self._structure
        oldest = self._position + size - ring._bytes
        if oldest > self._free_from:
            # Before the first byte: who sees one of the new element's sees that the old one is gone.
            self._free_from = ring._words[ring._read] = oldest
        return True


class _RingReader(_Role):
    """Removes elements."""

    def __init__(self, ring):
        super().__init__(ring, [1], "reader")
        try:
            self._position = ring._words[ring._read]
            self._written = self._position
            self._has_element()
        except ZeroIpcError:
            self.close()
            raise

    def poll(self, timeout=0):
        """Removes the oldest element, waiting so many seconds at most for one; None when there is none."""
        self._require_open()
        ring = self._structure
        if not self._has_element():
            wait = _Wait(ring._segment, timeout)
            while not self._has_element():
                if not wait.again():
                    return None
        element = ring._element
        copy = element.copy(ring._memory, ring._data + self._position % ring._bytes)
        # Behind the copy: the writer that sees it may write there.
        self._position += element.size
        ring._words[ring._read] = self._position
        return element.value(copy)

    def take(self):
        """Removes the oldest element, waiting for one."""
        return self.poll(None)

    def drain(self, limit):
        """Removes those that are there, at most so many."""
        found = []
        while len(found) < limit and self._has_element():
            found.append(self.poll())
        return found

    def __iter__(self):
        """Removes one after the other, waiting for each."""
        while True:
            yield self.take()

    def _has_element(self):
        ring = self._structure
        if self._position == self._written:
            # Pairs with the writer's store of it: the bytes before it are there.
            written = ring._position(ring._write, self._position == 0)
            ring._require_whole(written, self._position)
            self._written = written
        return self._position != self._written


class _RingCursor:
    """Reads without removing anything. What a writer that overwrites was faster with is counted as lost. For one thread."""

    def __init__(self, ring, start):
        self._ring = ring
        self._position = ring._words[ring._read if start == "earliest" else ring._write]
        #: Elements that were overwritten before they could be read.
        self.lost = 0

    def poll(self, timeout=0):
        """The next element, waiting so many seconds at most for it; None when there is none."""
        copy = self._fetch(1)
        if copy is None:
            wait = _Wait(self._ring._segment, timeout)
            while copy is None and wait.again():
                copy = self._fetch(1)
        element = self._ring._element
        return None if copy is None else element.value(element.copy(copy, 0))

    def take(self):
        """The next element, waiting for it."""
        return self.poll(None)

    def drain(self, limit):
        """Those that are there now, at most so many."""
        element = self._ring._element
        return [
            element.value(element.copy(chunk, at))
            for chunk in self._chunks(limit)
            for at in range(0, len(chunk), element.size)
        ]

    def __iter__(self):
        """One after the other, waiting for each."""
        while True:
            yield self.take()

    def _chunks(self, limit):
        """Copies of several elements, up to what is there now: a fast writer would keep us for ever."""
        size = self._ring._element.size
        left = min(limit, max(1, (self._ring._words[self._ring._write] - self._position) // size))
        while left > 0:
            copy = self._fetch(left)
            if copy is None:
                return
            left -= len(copy) // size
            yield copy

    def _fetch(self, limit):
        """Bytes of the next elements, at most so many, and goes on behind them; None when there is none."""
        ring, size = self._ring, self._ring._element.size
        for attempt in range(ring._attempts):
            # Pairs with the writer's store of it: the bytes before it are there.
            written = ring._position(ring._write, self._position == 0)
            ahead = written - self._position
            if ahead < 0 or ahead % size:
                raise ring._damaged(write_pos=written, position=self._position)
            if ahead == 0:
                return None
            if ahead > ring._bytes:
                self._skip(written, attempt)
                continue
            at = self._position % ring._bytes
            length = min(ahead, limit * size, ring._bytes - at)
            copy = bytes(ring._memory[ring._data + at : ring._data + at + length])
            # Pairs with the store before the first byte of a newer element: if one was copied, this is beyond it.
            gone = self._oldest(written) - self._position
            if gone < length:
                gone = max(0, gone)
                self.lost += gone // size
                self._position += length
                return copy[gone:]
            self._skip(written, attempt)
        return None

    def _oldest(self, written):
        ring = self._ring
        oldest = ring._position(ring._read, written <= ring._bytes)
        if written - oldest > ring._bytes or (oldest - self._position) % ring._element.size:
            raise ring._damaged(write_pos=written, read_pos=oldest)
        return oldest

    def _skip(self, written, attempt):
        """Goes on at the oldest element, and nearer to the newest each time, since the oldest is overwritten next."""
        size = self._ring._element.size
        position = max(self._position, self._oldest(written))
        behind = max(0, written - position) // size
        if attempt:
            position += min(behind - behind // (attempt + 1), max(0, behind - 1)) * size
        self.lost += (position - self._position) // size
        self._position = position
