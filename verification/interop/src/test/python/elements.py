"""The types of elements that the peers know, as in ../cpp/elements.hpp, and what is found out about traffic."""

import struct

END = -1
MIX = 0x9E3779B97F4A7C15
WORD = 0xFFFFFFFFFFFFFFFF


class Number:
    """An element that is a number: its struct code."""

    def __init__(self, code):
        self.code = "<" + code
        self.size = self.alignment = struct.calcsize(self.code)
        self.parse = float if code in "fd" else int

    def load(self, block, offset):
        return struct.unpack_from(self.code, block, offset)[0]

    def store(self, block, offset, value):
        struct.pack_into(self.code, block, offset, value)

    @staticmethod
    def text(value):
        return repr(value)


class Reading:
    """The example of elements.md."""

    layout = struct.Struct("<b5sHdB7x")
    size, alignment = layout.size, 8

    def load(self, block, offset):
        kind, unit, sensor, value, valid = self.layout.unpack_from(block, offset)
        return kind, unit.split(b"\0")[0].decode(), sensor, value, valid != 0

    def store(self, block, offset, reading):
        kind, unit, sensor, value, valid = reading
        self.layout.pack_into(block, offset, kind, unit.encode(), sensor, value, valid)

    @staticmethod
    def parse(text):
        kind, unit, sensor, value, valid = text.split("/")
        return int(kind), unit, int(sensor), float(value), valid == "true"

    @staticmethod
    def text(reading):
        kind, unit, sensor, value, valid = reading
        return "%d/%s/%d/%r/%s" % (kind, unit, sensor, value, str(valid).lower())


class Parcel:
    """What travels where traffic is checked; see elements.hpp."""

    layout = struct.Struct("<i4xqQ")
    size = layout.size

    def load(self, block, offset):
        return self.layout.unpack_from(block, offset)

    def store(self, block, offset, parcel):
        self.layout.pack_into(block, offset, *parcel)

    @staticmethod
    def of(producer, sequence):
        return producer, sequence, (sequence * MIX & WORD) ^ (producer & WORD)


class Sample:
    """A value long enough to be torn; see elements.hpp."""

    layout = struct.Struct("<q31Q")
    size = layout.size

    def load(self, block, offset):
        return self.layout.unpack_from(block, offset)

    def store(self, block, offset, sample):
        self.layout.pack_into(block, offset, *sample)

    @staticmethod
    def of(number):
        noise = [(number + i) * MIX & WORD for i in range(30)]
        return (number, *noise, sum(noise) & WORD)

    @staticmethod
    def is_whole(sample):
        return sample == Sample.of(sample[0])

    @staticmethod
    def text(sample):
        return str(sample[0]) + ("" if Sample.is_whole(sample) else "/damaged")

    @staticmethod
    def parcel(sample):
        """The same for whoever checks traffic."""
        producer, sequence, check = Parcel.of(END if sample[0] < 0 else 0, sample[0])
        return producer, sequence, check if Sample.is_whole(sample) else check ^ 1


class Types(dict):
    """Elements by name; the one that needs NumPy is there once it is asked for."""

    def __missing__(self, name):
        if name != "deal":
            raise KeyError(name)
        from deal import Deal

        self[name] = Deal()
        return self[name]


TYPES = Types({
    "int8": Number("b"),
    "int32": Number("i"),
    "int64": Number("q"),
    "float64": Number("d"),
    "reading": Reading(),
    "parcel": Parcel(),
    "sample": Sample(),
})


class Findings:
    """What consumers and observers of parcels find out."""

    def __init__(self):
        self.received = self.disordered = self.damaged = 0
        self.last = {}

    def see(self, parcel):
        producer, sequence, _ = parcel
        if parcel != Parcel.of(producer, sequence):
            self.damaged += 1
            return True
        if producer == END:
            return False
        self.received += 1
        if sequence <= self.last.get(producer, -1):
            self.disordered += 1
        self.last[producer] = sequence
        return True

    def __str__(self):
        return "%d %d %d" % (self.received, self.disordered, self.damaged)
