

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


class _Structure(ctypes.Structure):
    """Shown with its fields."""

    _constants_ = {}  # what numbers of a field are called
    _padding_ = ()  # fields that mean nothing

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
