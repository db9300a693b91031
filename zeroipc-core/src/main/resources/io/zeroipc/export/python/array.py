

class _Array(_Shared):
    """Elements at fixed places: indexed, sliced and iterated over as a list, and with NumPy the same memory as an ndarray.

    What is read is a copy. Numbers are read and written in one piece; a longer element that another program writes at the same moment
    may be half old and half new.
    """

    _kind = "array"

    def __init__(self, segment, name, offset, size, element, options):
        super().__init__(segment, name, offset, size, element)
        self._requires(size >= 8)
        self.capacity = self._words[offset // 8]
        if self.capacity == 0:
            raise _NotReady("array has no capacity yet: %s" % self)
        self._requires(size - 8 == self.capacity * element.size, capacity=self.capacity)
        self._start = offset + 8
        self._cells = None
        if isinstance(element, _Number):
            self._cells = self._memory[self._start : offset + size].cast("B").cast(element.format)
        #: Its elements in each dimension, the last one running fastest.
        self.shape = self._shape(options.get("shape"))

    def _shape(self, declared):
        shape, product = (), 1
        try:
            shape = tuple(json.loads(declared)) if declared else ()
            for each in shape:
                product *= each
        except (ValueError, TypeError):
            product = 0
        return shape if shape and product == self.capacity else (self.capacity,)

    def _checked(self, index):
        if not 0 <= index < self.capacity:
            raise IndexError("index is out of range: index=%d, %s (expected: 0 to %d)" % (index, self, self.capacity - 1))
        return index

    def get(self, index):
        self._checked(index)
        if self._cells is not None:
            return self._cells[index]
        return self._element.value(self._element.copy(self._memory, self._start + index * self._element.size))

    def set(self, index, value):
        self._segment._require_writable()
        self._checked(index)
        if self._cells is not None:
            self._element.encode(value)  # refuses what the other does not
            self._cells[index] = value
        else:
            at = self._start + index * self._element.size
            self._memory[at : at + self._element.size] = self._element.encode(value)

    def _index(self, key):
        if isinstance(key, tuple):
            if len(key) != len(self.shape) or not all(0 <= each < size for each, size in zip(key, self.shape)):
                raise IndexError("index is out of range: index=%s, %s (expected: within %s)" % (key, self, self.shape))
            index = 0
            for each, size in zip(key, self.shape):
                index = index * size + each
            return index
        return key + self.capacity if key < 0 else key

    def __getitem__(self, key):
        if isinstance(key, slice):
            return [self.get(each) for each in range(*key.indices(self.capacity))]
        return self.get(self._index(key))

    def __setitem__(self, key, value):
        if not isinstance(key, slice):
            self.set(self._index(key), value)
            return
        indexes, values = range(*key.indices(self.capacity)), list(value)
        if len(indexes) != len(values):
            raise ValueError("slice has %d elements, and %d are given: %s" % (len(indexes), len(values), self))
        for index, each in zip(indexes, values):
            self.set(index, each)

    def __len__(self):
        return self.capacity

    def __iter__(self):
        return map(self.get, range(self.capacity))

    def numpy(self):
        """The same memory, in its shape: shows what others write, and writes through, where this machine can write."""
        return _ndarray(self._memory, self._element, self.capacity, self._start).reshape(self.shape)

    def _release(self):
        if self._cells is not None:
            self._cells.release()
