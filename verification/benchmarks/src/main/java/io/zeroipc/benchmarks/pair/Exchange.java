package io.zeroipc.benchmarks.pair;

/** A way to methods that a framework calls with what others send, in one JVM. Messages have 64 bytes, or are objects. */
interface Exchange extends AutoCloseable {

    /** What the methods do. */
    enum Part {
        /** One takes what comes, and {@linkplain Desk#received counts} it. */
        COUNT,
        /** One sends back what comes, and another one {@linkplain Desk#answered has} the answer. */
        ANSWER
    }

    /** What follows is for these methods: those that would spin beside them are not to run. */
    default void begin(Part part) {
    }

    default void end(Part part) throws InterruptedException {
    }

    /** To the method that counts; waits for room. What is sent at last may wait for the rest of {@link Desk#SENT_AT_ONCE}. */
    void send(long number) throws Exception;

    /** To the method that answers. */
    void ask(long number) throws Exception;

    /** Whether {@link #ask} returns after the answer: then whoever asks goes on asking, and else the method that has the answer. */
    default boolean isAnsweredAtOnce() {
        return false;
    }

    @Override
    void close();
}
