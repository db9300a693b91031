

Snapshot = namedtuple("Snapshot", "version timestamp value")
Snapshot.__doc__ = """The value of a state, its number, and when it was set, in nanoseconds since 1970."""


class _State(_Shared):
    """The newest of a series of values, by one writer, for any number of readers. What is read is whole."""

    _kind = "state"
    _magic = int.from_bytes(b"ZIPCSTAT", "little")
    _attempts = 1000

    def __init__(self, segment, name, offset, size, element, options):
        super().__init__(segment, name, offset, size, element)
        self._requires(size >= 64)
        self._header = offset // 8
        magic, layout, payload, slots, stride = self._words[self._header : self._header + 5]
        if magic == 0:
            raise _NotReady("state is not formatted yet: %s" % self)
        self._requires(magic == self._magic and layout == 1, magic=magic, format_version=layout)
        self._requires(payload == element.size, payload_size=payload)
        self._requires(
            4 <= slots <= 65536 and slots & (slots - 1) == 0 and stride >= 24 + payload and stride % 8 == 0
            and size == 64 + slots * stride,
            slot_count=slots,
            slot_stride=stride,
        )
        self._latest, self._slots, self._stride, self._mask = self._header + 5, offset + 64, stride, slots - 1

    def _slot(self, version):
        return self._slots + (version & self._mask) * self._stride

    @property
    def version(self):
        """Of the newest value; 0 while there is none."""
        return self._words[self._latest]

    def get(self):
        """The newest value; None while there is none."""
        found = self.snapshot()
        return None if found is None else found.value

    def snapshot(self):
        """Version, time and newest value; None while there is none."""
        found = self._fetch(self._element.copy)
        return None if found is None else Snapshot(*found[:2], self._element.value(found[2]))

    def numpy(self):
        """The newest value as a record, or a number, of NumPy; None while there is none."""
        found = self._fetch(lambda memory, at: bytes(memory[at : at + self._element.size]))
        return None if found is None else _ndarray(bytearray(found[2]), self._element)[0]

    def _fetch(self, copy):
        words = self._words
        for _ in range(self._attempts):
            # Pairs with the writer's last store: what is behind it is complete.
            version = words[self._latest]
            if version == 0:
                return None
            slot = self._slot(version)
            before = words[slot // 8]
            timestamp, value = words[slot // 8 + 1], copy(self._memory, slot + 24)
            # x86-64 keeps loads in order: one byte of a newer value, and this is not the old number any more.
            if before == words[slot // 8] == 2 * version & _MASK:
                return version, timestamp - (timestamp >> 63 << 64), value
        raise ZeroIpcError("state is overwritten faster than it can be read: %s (expected: more slots, or fewer values)" % self)

    def await_change(self, version, timeout=None):
        """The newest value once it is another one than that version; None when none came in so many seconds."""
        wait = _Wait(self._segment, timeout)
        while self._words[self._latest] == version:
            if not wait.again():
                return None
        return self.snapshot()

    def changes(self):
        """Each newest value from now on, as a snapshot; those that are overwritten meanwhile are skipped."""
        found = self.snapshot()
        while True:
            if found is not None:
                yield found
            found = self.await_change(0 if found is None else found.version)

    def writer(self):
        """Takes the role of the writer."""
        return _StateWriter(self)


class _StateWriter(_Role):
    def __init__(self, state):
        super().__init__(state, [0], "writer")
        self._version = state.version

    @property
    def version(self):
        """Of the value that was set last."""
        return self._version

    def set(self, value, timestamp=None):
        """Sets the value, at a time in nanoseconds since 1970; now unless given."""
        self._require_open()
        state = self._structure
        data = state._element.encode(value)
        words, version = state._words, (self._version + 1) & _MASK
        slot = state._slot(version)
        # Odd before the first byte, even behind the last one, and announced then: three stores that x86-64 shows in this order.
        words[slot // 8] = (2 * version - 1) & _MASK
        words[slot // 8 + 1] = (time.time_ns() if timestamp is None else timestamp) & _MASK
        words[slot // 8 + 2] = len(data)
        state._memory[slot + 24 : slot + 24 + len(data)] = data
        words[slot // 8] = 2 * version & _MASK
        words[state._latest] = self._version = version
