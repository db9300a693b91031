package io.zeroipc.spring.cloud.stream.binder.provisioning;

import io.zeroipc.spring.core.envelope.EnvelopeSlot;

/** What queues of messages have in common. */
final class EnvelopeFrames {

    private static final int CAPACITY_MIN = 2;

    private EnvelopeFrames() {
    }

    /** Whether elements are messages, and nothing native. */
    static boolean isFrame(String elementType) {
        return EnvelopeSlot.of(elementType).filter(slot -> !slot.padded()).isPresent();
    }

    /** The capacity that a queue has when this one is asked for. */
    static int rounded(int capacity) {
        int below = Integer.highestOneBit(capacity);
        return Math.max(CAPACITY_MIN, below == capacity ? capacity : below << 1);
    }
}
