

class ZeroIpcError(Exception):
    """Something is wrong with a segment, or with what is done to it; the message says what would be right."""


class RoleTakenError(ZeroIpcError):
    """There is one writer, or reader, in all processes, and it is another one."""


class _NotReady(ZeroIpcError):
    """Whoever creates this has not finished it yet."""


_MAGIC = 0x5A49504D
_VERSION = 2
_HEADER = struct.Struct("<4I2Q")
_ROW = struct.Struct("<32s2Q")
_CATALOGUE_LIMIT = 16 << 20
_MASK = (1 << 64) - 1

# Positions of locks.
_USER = 1 << 62
_USERS = 1024
_RECOVERY = _USER + (1 << 20)
_ROLES = _USER + (1 << 56)

# Others rely on the order of our stores. Python has no fences, and on x86-64 it needs none: stores are seen in their order there, and an
# item of a memoryview of "Q" or "I" is stored in one piece, as CPython does it.
_CAN_WRITE = (
    sys.implementation.name == "cpython"
    and hasattr(os, "uname")
    and os.uname().machine in ("x86_64", "AMD64")
    and struct.calcsize("P") == 8
)


class _Locks:
    """Locks of single bytes far beyond the content of the file, which the kernel gives back when this process dies.

    They belong to a descriptor of their own, which is not mapped: those of the process would be gone as soon as it closes any other
    descriptor of the file.
    """

    _all = weakref.WeakSet()

    def __init__(self, path, identity):
        self._descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        self.close = weakref.finalize(self, os.close, self._descriptor)
        self.close.atexit = False  # the kernel does it then
        self.same_file = _identity(os.fstat(self._descriptor)) == identity
        self._all.add(self)

    def _lock(self, kind, position):
        # struct flock of 64-bit Linux: type, whence, start, length, and pid, which must be 0
        request = struct.pack("hh4xqqi4x", kind, os.SEEK_SET, position, 1, 0)
        try:
            fcntl.fcntl(self._descriptor, fcntl.F_OFD_SETLK, request)
            return True
        except (BlockingIOError, PermissionError):
            return False

    def take(self, position, looks=1):
        """Looks more than once where somebody may only be looking whether it is taken."""
        for look in range(looks):
            if look:
                time.sleep(0.005)
            if self._lock(fcntl.F_WRLCK, position):
                return True
        return False

    def give_back(self, position):
        if self.close.alive:
            self._lock(fcntl.F_UNLCK, position)

    @classmethod
    def close_all(cls):
        for locks in list(cls._all):
            locks.close()


if hasattr(os, "register_at_fork"):
    # A child that keeps the descriptor would keep the locks of a parent that was killed.
    os.register_at_fork(after_in_child=_Locks.close_all)


class _Wait:
    """The time between two looks: none at first, a millisecond in the end. Nobody is woken, and nobody has to wake us."""

    def __init__(self, segment, timeout):
        self._segment = segment
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._looks = 0

    def again(self):
        """False when the time is over."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            return False
        self._looks += 1
        if self._looks > 50:
            time.sleep(min(0.001, 0.00002 * (self._looks - 50)))
            if self._looks % 50 == 0:
                self._segment.verify()
        return True


class _Role:
    """What one program at a time may do. For one thread. The kernel gives it back when this process dies."""

    def __init__(self, structure, numbers, role):
        self._structure, self._role = structure, role
        positions = structure._segment._claim(structure, numbers, role)
        self._closing = weakref.finalize(self, structure._segment._give_back, positions)
        self._closing.atexit = False

    def _require_open(self):
        if not self._closing.alive:
            raise ValueError("%s is closed: %s" % (self._role, self._structure))
        self._structure._segment._require_locks()

    def close(self):
        """Gives the role back."""
        self._closing()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        return "%s of %s" % (self._role, self._structure)


def _identity(status):
    return status.st_dev, status.st_ino


def _fingerprint(element):
    """Of the element of a catalogue, which may not say it."""

    def describe(element):
        name = element["type"]
        return {
            "name": "optional" if name.startswith("optional(") else name.replace("$", ".").rsplit(".", 1)[-1],
            "size": element["size"],
            "alignment": element["alignment"],
            "fields": [field(each) for each in element.get("fields", [])],
        }

    def field(of):
        nested, kind = of.get("element"), of["type"]
        made = {"name": of["name"]}
        made["kind"] = kind if nested is None else "optional" if kind.startswith("optional(") else "record"
        made["offset"], made["count"] = of["offset"], of.get("count", 1)
        if "constants" in of:
            made["constants"] = of["constants"]
        if nested is not None:
            made["element"] = describe(nested)
        return made

    if "fingerprint" in element:
        return element["fingerprint"]
    text = json.dumps(describe(element), ensure_ascii=False, separators=(",", ":"))
    return "ZIPC01_" + hashlib.sha256(text.encode()).hexdigest()


class _Segment:
    """A segment that this process has mapped, and counts as a user of.

    Where only reading is allowed, and on another machine than x86-64, it is read and not written.
    """

    _path = None
    _absent = {}
    _identity = None

    def __init__(self, path=None, timeout=1.0, any_owner=False):
        """Opens it.

        path: of its file, where that is another one than that of the export
        timeout: so many seconds to wait for what its creator has not finished
        any_owner: also a file of another user than this one and root
        """
        self.path = os.fspath(self._path if path is None else path)
        self._any_owner, self._timeout = any_owner, timeout
        self._structures, self._taken, self._locks = {}, set(), None
        if fcntl is None or not hasattr(fcntl, "F_OFD_SETLK") or sys.byteorder != "little":
            raise ZeroIpcError("segments are opened on Linux alone, on a little-endian machine: platform=" + sys.platform)
        wait = _Wait(self, timeout)
        while not self._opens():
            if not wait.again():
                raise ZeroIpcError("segment is not finished: path=%s (expected: a creator that is at work)" % self.path)

    # opening

    def _examine(self, path):
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            raise ZeroIpcError("not a segment: path=%s (expected: a regular file)" % path)
        own = status.st_uid == os.geteuid()
        if not (self._any_owner or own or (status.st_uid == 0 and not status.st_mode & stat.S_IWOTH)):
            raise ZeroIpcError(
                "segment of another user: path=%s, uid=%d (expected: own, or root's and not writable by all; or any_owner=True)"
                % (path, status.st_uid)
            )
        return _identity(status)

    def _opens(self):
        try:
            identity = self._examine(self.path)
        except FileNotFoundError:
            raise FileNotFoundError(
                errno.ENOENT, "segment does not exist (expected: a program that has created it)", self.path
            ) from None
        descriptor, writable = self._descriptor()
        try:
            status = os.fstat(descriptor)
            size = self._size(os.pread(descriptor, _HEADER.size, 0), status.st_size)
            if _identity(status) != identity or not size:
                return False
            if writable:
                self._locks = _Locks(self.path, identity)
                if not self._locks.same_file or not self._use() or _identity(os.stat(self.path)) != identity:
                    # Removed by the last user before us, or replaced.
                    self._locks.close()
                    return False
            # One that cannot be written is mapped so that views of it cannot be written either.
            access = mmap.ACCESS_WRITE if writable and _CAN_WRITE else mmap.ACCESS_READ
            self._map = mmap.mmap(descriptor, size, access=access)
        except FileNotFoundError:
            return False
        finally:
            os.close(descriptor)
        self._identity, self._writable = identity, access == mmap.ACCESS_WRITE
        self._memory = memoryview(self._map)
        # Words, which are loaded and stored in one piece.
        self._words = self._memory[: size & ~7].cast("Q")
        self._ints = self._memory[: size & ~3].cast("I")
        return True

    def _descriptor(self):
        flags = os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            return os.open(self.path, os.O_RDWR | flags), True
        except OSError as e:
            if e.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
        return os.open(self.path, os.O_RDONLY | flags), False

    def _size(self, header, file_size):
        """Bytes of the segment; 0 when it is not finished."""
        if not header:
            return 0
        if len(header) < _HEADER.size:
            raise ZeroIpcError("not a segment: path=%s, bytes=%d" % (self.path, len(header)))
        magic, version, count, rows, size, end = _HEADER.unpack(header)
        if magic == 0 or (magic == _MAGIC and (version == 0 or end == 0)):
            return 0
        if magic != _MAGIC or version != _VERSION:
            raise ZeroIpcError(
                "not a segment: path=%s, magic=%#x, version=%d (expected: magic=%#x, version=%d)"
                % (self.path, magic, version, _MAGIC, _VERSION)
            )
        self._rows = rows or 64
        table = _HEADER.size + _ROW.size * self._rows
        if not (table <= size <= file_size and count <= self._rows and table <= end <= size):
            raise ZeroIpcError(
                "segment is damaged: path=%s, entries=%d of %d, memory_size=%d, next_offset=%d (expected: a table and an end within"
                " memory_size, and that within the %d bytes of the file)" % (self.path, count, self._rows, size, end, file_size)
            )
        return size

    def _use(self):
        """Whoever removes the file with its last user sees that we are one."""
        # From the end: the first ones are the rows of those that take part, and whoever holds one keeps a dead one alive.
        for i in reversed(range(_USERS)):
            if self._locks.take(_USER + i):
                return True
        raise ZeroIpcError("segment has too many users: path=%s (expected: fewer than %d)" % (self.path, _USERS))

    # structures

    def _entries(self):
        # Loaded first: the rows that it counts are complete.
        for row in range(min(self._ints[2], self._rows)):
            name, offset, size = _ROW.unpack_from(self._memory, _HEADER.size + _ROW.size * row)
            yield name.split(b"\0", 1)[0].decode("utf-8", "replace"), offset, size

    def _block(self, name):
        entries = list(self._entries())
        for found, offset, size in entries:
            if found == name:
                table = _HEADER.size + _ROW.size * self._rows
                if offset % 8 or offset < table or offset + size > len(self._memory):
                    raise ZeroIpcError(
                        "table is damaged: segment=%s, structure=%s, offset=%d, size=%d (expected: a block behind the table and"
                        " within %d bytes)" % (self.path, name, offset, size, len(self._memory))
                    )
                return offset, size
        present = ", ".join(entry[0] for entry in entries if not entry[0].startswith("__zipc_"))
        raise ZeroIpcError("structure not found: segment=%s, name=%s (present: %s)" % (self.path, name, present))

    def _declared(self, name, offset):
        """What the creator has said of a structure, in the file beside the segment. One that nobody can read says nothing."""
        declared = {}
        path = self.path + ".zipc"
        try:
            self._examine(path)
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with open(descriptor, "rb") as file:
                lines = file.read(_CATALOGUE_LIMIT + 1)
            if len(lines) > _CATALOGUE_LIMIT:
                return declared
            first, *others = lines.split(b"\n")[:-1] or [b""]
            head = json.loads(first)
            if (head.get("format"), head.get("version")) != ("zeroipc-types", 1):
                return declared
            if head.get("segment") != "device=%d, inode=%d" % self._identity:
                return declared
        except (OSError, ZeroIpcError, ValueError, AttributeError, RecursionError):
            return declared
        for line in others:
            try:
                each = json.loads(line)
                if each["name"] == name and each["offset"] == offset:
                    declared = each
            except (ValueError, LookupError, TypeError, RecursionError):
                continue
        return declared

    def _compare(self, name, declared, kind, fingerprint):
        if declared.get("kind", kind) != kind:
            raise ZeroIpcError(
                "structure is of another kind: segment=%s, structure=%s, exported=%s, found=%s (export the file again: zeroipc export)"
                % (self.path, name, kind, declared["kind"])
            )
        try:
            found = _fingerprint(declared["element"]) if fingerprint and "element" in declared else fingerprint
        except (LookupError, TypeError, AttributeError):
            return
        if found != fingerprint:
            raise ZeroIpcError(
                "elements are not those of the exported file: segment=%s, structure=%s, exported=%s, found=%s"
                " (export the file again: zeroipc export)" % (self.path, name, fingerprint, found)
            )

    def _attach(self, kind, name, fingerprint=None, element=None):
        structure = self._structures.get(name)
        if structure is not None:
            return structure
        wait = _Wait(self, self._timeout)
        while True:
            offset, size = self._block(name)
            declared = self._declared(name, offset)
            self._compare(name, declared, kind._kind, fingerprint)
            try:
                structure = kind(self, name, offset, size, element, declared.get("options") or {})
                break
            except _NotReady:
                if not wait.again():
                    raise
        self._structures[name] = structure
        return structure

    # roles

    def _require_writable(self):
        if not _CAN_WRITE:
            raise ZeroIpcError(
                "Python writes on x86-64 with CPython alone, where stores are seen in their order: segment=" + self.path
            )
        if not self._writable:
            raise ZeroIpcError("segment is open for reading: path=%s (expected: permission to write the file)" % self.path)
        self._require_locks()

    def _require_locks(self):
        if not self._locks.close.alive:
            raise ZeroIpcError("segment is closed, or was opened before a fork: path=%s (open it in this process)" % self.path)

    def _claim(self, structure, numbers, role):
        self._require_writable()
        claimed = []
        for number in numbers:
            position = _ROLES + structure._offset + number
            if position in self._taken or not self._locks.take(position, 20):
                self._give_back(claimed)
                raise RoleTakenError("role is taken: role=%s, %s (expected: one in all processes)" % (role, structure))
            self._taken.add(position)
            claimed.append(position)
        return claimed

    def _give_back(self, positions):
        for position in positions:
            self._taken.discard(position)
            self._locks.give_back(position)

    # the whole

    def verify(self):
        """Raises an error when the file was removed, or another one stands in its place: this mapping shows nothing new then."""
        if self._identity is None:
            return
        try:
            status = os.stat(self.path)
            problem = "replaced" if _identity(status) != self._identity else None
            if problem is None and status.st_size < len(self._memory):
                problem = "truncated"
        except FileNotFoundError:
            problem = "removed"
        if problem:
            raise ZeroIpcError("segment was %s: path=%s (open it again)" % (problem, self.path))

    def close(self):
        """Gives back what this process has. Views of NumPy stay valid, and keep the mapping."""
        if self._locks is not None:
            self._locks.close()
        for structure in self._structures.values():
            structure._release()
        for view in (self._words, self._ints, self._memory, self._map):
            try:
                view.close() if view is self._map else view.release()
            except BufferError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __getattr__(self, name):
        reason = self._absent.get(name)
        raise AttributeError(
            "%s has no %s" % (type(self).__name__, name) if reason is None else "%s is not in this file: %s" % (name, reason)
        )

    def __repr__(self):
        return "%s(path=%r)" % (type(self).__name__, self.path)


class _Shared:
    """A structure of a segment. Anything that others write is looked at with care: no position leads out of its block."""

    _kind = ""

    def __init__(self, segment, name, offset, size, element):
        self._segment, self._name, self._offset, self._element = segment, name, offset, element
        self._memory, self._words, self._ints = segment._memory, segment._words, segment._ints
        self._block_size = size

    def _requires(self, right, **found):
        """That the block is what it should be."""
        if not right:
            raise ZeroIpcError("no %s of such elements: %s, %s" % (self._kind, self, self._figures(found)))

    def _damaged(self, **found):
        return ZeroIpcError("%s is damaged: %s, %s" % (self._kind, self, self._figures(found)))

    def _figures(self, found):
        return ", ".join("%s=%s" % each for each in found.items()) + ", bytes=%d, element_size=%s" % (
            self._block_size,
            self._element and self._element.size,
        )

    def _release(self):
        pass

    def __repr__(self):
        return "%s=%s, segment=%s" % (self._kind, self._name, self._segment.path)
