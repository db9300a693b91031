

# What an element is to a program: encode() makes the bytes of a value, or refuses it; copy() takes bytes away from where others may
# change them, and value() makes of the copy, once it is known to be whole, what the program gets.


class _Number:
    def __init__(self, format, dtype):
        self.format, self.dtype = format, dtype
        self._packed = struct.Struct("<" + format)
        self.size = self._packed.size

    def encode(self, value):
        try:
            return self._packed.pack(value)
        except (struct.error, OverflowError) as e:
            raise ValueError("value does not fit: %r (%s)" % (value, e)) from None

    def copy(self, memory, at):
        return self._packed.unpack_from(memory, at)[0]

    def value(self, copy):
        return copy


class _Record:
    def __init__(self, type, dtype):
        self.type, self.dtype = type, dtype
        self.size = ctypes.sizeof(type)
        self.copy = type.from_buffer_copy

    def encode(self, value):
        if isinstance(value, self.type):
            return bytes(value)
        if numpy is not None and isinstance(value, numpy.void) and value.dtype == self.dtype():
            return value.tobytes()
        raise TypeError("value is no %s: %r" % (self.type.__name__, value))

    def value(self, copy):
        return copy


class _Bytes:
    def __init__(self, size, dtype):
        self.size, self.dtype = size, dtype

    def encode(self, value):
        data = bytes(memoryview(value))
        if len(data) != self.size:
            raise ValueError("value has %d bytes (expected: %d)" % (len(data), self.size))
        return data

    def copy(self, memory, at):
        return bytes(memory[at : at + self.size])

    def value(self, copy):
        return copy


class _Uuid(_Bytes):
    def __init__(self, dtype):
        super().__init__(16, dtype)

    def encode(self, value):
        return uuid.UUID(str(value)).bytes

    def value(self, copy):
        return uuid.UUID(bytes=copy)


class _Text(_Bytes):
    def encode(self, value):
        data = value.encode("utf-8")
        if len(data) > self.size or b"\0" in data:
            raise ValueError("text does not fit: %r (expected: at most %d bytes of UTF-8, none of them 0)" % (value, self.size))
        return data.ljust(self.size, b"\0")

    def value(self, copy):
        return copy.split(b"\0", 1)[0].decode("utf-8", "replace")


class _Frame:
    """Bytes of any length up to a limit."""

    _length = struct.Struct("<I")

    def __init__(self, type, dtype):
        self.dtype, self.size, self.limit = dtype, ctypes.sizeof(type), type.data.size

    def encode(self, value):
        data = bytes(memoryview(value))
        if len(data) > self.limit:
            raise ValueError("value has %d bytes (expected: at most %d)" % (len(data), self.limit))
        return (self._length.pack(len(data)) + data).ljust(self.size, b"\0")

    def copy(self, memory, at):
        # While it is written its length may be any number.
        length = self._length.unpack_from(memory, at)[0]
        return length, bytes(memory[at + 4 : at + 4 + min(length, self.limit)])

    def value(self, copy):
        length, data = copy
        if length > self.limit:
            raise ZeroIpcError("frame is damaged: length=%d (expected: at most %d)" % (length, self.limit))
        return data


def _ndarray(buffer, element, count=-1, at=0):
    if numpy is None:
        raise ImportError("NumPy is not there (expected: a Python that has it; everything else works without)")
    return numpy.frombuffer(buffer, element.dtype(), count, at)
