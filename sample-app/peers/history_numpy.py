#!/usr/bin/env python3
"""The sample's history as a NumPy array, without a copy: every sample the publisher writes appears in it.

    history_numpy.py MANIFEST [RING]        RING is history unless given

Reads only the manifest (docs/format/manifest.md) and maps the file it names. To have one: start the sample with
--zeroipc.segments.telemetry.manifest=telemetry.json, or run "zeroipc manifest zeroipc-telemetry -o FILE".
Each line on standard input is answered with the newest sample, as JSON, and the mean of all there are; the end of the
input ends the program. The array is made once, at the start.
"""

import json
import pathlib
import sys

import numpy as np


def view(mapped, described):
    """The array that a structure, or one of its fields, is described to be."""
    return np.ndarray(tuple(described["shape"]), np.dtype(described["dtype"]), mapped, described["offset"],
                      tuple(described["strides"]))


def plain(value):
    """A NumPy value as JSON has it."""
    if isinstance(value, np.void):
        return {name: plain(value[name]) for name in value.dtype.names}
    return value.item() if isinstance(value, np.generic) else value


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    manifest_file = pathlib.Path(sys.argv[1])
    manifest = json.loads(manifest_file.read_text())
    structure = manifest["structures"][sys.argv[2] if len(sys.argv) > 2 else "history"]
    mapped = np.memmap(manifest_file.parent / manifest["file"], mode="r")

    samples = view(mapped, structure)
    written = view(mapped, structure["fields"]["write_pos"])
    kept = view(mapped, structure["fields"]["read_pos"])
    print("mapped", samples.dtype.itemsize, len(samples), flush=True)

    for _ in sys.stdin:
        while True:
            last = int(written[()]) // samples.dtype.itemsize
            first = int(kept[()]) // samples.dtype.itemsize
            if last == first:
                print(json.dumps({"samples": 0}), flush=True)
                break
            newest = samples[(last - 1) % len(samples)].copy()
            mean = float(samples["cpu"][np.arange(first, last) % len(samples)].mean())
            # The publisher moves this position before it overwrites. If it has, what was read is a mixture: look again.
            if int(kept[()]) // samples.dtype.itemsize == first:
                print(json.dumps({"samples": last - first, "mean": mean, "newest": plain(newest)}), flush=True)
                break


if __name__ == "__main__":
    main()
