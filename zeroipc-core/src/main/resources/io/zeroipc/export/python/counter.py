

class _Counter(_Shared):
    """A number. Any program reads it; Python adds to it while no other one changes it, as it cannot add in one step."""

    _kind = "counter"

    def __init__(self, segment, name, offset, size, element, options):
        super().__init__(segment, name, offset, size, element)
        self._requires(size in (4, 8))
        self._cell = self._memory[offset : offset + size].cast("q" if size == 8 else "i")
        self._bits = 8 * size

    def get(self):
        return self._cell[0]

    def set(self, value):
        self._segment._require_writable()
        half = 1 << (self._bits - 1)
        self._cell[0] = (value + half) % (2 * half) - half

    def add_and_get(self, delta):
        """Not atomic: what another program adds at this moment is lost."""
        self.set(self._cell[0] + delta)
        return self._cell[0]

    def increment_and_get(self):
        """As add_and_get."""
        return self.add_and_get(1)

    def _release(self):
        self._cell.release()
