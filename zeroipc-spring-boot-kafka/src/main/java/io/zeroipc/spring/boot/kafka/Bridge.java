package io.zeroipc.spring.boot.kafka;

/** Carries the elements of one structure to a topic, or of one topic to a structure. Thread-safe. */
public interface Bridge {

    BridgeDefinition definition();

    default String name() {
        return definition().name();
    }

    /** Whether it starts with the application. */
    default boolean isAutoStartup() {
        return definition().autoStartup();
    }

    /** Begins to carry, and returns without waiting for a broker. Without effect when it runs. */
    void start();

    /** Ends, and waits for its threads. What has not arrived stays where it was. Without effect when it does not run. */
    void stop();

    boolean isRunning();

    /** Takes nothing more until {@link #resume}, and does not wait. */
    void pause();

    void resume();

    BridgeState state();

    BridgeFigures figures();
}
