package io.zeroipc.spring.core;

import io.zeroipc.spring.annotation.Internal;

/**
 * The waits for room in which code is that sends by a template. Whoever lends such code his thread, as a listener's consumer
 * does, is told of them, and can end them: he knows when the code has no time any more. Thread-safe.
 */
@Internal
public final class RoomWaits {

    private static final ThreadLocal<Supervisor> SUPERVISORS = new ThreadLocal<>();
    private static final Supervisor NOBODY = new Supervisor() {
        @Override
        public void begins(ChannelName channel, Runnable lookAgain) {
            // Nobody wants to know.
        }

        @Override
        public void ends() {
            // Nobody wants to know.
        }

        @Override
        public boolean isOver() {
            return false;
        }
    };

    private RoomWaits() {
    }

    /** Whoever lends his thread. Called by that thread. */
    public interface Supervisor {

        /**
         * Code has begun to wait for room in a channel.
         *
         * @param lookAgain has it ask {@link #isOver} again: it may sleep for long
         */
        void begins(ChannelName channel, Runnable lookAgain);

        /** It does not wait any more. */
        void ends();

        /** Whether it is to wait no longer. Asked whenever it looks again. */
        boolean isOver();
    }

    /** Runs code whose waits somebody supervises. */
    public static void supervised(Supervisor supervisor, Runnable code) {
        Supervisor before = SUPERVISORS.get();
        SUPERVISORS.set(supervisor);
        try {
            code.run();
        } finally {
            if (before == null) {
                SUPERVISORS.remove();
            } else {
                SUPERVISORS.set(before);
            }
        }
    }

    /** Whoever supervises the present thread; somebody who does nothing when there is none. */
    public static Supervisor current() {
        Supervisor supervisor = SUPERVISORS.get();
        return supervisor == null ? NOBODY : supervisor;
    }
}
