import ctypes
import errno
import hashlib
import json
import math
import mmap
import operator
import os
import stat
import struct
import sys
import time
import weakref
from collections import namedtuple

try:
    import fcntl
except ImportError:  # where there are no segments either
    fcntl = None
