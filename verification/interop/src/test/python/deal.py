"""The record with every identifier, time and decimal, for NumPy; see ../cpp/deal.hpp."""

import uuid
from decimal import Decimal

import numpy as np


def optional(value):
    return np.dtype([("value", value), ("present", "?")], align=True)


SPAN = np.dtype([("from", "<m8[ns]"), ("to", "<m8[ns]")], align=True)
DEAL = np.dtype([
    ("id", "V16"), ("at", "<M8[ns]"), ("took", "<m8[ns]"), ("due", "<M8[D]"), ("shown", "<M8[ns]"), ("price", "<i8"),
    ("parent", "V16"), ("settled", "<M8[ns]"), ("expiry", "<M8[D]"), ("fee", "<i8"), ("weight", "<f8"), ("lot", "<i2"),
    ("venue", optional("<i4")), ("seen", optional("<M8[ns]")), ("rebate", optional("<i8")), ("note", optional("S5")),
    ("span", SPAN),
], align=True)

LOWEST = -2**63
NIL = uuid.UUID(int=0)


def none_or(absent, text, value):
    return "none" if absent else text(value)


def duration(value):
    return str(value.astype("<i8"))


def decimal(digits):
    return lambda units: "{:f}".format(Decimal(int(units)).scaleb(-digits))


def units(text):
    return int(text.replace(".", ""))


def identifier(value):
    return uuid.UUID(bytes=value.tobytes())


def flagged(value, text):
    return none_or(not value["present"], text, value["value"])


class Deal:
    """An element as ../python/elements.py has them: here a scalar of DEAL."""

    size, alignment = DEAL.itemsize, DEAL.alignment

    def load(self, block, offset):
        return np.frombuffer(block, DEAL, 1, offset)[0].copy()

    def store(self, block, offset, value):
        np.frombuffer(block, DEAL, 1, offset)[0] = value

    @staticmethod
    def text(d):
        parent = identifier(d["parent"])
        return "/".join((
            str(identifier(d["id"])), str(d["at"]), duration(d["took"]), str(d["due"]), str(d["shown"]),
            decimal(2)(d["price"]), none_or(parent == NIL, str, parent),
            none_or(np.isnat(d["settled"]), str, d["settled"]), none_or(np.isnat(d["expiry"]), str, d["expiry"]),
            none_or(d["fee"] == LOWEST, decimal(4), d["fee"]), none_or(np.isnan(d["weight"]), str, d["weight"]),
            none_or(d["lot"] == -2**15, str, d["lot"]), flagged(d["venue"], str), flagged(d["seen"], str),
            flagged(d["rebate"], decimal(3)), flagged(d["note"], lambda note: note.decode()),
            duration(d["span"]["from"]), none_or(np.isnat(d["span"]["to"]), duration, d["span"]["to"]),
        ))

    @staticmethod
    def parse(text):
        part = iter(text.split("/"))
        d = np.zeros(1, DEAL)[0]

        def sentinel(name, parse, absent):
            word = next(part)
            d[name] = absent if word == "none" else parse(word)

        def flag(name, parse):
            word = next(part)
            if word != "none":
                d[name] = (parse(word), True)

        def time(word):
            return np.datetime64(word, "ns")

        def day(word):
            return np.datetime64(word, "D")

        def nanos(word):
            return np.timedelta64(int(word), "ns")

        d["id"] = np.void(uuid.UUID(next(part)).bytes)
        d["at"] = time(next(part))
        d["took"] = nanos(next(part))
        d["due"] = day(next(part))
        d["shown"] = time(next(part))
        d["price"] = units(next(part))
        sentinel("parent", lambda word: np.void(uuid.UUID(word).bytes), np.void(NIL.bytes))
        sentinel("settled", time, np.datetime64("NaT"))
        sentinel("expiry", day, np.datetime64("NaT"))
        sentinel("fee", units, LOWEST)
        sentinel("weight", float, float("nan"))
        sentinel("lot", int, -2**15)
        flag("venue", int)
        flag("seen", time)
        flag("rebate", units)
        flag("note", str.encode)
        begin, end = next(part), next(part)
        d["span"] = (nanos(begin), np.timedelta64("NaT") if end == "none" else nanos(end))
        return d


def statistics(deals):
    """Of a NumPy array: how many are open, the earliest, and how long those took that have no end."""
    open_ones = np.isnat(deals["settled"])
    without_end = np.isnat(deals["span"]["to"])
    return "%d %s %s" % (open_ones.sum(), deals["at"].min(), duration(deals["took"][without_end].sum()))
