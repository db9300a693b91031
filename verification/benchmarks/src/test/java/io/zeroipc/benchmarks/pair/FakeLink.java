package io.zeroipc.benchmarks.pair;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

/** A connection to itself, within one thread, that does to messages what a test wants. */
class FakeLink implements Link, Link.Sender, Link.Receiver {

    final Deque<byte[]> messages = new ArrayDeque<>();
    private final byte[] next;

    FakeLink(int size) {
        next = new byte[size];
    }

    static long number(byte[] message) {
        return MemorySegment.ofArray(message).get(JAVA_LONG_UNALIGNED, 0);
    }

    /** Takes one that was sent. */
    void carry(byte[] message) {
        messages.add(message);
    }

    @Override
    public Sender sender() {
        return this;
    }

    @Override
    public Receiver receiver() {
        return this;
    }

    @Override
    public long tryClaim() {
        return 0;
    }

    @Override
    public MemorySegment memory() {
        return MemorySegment.ofArray(next);
    }

    @Override
    public void commit() {
        carry(next.clone());
    }

    @Override
    public int poll(Handler handler, int limit) {
        byte[] message = messages.poll();
        if (message == null) {
            return 0;
        }
        handler.onMessage(MemorySegment.ofArray(message), 0);
        return 1;
    }

    @Override
    public void close() {
        messages.clear();
    }
}
