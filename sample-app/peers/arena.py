#!/usr/bin/env python3
"""A packed arena, made with NumPy: arrays one behind the other in a file, and a manifest that says where.

    arena.py create MANIFEST             makes MANIFEST and, beside it, the file it names
    arena.py get MANIFEST NAME INDEX...
    arena.py set MANIFEST NAME INDEX... VALUE
"""

import json
import pathlib
import sys

import numpy as np

ARRAYS = {
    "prices": np.arange(12, dtype="<f8").reshape(3, 4) / 2,
    "volumes": np.array([10, 20, 30], dtype="<i8"),
    "firms": np.array([(b"ACME", 7, True), (b"Initech", -1, False)],
                      dtype=[("name", "S8"), ("rank", "<i4"), ("listed", "?")]),
}


def dtype(array):
    """As numpy.dtype() takes it back from JSON."""
    if array.dtype.names is None:
        return array.dtype.str
    fields = [array.dtype.fields[name] for name in array.dtype.names]
    return {"names": list(array.dtype.names), "formats": [kind.str for kind, _ in fields],
            "offsets": [offset for _, offset in fields], "itemsize": array.dtype.itemsize}


def create(manifest_file):
    structures, content = {}, b""
    for name, array in ARRAYS.items():
        structures[name] = {"kind": "array", "offset": len(content), "shape": list(array.shape), "dtype": dtype(array)}
        content += array.tobytes()
    arena = manifest_file.with_suffix(".bin")
    arena.write_bytes(content)
    manifest_file.write_text(json.dumps({"format": "zeroipc-manifest", "version": 1, "file": arena.name,
                                         "byteOrder": "little", "structures": structures}, indent=2))


def open_array(manifest_file, name, mode):
    manifest = json.loads(manifest_file.read_text())
    described = manifest["structures"][name]
    return np.memmap(manifest_file.parent / manifest["file"], mode=mode, dtype=np.dtype(described["dtype"]),
                     offset=described["offset"], shape=tuple(described["shape"]))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    verb, manifest_file = sys.argv[1], pathlib.Path(sys.argv[2])
    if verb == "create":
        create(manifest_file)
    elif verb == "get":
        print(open_array(manifest_file, sys.argv[3], "r")[tuple(map(int, sys.argv[4:]))])
    elif verb == "set":
        array = open_array(manifest_file, sys.argv[3], "r+")
        array[tuple(map(int, sys.argv[4:-1]))] = array.dtype.type(sys.argv[-1])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
