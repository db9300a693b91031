

def _shown(value, constants=None):
    if isinstance(value, ctypes.Array):
        if value._type_ is ctypes.c_char:
            return _shown(value.value)
        if constants is None and value._type_ is ctypes.c_uint8:
            return repr(bytes(value))
        return "[%s]" % ", ".join(_shown(each, constants) for each in value)
    if constants is not None:
        known = constants._value2member_map_.get(value)
        return repr(value) if known is None else "%s.%s" % (constants.__name__, known.name)
    if isinstance(value, bytes):  # of a field of characters, up to the first zero
        return repr(value.decode("utf-8", "replace"))
    return repr(value)


def _whole(kind, value, what, constants=None):
    """A value as ctypes takes it without cutting it: what does not fit is refused."""
    if issubclass(kind, ctypes.Structure):
        return kind(*value) if isinstance(value, tuple) else value
    if not issubclass(kind, ctypes.Array):
        return _whole_number(kind, value, what, constants)
    if kind._type_ is ctypes.c_char:
        data = (value.encode() if isinstance(value, str) else bytes(memoryview(value))).rstrip(b"\0")
        if len(data) > kind._length_ or b"\0" in data:
            raise _unfit(what, value, "at most %d bytes of UTF-8, none of them 0" % kind._length_)
        return data.ljust(kind._length_, b"\0")
    if isinstance(value, kind):
        return value
    if constants is None and _is_memory(kind, value):
        return kind.from_buffer_copy(value)
    values = tuple(value)
    if len(values) != kind._length_:
        raise _unfit(what, value, "%d elements" % kind._length_)
    return kind(*values)  # looks at each


def _is_memory(kind, value):
    """Whether its bytes are those of such an array, which fit whatever they are."""
    try:
        data = memoryview(value)
    except TypeError:
        return False
    same = data.format.lstrip("<") == getattr(kind._type_, "_type_", None)
    return same and data.ndim == 1 and data.c_contiguous and data.nbytes == ctypes.sizeof(kind)


def _whole_number(kind, value, what, constants):
    if kind._type_ == "?":
        return bool(value)
    if kind._type_ in "fd":
        try:
            stored = kind(value).value
            if kind._type_ == "d" or abs(stored) != math.inf or abs(float(value)) == math.inf:
                return value
        except OverflowError:
            pass
        raise _unfit(what, value, "at most %s on both sides of 0" % ("3.4028235e+38" if kind._type_ == "f" else "1.7976931e+308"))
    number = operator.index(value)
    bits = 8 * ctypes.sizeof(kind)
    low = -(1 << (bits - 1)) if kind._type_.islower() else 0
    high = low + (1 << bits) - 1 if constants is None else len(constants) - 1
    if not (0 if constants else low) <= number <= high:
        raise _unfit(what, value, "%d to %d" % (0 if constants else low, high))
    return number


def _unfit(what, value, expected):
    return ValueError("value does not fit: field=%s, value=%r (expected: %s)" % (what, value, expected))


class _Values:
    """Elements of a field, which refuse what does not fit as the field does."""

    def __setitem__(self, index, value):
        value = [self._element(each) for each in value] if isinstance(index, slice) else self._element(value)
        super().__setitem__(index, value)

    def _element(self, value):
        whole = _whole(self._type_, value, self._field, self._constants)
        # A field of characters takes bytes, and an element of an array of such fields does not.
        return self._type_.from_buffer_copy(whole) if isinstance(whole, bytes) else whole


def _values(field, kind, length, constants=None):
    members = {"_type_": kind, "_length_": length, "_field": field, "_constants": constants}
    return type("Values", (_Values, ctypes.Array), members)


class _Structure(ctypes.Structure):
    """Shown with its fields, which refuse what they have no room for: ctypes alone would cut it."""

    _constants_ = {}  # what numbers of a field are called
    _padding_ = ()  # fields that mean nothing

    def __init_subclass__(cls):
        # Beside those of a base, where a program has made a class of one.
        cls._kinds_ = {**getattr(cls, "_kinds_", {}), **dict(cls.__dict__.get("_fields_", ()))}

    def __setattr__(self, name, value):
        kind, what = self._kinds_.get(name), "%s.%s" % (type(self).__name__, name)
        if kind is None:
            if hasattr(type(self), name):  # a property of a program's own class
                return super().__setattr__(name, value)
            raise AttributeError("no such field: field=%s (expected: %s)" % (what, ", ".join(self._kinds_)))
        try:
            whole = _whole(kind, value, what, self._constants_.get(name))
            super().__setattr__(name, whole)
            if isinstance(whole, bytes):  # of which ctypes has stored those up to the first zero
                ctypes.memmove(ctypes.addressof(self) + getattr(type(self), name).offset, whole, len(whole))
        except TypeError as e:
            raise TypeError("value is of another type: field=%s, value=%r (%s)" % (what, value, e)) from None

    def __repr__(self):
        names = [field[0] for field in self._fields_ if field[0] not in self._padding_]
        fields = ["%s=%s" % (name, _shown(getattr(self, name), self._constants_.get(name))) for name in names]
        return "%s(%s)" % (type(self).__name__, ", ".join(fields))


class _OptionalStructure(_Structure):
    """Shown as its value, or as None."""

    def __repr__(self):
        name, present = [field[0] for field in self._fields_][:2]
        return _shown(getattr(self, name), self._constants_.get(name)) if getattr(self, present) else "None"


class _FrameStructure(_Structure):
    """Shown as the bytes that count."""

    def __repr__(self):
        return repr(bytes(self.data[: self.length]))
