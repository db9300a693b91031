"""Stacks and pools, each written from its page in docs/format, by one process at a time."""

import struct

from zeroipc_peer import PeerError, up


class Stack:
    """stack.md"""

    EMPTY, WRITING, READY, READING = range(4)

    @staticmethod
    def create(segment, name, element, capacity):
        def initialize(block):
            struct.pack_into("<i3I", block, 0, -1, capacity, element.size, 0)

        segment.add((name, 16 + up(element.size * capacity, 8) + 4 * capacity, initialize))

    def __init__(self, block, element):
        self.top = block[:4].cast("i")
        self.capacity, element_size = struct.unpack_from("<2I", block, 4)
        self.block, self.element = block, element
        states = 16 + up(element.size * self.capacity, 8)
        if element_size != element.size or len(block) != states + 4 * self.capacity:
            raise PeerError("not a stack of such elements")
        self.states = block[states:].cast("I")

    def push(self, value):
        index = self.top[0] + 1
        if index == self.capacity or self.states[index] != self.EMPTY:
            return False
        self.states[index] = self.WRITING
        self.element.store(self.block, 16 + index * self.element.size, value)
        self.top[0] = index
        self.states[index] = self.READY
        return True

    def pop(self):
        index = self.top[0]
        if index < 0 or self.states[index] != self.READY:
            return None
        self.states[index] = self.READING
        self.top[0] = index - 1
        value = self.element.load(self.block, 16 + index * self.element.size)
        self.states[index] = self.EMPTY
        return value


class Pool:
    """pool.md"""

    NONE = 0xFFFFFFFF

    @staticmethod
    def create(segment, name, element, capacity):
        stride, following = Pool.node_of(element)

        def initialize(block):
            struct.pack_into("<2I", block, 16, capacity, element.size)
            for i in range(capacity):
                struct.pack_into("<I", block, 24 + i * stride + following, i + 1 if i + 1 < capacity else Pool.NONE)

        segment.add((name, 24 + capacity * stride, initialize))

    @staticmethod
    def node_of(element):
        """Its size, and where in it `next` is."""
        following = up(element.size, 4)
        return up(following + 4, max(4, element.alignment)), following

    def __init__(self, block, element):
        self.free_head = block[:8].cast("Q")
        self.allocated = block[8:12].cast("I")
        self.capacity, element_size = struct.unpack_from("<2I", block, 16)
        self.block, self.element = block, element
        self.stride, self.following = self.node_of(element)
        if element_size != element.size or len(block) != 24 + self.capacity * self.stride:
            raise PeerError("not a pool of such elements")

    def allocate(self):
        """The handle of a node, or None."""
        index = self.free_head[0] & self.NONE
        if index == self.NONE:
            return None
        self._change_head(self._next(index)[0])
        self.allocated[0] += 1
        return index

    def free(self, index):
        self._next(index)[0] = self.free_head[0] & self.NONE
        self._change_head(index)
        self.allocated[0] -= 1

    def __getitem__(self, index):
        return self.element.load(self.block, 24 + index * self.stride)

    def __setitem__(self, index, value):
        self.element.store(self.block, 24 + index * self.stride, value)

    def _change_head(self, index):
        generation = self.free_head[0] + (1 << 32) & 0xFFFFFFFF << 32
        self.free_head[0] = generation | index

    def _next(self, index):
        start = 24 + index * self.stride + self.following
        return self.block[start : start + 4].cast("I")
