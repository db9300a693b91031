#!/usr/bin/env python3
"""Draws an array of two dimensions of a packed arena, as it is now, into a PNG: black is cold, white is hot.

    heat_numpy.py MANIFEST ARRAY PICTURE

Reads the manifest (docs/format/manifest.md) and maps the file beside it. NumPy and the standard library: a PNG is a
header, the rows of pixels compressed, and checksums.
"""

import json
import pathlib
import struct
import sys
import zlib

import numpy as np

ZOOM = 4


def colours(values):
    """From black over red and yellow to white, as iron glows."""
    low, high = values.min(), values.max()
    # What is warm shall be seen beside what is hot.
    share = np.sqrt((values - low) / (high - low if high > low else 1))
    return (np.clip(np.stack([share * 3, share * 3 - 1, share * 3 - 2], axis=-1), 0, 1) * 255).astype(np.uint8)


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(pixels):
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    manifest = pathlib.Path(sys.argv[1])
    array = json.loads(manifest.read_text())[sys.argv[2]]
    plate = np.memmap(manifest.with_suffix(".bin"), np.dtype(array["dtype"]), "r", array["offset"],
                      tuple(array["shape"]))
    picture = np.array(plate)  # one copy: it changes meanwhile
    pathlib.Path(sys.argv[3]).write_bytes(png(colours(picture).repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)))
    row, column = np.unravel_index(picture.argmax(), picture.shape)
    print(json.dumps({"mean": picture.mean(), "hottest": [int(row), int(column)]}))


if __name__ == "__main__":
    main()
