#!/usr/bin/env python3
"""Prints the newest sample of the telemetry segment once a second. Python 3, standard library only.

Written from docs/format/segment.md and docs/format/state.md, whose field names it uses. Everything is read through one
read-only mapping: this program cannot disturb the others, and they do not know of it.

    telemetry_reader.py [--once] [--json] [FILE]        FILE is /dev/shm/zeroipc-telemetry unless given
"""

import argparse
import json
import math
import mmap
import os
import struct
import sys
import time

# docs/format/segment.md
SEGMENT_HEADER = struct.Struct("<IIIIQQ")  # magic version entry_count max_entries memory_size next_offset
SEGMENT_MAGIC = 0x5A49504D
ENTRY = struct.Struct("<32sQQ")  # name offset size

# docs/format/state.md
STATE_HEADER = struct.Struct("<QQQQQQ")  # magic format_version payload_size slot_count slot_stride latest
STATE_HEADER_SIZE = 64
STATE_MAGIC = int.from_bytes(b"ZIPCSTAT", "little")
LATEST_OFFSET = 40
SLOT_HEADER_SIZE = 24  # sequence timestamp length
WORD = struct.Struct("<Q")

# The record io.zeroipc.sample.Telemetry, laid out as a C struct: naturally aligned, here without any padding.
TELEMETRY = struct.Struct("<qqiidddd" "qq" "dd" "dd")

ATTEMPTS = 1000


class NotASegment(Exception):
    """The file is not what this program reads."""


class Segment:
    """A mapped segment and its table of names."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.file_id = os.fstat(file.fileno()).st_ino
            try:
                self.memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as empty:
                raise NotASegment(f"{path} is empty") from empty
        self.path = path
        if len(self.memory) < SEGMENT_HEADER.size:
            raise NotASegment(f"{path} is too short for a segment: {len(self.memory)} bytes")
        magic, version, _, max_entries, size, _ = SEGMENT_HEADER.unpack_from(self.memory)
        if magic != SEGMENT_MAGIC or version != 2:
            raise NotASegment(f"{path} is not a segment of format 2: magic={magic:#x}, version={version}")
        if size > len(self.memory):
            raise NotASegment(f"{path} is shorter than its header says: {len(self.memory)} of {size} bytes")
        self.max_entries = max_entries or 64

    def find(self, name):
        """Offset and size of a structure's block."""
        count = min(SEGMENT_HEADER.unpack_from(self.memory)[2], self.max_entries)
        for row in range(count):
            raw, offset, size = ENTRY.unpack_from(self.memory, SEGMENT_HEADER.size + row * ENTRY.size)
            if raw.split(b"\0", 1)[0] == name.encode():
                if offset + size > len(self.memory):
                    raise NotASegment(f"{name} lies outside of {self.path}")
                return offset, size
        raise NotASegment(f"there is no {name} in {self.path}")

    def was_replaced(self):
        """Whether the path leads to another file by now, or to none."""
        try:
            return os.stat(self.path).st_ino != self.file_id
        except FileNotFoundError:
            return True


class State:
    """The latest value, which its writer replaces while we read."""

    def __init__(self, segment, name, payload):
        self.memory = segment.memory
        self.payload = payload
        self.start, size = segment.find(name)
        magic, version, payload_size, self.slots, self.stride, _ = STATE_HEADER.unpack_from(self.memory, self.start)
        if magic != STATE_MAGIC or version != 1:
            raise NotASegment(f"{name} is not a state of version 1: magic={magic:#x}, version={version}")
        if payload_size != payload.size:
            raise NotASegment(f"{name} has another record: {payload_size} bytes instead of {payload.size}")
        if STATE_HEADER_SIZE + self.slots * self.stride > size:
            raise NotASegment(f"{name} does not fit its block")

    def read(self):
        """Version and fields of the latest value, or None before the first."""
        for _ in range(ATTEMPTS):
            (latest,) = WORD.unpack_from(self.memory, self.start + LATEST_OFFSET)
            if latest == 0:
                return None
            slot = self.start + STATE_HEADER_SIZE + (latest % self.slots) * self.stride
            (before,) = WORD.unpack_from(self.memory, slot)
            copy = self.memory[slot + SLOT_HEADER_SIZE : slot + SLOT_HEADER_SIZE + self.payload.size]
            (after,) = WORD.unpack_from(self.memory, slot)
            # The copy is whole if the slot held this version before and after. Otherwise the writer has gone once
            # around all slots meanwhile: there is a newer one. The interpreter puts far more than a fence between
            # these loads.
            if before == after == 2 * latest:
                return latest, self.payload.unpack(copy)
        raise TimeoutError("the writer was always faster")


def as_dict(version, fields):
    """The sample in the shape of the application's /telemetry."""
    number, taken_at, publisher, cores, cpu, one, five, fifteen, total, available, net_in, net_out, rd, wr = fields
    return {
        "version": version,
        "sample": {
            "number": number,
            "takenAt": taken_at,
            "publisher": publisher,
            "cores": cores,
            "cpu": cpu,
            "load": {"one": one, "five": five, "fifteen": fifteen},
            "memory": {"total": total, "available": available},
            "network": {"in": net_in, "out": net_out},
            "disk": {"in": rd, "out": wr},
        },
    }


def number(form, value):
    return "?" if math.isnan(value) else form % value


def rate(value):
    for unit in ("kB/s", "MB/s", "GB/s"):
        value /= 1000
        if not value >= 999.95:
            break
    return number("%5.1f", value) + " " + unit


def as_line(answer):
    sample = answer["sample"]
    memory = sample["memory"]
    used = "?" if memory["available"] < 0 else "%.1f" % ((memory["total"] - memory["available"]) / 2**30)
    return "%s  sample %d  cpu %s %%  mem %s of %.1f GiB  load %s  net %s in %s out  disk %s rd %s wr" % (
        time.strftime("%H:%M:%S", time.localtime(sample["takenAt"] / 1e9)),
        sample["number"],
        number("%3.0f", 100 * sample["cpu"]),
        used,
        memory["total"] / 2**30,
        number("%.2f", sample["load"]["one"]),
        rate(sample["network"]["in"]),
        rate(sample["network"]["out"]),
        rate(sample["disk"]["in"]),
        rate(sample["disk"]["out"]),
    )


def show(version, fields, as_json):
    answer = as_dict(version, fields)
    # NaN is no JSON: a figure that the machine does not tell is the text "NaN", as in the application's answers.
    print(json.dumps(without_nan(answer)) if as_json else as_line(answer), flush=True)


def without_nan(value):
    if isinstance(value, dict):
        return {key: without_nan(inner) for key, inner in value.items()}
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def main():
    parser = argparse.ArgumentParser(description="Prints the newest sample of the telemetry segment once a second.")
    parser.add_argument("file", nargs="?", default="/dev/shm/zeroipc-telemetry")
    parser.add_argument("--once", action="store_true", help="print one sample and end")
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")
    arguments = parser.parse_args()
    segment = None
    shown = 0
    while True:
        good = False
        try:
            if segment is None or segment.was_replaced():
                segment = Segment(arguments.file)
                newest = State(segment, "newest", TELEMETRY)
                shown = 0
            value = newest.read()
            if value is None:
                print("no sample yet", file=sys.stderr)
            elif value[0] == shown:
                print(f"stale: sample {value[1][0]} is still the newest", file=sys.stderr)
            else:
                shown = value[0]
                show(*value, arguments.json)
                good = True
        except FileNotFoundError:
            print(f"{arguments.file} does not exist; is the publisher running?", file=sys.stderr)
            segment = None
        except (NotASegment, TimeoutError) as problem:
            print(problem, file=sys.stderr)
            segment = None
        if arguments.once:
            return 0 if good else 1
        time.sleep(1)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
